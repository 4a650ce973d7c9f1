"""Several copies of a matrix that were changed apart, made one again."""

from libc.stdint cimport int64_t
from libc.string cimport memcmp

import numpy as np


def join_rows(float[:, ::1] base not None, list copies not None, const double[::1] times not None,
              int64_t start, int64_t stop):
    """Add to each row what copies changed of it; copies become equal to it.

    Parameters
    ----------
    base : float32 array, shape (n, width)
        What all copies were; changed in place.
    copies : list of float32 arrays, shape (n, width)
        Changed in place.
    times : float64 array, shape (n,)
        How many times the mean of the changes of those copies that changed a row is added to it; no
        more than there are such copies.
    start, stop : int
        The rows to do.
    """
    cdef int64_t width = base.shape[1], i, k, changed
    cdef double share
    cdef int count = len(copies), c
    cdef float[:, ::1] copy
    cdef int64_t[::1] addresses = np.empty(count, np.int64)
    cdef double[::1] sums = np.empty(width)
    cdef float* row
    cdef float* own
    if not 0 <= start <= stop <= base.shape[0] or times.shape[0] != base.shape[0]:
        raise ValueError("there are no such rows")
    for c in range(count):
        copy = copies[c]
        if copy.shape[0] != base.shape[0] or copy.shape[1] != width:
            raise ValueError("copies must have the shape of what they are copies of")
        if start < stop and width:
            addresses[c] = <int64_t> &copy[0, 0]
    if start == stop or width == 0:
        return
    with nogil:
        for i in range(start, stop):
            own = &base[i, 0]
            changed = 0
            for k in range(width):
                sums[k] = 0.0
            for c in range(count):
                row = <float*> addresses[c] + i * width
                if memcmp(row, own, width * sizeof(float)) == 0:
                    continue
                changed += 1
                for k in range(width):
                    sums[k] += <double> row[k] - own[k]
            if changed == 0:
                continue
            share = min(times[i], <double> changed) / changed
            for k in range(width):
                own[k] = <float> (own[k] + share * sums[k])
            for c in range(count):
                row = <float*> addresses[c] + i * width
                for k in range(width):
                    row[k] = own[k]
