"""A user's words in a text, looked up one place after another."""

from __future__ import annotations

from collections.abc import Iterable

from classicnlp._ext.units import Rules
from classicnlp.text import fold, units_by

Span = tuple[int, int]


def inside_units(text: str, rules: Rules) -> set[int]:
    """Return the places at which no word begins or ends."""
    return {i for run in units_by(text, rules) for i in range(run.start + 1, run.end)}


def occurrences(text: str, words: Iterable[str], rules: Rules) -> list[Span]:
    """Return where words stand that neither begin nor end inside a unit, by start and end."""
    folded, inside = fold(text), inside_units(text, rules)
    found = set()
    for word in map(fold, words):
        for start in range(len(text) - len(word) + 1):
            end = start + len(word)
            if folded[start:end] == word and not {start, end} & inside:
                found.add((start, end))
    return sorted(found)


def forced_spans(text: str, words: Iterable[str], rules: Rules) -> list[Span]:
    """Return where forced words come out: the leftmost, and of those the longest."""
    kept: list[Span] = []
    found = occurrences(text, words, rules)
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
