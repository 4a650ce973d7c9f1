"""The best path through a chain of labels, by looking at all paths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise, product


def path_score(
    emissions: Sequence[Mapping[int, int]],
    transitions: Sequence[Sequence[int]],
    starts: Sequence[int],
    path: Sequence[int],
) -> int:
    """Return the score of one path; ``emissions[t][y]`` is that of label y at place t."""
    score = sum(scores[label] for scores, label in zip(emissions, path, strict=True))
    score += starts[path[0]]
    return score + sum(transitions[a][b] for a, b in pairwise(path))


def best_path(
    emissions: Sequence[Mapping[int, int]],
    transitions: Sequence[Sequence[int]],
    starts: Sequence[int],
) -> tuple[int, list[int]]:
    """Return score and labels; of equal paths the one with the smaller last differing label."""
    score, path = min(
        (-path_score(emissions, transitions, starts, path), path[::-1])
        for path in product(*(sorted(scores) for scores in emissions))
    )
    return -score, list(path[::-1])


def marginals(
    emissions: Sequence[Mapping[int, int]],
    transitions: Sequence[Sequence[int]],
    starts: Sequence[int],
    sharpness: float,
) -> list[dict[int, float]]:
    """Return the probability of each candidate, by adding up all paths that go through it."""
    paths = list(product(*(sorted(scores) for scores in emissions)))
    scores = [path_score(emissions, transitions, starts, path) for path in paths]
    weights = [math.exp((score - max(scores)) * sharpness) for score in scores]
    return [
        {
            label: sum(w for w, path in zip(weights, paths, strict=True) if path[place] == label)
            / sum(weights)
            for label in sorted(candidates)
        }
        for place, candidates in enumerate(emissions)
    ]
