"""How fast texts become words, beside the peers.

    python benchmarks/bench_segment.py [--quick]

All make a list of str of each text. Over lines the lists are dropped one by one, or kept until
the last is made; the peers, who make new strings, are faster where they are dropped.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import common
from timing import read_texts

import classicnlp as cn
from classicnlp.segmentation import MaxMatchSegmenter, NgramSegmenter, Segmenter

VAPORETTO_MODEL = "CLASSICNLP_VAPORETTO_MODEL"


@dataclass(frozen=True)
class Input:
    """A corpus and how it is gone through: by lines (dropped or kept) or as one text."""

    title: str
    path: Path
    slow_path: Path  # for jieba, which is slow: its speed is the same on less
    mode: str

    @functools.cached_property
    def texts(self) -> list[str]:
        return read_texts(self.path, self.mode == "text")

    def own(self, name: str, cut: Callable[[str], Sequence], target: str = "") -> common.Own:
        return common.own(name, self.texts, cut, target, keep=self.mode == "kept")

    def peer(self, name: str, measurement: str, dictionary: Path | str = "") -> list[common.Peer]:
        return common.peer(name, measurement, self.path, self.mode, dictionary)

    def slow_peer(self, name: str, measurement: str) -> list[common.Peer]:
        dictionary = common.dictionary_file()
        return common.peer(name, measurement, self.slow_path, self.mode, dictionary)


def inputs(megabytes: int) -> list[Input]:
    sentences, prose = common.sentences_file(), common.prose_file(megabytes)
    less = common.prose_file(1)
    return [
        Input("MSR sentences, each list dropped", sentences, sentences, "lines"),
        Input("MSR sentences, all lists kept", sentences, sentences, "kept"),
        Input("lines of prose, all lists kept", prose, less, "kept"),
        Input(f"one text of {megabytes} MB", prose, less, "text"),
    ]


def measure_dictionary(given: Input, lexicon: cn.Lexicon, settings: common.Settings) -> None:
    """Dictionary mode: jieba's dictionary in all, no model of unknown words."""
    ngram = NgramSegmenter(lexicon)
    matchers = [
        (f"MaxMatch {direction}", MaxMatchSegmenter(lexicon, direction=direction))
        for direction in ("forward", "backward", "bidirectional")
    ]
    contestants: list[common.Contestant] = [
        given.own("NgramSegmenter", ngram.segment, "4 x rjieba, 40 x jieba"),
        *(given.own(name, matcher.segment, "6 x rjieba") for name, matcher in matchers),
        given.own("NgramSegmenter boundaries", ngram.boundaries),
        *(given.own(f"{name} boundaries", matcher.boundaries) for name, matcher in matchers),
        *given.peer("rjieba", "rjieba"),
        *given.peer("cppjieba", "cppjieba"),
        *given.slow_peer("jieba", "jieba"),
    ]
    finish(
        f"Dictionary mode, {given.title}", contestants, ["rjieba", "cppjieba", "jieba"], settings
    )


def measure_model(given: Input, settings: common.Settings) -> None:
    """Accurate mode: the pku model beside those who also recognise unknown words."""
    nlp = cn.load("pku")
    contestants: list[common.Contestant] = [
        given.own("pku segment", nlp.segment, "2 x rjieba HMM (DESIGN.md)"),
        given.own("pku boundaries", nlp.boundaries),
        *given.peer("rjieba HMM", "rjieba-hmm"),
        *given.peer("cppjieba HMM", "cppjieba-hmm"),
        *given.slow_peer("jieba HMM", "jieba-hmm"),
        *vaporetto(given),
    ]
    finish(f"With a model, {given.title}", contestants, ["rjieba HMM", "jieba HMM"], settings)


def measure_tags(given: Input, settings: common.Settings) -> None:
    """Words with tags: ours come from the sentence, most of theirs from the dictionary."""
    contestants: list[common.Contestant] = [
        given.own("pku tag", cn.load("pku").tag),
        *given.peer("rjieba tag", "rjieba-tag"),
        *given.peer("cppjieba tag", "cppjieba-tag"),
        *given.slow_peer("jieba.posseg", "jieba-tag"),
    ]
    finish(f"Words with tags, {given.title}", contestants, ["rjieba tag", "jieba.posseg"], settings)


def vaporetto(given: Input) -> list[common.Peer]:
    """Return vaporetto where the environment names a model for it: it has none of its own."""
    model = os.environ.get(VAPORETTO_MODEL)
    if not model:
        print(f"  vaporetto is left out: {VAPORETTO_MODEL} names no unpacked model")
        return []
    return given.peer("vaporetto", "vaporetto", model)


def finish(
    title: str,
    contestants: Sequence[common.Contestant],
    beside: Sequence[str],
    settings: common.Settings,
) -> None:
    common.alternate(contestants, settings)
    common.print_speeds(title, contestants, beside)


def measure_workers(path: Path, lexicon: cn.Lexicon, settings: common.Settings) -> None:
    """Two threads beside one, over lines and over documents of thirty lines.

    What makes Python objects holds the GIL: the shorter the texts, the larger its share.
    """
    lines = read_texts(path, whole=False)
    documents = ["\n".join(lines[i : i + 30]) for i in range(0, len(lines), 30)]
    segmenters: list[tuple[str, Segmenter | cn.Pipeline]] = [
        ("NgramSegmenter", NgramSegmenter(lexicon)),
        ("pku", cn.load("pku").segmenter),
    ]
    for name, segmenter in segmenters:
        for texts, what in ((lines, "lines"), (documents, "documents of thirty lines")):
            for kind, target in (("boundaries_batch", "1.8 x"), ("segment_batch", "1.5 x")):
                batch = getattr(segmenter, kind)
                one = batch_contestant("1 worker", path, batch, texts, 1)
                two = batch_contestant("2 workers", path, batch, texts, 2)
                two.target = f"{target} 1 worker"
                title = f"{name} {kind}, {len(texts):,} {what}"
                finish(title, [one, two], [one.name], settings)


def batch_contestant(
    name: str, path: Path, batch: Callable[..., list], texts: list[str], workers: int
) -> common.Own:
    size = common.megabytes_of(path)
    return common.Own(name, size, work=lambda: batch(texts, workers=workers))


def main() -> None:
    settings = common.read_settings(__doc__)
    given = inputs(1 if settings.quick else 10)
    sentences, prose = given[0].path, given[-1].path
    common.print_header(
        "bench_segment.py: texts to words",
        settings,
        f"MSR sentences {common.megabytes_of(sentences):.2f} MB, modern prose "
        f"{common.megabytes_of(prose):.1f} MB (jieba: 1 MB of it);\n           jieba's dictionary "
        "of 348,982 words in ours and in jieba; rjieba and cppjieba have\n           their own "
        "copy of it, in which 64 words differ",
    )
    lexicon = cn.Lexicon.from_file(common.dictionary_file())
    for one in given:
        measure_dictionary(one, lexicon, settings)
    for one in given:
        measure_model(one, settings)
    for one in given[1:]:
        measure_tags(one, settings)
    measure_workers(prose, lexicon, settings)


if __name__ == "__main__":
    main()
