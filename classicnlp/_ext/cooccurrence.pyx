"""How often words occur near each other, a nearer pair counting more.

Not pair by pair in the order of the text, whose sums would lie all over the memory, but word by word:
of each word all places are visited, and what stands around them is summed in one row.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memcpy

import numpy as np

cdef extern from "prefetch.h":
    void prefetch "CLASSICNLP_PREFETCH" (const void* address) noexcept nogil

cdef enum:
    AHEAD = 8

MOST_NUMBERS = (1 << 32) - 1
MOST_EXACT = 20


def unit_of(int window):
    """Return how many parts a word at distance 1 counts, so that all distances count whole parts.

    Up to 20 it is the least common multiple of all distances; beyond, 2**28, and what is farther is
    rounded to the nearest part.
    """
    return int(np.lcm.reduce(np.arange(1, window + 1))) if window <= MOST_EXACT else 1 << 28


def places_of(const int32_t[::1] ids not None, int64_t words):
    """Return where each word stands.

    Parameters
    ----------
    ids : int32 array
        Words by number, below ``words``; a number below 0 ends a sentence. At most 2**32 - 1 numbers.
    words : int

    Returns
    -------
    starts : int64 array, shape (words + 1,)
        Where each word's places begin, and the last ones end.
    places : uint32 array
        Of each word in rising order.
    """
    cdef int64_t i, word
    cdef bint sound = True
    if ids.shape[0] > MOST_NUMBERS:
        raise ValueError(f"at most {MOST_NUMBERS:,} words can be counted at once, got {ids.shape[0]:,}")
    starts = np.zeros(words + 1, np.int64)
    cdef int64_t[::1] start = starts
    with nogil:
        for i in range(ids.shape[0]):
            word = ids[i]
            if word >= words:
                sound = False
            elif word >= 0:
                start[word + 1] += 1
    if not sound:
        raise ValueError("ids name words that do not exist")
    np.cumsum(starts, out=starts)
    places = np.empty(starts[words], np.uint32)
    cdef uint32_t[::1] out = places
    cdef int64_t[::1] free = starts[:words].copy()
    with nogil:
        for i in range(ids.shape[0]):
            if ids[i] >= 0:
                out[free[ids[i]]] = <uint32_t> i
                free[ids[i]] += 1
    return starts, places


def count_rows(const int32_t[::1] ids not None, const int64_t[::1] starts not None,
               const uint32_t[::1] places not None, int window, int64_t first, int64_t last):
    """Return the pairs of some words with all words of smaller numbers, and with themselves.

    Parameters
    ----------
    ids, starts, places
        As `places_of` takes and gives them.
    window : int
        How far words may be apart, 1 ... 10,000.
    first, last : int
        The words whose pairs are wanted, without ``last``.

    Returns
    -------
    int32 array, shape (m, 3)
        Row, column, and the bits of the count as a float32, rows rising, in each row columns rising.
        Words at a distance of k count 1 / k.
    """
    cdef int64_t words = starts.shape[0] - 1, row, i, used = 0, room = 1 << 16, touched
    cdef int32_t other
    cdef float count
    cdef double unit
    if not (1 <= window <= 10_000 and 0 <= first <= last <= words and starts[0] == 0
            and starts[words] == places.shape[0] and np.all(np.diff(starts) >= 0)):
        raise ValueError("there are no such words, or places do not fit them")
    around = np.asarray(places)[starts[first]:starts[last]]
    if len(around) and np.max(around) >= ids.shape[0]:
        raise ValueError("places lie outside of the text")
    unit = unit_of(window)
    parts = np.zeros(window + 1, np.int64)
    parts[1:] = np.round(unit / np.arange(1, window + 1))
    # One more, for words of larger numbers, which nobody asks for.
    cdef int64_t[::1] sums = np.zeros(words + 1, np.int64)
    cdef int32_t[::1] met = np.empty(words + 1, np.int32)
    cdef const int64_t[::1] part = parts
    pairs = np.empty((room, 3), np.int32)
    cdef int32_t[:, ::1] out = pairs
    for row in range(first, last):
        with nogil:
            touched = gather(ids, places, starts[row], starts[row + 1], <int32_t> row, <int32_t> words, part, sums, met)
        if used + touched > room:
            room = 2 * (used + touched)
            larger = np.empty((room, 3), np.int32)
            larger[:used] = pairs[:used]
            pairs = larger
            out = pairs
        np.asarray(met)[:touched].sort()
        with nogil:
            for i in range(touched):
                other = met[i]
                count = <float> (sums[other] / unit)
                sums[other] = 0
                out[used, 0] = <int32_t> row
                out[used, 1] = other
                memcpy(&out[used, 2], &count, sizeof(float))
                used += 1
    return pairs[:used].copy()


cdef int64_t gather(const int32_t[::1] ids, const uint32_t[::1] places, int64_t low, int64_t high, int32_t row,
                    int32_t words, const int64_t[::1] part, int64_t[::1] sums, int32_t[::1] met) noexcept nogil:
    """Sum what stands around the places of a word; return how many words were met."""
    cdef int64_t i, k, place, touched = 0, n = ids.shape[0], window = part.shape[0] - 1
    cdef int32_t other
    for i in range(low, high):
        if i + AHEAD < high:
            prefetch(&ids[places[i + AHEAD]])
        place = places[i]
        for k in range(1, min(window, place) + 1):
            other = ids[place - k]
            if other < 0:
                break
            # Without a branch: whether a neighbour is the rarer one cannot be foretold.
            met[touched] = other
            touched += other <= row and sums[other] == 0
            sums[other if other <= row else words] += part[k]
        for k in range(1, min(window, n - 1 - place) + 1):
            other = ids[place + k]
            if other < 0:
                break
            met[touched] = other
            touched += other <= row and sums[other] == 0
            sums[other if other <= row else words] += part[k]
    return touched
