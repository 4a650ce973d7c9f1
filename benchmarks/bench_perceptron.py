"""The structured perceptron beside CRFsuite's averaged perceptron, on the same features.

    python benchmarks/bench_perceptron.py [--quick]

The People's Daily of January 1998: the first 80 % of the paragraphs train, the last 10 % test.
CRFsuite gets the very features that classicnlp numbers, as strings: six templates of characters, 19
of words. Epochs and the tagging of the test part are timed in turns. Quality is told of both after
the same number of epochs.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import common
import numpy as np

from classicnlp import evaluate
from classicnlp._ext import chain
from classicnlp._ext.perceptron import Learner
from classicnlp.corpus import read_tagged
from classicnlp.segmentation.character import LABELS, labels_of
from classicnlp.tagging.features import CharacterFeatures, FeatureExtractor, WordFeatures
from classicnlp.tagging.observations import Observations
from classicnlp.tagging.perceptron import Sequences, Step, learn
from classicnlp.tagging.structured import PerceptronTagger

EPOCHS = 10
AT_ONCE = 20_000  # tokens, as in predict
Sentences = list[list[tuple[str, str]]]
Labelled = tuple[list[list[str]], list[list[str]]]


@dataclass
class Job:
    """A way to cut the corpus into tokens with labels."""

    name: str
    features: FeatureExtractor
    train: Labelled
    test: Labelled
    targets: tuple[str, str, str]  # of an epoch, of tagging, of quality


def as_words(sentences: Sentences) -> Labelled:
    return [[word for word, _ in s] for s in sentences], [[tag for _, tag in s] for s in sentences]


def as_characters(sentences: Sentences) -> Labelled:
    texts = [[word for word, _ in sentence] for sentence in sentences]
    return [list("".join(words)) for words in texts], [
        [LABELS[label] for label in labels_of(words)] for words in texts
    ]


class Numbered:
    """Training and test part as numbers."""

    def __init__(self, job: Job):
        self.labels = sorted({label for sequence in job.train[1] for label in sequence})
        self.extractor = job.features
        self.train = self.extractor.fit_transform(job.train[0])
        self.test = self.extractor.transform(job.test[0])
        number = {label: i for i, label in enumerate(self.labels)}
        self.gold = [
            np.array([number.get(label, 0) for sequence in y for label in sequence], np.int32)
            for y in (job.train[1], job.test[1])
        ]

    def write(self, folder: Path) -> None:
        """Write what `peer_tagger` reads."""
        for name, texts in (("features", self.extractor.names()), ("labels", self.labels)):
            (folder / f"{name}.json").write_text(json.dumps(texts), encoding="utf-8")
        for part, seen, gold in zip(
            ("train", "test"), (self.train, self.test), self.gold, strict=True
        ):
            seen.offsets.tofile(folder / f"{part}.offsets")
            seen.first.tofile(folder / f"{part}.first")
            seen.features.tofile(folder / f"{part}.features")
            gold.tofile(folder / f"{part}.gold")


@dataclass
class Once(common.Own):
    """Works once a round, however quick: epochs get quicker as mistakes get fewer."""

    def run(self, budget: float) -> list[float]:
        return super().run(0.0)


def epochs_of(name: str, numbered: Numbered, step: Step, target: str) -> Once:
    """Return a contestant that learns an epoch at a time."""
    seen, gold = numbered.train, numbered.gold[0]
    learner = Learner(
        seen.feature_count, len(numbered.labels), np.zeros(1, np.int64), np.zeros(0, np.int32)
    )
    data = Sequences(
        seen.offsets, seen.first, seen.features, gold, None, None,
        seen.feature_count, len(numbered.labels),
    )  # fmt: skip
    generator = np.random.default_rng(0)

    def work() -> None:
        learn(learner, data, generator.permutation(len(seen.offsets) - 1), step)

    return Once(name, len(gold) / 1000, target=target, work=work)


def crfsuite(name: str, what: str, folder: Path, tokens: int) -> list[common.Peer]:
    """Return CRFsuite, loaded and ready, or nothing and say why."""
    if not common.PEERS_PYTHON.exists():
        print(f"  {name} is left out: run `python benchmarks/peers.py` to install the peers")
        return []
    script = common.BENCHMARKS / "peer_tagger.py"
    command = [common.PEERS_PYTHON, script, what, folder, "ap", EPOCHS]
    process = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    contestant = common.Peer(name, tokens / 1000, process=process)
    contestant.produced = contestant._answer()
    return [contestant]


def parts_of(job: Job, numbered: Numbered) -> list[tuple[Observations, list[list[str]]]]:
    """Return the features of the test part, so many tokens at once as `predict` takes."""
    parts, start, tokens = [], 0, 0
    for stop, sequence in enumerate(job.test[0], 1):
        tokens += len(sequence)
        if tokens >= AT_ONCE or stop == len(job.test[0]):
            sequences = job.test[0][start:stop]
            parts.append((numbered.extractor.transform(sequences), sequences))
            start, tokens = stop, 0
    return parts


def tag_ready(
    tagger: PerceptronTagger, parts: list[tuple[Observations, list[list[str]]]]
) -> list[list[str]]:
    """Do what `predict` does after the features are there."""
    result = []
    for seen, sequences in parts:
        scored = tagger._score_of(seen, sequences, None)
        paths, _ = chain.decode(*scored, *tagger._ends())
        names = [tagger.labels_[label] for label in paths.tolist()]
        result += [names[low:high] for low, high in itertools.pairwise(scored.offsets.tolist())]
    return result


def measure(job: Job, settings: common.Settings) -> None:
    numbered = Numbered(job)
    tokens = [sum(map(len, part[0])) for part in (job.train, job.test)]
    print(f"{job.name}: {tokens[0]:,} tokens to train, {tokens[1]:,} to test, ", end="")
    print(f"{numbered.train.feature_count:,} features, {len(numbered.labels)} labels")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        numbered.write(folder)
        contestants = [
            epochs_of("PerceptronTagger, margin 0", numbered, Step(), job.targets[0]),
            epochs_of("PerceptronTagger, its margin of 20", numbered, Step(margin=20.0), ""),
            *crfsuite("CRFsuite", "train", folder, tokens[0]),
        ]
        common.alternate(contestants, settings)
        common.print_speeds("Training, epoch by epoch", contestants, ["CRFsuite"], "1000 tokens/s")
        measure_tagging(job, numbered, folder, settings)


def measure_tagging(job: Job, numbered: Numbered, folder: Path, settings: common.Settings) -> None:
    tagger, seconds = trained(job, job.features)
    numbered.extractor = tagger._extractor
    parts, size = parts_of(job, numbered), sum(map(len, job.test[0])) / 1000
    peers = [
        *crfsuite("CRFsuite, ItemSequences", "items", folder, len(numbered.gold[1])),
        *crfsuite("CRFsuite, lists of str", "lists", folder, len(numbered.gold[1])),
    ]
    contestants = [
        common.Own(
            "PerceptronTagger, ready features", size, target=job.targets[1],
            work=lambda: tag_ready(tagger, parts),
        ),
        common.Own("PerceptronTagger, tokens", size, work=lambda: tagger.predict(job.test[0])),
        *peers,
    ]  # fmt: skip
    common.alternate(contestants, settings)
    names = [contestant.name for contestant in peers]
    common.print_speeds("Tagging the test part", contestants, names, "1000 tokens/s")
    predicted = tagger.predict(job.test[0])
    assert predicted == tag_ready(tagger, parts)
    rows = [["PerceptronTagger", *figures(job, predicted), f"{seconds:.1f}", job.targets[2]]]
    if job.name == "Words":
        richer, seconds = trained(job, "words")
        row = figures(job, richer.predict(job.test[0]))
        rows.append(["PerceptronTagger, its own features", *row, f"{seconds:.1f}", ""])
    if peers:
        accuracy = peers[0].produced / len(numbered.gold[1])
        rows.append(["CRFsuite, averaged perceptron", f"{accuracy:.4f}", "", "", "", ""])
    columns = ["", "accuracy", "known", "unknown", "fit s", "target"]
    print(f"Quality after {EPOCHS} epochs (known and unknown tokens)")
    common.print_table(columns, rows)


def trained(job: Job, features: str | FeatureExtractor) -> tuple[PerceptronTagger, float]:
    """Return a tagger and the seconds from tokens to it."""
    start = time.perf_counter()
    tagger = PerceptronTagger(features, epochs=EPOCHS).fit(*job.train)
    return tagger, time.perf_counter() - start


def figures(job: Job, predicted: list[list[str]]) -> list[str]:
    gold = [list(zip(*pair, strict=True)) for pair in zip(*job.test, strict=True)]
    tagged = [list(zip(*pair, strict=True)) for pair in zip(job.test[0], predicted, strict=True)]
    known = {token for sequence in job.train[0] for token in sequence}
    score = evaluate.tagging(gold, tagged, known)
    shares = (score.accuracy, score.known_accuracy, score.unknown_accuracy)
    return [f"{share or 0:.4f}" for share in shares]


def main() -> None:
    settings = common.read_settings(__doc__)
    sentences = [s for s in read_tagged(common.data_file(common.JANUARY)) if s]
    if settings.quick:
        sentences = sentences[: len(sentences) // 5]
    first, second = len(sentences) * 8 // 10, len(sentences) * 9 // 10
    common.print_header(
        "bench_perceptron.py: structured perceptrons",
        settings,
        f"People's Daily, January 1998: {len(sentences):,} paragraphs",
    )
    train, test = sentences[:first], sentences[second:]
    targets = ("x 4", "x 10", "")
    measure(
        Job("Characters", CharacterFeatures(), as_characters(train), as_characters(test), targets),
        settings,
    )
    targets = ("x 4", "x 10", "0.963")
    measure(Job("Words", WordFeatures("plain"), as_words(train), as_words(test), targets), settings)


if __name__ == "__main__":
    main()
