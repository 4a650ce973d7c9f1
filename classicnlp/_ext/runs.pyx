"""Sorted runs of packed windows of symbols: what n-grams of all orders are counted from.

A window is the symbols at a place of a text and after it, as many as the highest order, packed
into one to four 64-bit words (see packed.h); where a sequence ends, the rest is 0. A run is
distinct windows in rising order, each with its count.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

import numpy as np

from classicnlp.checks import require_count

cdef extern from "packed.h":
    ctypedef struct classicnlp_source:
        const uint64_t* windows
        const int64_t* counts
        int64_t left

    enum:
        CLASSICNLP_DIGIT_BITS

    void classicnlp_spread(int words, const int32_t* symbols, int64_t total, int64_t starts, int order, int bits,
                           int32_t low, int32_t high, int64_t* places, uint64_t* windows) noexcept nogil
    int64_t classicnlp_sort(int words, uint64_t* windows, const int64_t* ends, int64_t buckets, uint64_t* scratch,
                            int64_t* counts) noexcept nogil
    void classicnlp_enter(int words, classicnlp_source** heap, int64_t size, classicnlp_source* source) noexcept nogil
    void classicnlp_sift(int words, classicnlp_source** heap, int64_t size) noexcept nogil
    int64_t classicnlp_merge(int words, classicnlp_source** heap, int64_t size, uint64_t* windows, int64_t* counts,
                             int64_t used, int64_t room) noexcept nogil

cdef enum:
    MOST_SOURCES = 1024
    MOST_BITS = 31

HIGHEST_ORDER = 8


def words_of(order, bits):
    """Return how many 64-bit words a window takes.

    Parameters
    ----------
    order : int
        Symbols in a window, 1 ... 8.
    bits : int
        Bits of a symbol, 1 ... 31.

    Returns
    -------
    int
        1 ... 4.
    """
    require_count(order, "order", 1, HIGHEST_ORDER)
    require_count(bits, "bits", 1, MOST_BITS)
    per = 64 // bits
    return -(-order // per)


def first_symbols(const int32_t[::1] symbols not None, Py_ssize_t starts, Py_ssize_t size):
    """Return how many of the first ``starts`` places have each of the symbols 0 ... size - 1."""
    cdef Py_ssize_t i
    counts = np.zeros(size, np.int64)
    cdef int64_t[::1] out = counts
    check_symbols(symbols, starts, size)
    with nogil:
        for i in range(starts):
            out[symbols[i]] += 1
    return counts


cdef check_symbols(const int32_t[::1] symbols, Py_ssize_t starts, int64_t size):
    """Raise a ValueError unless all symbols are in 0 ... size - 1 and there are ``starts`` places."""
    cdef Py_ssize_t i
    cdef int32_t least = 0, largest = 0
    if not 0 <= starts <= symbols.shape[0]:
        raise ValueError(f"starts must be in 0 ... {symbols.shape[0]}, got {starts}")
    with nogil:
        for i in range(symbols.shape[0]):
            least = min(least, symbols[i])
            largest = max(largest, symbols[i])
    if least < 0 or largest >= size:
        raise ValueError(f"symbols must be in 0 ... {size - 1}, got {least} and {largest}")


def sort_windows(const int32_t[::1] symbols not None, Py_ssize_t starts, int order, int bits, int32_t low,
                 int32_t high, uint64_t[:, ::1] windows not None, int64_t[::1] counts not None):
    """Sort the windows at the first places of some symbols, and count equal ones.

    Parameters
    ----------
    symbols : int32 array
        Sequences of symbols from 1 on, with a 0 behind each.
    starts : int
        How many places begin a window; those behind only continue them.
    order : int
        Symbols in a window, 1 ... 8.
    bits : int
        Bits of a symbol, 1 ... 31.
    low, high : int
        Windows whose first symbol is in low ... high - 1 are wanted.
    windows : uint64 array, shape (n, words_of(order, bits))
        Room for all windows that are wanted. The distinct ones come to its front, in rising order.
    counts : int64 array, shape (n,)
        Their counts come to its front.

    Returns
    -------
    int
        How many distinct windows there are.

    Raises
    ------
    ValueError
        If a symbol does not fit into ``bits`` bits, or there is too little room.
    """
    cdef Py_ssize_t wanted, kept = 0
    cdef int words = words_of(order, bits)
    check_symbols(symbols, starts, <int64_t> 1 << bits)
    if windows.shape[1] != words:
        raise ValueError(f"a window takes {words} words, got an array of {windows.shape[1]} columns")
    if symbols.shape[0] == 0:
        return 0
    sizes = np.zeros(1 << CLASSICNLP_DIGIT_BITS, np.int64)
    cdef int64_t[::1] places = sizes
    with nogil:
        classicnlp_spread(words, &symbols[0], symbols.shape[0], starts, order, bits, low, high, &places[0], NULL)
    wanted = sizes.sum()
    if wanted > windows.shape[0] or wanted > counts.shape[0]:
        raise ValueError(f"there must be room for {wanted} windows, got {min(windows.shape[0], counts.shape[0])}")
    if wanted == 0:
        return 0
    cdef uint64_t[:, ::1] scratch = np.empty((sizes.max(), words), np.uint64)
    places = np.cumsum(sizes) - sizes
    with nogil:
        # Writing moves each place on to the end of its bucket.
        classicnlp_spread(words, &symbols[0], symbols.shape[0], starts, order, bits, low, high, &places[0],
                          &windows[0, 0])
        kept = classicnlp_sort(words, &windows[0, 0], &places[0], places.shape[0], &scratch[0, 0], &counts[0])
    return kept


def repack(const uint64_t[:, ::1] windows not None, int order, int bits, int wider):
    """Return windows whose symbols take more bits than before.

    Parameters
    ----------
    windows : uint64 array, shape (n, words_of(order, bits))
    order : int
        Symbols in a window.
    bits, wider : int
        Bits of a symbol, before and after.

    Returns
    -------
    uint64 array, shape (n, words_of(order, wider))
    """
    cdef Py_ssize_t i, n = windows.shape[0]
    cdef int k, last, before = 64 // bits, after = 64 // wider, columns = words_of(order, bits)
    cdef int width = words_of(order, wider)
    cdef uint64_t symbol, mask = (<uint64_t> 1 << bits) - 1
    if windows.shape[1] != columns or wider < bits:
        raise ValueError(f"expected {columns} columns and more bits than {bits}, got {windows.shape[1]} and {wider}")
    result = np.zeros((n, width), np.uint64)
    cdef uint64_t[:, ::1] out = result
    with nogil:
        for i in range(n):
            for k in range(order):
                last = min(before, order - k // before * before) - 1
                symbol = windows[i, k // before] >> (bits * (last - k % before)) & mask
                last = min(after, order - k // after * after) - 1
                out[i, k // after] |= symbol << (wider * (last - k % after))
    return result


cdef class Merge:
    """Makes one sorted run of several, a part at a time.

    Parameters
    ----------
    words : int
        64-bit words of a window.
    size : int
        How many runs there are, at most 1,024.
    """

    cdef int words
    cdef int64_t size
    cdef list parts
    cdef classicnlp_source sources[MOST_SOURCES]
    cdef classicnlp_source* heap[MOST_SOURCES]

    def __init__(self, int words, int size):
        self.words = require_count(words, "words", 1, 4)
        require_count(size, "size", 0, MOST_SOURCES)
        self.size = 0
        self.parts = [None] * size

    def __reduce__(self):
        raise TypeError("a Merge is under way, and cannot be pickled or copied")

    def feed(self, int run, const uint64_t[:, ::1] windows not None, const int64_t[::1] counts not None):
        """Give the next part of a run that has run dry, or the first one."""
        cdef classicnlp_source* source
        if not 0 <= run < len(self.parts):
            raise ValueError(f"run must be in 0 ... {len(self.parts) - 1}, got {run}")
        if windows.shape[1] != self.words or windows.shape[0] != counts.shape[0]:
            raise ValueError(f"expected windows of {self.words} words with a count each")
        source = &self.sources[run]
        if source.left:
            raise ValueError(f"run {run} has not run dry")
        if counts.shape[0] == 0:
            return
        self.parts[run] = windows, counts
        source.windows = &windows[0, 0]
        source.counts = &counts[0]
        source.left = counts.shape[0]
        classicnlp_enter(self.words, self.heap, self.size, source)
        self.size += 1

    def take(self, uint64_t[:, ::1] windows not None, int64_t[::1] counts not None, Py_ssize_t used):
        """Write merged windows behind the first ``used`` ones, which the last calls wrote.

        Returns
        -------
        used : int
            How many there are now.
        dry : int
            The run that has run dry and may have more; -1 if the room or all the runs ended.
        """
        cdef int64_t filled
        cdef classicnlp_source* source
        if windows.shape[1] != self.words or windows.shape[0] != counts.shape[0] or windows.shape[0] == 0:
            raise ValueError(f"expected room for windows of {self.words} words with a count each")
        if not 0 <= used <= windows.shape[0]:
            raise ValueError(f"used must be in 0 ... {windows.shape[0]}, got {used}")
        with nogil:
            filled = classicnlp_merge(self.words, self.heap, self.size, &windows[0, 0], &counts[0], used,
                                      windows.shape[0])
        if self.size == 0 or self.heap[0].left:
            return filled, -1
        source = self.heap[0]
        self.size -= 1
        if self.size:
            self.heap[0] = self.heap[self.size]
            classicnlp_sift(self.words, self.heap, self.size)
        return filled, source - &self.sources[0]

    def __len__(self):
        return self.size
