"""Hidden Markov models: training without labels beside hmmlearn, and tagging parts of speech.

    python benchmarks/bench_hmm.py [--quick]

Symbols are the characters of modern prose, in lines, the commonest 2,999 and one for the rest. Both
start with the same random parameters; before anything is timed, the log likelihoods of five
iterations are compared.
"""

from __future__ import annotations

import collections
import functools
import subprocess
import time
from pathlib import Path

import common
import numpy as np

from classicnlp import evaluate
from classicnlp.corpus import read_tagged
from classicnlp.tagging.hmm import HMMTagger

SYMBOLS = 3000
ITERATIONS = 5  # as in peer_hmm.py
Start = tuple[np.ndarray, np.ndarray, np.ndarray]


def observations(characters: int) -> list[np.ndarray]:
    """Return lines from the beginning of the prose as numbers."""
    text = common.prose_file(4).read_text(encoding="utf-8")[:characters]
    counts = collections.Counter(text.replace("\n", ""))
    numbers = {letter: i for i, (letter, _) in enumerate(counts.most_common(SYMBOLS - 1))}
    lines = filter(None, text.split("\n"))
    return [np.array([numbers.get(c, SYMBOLS - 1) for c in line], np.int64) for line in lines]


def random_start(states: int) -> Start:
    random = np.random.default_rng(0)
    transitions = 0.5 + random.random((states, states))
    emissions = 0.5 + random.random((states, SYMBOLS))
    return (
        np.full(states, 1.0 / states),
        transitions / transitions.sum(axis=1, keepdims=True),
        emissions / emissions.sum(axis=1, keepdims=True),
    )


def peer(job: str, states: int, path: Path, places: int) -> tuple[list[common.Peer], object]:
    """Return hmmlearn as a contestant, and its answer; nobody if it is not installed."""
    if not common.PEERS_PYTHON.exists():
        print("  hmmlearn is left out: run `python benchmarks/peers.py` to install the peers")
        return [], None
    process = subprocess.Popen(
        [str(common.PEERS_PYTHON), str(common.BENCHMARKS / "peer_hmm.py"), job, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    contestant = common.Peer("hmmlearn", places / 1e6, process=process)
    return [contestant], contestant._answer()


def tagger(iterations: int, workers: int = 1) -> HMMTagger:
    return HMMTagger(order=1, max_iterations=iterations, tolerance=0.0, workers=workers)


def measure_training(
    X: list[np.ndarray], states: int, title: str, settings: common.Settings
) -> None:
    """Time one iteration of Baum and Welch, and the best paths of the model it gives."""
    start, path = random_start(states), common.CACHE / f"hmm_{states}.npz"
    names = ("starts", "transitions", "emissions")
    symbols, lengths = np.concatenate(X), np.array([len(line) for line in X])
    np.savez(path, symbols=symbols, lengths=lengths, **dict(zip(names, start, strict=True)))
    initial = HMMTagger.from_probabilities(*start)
    millions = len(symbols) / 1e6
    peers, history = peer("baum-welch", states, path, len(symbols))
    ours = [
        common.Own(
            f"HMMTagger, {workers} thread" + "s" * (workers > 1), millions, target=target,
            work=functools.partial(tagger(1, workers).fit_em, X, initial),
        )
        for workers, target in ((1, "5 x hmmlearn"), (2, ""))
    ]  # fmt: skip
    contestants = [*ours, *peers]
    common.alternate(contestants, settings)
    print(f"{title}, {states} states")
    if history is not None:
        learnt = tagger(ITERATIONS).fit_em(X, initial).log_likelihoods_
        apart = max(abs(a - b) / abs(b) for a, b in zip(learnt, history, strict=True))
        print(f"log likelihoods of {ITERATIONS} iterations: {apart:.1e} apart (target 1e-8)")
    common.print_speeds("one iteration", contestants, ["hmmlearn"], "million symbols/s")
    model = tagger(1).fit_em(X, initial)
    start = (
        model.start_probabilities_,
        model.transition_probabilities_,
        model.emission_probabilities_,
    )
    np.savez(path, symbols=symbols, lengths=lengths, **dict(zip(names, start, strict=True)))
    peers, total = peer("viterbi", states, path, len(symbols))
    work = functools.partial(model.predict, X)
    own_total = sum(int(label) for labels in work() for label in labels)
    contestants = [common.Own("HMMTagger.predict", millions, work=work), *peers]
    common.alternate(contestants, settings)
    if total is not None:
        print(f"sums of the labels: {own_total} and {total}")
    common.print_speeds("best paths", contestants, ["hmmlearn"], "million symbols/s")


def measure_tagging(settings: common.Settings) -> None:
    """Train on the first 80 % of the paragraphs; the next 10 are dev, the last 10 test."""
    everything = list(read_tagged(common.data_file(common.JANUARY)))
    first, second = len(everything) * 8 // 10, len(everything) * 9 // 10
    train, *others = everything[:first], everything[first:second], everything[second:]
    vocabulary = {word for sentence in train for word, _ in sentence}
    rows = []
    for name, parameters, target in (
        ("order 2", {"order": 2}, "test 0.950"),
        ("order 1", {"order": 1}, ""),
        ("order 2 without contexts", {"order": 2, "contexts": False}, ""),
        ("order 1 without contexts", {"order": 1, "contexts": False}, ""),
    ):
        begun = time.perf_counter()
        model = HMMTagger(**parameters).fit(*columns(train))
        seconds = time.perf_counter() - begun
        cells = [name]
        for part in others:
            predicted = [
                list(zip(words, labels, strict=True))
                for words, labels in zip(
                    columns(part)[0], model.predict(columns(part)[0]), strict=True
                )
            ]
            score = evaluate.tagging(part, predicted, vocabulary)
            known, unknown = score.known_accuracy or 0, score.unknown_accuracy or 0
            cells += [f"{score.accuracy:.4f}", f"{known:.4f}", f"{unknown:.4f}"]
        words = sum(map(len, others[1]))
        runs = common.Own("", words, work=functools.partial(model.predict, columns(others[1])[0]))
        runs.seconds = runs.run(settings.budget)
        rows.append([*cells, f"{seconds:.1f}", f"{words / runs.best:,.0f}", target])
    sizes = ", ".join(f"{len(part):,}" for part in (train, *others))
    print(f"Part of speech on gold words: paragraphs to train, dev, test: {sizes}")
    columns_of_table = [
        "",
        "dev",
        "known",
        "unknown",
        "test",
        "known",
        "unknown",
        "fit s",
        "words/s",
    ]
    common.print_table([*columns_of_table, "target"], rows)


def columns(sentences: list[list[tuple[str, str]]]) -> tuple[list[list[str]], list[list[str]]]:
    """Return words and tags apart."""
    words = [[word for word, _ in sentence] for sentence in sentences]
    return words, [[tag for _, tag in sentence] for sentence in sentences]


def main() -> None:
    settings = common.read_settings(__doc__)
    X = observations(100_000 if settings.quick else 500_000)
    places = sum(map(len, X))
    common.print_header(
        "bench_hmm.py: hidden Markov models",
        settings,
        f"modern prose, {places:,} characters in {len(X):,} lines; People's Daily, January 1998",
    )
    for states in (8, 40):
        measure_training(X, states, f"{len(X):,} lines", settings)
    whole = [np.concatenate(X)]
    for states in (8, 40):
        measure_training(whole, states, "one sequence", settings)
    measure_tagging(settings)


if __name__ == "__main__":
    main()
