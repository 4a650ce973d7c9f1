"""Maximum matching: always the longest word, from the left, from the right, or the better of both."""

from libc.stdint cimport int32_t
from libc.string cimport memcpy

from classicnlp._ext.dictionary cimport Dictionary, DictionaryCutter, Window

FORWARD = 0
BACKWARD = 1
BIDIRECTIONAL = 2


cdef int32_t forward(Window* window, int32_t n, int32_t* ends) noexcept nogil:
    cdef int32_t i = 0, count = 0
    while i < n:
        i = window.hits[window.first[i + 1] - 1].end
        ends[count] = i
        count += 1
    return count


cdef int32_t backward(Window* window, int32_t n, int32_t* ends) noexcept nogil:
    """At each end, from the right, take the word that begins earliest: starts[end]."""
    cdef int32_t* starts = <int32_t*> window.scratch
    cdef int32_t i, k, end, count = 0
    for i in range(n - 1, -1, -1):
        for k in range(window.first[i], window.first[i + 1]):
            starts[window.hits[k].end] = i
    end = n
    while end > 0:
        count += 1
        ends[n - count] = end
        end = starts[end]
    for i in range(count):
        ends[i] = ends[n - count + i]
    return count


cdef int32_t better(int32_t* ends, int32_t count, const int32_t* other, int32_t other_count) noexcept nogil:
    """Merge ``other`` (forward) into ``ends`` (backward), choosing between common boundaries.

    The choice falls on fewer words, then on fewer single characters, then on backward. The
    result never has more words than either part, so that it fits where ``ends`` lies.
    """
    cdef int32_t i = 0, j = 0, start = 0, written = 0
    cdef int32_t from_i, from_j, singles_i, singles_j, here_i, here_j
    while i < count:
        from_i, from_j = i, j
        singles_i = ends[i] - start == 1
        singles_j = other[j] - start == 1
        here_i, here_j = ends[i], other[j]
        while here_i != here_j:
            if here_i < here_j:
                i += 1
                singles_i += ends[i] - here_i == 1
                here_i = ends[i]
            else:
                j += 1
                singles_j += other[j] - here_j == 1
                here_j = other[j]
        i += 1
        j += 1
        if j - from_j < i - from_i or (j - from_j == i - from_i and singles_j < singles_i):
            memcpy(ends + written, other + from_j, (j - from_j) * sizeof(int32_t))
            written += j - from_j
        else:
            for from_i in range(from_i, i):
                ends[written] = ends[from_i]
                written += 1
        start = here_i
    return written


cdef class MaxMatchCutter(DictionaryCutter):
    """Cuts by maximum matching.

    Parameters
    ----------
    dictionary : Dictionary
    direction : int
        FORWARD, BACKWARD or BIDIRECTIONAL: between boundaries that both share, the cut of
        fewer words, of fewer single characters where that is equal, else the backward one.
    """

    cdef int direction

    def __init__(self, Dictionary dictionary not None, int direction):
        DictionaryCutter.__init__(self, dictionary)
        self.direction = direction

    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil:
        cdef int32_t count, other
        cdef int32_t* scratch = (<int32_t*> window.scratch) + length + 1
        if self.direction == 0:
            return forward(window, length, ends)
        count = backward(window, length, ends)
        if self.direction == 2:
            other = forward(window, length, scratch)
            count = better(ends, count, scratch, other)
        return count
