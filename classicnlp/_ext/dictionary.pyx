"""Words in a text: a base trie of many words and an overlay of few, window by window.

The overlay is what `with_words` adds and `without_words` takes away, so that a changed lexicon
shares its base with the lexicon it came from. Where both know a stretch of text, the overlay's
word is the one that counts; if it is marked as removed, neither does.

A long text is cut window by window. A window ends at a place that no word spans, so that what
lies before can be cut without knowing what follows; time and memory stay linear and small.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport Text, slice_of
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.trie cimport NO_WORD, ROOT, Node, Trie, step
from classicnlp._ext.units cimport HAN, SPACE, UNIT_INSIDE, UNIT_START, mark_units

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define classicnlp_prefetch(p) __builtin_prefetch(p)
    #else
    #define classicnlp_prefetch(p) ((void) (p))
    #endif
    """
    void prefetch "classicnlp_prefetch" (const void* address) noexcept nogil

cdef enum:
    WINDOW = 2048
    AHEAD = 8  # how many characters before they are wanted nodes are fetched


cdef class Dictionary:
    """A lexicon's tries; immutable.

    Parameters
    ----------
    trie : Trie
        The words 0 ... trie.size - 1.
    overlay : Trie or None
        The words trie.size ... trie.size + overlay.size - 1.
    removed : uint8 array, shape (overlay.size,)
        1 for words of the overlay that are to be in neither.
    longest : int
        Length of the longest word, in characters.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """

    def __init__(self, Trie trie not None, Trie overlay, removed, Py_ssize_t longest):
        removed = np.ascontiguousarray(removed, np.uint8)
        if removed.shape != ((overlay.size if overlay is not None else 0),):
            raise ValueError("removed must have an item for each word of the overlay")
        if not 0 <= longest <= 1 << 16:
            raise ValueError(f"longest must be the length of a word, got {longest}")
        self.trie = trie
        self.overlay = overlay
        self.removed_view = removed
        self.removed = &self.removed_view[0] if removed.size else NULL
        self.size = <int32_t> (trie.size + removed.size)
        self.longest = <int32_t> longest

    cdef int32_t word_of(self, Hit* hit) noexcept nogil:
        """Return the number of a hit's word, or UNKNOWN."""
        if hit.state == UNKNOWN:
            return UNKNOWN
        if hit.state >= 0:
            return self.trie.values[hit.state]
        return <int32_t> self.trie.size + self.overlay.values[-2 - hit.state]


def with_costs(nodes, values, costs):
    """Return a copy of a trie's nodes that holds the cost of each word where it ends.

    Parameters
    ----------
    nodes, values : arrays
        Of a `Trie`.
    costs : int array, one for each value
        Clipped to 0 ... 65,534.
    """
    weighted = nodes.copy()
    ends = np.flatnonzero(values >= 0)
    weighted.view(np.uint16)[ends, 3] = np.clip(costs[values[ends]], 0, NO_WORD - 1)
    return weighted


cdef bint open_window(Window* window, Py_ssize_t capacity) noexcept nogil:
    """Give the window room for ``capacity`` characters; False for no memory."""
    cdef Py_ssize_t n = capacity + 1 + AHEAD + 1
    cdef char* block = <char*> PyMem_RawMalloc(n * (24 + sizeof(int32_t) + 2 * sizeof(uint16_t) + 2))
    window.hits = NULL
    window.block = block
    if block == NULL:
        return False
    window.capacity = <int32_t> capacity
    window.scratch = block
    window.first = <int32_t*> (block + 24 * n)
    window.codes = <uint16_t*> (window.first + n)
    window.overlay_codes = window.codes + n
    window.classes = <uint8_t*> (window.overlay_codes + n)
    window.marks = window.classes + n
    window.hits_capacity = <int32_t> min(2 * capacity + 64, 0x7FFFFFFF)
    window.hits = <Hit*> PyMem_RawMalloc(window.hits_capacity * sizeof(Hit))
    return window.hits != NULL


cdef void close_window(Window* window) noexcept nogil:
    PyMem_RawFree(window.hits)
    PyMem_RawFree(window.block)


cdef bint more_hits(Window* window, int64_t wanted) noexcept nogil:
    cdef int64_t capacity = max(2 * <int64_t> window.hits_capacity, wanted)
    cdef Hit* hits
    if capacity > 0x7FFFFFFF:
        return False
    hits = <Hit*> PyMem_RawRealloc(window.hits, capacity * sizeof(Hit))
    if hits == NULL:
        return False
    window.hits = hits
    window.hits_capacity = <int32_t> capacity
    return True


cdef class DictionaryCutter(Cutter):
    """Cuts a text by the words in it; subclasses choose among them.

    Parameters
    ----------
    dictionary : Dictionary
    costs : int array, shape (dictionary.size,), or None
        The cost of each word, at most 65,534; without them words cost nothing.
    unknown_costs : int32 array, shape (9,), optional
        The cost of a unit that is no word, by the class of its first character.
    base : DictionaryCutter, optional
        A cutter over the same base trie whose costs of the base's words are to be shared;
        ``costs`` then has the overlay's words only.
    """

    def __init__(self, Dictionary dictionary not None, costs=None, unknown_costs=None, DictionaryCutter base=None):
        cdef const int32_t[:, ::1] nodes, overlay_nodes
        cdef Py_ssize_t k, size = dictionary.trie.size
        cdef Trie overlay = dictionary.overlay
        self.dictionary = dictionary
        weighted = dictionary.trie.arrays["nodes"]
        overlaid = overlay.arrays["nodes"] if overlay is not None else None
        if costs is not None:
            costs = np.ascontiguousarray(costs, np.int64)
            if base is not None:
                if base.dictionary.trie is not dictionary.trie:
                    raise ValueError("the base cutter has another base trie")
                weighted = base.arrays["nodes"]
                size = 0
            if costs.shape != (dictionary.size - dictionary.trie.size + size,):
                raise ValueError(f"costs must have an item for each word, got shape {costs.shape}")
            if base is None:
                weighted = with_costs(weighted, dictionary.trie.arrays["values"], costs[:size])
            if overlay is not None:
                overlaid = with_costs(overlaid, overlay.arrays["values"], costs[size:])
        self.arrays = {"nodes": weighted, "overlay": overlaid}
        nodes = weighted
        self.nodes = <const Node*> &nodes[0, 0]
        self.overlay_nodes = NULL
        if overlay is not None:
            overlay_nodes = overlaid
            self.overlay_nodes = <const Node*> &overlay_nodes[0, 0]
        unknown_costs = np.zeros(CLASSES, np.int32) if unknown_costs is None else np.asarray(unknown_costs, np.int32)
        if unknown_costs.shape != (CLASSES,):
            raise ValueError(f"unknown_costs must have {CLASSES} items, got shape {unknown_costs.shape}")
        for k in range(CLASSES):
            self.unknown_costs[k] = unknown_costs[k]

    cdef bint find(self, Text text, Window* window) noexcept nogil:
        """Fill the window with a text that it has room for; False for no memory."""
        cdef const Node* nodes = self.nodes
        cdef uint16_t* codes = window.codes
        cdef uint8_t* marks = window.marks
        cdef Hit* hits = window.hits
        cdef int32_t n = <int32_t> text.length, longest = self.dictionary.longest
        cdef int32_t i, j, unit, state, count = 0, last, root = nodes[ROOT].base
        window.length = n
        self.dictionary.trie.encode(text, codes)
        # Code 0 leads nowhere: every walk ends at the text's end.
        memset(codes + n, 0, (AHEAD + 2) * sizeof(uint16_t))
        if self.overlay_nodes != NULL:
            self.dictionary.overlay.encode(text, window.overlay_codes)
            window.overlay_codes[n] = 0
        self.dictionary.trie.alphabet.classify(text, window.classes)
        mark_units(text, window.classes, marks)
        marks[n] = 0
        for i in range(n):
            window.first[i] = count
            # Two characters choose a node far from the last: without this, waiting for memory
            # takes a third of the time.
            prefetch(&nodes[nodes[root + codes[i + AHEAD]].base + codes[i + AHEAD + 1]])
            if marks[i] == UNIT_INSIDE:
                continue
            if count + longest + 1 >= window.hits_capacity:
                if not more_hits(window, <int64_t> count + longest + 2):
                    return False
                hits = window.hits
            unit = i + 1
            if marks[i] == UNIT_START:
                while marks[unit] == UNIT_INSIDE:
                    unit += 1
            # The unit itself comes first; a word of the same extent takes its place.
            hits[count].end = unit
            hits[count].state = UNKNOWN
            hits[count].cost = self.unknown_costs[window.classes[i]]
            last = count
            j = i
            state = ROOT
            while True:
                state = step(nodes, state, codes[j])
                if state < 0:
                    break
                j += 1
                if nodes[state].cost != NO_WORD and marks[j] != UNIT_INSIDE:
                    last += j != unit
                    hits[last].end = j
                    hits[last].state = state
                    hits[last].cost = nodes[state].cost
            count = last + 1
            if self.overlay_nodes != NULL:
                count = window.first[i] + self.merge_overlay(
                    window, i, unit, hits + window.first[i], count - window.first[i])
        window.first[n] = count
        return True

    cdef int32_t merge_overlay(self, Window* window, int32_t start, int32_t unit, Hit* hits, int32_t count) noexcept nogil:
        """Merge the overlay's words that begin at ``start`` into ``count`` hits; both ascend by end."""
        cdef const Node* nodes = self.overlay_nodes
        cdef int32_t i = start, state = ROOT, k, m
        cdef bint removed
        while True:
            state = step(nodes, state, window.overlay_codes[i])
            if state < 0:
                return count
            i += 1
            if nodes[state].cost == NO_WORD or window.marks[i] == UNIT_INSIDE:
                continue
            removed = self.dictionary.removed[self.dictionary.overlay.values[state]]
            k = 0
            while k < count and hits[k].end < i:
                k += 1
            if k < count and hits[k].end == i:
                if not removed:
                    hits[k] = Hit(i, -2 - state, nodes[state].cost)
                elif i == unit:
                    hits[k] = Hit(i, UNKNOWN, self.unknown_costs[window.classes[start]])
                else:
                    count -= 1
                    for m in range(k, count):
                        hits[m] = hits[m + 1]
            elif not removed:
                m = count
                while m > k:
                    hits[m] = hits[m - 1]
                    m -= 1
                hits[k] = Hit(i, -2 - state, nodes[state].cost)
                count += 1

    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil:
        """Cut the first ``length`` characters of the window; no word spans their end."""
        return 0

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        cdef Window window
        cdef Py_ssize_t start = 0, stop, count = 0
        cdef Py_ssize_t room = max(<Py_ssize_t> WINDOW, 4 * <Py_ssize_t> self.dictionary.longest)
        cdef int32_t done, found, i
        if not open_window(&window, min(room, text.length)):
            close_window(&window)
            return -1
        while start < text.length:
            stop = safe_stop(self.dictionary.trie, text, start + room)
            if stop - start > window.capacity:
                close_window(&window)
                if not open_window(&window, stop - start):
                    count = -1
                    break
            if not self.find(slice_of(text, start, stop), &window):
                count = -1
                break
            done = window.length
            if stop < text.length:
                done = last_gap(&window, window.length - self.dictionary.longest)
            if done == 0:
                room *= 2  # one chain of overlapping words fills the window
                continue
            found = self.solve(&window, done, ends + count)
            for i in range(found):
                ends[count + i] += <int32_t> start
            count += found
            start += done
        close_window(&window)
        return count


cdef Py_ssize_t safe_stop(Trie trie, Text text, Py_ssize_t stop) noexcept nogil:
    """Return the first place from ``stop`` on that cannot lie within a unit."""
    cdef uint8_t kind = 0, before = 0
    if stop >= text.length:
        return text.length
    trie.alphabet.classify(slice_of(text, stop - 1, stop), &before)
    while stop < text.length:
        trie.alphabet.classify(slice_of(text, stop, stop + 1), &kind)
        if kind == HAN or (kind == SPACE and before != SPACE):
            break
        before = kind
        stop += 1
    return stop


cdef int32_t last_gap(Window* window, int32_t limit) noexcept nogil:
    """Return the last place up to ``limit`` that no word spans, 0 if there is none."""
    cdef int32_t i, reach = 0, gap = 0
    for i in range(limit + 1):
        if i == reach:
            gap = i
        if window.first[i + 1] > window.first[i]:
            reach = max(reach, window.hits[window.first[i + 1] - 1].end)
    return gap
