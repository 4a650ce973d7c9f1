"""Matrices of vectors as the kernels want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.word2vec import ROW_UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIGNMENT = 64  # bytes: a line of the cache, which no vector is to share with another


def padded(width: int) -> int:
    """Return how long a row of ``width`` numbers is in memory.

    >>> padded(100), padded(112)
    (112, 112)
    """
    return -(-width // ROW_UNIT) * ROW_UNIT


def zeros(rows: int, width: int) -> NDArray[np.float32]:
    """Return a matrix of zeros whose rows are padded and begin where a line of the cache does."""
    length = padded(width)
    memory = np.zeros(rows * length + ALIGNMENT // 4, np.float32)
    start = -(memory.ctypes.data // 4) % (ALIGNMENT // 4)
    return memory[start : start + rows * length].reshape(rows, length)


def random_rows(rows: int, width: int, scale: float, seed: int) -> NDArray[np.float32]:
    """Return a padded matrix of numbers that are uniform from -scale to scale."""
    matrix = zeros(rows, width)
    drawn = np.random.Generator(np.random.PCG64(seed)).random((rows, width), np.float32)
    matrix[:, :width] = (drawn - np.float32(0.5)) * np.float32(2 * scale)
    return matrix


def enlarged(matrix: NDArray[np.float32], rows: int, width: int) -> NDArray[np.float32]:
    """Return a matrix with the same first rows, and zeros after them."""
    larger = zeros(rows, width)
    larger[: len(matrix)] = matrix
    return larger
