"""How far the traditional version of a text is cut where its simplified one is.

    python benchmarks/bench_traditional.py [--quick]

The texts are every tenth paragraph of the People's Daily of January and February 1998, and lines
of modern prose. The traditional version has, for each character, the first one that OpenCC's
table gives for it. What differs is the share of the boundaries of either that only one has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import common

from classicnlp import load
from classicnlp.corpus import read_lines, read_segmented
from classicnlp.text import fold

if TYPE_CHECKING:
    from classicnlp import Pipeline

TABLE = "lexicon/opencc/STCharacters.txt"
NEWS = [f"pfr1998/199801-02_seg_fold{number}.txt.xz" for number in range(1, 6)]
PROSE_LINES = 20_000
MOST = "0.5 %"  # of boundaries may differ


def first_candidates() -> dict[int, str]:
    """Read the table: the first candidate is the most usual one."""
    pairs = [line.split("\t") for line in read_lines(common.data_file(TABLE)) if "\t" in line]
    return {ord(one): many.split()[0] for one, many in pairs if len(one) == 1}


def news() -> list[str]:
    sentences = [words for name in NEWS for words in read_segmented(common.data_file(name))]
    return ["".join(words) for words in sentences[9::10]]


def prose() -> list[str]:
    lines = [line for line in read_lines(common.data_file(common.PROSE)) if line]
    return lines[:: max(1, len(lines) // PROSE_LINES)]


def compare(nlp: Pipeline, texts: Sequence[str], table: dict[int, str]) -> tuple[int, int, Counter]:
    """Return how many boundaries differ, of how many, and beside which characters."""
    twins = [text.translate(table) for text in texts]
    cuts = [nlp.segmenter.boundaries_batch(some) for some in (texts, twins)]
    total, different, beside = 0, 0, Counter()
    for text, twin, one, other in zip(texts, twins, *cuts, strict=True):
        places, others = set(one.tolist()), set(other.tolist())
        total += len(places | others)
        different += len(places ^ others)
        for place in places ^ others:
            for i in range(max(0, place - 2), min(len(text), place + 2)):
                if fold(text[i]) != fold(twin[i]):
                    beside[text[i] + twin[i]] += 1
    return different, total, beside


def main() -> None:
    settings = common.read_settings(__doc__)
    nlp, table = load("pku"), first_candidates()
    rows = []
    for name, texts in (("People's Daily", news()), ("modern prose", prose())):
        if settings.quick:
            texts = texts[::10]
        different, total, beside = compare(nlp, texts, table)
        changed = sum(c in table for text in texts for c in map(ord, text))
        pairs = " ".join(pair for pair, _ in beside.most_common(5))
        share = f"{100 * different / total:.4f} %"
        rows.append([name, f"{sum(map(len, texts)):,}", f"{changed:,}", share, MOST, pairs])
    columns = ["", "characters", "of them changed", "boundaries that differ", "at most", "beside"]
    common.print_table(columns, rows)


if __name__ == "__main__":
    main()
