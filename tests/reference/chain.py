"""A first-order chain of labels, by looking at all paths, and by sums in logarithms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Chain(NamedTuple):
    """The scores of one sequence; ``transitions`` has shape (Y, Y), or (T, Y, Y)."""

    emissions: Array
    transitions: Array
    starts: Array
    stops: Array

    def change(self, place: int, before: int, label: int) -> float:
        """Return the score of the change from ``before`` to ``label`` into a place."""
        own = self.transitions.ndim == 3
        return float((self.transitions[place] if own else self.transitions)[before, label])

    def score(self, path: tuple[int, ...]) -> float:
        """Return the score of a path, added up from left to right; 0 of an empty path."""
        if not path:
            return 0.0
        total = float(self.starts[path[0]]) + float(self.emissions[0, path[0]])
        for place in range(1, len(path)):
            total += self.change(place, path[place - 1], path[place])
            total += float(self.emissions[place, path[place]])
        return total + float(self.stops[path[-1]])

    def ranked(self) -> list[tuple[float, tuple[int, ...]]]:
        """Return all allowed paths and scores; of equal ones the smaller last label first."""
        length, labels = self.emissions.shape
        scored = ((self.score(path), path) for path in product(range(labels), repeat=length))
        allowed = [(score, path) for score, path in scored if score > -math.inf]
        return sorted(allowed, key=lambda pair: (-pair[0], pair[1][::-1]))

    def probabilities(self) -> Iterator[tuple[float, tuple[int, ...]]]:
        """Yield each allowed path with its probability."""
        log_z = log_sum([score for score, _ in self.ranked()])
        for score, path in self.ranked():
            yield math.exp(score - log_z), path


def log_sum(values: list[float]) -> float:
    """Return the logarithm of the sum of exponentials; -inf of none."""
    most = max(values, default=-math.inf)
    if most == -math.inf:
        return most
    return most + math.log(math.fsum(math.exp(value - most) for value in values))


def posteriors(chain: Chain) -> tuple[Array, float, Array]:
    """Return marginals, log Z and expected changes, path by path."""
    length, labels = chain.emissions.shape
    marginals, pairs = np.zeros((length, labels)), np.zeros((labels, labels))
    for share, path in chain.probabilities():
        for place, label in enumerate(path):
            marginals[place, label] += share
            if place:
                pairs[path[place - 1], label] += share
    return marginals, log_sum([score for score, _ in chain.ranked()]), pairs


def posteriors_in_logs(chain: Chain) -> tuple[Array, float, Array]:
    """Return the same by forward-backward in logarithms, for sequences of any length."""
    length, labels = chain.emissions.shape
    marginals, pairs = np.zeros((length, labels)), np.zeros((labels, labels))
    every = range(labels)
    alpha, beta = np.full((length, labels), -np.inf), np.full((length, labels), -np.inf)
    for place in range(length):
        for y in every:
            ways = [alpha[place - 1, i] + chain.change(place, i, y) for i in every]
            into = log_sum(ways) if place else float(chain.starts[y])
            alpha[place, y] = into + chain.emissions[place, y]
    for place in reversed(range(length)):
        for i in every:
            ways = [] if place + 1 == length else [
                chain.change(place + 1, i, y) + chain.emissions[place + 1, y] + beta[place + 1, y]
                for y in every
            ]  # fmt: skip
            beta[place, i] = log_sum(ways) if place + 1 < length else float(chain.stops[i])
    log_z = log_sum((alpha[-1] + chain.stops).tolist()) if length else 0.0
    if log_z == -np.inf:
        return marginals, log_z, pairs
    marginals[:] = np.exp(alpha + beta - log_z)
    for place in range(1, length):
        for i, y in product(every, every):
            joint = alpha[place - 1, i] + chain.change(place, i, y)
            joint += chain.emissions[place, y] + beta[place, y]
            pairs[i, y] += math.exp(joint - log_z)
    return marginals, log_z, pairs


def sample(chain: Chain, uniforms: Array) -> list[int]:
    """Draw a path label by label from the last, from the probabilities of whole paths."""
    length, labels = chain.emissions.shape
    paths = list(chain.probabilities())
    drawn: list[int] = []
    for place in reversed(range(length)):
        shares = [
            math.fsum(share for share, path in paths
                      if path[place] == label and list(path[place + 1 :]) == drawn)
            for label in range(labels)
        ]  # fmt: skip
        target = uniforms[place] * math.fsum(shares)
        label = next((y for y in range(labels) if math.fsum(shares[: y + 1]) > target), -1)
        drawn.insert(0, label)
    return drawn
