"""The labels of unknown words, from counts of what words with the same affixes had."""

from libc.stdint cimport int32_t, int64_t

import numpy as np

cdef extern from "vector.h":
    double log_of "classicnlp_log" (double x) noexcept nogil
    double exp_of "classicnlp_exp" (double x) noexcept nogil


cdef struct Table:
    const int64_t* first
    const int32_t* labels
    const int32_t* counts
    int64_t label_count


cdef void mix(const Table* table, double trust, int32_t row, double* p) noexcept nogil:
    """Mix a distribution with the counts of a row, n events of y kinds.

        p[label] = (count[label] + trust y p[label]) / (n + trust y)
    """
    cdef int64_t k, y, n = 0
    cdef double left
    if row < 0:
        return
    left = trust * (table.first[row + 1] - table.first[row])
    for y in range(table.label_count):
        p[y] *= left
    for k in range(table.first[row], table.first[row + 1]):
        p[table.labels[k]] += table.counts[k]
        n += table.counts[k]
    for y in range(table.label_count):
        p[y] /= n + left


cdef void climb(const Table* table, double trust, const int32_t* rows, int64_t steps, const double* base,
                double* p) noexcept nogil:
    """Write what mixing with one row after the other makes of ``base``."""
    cdef int64_t y, s
    for y in range(table.label_count):
        p[y] = base[y]
    for s in range(steps):
        mix(table, trust, rows[s], p)


cdef void combine(int64_t count, double weight, double least, const double* base, const double* prefix,
                  const double* suffix, double* out) noexcept nogil:
    """Write base (prefix suffix / base**2)**weight, without what is too unlikely, adding up to 1."""
    cdef int64_t y
    cdef double most = 0.0, total = 0.0
    for y in range(count):
        out[y] = 0.0
        if base[y] > 1e-300 and prefix[y] > 1e-300 and suffix[y] > 1e-300:
            out[y] = exp_of((1.0 - 2.0 * weight) * log_of(base[y])
                            + weight * (log_of(prefix[y]) + log_of(suffix[y])))
        most = max(most, out[y])
    for y in range(count):
        if out[y] < least * most:
            out[y] = 0.0
        total += out[y]
    for y in range(count):
        out[y] /= total


def guess(const int32_t[:, ::1] rows not None, const int64_t[::1] first not None, const int32_t[::1] labels not None,
          const int32_t[::1] counts not None, Py_ssize_t label_count, double trust, double weight, double least):
    """Return p(label | word) for words.

    Parameters
    ----------
    rows : int32 array, shape (U, 2 + 2 n)
        The rows of counts for each word: that of all words, that of its shape, n of prefixes and n of
        suffixes, each from the general to the particular; -1 for none.
    first : int64 array, shape (R + 1,)
    labels, counts : int32 arrays
        Words of row r had ``labels[k]`` ``counts[k]`` times, for k from ``first[r]`` to below
        ``first[r + 1]``; every row has one at least, all counts are above 0.
    label_count : int
    trust : float
        How many events for each kind make a row as important as the rows before it; above 0.
    weight : float
        Of prefix and suffix, as an exponent.
    least : float
        Labels that are less likely than the likeliest by this factor get 0.

    Returns
    -------
    float64 array, shape (U, label_count)

    Raises
    ------
    ValueError
        If a row is out of range.

    Examples
    --------
    >>> rows = np.array([[0, -1, 1, -1]], np.int32)
    >>> first, labels, counts = np.array([0, 2, 3]), np.array([0, 1, 1], np.int32), np.array([5, 5, 9], np.int32)
    >>> guess(rows, first, labels, counts, 2, 1.0, 1.0, 0.0).round(3).tolist()
    [[0.05, 0.95]]
    """
    cdef Py_ssize_t u, k, words = rows.shape[0], steps = (rows.shape[1] - 2) // 2
    cdef Table table = Table(&first[0], NULL, NULL, label_count)
    if rows.shape[1] < 2 or rows.shape[1] % 2:
        raise ValueError("expected two rows for each word, and as many for prefixes as for suffixes")
    for u in range(words):
        for k in range(rows.shape[1]):
            if not -1 <= rows[u, k] < first.shape[0] - 1:
                raise ValueError(f"rows must be in -1 ... {first.shape[0] - 2}")
    result = np.zeros((words, label_count))
    if words == 0 or labels.shape[0] == 0:
        return result
    table.labels, table.counts = &labels[0], &counts[0]
    cdef double[:, ::1] out = result
    cdef double[:, ::1] room = np.zeros((3, label_count))
    with nogil:
        for u in range(words):
            room[0, :] = 0.0
            mix(&table, 0.0, rows[u, 0], &room[0, 0])
            mix(&table, trust, rows[u, 1], &room[0, 0])
            climb(&table, trust, &rows[u, 2] if steps else NULL, steps, &room[0, 0], &room[1, 0])
            climb(&table, trust, &rows[u, 2 + steps] if steps else NULL, steps, &room[0, 0], &room[2, 0])
            combine(label_count, weight, least, &room[0, 0], &room[1, 0], &room[2, 0], &out[u, 0])
    return result
