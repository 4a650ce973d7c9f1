from libc.stdint cimport int32_t, int64_t

from classicnlp._ext.phrases cimport Terms
from classicnlp._ext.terms cimport Content


cdef struct Part:
    # That a word is in a chosen phrase, and the next such note of the same word, or NONE.
    int32_t term
    int32_t next


cdef struct Choice:
    # Memory that one text leaves to the next.
    int32_t* heap
    int64_t heap_size
    Part* parts
    int64_t part_count
    int64_t part_size
    int32_t* heads  # of each word its first part, in memory of the terms


cdef struct Found:
    # The keywords of all texts so far, with all their occurrences.
    double* weights
    int64_t* ends  # of each keyword, where its occurrences end
    int64_t count
    int64_t size
    int32_t* spans  # start and end of each occurrence
    int64_t span_count
    int64_t span_size


cdef bint choose(const Content* content, const int32_t* ends, const Terms* terms, int32_t least_length,
                 int64_t most, Choice* choice, Found* found) noexcept nogil

cdef void leave_choice(Choice* choice) noexcept nogil

cdef void leave_found(Found* found) noexcept nogil
