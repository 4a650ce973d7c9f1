"""Paths of B, M, E, S in which some words count for more, by looking at every way to cut."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.reference.bmes import Row, cuts, labels_of

INSIDE, BREAK, JOINED = 2, 4, 8
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
    """Yield the lengths of the words of every way to cut that the marks allow.

    Words with a reward go across a break, unless it is an edge of what is joined.
    """
    n = len(text.scores)
    inside = {i for i in range(1, n) if text.marks[i] & INSIDE}
    breaks = {i for i in range(1, n) if text.marks[i] & BREAK} - inside
    edges = {i for i in breaks if (text.marks[i - 1] | text.marks[i]) & JOINED}
    for lengths in cuts([1] * n):
        spans = spans_of(lengths)
        places = {end for _, end in spans}
        crossed = {i for span in spans if span in text.rewards for i in range(span[0] + 1, span[1])}
        if breaks - places <= crossed - edges and not inside & places:
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
