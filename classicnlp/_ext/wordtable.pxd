from libc.stdint cimport int64_t, uint32_t, uint64_t

from classicnlp._ext.table cimport Table


cdef class WordTable:
    cdef readonly object keys
    cdef readonly object values
    cdef readonly double missing
    cdef const uint32_t[:, ::1] slots
    cdef const double[::1] cells
    cdef Table table

    cdef bint has(self, uint64_t key) noexcept nogil
    cdef void values_of(self, const uint64_t* keys, int64_t count, double* values) noexcept nogil
