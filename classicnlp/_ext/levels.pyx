"""The n-grams of all orders as a trie of levels: made from sorted windows, and looked up.

Level k holds the n-grams of order k in lexicographic order of their symbols: for each its last
symbol, its count, and where the n-grams of the next order that begin with it end. Those of row
i are rows ends[i - 1] ... ends[i] - 1 of the next level.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

import numpy as np

from classicnlp._ext.runs import words_of


cdef enum:
    MOST_ORDERS = 8


cdef class LevelBuilder:
    """Turns windows in rising order into the rows of all levels.

    An n-gram counts as often as the windows that begin with it.

    Parameters
    ----------
    order : int
        Symbols in a window, 1 ... 8.
    bits : int
        Bits of a symbol, 1 ... 31.
    least : sequence of int
        For each order how often an n-gram must occur to be kept; must not fall.
    """

    cdef readonly int order
    cdef int bits
    cdef int words
    cdef int per
    cdef int depth  # symbols of the last window that are not 0
    cdef int32_t path[MOST_ORDERS]  # the last window
    cdef int32_t coming[MOST_ORDERS]  # the next one
    cdef int64_t open_counts[MOST_ORDERS]
    cdef int64_t least[MOST_ORDERS]
    cdef int64_t rows[MOST_ORDERS]  # how many rows each level has
    cdef int64_t tokens[MOST_ORDERS]
    cdef int64_t used[MOST_ORDERS]  # rows of the present parts
    cdef int32_t* symbols[MOST_ORDERS]
    cdef int64_t* counts[MOST_ORDERS]
    cdef int64_t* ends[MOST_ORDERS]

    def __init__(self, int order, int bits, least):
        cdef int k
        self.words = words_of(order, bits)
        self.order, self.bits, self.per = order, bits, 64 // bits
        self.depth = 0
        if len(least) != order or list(least) != sorted(least):
            raise ValueError(f"there must be {order} least counts that do not fall, got {list(least)}")
        for k in range(order):
            self.least[k] = max(1, least[k])
            self.path[k] = self.coming[k] = 0
            self.open_counts[k] = self.rows[k] = self.tokens[k] = self.used[k] = 0

    def __reduce__(self):
        raise TypeError("a LevelBuilder is under way, and cannot be pickled or copied")

    def add(self, const uint64_t[:, ::1] windows not None, const int64_t[::1] counts not None):
        """Add windows that all come after those added before.

        Returns
        -------
        list of (int32 array, int64 array, int64 array)
            For each order the rows that are complete now: last symbols, counts, ends.

        Raises
        ------
        ValueError
            If windows do not rise, or are not packed soundly.
        """
        cdef Py_ssize_t n = windows.shape[0], done = 0
        if windows.shape[1] != self.words or counts.shape[0] != n:
            raise ValueError(f"expected windows of {self.words} words with a count each")
        parts = self.begin(n)
        if n:
            with nogil:
                done = self.put(&windows[0, 0], &counts[0], n)
        if done < n:
            raise ValueError("windows must rise and hold symbols from the front on")
        return self.end(parts)

    def finish(self):
        """Complete what is still open; otherwise as `add`."""
        parts = self.begin(0)
        with nogil:
            self.close(0)
        return self.end(parts)

    def totals(self):
        """Return how many n-grams of each order there were, with those that were not kept."""
        return [self.tokens[k] for k in range(self.order)]

    cdef begin(self, Py_ssize_t n):
        """Make room for the rows that ``n`` windows can complete."""
        cdef int k
        cdef int32_t[::1] symbols
        cdef int64_t[::1] counts, ends
        parts = []
        for k in range(self.order):
            part = np.empty(n + 1, np.int32), np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
            symbols, counts, ends = part
            self.symbols[k], self.counts[k], self.ends[k] = &symbols[0], &counts[0], &ends[0]
            self.used[k] = 0
            parts.append(part)
        return parts

    cdef end(self, parts):
        return [
            (symbols[:self.used[k]], counts[:self.used[k]], ends[:self.used[k]])
            for k, (symbols, counts, ends) in enumerate(parts)
        ]

    cdef Py_ssize_t put(self, const uint64_t* windows, const int64_t* counts, Py_ssize_t n) noexcept nogil:
        """Add windows; return how many were sound."""
        cdef Py_ssize_t i
        cdef int k, shared, length
        for i in range(n):
            length = self.unpack(windows + i * self.words)
            if length == 0:
                return i
            shared = 0
            while shared < length and shared < self.depth and self.coming[shared] == self.path[shared]:
                shared += 1
            if shared == length or shared < self.depth and self.coming[shared] < self.path[shared]:
                return i
            self.close(shared)
            for k in range(shared, length):
                self.path[k] = self.coming[k]
            self.depth = length
            self.open_counts[length - 1] += counts[i]
        return n

    cdef int unpack(self, const uint64_t* window) noexcept nogil:
        """Read the symbols of a window; return how many there are, 0 if one stands behind a 0."""
        cdef int k, place = 0, room, left = self.order, length = self.order
        cdef int32_t symbol
        cdef uint64_t mask = (<uint64_t> 1 << self.bits) - 1
        while left:
            room = min(self.per, left)
            for k in range(room):
                symbol = <int32_t> (window[0] >> (self.bits * (room - 1 - k)) & mask)
                self.coming[place] = symbol
                if symbol == 0:
                    length = min(length, place)
                elif place > length:
                    return 0
                place += 1
            left -= room
            window += 1
        return length

    cdef void close(self, int level) noexcept nogil:
        """Complete the rows from the deepest up to ``level`` (from 0)."""
        cdef int k
        cdef int64_t count
        for k in range(self.depth - 1, level - 1, -1):
            count = self.open_counts[k]
            self.open_counts[k] = 0
            if k:
                self.open_counts[k - 1] += count
            self.tokens[k] += count
            if count >= self.least[k]:
                self.symbols[k][self.used[k]] = self.path[k]
                self.counts[k][self.used[k]] = count
                self.ends[k][self.used[k]] = self.rows[k + 1] if k + 1 < self.order else 0
                self.used[k] += 1
                self.rows[k] += 1
        self.depth = min(self.depth, level)


cdef inline int64_t search(const int32_t[::1] last, int64_t low, int64_t high, int32_t symbol) noexcept nogil:
    """Return the first row of low ... high - 1 whose symbol is not smaller, high if all are."""
    cdef int64_t middle
    while low < high:
        middle = low + (high - low) // 2
        if last[middle] < symbol:
            low = middle + 1
        else:
            high = middle
    return low


def check_level(const int32_t[::1] last not None, const int64_t[::1] first not None, int64_t parents, int64_t symbols):
    """Raise a ValueError unless a level is sound: no look-up leaves its arrays, all find what is there.

    Parameters
    ----------
    last : int32 array, shape (n,)
        The last symbol of each row.
    first : int64 array, shape (parents + 1,)
        Where the rows of each row of the level before begin.
    parents : int
        How many rows the level before has.
    symbols : int
        Symbols are in 1 ... symbols - 1.
    """
    cdef int64_t i, k, n = last.shape[0]
    cdef int32_t before
    cdef bint sound = first.shape[0] == parents + 1 and first[0] == 0 and first[parents] == n
    if sound:
        with nogil:
            for i in range(parents):
                sound = sound and first[i] <= first[i + 1] <= n
            if sound:
                for i in range(parents):
                    before = 0
                    for k in range(first[i], first[i + 1]):
                        sound = sound and before < last[k] < symbols
                        before = last[k]
    if not sound:
        raise ValueError("a level must hold the rows of each row before it, by rising symbols")


def find(list last not None, list first not None, const int32_t[:, ::1] ngrams not None):
    """Return the row of each n-gram.

    Parameters
    ----------
    last : list of int32 arrays
        The last symbols of each level.
    first : list of int64 arrays
        Where the rows of each row of the level before begin; sound by `check_level`.
    ngrams : int32 array, shape (n, order)
        Symbols.

    Returns
    -------
    int64 array, shape (n,)
        -1 where there is no such n-gram.
    """
    cdef Py_ssize_t i, k, n = ngrams.shape[0], order = ngrams.shape[1]
    cdef int64_t low, place
    cdef const int32_t[::1] symbols
    cdef const int64_t[::1] starts
    if order > len(last) or len(last) != len(first):
        raise ValueError(f"expected n-grams of up to {len(last)} symbols, got {order}")
    rows = np.zeros(n, np.int64)
    cdef int64_t[::1] out = rows
    for k in range(order):
        symbols, starts = last[k], first[k]
        with nogil:
            for i in range(n):
                if out[i] < 0:
                    continue
                low = out[i]
                place = search(symbols, starts[low], starts[low + 1], ngrams[i, k])
                out[i] = place if place < starts[low + 1] and symbols[place] == ngrams[i, k] else -1
    return rows


def suffix_rows(const int32_t[::1] last not None, const int64_t[::1] first not None,
                const int64_t[::1] suffixes not None, const int32_t[::1] last_before not None,
                const int64_t[::1] first_before not None):
    """Return for each n-gram the row of what is left without its first symbol, one order lower.

    Parameters
    ----------
    last, first : int32 and int64 arrays
        The level of the n-grams.
    suffixes : int64 array
        What this function returned for the level before; zeros for unigrams.
    last_before, first_before : int32 and int64 arrays
        The level before.

    Returns
    -------
    int64 array, shape of last

    Raises
    ------
    ValueError
        If a suffix is not there.
    """
    cdef int64_t i, k, low, high, parents = first.shape[0] - 1
    cdef bint closed = True
    result = np.empty(last.shape[0], np.int64)
    cdef int64_t[::1] out = result
    if suffixes.shape[0] != parents:
        raise ValueError(f"expected {parents} suffixes, got {suffixes.shape[0]}")
    if parents and not 0 <= np.min(suffixes) <= np.max(suffixes) < first_before.shape[0] - 1:
        raise ValueError("suffixes must name rows of the level two below")
    with nogil:
        for i in range(parents):
            low, high = first_before[suffixes[i]], first_before[suffixes[i] + 1]
            for k in range(first[i], first[i + 1]):
                low = search(last_before, low, high, last[k])
                if low == high or last_before[low] != last[k]:
                    closed = False
                    break
                out[k] = low
            if not closed:
                break
    if not closed:
        raise ValueError("the suffix of an n-gram is not among those of the order below")
    return result
