from libc.stdint cimport int32_t, uint8_t, uint16_t, uint64_t

from classicnlp._ext.trie cimport Node

cdef enum:
    MOST_GROUPS = 8
    LONGEST = 7  # longer words are left out

# For each character a lane of eight bits a group.
cdef struct Lanes:
    uint64_t* begins
    uint64_t* ends
    uint64_t* covers


cdef class WordGroups:
    cdef readonly object arrays
    cdef const uint16_t[::1] codes_view
    cdef const int32_t[:, ::1] nodes_view
    cdef const uint16_t* codes
    cdef const Node* nodes
    cdef int32_t ranked

    cdef void go_on(self, const uint16_t* codes, int32_t start, int32_t end, int32_t base, int32_t n,
                    Lanes lanes) noexcept nogil

cdef inline uint16_t code_of(const uint16_t* codes, int32_t ranked, int32_t symbol) noexcept nogil:
    return codes[symbol] if symbol < ranked else 0

cdef void record(Lanes lanes, int32_t start, int32_t end, uint8_t groups) noexcept nogil
