"""A linear-chain conditional random field, by looking at all ways to label a sequence."""

from __future__ import annotations

import math
from itertools import product
from typing import NamedTuple

import numpy as np


class Sequence(NamedTuple):
    """Features of each place, of each transition into a place, and right labels."""

    features: list[list[tuple[int, float]]]  # numbers and values
    edges: list[list[int]]
    gold: list[int]


class Weights(NamedTuple):
    """Weights that are not there are 0 and stay so."""

    states: dict[tuple[int, int], float]  # (feature, label)
    edges: dict[tuple[int, int, int], float]  # (feature, from, to)
    transitions: np.ndarray


def score(sequence: Sequence, weights: Weights, path: tuple[int, ...]) -> float:
    total = 0.0
    for place, label in enumerate(path):
        for feature, value in sequence.features[place]:
            total += value * weights.states.get((feature, label), 0.0)
        if place:
            total += float(weights.transitions[path[place - 1], label])
            for edge in sequence.edges[place]:
                total += weights.edges.get((edge, path[place - 1], label), 0.0)
    return total


def negative_log_likelihood(data: list[Sequence], weights: Weights, label_count: int) -> float:
    total = 0.0
    for sequence in data:
        paths = product(range(label_count), repeat=len(sequence.gold))
        scores = [score(sequence, weights, path) for path in paths]
        most = max(scores)
        log_z = most + math.log(sum(math.exp(value - most) for value in scores))
        total += log_z - score(sequence, weights, tuple(sequence.gold))
    return total


def penalty(weights: Weights, l2: float) -> float:
    states = sum(weight**2 for weight in weights.states.values())
    edges = sum(weight**2 for weight in weights.edges.values())
    return l2 * (states + edges + float((weights.transitions**2).sum()))
