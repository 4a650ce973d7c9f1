from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from classicnlp._ext.alphabet cimport Alphabet, Text
from classicnlp._ext.wordtable cimport WordTable


cdef struct Content:
    # The words of a text that say what it is about, in their order. From `TermFinder.find`; what the
    # pointers lead to is left to the next text, and given back by `leave_content`.
    int32_t length  # how many there are
    int32_t nodes  # how many different ones
    int32_t* ids  # of each its number, from 0 in the order of the first occurrence
    int32_t* words  # of each its place among all words of the text
    uint64_t* keys  # of each number the key of the word
    int32_t* slots  # below: what finding needs
    int32_t* kept
    uint64_t* known
    uint32_t* letters  # of each character what stands for it, and its class in the high 8 bits
    int64_t size
    int64_t characters


cdef class TermFinder:
    cdef readonly Alphabet alphabet
    cdef readonly WordTable passed_over
    cdef const uint16_t[::1] index
    cdef const uint32_t[::1] pages

    cdef bint find(self, Text text, const int32_t* ends, int32_t count, const uint8_t* wanted,
                   Content* content) noexcept nogil
    cdef void fold(self, Text text, uint32_t* letters) noexcept nogil

cdef void leave_content(Content* content) noexcept nogil

cdef const uint8_t* wanted_of(const uint8_t[::1] wanted, Py_ssize_t count) except? NULL

cdef inline int64_t slots_for(int64_t count) noexcept nogil:
    # A power of two, of which at most half are in use.
    cdef int64_t size = 16
    while size < 2 * count:
        size *= 2
    return size
