"""Paths of B, M, E, S in which some words count for more, by looking at every way to cut."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.reference.bmes import Row, cuts, labels_of

INSIDE, BREAK = 2, 4
Span = tuple[int, int]


class Text(NamedTuple):
    """What a path is scored by: labels at places, steps between them, marks, words' rewards."""

    scores: Sequence[Row]
    transitions: Sequence[Row]
    starts: Row
    marks: Sequence[int]
    rewards: Mapping[Span, int]


def spans_of(lengths: Sequence[int]) -> list[Span]:
    """Return start and end of words of these lengths."""
    return list(itertools.pairwise(itertools.accumulate(lengths, initial=0)))


def score(text: Text, lengths: Sequence[int]) -> int:
    """Return the score of the text cut into words of these lengths."""
    labels = labels_of(lengths)
    total = text.starts[labels[0]]
    total += sum(text.transitions[a][b] for a, b in itertools.pairwise(labels))
    total += sum(row[y] for row, y in zip(text.scores, labels, strict=True))
    return total + sum(text.rewards.get(span, 0) for span in spans_of(lengths))


def allowed_cuts(text: Text) -> Iterator[list[int]]:
    """Yield the lengths of the words of every way to cut that the marks allow."""
    n = len(text.scores)
    inside = {i for i in range(1, n) if text.marks[i] & INSIDE}
    breaks = {i for i in range(1, n) if text.marks[i] & BREAK} - inside
    for lengths in cuts([1] * n):
        places = {end for _, end in spans_of(lengths)}
        if breaks <= places and not inside & places:
            yield lengths


def best(text: Text) -> list[int]:
    """Return the best way to cut.

    Of equal ones the one whose last differing label comes first: E before S, B before M.
    """
    order = "EBSM"

    def key(lengths: list[int]) -> tuple[int, list[int]]:
        labels = ["BMES"[label] for label in labels_of(lengths)]
        return -score(text, lengths), [order.index(label) for label in reversed(labels)]

    return min(allowed_cuts(text), key=key)


def confidences(text: Text, lengths: Sequence[int], scale: float) -> list[float]:
    """Return for each word the share of all ways to cut, by weight, that have it."""
    ways = [(scale * score(text, way), set(spans_of(way))) for way in allowed_cuts(text)]
    highest = max(total for total, _ in ways)
    weights = [(math.exp(total - highest), words) for total, words in ways]
    everything = math.fsum(weight for weight, _ in weights)
    return [
        math.fsum(weight for weight, words in weights if span in words) / everything
        for span in spans_of(lengths)
    ]
