"""Segmentation by BMES labels, by looking at every way to cut a text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

LABELS = "BMES"
NOTHING = (0, 0, 0, 0)
Row = Sequence[int]


class Tables(NamedTuple):
    """The weights of B, M, E, S for each of the six templates."""

    before: Sequence[Row]  # by symbol; the last row is for all symbols beyond
    at: Sequence[Row]
    after: Sequence[Row]
    before_and_at: Mapping[tuple[int, int], Row]
    at_and_after: Mapping[tuple[int, int], Row]
    before_and_after: Mapping[tuple[int, int], Row]
    transitions: Sequence[Row]
    starts: Row


def labels_of(lengths: Sequence[int]) -> list[int]:
    """Return the labels of words of these lengths."""
    text = "".join("S" if n == 1 else f"B{'M' * (n - 2)}E" for n in lengths)
    return [LABELS.index(label) for label in text]


def score(tables: Tables, symbols: Sequence[int], lengths: Sequence[int]) -> int:
    """Return the score of a stretch of symbols cut into words of these lengths."""
    unranked = len(tables.at) - 1
    padded = [0, *(min(symbol, unranked) for symbol in symbols), 0]
    labels = labels_of(lengths)
    total = tables.starts[labels[0]]
    total += sum(tables.transitions[a][b] for a, b in itertools.pairwise(labels))
    for a, b, c, y in zip(padded, padded[1:], padded[2:], labels, strict=False):
        total += tables.before[a][y] + tables.at[b][y] + tables.after[c][y]
        total += tables.before_and_at.get((a, b), NOTHING)[y]
        total += tables.at_and_after.get((b, c), NOTHING)[y]
        total += tables.before_and_after.get((a, c), NOTHING)[y]
    return total


def cuts(units: Sequence[int]) -> Iterator[list[int]]:
    """Yield the lengths of the words of every way to join units (given by length) to words."""
    if not units:
        yield []
    for k in range(1, len(units) + 1):
        for rest in cuts(units[k:]):
            yield [sum(units[:k]), *rest]


def best_score(tables: Tables, symbols: Sequence[int], units: Sequence[int]) -> int:
    """Return the score of the best way to cut a stretch without white space."""
    return max(score(tables, symbols, lengths) for lengths in cuts(units))
