"""Keywords of cut texts, by counting every phrase; PageRank by solving its equations."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

Words = Sequence[str | None]
"""The folded words of a text; None for those that do not count."""


class Found(NamedTuple):
    """A keyword: what it weighs, and at which places among all words it begins."""

    words: tuple[str, ...]
    weight: float
    places: list[int]


def phrases(words: Words, longest: int, cohesion: float) -> dict[tuple[str, ...], list[int]]:
    """Return words and phrases, each with the places where it begins."""
    places: dict[tuple[str, ...], list[int]] = {}
    for start in range(len(words)):
        for length in range(1, longest + 1):
            phrase = tuple(words[start : start + length])
            if len(phrase) < length or None in phrase:
                break
            places.setdefault(phrase, []).append(start)  # type: ignore[arg-type]
    return {
        phrase: found
        for phrase, found in places.items()
        if len(phrase) == 1
        or (
            len(found) >= 2
            and len(found) >= cohesion * min(len(places[(word,)]) for word in phrase)
        )
    }


def weights(
    words: Words, unit: Callable[[str], float], longest: int, cohesion: float
) -> dict[tuple[str, ...], float]:
    """Return what words and phrases weigh; ``unit`` says what an occurrence of a word does."""
    return {
        phrase: len(places) * sum(map(unit, phrase)) / math.sqrt(len(phrase))
        for phrase, places in phrases(words, longest, cohesion).items()
    }


def rank(
    words: Words,
    unit: Callable[[str], float],
    least_length: int = 1,
    longest: int = 4,
    cohesion: float = 0.0,
    most: int = 10,
) -> list[Found]:
    """Return the best keywords; those that lie within a better one are left out."""
    places = phrases(words, longest, cohesion)
    found = [
        Found(phrase, weight, places[phrase])
        for phrase, weight in weights(words, unit, longest, cohesion).items()
        if sum(map(len, phrase)) >= least_length
    ]
    found.sort(key=lambda one: (-one.weight, one.places[0], -len(one.words)))
    chosen: list[Found] = []
    for one in found:
        if len(chosen) < most and not any(contains(other.words, one.words) for other in chosen):
            chosen.append(one)
    return chosen


def contains(phrase: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Tell whether the words of ``part`` stand side by side in ``phrase``."""
    shifts = range(len(phrase) - len(part) + 1)
    return any(phrase[shift : shift + len(part)] == part for shift in shifts)


def cooccurrences(ids: Sequence[int], window: int) -> np.ndarray:
    """Return how often each two different ids stand fewer than ``window`` places apart."""
    size = max(ids, default=-1) + 1
    counts = np.zeros((size, size))
    for a, b in itertools.combinations(range(len(ids)), 2):
        if b - a < window and ids[a] != ids[b]:
            counts[ids[a], ids[b]] += 1
            counts[ids[b], ids[a]] += 1
    return counts


def pagerank(links: np.ndarray, damping: float) -> np.ndarray:
    """Return the ranks that a step of the walk does not change."""
    size = len(links)
    strengths = links.sum(axis=1, keepdims=True)
    followed = np.where(strengths > 0, links / np.where(strengths > 0, strengths, 1), 1 / size)
    equations = np.eye(size) - damping * followed.T
    solved: np.ndarray = np.linalg.solve(equations, np.full(size, (1 - damping) / size))
    return solved


def counted(words: Words) -> Counter[str]:
    """Return how often each word that counts occurs."""
    return Counter(word for word in words if word is not None)
