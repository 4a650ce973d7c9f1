from libc.stdint cimport int32_t

from classicnlp._ext.alphabet cimport Text


cdef class Cutter:
    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil

cdef Text checked(object text, str caller) except *

cdef const int32_t* ends_of(const int32_t[::1] boundaries, Py_ssize_t length) except? NULL

cdef list words_of(str text, const int32_t* ends, Py_ssize_t count)
