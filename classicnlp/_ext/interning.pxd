from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from classicnlp._ext.alphabet cimport Text

cdef enum:
    COLON = 58

cdef inline uint64_t empty_text() noexcept nogil:
    # The state of a text before its first character.
    return <uint64_t> 0x243F6A8885A308D3

cdef inline uint64_t text_step(uint64_t state, uint32_t c) noexcept nogil:
    # Over code points, so that a text has one hash whatever the width of its units.
    state = (state ^ c) * <uint64_t> 0x9E3779B97F4A7C15
    return state ^ (state >> 32)

cdef uint64_t text_state(uint64_t state, Text text) noexcept nogil

cdef uint64_t text_key(uint64_t state) noexcept nogil
