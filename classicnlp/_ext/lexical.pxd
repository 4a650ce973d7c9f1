from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

cdef enum:
    MOST_GROUPS = 7
    GROUPS = 127  # of what is noted of a string: the groups that have it as a word
    GOES_ON = 128  # longer words begin with it
    LONGEST = 7  # longer words are left out

# For each character a lane of eight bits a group.
cdef struct Lanes:
    uint64_t* begins
    uint64_t* ends
    uint64_t* covers


cdef class WordGroups:
    cdef readonly object table
    cdef const uint32_t* entries
    cdef uint32_t capacity

    cdef uint8_t find(self, uint64_t key) noexcept nogil
    cdef void find_words(self, const int32_t[::1] symbols, int32_t start, int32_t stop, Lanes lanes) noexcept nogil

cdef inline uint64_t key_of_pair(int32_t a, int32_t b) noexcept nogil:
    cdef uint64_t key = (<uint64_t> <uint32_t> a << 32 | <uint32_t> b) * <uint64_t> 0x9E3779B97F4A7C15
    return (key ^ key >> 32) * <uint64_t> 0xD6E8FEB86659FD93

cdef inline uint64_t longer_key(uint64_t key, int32_t symbol) noexcept nogil:
    key = (key ^ key >> 32 ^ <uint64_t> <uint32_t> symbol) * <uint64_t> 0xD6E8FEB86659FD93
    return key ^ key << 32

cdef inline uint32_t slot_of(uint64_t key, uint32_t capacity) noexcept nogil:
    return <uint32_t> (((key >> 32) * capacity) >> 32)

cdef inline uint32_t check_of(uint64_t key) noexcept nogil:
    # 23 bits, shifted; never 0, which is an empty slot.
    return <uint32_t> key << 8 | 256

cdef void record(Lanes lanes, int32_t start, int32_t end, uint8_t groups) noexcept nogil
