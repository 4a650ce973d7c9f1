"""The averaged structured perceptron on dictionaries, one sequence a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .candidates import best_path


class Place(NamedTuple):
    features: list[int]  # -1 stands for none
    gold: int
    candidates: list[int]


@dataclass
class Perceptron:
    """Weights by name: ("feature", f, y), ("transition", y, y'), ("start", y)."""

    labels: int
    margin: int = 0
    forbidden: frozenset[tuple[int, int]] = frozenset()
    weights: Counter[Hashable] = field(default_factory=Counter)
    history: list[Counter[Hashable]] = field(default_factory=lambda: [Counter()])

    def learn(self, places: Sequence[Place]) -> int:
        """Decode, move the weights from the wrong path to the right one; return the mistakes."""
        emissions = [
            {
                label: self.margin * (label != place.gold)
                + sum(self.weights["feature", f, label] for f in place.features if f >= 0)
                for label in place.candidates
            }
            for place in places
        ]
        every = range(self.labels)
        transitions = [
            [-(1 << 20) if (a, b) in self.forbidden else self.weights["transition", a, b]
             for b in every]
            for a in every
        ]  # fmt: skip
        starts = [self.weights["start", label] for label in every]
        _, path = best_path(emissions, transitions, starts)
        gold = [place.gold for place in places]
        self.add(places, gold, 1, path)
        self.add(places, path, -1, gold)
        self.history.append(Counter(self.weights))
        return sum(a != b for a, b in zip(path, gold, strict=True))

    def add(
        self, places: Sequence[Place], path: Sequence[int], sign: int, other: Sequence[int]
    ) -> None:
        """Add ``sign`` to all weights of ``path`` that are not weights of ``other`` too."""
        for i, (place, label) in enumerate(zip(places, path, strict=True)):
            if label != other[i]:
                for feature in place.features:
                    if feature >= 0:
                        self.weights["feature", feature, label] += sign
            if i == 0 and label != other[0]:
                self.weights["start", label] += sign
            if i > 0 and (path[i - 1], label) != (other[i - 1], other[i]):
                self.weights["transition", path[i - 1], label] += sign

    def average(self) -> dict[Hashable, float]:
        """Return the mean of the weights as they were at the start and after every step."""
        names = {name for weights in self.history for name in weights}
        return {
            name: sum(weights[name] for weights in self.history) / len(self.history)
            for name in names
        }
