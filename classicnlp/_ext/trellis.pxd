from libc.stdint cimport int32_t, int64_t, uint32_t

cdef enum:
    NOWHERE = -1

# A word of a text together with what is remembered of the words before it.
cdef struct Node:
    int32_t edge  # the word; NOWHERE for the beginning and the end of the text
    int32_t start  # where it begins
    int32_t earlier  # the node listed before that ends at the same place
    uint32_t state  # what is remembered behind it

# One word after another.
cdef struct Arc:
    int32_t tail
    int32_t head
    int32_t cost

# All ways through a text. Node 0 is its beginning, the last one its end. The arcs into a node stand
# before those out of it.
cdef struct Trellis:
    Node* nodes
    Arc* arcs
    int32_t node_count
    int32_t node_capacity
    int32_t arc_count
    int32_t arc_capacity

cdef int32_t add_node(Trellis* trellis, int32_t edge, int32_t start, uint32_t state) noexcept nogil
cdef bint add_arc(Trellis* trellis, int32_t tail, int32_t head, int32_t cost) noexcept nogil
cdef void close_trellis(Trellis* trellis) noexcept nogil
cdef void find_cheapest(const Trellis* trellis, int64_t* best, int32_t* back) noexcept nogil
cdef list cheapest_paths(const Trellis* trellis, int k)
cdef bint sum_paths(const Trellis* trellis, double* through) noexcept nogil
