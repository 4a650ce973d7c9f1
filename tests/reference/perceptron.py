"""The averaged structured perceptron on dictionaries, one sequence a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import NamedTuple


class Place(NamedTuple):
    features: list[int]  # -1 stands for none
    gold: int
    candidates: list[int]
    values: list[float] | None = None  # 1 each
    edges: tuple[int, ...] = ()  # features of the transition into this place


@dataclass
class Perceptron:
    """Weights by name: ("feature", f, y), ("edge", f, y, y'), ("transition", y, y'), ("start", y).

    A feature of transitions has weights only for the pairs of labels in ``pairs``: (f, y, y').
    """

    labels: int
    margin: float = 0
    forbidden: frozenset[tuple[int, int]] = frozenset()
    pairs: frozenset[tuple[int, int, int]] = frozenset()
    rule: str = "averaged"
    aggressiveness: float = 1.0
    weights: Counter[Hashable] = field(default_factory=Counter)
    history: list[Counter[Hashable]] = field(default_factory=lambda: [Counter()])

    def learn(self, places: Sequence[Place]) -> int:
        """Decode, move the weights from the wrong path to the right one; return the mistakes."""
        gold = [place.gold for place in places]
        path = self.decode(places)
        change = Counter(self.names(places, gold))
        change.subtract(self.names(places, path))
        length = self.length(places, path, change)
        for name, amount in change.items():
            self.weights[name] += length * amount  # type: ignore[assignment]
        self.history.append(Counter(self.weights))
        return sum(a != b for a, b in zip(path, gold, strict=True))

    def decode(self, places: Sequence[Place]) -> list[int]:
        """Return the best path where wrong labels get the margin on top."""
        paths = product(*(sorted(place.candidates) for place in places))
        return list(min(paths, key=lambda path: (-self.score(places, path), path[::-1])))

    def score(self, places: Sequence[Place], path: Sequence[int]) -> float:
        names = self.names(places, path)
        total = sum(self.weights[name] * count for name, count in names.items())
        wrong = sum(a != place.gold for a, place in zip(path, places, strict=True))
        steps = pairwise(path)
        return total + self.margin * wrong - (1 << 20) * sum(s in self.forbidden for s in steps)

    def names(self, places: Sequence[Place], path: Sequence[int]) -> Counter[Hashable]:
        """Return the weights along a path, and how often each counts."""
        names: Counter[Hashable] = Counter()
        for i, (place, label) in enumerate(zip(places, path, strict=True)):
            values = place.values or [1] * len(place.features)
            for feature, value in zip(place.features, values, strict=True):
                if feature >= 0:
                    names["feature", feature, label] += value  # type: ignore[assignment]
            if i == 0:
                names["start", label] += 1
                continue
            before = path[i - 1]
            if (before, label) not in self.forbidden:
                names["transition", before, label] += 1
            for edge in place.edges:
                if (edge, before, label) in self.pairs:
                    names["edge", edge, before, label] += 1
        return names

    def length(
        self, places: Sequence[Place], path: Sequence[int], change: Counter[Hashable]
    ) -> float:
        """Return how long a step is (Crammer et al., 2006, equation 8)."""
        norm = sum(amount * amount for amount in change.values())
        if self.rule == "averaged" or not norm:
            return 1
        loss = self.score(places, path) - self.score(places, [place.gold for place in places])
        if self.rule == "passive-aggressive-2":
            return loss / (norm + 1 / (2 * self.aggressiveness))
        if self.rule == "passive-aggressive-1":
            return min(self.aggressiveness, loss / norm)
        return loss / norm

    def average(self) -> dict[Hashable, float]:
        """Return the mean of the weights as they were at the start and after every step."""
        names = {name for weights in self.history for name in weights}
        return {
            name: sum(weights[name] for weights in self.history) / len(self.history)
            for name in names
        }
