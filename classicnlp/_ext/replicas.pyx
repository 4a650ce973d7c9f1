"""Several copies of a matrix that were changed apart, made one again."""

from libc.stdint cimport int64_t
from libc.string cimport memcmp

import numpy as np


def join_rows(float[:, ::1] base not None, list copies not None, int64_t start, int64_t stop):
    """Add to each row what every copy changed of it; copies become equal to it.

    Parameters
    ----------
    base : float32 array, shape (n, width)
        What all copies were; changed in place.
    copies : list of float32 arrays, shape (n, width)
        Changed in place.
    start, stop : int
        The rows to do.
    """
    cdef int64_t width = base.shape[1], i, k
    cdef bint changed
    cdef int count = len(copies), c
    cdef float[:, ::1] copy
    cdef int64_t[::1] addresses = np.empty(count, np.int64)
    cdef double[::1] sums = np.empty(width)
    cdef float* row
    cdef float* own
    if not 0 <= start <= stop <= base.shape[0]:
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
            changed = False
            for k in range(width):
                sums[k] = 0.0
            for c in range(count):
                row = <float*> addresses[c] + i * width
                if memcmp(row, own, width * sizeof(float)) == 0:
                    continue
                changed = True
                for k in range(width):
                    sums[k] += <double> row[k] - own[k]
            if not changed:
                continue
            for k in range(width):
                own[k] = <float> (own[k] + sums[k])
            for c in range(count):
                row = <float*> addresses[c] + i * width
                for k in range(width):
                    row[k] = own[k]
