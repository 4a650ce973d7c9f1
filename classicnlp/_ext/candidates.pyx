"""Decoding of a first-order chain of labels by Viterbi and forward-backward (Rabiner, 1989).

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


cdef void sum_paths(
    Candidates candidates, const double* transitions, int32_t length, int32_t labels,
    double* probabilities, double* beta,
) noexcept nogil:
    """Turn the candidates' likelihoods into the probabilities that paths go through them.

        alpha[t, y] = likelihood[t, y] * sum over y' of alpha[t - 1, y'] * transitions[y', y]
        beta[t, y] = sum over y' of transitions[y, y'] * likelihood[t + 1, y'] * beta[t + 1, y']
        p[t, y] = alpha[t, y] * beta[t, y], made to add up to 1

    Both are scaled to add up to 1 at each place. No likelihood and no transition may be so small
    that the product of three is 0.
    """
    cdef int32_t t, j, k, low, high, next_high
    cdef double total
    cdef const uint8_t* names = candidates.labels
    for j in range(candidates.first[length - 1], candidates.first[length]):
        beta[j] = 1.0
    for t in range(length - 2, -1, -1):
        low, high, next_high = candidates.first[t], candidates.first[t + 1], candidates.first[t + 2]
        for j in range(low, high):
            total = 0.0
            for k in range(high, next_high):
                total += transitions[names[j] * labels + names[k]] * probabilities[k] * beta[k]
            beta[j] = total
        scale_to_one(beta, low, high)
    scale_to_one(probabilities, 0, candidates.first[1])
    for t in range(1, length):
        low, high, next_high = candidates.first[t - 1], candidates.first[t], candidates.first[t + 1]
        for k in range(high, next_high):
            total = 0.0
            for j in range(low, high):
                total += probabilities[j] * transitions[names[j] * labels + names[k]]
            probabilities[k] *= total
        scale_to_one(probabilities, high, next_high)
    for t in range(length):
        low, high = candidates.first[t], candidates.first[t + 1]
        for j in range(low, high):
            probabilities[j] *= beta[j]
        scale_to_one(probabilities, low, high)


cdef inline void scale_to_one(double* values, int32_t low, int32_t high) noexcept nogil:
    cdef double total = 0.0
    cdef int32_t j
    for j in range(low, high):
        total += values[j]
    for j in range(low, high):
        values[j] /= total


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
