"""Tables from 64-bit keys to cells: filled once, then only looked at, by kernels without the GIL."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

import numpy as np

MOST_SLOTS = (1 << 31) - 1

cdef enum:
    MARK_BITS = 32
    MOST_SIEVE_BITS = 19  # what a mark has for the word, beside the bits in it


def fill_table(const uint64_t[::1] keys not None, const int64_t[::1] first not None):
    """Place keys by open addressing, at most two thirds full.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Distinct hashes. Of two that cannot be told apart the first counts.
    first : int64 array, shape (n + 1,)
        The cells of key i are first[i] ... first[i + 1] - 1.

    Returns
    -------
    slots : uint32 array, shape (slots + 1, 2)
        Of each slot its mark, and where its cells begin in the new order; at the end where the
        last slot's cells end.
    order : int64 array
        The old place of each cell in the new order.
    """
    cdef Py_ssize_t n = keys.shape[0], capacity = 3 * n // 2 + 2, i, k, written = 0
    cdef uint64_t slot
    slots = np.zeros((capacity + 1, 2), np.uint32)
    owners = np.full(capacity, -1, np.int32)
    order = np.empty(first[n], np.int64)
    cdef uint32_t[:, ::1] out = slots
    cdef int32_t[::1] owner = owners
    cdef int64_t[::1] out_order = order
    for i in range(n):
        slot = first_slot(keys[i], <uint64_t> capacity)
        while out[slot, 0] and out[slot, 0] != mark_of(keys[i]):
            slot = slot + 1 if slot + 1 < <uint64_t> capacity else 0
        if owner[slot] < 0:
            out[slot, 0] = mark_of(keys[i])
            owner[slot] = <int32_t> i
    for i in range(capacity):
        out[i, 1] = <uint32_t> written
        if owner[i] >= 0:
            for k in range(first[owner[i]], first[owner[i] + 1]):
                out_order[written] = k
                written += 1
    out[capacity, 1] = <uint32_t> written
    return slots, order[:written]


def sieve_of(const uint32_t[:, ::1] slots not None):
    """Return the words and the shift of a `Sieve` for the keys in a table.

    There are 8 to 16 bits for each slot, unless there are more than 4 million: of the keys that the
    table does not have one in thirty at most is kept.
    """
    cdef Py_ssize_t capacity = slots.shape[0] - 1, i
    cdef int size = min(max((capacity >> 3).bit_length(), 1), MOST_SIEVE_BITS), shift = MARK_BITS - size
    words = np.zeros(1 << size, np.uint64)
    cdef uint64_t[::1] out = words
    for i in range(capacity):
        if slots[i, 0]:
            out[slots[i, 0] >> shift] |= bits_of(slots[i, 0])
    return words, shift


def check_table(slots, cells):
    """Raise a ValueError unless every look-up ends, and leads to cells that exist."""
    if slots.ndim != 2 or slots.shape[1] != 2 or slots.shape[0] < 3:
        raise ValueError("a table must have two columns, and at least 2 slots")
    capacity = slots.shape[0] - 1
    if (slots[:capacity, 0] != 0).all() or capacity > MOST_SLOTS:
        raise ValueError("a table must have an empty slot, and less than 2**31 slots")
    first = slots[:, 1]
    if int(first[0]) != 0 or (first[1:] < first[:capacity]).any() or cells.shape != (int(first[capacity]),):
        raise ValueError("cells must begin at 0, slot by slot, and end at the last slot's end")
