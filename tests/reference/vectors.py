"""Documents to vectors, the naive way: lists of str, counters, sums over all cells."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from classicnlp.text import CharacterClass, character_classes

LETTERS = {
    CharacterClass.HAN,
    CharacterClass.KANA,
    CharacterClass.LATIN,
    CharacterClass.LETTER,
    CharacterClass.DIGIT,
}


def is_word(word: str) -> bool:
    """Return whether a word has a letter or a digit."""
    return bool(LETTERS & set(character_classes(word).tolist()))


def is_blank(word: str) -> bool:
    """Return whether a word is white space."""
    return set(character_classes(word).tolist()) <= {CharacterClass.SPACE}


def word_grams(words: Sequence[str], low: int, high: int) -> list[str]:
    """Return the n-grams of words, with spaces between."""
    return [
        " ".join(words[i : i + n]) for n in range(low, high + 1) for i in range(len(words) - n + 1)
    ]


def character_grams(text: str, low: int, high: int) -> list[str]:
    """Return the n-grams of characters; two or more blanks are one space."""
    text = re.sub(r"\s\s+", " ", text)
    return [text[i : i + n] for n in range(low, high + 1) for i in range(len(text) - n + 1)]


def count_rows(documents: Iterable[Sequence[int]]) -> list[dict[int, int]]:
    """Return how often each number occurs in each document; -1 does not count."""
    return [dict(Counter(number for number in document if number >= 0)) for document in documents]


def weigh_row(
    row: dict[int, int], weights: Sequence[float] | None, sublinear: bool, norm: str | None
) -> dict[int, float]:
    """Return the weights of a row."""
    weighed = {
        column: (1 + math.log(count) if sublinear else count)
        * (1 if weights is None else weights[column])
        for column, count in row.items()
    }
    amounts = [abs(weight) for weight in weighed.values()]
    size = 1.0
    if norm == "l1":
        size = sum(amounts)
    elif norm == "l2":
        size = math.sqrt(sum(amount**2 for amount in amounts))
    return {column: weight / (size or 1) for column, weight in weighed.items()}


def chi_square(rows: Sequence[Sequence[float]], classes: Sequence[object]) -> list[float]:
    """Return Pearson's statistic of each column of a table; nan for a column of zeros."""
    statistics = []
    for column in zip(*rows, strict=True):
        total, statistic = sum(column), 0.0
        for label in set(classes):
            members = [i for i, own in enumerate(classes) if own == label]
            expected = total * len(members) / len(rows)
            observed = sum(column[i] for i in members)
            statistic += (observed - expected) ** 2 / expected if expected else math.nan
        statistics.append(statistic)
    return statistics
