"""Nearest vectors and 3CosMul spelt out: every cosine is computed, and all are sorted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

Vector = Sequence[float]


def product(x: Vector, y: Vector) -> Fraction:
    return sum((Fraction(a) * Fraction(b) for a, b in zip(x, y, strict=True)), Fraction(0))


def cosine(x: Vector, y: Vector) -> float:
    """Return the cosine, from exact products; 0 for a vector of zeros."""
    squares = product(x, x) * product(y, y)
    if not squares:
        return 0.0
    found = product(x, y)
    # The root of a fraction, which a float may be too small for.
    size = math.sqrt(found * found / squares)
    return size if found > 0 else -size


def nearest(vectors: Sequence[Vector], query: Vector, k: int) -> list[tuple[int, float]]:
    """Return the k best rows with their cosines."""
    scored = [(row, cosine(vector, query)) for row, vector in enumerate(vectors)]
    return sorted(scored, key=lambda entry: -entry[1])[:k]


def multiplied(vectors: Sequence[Vector], terms: Sequence[Vector], row: int) -> float:
    """Return 3CosMul of a row (Levy and Goldberg, 2014)."""
    b, c, a = ((1 + cosine(vectors[row], term)) / 2 for term in terms)
    return b * c / (a + 0.001)
