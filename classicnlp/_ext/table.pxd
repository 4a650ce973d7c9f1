from libc.stdint cimport int32_t, uint32_t, uint64_t


cdef struct Table:
    # Open addressing. A slot holds the high half of a key, whose low half chose the slot, and
    # where its cells begin, which end where those of the next slot begin. Two keys that agree in
    # both halves are as rare as equal hashes. Mark 0 is an empty slot.
    const uint32_t* slots
    uint64_t capacity


cdef struct Sieve:
    # What tells of most keys that a table does not have them, by one look at memory that fits into
    # a near cache and without a branch: a Bloom filter whose bits for a key lie in one word (Putze,
    # Sanders and Singler, 2007). From `sieve_of`.
    const uint64_t* words
    int32_t shift


cdef inline uint32_t mark_of(uint64_t key) noexcept nogil:
    return <uint32_t> (key >> 32) | 1


cdef inline uint64_t first_slot(uint64_t key, uint64_t capacity) noexcept nogil:
    # The low half as a fraction of 1 (Lemire, 2019): no power of two is needed, and no division.
    return (<uint64_t> <uint32_t> key * capacity) >> 32


cdef inline const uint32_t* slot_of(const Table* table, uint64_t key) noexcept nogil:
    # Where the search for a key begins, to be prefetched.
    return table.slots + 2 * first_slot(key, table.capacity)


cdef inline const uint32_t* find(const Table* table, uint64_t key) noexcept nogil:
    # The slot of a key, or NULL. A file may hold slots without cells: [3] is then [1].
    cdef uint64_t slot = first_slot(key, table.capacity)
    cdef uint32_t mark = mark_of(key)
    while table.slots[2 * slot] != mark:
        if table.slots[2 * slot] == 0:
            return NULL
        slot = slot + 1 if slot + 1 < table.capacity else 0
    return table.slots + 2 * slot


cdef inline uint64_t bits_of(uint32_t mark) noexcept nogil:
    return <uint64_t> 1 << ((mark >> 1) & 63) | <uint64_t> 1 << ((mark >> 7) & 63)


cdef inline int32_t sift(const Sieve* sieve, uint64_t* keys, int32_t count) noexcept nogil:
    # Keep the keys that the table may have, 0 left out, in their order; return how many there are.
    cdef int32_t i, kept = 0
    cdef uint64_t key, bits
    for i in range(count):
        key = keys[i]
        bits = bits_of(mark_of(key))
        keys[kept] = key
        kept += ((sieve.words[mark_of(key) >> sieve.shift] & bits) == bits) & (key != 0)
    return kept
