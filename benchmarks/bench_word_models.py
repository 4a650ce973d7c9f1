"""The word graph cut by language models of several orders.

    python benchmarks/bench_word_models.py [--quick]

Every tenth paragraph of January 1998 is set aside, the others train; the smoothing was chosen on
the paragraphs before those, with these two tenths left out. No other list of words helps.
"""

from __future__ import annotations

import time

import common

from classicnlp import evaluate
from classicnlp.corpus import read_tagged
from classicnlp.segmentation import NgramSegmenter

ORDERS = (1, 2, 3, 4)


def main() -> None:
    settings = common.read_settings(__doc__)
    corpus = "January 1998, every tenth paragraph set aside"
    common.print_header("bench_word_models.py: the word graph by n-gram models", settings, corpus)
    sentences = [
        [word for word, _ in sentence] for sentence in read_tagged(common.data_file(common.JANUARY))
    ]
    if settings.quick:
        sentences = sentences[: len(sentences) // 10]
    held_out = sentences[9::10]
    train = [sentence for i, sentence in enumerate(sentences) if i % 10 != 9]
    known = {word for sentence in train for word in sentence}
    texts = ["".join(sentence) for sentence in held_out]
    rows = []
    for order in ORDERS:
        started = time.perf_counter()
        segmenter = NgramSegmenter().fit(train, order)
        spent = time.perf_counter() - started
        speeds = []
        for _ in range(settings.rounds):
            started = time.perf_counter()
            found = segmenter.segment_batch(texts)
            speeds.append(sum(map(len, texts)) / 1e6 / (time.perf_counter() - started))
        score = evaluate.segmentation(held_out, found, known)
        figures = (
            score.f1,
            score.precision,
            score.recall,
            score.known_recall,
            score.unknown_recall,
        )
        shown = [f"{figure or 0:.4f}" for figure in figures]
        rows.append([f"order {order}", *shown, f"{spent:.1f}", f"{max(speeds):.1f}"])
    columns = ["", "F1", "precision", "recall", "of known words", "of unknown words"]
    common.print_table([*columns, "training s", "M characters/s"], rows)


if __name__ == "__main__":
    main()
