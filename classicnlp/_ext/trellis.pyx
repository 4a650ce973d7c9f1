"""Ways through a text: the cheapest, the k cheapest, and the shares of all of them.

Sums of costs are exact and ties are real. Of two ways of equal cost, the one whose last differing
word begins earlier, that is, the longer last word, wins.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint32_t

import numpy as np

cdef extern from "vector.h":
    double log_sum "classicnlp_log_of_sum" (double a, double b) noexcept nogil

cdef enum:
    MOST = 0x3FFFFFFF  # nodes, or arcs

cdef int64_t INFINITE = <int64_t> 1 << 62
cdef double NAT = 2048.0  # in units of costs
cdef double NOTHING = -1e300  # the logarithm of 0, to be added to without care


cdef void* room_for(void* items, int32_t* capacity, size_t size) noexcept nogil:
    """Return more room for items, NULL if there is none."""
    cdef int32_t larger = 2 * capacity[0] + 64
    cdef void* moved
    if capacity[0] > MOST:
        return NULL
    moved = PyMem_RawRealloc(items, larger * size)
    if moved != NULL:
        capacity[0] = larger
    return moved


cdef int32_t add_node(Trellis* trellis, int32_t edge, int32_t start, uint32_t state) noexcept nogil:
    """Return the number of a new node, NOWHERE if there is no memory."""
    cdef void* larger
    if trellis.node_count == trellis.node_capacity:
        larger = room_for(trellis.nodes, &trellis.node_capacity, sizeof(Node))
        if larger == NULL:
            return NOWHERE
        trellis.nodes = <Node*> larger
    trellis.nodes[trellis.node_count] = Node(edge, start, NOWHERE, state)
    trellis.node_count += 1
    return trellis.node_count - 1


cdef bint add_arc(Trellis* trellis, int32_t tail, int32_t head, int32_t cost) noexcept nogil:
    """Add an arc; False for no memory."""
    cdef void* larger
    if trellis.arc_count == trellis.arc_capacity:
        larger = room_for(trellis.arcs, &trellis.arc_capacity, sizeof(Arc))
        if larger == NULL:
            return False
        trellis.arcs = <Arc*> larger
    trellis.arcs[trellis.arc_count] = Arc(tail, head, cost)
    trellis.arc_count += 1
    return True


cdef void close_trellis(Trellis* trellis) noexcept nogil:
    PyMem_RawFree(trellis.nodes)
    PyMem_RawFree(trellis.arcs)


cdef void find_cheapest(const Trellis* trellis, int64_t* best, int32_t* back) noexcept nogil:
    """Write of each node the cost of the cheapest way to it, and the node before it."""
    cdef int32_t i
    cdef const Arc* arc
    cdef int64_t cost
    for i in range(trellis.node_count):
        best[i] = INFINITE
        back[i] = NOWHERE
    best[0] = 0
    for i in range(trellis.arc_count):
        arc = &trellis.arcs[i]
        cost = best[arc.tail] + arc.cost
        if cost < best[arc.head] or cost == best[arc.head] and is_longer(trellis, back, arc.tail, back[arc.head]):
            best[arc.head] = cost
            back[arc.head] = arc.tail


cdef bint is_longer(const Trellis* trellis, const int32_t* back, int32_t a, int32_t b) noexcept nogil:
    """Return whether the last word is longer by which the ways to two nodes of one place differ."""
    while a != b:
        if trellis.nodes[a].start != trellis.nodes[b].start:
            return trellis.nodes[a].start < trellis.nodes[b].start
        # The same word with other states behind it: the words before it differ.
        a, b = back[a], back[b]
    return False


cdef list cheapest_paths(const Trellis* trellis, int k):
    """Return the k cheapest paths, or all there are, cheapest first, each as (cost, ends).

    Rank r of a node holds the r-th cheapest way to it.
    """
    cdef int32_t i, node, rank, end = trellis.node_count - 1
    best = np.full((trellis.node_count, k), INFINITE, np.int64)
    back = np.full((trellis.node_count, k, 2), NOWHERE, np.int32)
    cdef int64_t[:, ::1] cost = best
    cdef int32_t[:, :, ::1] trail = back
    cost[0, 0] = 0
    with nogil:
        for i in range(trellis.arc_count):
            merge(trellis, cost, trail, &trellis.arcs[i], k)
    paths = []
    for i in range(k):
        if cost[end, i] == INFINITE:
            break
        ends = []
        node, rank = end, i
        while trail[node, rank, 0] > 0:
            ends.append(trellis.nodes[node].start)
            node, rank = trail[node, rank, 0], trail[node, rank, 1]
        paths.append((cost[end, i], np.array(ends[::-1], np.int32)))
    return paths


cdef void merge(const Trellis* trellis, int64_t[:, ::1] cost, int32_t[:, :, ::1] trail, const Arc* arc,
                int k) noexcept nogil:
    """Insert the ways to an arc's tail, lengthened by it, among the k cheapest to its head."""
    cdef int rank, place
    cdef int32_t head = arc.head
    cdef int64_t total
    for rank in range(k):
        if cost[arc.tail, rank] == INFINITE:
            return
        total = cost[arc.tail, rank] + arc.cost
        place = k
        while place > 0 and (cost[head, place - 1] > total or cost[head, place - 1] == total and is_preferred(
                trellis, trail, arc.tail, rank, trail[head, place - 1, 0], trail[head, place - 1, 1])):
            place -= 1
        if place == k:
            return
        shift(cost, trail, head, place, k)
        cost[head, place] = total
        trail[head, place, 0] = arc.tail
        trail[head, place, 1] = rank


cdef bint is_preferred(const Trellis* trellis, int32_t[:, :, ::1] trail, int32_t a, int32_t a_rank, int32_t b,
                       int32_t b_rank) noexcept nogil:
    """As `is_longer`, of ways to nodes that have a rank there."""
    cdef int32_t before
    while a != b:
        if trellis.nodes[a].start != trellis.nodes[b].start:
            return trellis.nodes[a].start < trellis.nodes[b].start
        before, a_rank = trail[a, a_rank, 0], trail[a, a_rank, 1]
        a = before
        before, b_rank = trail[b, b_rank, 0], trail[b, b_rank, 1]
        b = before
    return a_rank < b_rank


cdef void shift(int64_t[:, ::1] cost, int32_t[:, :, ::1] trail, int32_t node, int place, int k) noexcept nogil:
    """Make room at a place; the last one falls out."""
    cdef int i
    for i in range(k - 1, place, -1):
        cost[node, i] = cost[node, i - 1]
        trail[node, i, 0] = trail[node, i - 1, 0]
        trail[node, i, 1] = trail[node, i - 1, 1]


cdef bint sum_paths(const Trellis* trellis, double* through) noexcept nogil:
    """Write of each node the logarithm of the share of the paths through it; False for no memory.

    Forward-backward (Rabiner, 1989), with exp(-cost) as the weight of a path.
    """
    cdef int32_t i, end = trellis.node_count - 1
    cdef const Arc* arc
    cdef double* back = <double*> PyMem_RawMalloc(trellis.node_count * sizeof(double))
    cdef double everything
    if back == NULL:
        return False
    for i in range(trellis.node_count):
        through[i] = back[i] = NOTHING
    through[0] = back[end] = 0.0
    for i in range(trellis.arc_count):
        arc = &trellis.arcs[i]
        through[arc.head] = log_sum(through[arc.head], through[arc.tail] - arc.cost / NAT)
    everything = through[end]
    for i in range(trellis.arc_count - 1, -1, -1):
        arc = &trellis.arcs[i]
        back[arc.tail] = log_sum(back[arc.tail], back[arc.head] - arc.cost / NAT)
    for i in range(trellis.node_count):
        through[i] += back[i] - everything
    PyMem_RawFree(back)
    return True
