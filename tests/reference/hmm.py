"""Hidden Markov models by looking at all paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, product
from typing import NamedTuple

Vector = Sequence[float]
Matrix = Sequence[Vector]


class Model(NamedTuple):
    """Probabilities: emissions[y][o] of symbol o in state y; stops may all be 1."""

    starts: Vector
    transitions: Matrix
    emissions: Matrix
    stops: Vector


def joint(model: Model, symbols: Sequence[int], path: Sequence[int]) -> float:
    """Return p(symbols, path)."""
    if not symbols:
        return 1.0
    p = model.starts[path[0]] * model.stops[path[-1]]
    for before, state in pairwise(path):
        p *= model.transitions[before][state]
    for symbol, state in zip(symbols, path, strict=True):
        p *= model.emissions[state][symbol]
    return p


def likelihood(model: Model, symbols: Sequence[int]) -> float:
    """Return p(symbols)."""
    paths = product(range(len(model.starts)), repeat=len(symbols))
    return sum(joint(model, symbols, path) for path in paths)


def expected(model: Model, symbols: Sequence[int]) -> tuple[Matrix, Matrix, Matrix]:
    """Return how often states start and stop, follow each other, and emit symbols, given these."""
    count = len(model.starts)
    ends = [[0.0] * count for _ in range(2)]
    changes = [[0.0] * count for _ in range(count)]
    emissions = [[0.0] * len(model.emissions[0]) for _ in range(count)]
    total = likelihood(model, symbols)
    for path in product(range(count), repeat=len(symbols)):
        p = joint(model, symbols, path) / total
        if path:
            ends[0][path[0]] += p
            ends[1][path[-1]] += p
        for before, state in pairwise(path):
            changes[before][state] += p
        for symbol, state in zip(symbols, path, strict=True):
            emissions[state][symbol] += p
    return ends, changes, emissions


class Trigrams(NamedTuple):
    """A sequence's candidates, and the logarithm of each step from two labels to a third.

    ``step(t, a, b, c)`` is that of label c at place t; the boundary is the label ``boundary``, and
    the place behind the last has it alone.
    """

    candidates: Sequence[Sequence[int]]
    step: Callable[[int, int, int, int], float]
    boundary: int

    def score(self, path: Sequence[int]) -> float:
        """Return the score of a path; 0 for the empty one."""
        if len(path) == 0:
            return 0.0
        whole = [self.boundary, self.boundary, *path, self.boundary]
        steps = zip(whole, whole[1:], whole[2:], strict=False)
        return sum(self.step(t, a, b, c) for t, (a, b, c) in enumerate(steps))

    def best(self) -> list[tuple[float, list[int]]]:
        """Return all allowed paths with their scores, the best first, ties by the rule."""
        paths = [(self.score(path), path[::-1]) for path in product(*self.candidates)]
        ordered = sorted((-score, path) for score, path in paths if score > -math.inf)
        return [(-score, list(path[::-1])) for score, path in ordered]

    def marginals(self) -> list[list[float]]:
        """Return p(candidate) at each place."""
        paths = [(math.exp(score), path) for score, path in self.best()]
        total = sum(p for p, _ in paths)
        return [
            [sum(p for p, path in paths if path[t] == label) / total for label in labels]
            for t, labels in enumerate(self.candidates)
        ]


Pair = tuple[str, str]
BOUNDARY = ("", "")


class Contexts:
    """What labelled sequences say about what comes after a token with its label."""

    def __init__(self, sequences: Sequence[Sequence[Pair]], trust: float):
        self.trust = trust
        # A pair of token and label, or the boundary, and the one after it.
        self.steps = [
            step
            for sequence in sequences
            if sequence
            for step in pairwise([BOUNDARY, *sequence, BOUNDARY])
        ]

    def mixed(self, events: Sequence[object], event: object, kinds: int, p: float) -> float:
        """Return the share of an event among others, mixed with its general probability."""
        left = self.trust * kinds
        return (events.count(event) + left * p) / (len(events) + left) if events else p

    def label(self, label: str, before: Pair, p: float) -> float:
        """Return p(label | labels before, token before) from p(label | labels before)."""
        events = [after[1] for here, after in self.steps if here == before]
        return self.mixed(events, label, len(set(events)), p)

    def token(self, pair: Pair, before: Pair, p: float) -> float:
        """Return p(token | token and label before, label) from p(token | label)."""
        of_label = [(here, after[0]) for here, after in self.steps if after[1] == pair[1]]
        tokens = [token for here, token in of_label if here[1] == before[1]]
        p = self.mixed(tokens, pair[0], len(set(tokens)), p)
        tokens = [token for here, token in of_label if here == before]
        return self.mixed(tokens, pair[0], len(set(tokens)), p)


def guess(
    keys: Sequence[Sequence[str]],
    seen: Mapping[str, Mapping[int, int]],
    label_count: int,
    trust: float,
    weight: float,
    least: float,
) -> Vector:
    """Return p(label | word) from the counts of its general keys, prefixes and suffixes."""

    def mixed(p: Vector, key: str) -> Vector:
        counts = seen.get(key)
        if not counts:
            return p
        left = trust * len(counts)
        total = sum(counts.values()) + left
        return [(counts.get(y, 0) + left * p[y]) / total for y in range(label_count)]

    everything, shape, *affixes = keys
    total = sum(seen[everything[0]].values())
    p: Vector = [seen[everything[0]].get(y, 0) / total for y in range(label_count)]
    base = mixed(p, shape[0])
    ends = []
    for ladder in affixes:
        p = base
        for key in ladder:
            p = mixed(p, key)
        ends.append(p)
    product = [
        b ** (1 - 2 * weight) * (prefix * suffix) ** weight if b > 0 else 0.0
        for b, prefix, suffix in zip(base, *ends, strict=True)
    ]
    product = [x if x >= least * max(product) else 0.0 for x in product]
    return [x / sum(product) for x in product]
