"""Viterbi decoding of a first-order chain of labels (Viterbi, 1967; Rabiner, 1989).

Scores are integers, so that the best path is the same on every machine. Of two paths with the
same score the one with the smaller label at their last difference wins.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t

import numpy as np

cdef int64_t LOWEST = -(<int64_t> 1 << 62)


cdef int64_t viterbi(
    const int32_t* emissions, const int32_t* transitions, const int32_t* starts,
    Candidates candidates, int32_t length, int32_t labels,
    int64_t* best, int32_t* back, uint8_t* path,
) noexcept nogil:
    """Write the best path and return its score.

        best[t, y] = emissions[t, y] + max over y' of best[t - 1, y'] + transitions[y', y]

    ``emissions``, ``best`` and ``back`` run over the candidates of all places. At a place with
    no candidates, or an illegal transition of every candidate, scores are about LOWEST but a
    path is still written.
    """
    cdef int32_t t, j, k, low, high, previous_low, previous_high, y, chosen = 0
    cdef int64_t score, top
    for j in range(candidates.first[0], candidates.first[1]):
        best[j] = <int64_t> emissions[j] + starts[candidates.labels[j]]
    for t in range(1, length):
        previous_low, previous_high = candidates.first[t - 1], candidates.first[t]
        low, high = candidates.first[t], candidates.first[t + 1]
        for j in range(low, high):
            y = candidates.labels[j]
            top = LOWEST
            chosen = previous_low
            for k in range(previous_low, previous_high):
                score = best[k] + transitions[candidates.labels[k] * labels + y]
                if score > top:
                    top = score
                    chosen = k
            best[j] = top + emissions[j]
            back[j] = chosen
    low, high = candidates.first[length - 1], candidates.first[length]
    top = LOWEST
    chosen = low
    for j in range(low, high):
        if best[j] > top:
            top = best[j]
            chosen = j
    for t in range(length - 1, -1, -1):
        path[t] = candidates.labels[chosen]
        if t > 0:
            chosen = back[chosen]
    return top


def best_path(const int32_t[:, ::1] emissions not None, const int32_t[:, ::1] transitions not None,
              const int32_t[::1] starts not None):
    """Return (score, labels) of the best path where every label is a candidate everywhere.

    Parameters
    ----------
    emissions : int32 array, shape (T, Y)
    transitions : int32 array, shape (Y, Y)
        From row to column.
    starts : int32 array, shape (Y,)

    Returns
    -------
    score : int
    path : uint8 array, shape (T,)

    Raises
    ------
    ValueError
        If the shapes do not fit, or Y is 0 or above 256.
    """
    cdef Py_ssize_t length = emissions.shape[0], count = emissions.shape[1]
    if not 0 < count <= 256 or transitions.shape[0] != count or transitions.shape[1] != count:
        raise ValueError(f"expected transitions of shape ({count}, {count}) and 1 to 256 labels")
    if starts.shape[0] != count:
        raise ValueError(f"expected {count} starts, got {starts.shape[0]}")
    path = np.zeros(length, np.uint8)
    if length == 0:
        return 0, path
    if length * count >= 1 << 31:
        raise ValueError(f"a sequence of {length} with {count} labels is too long")
    cdef uint8_t[::1] out = path
    cdef int32_t[::1] first = np.arange(0, (length + 1) * count, count, dtype=np.int32)
    cdef uint8_t[::1] labels = np.tile(np.arange(count, dtype=np.uint8), length)
    cdef int64_t[::1] best = np.empty(length * count, np.int64)
    cdef int32_t[::1] back = np.empty(length * count, np.int32)
    cdef Candidates candidates = Candidates(&first[0], &labels[0])
    cdef int64_t score
    with nogil:
        score = viterbi(&emissions[0, 0], &transitions[0, 0], &starts[0], candidates,
                        <int32_t> length, <int32_t> count, &best[0], &back[0], &out[0])
    return score, path
