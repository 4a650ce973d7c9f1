from libc.stdint cimport int32_t, uint32_t

from classicnlp._ext.backoff cimport Automaton


cdef class WordCosts:
    cdef readonly Py_ssize_t size
    cdef Automaton automaton
    cdef const int32_t[::1] numbers
    cdef uint32_t begin
    cdef int32_t end
    cdef const int32_t[::1] first
    cdef const int32_t[:, ::1] parts
    cdef const int32_t[::1] discounts

    cdef int32_t step(self, uint32_t* state, int32_t word, int32_t alone) noexcept nogil
    cdef int32_t step_by_parts(self, uint32_t* state, Py_ssize_t i) noexcept nogil
    cdef int32_t end_step(self, uint32_t state) noexcept nogil
