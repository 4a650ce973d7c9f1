from libc.stdint cimport int32_t, uint8_t, uint16_t

ctypedef fused label_t:
    uint8_t
    uint16_t

cdef list tokens_of(type kind, str text, const int32_t* ends, const label_t* labels, Py_ssize_t count,
                    tuple names)
