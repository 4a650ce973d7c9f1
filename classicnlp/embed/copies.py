"""Copies of matrices that threads change apart and then join: the same bytes each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.elementary import exps
from classicnlp._ext.replicas import join_rows
from classicnlp.embed.matrices import enlarged

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 1e-6


class Copies:
    """A pair of matrices, and a copy of it for each thread.

    Parameters
    ----------
    matrices : (float32 array, float32 array)
        What copies are joined in; changed in place.
    steps : (float64 array, float64 array)
        About how many steps of training change each row, in all.
    count : int
        How many copies there are.
    """

    def __init__(
        self,
        matrices: tuple[NDArray[np.float32], NDArray[np.float32]],
        steps: tuple[NDArray[np.float64], NDArray[np.float64]],
        count: int,
    ):
        self._matrices, self._steps = matrices, steps
        inputs, outputs = matrices
        width = inputs.shape[1]
        self.pairs = [
            (enlarged(inputs, len(inputs), width), enlarged(outputs, len(outputs), width))
            for _ in range(count)
        ]

    def join(self, pool: ThreadPoolExecutor, work: float) -> None:
        """Make all copies one again.

        Parameters
        ----------
        pool : ThreadPoolExecutor
        work : float
            The share of all steps that each copy has made since, times the learning rate.
        """
        count = len(self.pairs)
        for base, steps, copies in zip(
            self._matrices, self._steps, zip(*self.pairs, strict=True), strict=True
        ):
            times = times_of(steps * work, count)
            bounds = [len(base) * k // count for k in range(count + 1)]

            def join(
                k: int,
                base: NDArray[np.float32] = base,
                copies: tuple[NDArray[np.float32], ...] = copies,
                times: NDArray[np.float64] = times,
                bounds: list[int] = bounds,
            ) -> None:
                join_rows(base, list(copies), times, bounds[k], bounds[k + 1])

            list(pool.map(join, range(count)))


def times_of(strides: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return how often to add the mean of what copies changed.

    Steps that bring a row the share 1 - exp(-a) of its way would, had all copies made theirs one
    after another, have brought it 1 - exp(-count * a). So the changes of a rare word are added up;
    of a frequent one the mean is taken, for each copy alone has gone nearly all of its way.

    >>> times_of(np.array([0.0, 0.1, 100.0]), 2).round(3).tolist()
    [2.0, 1.905, 1.0]
    """
    strides = np.maximum(strides, LEAST)
    times: NDArray[np.float64] = (1 - exps(-count * strides)) / (1 - exps(-strides))
    return times
