from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t


cdef extern from "prefetch.h":
    void prefetch "CLASSICNLP_PREFETCH" (const void* address) noexcept nogil


cdef struct Text:
    # A str where it lies: CPython's 1-, 2- or 4-byte code units.
    int kind
    const void* units
    Py_ssize_t length


cdef enum:
    SYMBOL_MASK = 0xFFFFFF
    CLASS_SHIFT = 24
    CLASSES = 9  # of classicnlp.text.CharacterClass

ctypedef fused unit_t:
    uint8_t
    uint16_t
    uint32_t

cdef Text text_of(str text) noexcept

cdef inline Text slice_of(Text text, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    # CPython's kind is the width of a unit in bytes.
    cdef Text part
    part.kind = text.kind
    part.units = <const char*> text.units + start * text.kind
    part.length = stop - start
    return part

cdef inline uint32_t unit_at(Text text, Py_ssize_t i) noexcept nogil:
    if text.kind == 2:
        return (<const uint16_t*> text.units)[i]
    if text.kind == 1:
        return (<const uint8_t*> text.units)[i]
    return (<const uint32_t*> text.units)[i]

cdef inline uint32_t entry_of(const uint16_t* index, const uint32_t* pages, uint32_t c) noexcept nogil:
    return pages[(<uint32_t> index[c >> 8] << 8) | (c & 255)]

cdef inline int32_t symbol_of(uint32_t entry, uint32_t c, int32_t size) noexcept nogil:
    cdef int32_t symbol = <int32_t> (entry & SYMBOL_MASK)
    return symbol if symbol else size + <int32_t> c


cdef class Alphabet:
    cdef readonly object arrays
    cdef const uint16_t[::1] index_view
    cdef const uint32_t[::1] pages_view
    cdef const uint32_t[::1] letters_view
    cdef const uint16_t* index
    cdef const uint32_t* pages
    cdef readonly int32_t size
    cdef object exact_twin

    cdef void encode(self, Text text, int32_t* symbols) noexcept nogil
    cdef void classify(self, Text text, uint8_t* classes) noexcept nogil
    cdef void read(self, Text text, int32_t* symbols, uint8_t* classes) noexcept nogil
