"""Word-graph dynamic programming: the cheapest path of words through a text, and the k cheapest.

Costs are negative log probabilities in fixed point (SCALE units are one nat), so that sums are
exact and ties are real. Of two paths of equal cost, the one whose last differing word begins
earlier, that is, the longer last word, wins. With a language model a word's cost depends on those
before it: paths that lead to one place are one only if the model is then in the same state, so
that the search is exact for any order.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memcpy, memmove, memset

import numpy as np

from classicnlp._ext.alphabet cimport Text, text_of
from classicnlp._ext.dictionary cimport (
    NONE, NONE_BYTE, UNKNOWN, Dictionary, DictionaryCutter, Hit, Window, close_window, link_hits, open_window,
)
from classicnlp._ext.trellis cimport (
    NOWHERE, Trellis, add_arc, add_node, cheapest_paths, close_trellis, find_cheapest, sum_paths,
)
from classicnlp._ext.wordcosts cimport WordCosts

from classicnlp.checks import as_array

MOST_PATHS = 1 << 16

cdef extern from "vector.h":
    double exp_of "classicnlp_exp" (double x) noexcept nogil

cdef enum:
    DISCOURAGED = 1 << 29  # no edge costs as much


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
    word_costs : WordCosts, optional
        What words cost after others.

    Raises
    ------
    ValueError
        If a shape does not fit.
    """

    cdef WordCosts word_costs

    def __init__(self, Dictionary dictionary not None, costs, unknown_costs, WordCosts word_costs=None, base=None,
                 marker=None, rules=None):
        DictionaryCutter.__init__(self, dictionary, costs, unknown_costs, base, marker, rules)
        if word_costs is not None and word_costs.size != dictionary.trie.size:
            raise ValueError("the costs of words belong to another lexicon")
        self.word_costs = word_costs

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
        cdef Trellis trellis = Trellis(NULL, NULL, 0, 0, 0, 0)
        cdef Py_ssize_t count = -1
        if self.word_costs is None:
            return DictionaryCutter.cut(self, text, ends)
        # A word may depend on those before any place, so that the text has to be cut whole.
        if self.build(text, &graph) and self.expand(&graph, <int32_t> text.length, &trellis):
            count = trace_cheapest(&trellis, ends)
        PyMem_RawFree(graph.edges)
        close_trellis(&trellis)
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

    cdef bint expand(self, const Graph* graph, int32_t n, Trellis* trellis) noexcept nogil:
        """List the ways through a graph of ``n`` characters; False for no memory."""
        cdef int32_t* last = <int32_t*> PyMem_RawMalloc((n + 1) * sizeof(int32_t))  # node of each end
        cdef int32_t e, end, first, node
        cdef bint complete = last != NULL
        if not complete:
            return False
        for e in range(n + 1):
            last[e] = NOWHERE
        last[0] = add_node(trellis, NOWHERE, 0, 0 if self.word_costs is None else self.word_costs.begin)
        complete = last[0] != NOWHERE
        for e in range(graph.count):
            first = trellis.node_count
            complete = complete and self.add_steps(graph, e, last[graph.edges[e].start], trellis)
            end = graph.edges[e].end
            for node in range(first, trellis.node_count):
                trellis.nodes[node].earlier = last[end]
                last[end] = node
        first = last[n]
        PyMem_RawFree(last)
        end = add_node(trellis, NOWHERE, n, 0)
        complete = complete and end != NOWHERE
        while complete and first != NOWHERE:
            complete = add_arc(trellis, first, end, self.end_cost(trellis.nodes[first].state))
            first = trellis.nodes[first].earlier
        return complete

    cdef bint add_steps(self, const Graph* graph, int32_t e, int32_t tail, Trellis* trellis) noexcept nogil:
        """Add the steps with a word from ``tail`` and all before it on its list; False for no memory."""
        cdef int32_t first = trellis.node_count, head, cost
        cdef uint32_t state
        while tail != NOWHERE:
            cost, state = graph.edges[e].cost, 0
            if self.word_costs is not None:
                state = trellis.nodes[tail].state
                cost = self.word_costs.step(&state, graph.edges[e].word, cost)
            head = trellis.node_count - 1
            # Neighbours on the list often lead to one state.
            while head >= first and trellis.nodes[head].state != state:
                head -= 1
            if head < first:
                head = add_node(trellis, e, graph.edges[e].start, state)
            if head == NOWHERE or not add_arc(trellis, tail, head, cost):
                return False
            tail = trellis.nodes[tail].earlier
        return True

    cdef int32_t end_cost(self, uint32_t state) noexcept nogil:
        return 0 if self.word_costs is None else self.word_costs.end_step(state)

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
            graph.edges = NULL
            raise MemoryError()
        return 0

    cdef int build_trellis(self, const Graph* graph, int32_t n, Trellis* trellis) except -1:
        cdef bint complete
        with nogil:
            complete = self.expand(graph, n, trellis)
        if not complete:
            raise MemoryError()
        return 0

    def path(self, str text not None, required=None, excluded=None):
        """Return the cheapest path as an int32 array of rows start, end, cost.

        The cost of a word is that after the words before it; that of the text's end is the last word's.

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
        cdef Trellis trellis = Trellis(NULL, NULL, 0, 0, 0, 0)
        cdef int32_t n = <int32_t> len(text), node, following
        cdef int64_t[::1] best
        cdef int32_t[::1] back
        cdef bint found = True
        rows = []
        self.build_graph(text, &graph)
        try:
            if required is not None:
                discourage(&graph, required[0], required[1], False)
            if excluded is not None:
                discourage(&graph, excluded[0], excluded[1], True)
            self.build_trellis(&graph, n, &trellis)
            best, back = np.empty(trellis.node_count, np.int64), np.empty(trellis.node_count, np.int32)
            with nogil:
                find_cheapest(&trellis, &best[0], &back[0])
            following = trellis.node_count - 1
            end_cost = best[following] - best[back[following]]
            node = back[following]
            while node > 0:
                cost = best[node] - best[back[node]]
                rows.append((trellis.nodes[node].start, trellis.nodes[following].start, cost + end_cost))
                found = found and graph.edges[trellis.nodes[node].edge].cost < DISCOURAGED
                end_cost = 0
                node, following = back[node], node
        finally:
            PyMem_RawFree(graph.edges)
            close_trellis(&trellis)
        return np.array(rows[::-1] if found else [], np.int32).reshape(-1, 3)

    def confidences(self, str text not None, ends not None):
        """Return the probability of each word that ends at ``ends``, by all paths: a float64 array."""
        cdef Graph graph = Graph(NULL, 0, 0)
        cdef Trellis trellis = Trellis(NULL, NULL, 0, 0, 0, 0)
        cdef const int32_t[::1] words = as_array(ends, np.int32, "ends")
        cdef int32_t n = <int32_t> len(text), start = 0, node = 1
        cdef Py_ssize_t k
        cdef bint complete
        cdef double[::1] through, out
        cdef Edge* edge
        if words.shape[0] == 0 or words[words.shape[0] - 1] != n or (np.diff(ends, prepend=0) <= 0).any():
            raise ValueError(f"ends must rise from above 0 to {n}")
        shares = np.zeros(words.shape[0])
        out = shares
        self.build_graph(text, &graph)
        try:
            self.build_trellis(&graph, n, &trellis)
            through = np.empty(trellis.node_count)
            with nogil:
                complete = sum_paths(&trellis, &through[0])
            if not complete:
                raise MemoryError()
            for k in range(words.shape[0]):
                while node < trellis.node_count - 1:
                    edge = &graph.edges[trellis.nodes[node].edge]
                    if edge.start > start or edge.start == start and edge.end > words[k]:
                        break
                    if edge.start == start and edge.end == words[k]:
                        out[k] += exp_of(min(through[node], 0.0))
                    node += 1
                start = words[k]
        finally:
            PyMem_RawFree(graph.edges)
            close_trellis(&trellis)
        return np.minimum(shares, 1.0)

    def n_best(self, str text not None, k):
        """Return the k cheapest paths, or all there are, cheapest first, each as (cost, ends)."""
        cdef Graph graph = Graph(NULL, 0, 0)
        cdef Trellis trellis = Trellis(NULL, NULL, 0, 0, 0, 0)
        cdef Py_ssize_t n = len(text)
        if not 1 <= k <= MOST_PATHS:
            raise ValueError(f"the number of paths must be 1 ... {MOST_PATHS}, got {k}")
        if n == 0:
            return [(0, np.zeros(0, np.int32))]
        self.build_graph(text, &graph)
        try:
            self.build_trellis(&graph, <int32_t> n, &trellis)
            return cheapest_paths(&trellis, k)
        finally:
            PyMem_RawFree(graph.edges)
            close_trellis(&trellis)


cdef void discourage(Graph* graph, int32_t start, int32_t end, bint itself) noexcept nogil:
    """Make a word dearer than any way around it, or all others that overlap it."""
    cdef int32_t e
    cdef Edge* edge
    for e in range(graph.count):
        edge = &graph.edges[e]
        if edge.start < end and edge.end > start and (edge.start == start and edge.end == end) == itself:
            edge.word = UNKNOWN
            edge.cost = DISCOURAGED


cdef Py_ssize_t trace_cheapest(const Trellis* trellis, int32_t* ends) noexcept nogil:
    """Write the ends of the words on the cheapest way; return how many, or -1 for no memory."""
    cdef int32_t node = trellis.node_count - 1
    cdef int64_t* best = <int64_t*> PyMem_RawMalloc(trellis.node_count * (sizeof(int64_t) + sizeof(int32_t)))
    cdef int32_t* back = <int32_t*> (best + trellis.node_count)
    cdef Py_ssize_t count = 0, k
    if best == NULL:
        return -1
    find_cheapest(trellis, best, back)
    while back[node] > 0:
        # Where a word begins the one before it ends.
        ends[count] = trellis.nodes[node].start
        count += 1
        node = back[node]
    PyMem_RawFree(best)
    for k in range(count // 2):
        ends[k], ends[count - 1 - k] = ends[count - 1 - k], ends[k]
    return count


cdef int32_t trace_back(const int32_t* back, int32_t n, int32_t* ends) noexcept nogil:
    """Write the ends on the path to n, first to last; return how many."""
    cdef int32_t count = 0, i = n
    while i > 0:
        count += 1
        ends[n - count] = i
        i = back[i]
    memmove(ends, ends + n - count, count * sizeof(int32_t))
    return count
