"""Strings to keys, keys to numbers.

A key is a 64-bit hash of a string or of several; 0 says that there is nothing. Among a million
keys two are equal by chance with a probability below one in ten million. Numbers are found by
open addressing: slots of a power of two, at most half of them in use, each -1 or the number of
a key. A table so built is two plain arrays, so that it can be mapped into memory as it is.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

import numpy as np

from classicnlp._ext.alphabet cimport Text, prefetch, text_of, unit_t
from classicnlp._ext.features cimport mix

cdef enum:
    BLOCK = 32  # keys whose slots are fetched ahead together
    SMALLEST = 1 << 10

MOST_KEYS = 1 << 30


cdef uint64_t units_state(uint64_t state, const unit_t* units, Py_ssize_t length) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(length):
        state = text_step(state, units[i])
    return state


cdef uint64_t text_state(uint64_t state, Text text) noexcept nogil:
    """Return the state after ``text``, from that of what stands before it."""
    if text.kind == 1:
        return units_state(state, <const uint8_t*> text.units, text.length)
    if text.kind == 2:
        return units_state(state, <const uint16_t*> text.units, text.length)
    return units_state(state, <const uint32_t*> text.units, text.length)


cdef uint64_t text_key(uint64_t state) noexcept nogil:
    cdef uint64_t key = mix(state)
    return key if key else 1


def text_keys(texts):
    """Return the key of each text.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    uint64 array, shape (len(texts),)
        None is 0. Texts of the same code points have the same key, on any machine.
    """
    cdef Py_ssize_t i
    keys = np.empty(len(texts), np.uint64)
    cdef uint64_t[::1] out = keys
    for i in range(len(texts)):
        text = texts[i]
        if not isinstance(text, str):
            raise TypeError(f"expected a str, got {type(text).__name__}")
        out[i] = text_key(text_state(empty_text(), text_of(<str> text)))
    return keys


cdef inline uint64_t slot_of(const int32_t* slots, uint64_t mask, const uint64_t* known, uint64_t key) noexcept nogil:
    """Return the slot that has the number of a key, or the empty one where it would stand."""
    cdef uint64_t slot = mix(key) & mask
    while slots[slot] >= 0 and known[slots[slot]] != key:
        slot = (slot + 1) & mask
    return slot


cdef void fetch_ahead(const int32_t* slots, uint64_t mask, const uint64_t* known, const uint64_t* keys,
                      Py_ssize_t count) noexcept nogil:
    """Have the memory of some look-ups brought near: first all their slots, then all their keys."""
    cdef Py_ssize_t i
    cdef int32_t number
    for i in range(count):
        prefetch(&slots[mix(keys[i]) & mask])
    for i in range(count):
        number = slots[mix(keys[i]) & mask]
        if number >= 0:
            prefetch(&known[number])


cdef class Numbering:
    """Numbers keys from 0 in the order of their first occurrence, and counts them."""

    cdef int32_t[::1] slots
    cdef uint64_t[::1] known
    cdef int64_t[::1] seen
    cdef Py_ssize_t size
    cdef bint busy

    def __cinit__(self):
        self.size = 0
        self.busy = False
        # NumPy has the kernel map large arrays by large pages, which scattered look-ups thrive on.
        self.slots = np.full(SMALLEST, -1, np.int32)
        self.known = np.empty(SMALLEST // 2, np.uint64)
        self.seen = np.zeros(SMALLEST // 2, np.int64)

    def __reduce__(self):
        raise TypeError("a Numbering holds what is half learnt, and cannot be pickled or copied")

    def __len__(self):
        return self.size

    def add(self, const uint64_t[::1] keys not None):
        """Number keys, those that are new after those that are known.

        Parameters
        ----------
        keys : uint64 array, shape (n,)
            Key 0 says that there is nothing.

        Returns
        -------
        ids : int32 array, shape (n,)
            The number of each key; -1 for key 0.
        fresh : int64 array
            Where in ``keys`` each new number first occurs, in order of the numbers.

        Raises
        ------
        ValueError
            If there would be more than 2**30 different keys.
        """
        cdef Py_ssize_t n = keys.shape[0], before = self.size, done = 0
        ids = np.empty(n, np.int32)
        cdef int32_t[::1] out = ids
        if self.busy:
            raise RuntimeError("another thread is adding to this Numbering")
        self.busy = True
        try:
            while done < n:
                with nogil:
                    done = self.put(keys, done, out)
                if done < n:
                    self.grow()
        finally:
            self.busy = False
        return ids, first_of(ids, before, self.size)

    cdef Py_ssize_t put(self, const uint64_t[::1] keys, Py_ssize_t start, int32_t[::1] ids) noexcept nogil:
        """Number keys from ``start`` on; return where the room ended, or the end."""
        cdef Py_ssize_t i, stop, n = keys.shape[0], room = self.known.shape[0]
        cdef uint64_t slot, mask = <uint64_t> (self.slots.shape[0] - 1)
        cdef int32_t* slots = &self.slots[0]
        cdef uint64_t* known = &self.known[0]
        while start < n:
            stop = min(start + BLOCK, n)
            fetch_ahead(slots, mask, known, &keys[start], stop - start)
            for i in range(start, stop):
                if keys[i] == 0:
                    ids[i] = -1
                    continue
                slot = slot_of(slots, mask, known, keys[i])
                if slots[slot] < 0:
                    if self.size == room:
                        return i
                    slots[slot] = <int32_t> self.size
                    known[self.size] = keys[i]
                    self.size += 1
                ids[i] = slots[slot]
                self.seen[ids[i]] += 1
            start = stop
        return n

    cdef grow(self):
        """Double the room."""
        cdef Py_ssize_t room = 2 * self.known.shape[0]
        if room > MOST_KEYS:
            raise ValueError("there are more than 2**30 different features: make fewer, or hash them")
        slots = np.full(2 * room, -1, np.int32)
        known = np.empty(room, np.uint64)
        seen = np.zeros(room, np.int64)
        known[:self.size] = self.known[:self.size]
        seen[:self.size] = self.seen[:self.size]
        self.slots, self.known, self.seen = slots, known, seen
        with nogil:
            place_all(&self.known[0], self.size, &self.slots[0], <uint64_t> (self.slots.shape[0] - 1))

    def keys(self):
        """Return the key of each number, as a uint64 array."""
        return np.array(self.known[:self.size])

    def counts(self):
        """Return how often each number occurred, as an int64 array."""
        return np.array(self.seen[:self.size])


cdef first_of(const int32_t[::1] ids, Py_ssize_t low, Py_ssize_t high):
    """Return where each of the numbers low ... high - 1 first stands; they rise."""
    cdef Py_ssize_t i, wanted = low
    places = np.empty(high - low, np.int64)
    cdef int64_t[::1] out = places
    with nogil:
        for i in range(ids.shape[0]):
            if wanted == high:
                break
            if ids[i] == wanted:
                out[wanted - low] = i
                wanted += 1
    return places


cdef void place_all(const uint64_t* keys, Py_ssize_t count, int32_t* slots, uint64_t mask) noexcept nogil:
    """Put the numbers of distinct keys into empty slots."""
    cdef Py_ssize_t i
    cdef uint64_t slot
    for i in range(count):
        if i + BLOCK < count:
            prefetch(&slots[mix(keys[i + BLOCK]) & mask])
        slot = mix(keys[i]) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = <int32_t> i


def number(const uint64_t[::1] keys not None):
    """Number the distinct keys from 0 in the order of their first occurrence.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Key 0 says that there is no feature.

    Returns
    -------
    ids : int32 array, shape (n,)
        The number of each key; -1 for key 0.
    distinct : uint64 array
        The key of each number.
    counts : int32 array
        How often each occurs.
    """
    numbering = Numbering()
    ids, _ = numbering.add(keys)
    return ids, numbering.keys(), numbering.counts().astype(np.int32)


def slots_of(const uint64_t[::1] keys not None):
    """Return the table by which `find` finds the numbers of keys.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Distinct, at most 2**30 of them.

    Returns
    -------
    int32 array of length 2**k, at least 2 n and 2
    """
    cdef Py_ssize_t n = keys.shape[0], capacity = 2
    if n > MOST_KEYS:
        raise ValueError(f"at most {MOST_KEYS:,} keys can be numbered, got {n:,}")
    while capacity < 2 * n:
        capacity *= 2
    slots = np.full(capacity, -1, np.int32)
    cdef int32_t[::1] out = slots
    if n:
        with nogil:
            place_all(&keys[0], n, &out[0], <uint64_t> (capacity - 1))
    return slots


def check_slots(const int32_t[::1] slots not None, Py_ssize_t count):
    """Raise a ValueError unless every look-up among ``count`` keys ends and stays inside them."""
    cdef Py_ssize_t i
    cdef int32_t smallest = 0, largest = -1
    if slots.shape[0] < 2 or slots.shape[0] & (slots.shape[0] - 1):
        raise ValueError("a table must have 2**k slots")
    with nogil:
        for i in range(slots.shape[0]):
            smallest = min(smallest, slots[i])
            largest = max(largest, slots[i])
    if smallest != -1 or largest >= count:
        raise ValueError("a table must have an empty slot, and name only keys that exist")


def find(const int32_t[::1] slots not None, const uint64_t[::1] known not None, const uint64_t[::1] keys not None):
    """Return the number of each key.

    Parameters
    ----------
    slots : int32 array
        What `slots_of` returned for ``known``, or what `check_slots` accepted.
    known : uint64 array
        The key of each number.
    keys : uint64 array, shape (n,)

    Returns
    -------
    int32 array, shape (n,)
        -1 where a key is 0 or not known.
    """
    cdef Py_ssize_t n = keys.shape[0], i, start = 0, stop
    cdef uint64_t mask = <uint64_t> (slots.shape[0] - 1)
    ids = np.full(n, -1, np.int32)
    cdef int32_t[::1] out = ids
    if n == 0 or known.shape[0] == 0:
        return ids
    with nogil:
        while start < n:
            stop = min(start + BLOCK, n)
            fetch_ahead(&slots[0], mask, &known[0], &keys[start], stop - start)
            for i in range(start, stop):
                if keys[i]:
                    out[i] = slots[slot_of(&slots[0], mask, &known[0], keys[i])]
            start = stop
    return ids


def rows_at(const int64_t[::1] order not None, const int64_t[::1] widths not None, const int32_t[::1] entries not None):
    """Return the entries of some rows, one row's after another's.

    Parameters
    ----------
    order : int64 array
        The rows wanted.
    widths : int64 array
        How many entries each row has.
    entries : int32 array
        The entries of all rows, one row's after another's.

    Returns
    -------
    int32 array
    """
    cdef Py_ssize_t i, k, used = 0, rows = widths.shape[0]
    if rows and np.min(widths) < 0 or order.shape[0] and not 0 <= np.min(order) <= np.max(order) < rows:
        raise ValueError("order must name rows, which have no fewer than 0 entries")
    starts = np.zeros(rows + 1, np.int64)
    cdef int64_t[::1] first = starts
    for i in range(rows):
        first[i + 1] = first[i] + widths[i]
    if first[rows] != entries.shape[0]:
        raise ValueError(f"the rows have {first[rows]} entries, got {entries.shape[0]}")
    for i in range(order.shape[0]):
        used += widths[order[i]]
    result = np.empty(used, np.int32)
    cdef int32_t[::1] out = result
    used = 0
    with nogil:
        for i in range(order.shape[0]):
            for k in range(first[order[i]], first[order[i] + 1]):
                out[used] = entries[k]
                used += 1
    return result


def select(const int64_t[::1] first not None, int32_t[::1] ids not None, double[::1] values,
           const int32_t[::1] numbers):
    """Renumber entries and drop those without a number, in place.

    Parameters
    ----------
    first : int64 array, shape (rows + 1,)
        The entries of row i are first[i] ... first[i + 1] - 1.
    ids : int32 array
        -1 for an entry to drop. The kept ones move to the front.
    values : float64 array as long as ids, or None
        Moves along.
    numbers : int32 array or None
        The new number of each, -1 to drop it; None keeps them.

    Returns
    -------
    int64 array, shape (rows + 1,)
        The rows of the kept entries.
    """
    cdef Py_ssize_t rows = first.shape[0] - 1, row, i, kept = 0
    cdef int32_t number
    cdef bint valued = values is not None, renumbered = numbers is not None
    if rows < 0 or first[0] != 0 or first[rows] != ids.shape[0] or (np.diff(first) < 0).any():
        raise ValueError(f"first must rise from 0 to {ids.shape[0]}")
    if valued and values.shape[0] != ids.shape[0]:
        raise ValueError("there must be one value for each entry")
    if renumbered and ids.shape[0] and np.max(ids) >= numbers.shape[0]:
        raise ValueError("there must be one new number for each old one")
    result = np.empty(rows + 1, np.int64)
    cdef int64_t[::1] out = result
    with nogil:
        for row in range(rows):
            out[row] = kept
            for i in range(first[row], first[row + 1]):
                number = ids[i]
                if number >= 0 and renumbered:
                    number = numbers[number]
                if number >= 0:
                    ids[kept] = number
                    if valued:
                        values[kept] = values[i]
                    kept += 1
        out[rows] = kept
    return result
