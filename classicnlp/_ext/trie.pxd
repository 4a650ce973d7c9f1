from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t

from classicnlp._ext.alphabet cimport Alphabet, Text

cdef enum:
    ROOT = 0
    NO_WORD = 0xFFFF  # the cost of a state at which no key ends
    NO_VALUE = -1

# One state of the automaton: eight bytes, so that a step touches one cache line and eight
# states share one.
cdef struct Node:
    int32_t base  # 0: no key goes on from here
    uint16_t check
    uint16_t cost


cdef class Trie:
    cdef readonly Alphabet alphabet
    cdef readonly object arrays
    cdef tuple tables
    cdef const uint16_t[::1] codes_view
    cdef const int32_t[::1] rare_view
    cdef const int32_t[:, ::1] nodes_view
    cdef const int32_t[::1] values_view
    cdef const uint16_t* codes
    cdef const int32_t* rare
    cdef const Node* nodes
    cdef const int32_t* values
    cdef int32_t ranked
    cdef int32_t ranked_codes
    cdef int32_t rare_count
    cdef int32_t highest  # the largest code
    cdef readonly Py_ssize_t size

    cdef void encode(self, Text text, uint16_t* codes) noexcept nogil
    cdef tuple reading_tables(self)
    cdef void read(self, const uint32_t* fused, Text text, uint16_t* codes, uint8_t* classes) noexcept nogil

cdef inline uint32_t pair_bit(uint32_t state, uint32_t code) noexcept nogil:
    # Where a pair filter has the bit of a state reached by its second code.
    return state + code * <uint32_t> 0x9E3779B1

cdef inline bint has_pair(const uint32_t* pairs, uint32_t mask, uint32_t state, uint32_t code) noexcept nogil:
    cdef uint32_t bit = pair_bit(state, code) & mask
    return pairs[bit >> 5] >> (bit & 31) & 1

cdef inline int32_t step(const Node* nodes, int32_t state, uint16_t code) noexcept nogil:
    # The state after reading ``code``, or -1. Trie.__init__ made sure that every base leaves
    # room for every code, so no index needs a check here.
    cdef int32_t target = nodes[state].base + code
    return target if nodes[target].check == code else -1
