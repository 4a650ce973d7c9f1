"""Words that stand near each other as a graph, and what a random walk on a graph makes of its nodes.

Links are kept by the node that they lead to, so that a step of the walk only reads what it adds up:
the sums are in one order on every machine.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.math cimport fabs
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

import numpy as np

from classicnlp.checks import as_array

WIDEST = 1 << 16


cdef void occurrences(const int32_t* ids, int64_t length, int32_t nodes, int64_t* first,
                      int32_t* places) noexcept nogil:
    """Write where each node stands among ``ids``: at places[first[i]] ... places[first[i + 1] - 1], ascending."""
    cdef int64_t i
    for i in range(nodes + 1):
        first[i] = 0
    for i in range(length):
        first[ids[i] + 1] += 1
    for i in range(nodes):
        first[i + 1] += first[i]
    for i in range(length):
        places[first[ids[i]]] = <int32_t> i
        first[ids[i]] += 1
    for i in range(nodes, 0, -1):
        first[i] = first[i - 1]
    first[0] = 0


cdef bint link_near(const int32_t* ids, int64_t length, int32_t nodes, int32_t window, const int64_t* occurring,
                    const int32_t* places, double* tally, int32_t* met, Rows* rows) noexcept nogil:
    """Link each node with those that stand within ``window`` ids of it, as often as they do; False for no memory.

    ``tally`` has a 0 for each node, and keeps it.
    """
    cdef int64_t used = 0, k, near
    cdef int32_t node, other, count, m
    if not grow_first(rows, nodes):
        return False
    for node in range(nodes):
        rows.first[node] = used
        count = 0
        for k in range(occurring[node], occurring[node + 1]):
            for near in range(max(places[k] - window + 1, <int64_t> 0), min(places[k] + <int64_t> window, length)):
                other = ids[near]
                if other == node:
                    continue
                if tally[other] == 0.0:
                    met[count] = other
                    count += 1
                tally[other] += 1.0
        if not grow_links(rows, used + count):
            return False
        for m in range(count):
            rows.sources[used] = met[m]
            rows.weights[used] = tally[met[m]]
            tally[met[m]] = 0.0
            used += 1
    rows.first[nodes] = used
    return True


cdef bint grow_first(Rows* rows, int64_t nodes) noexcept nogil:
    if rows.first == NULL or nodes > rows.nodes:
        PyMem_RawFree(rows.first)
        rows.nodes = 2 * nodes
        rows.first = <int64_t*> PyMem_RawMalloc((rows.nodes + 1) * sizeof(int64_t))
    return rows.first != NULL


cdef bint grow_links(Rows* rows, int64_t wanted) noexcept nogil:
    cdef void* sources
    cdef void* weights
    if wanted <= rows.size:
        return True
    wanted *= 2
    sources = PyMem_RawRealloc(rows.sources, wanted * sizeof(int32_t))
    if sources != NULL:
        rows.sources = <int32_t*> sources
    weights = PyMem_RawRealloc(rows.weights, wanted * sizeof(double))
    if weights != NULL:
        rows.weights = <double*> weights
    if sources == NULL or weights == NULL:
        return False
    rows.size = wanted
    return True


cdef void leave_rows(Rows* rows) noexcept nogil:
    PyMem_RawFree(rows.first)
    PyMem_RawFree(rows.sources)
    PyMem_RawFree(rows.weights)


cdef void iterate(Links links, Power* power, double* ranks, double* spare) noexcept nogil:
    """Take steps of the walk from ``ranks`` until they change no more; ``spare`` has two places for each node.

    ranks'[i] = (1 - d) / n + d (sum over links j -> i of weight ranks[j] / strength[j] + lost / n), where
    strength[j] is the weight of all links from j, and lost the rank of the nodes without any.
    """
    cdef double* strengths = spare
    cdef double* shares = spare + links.nodes
    cdef double base, total, other, lost
    cdef int32_t i
    cdef int64_t e
    power.steps = 0
    power.residual = 0.0
    for i in range(links.nodes):
        strengths[i] = 0.0
    for e in range(links.first[links.nodes]):
        strengths[links.sources[e]] += links.weights[e]
    while power.steps < power.most_steps and links.nodes:
        lost = 0.0
        for i in range(links.nodes):
            if strengths[i] > 0.0:
                shares[i] = ranks[i] / strengths[i]
            else:
                shares[i] = 0.0
                lost += ranks[i]
        base = (1.0 - power.damping + power.damping * lost) / links.nodes
        power.residual = 0.0
        for i in range(links.nodes):
            # Two sums side by side: one addition need not wait for the last.
            total, other = 0.0, 0.0
            for e in range(links.first[i], links.first[i + 1] - 1, 2):
                total += links.weights[e] * shares[links.sources[e]]
                other += links.weights[e + 1] * shares[links.sources[e + 1]]
            if (links.first[i + 1] - links.first[i]) & 1:
                e = links.first[i + 1] - 1
                total += links.weights[e] * shares[links.sources[e]]
            total = base + power.damping * (total + other)
            power.residual += fabs(total - ranks[i])
            ranks[i] = total
        power.steps += 1
        if power.residual < power.tolerance:
            return


def cooccurrences(const int32_t[::1] ids not None, Py_ssize_t window):
    """Return how often each two different nodes stand near each other, as a symmetric sparse matrix.

    Parameters
    ----------
    ids : int32 array, shape (n,)
        Nodes from 0 on, in their order in the text; none above the number of ids.
    window : int
        Two ids meet if they are fewer than so many places apart; 2 or more.

    Returns
    -------
    first : int64 array, shape (nodes + 1,)
        The entries of row i are first[i] ... first[i + 1] - 1.
    sources : int32 array
        The columns.
    weights : float64 array
        The counts.

    Raises
    ------
    ValueError
        If an id or the window is out of range.
    """
    cdef int64_t length = ids.shape[0]
    if not 2 <= window <= WIDEST:
        raise ValueError(f"window must be in 2 ... {WIDEST}, got {window}")
    if not length:
        return np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0)
    if not 0 <= np.min(ids) <= np.max(ids) <= length:
        raise ValueError(f"ids must be numbers from 0 to {length}")
    cdef int32_t nodes = <int32_t> (np.max(ids) + 1)
    cdef int64_t[::1] occurring = np.empty(nodes + 1, np.int64)
    cdef int32_t[::1] places = np.empty(length, np.int32), met = np.empty(nodes, np.int32)
    cdef double[::1] tally = np.zeros(nodes)
    cdef Rows rows
    cdef bint complete
    memset(&rows, 0, sizeof(Rows))
    try:
        with nogil:
            occurrences(&ids[0], length, nodes, &occurring[0], &places[0])
            complete = link_near(&ids[0], length, nodes, <int32_t> window, &occurring[0], &places[0], &tally[0],
                                 &met[0], &rows)
        if not complete:
            raise MemoryError()
        if not rows.first[nodes]:
            return np.zeros(nodes + 1, np.int64), np.zeros(0, np.int32), np.zeros(0)
        return (np.array(<int64_t[:nodes + 1]> rows.first), np.array(<int32_t[:rows.first[nodes]]> rows.sources),
                np.array(<double[:rows.first[nodes]]> rows.weights))
    finally:
        leave_rows(&rows)


def walk(first, sources, weights, double damping, double tolerance, Py_ssize_t most_steps):
    """Return the share of time that a random walk spends at each node (Page and Brin, 1998).

    Parameters
    ----------
    first, sources, weights : int64, int32 and float64 arrays
        Rows of a sparse matrix: row i has the nodes that link to node i, and with what weight.
    damping : float
        The probability of following a link, 0 to below 1; otherwise any node comes next.
    tolerance : float
        The walk has converged when the shares change by less in all.
    most_steps : int
        Steps to take at most.

    Returns
    -------
    ranks : float64 array, shape (nodes,)
        They add up to 1.
    steps : int
        Steps that were taken.
    residual : float
        By how much the last one changed the shares, in all.

    Raises
    ------
    ValueError
        If the matrix is none, a weight is below 0 or not finite, or a parameter is out of range.
    """
    starts = as_array(first, np.int64, "first")
    columns = as_array(sources, np.int32, "sources")
    counts = np.ascontiguousarray(weights, np.float64)
    cdef Py_ssize_t nodes = starts.shape[0] - 1
    if starts.ndim != 1 or nodes < 0 or starts[0] != 0 or (np.diff(starts) < 0).any():
        raise ValueError("first must rise from 0")
    if columns.shape != (starts[nodes],) or counts.shape != columns.shape:
        raise ValueError("there must be a source and a weight for each link")
    if columns.size and not 0 <= columns.min() <= columns.max() < nodes:
        raise ValueError("a link comes from a node that does not exist")
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise ValueError("the weights of links must be finite and not below 0")
    if not (0 <= damping < 1 and tolerance > 0 and 0 < most_steps < 1 << 31):
        raise ValueError("damping must be in 0 ... 1 (exclusive), tolerance and most_steps above 0")
    ranks = np.full(nodes, 1.0) / max(nodes, 1)
    cdef int64_t[::1] in_starts = starts
    cdef int32_t[::1] in_columns = columns
    cdef double[::1] in_counts = counts, out = ranks, spare = np.empty(2 * nodes)
    cdef Power power = Power(damping, tolerance, <int32_t> most_steps, 0, 0.0)
    cdef Links links
    if nodes:
        links = Links(<int32_t> nodes, &in_starts[0], NULL, NULL)
        if columns.size:
            links.sources, links.weights = &in_columns[0], &in_counts[0]
        with nogil:
            iterate(links, &power, &out[0], &spare[0])
    return ranks, power.steps, power.residual
