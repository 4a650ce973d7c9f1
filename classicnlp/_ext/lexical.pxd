from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

cdef enum:
    MOST_GROUPS = 7
    GROUPS = 127  # of what is noted of a string: the groups that have it as a word
    GOES_ON = 128  # longer words begin with it
    LONGEST = 7  # longer words are left out

# What is found of a character: a lane of eight bits a group.
cdef struct Found:
    uint64_t begins
    uint64_t ends
    uint64_t covers


cdef class WordGroups:
    cdef readonly object table
    cdef readonly object displacements
    cdef const uint32_t* entries
    cdef const uint8_t* moved
    cdef uint32_t capacity
    cdef uint32_t buckets

    cdef uint8_t find(self, uint64_t key) noexcept nogil
    cdef void find_words(self, const int32_t[::1] symbols, int32_t start, int32_t stop, Found* found) noexcept nogil

cdef inline uint64_t key_of_pair(int32_t a, int32_t b) noexcept nogil:
    cdef uint64_t key = (<uint64_t> <uint32_t> a << 32 | <uint32_t> b) * <uint64_t> 0x9E3779B97F4A7C15
    return (key ^ key >> 32) * <uint64_t> 0xD6E8FEB86659FD93

cdef inline uint64_t longer_key(uint64_t key, int32_t symbol) noexcept nogil:
    key = (key ^ key >> 32 ^ <uint64_t> <uint32_t> symbol) * <uint64_t> 0xD6E8FEB86659FD93
    return key ^ key << 32

cdef inline uint32_t bucket_of(uint64_t key, uint32_t buckets) noexcept nogil:
    return <uint32_t> (((key >> 32) * buckets) >> 32)

cdef inline uint32_t displaced(uint64_t key, uint8_t displacement, uint32_t capacity) noexcept nogil:
    key = (key ^ displacement * <uint64_t> 0xA24BAED4963EE407) * <uint64_t> 0x9FB21C651E98DF25
    return <uint32_t> (((key >> 32) * capacity) >> 32)

cdef inline uint32_t slot_of(uint64_t key, const uint8_t* displacements, uint32_t buckets,
                             uint32_t capacity) noexcept nogil:
    # Where the key's entry is, if it has one.
    return displaced(key, displacements[bucket_of(key, buckets)], capacity)

cdef inline uint32_t check_of(uint64_t key) noexcept nogil:
    # 23 bits, shifted; never 0, which is an empty slot.
    return <uint32_t> key << 8 | 256

cdef inline uint32_t mask_of(uint32_t entry, uint64_t key) noexcept nogil:
    # All ones if the entry is the key's, else 0; a branch would be guessed wrong too often.
    return <uint32_t> (<int32_t> (((entry ^ check_of(key)) >> 8) - 1) >> 31)

cdef inline uint8_t noted_in(uint32_t entry, uint64_t key) noexcept nogil:
    # What is noted of the key's string in its slot, 0 if the entry is another's.
    return <uint8_t> (entry & mask_of(entry, key))

cdef inline uint64_t lanes_of(uint8_t groups) noexcept nogil:
    # 1 in the lane of each group: bit g of seven bits goes to byte g.
    return (<uint64_t> groups * <uint64_t> 0x40810204081) & <uint64_t> 0x1010101010101

cdef inline uint64_t larger(uint64_t a, uint64_t b) noexcept nogil:
    # The larger number in each lane, all below 128: the high bit of a lane stays where a's is not the smaller.
    cdef uint64_t highs = <uint64_t> 0x8080808080808080
    cdef uint64_t kept = ((((a | highs) - b) & highs) >> 7) * 0xFF
    return (a & kept) | (b & ~kept)

cdef inline void record(Found* found, int32_t start, int32_t end, uint8_t groups) noexcept nogil:
    # Note a word of some groups. Longer words have larger codes, and so have later places.
    cdef uint64_t ones = lanes_of(groups), code, step
    cdef int32_t length = end - start, k
    if length < 5:
        code, step = ones * <uint64_t> (length * (length - 1) // 2), ones
    else:
        length, code, step = 5, ones * 10, 0
    found[start].begins = larger(found[start].begins, ones * <uint64_t> (length - 1))
    found[end - 1].ends = larger(found[end - 1].ends, ones * <uint64_t> (length - 1))
    found[start].covers = larger(found[start].covers, code)
    code += ones
    for k in range(start + 1, end - 1):
        found[k].covers = larger(found[k].covers, code)
        code += step
    found[end - 1].covers = larger(found[end - 1].covers, code + ones - step)
