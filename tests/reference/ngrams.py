"""N-grams counted by a Counter of tuples, line by line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

BEGIN, END = "<s>", "</s>"


def lines(text: str) -> list[str]:
    """Return the lines of a text; there is none behind a line feed that ends it."""
    ended = text[:-1] if text.endswith("\n") else text
    found = ended.split("\n")
    last = len(found) - (text == ended)
    return [line.removesuffix("\r") if i < last else line for i, line in enumerate(found)]


def words(line: str) -> list[str]:
    """Return what stands between spaces, tabs and carriage returns."""
    return [word for word in re.split("[ \t\r]", line) if word]


def count_ngrams(
    sequences: Iterable[Sequence[str]], order: int, boundaries: bool = False
) -> Counter[tuple[str, ...]]:
    """Return how often each n-gram of one order occurs."""
    counts: Counter[tuple[str, ...]] = Counter()
    for sequence in sequences:
        symbols = [BEGIN, *sequence, END] if boundaries else list(sequence)
        counts.update(tuple(symbols[i : i + order]) for i in range(len(symbols) - order + 1))
    return counts
