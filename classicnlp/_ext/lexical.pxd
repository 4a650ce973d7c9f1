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

cdef inline uint8_t find_string(const uint32_t* entries, uint32_t capacity, uint64_t key) noexcept nogil:
    # What is noted of a string, 0 if nothing is.
    cdef uint32_t slot = slot_of(key, capacity), check = check_of(key)
    while entries[slot]:
        if (entries[slot] ^ check) < 256:
            return <uint8_t> entries[slot]
        slot = slot + 1 if slot + 1 < capacity else 0
    return 0

cdef inline uint64_t lanes_of(uint8_t groups) noexcept nogil:
    # 1 in the lane of each group: bit g of seven bits goes to byte g.
    return (<uint64_t> groups * <uint64_t> 0x40810204081) & <uint64_t> 0x1010101010101

cdef inline uint64_t larger(uint64_t a, uint64_t b) noexcept nogil:
    # The larger number in each lane, all below 128: the high bit of a lane stays where a's is not the smaller.
    cdef uint64_t highs = <uint64_t> 0x8080808080808080
    cdef uint64_t kept = ((((a | highs) - b) & highs) >> 7) * 0xFF
    return (a & kept) | (b & ~kept)

cdef inline void record(Lanes lanes, int32_t start, int32_t end, uint8_t groups) noexcept nogil:
    # Note a word of some groups. Longer words have larger codes, and so have later places.
    cdef uint64_t ones = lanes_of(groups)
    cdef int32_t length = min(end - start, 5), first = length * (length - 1) // 2, k, place
    lanes.begins[start] = larger(lanes.begins[start], ones * <uint64_t> (length - 1))
    lanes.ends[end - 1] = larger(lanes.ends[end - 1], ones * <uint64_t> (length - 1))
    for k in range(end - start):
        place = k if length < 5 else 0 if k == 0 else 2 if start + k == end - 1 else 1
        lanes.covers[start + k] = larger(lanes.covers[start + k], ones * <uint64_t> (first + place))
