"""What lists of words say about the characters of a text.

A word belongs to some of up to seven groups (lists), each a lane of eight bits in a 64-bit number.
Per character and group three codes are wanted: how long the longest word is that begins there, how
long the longest that ends there; and of the longest that covers it, the leftmost of two as long, the
length and the place in it. Words longer than four count as equally long, and of those one that ends
at the character comes before one that goes through it, and that before one that begins there. In
each lane the larger code is the wanted one, so that all groups are dealt with at once.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

import numpy as np

from classicnlp.checks import as_array

LONGEST_WORD = LONGEST
MOST_LISTS = MOST_GROUPS
GOES_ON_BIT = GOES_ON


def keys_of(const int32_t[::1] symbols not None, const int64_t[::1] offsets not None):
    """Return the keys of some strings of two characters and more.

    Parameters
    ----------
    symbols : int32 array, shape (n,)
        The symbols of all strings, one after another.
    offsets : int64 array, ascending from 0 to n
        Where each string begins, and the end of the last.

    Returns
    -------
    uint64 array
    """
    cdef Py_ssize_t count = offsets.shape[0] - 1, i, k
    cdef uint64_t key
    check_offsets(symbols, offsets)
    if (np.diff(offsets) < 2).any():
        raise ValueError("every string must have two characters or more")
    keys = np.empty(count, np.uint64)
    cdef uint64_t[::1] out = keys
    with nogil:
        for i in range(count):
            key = key_of_pair(symbols[offsets[i]], symbols[offsets[i] + 1])
            for k in range(offsets[i] + 2, offsets[i + 1]):
                key = longer_key(key, symbols[k])
            out[i] = key
    return keys


def place_keys(const uint64_t[::1] keys not None):
    """Give each key a slot of its own, which is found without a search.

    Keys fall into buckets of two on average, and of each bucket a number, its displacement, is kept
    with which its keys fall into slots that are free; large buckets choose first (Belazzougui, Botelho
    and Dietzfelbinger, 2009).

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        All different, and from a hash function: their upper halves choose the buckets.

    Returns
    -------
    table : uint32 array
        The check of the key in each slot, in the upper 24 bits; 0 for empty slots, of which there is
        one in seventeen.
    displacements : uint8 array
        Of each bucket.
    places : int64 array, shape (n,)
        The slot of each key.

    Raises
    ------
    ValueError
        If two keys are the same, or too many share a bucket.
    """
    cdef Py_ssize_t n = keys.shape[0], i
    cdef uint32_t buckets = <uint32_t> (n // 2 + 1)
    numbers = np.empty(n, np.int64)
    cdef int64_t[::1] bucket = numbers
    if len(np.unique(keys)) < n:
        raise ValueError("two keys are the same")
    for i in range(n):
        bucket[i] = bucket_of(keys[i], buckets)
    sizes = np.bincount(numbers, minlength=buckets)
    largest_first = np.argsort(-sizes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    by_bucket = np.argsort(numbers, kind="stable")
    capacity = n + n // 16 + 1
    while capacity < 16 * (n + 16):
        table, displacements = np.zeros(capacity, np.uint32), np.zeros(buckets, np.uint8)
        places = np.empty(n, np.int64)
        if displace(keys, by_bucket, starts, largest_first, table, displacements, places):
            return table, displacements, places
        capacity += capacity // 16 + 1
    raise ValueError("too many keys share a bucket: they must come from a hash function")


def displace(const uint64_t[::1] keys, const int64_t[::1] by_bucket, const int64_t[::1] starts,
             const int64_t[::1] order, uint32_t[::1] table, uint8_t[::1] displacements, int64_t[::1] places):
    """Find the displacement of each bucket; False if one has none."""
    cdef uint32_t capacity = <uint32_t> table.shape[0], slot
    cdef Py_ssize_t b, i, k
    cdef int displacement
    for b in order:
        for displacement in range(256):
            for i in range(starts[b], starts[b + 1]):
                slot = displaced(keys[by_bucket[i]], <uint8_t> displacement, capacity)
                if table[slot]:
                    break
                table[slot] = check_of(keys[by_bucket[i]])
                places[by_bucket[i]] = slot
            else:
                displacements[b] = <uint8_t> displacement
                break
            for k in range(starts[b], i):
                table[places[by_bucket[k]]] = 0
        else:
            return False
    return True


def check_placed(table, displacements):
    """Raise a ValueError unless they can be what `place_keys` made."""
    if table.ndim != 1 or not 0 < table.size < 1 << 31:
        raise ValueError("a table of keys must have one dimension, and a slot")
    if displacements.ndim != 1 or not 0 < displacements.size < 1 << 31:
        raise ValueError("displacements must have one dimension, and a bucket")


def check_offsets(symbols, offsets):
    """Raise a ValueError unless the offsets cut up the symbols."""
    if not len(offsets) or offsets[0] != 0 or offsets[len(offsets) - 1] != len(symbols):
        raise ValueError("offsets must run from 0 to the number of symbols")
    if (np.diff(offsets) < 0).any() or len(symbols) >= 1 << 31:
        raise ValueError("offsets must not fall, and stay below 2**31")


cdef class WordGroups:
    """Words in up to seven groups, and what they begin with; immutable.

    A string is known by its key alone; one in ten million that are not there is taken for one
    that is.

    Parameters
    ----------
    table : uint32 array
        From `place_keys`; in the lowest 8 bits the groups that have a string as a word, bit g for
        group g, and 128 if longer words begin with it.
    displacements : uint8 array
        From `place_keys`, too.

    Raises
    ------
    ValueError
        If one is empty or has other than one dimension.
    """

    def __init__(self, table, displacements):
        table = as_array(table, np.uint32, "table")
        displacements = as_array(displacements, np.uint8, "displacements")
        check_placed(table, displacements)
        cdef const uint32_t[::1] view = table
        cdef const uint8_t[::1] moved = displacements
        self.table, self.displacements = table, displacements
        self.entries, self.capacity = &view[0], <uint32_t> len(table)
        self.moved, self.buckets = &moved[0], <uint32_t> len(displacements)

    def __reduce__(self):
        return WordGroups, (self.table, self.displacements)

    def codes_of(self, const int32_t[::1] symbols not None, const int64_t[::1] offsets not None):
        """Return the codes at each character of some texts, none of which has words of another.

        Parameters
        ----------
        symbols : int32 array, shape (n,)
        offsets : int64 array, ascending from 0 to n
            Where each text begins, and the end of the last.

        Returns
        -------
        uint8 array, shape (n, 3, 7)
            Of the longest word that begins at the character, 1 ... 4 for length 2, 3, 4 and more, 0
            for none; the same of the longest that ends there; of the longest that covers it 1 and 2
            for the places of a word of two, 3 to 5 and 6 to 9 of three and four, 10, 11 and 12 for
            first, inner and last of longer ones. A column a group.
        """
        cdef Py_ssize_t n = symbols.shape[0], s, i
        check_offsets(symbols, offsets)
        noted = np.zeros((n, 3), np.uint64)
        cdef uint64_t[:, ::1] out = noted
        if n:
            with nogil:
                for s in range(offsets.shape[0] - 1):
                    for i in range(offsets[s], offsets[s + 1] - 1):
                        self.find_words(symbols, <int32_t> i, <int32_t> offsets[s + 1], <Found*> &out[0, 0])
        return np.ascontiguousarray(noted.astype("<u8").view(np.uint8).reshape(n, 3, 8)[:, :, :MOST_GROUPS])

    cdef void find_words(self, const int32_t[::1] symbols, int32_t start, int32_t stop, Found* found) noexcept nogil:
        """Note the words that begin at ``start``."""
        cdef uint64_t key = key_of_pair(symbols[start], symbols[start + 1])
        cdef int32_t end = start + 2
        cdef uint8_t noted = self.find(key)
        while noted:
            if noted & GROUPS:
                record(found, start, end, noted & GROUPS)
            if not noted & GOES_ON or end == stop or end == start + LONGEST:
                return
            key = longer_key(key, symbols[end])
            end += 1
            noted = self.find(key)

    cdef uint8_t find(self, uint64_t key) noexcept nogil:
        return noted_in(self.entries[slot_of(key, self.moved, self.buckets, self.capacity)], key)
