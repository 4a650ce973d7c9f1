"""The default model as its users meet it: quality, speed, size, memory, beside the peers.

    python benchmarks/bench_pipeline.py [--quick]

Quality is that of a twin of the default model that did not see the paragraphs it is measured on;
`train_models.py` makes it, and the models of vaporetto and ltp-extension, from the same paragraphs.
jieba and pkuseg have the models that they ship with, made from other text in other standards.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import bench_start
import common
import held_out
import train_models
from inputs import Input, describe, inputs
from train_side import read

import classicnlp as cn
from classicnlp import evaluate, models
from classicnlp.spans import Span

Tagged = list[tuple[str, str]]
SHIPPED = "as shipped"
TRAINED = "the same paragraphs"
PIPELINES = 10_000
# The first letters of jieba's tags that mean what others do in the People's Daily.
FIRST_LETTERS = {"x": "w", "e": "n"}


@dataclass(frozen=True)
class Rival:
    """A peer: how it is called, what `peer_side` calls it, and the model that it works with."""

    name: str
    measurement: str
    model: Path | str = ""
    trained_on: str = SHIPPED
    slow: bool = False

    def is_ready(self) -> bool:
        """Tell whether its model is there; say so if it is not."""
        if not isinstance(self.model, Path) or self.model.exists():
            return True
        print(f"  {self.name} is left out: run `python benchmarks/train_models.py` for its model")
        return False

    def contestant(self, given: Input) -> list[common.Peer]:
        if not self.is_ready():
            return []
        peer = given.slow_peer if self.slow else given.peer
        return peer(self.name, self.measurement, self.model)


def segmenters() -> list[Rival]:
    dictionary = common.dictionary_file()
    return [
        Rival("rjieba HMM", "rjieba-hmm"),
        Rival("cppjieba HMM", "cppjieba-hmm"),
        Rival("jieba HMM", "jieba-hmm", dictionary, slow=True),
        Rival("pkuseg", "pkuseg", slow=True),
        Rival("vaporetto", "vaporetto", train_models.VAPORETTO, TRAINED),
        Rival("ltp-extension", "ltp", train_models.LTP, TRAINED, slow=True),
    ]


def taggers() -> list[Rival]:
    return [
        Rival("rjieba tag", "rjieba-tag"),
        Rival("cppjieba tag", "cppjieba-tag"),
        Rival("jieba.posseg", "jieba-tag", common.dictionary_file(), slow=True),
    ]


def finds_names(nlp: cn.Pipeline) -> bool:
    """Tell whether a pipeline finds names; say so if it does not."""
    try:
        nlp.entities("北京")
    except (AttributeError, ValueError) as error:
        print(f"  names are left out: {error}")
        return False
    return True


# Quality.


def measure_quality() -> None:
    path = train_models.our_model()
    if not path.exists():
        print("  quality is left out: run `python benchmarks/train_models.py` for a model that")
        print(f"  has not seen the paragraphs set aside, a twin of the default one ({path.name})\n")
        return
    nlp = cn.load(path)
    gold = held_out.paragraphs()
    texts = [paragraph.text for paragraph in gold]
    print_words(gold, nlp.segment_batch(texts))
    tagged = [[(token.text, token.tag) for token in tokens] for tokens in nlp.tag_batch(texts)]
    by_peers = [(rival, found) for rival in taggers() if (found := predicted(rival, texts))]
    print_tags(gold, tagged, by_peers)
    if finds_names(nlp):
        print_names(gold, [held_out.named(nlp.entities(text)) for text in texts], by_peers)


def print_words(gold: Sequence[held_out.Paragraph], ours: list[list[str]]) -> None:
    known = set(chain.from_iterable(held_out.train_sentences()))
    expected = [paragraph.words for paragraph in gold]
    texts = [paragraph.text for paragraph in gold]
    answers = [("pku, without these paragraphs", TRAINED, ours)]
    for rival in segmenters():
        found = predicted(rival, texts)
        if found:
            answers.append((rival.name, rival.trained_on, found))
    rows = []
    for name, trained_on, words in answers:
        score = evaluate.segmentation(expected, words, known)
        figures = (score.precision, score.recall, score.f1)
        recalls = (score.unknown_recall or 0, score.known_recall or 0)
        rows.append([name, *(f"{figure:.4f}" for figure in (*figures, *recalls)), trained_on])
    print(f"Words of {len(gold):,} paragraphs set aside; recall of words unknown and known to ours")
    common.print_table(["", "precision", "recall", "F1", "unknown", "known", "trained on"], rows)


def print_tags(
    gold: Sequence[held_out.Paragraph], ours: list[Tagged], by_peers: list[tuple[Rival, list]]
) -> None:
    expected = [paragraph.tokens for paragraph in gold]
    rough = list(map(roughly, expected))
    full = evaluate.joint(expected, ours).f1
    first = evaluate.joint(rough, map(roughly, ours)).f1
    rows = [["pku, without these paragraphs", f"{full:.4f}", f"{first:.4f}", "0.930, all of it"]]
    for rival, found in by_peers:
        f1 = evaluate.joint(rough, map(roughly, found)).f1
        rows.append([rival.name, "", f"{f1:.4f}", ""])
    print("Words with tags from raw text, F1: by all of the tag, and by its first letter,")
    print("since jieba's tags are others; its x counts as w, its eng as n")
    common.print_table(["", "tag", "first letter", "target"], rows)


def roughly(tokens: Tagged) -> Tagged:
    """Return the words with the first letters of their tags."""
    letters = ((word, tag[:1].lower()) for word, tag in tokens)
    return [(word, FIRST_LETTERS.get(letter, letter)) for word, letter in letters]


def print_names(
    gold: Sequence[held_out.Paragraph], ours: list[list[Span]], by_peers: list[tuple[Rival, list]]
) -> None:
    expected = [paragraph.names for paragraph in gold]
    answers = [("pku, without these paragraphs", ours, "0.930")]
    answers += [(rival.name, list(map(names_by_tag, found)), "") for rival, found in by_peers]
    rows = []
    for name, found, target in answers:
        score = evaluate.entities(expected, found)
        types = [score.types[label].f1 if label in score.types else 0 for label in held_out.NAMES]
        figures = (score.precision, score.recall, score.f1, *types)
        rows.append([name, *(f"{figure:.4f}" for figure in figures), target])
    print("Names from raw text: persons, places, organisations; the peers' are words by their tags")
    columns = ["", "precision", "recall", "F1", *held_out.NAMES, "target (F1)"]
    common.print_table(columns, rows)


def names_by_tag(tokens: Tagged) -> list[Span]:
    found = []
    end = 0
    for word, tag in tokens:
        start, end = end, end + len(word)
        if tag[:2] in held_out.NAMES:
            found.append(Span(word, tag[:2], start, end))
    return found


def predicted(rival: Rival, texts: Sequence[str]) -> list:
    """Return what a peer makes of the texts set aside; nothing if it is not there."""
    if not rival.is_ready() or not common.PEERS_PYTHON.exists():
        return []
    script = common.BENCHMARKS / "predict_side.py"
    with tempfile.NamedTemporaryFile() as target:
        command = [
            common.PEERS_PYTHON, script, rival.measurement, held_out.texts_file(), target.name,
            rival.model,
        ]  # fmt: skip
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"  {rival.name} is left out: {reason}")
            return []
        return [restored(text, found) for text, found in zip(texts, read(target.name), strict=True)]


def restored(text: str, pieces: list) -> list:
    """Return words and what was dropped between them: pkuseg drops white space."""
    if pieces and not isinstance(pieces[0], str):
        return pieces  # with tags; these peers drop nothing
    whole: list[str] = []
    end = 0
    for word in pieces:
        start = text.index(word, end)
        whole += [text[end:start], word]
        end = start + len(word)
    return [word for word in [*whole, text[end:]] if word]


# Speed.


def measure_words(given: Input, nlp: cn.Pipeline, settings: common.Settings) -> None:
    """Lists of words, and boundaries beside the fastest ways that vaporetto has to tell them."""
    joiners = [
        Rival("vaporetto string", "vaporetto-string", train_models.VAPORETTO, TRAINED),
        Rival("vaporetto string raw", "vaporetto-string-raw", train_models.VAPORETTO, TRAINED),
    ]
    contestants: list[common.Contestant] = [
        given.own("pku segment", nlp.segment, "2 x rjieba HMM"),
        given.own("pku boundaries", nlp.boundaries, "5 x vaporetto string"),
        *chain.from_iterable(rival.contestant(given) for rival in [*segmenters(), *joiners]),
    ]
    beside = ["rjieba HMM", "jieba HMM", "pkuseg", "ltp-extension", "vaporetto"]
    beside += [joiner.name for joiner in joiners]
    common.compare(f"Words, {given.title}", contestants, beside, settings)


def measure_tags(
    given: Input, nlp: cn.Pipeline, settings: common.Settings, with_names: bool
) -> None:
    """Words with tags, ours from the sentence, most of theirs from the dictionary; and names."""
    names = [given.own("pku entities", nlp.entities, "3 MB/s")] if with_names else []
    contestants: list[common.Contestant] = [
        given.own("pku tag", nlp.tag, "20 x jieba.posseg"),
        *names,
        *chain.from_iterable(rival.contestant(given) for rival in taggers()),
    ]
    beside = [rival.name for rival in taggers()]
    common.compare(f"Words with tags, {given.title}", contestants, beside, settings)


# Size and memory.


def measure_size(settings: common.Settings) -> None:
    """Print what the model weighs, and how soon a fresh process has the first answer."""
    size = models.path_of("pku").stat().st_size / 1e6
    rows = [["model file, MB", f"{size:.1f}", "at most 20"]]
    for name, key in (("words", "classicnlp"), ("words, tags, names", "classicnlp-all")):
        subject = bench_start.Subject(name, key, bench_start.OURS)
        bench_start.measure_starts([subject], settings)
        if not subject.results:
            continue
        for part, what, target in (("import", "import", ""), ("first", "first answer", "0.1")):
            rows.append([f"{what}, {name}, s", f"{bench_start.best(subject, part):.3f}", target])
        for moment, what in (("after_first", "the first answer"), ("after_texts", "MSR")):
            resident = subject.results[-1][moment]["Rss"]
            rows.append([f"resident after {what}, {name}, MB", f"{resident:.1f}", "below 100"])
    print("Size, start and memory of the default model (peers: bench_start.py)")
    common.print_table(["", "measured", "target"], rows)


def measure_with_words(settings: common.Settings) -> None:
    """Print what pipelines cost that have words of their own and share all else with one base."""
    count = PIPELINES // 10 if settings.quick else PIPELINES
    script = common.BENCHMARKS / "with_words_side.py"
    command = [str(bench_start.OURS), str(script), str(count)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    rows = [
        ["all, MB", f"{said['grown']:.1f}", ""],
        ["each, kB", f"{said['grown'] / count * 1e3:.1f}", "arrays shared: far below a model's"],
        ["to make each, ms", f"{said['seconds'] / count * 1e3:.2f}", ""],
    ]
    print(f"{count:,} pipelines made with `with_words`, two words each, and used")
    common.print_table(["", "measured", "target"], rows)


def main() -> None:
    settings = common.read_settings(__doc__)
    given = inputs(settings)
    common.print_header(
        "bench_pipeline.py: the default model",
        settings,
        f"{describe(given)};\n           People's Daily, January 1998, every "
        f"{held_out.EVERY}th paragraph set aside: {len(held_out.paragraphs()):,}",
    )
    measure_size(settings)
    measure_with_words(settings)
    measure_quality()
    nlp = cn.load()
    with_names = finds_names(nlp)
    for one in given:
        measure_words(one, nlp, settings)
    for one in given:
        measure_tags(one, nlp, settings, with_names)


if __name__ == "__main__":
    main()
