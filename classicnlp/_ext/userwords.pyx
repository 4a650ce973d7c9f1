"""A user's words in a text, for every segmenter: some are forced, some rewarded, some forbidden.

Forced words are written into the marks of the text, so that no path can pass them by. Of those
that overlap, the leftmost counts, and of those the longest. Of all others a list is made.

A user has few words, and there may be many users: the words lie in a trie whose edges are in one
small hash table, a few hundred bytes for a word where a double array would take kilobytes.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, slice_of, text_of
from classicnlp._ext.units cimport BREAK, UNIT_INSIDE

JOINED_MARK = JOINED

PREFER = 0
FORCE = 1
FORBID = 2
LARGEST_REWARD = 1 << 28
# What a forbidden word earns: beyond what a place of a text can weigh, many times over, and
# yet 2**25 of them fit into 62 bits.
NEVER = -(1 << 36)

cdef enum:
    NO_WORD = 255
    FORCED = 1


cdef class WordMarker:
    """Finds a user's words; immutable.

    Parameters
    ----------
    alphabet : Alphabet
        By whose symbols words are compared.
    rules : sequence of (str, int, int)
        Words, their policies (PREFER, FORCE, FORBID) and rewards, at most 2**28 from 0; only that
        of a preferred word is read. Of equal words the last counts.

    Raises
    ------
    ValueError
        If a word is empty, a policy does not exist, or a reward is too large.
    """

    def __cinit__(self, Alphabet alphabet not None, rules):
        cdef int32_t count = 1
        self.alphabet = alphabet
        self.rules = tuple(rules)
        self.longest = 0
        self.allocate(sum([len(word) for word, _, _ in self.rules]))
        for word, policy, reward in self.rules:
            if not word or policy not in (PREFER, FORCE, FORBID) or abs(reward) > LARGEST_REWARD:
                raise ValueError(f"not a word, its policy and a reward: {word!r}, {policy!r}, {reward!r}")
            self.insert(word, policy, NEVER if policy == FORBID else reward, &count)
            self.longest = max(self.longest, <int32_t> len(word))

    def __dealloc__(self):
        PyMem_RawFree(self.edges)
        PyMem_RawFree(self.states)

    def __reduce__(self):
        return WordMarker, (self.alphabet, self.rules)

    def __sizeof__(self):
        return object.__sizeof__(self) + (self.mask + 1) * sizeof(Edge)

    cdef int allocate(self, Py_ssize_t characters) except -1:
        cdef Py_ssize_t capacity = 2, i
        while 3 * capacity < 4 * (characters + 1):
            capacity *= 2
        if characters >= 1 << 30:
            raise ValueError(f"expected words of less than 2**30 characters in all, got {characters}")
        self.edges = <Edge*> PyMem_RawMalloc(capacity * sizeof(Edge))
        self.states = <State*> PyMem_RawMalloc((characters + 1) * sizeof(State))
        if self.edges == NULL or self.states == NULL:
            raise MemoryError()
        memset(self.edges, 0xFF, capacity * sizeof(Edge))  # no key, no target
        for i in range(characters + 1):
            self.states[i] = State(0, NO_WORD)
        self.mask = <uint64_t> (capacity - 1)
        return 0

    cdef int insert(self, str word, int policy, int64_t reward, int32_t* state_count) except -1:
        cdef Text view = text_of(word)
        cdef Text character
        cdef int32_t state = 0, target, symbol = 0
        cdef uint64_t slot
        cdef Py_ssize_t i
        for i in range(view.length):
            character = slice_of(view, i, i + 1)
            self.alphabet.encode(character, &symbol)
            target = self.step(state, symbol)
            if target < 0:
                target = state_count[0]
                state_count[0] += 1
                slot = slot_of(key_of(state, symbol)) & self.mask
                while self.edges[slot].target >= 0:
                    slot = (slot + 1) & self.mask
                self.edges[slot] = Edge(key_of(state, symbol), target)
            state = target
        self.states[state] = State(reward, <uint8_t> policy)
        return 0

    cdef int32_t step(self, int32_t state, int32_t symbol) noexcept nogil:
        """Return the state after one more symbol, or -1."""
        cdef uint64_t key = key_of(state, symbol)
        cdef uint64_t slot = slot_of(key) & self.mask
        while self.edges[slot].key != key:
            if self.edges[slot].target < 0:
                return -1
            slot = (slot + 1) & self.mask
        return self.edges[slot].target

    cdef Py_ssize_t mark(self, Text text, uint8_t* marks, Matches* matches) noexcept nogil:
        """Mark the forced words of a text, list the others; return how many are forced, -1 for no memory.

        ``marks`` has a byte for the text's end too. No word begins or ends within a unit.
        """
        cdef Py_ssize_t n = text.length, i = 0, j, end, k, forced = 0
        cdef int32_t state
        cdef State* found
        cdef int32_t* symbols = <int32_t*> PyMem_RawMalloc((n + 1) * sizeof(int32_t))
        if symbols == NULL:
            return -1
        self.alphabet.encode(text, symbols)
        symbols[n] = 0  # no character: every walk ends at the text's end
        while i < n:
            end = j = i
            state = self.step(0, symbols[i]) if marks[i] & UNIT_INSIDE == 0 else -1
            while state >= 0:
                j += 1
                found = &self.states[state]
                if found.policy != NO_WORD and marks[j] & UNIT_INSIDE == 0:
                    if found.policy == FORCED:
                        end = j
                    elif not add_match(matches, Match(<int32_t> i, <int32_t> j, found.reward)):
                        PyMem_RawFree(symbols)
                        return -1
                state = self.step(state, symbols[j])
            if end == i:
                i += 1
                continue
            forced += 1
            marks[i] = BREAK | JOINED
            for k in range(i + 1, end):
                marks[k] = UNIT_INSIDE | JOINED
            marks[end] |= BREAK
            i = end
        PyMem_RawFree(symbols)
        return forced

    def find(self, str text not None, const uint8_t[::1] marks not None):
        """Return the marks with those of the forced words, and the other matches.

        Parameters
        ----------
        text : str
        marks : uint8 array, shape (len(text) + 1,)
            As of `classicnlp._ext.units.unit_marks`, and 0 for the text's end.

        Returns
        -------
        marks : uint8 array, shape (len(text) + 1,)
        matches : int64 array, shape (matches, 3)
            Start, end, reward, in this order.
        """
        cdef Text view = text_of(text)
        cdef Matches matches = Matches(NULL, 0, 0)
        cdef Py_ssize_t k, forced
        if marks.shape[0] != view.length + 1:
            raise ValueError(f"expected {view.length + 1} marks, got {marks.shape[0]}")
        marked = np.array(marks)
        cdef uint8_t[::1] out_marks = marked
        cdef int64_t[:, ::1] out
        try:
            with nogil:
                forced = self.mark(view, &out_marks[0], &matches)
            if forced < 0:
                raise MemoryError()
            table = np.empty((matches.count, 3), np.int64)
            out = table
            for k in range(matches.count):
                out[k, 0] = matches.items[k].start
                out[k, 1] = matches.items[k].end
                out[k, 2] = matches.items[k].reward
        finally:
            free_matches(&matches)
        return marked, table


cdef inline uint64_t key_of(int32_t state, int32_t symbol) noexcept nogil:
    return <uint64_t> state << 32 | <uint64_t> symbol


cdef inline uint64_t slot_of(uint64_t key) noexcept nogil:
    key *= <uint64_t> 0x9E3779B97F4A7C15
    return key ^ (key >> 32)


cdef bint add_match(Matches* matches, Match match) noexcept nogil:
    """Append to the list; False for no memory."""
    cdef Py_ssize_t capacity
    cdef Match* larger
    if matches.count == matches.capacity:
        capacity = 2 * matches.capacity + 16
        larger = <Match*> PyMem_RawRealloc(matches.items, capacity * sizeof(Match))
        if larger == NULL:
            return False
        matches.items = larger
        matches.capacity = capacity
    matches.items[matches.count] = match
    matches.count += 1
    return True


cdef void free_matches(Matches* matches) noexcept nogil:
    PyMem_RawFree(matches.items)
    matches[0] = Matches(NULL, 0, 0)
