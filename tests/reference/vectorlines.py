"""Lines of word vectors read as their formats say, one number at a time."""

from __future__ import annotations

import re

import numpy as np


def read_line(line: bytes, dimensions: int) -> tuple[bytes, list[float]] | None:
    """Return word and numbers of a line; None where it has not so many."""
    *_, rest = [line.rstrip(b" \t\r")]
    numbers: list[float] = []
    while len(numbers) < dimensions:
        match = re.fullmatch(rb"(?s:(.*?))[ \t\r]*[ \t\r]([^ \t\r]+)", rest)
        if match is None:
            return None
        last = len(numbers) == dimensions - 1
        rest = rest[: match.start(2) - 1] if last else match[1]
        numbers.insert(0, float(np.float32(float(match[2]))))
    return rest, numbers
