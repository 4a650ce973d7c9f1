from libc.stdint cimport int32_t, uint64_t

cdef inline uint64_t mix(uint64_t key) noexcept nogil:
    # The finaliser of splitmix64 (Steele, Lea and Flood, 2014): every bit depends on every bit.
    key = (key ^ (key >> 30)) * <uint64_t> 0xBF58476D1CE4E5B9
    key = (key ^ (key >> 27)) * <uint64_t> 0x94D049BB133111EB
    return key ^ (key >> 31)

cdef uint64_t hash_symbols(const int32_t* symbols, int32_t length) noexcept nogil

cdef int32_t shape_of(const int32_t* symbols, const unsigned char* classes, int32_t length) noexcept nogil
