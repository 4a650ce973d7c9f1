"""Words with a number each, to be looked up by kernels: how rare a word is, what words to pass over."""

from libc.stdint cimport int64_t, uint32_t, uint64_t

import numpy as np

from classicnlp._ext.alphabet cimport prefetch
from classicnlp._ext.table cimport Table, find, slot_of

from classicnlp._ext.table import fill_table

cdef enum:
    BLOCK = 32  # words looked up at once


cdef class WordTable:
    """Finds the number of a word by the word's key; immutable.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Distinct, from `interning.text_keys` of folded words.
    values : float64 array, shape (n,)
        The number of each word.
    missing : float
        The number of all other words.

    Raises
    ------
    ValueError
        If there is not one value for each key, or a number is not finite.
    """

    def __init__(self, keys, values, double missing=0.0):
        keys = np.ascontiguousarray(keys)
        values = np.ascontiguousarray(values, np.float64)
        if keys.dtype != np.uint64 or keys.ndim != 1 or values.shape != keys.shape:
            raise ValueError("keys must be a uint64 array, and values have one number for each")
        if not np.isfinite(values).all() or not np.isfinite(missing):
            raise ValueError("the numbers of words must be finite")
        slots, order = fill_table(keys, np.arange(len(keys) + 1))
        self.keys = keys
        self.values = values
        self.missing = missing
        self.slots = slots
        self.cells = values[order]
        self.table = Table(&self.slots[0, 0], <uint64_t> (self.slots.shape[0] - 1))

    def __reduce__(self):
        return WordTable, (self.keys, self.values, self.missing)

    cdef bint has(self, uint64_t key) noexcept nogil:
        return find(&self.table, key) != NULL

    cdef void values_of(self, const uint64_t* keys, int64_t count, double* values) noexcept nogil:
        cdef const uint32_t* slots[BLOCK]
        cdef int64_t done = 0, i, size
        while done < count:
            size = min(count - done, <int64_t> BLOCK)
            # Round by round, so that the memory of one word is fetched while others are dealt with.
            for i in range(size):
                prefetch(slot_of(&self.table, keys[done + i]))
            for i in range(size):
                slots[i] = find(&self.table, keys[done + i])
                if slots[i] != NULL:
                    prefetch(&self.cells[slots[i][1]])
            for i in range(size):
                values[done + i] = self.cells[slots[i][1]] if slots[i] != NULL else self.missing
            done += size

    def look_up(self, const uint64_t[::1] keys not None):
        """Return the number of each key as a float64 array."""
        result = np.empty(keys.shape[0])
        cdef double[::1] out = result
        if keys.shape[0]:
            with nogil:
                self.values_of(&keys[0], keys.shape[0], &out[0])
        return result
