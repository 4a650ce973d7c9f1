"""Huffman trees: short paths to frequent words (Huffman, 1952)."""

from libc.stdint cimport int32_t, int64_t

import numpy as np

MOST_LEAVES = 1 << 30


def paths(const int64_t[::1] counts not None):
    """Return the paths from the root of a Huffman tree to its leaves.

    Parameters
    ----------
    counts : int64 array, shape (n,)
        How often each leaf is reached, from 0 on; at most 2**30 leaves.

    Returns
    -------
    nodes : int32 array
        The inner nodes on the way to each leaf, from the root on, one path after another. Inner nodes
        are numbered in the order in which they were joined, so that the root is n - 2.
    labels : float32 array
        1 where the path goes to the rarer child of the node, else 0.
    offsets : int64 array, shape (n + 1,)
        Where each leaf's path begins, and where the last ends.

    Notes
    -----
    Of equal counts the leaf of the smaller number goes first, and a leaf before an inner node. A single
    leaf hangs on a node of its own.
    """
    cdef int64_t n = counts.shape[0], i, leaf = 0, inner = 0, node, place, depth
    cdef int32_t child
    cdef int k
    if not 0 < n <= MOST_LEAVES or np.min(counts) < 0:
        raise ValueError("there must be counts, none below 0")
    if n == 1:
        return np.zeros(1, np.int32), np.ones(1, np.float32), np.array([0, 1])
    rising = np.argsort(counts, kind="stable")
    parents = np.zeros(2 * n - 1, np.int32)
    rarer = np.zeros(2 * n - 1, np.float32)
    cdef const int64_t[::1] order = rising
    cdef int32_t[::1] parent = parents
    cdef float[::1] first = rarer
    cdef int64_t[::1] weight = np.zeros(n - 1, np.int64)
    with nogil:
        for node in range(n - 1):
            for k in range(2):
                if leaf < n and (inner == node or counts[order[leaf]] <= weight[inner]):
                    child = <int32_t> order[leaf]
                    weight[node] += counts[child]
                    leaf += 1
                else:
                    child = <int32_t> (n + inner)
                    weight[node] += weight[inner]
                    inner += 1
                parent[child] = <int32_t> node
                first[child] = k == 0
    offsets = np.zeros(n + 1, np.int64)
    cdef int64_t[::1] begin = offsets
    with nogil:
        for i in range(n):
            place = i
            depth = 0
            while place != 2 * n - 2:
                place = n + parent[place]
                depth += 1
            begin[i + 1] = begin[i] + depth
    nodes = np.empty(offsets[n], np.int32)
    labels = np.empty(offsets[n], np.float32)
    cdef int32_t[::1] out = nodes
    cdef float[::1] marks = labels
    with nogil:
        for i in range(n):
            place = i
            depth = begin[i + 1]
            while place != 2 * n - 2:
                depth -= 1
                out[depth] = parent[place]
                marks[depth] = first[place]
                place = n + parent[place]
    return nodes, labels, offsets
