from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from classicnlp._ext.alphabet cimport Alphabet, Text

cdef enum:
    JOINED = 8  # a mark: within a forced word

# A word that is not forced, where it occurs.
cdef struct Match:
    int32_t start
    int32_t end
    int64_t reward

# Matches by start, then by end; to be freed by `free_matches`.
cdef struct Matches:
    Match* items
    Py_ssize_t count
    Py_ssize_t capacity

cdef struct Edge:
    uint64_t key  # state << 32 | symbol
    int32_t target

cdef struct State:
    int64_t reward
    uint8_t policy


cdef class WordMarker:
    cdef readonly Alphabet alphabet
    cdef readonly tuple rules
    cdef readonly int32_t longest
    cdef Edge* edges
    cdef State* states
    cdef uint64_t mask

    cdef int allocate(self, Py_ssize_t characters) except -1
    cdef int insert(self, str word, int policy, int64_t reward, int32_t* state_count) except -1
    cdef int32_t step(self, int32_t state, int32_t symbol) noexcept nogil
    cdef Py_ssize_t mark(self, Text text, uint8_t* marks, Matches* matches) noexcept nogil

cdef void free_matches(Matches* matches) noexcept nogil
