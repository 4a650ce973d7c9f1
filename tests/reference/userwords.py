"""A user's words in a text, looked up one place after another."""

from __future__ import annotations

from collections.abc import Iterable

from classicnlp.text import fold, units

Span = tuple[int, int]


def inside_units(text: str) -> set[int]:
    """Return the places at which no word begins or ends."""
    return {i for run in units(text) for i in range(run.start + 1, run.end)}


def occurrences(text: str, words: Iterable[str]) -> list[Span]:
    """Return where words stand that neither begin nor end inside a unit, by start and end."""
    folded, inside = fold(text), inside_units(text)
    found = set()
    for word in map(fold, words):
        for start in range(len(text) - len(word) + 1):
            end = start + len(word)
            if folded[start:end] == word and not {start, end} & inside:
                found.add((start, end))
    return sorted(found)


def forced_spans(text: str, words: Iterable[str]) -> list[Span]:
    """Return where forced words come out: the leftmost, and of those the longest."""
    kept: list[Span] = []
    for start, end in sorted(occurrences(text, words), key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
