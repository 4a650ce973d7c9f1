"""Maximum matching: always the longest word, from the left, from the right, or the better of both."""

from libc.stdint cimport int32_t
from libc.string cimport memmove

from classicnlp._ext.dictionary cimport Dictionary, DictionaryCutter, Window

FORWARD = 0
BACKWARD = 1
BIDIRECTIONAL = 2


cdef int32_t forward(const Window* window, int32_t n, int32_t* longest, int32_t* ends) noexcept nogil:
    """At each place, from the left, take the word that ends last."""
    cdef int32_t i, count = 0
    for i in range(n):
        longest[i] = i + 1
    for i in range(window.count):
        longest[window.hits[i].start] = window.hits[i].end
    i = 0
    while i < n:
        i = longest[i]
        ends[count] = i
        count += 1
    return count


cdef int32_t backward(const Window* window, int32_t n, int32_t* earliest, int32_t* ends) noexcept nogil:
    """At each end, from the right, take the word that begins first."""
    cdef int32_t i, end = n, count = 0
    for i in range(1, n + 1):
        earliest[i] = i - 1
    for i in range(window.count):
        earliest[window.hits[i].end] = window.hits[i].start
    while end > 0:
        count += 1
        ends[n - count] = end
        end = earliest[end]
    memmove(ends, ends + n - count, count * sizeof(int32_t))
    return count


cdef int32_t better(int32_t* ends, int32_t count, const int32_t* other, int32_t other_count) noexcept nogil:
    """Merge ``other`` (forward) into ``ends`` (backward), choosing between common boundaries.

    The choice falls on fewer words, then on fewer single characters, then on backward. The
    result never has more words than either part, so that it fits where ``ends`` lies.
    """
    cdef int32_t i = 0, j = 0, written = 0, from_i, from_j, start, singles
    while i < count:
        if ends[i] == other[j]:
            ends[written] = ends[i]
            i, j, written = i + 1, j + 1, written + 1
            continue
        # The two part here; they meet again at the text's end if not before.
        from_i, from_j, start = i, j, ends[written - 1] if written else 0
        while ends[i] != other[j]:
            if ends[i] < other[j]:
                i += 1
            else:
                j += 1
        i, j = i + 1, j + 1
        singles = count_singles(other + from_j, j - from_j, start) - count_singles(ends + from_i, i - from_i, start)
        if j - from_j < i - from_i or (j - from_j == i - from_i and singles < 0):
            memmove(ends + written, other + from_j, (j - from_j) * sizeof(int32_t))
            written += j - from_j
        else:
            memmove(ends + written, ends + from_i, (i - from_i) * sizeof(int32_t))
            written += i - from_i
    return written


cdef int32_t count_singles(const int32_t* ends, int32_t count, int32_t start) noexcept nogil:
    cdef int32_t k, singles = 0
    for k in range(count):
        singles += ends[k] == start + 1
        start = ends[k]
    return singles


cdef class MaxMatchCutter(DictionaryCutter):
    """Cuts by maximum matching.

    Parameters
    ----------
    dictionary
        As of `DictionaryCutter`.
    direction : int
        FORWARD, BACKWARD or BIDIRECTIONAL: between boundaries that both share, the cut of
        fewer words, of fewer single characters where that is equal, else the backward one.
    marker, rules
        As of `DictionaryCutter`.
    """

    cdef int direction

    def __init__(self, Dictionary dictionary not None, int direction, marker=None, rules=None):
        DictionaryCutter.__init__(self, dictionary, marker=marker, rules=rules)
        self.direction = direction

    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil:
        cdef int32_t* places = <int32_t*> window.scratch
        cdef int32_t* other = places + window.length + 1
        cdef int32_t count, other_count
        if self.direction == 0:
            return forward(window, length, places, ends)
        count = backward(window, length, places, ends)
        if self.direction == 2:
            other_count = forward(window, length, places, other)
            count = better(ends, count, other, other_count)
        return count
