from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t


cdef struct Table:
    # Open addressing, filled by classicnlp._ext.words.fill_table. A slot holds the high half of a
    # key, whose low half chose the slot: two keys that agree in both are as rare as equal hashes.
    # 0 is an empty slot. The entries of slot s are first[s] ... first[s + 1] - 1.
    const uint32_t* slots
    const int32_t* first
    const uint8_t* labels
    uint64_t mask


cdef inline uint32_t mark_of(uint64_t key) noexcept nogil:
    return <uint32_t> (key >> 32) | 1


cdef inline int64_t find(const Table* table, uint64_t key) noexcept nogil:
    cdef uint64_t slot = key & table.mask
    cdef uint32_t mark = mark_of(key)
    while table.slots[slot] != mark:
        if table.slots[slot] == 0:
            return -1
        slot = (slot + 1) & table.mask
    return <int64_t> slot
