"""Word-graph dynamic programming: the cheapest path of words through a text, and the k cheapest.

Costs are negative log probabilities in fixed point (SCALE units are one nat), so that sums are
exact and ties are real. Of two paths of equal cost, the one whose last differing word begins
earlier, that is, the longer last word, wins.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memmove, memset

import numpy as np

from classicnlp._ext.alphabet cimport Text, text_of
from classicnlp._ext.dictionary cimport (
    NONE, NONE_BYTE, UNKNOWN, Dictionary, DictionaryCutter, Hit, Window, close_window, link_hits, open_window,
)

from classicnlp.checks import as_array

SCALE = 2048
MOST_PATHS = 1 << 16

cdef extern from "vector.h":
    double exp_of "classicnlp_exp" (double x) noexcept nogil
    double log_sum "classicnlp_log_of_sum" (double a, double b) noexcept nogil

cdef enum:
    NOWHERE = -1
    DISCOURAGED = 1 << 29  # no edge costs as much

cdef int64_t INFINITE = <int64_t> 1 << 62
cdef double NAT = 2048.0  # SCALE
cdef double NOTHING = -1e300  # the logarithm of 0, to be added to without care


cdef struct Edge:
    int32_t start
    int32_t end
    int32_t word  # UNKNOWN for a unit that the dictionary does not know
    int32_t cost


cdef struct Graph:
    Edge* edges  # by start, then by end
    int32_t count
    int32_t capacity


cdef bint add_edge(Graph* graph, int32_t start, int32_t end, int32_t word, int32_t cost) noexcept nogil:
    cdef int32_t capacity
    cdef Edge* larger
    if graph.count == graph.capacity:
        if graph.capacity > 0x3FFFFFFF:
            return False
        capacity = 2 * graph.capacity + 64
        larger = <Edge*> PyMem_RawRealloc(graph.edges, capacity * sizeof(Edge))
        if larger == NULL:
            return False
        graph.edges = larger
        graph.capacity = capacity
    graph.edges[graph.count] = Edge(start, end, word, cost)
    graph.count += 1
    return True


cdef class Bigrams:
    """Costs of pairs of words, by open addressing; immutable.

    Parameters
    ----------
    keys : uint64 array, length a power of two
        ``previous << 32 | next`` where a pair is, all ones where none is. The number of words
        stands for the beginning (as previous) and the end (as next) of a text.
    costs : int32 array of that length
        The cost of the pair.
    backoff : int32 array, one longer than there are words
        What a previous word adds to the cost of a next one with which it makes no pair.

    Raises
    ------
    ValueError
        If the shapes do not fit, or no slot is empty.
    """

    cdef readonly object arrays
    cdef const uint64_t[::1] keys_view
    cdef const int32_t[::1] costs_view
    cdef const int32_t[::1] backoff_view
    cdef uint64_t mask
    cdef int32_t boundary

    def __init__(self, keys, costs, backoff):
        keys = as_array(keys, np.uint64, "keys")
        costs = as_array(costs, np.int32, "costs")
        backoff = as_array(backoff, np.int32, "backoff")
        if keys.ndim != 1 or keys.size < 2 or keys.size & (keys.size - 1) or costs.shape != keys.shape:
            raise ValueError("keys and costs must have the same length, a power of two")
        if backoff.ndim != 1 or not backoff.size:
            raise ValueError("backoff must have an item for each word and one for the boundary")
        if (keys != np.uint64(0xFFFFFFFFFFFFFFFF)).all():
            raise ValueError("at least one slot must be empty")
        self.arrays = {"keys": keys, "costs": costs, "backoff": backoff}
        self.keys_view = keys
        self.costs_view = costs
        self.backoff_view = backoff
        self.mask = <uint64_t> (keys.size - 1)
        self.boundary = <int32_t> (backoff.size - 1)

    cdef int32_t cost(self, int32_t previous, int32_t following, int32_t alone) noexcept nogil:
        """Return the cost of ``following`` after ``previous``; ``alone`` is its cost by itself."""
        cdef uint64_t key, slot
        # Words that an overlay added, and unknown units, are in no pair.
        if previous < 0 or previous > self.boundary:
            return alone
        if 0 <= following <= self.boundary:
            key = (<uint64_t> previous << 32) | <uint64_t> following
            slot = pair_hash(key) & self.mask
            while self.keys_view[slot] != <uint64_t> 0xFFFFFFFFFFFFFFFF:
                if self.keys_view[slot] == key:
                    return self.costs_view[slot]
                slot = (slot + 1) & self.mask
        return self.backoff_view[previous] + alone


cdef inline uint64_t pair_hash(uint64_t key) noexcept nogil:
    key ^= key >> 31
    key *= <uint64_t> 0x9E3779B97F4A7C15
    return key ^ (key >> 29)


def fill_pairs(const uint64_t[::1] keys not None, const int32_t[::1] costs not None):
    """Return open-addressing tables (keys, costs) for `Bigrams`, at most half full."""
    cdef Py_ssize_t n = keys.shape[0], capacity = 2, i
    while capacity < 2 * n + 1:
        capacity *= 2
    table_keys = np.full(capacity, 0xFFFFFFFFFFFFFFFF, np.uint64)
    table_costs = np.zeros(capacity, np.int32)
    cdef uint64_t[::1] out_keys = table_keys
    cdef int32_t[::1] out_costs = table_costs
    cdef uint64_t slot, mask = <uint64_t> (capacity - 1)
    for i in range(n):
        slot = pair_hash(keys[i]) & mask
        while out_keys[slot] != <uint64_t> 0xFFFFFFFFFFFFFFFF:
            slot = (slot + 1) & mask
        out_keys[slot] = keys[i]
        out_costs[slot] = costs[i]
    return table_keys, table_costs


cdef inline void relax(int64_t* best, int32_t* back, int64_t cost, int32_t start) noexcept nogil:
    """Keep the cheaper path; without a branch, since which it is cannot be foretold."""
    cdef int64_t better = -<int64_t> (cost < best[0])
    best[0] ^= (best[0] ^ cost) & better
    back[0] ^= (back[0] ^ start) & <int32_t> better


cdef void spread_doubles(const Window* window, int32_t* costs) noexcept nogil:
    """Write the cost of the words of two characters where they begin."""
    cdef int32_t k
    for k in range(window.count):
        if window.hits[k].end - window.hits[k].start == 2:
            costs[window.hits[k].start] = window.hits[k].cost


cdef class LatticeCutter(DictionaryCutter):
    """Cuts a text along the cheapest path of its word graph.

    Parameters
    ----------
    dictionary, costs, unknown_costs, base, marker, rules
        As of `DictionaryCutter`; costs are in units of 1 / SCALE nat.
    bigrams : Bigrams, optional
        Costs of pairs of words.

    Raises
    ------
    ValueError
        If a shape does not fit.
    """

    cdef Bigrams bigrams

    def __init__(self, Dictionary dictionary not None, costs, unknown_costs, Bigrams bigrams=None, base=None,
                 marker=None, rules=None):
        DictionaryCutter.__init__(self, dictionary, costs, unknown_costs, base, marker, rules)
        if bigrams is not None and bigrams.boundary != dictionary.trie.size:
            raise ValueError("the bigrams belong to another lexicon")
        self.bigrams = bigrams

    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil:
        """Unigram costs: best[j] = min over words text[i:j] of best[i] + cost(word)."""
        cdef int32_t room = window.length + 2
        cdef int64_t* best = <int64_t*> window.scratch
        cdef int32_t* back = <int32_t*> (best + room)
        cdef int32_t* doubles = back + room
        cdef int32_t* first = doubles + room
        cdef int64_t here, following, after  # best of i, i + 1, i + 2
        cdef int32_t i, k
        memset(best, NONE_BYTE, room * (sizeof(int64_t) + 3 * sizeof(int32_t)))
        link_hits(window, first, 3)
        spread_doubles(window, doubles)
        here, following = 0, best[1]
        for i in range(length):
            k = first[i]
            while k != NONE:
                relax(&best[window.hits[k].end], &back[window.hits[k].end], here + window.hits[k].cost, i)
                k = window.links[k]
            after = best[i + 2]
            relax(&after, &back[i + 2], here + doubles[i], i)
            relax(&following, &back[i + 1], here + window.singles[i], i)
            here, following = following, after
        return trace_back(back, length, ends)

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        cdef Graph graph = Graph(NULL, 0, 0)
        cdef Py_ssize_t count = -1
        if self.bigrams is None:
            return DictionaryCutter.cut(self, text, ends)
        # A pair spans any place, so that a text of pairs has to be cut whole.
        if self.build(text, &graph):
            count = self.best_path(&graph, <int32_t> text.length, ends)
        PyMem_RawFree(graph.edges)
        return count

    cdef bint build(self, Text text, Graph* graph) noexcept nogil:
        """List the words and unknown units of a text that is not empty; False for no memory."""
        cdef Window window
        cdef Hit* hit
        cdef int32_t* first
        cdef int32_t i, k
        cdef bint complete = open_window(&window, text.length, NULL, 0) and self.find(text, 0, text.length, &window)
        if complete:
            first = <int32_t*> window.scratch
            memset(first, NONE_BYTE, window.length * sizeof(int32_t))
            link_hits(&window, first, 2)
            for i in range(window.length):
                if window.marks[i] == 0:
                    k = self.dictionary.word_of(self.look_up(&window, i, i + 1))
                    complete = complete and add_edge(graph, i, i + 1, k, window.singles[i])
                k = first[i]
                while k != NONE:
                    hit = &window.hits[k]
                    complete = complete and add_edge(graph, i, hit.end, self.dictionary.word_of(hit.state), hit.cost)
                    k = window.links[k]
        close_window(&window)
        return complete

    cdef int32_t step_cost(self, Graph* graph, int32_t previous, int32_t e) noexcept nogil:
        """Return the cost of edge e after edge ``previous`` (NOWHERE: at the beginning)."""
        cdef Edge* edge = &graph.edges[e]
        cdef int32_t word
        # What a user added is in no pair; its cost is one for any place.
        if self.bigrams is None or edge.word >= self.bigrams.boundary:
            return edge.cost
        word = self.bigrams.boundary if previous == NOWHERE else graph.edges[previous].word
        if previous != NOWHERE and word >= self.bigrams.boundary:
            word = UNKNOWN
        return self.bigrams.cost(word, edge.word, edge.cost)

    cdef Py_ssize_t best_path(self, Graph* graph, int32_t n, int32_t* ends) noexcept nogil:
        """best[e] = min over edges p that end where e begins of best[p] + cost of e after p."""
        cdef int32_t m = graph.count, e, p
        cdef int64_t* best = <int64_t*> PyMem_RawMalloc(m * sizeof(int64_t) + (2 * m + n + 1) * sizeof(int32_t))
        cdef int32_t* back
        cdef int32_t* earlier  # the edge of the same end listed before
        cdef int32_t* last  # the last edge listed of each end
        cdef int64_t cost, least = INFINITE
        cdef Py_ssize_t count = 0
        if best == NULL:
            return -1
        back = <int32_t*> (best + m)
        earlier = back + m
        last = earlier + m
        for e in range(n + 1):
            last[e] = NOWHERE
        for e in range(m):
            best[e] = INFINITE
            back[e] = NOWHERE
            if graph.edges[e].start == 0:
                best[e] = self.step_cost(graph, NOWHERE, e)
            p = last[graph.edges[e].start]
            while p != NOWHERE:
                # The list runs from late starts to early ones, so that <= prefers the early.
                cost = best[p] + self.step_cost(graph, p, e)
                if cost <= best[e]:
                    best[e] = cost
                    back[e] = p
                p = earlier[p]
            earlier[e] = last[graph.edges[e].end]
            last[graph.edges[e].end] = e
        e = NOWHERE
        p = last[n]
        while p != NOWHERE:
            cost = best[p] + self.end_cost(graph, p)
            if cost <= least:
                least = cost
                e = p
            p = earlier[p]
        while e != NOWHERE:
            count += 1
            ends[n - count] = graph.edges[e].end
            e = back[e]
        for e in range(<int32_t> count):
            ends[e] = ends[n - count + e]
        PyMem_RawFree(best)
        return count

    cdef int32_t end_cost(self, Graph* graph, int32_t e) noexcept nogil:
        """Return the cost of the text's end after edge e."""
        cdef int32_t word
        if self.bigrams is None:
            return 0
        word = graph.edges[e].word
        return self.bigrams.cost(word if word < self.bigrams.boundary else UNKNOWN, self.bigrams.boundary, 0)

    def graph(self, str text not None):
        """Return the word graph as an int32 array of rows start, end, word (-1: unknown), cost."""
        cdef Graph graph = Graph(NULL, 0, 0)
        self.build_graph(text, &graph)
        table = np.empty((graph.count, 4), np.int32)
        cdef int32_t[:, ::1] out = table
        if graph.count:
            memcpy(&out[0, 0], graph.edges, graph.count * sizeof(Edge))
        PyMem_RawFree(graph.edges)
        return table

    cdef int build_graph(self, str text, Graph* graph) except -1:
        cdef Text view = text_of(text)
        cdef bint complete = True
        with nogil:
            if view.length:
                complete = self.build(view, graph)
        if not complete:
            PyMem_RawFree(graph.edges)
            raise MemoryError()
        return 0

    def path(self, str text not None, required=None, excluded=None):
        """Return the cheapest path as an int32 array of rows start, end, cost.

        The cost of a word is that after the word before it; that of the text's end is the last word's.

        Parameters
        ----------
        text : str
            A text that is not empty.
        required : (int, int), optional
            Start and end of a word that the path is to have.
        excluded : (int, int), optional
            Those of a word that it is not to have.

        Returns
        -------
        int32 array, shape (words, 3)
            No rows if there is no such path.
        """
        cdef Graph graph = Graph(NULL, 0, 0)
        cdef int32_t n = <int32_t> len(text), start, end, e = 0, previous = NOWHERE
        cdef Py_ssize_t count, k
        ends = np.empty(n, np.int32)
        cdef int32_t[::1] words = ends
        rows = []
        self.build_graph(text, &graph)
        try:
            if required is not None:
                start, end = required
                discourage(&graph, start, end, False)
            if excluded is not None:
                start, end = excluded
                discourage(&graph, start, end, True)
            with nogil:
                count = self.best_path(&graph, n, &words[0])
            if count < 0:
                raise MemoryError()
            start = 0
            for k in range(count):
                while is_before(&graph.edges[e], start, words[k]):
                    e += 1
                if graph.edges[e].cost >= DISCOURAGED:
                    return np.empty((0, 3), np.int32)
                rows.append((start, words[k], self.step_cost(&graph, previous, e)))
                start, previous = words[k], e
            rows[count - 1] = (*rows[count - 1][:2], rows[count - 1][2] + self.end_cost(&graph, previous))
        finally:
            PyMem_RawFree(graph.edges)
        return np.array(rows, np.int32)

    def confidences(self, str text not None, ends not None):
        """Return the probability of each word that ends at ``ends``, by all paths: a float64 array.

        Forward-backward over the graph (Rabiner, 1989), with exp(-cost) as the weight of a path.
        """
        cdef Graph graph = Graph(NULL, 0, 0)
        cdef const int32_t[::1] words = as_array(ends, np.int32, "ends")
        cdef int32_t n = <int32_t> len(text), start = 0, e = 0
        cdef Py_ssize_t k
        cdef double everything = 0.0
        cdef double[::1] shares
        if words.shape[0] == 0 or words[words.shape[0] - 1] != n or (np.diff(ends, prepend=0) <= 0).any():
            raise ValueError(f"ends must rise from above 0 to {n}")
        self.build_graph(text, &graph)
        try:
            weights = np.empty(graph.count)
            shares = weights
            with nogil:
                if not self.sum_paths(&graph, n, &shares[0], &everything):
                    with gil:
                        raise MemoryError()
            out = np.zeros(words.shape[0])
            for k in range(words.shape[0]):
                while e < graph.count and is_before(&graph.edges[e], start, words[k]):
                    e += 1
                if e < graph.count and graph.edges[e].start == start and graph.edges[e].end == words[k]:
                    out[k] = exp_of(min(shares[e] - everything, 0.0))
                start = words[k]
        finally:
            PyMem_RawFree(graph.edges)
        return out

    cdef bint sum_paths(self, Graph* graph, int32_t n, double* through, double* everything) noexcept nogil:
        """Write for each edge the logarithm of the summed weight of the paths through it; False for no memory."""
        cdef int32_t m = graph.count, e, p
        cdef double* back = <double*> PyMem_RawMalloc(m * sizeof(double) + (m + n + 1) * sizeof(int32_t))
        cdef int32_t* earlier  # as in best_path
        cdef int32_t* last
        cdef double step
        if back == NULL:
            return False
        earlier = <int32_t*> (back + m)
        last = earlier + m
        for e in range(n + 1):
            last[e] = NOWHERE
        for e in range(m):
            through[e] = -self.step_cost(graph, NOWHERE, e) / NAT if graph.edges[e].start == 0 else NOTHING
            back[e] = -self.end_cost(graph, e) / NAT if graph.edges[e].end == n else NOTHING
            p = last[graph.edges[e].start]
            while p != NOWHERE:
                through[e] = log_sum(through[e], through[p] - self.step_cost(graph, p, e) / NAT)
                p = earlier[p]
            earlier[e] = last[graph.edges[e].end]
            last[graph.edges[e].end] = e
        everything[0] = NOTHING
        p = last[n]
        while p != NOWHERE:
            everything[0] = log_sum(everything[0], through[p] + back[p])
            p = earlier[p]
        # Edges ascend by start: whatever may follow one has been dealt with before it.
        for e in range(m - 1, -1, -1):
            p = last[graph.edges[e].start]
            while p != NOWHERE:
                step = self.step_cost(graph, p, e) / NAT
                back[p] = log_sum(back[p], back[e] - step)
                p = earlier[p]
            through[e] += back[e]
        PyMem_RawFree(back)
        return True

    def n_best(self, str text not None, k):
        """Return the k cheapest paths, or all there are, cheapest first, each as (cost, ends)."""
        cdef Graph graph = Graph(NULL, 0, 0)
        cdef Py_ssize_t n = len(text)
        if not 1 <= k <= MOST_PATHS:
            raise ValueError(f"the number of paths must be 1 ... {MOST_PATHS}, got {k}")
        if n == 0:
            return [(0, np.zeros(0, np.int32))]
        self.build_graph(text, &graph)
        try:
            return self.cheapest(&graph, <int32_t> n, k)
        finally:
            PyMem_RawFree(graph.edges)

    cdef list cheapest(self, Graph* graph, int32_t n, int k):
        """k-best Viterbi: rank r of an edge holds the r-th cheapest path that ends with it."""
        cdef int32_t m = graph.count, e, p, r, place
        best = np.full((m + 1, k), INFINITE, np.int64)
        back = np.full((m + 1, k, 2), NOWHERE, np.int32)
        by_end = np.full(m, NOWHERE, np.int32)
        last_of = np.full(n + 1, NOWHERE, np.int32)
        cdef int64_t[:, ::1] cost = best
        cdef int32_t[:, :, ::1] trail = back
        cdef int32_t[::1] earlier = by_end
        cdef int32_t[::1] last = last_of
        with nogil:
            for e in range(m):
                if graph.edges[e].start == 0:
                    cost[e, 0] = self.step_cost(graph, NOWHERE, e)
                p = last[graph.edges[e].start]
                while p != NOWHERE:
                    merge(cost, trail, e, p, k, self.step_cost(graph, p, e))
                    p = earlier[p]
                earlier[e] = last[graph.edges[e].end]
                last[graph.edges[e].end] = e
            p = last[n]
            while p != NOWHERE:
                merge(cost, trail, m, p, k, self.end_cost(graph, p))
                p = earlier[p]
        paths = []
        for place in range(k):
            if cost[m, place] == INFINITE:
                break
            ends = []
            e, r = trail[m, place, 0], trail[m, place, 1]
            while e != NOWHERE:
                ends.append(graph.edges[e].end)
                e, r = trail[e, r, 0], trail[e, r, 1]
            paths.append((cost[m, place], np.array(ends[::-1], np.int32)))
        return paths


cdef inline bint is_before(const Edge* edge, int32_t start, int32_t end) noexcept nogil:
    return edge.start < start or edge.start == start and edge.end < end


cdef void discourage(Graph* graph, int32_t start, int32_t end, bint itself) noexcept nogil:
    """Make a word dearer than any way around it, or all others that overlap it."""
    cdef int32_t e
    cdef Edge* edge
    for e in range(graph.count):
        edge = &graph.edges[e]
        if edge.start < end and edge.end > start and (edge.start == start and edge.end == end) == itself:
            edge.word = UNKNOWN
            edge.cost = DISCOURAGED


cdef void merge(int64_t[:, ::1] cost, int32_t[:, :, ::1] trail, int32_t e, int32_t p, int k,
                int32_t step) noexcept nogil:
    """Insert p's paths, lengthened by ``step``, among e's k cheapest.

    Called with p from late starts to early ones: on a tie the newcomer goes first.
    """
    cdef int r, place
    cdef int64_t total
    for r in range(k):
        if cost[p, r] == INFINITE:
            return
        total = cost[p, r] + step
        if total > cost[e, k - 1]:
            return
        place = k - 1
        while place > 0 and (cost[e, place - 1] > total
                             or cost[e, place - 1] == total and trail[e, place - 1, 0] != p):
            cost[e, place] = cost[e, place - 1]
            trail[e, place, 0] = trail[e, place - 1, 0]
            trail[e, place, 1] = trail[e, place - 1, 1]
            place -= 1
        cost[e, place] = total
        trail[e, place, 0] = p
        trail[e, place, 1] = r


cdef int32_t trace_back(const int32_t* back, int32_t n, int32_t* ends) noexcept nogil:
    """Write the ends on the path to n, first to last; return how many."""
    cdef int32_t count = 0, i = n
    while i > 0:
        count += 1
        ends[n - count] = i
        i = back[i]
    memmove(ends, ends + n - count, count * sizeof(int32_t))
    return count
