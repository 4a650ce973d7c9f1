"""A set of words, looked up anywhere in a text: a dict, and every stretch tried."""

from __future__ import annotations

from collections.abc import Mapping

Match = tuple[int, int, int]


def prefixes(numbers: Mapping[str, int], text: str, start: int = 0) -> list[tuple[int, int]]:
    """Return (end, number) of each word that is ``text[start:end]``, shortest first."""
    ends = range(start + 1, len(text) + 1)
    return [(end, numbers[text[start:end]]) for end in ends if text[start:end] in numbers]


def all_matches(numbers: Mapping[str, int], text: str) -> list[Match]:
    """Return (start, end, number) of each word at each place."""
    places = range(len(text))
    return [(start, *match) for start in places for match in prefixes(numbers, text, start)]


def longest_matches(numbers: Mapping[str, int], text: str) -> list[Match]:
    """Return the longest word at the first place that has one, and so on after its end."""
    matches: list[Match] = []
    place = 0
    while place < len(text):
        found = prefixes(numbers, text, place)
        if found:
            matches.append((place, *found[-1]))
        place = found[-1][0] if found else place + 1
    return matches
