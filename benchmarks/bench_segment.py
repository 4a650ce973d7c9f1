"""How fast texts become words, beside the peers.

    python benchmarks/bench_segment.py [--quick]

All make a list of str of each text; a run over lines makes one and drops it, line by line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import common
from timing import read_texts

import classicnlp as cn
from classicnlp.segmentation import MaxMatchSegmenter, NgramSegmenter, Segmenter

VAPORETTO_MODEL = "CLASSICNLP_VAPORETTO_MODEL"


def measure_dictionary(
    corpus: str, path: Path, mode: str, lexicon: cn.Lexicon, settings: common.Settings
) -> None:
    """Dictionary mode: jieba's dictionary in all, no model of unknown words."""
    texts = read_texts(path, mode == "text")
    ngram = NgramSegmenter(lexicon)
    fast = "6 x rjieba"
    contestants: list[common.Contestant] = [
        common.own("NgramSegmenter", texts, ngram.segment, "4 x rjieba, 40 x jieba"),
        *(
            common.own(f"MaxMatch {direction}", texts, cutter.segment, fast)
            for direction, cutter in max_match(lexicon)
        ),
        common.own("NgramSegmenter boundaries", texts, ngram.boundaries),
        *(
            common.own(f"MaxMatch {direction} boundaries", texts, cutter.boundaries)
            for direction, cutter in max_match(lexicon)
        ),
        *common.peer("rjieba", "rjieba", path, mode),
        *common.peer("cppjieba", "cppjieba", path, mode),
        *slow_peer("jieba", "jieba", mode),
    ]
    finish(f"Dictionary mode, {corpus}", contestants, ["rjieba", "cppjieba", "jieba"], settings)


def max_match(lexicon: cn.Lexicon) -> list[tuple[str, MaxMatchSegmenter]]:
    directions = ("forward", "backward", "bidirectional")
    return [(name, MaxMatchSegmenter(lexicon, direction=name)) for name in directions]


def slow_peer(name: str, measurement: str, mode: str) -> list[common.Peer]:
    """Return jieba on a megabyte of prose at most, for it is slow; its speed does not change."""
    path = common.sentences_file() if mode == "msr" else common.prose_file(1)
    mode = "lines" if mode == "msr" else mode
    return common.peer(name, measurement, path, mode, common.dictionary_file())


def measure_model(corpus: str, path: Path, mode: str, settings: common.Settings) -> None:
    """Accurate mode: the pku model beside those who also recognise unknown words."""
    texts = read_texts(path, mode == "text")
    nlp = cn.load("pku")
    contestants: list[common.Contestant] = [
        common.own("pku segment", texts, nlp.segment, "2 x rjieba HMM (DESIGN.md)"),
        common.own("pku boundaries", texts, nlp.boundaries),
        *common.peer("rjieba HMM", "rjieba-hmm", path, mode),
        *common.peer("cppjieba HMM", "cppjieba-hmm", path, mode),
        *slow_peer("jieba HMM", "jieba-hmm", mode),
        *vaporetto(path, mode),
    ]
    finish(f"With a model, {corpus}", contestants, ["rjieba HMM", "jieba HMM"], settings)
    contestants = [
        common.own("pku tag", texts, nlp.tag),
        *common.peer("rjieba tag", "rjieba-tag", path, mode),
        *common.peer("cppjieba tag", "cppjieba-tag", path, mode),
        *slow_peer("jieba.posseg", "jieba-tag", mode),
    ]
    finish(f"Words with tags, {corpus}", contestants, ["rjieba tag", "jieba.posseg"], settings)


def vaporetto(path: Path, mode: str) -> list[common.Peer]:
    """Return vaporetto where the environment names a model for it: it has none of its own."""
    model = os.environ.get(VAPORETTO_MODEL)
    if not model:
        print(f"  vaporetto is left out: {VAPORETTO_MODEL} names no unpacked model")
        return []
    return common.peer("vaporetto", "vaporetto", path, mode, model)


def finish(
    title: str,
    contestants: Sequence[common.Contestant],
    beside: Sequence[str],
    settings: common.Settings,
) -> None:
    common.alternate(contestants, settings)
    common.print_speeds(title, contestants, beside)


def measure_workers(path: Path, lexicon: cn.Lexicon, settings: common.Settings) -> None:
    """Two threads beside one, over lines."""
    lines = read_texts(path, whole=False)
    segmenters: list[tuple[str, Segmenter | cn.Pipeline]] = [
        ("NgramSegmenter", NgramSegmenter(lexicon)),
        ("pku", cn.load("pku").segmenter),
    ]
    for name, segmenter in segmenters:
        for kind, target in (("boundaries_batch", "1.8 x"), ("segment_batch", "1.5 x")):
            batch = getattr(segmenter, kind)
            one = batch_contestant("1 worker", path, batch, lines, 1)
            two = batch_contestant("2 workers", path, batch, lines, 2)
            two.target = f"{target} 1 worker"
            title = f"{name} {kind}, {len(lines):,} lines of prose"
            finish(title, [one, two], [one.name], settings)


def batch_contestant(
    name: str, path: Path, batch: Callable[..., list], lines: list[str], workers: int
) -> common.Own:
    size = common.megabytes_of(path)
    return common.Own(name, size, work=lambda: batch(lines, workers=workers))


def main() -> None:
    settings = common.read_settings(__doc__)
    megabytes = 1 if settings.quick else 10
    sentences, prose = common.sentences_file(), common.prose_file(megabytes)
    common.print_header(
        "bench_segment.py: texts to words",
        settings,
        f"MSR sentences {common.megabytes_of(sentences):.2f} MB; modern prose "
        f"{common.megabytes_of(prose):.1f} MB; jieba's dictionary of 348,982 words in ours, in "
        "jieba;\n           rjieba and cppjieba have their own copy of it (a few words differ)",
    )
    lexicon = cn.Lexicon.from_file(common.dictionary_file())
    inputs = [
        ("MSR sentences", sentences, "msr"),
        ("lines of prose", prose, "lines"),
        (f"one text of {megabytes} MB", prose, "text"),
    ]
    for corpus, path, mode in inputs:
        measure_dictionary(corpus, path, mode, lexicon, settings)
    for corpus, path, mode in inputs:
        measure_model(corpus, path, mode, settings)
    measure_workers(prose, lexicon, settings)


if __name__ == "__main__":
    main()
