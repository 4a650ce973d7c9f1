"""How sure scores are to make a model: one number, measured on data set aside.

The scores of a perceptron have no scale of their own. One number that they are multiplied by, or
divided, makes probabilities of them, as in temperature scaling (Guo, Pleiss, Sun and Weinberger,
2017).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.elementary import logs

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 1.05
LEAST_PROBABILITY = 1e-6


def best_scale(loss: Callable[[float], float], low: float, high: float) -> float:
    """Return the number, of those from ``low`` in steps of 5 %, at which a loss is least.

    Parameters
    ----------
    loss : callable
        Falls to its least and rises from there.
    low, high : float
        Between which numbers to look; both are positive.

    Returns
    -------
    float
        Of equal losses the smallest number's.

    Examples
    --------
    >>> round(best_scale(lambda scale: abs(scale - 20), 2, 200), 1)
    19.8
    """
    scales = [low]
    while scales[-1] * STEP <= high:
        scales.append(scales[-1] * STEP)
    first, last = 0, len(scales) - 1
    while first < last:
        middle = (first + last) // 2
        if loss(scales[middle]) <= loss(scales[middle + 1]):
            last = middle
        else:
            first = middle + 1
    return scales[first]


def log_loss(probabilities: NDArray[np.float64]) -> float:
    """Return the sum of the negative logarithms of what came true; the least count as 1e-6.

    It is the same on every machine, whatever order its sums are made in.
    """
    return -math.fsum(logs(np.maximum(probabilities, LEAST_PROBABILITY)).tolist())
