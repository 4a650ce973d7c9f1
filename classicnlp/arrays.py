"""Pieces that stand one after another: where each begins, and what is in some of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def offsets_of(lengths: Iterable[int], dtype: type[np.integer[Any]] = np.int64) -> NDArray[Any]:
    """Return where each piece begins, and where the last ends.

    Examples
    --------
    >>> offsets_of(map(len, ["我", "来到", "北京"])).tolist()
    [0, 1, 3, 5]
    """
    counts = lengths if isinstance(lengths, np.ndarray) else np.fromiter(lengths, dtype)
    offsets = np.zeros(len(counts) + 1, dtype)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def places_of(starts: NDArray[Any], widths: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of all entries of some pieces, one piece after another.

    Examples
    --------
    >>> places_of(np.array([7, 0]), np.array([3, 2])).tolist()
    [7, 8, 9, 0, 1]
    """
    offsets = offsets_of(widths)
    places: NDArray[np.int64] = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], widths)
    return places
