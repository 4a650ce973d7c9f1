"""Words in a text: a base trie of many words and an overlay of few, window by window.

The overlay is what `with_words` adds and `without_words` takes away, so that a changed lexicon
shares its base with the lexicon it came from. Where both know a stretch of text, the overlay's
word is the one that counts; if it is marked as removed, neither does.

A long text is cut window by window. A window ends at a place that no word spans, so that what
lies before can be cut without knowing what follows; time and memory stay linear and small.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memchr, memcpy, memset

import numpy as np

from classicnlp._ext.alphabet cimport CLASSES, Text, prefetch, slice_of
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.trie cimport NO_WORD, ROOT, Node, Trie, has_pair, step
from classicnlp._ext.units cimport BREAK, HAN, JOINS_ONLY, SPACE, UNIT_INSIDE, UNIT_START, Rules, mark_units
from classicnlp._ext.userwords cimport JOINED, Matches, WordMarker, free_matches

from classicnlp.checks import as_array

DEAREST = 1 << 28

cdef enum:
    DEAREST_SINGLE = 1 << 28
    WINDOW = 2048
    SCRATCH = 20
    # What a window takes for each character, and for two more.
    BYTES = SCRATCH + 2 * sizeof(Hit) + 2 * sizeof(int32_t) + 2 * sizeof(Walk) + 2 * sizeof(uint16_t) + 2
    STACK = 1536  # times eight bytes: enough for a line of 140 characters
    TAIL = 256  # where a gap nearly always lies


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
        removed = as_array(removed, np.uint8, "removed")
        if removed.shape != ((overlay.size if overlay is not None else 0),):
            raise ValueError("removed must have an item for each word of the overlay")
        if not 0 <= longest <= 1 << 16:
            raise ValueError(f"longest must be the length of a word, got {longest}")
        self.trie = trie
        self.overlay = overlay
        self.removed_view = removed
        self.removed = &self.removed_view[0] if removed.size else NULL
        self.fused_view, self.pairs_view = trie.reading_tables()
        self.fused = &self.fused_view[0]
        self.pairs = &self.pairs_view[0]
        self.pairs_mask = <uint32_t> (32 * self.pairs_view.shape[0] - 1)
        self.size = <int32_t> (trie.size + removed.size)
        self.longest = <int32_t> longest

    cdef int32_t word_of(self, int32_t state) noexcept nogil:
        """Return the number of the word that ends at a hit's state, or UNKNOWN."""
        if state == UNKNOWN:
            return UNKNOWN
        if state >= 0:
            return self.trie.values[state]
        return <int32_t> self.trie.size + self.overlay.values[-2 - state]


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


cdef bint open_window(Window* window, Py_ssize_t capacity, void* room, Py_ssize_t room_size) noexcept nogil:
    """Give the window room for ``capacity`` characters, in ``room`` if that suffices; False for no memory."""
    cdef Py_ssize_t n = capacity + 2 + (-(capacity + 2) & 7)  # a multiple of eight keeps all aligned
    cdef Py_ssize_t size = n * BYTES
    cdef char* block = <char*> room
    window.block = window.more_hits = NULL
    if size > room_size:
        window.block = PyMem_RawMalloc(size)
        if window.block == NULL:
            return False
        block = <char*> window.block
    window.capacity = <int32_t> capacity
    window.hits_capacity = <int32_t> n
    window.scratch = block
    window.hits = <Hit*> (block + n * SCRATCH)
    window.overlay_hits = window.hits + n
    window.links = <int32_t*> (window.overlay_hits + n)
    window.singles = window.links + n
    window.walks = <Walk*> (window.singles + n)
    window.overlay_walks = window.walks + n
    window.codes = <uint16_t*> (window.overlay_walks + n)
    window.overlay_codes = window.codes + n
    window.classes = <uint8_t*> (window.overlay_codes + n)
    window.marks = window.classes + n
    return True


cdef void close_window(Window* window) noexcept nogil:
    PyMem_RawFree(window.more_hits)
    PyMem_RawFree(window.block)


cdef bint room_for(Window* window, int64_t more) noexcept nogil:
    """Make room for that many hits more; False for no memory."""
    cdef int64_t wanted = window.count + more, capacity
    cdef Hit* hits
    if wanted <= window.hits_capacity:
        return True
    capacity = max(2 * <int64_t> window.hits_capacity, wanted)
    if capacity > 0x7FFFFFFF:
        return False
    hits = <Hit*> PyMem_RawMalloc(capacity * (sizeof(Hit) + sizeof(int32_t)))
    if hits == NULL:
        return False
    memcpy(hits, window.hits, window.count * sizeof(Hit))
    PyMem_RawFree(window.more_hits)
    window.more_hits = window.hits = hits
    window.links = <int32_t*> (hits + capacity)
    window.hits_capacity = <int32_t> capacity
    return True


cdef inline int32_t advance(
    const Node* nodes, const uint16_t* codes, const uint8_t* marks, int32_t level,
    Walk* walks, int32_t* going, Hit* hits,
) noexcept nogil:
    """Take each walk to its character number ``level``; return how many words end there.

    No branch depends on the text: the loop writes each word and each walk, and then counts
    it or does not. So the processor waits for many nodes at once, and never guesses wrong.
    """
    cdef Py_ssize_t k, count = 0, kept = 0
    cdef uint32_t start, state, code
    cdef bint matched
    codes += level - 1
    marks += level
    for k in range(going[0]):
        start = <uint32_t> walks[k].start
        code = codes[start]
        state = <uint32_t> walks[k].base + code
        matched = nodes[state].check == code
        hits[count].start = <int32_t> start
        hits[count].end = <int32_t> start + level
        hits[count].state = <int32_t> state
        hits[count].cost = nodes[state].cost
        count += matched & (nodes[state].cost != NO_WORD) & (marks[start] != UNIT_INSIDE)
        walks[kept].start = <int32_t> start
        walks[kept].base = nodes[state].base
        kept += matched & (nodes[state].base != 0)
    codes += 1
    for k in range(kept):
        prefetch(&nodes[<uint32_t> walks[k].base + codes[walks[k].start]])
    going[0] = <int32_t> kept
    return <int32_t> count


cdef void link_hits(Window* window, int32_t* first, int32_t shortest) noexcept nogil:
    """Chain the hits of each place, by end: first[place], links[hit], ...; NONE ends a chain.

    ``first`` is NONE everywhere to begin with. Hits of less than ``shortest`` characters stay out.
    """
    cdef int32_t k, start
    for k in range(window.count - 1, -1, -1):
        start = window.hits[k].start
        if window.hits[k].end - start >= shortest:
            window.links[k] = first[start]
            first[start] = k


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
    marker : WordMarker, optional
        Words that are forced, all of which the dictionary has, and single characters that are
        forbidden: these cost as much as anything may.
    rules : Rules, optional
        What is not cut. Where rules cut does not matter: only words of the dictionary join
        what would stand apart without them.
    """

    def __init__(self, Dictionary dictionary not None, costs=None, unknown_costs=None, DictionaryCutter base=None,
                 WordMarker marker=None, Rules rules=None):
        cdef const int32_t[:, ::1] nodes, overlay_nodes
        cdef Py_ssize_t k, size = dictionary.trie.size
        cdef Trie overlay = dictionary.overlay
        if marker is not None and marker.longest > max(dictionary.longest, 1):
            raise ValueError("the dictionary must have the words that are forced")
        self.dictionary = dictionary
        self.marker = marker
        self.rules = Rules() if rules is None else Rules(rules.flags | JOINS_ONLY)
        weighted = dictionary.trie.arrays["nodes"]
        overlaid = overlay.arrays["nodes"] if overlay is not None else None
        if costs is not None:
            costs = as_array(costs, np.int64, "costs")
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
        unknown_costs = as_array([0] * CLASSES if unknown_costs is None else unknown_costs, np.int64, "unknown_costs")
        if unknown_costs.shape != (CLASSES,):
            raise ValueError(f"unknown_costs must have {CLASSES} items, got shape {unknown_costs.shape}")
        if unknown_costs.min() < 0 or unknown_costs.max() > DEAREST:
            raise ValueError(f"unknown_costs must lie in 0 ... {DEAREST}")
        for k in range(CLASSES):
            self.unknown_costs[k] = unknown_costs[k]

    cdef bint find(self, Text text, Py_ssize_t start, Py_ssize_t stop, Window* window) noexcept nogil:
        """Fill the window with text[start:stop], which it has room for; False for no memory.

        All words of one character are found first, then all of two, and so on.
        """
        cdef int32_t n = <int32_t> (stop - start), level, going, overlaid = 0, first
        cdef uint8_t kind_before = SPACE
        if start:
            self.dictionary.trie.alphabet.classify(slice_of(text, start - 1, start), &kind_before)
        text = slice_of(text, start, stop)
        window.length = n
        window.count = 0
        self.dictionary.trie.read(self.dictionary.fused, text, window.codes, window.classes)
        mark_units(text, window.classes, self.rules, start, kind_before, window.marks)
        window.codes[n] = 0  # leads nowhere: every walk ends at the text's end
        window.marks[n] = 0
        if self.marker is not None and not self.mark_words(text, window):
            return False
        going = self.find_singles(window)
        if self.overlay_nodes != NULL:
            self.dictionary.overlay.encode(text, window.overlay_codes)
            window.overlay_codes[n] = 0
            self.overlay_singles(window, &overlaid)
        self.find_units(window)
        for level in range(2, self.dictionary.longest + 1):
            if going + overlaid == 0:
                break
            if not room_for(window, <int64_t> going + overlaid):
                return False
            first = window.count
            window.count += advance(
                self.nodes, window.codes, window.marks, level, window.walks, &going, window.hits + first)
            if overlaid:
                self.overlay_level(window, level, first, &overlaid)
        if self.marker is not None:
            restrict(window)
        return True

    cdef bint mark_words(self, Text text, Window* window) noexcept nogil:
        """Make units of the forced words, and note in the scratch what `restrict` needs; False for no memory."""
        cdef Matches forbidden = Matches(NULL, 0, 0)
        cdef uint8_t* marks = window.marks
        cdef int32_t* breaks = <int32_t*> window.scratch  # the next from each place on
        cdef uint8_t* dear = <uint8_t*> (breaks + window.length + 1)
        cdef Py_ssize_t k, n = window.length
        cdef int32_t following = window.length
        cdef uint8_t mark
        if self.marker.mark(text, marks, &forbidden) < 0:
            free_matches(&forbidden)
            return False
        memset(dear, 0, n)
        for k in range(forbidden.count):
            dear[forbidden.items[k].start] = 1
        free_matches(&forbidden)
        for k in range(n - 1, -1, -1):
            breaks[k] = following
            mark = marks[k]
            if mark & BREAK:
                following = <int32_t> k
            if mark & UNIT_INSIDE:
                marks[k] = UNIT_INSIDE
            elif mark & JOINED:
                marks[k] = UNIT_START if breaks[k] > k + 1 else 0
            else:
                marks[k] = mark & UNIT_START
        marks[n] = 0
        return True

    cdef int32_t find_singles(self, Window* window) noexcept nogil:
        """Fill in the words of one character; return how many walks go on."""
        cdef const Node* nodes = self.nodes
        cdef const uint16_t* codes = window.codes
        cdef const uint8_t* marks = window.marks
        cdef const uint8_t* classes = window.classes
        cdef const int32_t* unknown_costs = self.unknown_costs
        cdef const uint32_t* pairs = self.dictionary.pairs
        cdef int32_t* singles = window.singles
        cdef Walk* walks = window.walks
        cdef uint32_t root = <uint32_t> nodes[ROOT].base, mask = self.dictionary.pairs_mask, state, code
        cdef int32_t cost
        cdef Py_ssize_t i, going = 0
        cdef bint matched, is_word, goes_on
        for i in range(window.length):
            code = codes[i]
            state = root + code
            matched = nodes[state].check == code
            is_word = matched & (nodes[state].cost != NO_WORD)
            cost = unknown_costs[classes[i]]
            singles[i] = cost + ((nodes[state].cost - cost) & -is_word)
            walks[going].start = <int32_t> i
            walks[going].base = nodes[state].base
            code = codes[i + 1]
            state = <uint32_t> nodes[state].base + code
            goes_on = matched & (marks[i] != UNIT_INSIDE) & has_pair(pairs, mask, state, code)
            prefetch(&nodes[state & <uint32_t> -goes_on])
            going += goes_on
        return <int32_t> going

    cdef void find_units(self, Window* window) noexcept nogil:
        """Enter the longer units that are no words, and block the single characters in units."""
        cdef const uint8_t* marks = window.marks
        cdef const uint8_t* stop = marks + window.length
        cdef const uint8_t* place = <const uint8_t*> memchr(marks, UNIT_START, stop - marks)
        cdef int32_t start, end
        while place != NULL:
            start = end = <int32_t> (place - marks)
            while end == start or marks[end] == UNIT_INSIDE:
                window.singles[end] = NONE
                end += 1
            if self.look_up(window, start, end) == UNKNOWN:
                window.hits[window.count] = Hit(start, end, UNKNOWN, self.unknown_costs[window.classes[start]])
                window.count += 1
            place = <const uint8_t*> memchr(marks + end, UNIT_START, stop - (marks + end))

    cdef int32_t look_up(self, const Window* window, int32_t start, int32_t end) noexcept nogil:
        """Return the state of the word from start to end, as in a `Hit`."""
        cdef int32_t state
        if self.overlay_nodes != NULL:
            state = walk(self.overlay_nodes, window.overlay_codes + start, end - start)
            if state > 0 and self.overlay_nodes[state].cost != NO_WORD:
                return UNKNOWN if self.is_removed(state) else -2 - state
        state = walk(self.nodes, window.codes + start, end - start)
        return state if state > 0 and self.nodes[state].cost != NO_WORD else UNKNOWN

    cdef void overlay_singles(self, Window* window, int32_t* overlaid) noexcept nogil:
        """Put the overlay's words of one character over the base's; start its walks."""
        cdef int32_t root = self.overlay_nodes[ROOT].base, i, k, found, start
        for i in range(window.length):
            window.overlay_walks[overlaid[0]] = Walk(i, root)
            overlaid[0] += window.marks[i] != UNIT_INSIDE
        found = advance(self.overlay_nodes, window.overlay_codes, window.marks, 1,
                        window.overlay_walks, overlaid, window.overlay_hits)
        for k in range(found):
            start = window.overlay_hits[k].start
            if self.is_removed(window.overlay_hits[k].state):
                window.singles[start] = self.unknown_costs[window.classes[start]]
            else:
                window.singles[start] = window.overlay_hits[k].cost

    cdef void overlay_level(self, Window* window, int32_t level, int32_t first, int32_t* overlaid) noexcept nogil:
        """Merge the overlay's words of a length with the base's, which lie from ``first`` on.

        Both ascend by start. They are gone through from the last to the first, so that what
        takes the place of a removed word is one that has been dealt with.
        """
        cdef Hit* hits = window.hits
        cdef Hit hit
        cdef int32_t k, p = window.count - 1
        cdef int32_t found = advance(self.overlay_nodes, window.overlay_codes, window.marks, level,
                                     window.overlay_walks, overlaid, window.overlay_hits)
        for k in range(found - 1, -1, -1):
            hit = window.overlay_hits[k]
            while p >= first and hits[p].start > hit.start:
                p -= 1
            if self.is_removed(hit.state):
                if p >= first and hits[p].start == hit.start:
                    window.count -= 1
                    hits[p] = hits[window.count]
                continue
            hit.state = -2 - hit.state
            if p >= first and hits[p].start == hit.start:
                hits[p] = hit
            else:
                hits[window.count] = hit
                window.count += 1

    cdef bint is_removed(self, int32_t state) noexcept nogil:
        return self.dictionary.removed[self.dictionary.overlay.values[state]]

    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil:
        """Cut the first ``length`` characters of the window; no word spans their end."""
        return 0

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        cdef int64_t stack[STACK]  # of eight bytes, so that all in it is aligned
        cdef Window window
        cdef Py_ssize_t start = 0, stop, count = 0
        cdef Py_ssize_t room = max(<Py_ssize_t> WINDOW, 4 * <Py_ssize_t> self.dictionary.longest)
        cdef int32_t done, found, i
        if not open_window(&window, min(room, text.length), stack, sizeof(stack)):
            close_window(&window)
            return -1
        while start < text.length:
            stop = safe_stop(self.dictionary.trie, text, start + room)
            if stop - start > window.capacity:
                close_window(&window)
                if not open_window(&window, stop - start, stack, sizeof(stack)):
                    count = -1
                    break
            if not self.find(text, start, stop, &window):
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


cdef void restrict(Window* window) noexcept nogil:
    """Drop the hits that go across the beginning or the end of a forced word; make forbidden characters dear."""
    cdef const int32_t* breaks = <const int32_t*> window.scratch
    cdef const uint8_t* dear = <const uint8_t*> (breaks + window.length + 1)
    cdef int32_t k, kept = 0
    for k in range(window.count):
        window.hits[kept] = window.hits[k]
        kept += window.hits[k].end <= breaks[window.hits[k].start]
    window.count = kept
    for k in range(window.length):
        if dear[k] and window.singles[k] != NONE:
            window.singles[k] = DEAREST_SINGLE


cdef Py_ssize_t safe_stop(Trie trie, Text text, Py_ssize_t stop) noexcept nogil:
    """Return the first place from ``stop`` on that cannot lie within a unit, or behind one that looks on.

    A unit has at most two Chinese characters in a row, and looks at one more.
    """
    cdef uint8_t kinds[4]
    cdef Py_ssize_t i
    if stop >= text.length:
        return text.length
    trie.alphabet.classify(slice_of(text, stop - 3, stop), kinds)
    for i in range(stop, text.length):
        trie.alphabet.classify(slice_of(text, i, i + 1), &kinds[3])
        if kinds[3] == HAN and kinds[2] == HAN and kinds[1] == HAN and kinds[0] == HAN:
            return i
        if kinds[3] == SPACE and kinds[2] != SPACE:
            return i
        kinds[0], kinds[1], kinds[2] = kinds[1], kinds[2], kinds[3]
    return text.length


cdef int32_t last_gap(Window* window, int32_t limit) noexcept nogil:
    """Return the last place up to ``limit`` that no word spans, 0 if there is none."""
    cdef int32_t gap = 0
    if limit > TAIL:
        gap = last_gap_from(window, limit - TAIL, limit)
    return gap if gap else last_gap_from(window, 0, limit)


cdef int32_t last_gap_from(Window* window, int32_t low, int32_t limit) noexcept nogil:
    """Return the last place beyond ``low``, up to ``limit``, that no word spans; else 0."""
    cdef char* spanned = window.scratch
    cdef int32_t i, start, end
    memset(spanned + low, 0, window.length + 1 - low)
    for i in range(window.count):
        start, end = max(window.hits[i].start, low), window.hits[i].end
        if end > start + 1:
            memset(spanned + start + 1, 1, end - start - 1)
    for i in range(limit, low, -1):
        if not spanned[i]:
            return i
    return 0


cdef int32_t walk(const Node* nodes, const uint16_t* codes, int32_t length) noexcept nogil:
    """Return the state after ``length`` characters from the root, or -1."""
    cdef int32_t state = ROOT, i
    for i in range(length):
        state = step(nodes, state, codes[i])
        if state < 0:
            break
    return state
