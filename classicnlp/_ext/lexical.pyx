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
    """Place keys in a table by open addressing, at most five sixths full.

    Parameters
    ----------
    keys : uint64 array, shape (n,)

    Returns
    -------
    table : uint32 array
        The check of the key in each slot, in the upper 24 bits; 0 for empty slots, of which there is
        one at least.
    places : int64 array, shape (n,)
        The slot of each key. Two keys share one if they have the same check and lie together, as
        one pair of keys in a million does.
    """
    cdef Py_ssize_t n = keys.shape[0], i
    cdef uint32_t capacity = <uint32_t> (n + n // 5 + 1), slot
    table = np.zeros(capacity, np.uint32)
    places = np.empty(n, np.int64)
    cdef uint32_t[::1] checks = table
    cdef int64_t[::1] out = places
    for i in range(n):
        slot = slot_of(keys[i], capacity)
        while checks[slot] and checks[slot] != check_of(keys[i]):
            slot = slot + 1 if slot + 1 < capacity else 0
        checks[slot] = check_of(keys[i])
        out[i] = slot
    return table, places


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

    Raises
    ------
    ValueError
        If the table has no empty slot.
    """

    def __init__(self, table):
        table = as_array(table, np.uint32, "table")
        if table.ndim != 1 or not 0 < table.size < 1 << 31 or table.all():
            raise ValueError("the table of words must have an empty slot")
        cdef const uint32_t[::1] view = table
        self.table = table
        self.entries = &view[0]
        self.capacity = <uint32_t> table.size

    def __reduce__(self):
        return WordGroups, (self.table,)

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
        cdef Lanes lanes
        check_offsets(symbols, offsets)
        noted = np.zeros((3, n), np.uint64)
        cdef uint64_t[:, ::1] out = noted
        if n:
            lanes = Lanes(&out[0, 0], &out[1, 0], &out[2, 0])
            with nogil:
                for s in range(offsets.shape[0] - 1):
                    for i in range(offsets[s], offsets[s + 1] - 1):
                        self.find_words(symbols, <int32_t> i, <int32_t> offsets[s + 1], lanes)
        lane_bytes = noted.astype("<u8").view(np.uint8).reshape(3, n, 8)
        return np.ascontiguousarray(lane_bytes[:, :, :MOST_GROUPS].transpose(1, 0, 2))

    cdef void find_words(self, const int32_t[::1] symbols, int32_t start, int32_t stop, Lanes lanes) noexcept nogil:
        """Note the words that begin at ``start``."""
        cdef uint64_t key = key_of_pair(symbols[start], symbols[start + 1])
        cdef int32_t end = start + 2
        cdef uint8_t noted = find_string(self.entries, self.capacity, key)
        while noted:
            if noted & GROUPS:
                record(lanes, start, end, noted & GROUPS)
            if not noted & GOES_ON or end == stop or end == start + LONGEST:
                return
            key = longer_key(key, symbols[end])
            end += 1
            noted = find_string(self.entries, self.capacity, key)
