"""Rows of a count matrix: from the numbers of words to sorted, weighed entries.

A matrix is three arrays, those of scipy's CSR: row i has the entries rows[i] ... rows[i + 1] - 1 of
columns and counts.
"""

from libc.math cimport fabs, sqrt
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

import numpy as np

cdef extern from "row_sort.h":
    uint64_t* classicnlp_sort_entries(uint64_t* entries, int64_t n, uint64_t* scratch) noexcept nogil

cdef extern from "vector.h":
    double classicnlp_log(double x) noexcept nogil

cdef enum:
    NO_NORM = 0
    L1 = 1
    L2 = 2

NORMS = {None: NO_NORM, "l1": L1, "l2": L2}

ctypedef fused real_t:
    float
    double


cdef check_rows(const int64_t[::1] rows, Py_ssize_t entries):
    cdef Py_ssize_t i, count = rows.shape[0]
    cdef bint sound = count > 0 and rows[0] == 0
    if sound:
        with nogil:
            for i in range(1, count):
                sound &= rows[i] >= rows[i - 1]
        sound &= rows[count - 1] == entries
    if not sound:
        raise ValueError(f"rows must rise from 0 to {entries}")


cdef check_columns(const int32_t[::1] columns, Py_ssize_t size, int32_t least):
    cdef Py_ssize_t i
    cdef bint sound = True
    with nogil:
        for i in range(columns.shape[0]):
            sound &= least <= columns[i] < size
    if not sound:
        raise ValueError(f"columns must be in {least} ... {size - 1}")


cdef check_counts(const int32_t[::1] counts, Py_ssize_t entries):
    if counts.shape[0] != entries:
        raise ValueError(f"expected {entries} counts, got {counts.shape[0]}")


def count_rows(const int32_t[::1] numbers not None, const int64_t[::1] offsets not None, Py_ssize_t size):
    """Count the distinct numbers of each document.

    Parameters
    ----------
    numbers : int32 array
        Below ``size``; -1 is left out.
    offsets : int64 array, shape (documents + 1,)
        Where each document begins, and where the last ends.
    size : int

    Returns
    -------
    rows : int64 array, shape (documents + 1,)
    columns : int32 array
        The numbers of a document in the order of their first occurrence.
    counts : int32 array
    """
    cdef Py_ssize_t document, i, documents = offsets.shape[0] - 1
    cdef int32_t used = 0, first, place, number
    check_rows(offsets, numbers.shape[0])
    check_columns(numbers, size, -1)
    if numbers.shape[0] > 0x7FFFFFFF:
        raise ValueError("at most 2**31 - 1 words are counted at once: cut the documents up")
    rows = np.zeros(documents + 1, np.int64)
    columns, counts = np.empty(numbers.shape[0], np.int32), np.empty(numbers.shape[0], np.int32)
    # Where a number was entered last: that is in this row only if it stands there.
    last = np.zeros(size, np.int32)
    cdef int64_t[::1] out_rows = rows
    cdef int32_t[::1] out_columns = columns
    cdef int32_t[::1] out_counts = counts
    cdef int32_t[::1] places = last
    with nogil:
        for document in range(documents):
            first = used
            for i in range(offsets[document], offsets[document + 1]):
                number = numbers[i]
                if number < 0:
                    continue
                place = places[number]
                if first <= place < used and out_columns[place] == number:
                    out_counts[place] += 1
                    continue
                places[number] = used
                out_columns[used] = number
                out_counts[used] = 1
                used += 1
            out_rows[document + 1] = used
    return rows, columns[:used].copy(), counts[:used].copy()


def sort_rows(const int64_t[::1] rows not None, int32_t[::1] columns not None, int32_t[::1] counts not None,
              const int32_t[::1] numbers):
    """Renumber the columns of a matrix, drop some, and sort those of each row, in place.

    Parameters
    ----------
    rows : int64 array
    columns, counts : int32 arrays
        The kept entries move to the front. A row has no column twice, before or after.
    numbers : int32 array or None
        The new number of each column, -1 to drop it; None keeps them.

    Returns
    -------
    int64 array
        The rows of the kept entries.
    """
    cdef Py_ssize_t row, i, count = rows.shape[0] - 1
    cdef int64_t used = 0, kept, longest = 0
    cdef int32_t number
    cdef bint renumbered = numbers is not None
    cdef uint64_t* sorted_entries
    check_rows(rows, columns.shape[0])
    check_counts(counts, columns.shape[0])
    check_columns(columns, numbers.shape[0] if renumbered else 0x7FFFFFFF, 0)
    for row in range(count):
        longest = max(longest, rows[row + 1] - rows[row])
    result = np.zeros(count + 1, np.int64)
    room = np.empty((2, longest + 1), np.uint64)
    cdef int64_t[::1] out = result
    cdef uint64_t[:, ::1] scratch = room
    with nogil:
        for row in range(count):
            kept = 0
            for i in range(rows[row], rows[row + 1]):
                number = numbers[columns[i]] if renumbered else columns[i]
                if number >= 0:
                    scratch[0, kept] = <uint64_t> number << 32 | <uint32_t> counts[i]
                    kept += 1
            sorted_entries = classicnlp_sort_entries(&scratch[0, 0], kept, &scratch[1, 0])
            for i in range(kept):
                columns[used + i] = <int32_t> (sorted_entries[i] >> 32)
                counts[used + i] = <int32_t> <uint32_t> sorted_entries[i]
            used += kept
            out[row + 1] = used
    return result


def add_column_sums(const int32_t[::1] columns not None, const int32_t[::1] counts not None,
                    int64_t[:, ::1] sums not None):
    """Add to ``sums[0]`` in how many rows each column stands, and to ``sums[1]`` its counts."""
    cdef Py_ssize_t i
    if sums.shape[0] != 2:
        raise ValueError(f"expected two rows of sums, got {sums.shape[0]}")
    check_counts(counts, columns.shape[0])
    check_columns(columns, sums.shape[1], 0)
    with nogil:
        for i in range(columns.shape[0]):
            sums[0, columns[i]] += 1
            sums[1, columns[i]] += counts[i]


def weigh_rows(const int64_t[::1] rows not None, const int32_t[::1] columns not None,
               const int32_t[::1] counts not None, const double[::1] weights, bint sublinear, int norm, bint narrow):
    """Return the weights of a matrix's entries.

    Parameters
    ----------
    rows, columns, counts : arrays
        Counts are at least 1.
    weights : float64 array or None
        A factor for each column.
    sublinear : bool
        Whether 1 + log(count) stands for a count.
    norm : int
        One of the values of `NORMS`: rows are divided by the sum of amounts, or by the root of the
        sum of squares, unless that is 0.
    narrow : bool
        Whether the result is of 32 bits.

    Returns
    -------
    float64 or float32 array, as long as columns
    """
    check_rows(rows, columns.shape[0])
    check_counts(counts, columns.shape[0])
    check_columns(columns, 0x7FFFFFFF if weights is None else weights.shape[0], 0)
    if narrow:
        return weighed[float](rows, columns, counts, weights, sublinear, norm, np.empty(len(columns), np.float32))
    return weighed[double](rows, columns, counts, weights, sublinear, norm, np.empty(len(columns)))


cdef weighed(const int64_t[::1] rows, const int32_t[::1] columns, const int32_t[::1] counts,
             const double[::1] weights, bint sublinear, int norm, real_t[::1] out):
    cdef Py_ssize_t row, i
    cdef double total, weight
    cdef bint factors = weights is not None
    with nogil:
        for row in range(rows.shape[0] - 1):
            total = 0
            for i in range(rows[row], rows[row + 1]):
                weight = counts[i]
                if sublinear and weight > 1:
                    weight = 1 + classicnlp_log(weight)
                if factors:
                    weight *= weights[columns[i]]
                out[i] = <real_t> weight
                total += weight * weight if norm == L2 else fabs(weight)
            if norm == NO_NORM or total == 0:
                continue
            if norm == L2:
                total = sqrt(total)
            for i in range(rows[row], rows[row + 1]):
                out[i] = <real_t> (out[i] / total)
    return np.asarray(out)
