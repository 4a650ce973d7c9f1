"""What every score can do: ratios that stand no division by zero, and ways to show itself."""

from __future__ import annotations

import abc
from dataclasses import asdict, dataclass
from typing import Any


def ratio(part: int, whole: int) -> float:
    """Return part / whole, 0.0 where there is no whole."""
    return part / whole if whole else 0.0


def ratio_or_none(part: int, whole: int) -> float | None:
    """Return part / whole, None where there is no whole."""
    return part / whole if whole else None


def harmonic_mean(precision: float, recall: float) -> float:
    """Return F1 (van Rijsbergen, 1979), 0.0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def figure_lines(figures: list[tuple[str, float | None, str]]) -> str:
    """Lay out (name, figure, explanation) a line each; figures that are None are left out."""
    lines = [
        f"{name:<23} {figure:.4f}{'   ' + explanation if explanation else ''}"
        for name, figure, explanation in figures
        if figure is not None
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Score(abc.ABC):
    """The faces that the scores have in common."""

    @abc.abstractmethod
    def report(self) -> str:
        """Return the figures for people to read, a line each."""

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return self.report()
