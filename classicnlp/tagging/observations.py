"""What a tagger sees: the features of every place of every sequence, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Observations(NamedTuple):
    """Sequences of places with numbered features.

    Attributes
    ----------
    offsets : int64 array, shape (sequences + 1,)
        Where each sequence begins among the places, and the end of the last.
    first : int64 array, shape (places + 1,)
        The features of place i are ``features[first[i]:first[i + 1]]``.
    features : int32 array
        Numbers from 0 to below ``feature_count``.
    values : float64 array or None
        The value of each entry of ``features``; None says that all are 1.
    feature_count : int
    edge_first, edges : int64 and int32 arrays, or None
        The same for features of a place's transition, from the place before it to it (CRF++'s
        ``B01:%x[0,0]``); those of a sequence's first place are there but mean nothing. Their
        numbers run from 0 to below ``edge_count``, apart from the others.
    edge_count : int
    """

    offsets: NDArray[np.int64]
    first: NDArray[np.int64]
    features: NDArray[np.int32]
    values: NDArray[np.float64] | None
    feature_count: int
    edge_first: NDArray[np.int64] | None = None
    edges: NDArray[np.int32] | None = None
    edge_count: int = 0

    @property
    def places(self) -> int:
        """How many places there are in all sequences."""
        return len(self.first) - 1

    def check(self) -> Observations:
        """Return itself if the kernels can trust every number in it.

        Raises
        ------
        ValueError
            If an offset or a number is out of range, or a value is not finite.
        """
        _check_offsets("offsets", self.offsets, self.places)
        _check_rows("features", self.first, self.features, self.feature_count)
        if self.values is not None:
            if len(self.values) != len(self.features):
                raise ValueError(f"expected {len(self.features)} values, got {len(self.values)}")
            if not np.isfinite(self.values).all():
                raise ValueError("a feature's value is infinite or not a number")
        if self.edge_first is not None:
            if self.edges is None or len(self.edge_first) != len(self.first):
                raise ValueError("edge_first needs edges, and a row for each place")
            _check_rows("edges", self.edge_first, self.edges, self.edge_count)
        return self


def _check_offsets(name: str, offsets: NDArray[np.int64], size: int) -> None:
    rising = len(offsets) > 0 and not (np.diff(offsets) < 0).any()
    if not rising or offsets[0] != 0 or offsets[-1] != size:
        raise ValueError(f"{name} must rise from 0 to {size}")


def _check_rows(
    name: str, first: NDArray[np.int64], numbers: NDArray[np.int32], count: int
) -> None:
    _check_offsets(f"the first of the {name}", first, len(numbers))
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < count:
        raise ValueError(f"{name} must be numbered from 0 to below {count}")
