"""Alias tables: drawing words by their weights with two look-ups (Walker, 1977; Vose, 1991)."""

from libc.stdint cimport int32_t, int64_t, uint32_t

import numpy as np

MOST_COLUMNS = (1 << 31) - 1


def alias_table(const double[::1] weights not None):
    """Return the table by which numbers are drawn in proportion to their weights.

    A column is drawn, all being equally likely, and 32 random bits: below the column's threshold the
    column's own number is meant, else the other one.

    Parameters
    ----------
    weights : float64 array, shape (n,)
        Finite, not below 0, not all 0; at most 2**31 - 1 of them.

    Returns
    -------
    uint32 array, shape (n, 2)
        Thresholds, and other numbers.
    """
    cdef int64_t n = weights.shape[0], i, few = 0, many, low, high
    if not 0 < n <= MOST_COLUMNS or not np.all(np.isfinite(weights)) or np.min(weights) < 0 or np.sum(weights) <= 0:
        raise ValueError("there must be weights, finite and not below 0, some of them above 0")
    table = np.empty((n, 2), np.uint32)
    heights = np.asarray(weights) * (n / np.sum(weights))
    # Those below 1 from the front, the others from the back.
    numbers = np.empty(n, np.int32)
    cdef uint32_t[:, ::1] out = table
    cdef double[::1] height = heights
    cdef int32_t[::1] order = numbers
    many = n
    with nogil:
        for i in range(n):
            out[i, 0] = 0xFFFFFFFF
            out[i, 1] = <uint32_t> i
            if height[i] < 1.0:
                order[few] = <int32_t> i
                few += 1
            else:
                many -= 1
                order[many] = <int32_t> i
        while few > 0 and many < n:
            few -= 1
            low, high = order[few], order[many]
            out[low, 0] = <uint32_t> (height[low] * 4294967295.0)
            out[low, 1] = <uint32_t> high
            height[high] -= 1.0 - height[low]
            if height[high] < 1.0:
                many += 1
                order[few] = <int32_t> high
                few += 1
    return table
