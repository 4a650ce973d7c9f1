"""How fast texts become words by a dictionary, and by two threads, beside the peers.

    python benchmarks/bench_segment.py [--quick]

All make a list of str of each text. Over lines the lists are dropped one by one, or kept until
the last is made; the peers, who make new strings, are faster where they are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import common
from inputs import Input, describe, inputs
from timing import read_texts

import classicnlp as cn
from classicnlp.segmentation import MaxMatchSegmenter, NgramSegmenter, Segmenter


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
        *given.slow_peer("jieba", "jieba", common.dictionary_file()),
    ]
    beside = ["rjieba", "cppjieba", "jieba"]
    common.compare(f"Dictionary mode, {given.title}", contestants, beside, settings)


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
                common.compare(title, [one, two], [one.name], settings)


def batch_contestant(
    name: str, path: Path, batch: Callable[..., list], texts: list[str], workers: int
) -> common.Own:
    size = common.megabytes_of(path)
    return common.Own(name, size, work=lambda: batch(texts, workers=workers))


def main() -> None:
    settings = common.read_settings(__doc__)
    given = inputs(settings)
    common.print_header(
        "bench_segment.py: texts to words by a dictionary",
        settings,
        f"{describe(given)};\n           jieba's dictionary of 348,982 words in ours and in jieba; "
        "rjieba and cppjieba have\n           their own copy of it, in which 64 words differ",
    )
    lexicon = cn.Lexicon.from_file(common.dictionary_file())
    for one in given:
        measure_dictionary(one, lexicon, settings)
    measure_workers(given[-1].path, lexicon, settings)


if __name__ == "__main__":
    main()
