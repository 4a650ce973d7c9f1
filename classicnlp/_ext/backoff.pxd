from libc.stdint cimport int32_t, uint32_t, uint64_t

cdef extern from "backoff.h":
    ctypedef struct Step "classicnlp_step":
        float add
        uint32_t next
    ctypedef struct Bucket "classicnlp_bucket":
        uint64_t keys[4]
        Step steps[4]
    ctypedef struct Machine "classicnlp_automaton":
        const Bucket* buckets
        const Step* states
        const Step* unigrams
        const uint32_t* starts
        uint64_t bucket_count
        uint32_t state_count
        int32_t orders
        int32_t flat


cdef class Automaton:
    cdef readonly object arrays
    cdef readonly Py_ssize_t words
    cdef Machine machine
    cdef const uint64_t[:, ::1] buckets
    cdef const uint64_t[::1] states
    cdef const uint64_t[::1] unigrams
    cdef const uint32_t[::1] starts

    cdef float walk(self, uint32_t* state, int32_t word) noexcept nogil
    cdef float forget(self, uint32_t state) noexcept nogil
