"""What lists of words say about the characters of a text.

A word belongs to some of up to eight groups (lists), each a lane of eight bits in a 64-bit number.
Per character and group three codes are wanted: how long the longest word is that begins there, how
long the longest that ends there; and of the longest that covers it, the leftmost of two as long, the
length and the place in it. In each lane the larger code is the wanted one, so that all groups are
dealt with at once.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t

import numpy as np

from classicnlp._ext.trie cimport NO_WORD, ROOT, Node

from classicnlp.checks import as_array

# Lengths 2, 3, 4 and more than 4 are told apart; so are the places in a word, but those within
# a long one are alike.
LONGEST_WORD = LONGEST
MOST_LISTS = MOST_GROUPS

cdef uint64_t EACH = 0x0101010101010101  # times b: eight lanes b
cdef uint64_t HIGHS = 0x8080808080808080
cdef uint8_t[6] LAST_OF_SHORTER = [0, 0, 0, 2, 5, 9]
cdef uint64_t[256] lanes_of


cdef void fill_lanes():
    cdef int groups, g
    for groups in range(256):
        lanes_of[groups] = 0
        for g in range(8):
            if groups >> g & 1:
                lanes_of[groups] |= <uint64_t> 0xFF << (8 * g)


fill_lanes()


cdef inline uint64_t larger(uint64_t a, uint64_t b) noexcept nogil:
    """Return the larger one in each lane; all are below 128."""
    # The high bit of a lane stays where a's number is at least b's.
    cdef uint64_t kept = ((((a | HIGHS) - b) & HIGHS) >> 7) * 0xFF
    return (a & kept) | (b & ~kept)


cdef inline uint64_t cover_code(int32_t length, int32_t place) noexcept nogil:
    """Return 1 ... 12, rising with the length and then with the place."""
    if length < 5:
        return LAST_OF_SHORTER[length] + 1 + place
    return 10 if place == 0 else 12 if place == length - 1 else 11


cdef void record(Lanes lanes, int32_t start, int32_t end, uint8_t groups) noexcept nogil:
    """Note a word of some groups from ``start`` to ``end``."""
    cdef uint64_t of_groups = lanes_of[groups]
    cdef int32_t length = end - start, k
    cdef uint64_t code = (EACH * <uint64_t> (min(length, 5) - 1)) & of_groups
    lanes.begins[start] = larger(lanes.begins[start], code)
    lanes.ends[end - 1] = larger(lanes.ends[end - 1], code)
    for k in range(length):
        lanes.covers[start + k] = larger(lanes.covers[start + k], (EACH * cover_code(length, k)) & of_groups)


cdef class WordGroups:
    """Words in up to eight groups; immutable.

    Parameters
    ----------
    codes : uint16 array
        The code of each symbol in ``nodes``; 0 for symbols of no word, and beyond its end.
    nodes : int32 array, shape (states, 2)
        A double array as in `classicnlp._ext.trie.Trie`: base; check (low half) and groups (high
        half), bit g for group g, 65535 where no word ends.

    Raises
    ------
    ValueError
        If a look-up could leave the arrays.
    """

    def __init__(self, codes, nodes):
        codes = as_array(codes, np.uint16, "codes")
        nodes = as_array(nodes, np.int32, "nodes")
        if codes.ndim != 1 or not codes.size or codes[0] != 0:
            raise ValueError("codes must begin with 0, the padding symbol's")
        if nodes.ndim != 2 or nodes.shape[1] != 2 or not len(nodes):
            raise ValueError("nodes must be an array of two columns")
        bases = nodes[:, 0]
        if int(bases.min()) < 0 or int(bases.max()) + int(codes.max()) >= len(nodes):
            raise ValueError("a base leads outside the nodes")
        if not nodes.view(np.uint16)[:, 2].all():
            raise ValueError("code 0 must lead nowhere")
        self.arrays = {"codes": codes, "nodes": nodes}
        self.codes_view = codes
        self.nodes_view = nodes
        self.codes = &self.codes_view[0]
        self.nodes = <const Node*> &self.nodes_view[0, 0]
        self.ranked = <int32_t> codes.size

    def __reduce__(self):
        return WordGroups, tuple(self.arrays.values())

    cdef void go_on(self, const uint16_t* codes, int32_t start, int32_t end, int32_t base, int32_t n,
                    Lanes lanes) noexcept nogil:
        """Note the words that begin at ``start`` and go on behind ``end``, where the state's base is ``base``."""
        cdef const Node* node
        cdef int32_t stop = min(n, start + LONGEST)
        while base and end < stop:
            node = &self.nodes[base + codes[end]]
            if node.check != codes[end]:
                return
            end += 1
            if node.cost != NO_WORD and end > start + 1:
                record(lanes, start, end, <uint8_t> node.cost)
            base = node.base

    def codes_of(self, const int32_t[::1] symbols not None, const int64_t[::1] offsets not None):
        """Return the codes at each character of some texts, none of which has words of another.

        Parameters
        ----------
        symbols : int32 array, shape (n,)
        offsets : int64 array, ascending from 0 to n
            Where each text begins, and the end of the last.

        Returns
        -------
        uint8 array, shape (n, 3, 8)
            Of the longest word that begins at the character, 1 ... 4 for length 2, 3, 4 and more, 0
            for none; the same of the longest that ends there; of the longest that covers it 1 and 2
            for the places of a word of two, 3 to 5 and 6 to 9 of three and four, 10, 11 and 12 for
            first, inner and last of longer ones. A column a group.
        """
        cdef Py_ssize_t n = symbols.shape[0], s, i
        cdef uint16_t* codes
        cdef Lanes lanes
        if not offsets.shape[0] or offsets[0] != 0 or offsets[offsets.shape[0] - 1] != n:
            raise ValueError("offsets must run from 0 to the number of symbols")
        if (np.diff(offsets) < 0).any() or n >= 1 << 31:
            raise ValueError("offsets must not fall, and stay below 2**31")
        noted = np.zeros((3, n), np.uint64)
        cdef uint64_t[:, ::1] out = noted
        if n:
            lanes = Lanes(&out[0, 0], &out[1, 0], &out[2, 0])
            codes = <uint16_t*> PyMem_RawMalloc(n * sizeof(uint16_t))
            if codes == NULL:
                raise MemoryError()
            with nogil:
                for i in range(n):
                    codes[i] = code_of(self.codes, self.ranked, symbols[i]) if symbols[i] >= 0 else 0
                for s in range(offsets.shape[0] - 1):
                    for i in range(offsets[s], offsets[s + 1]):
                        self.go_on(codes, <int32_t> i, <int32_t> i, self.nodes[ROOT].base,
                                   <int32_t> offsets[s + 1], lanes)
            PyMem_RawFree(codes)
        lane_bytes = noted.astype("<u8").view(np.uint8).reshape(3, n, MOST_GROUPS)
        return np.ascontiguousarray(lane_bytes.transpose(1, 0, 2))
