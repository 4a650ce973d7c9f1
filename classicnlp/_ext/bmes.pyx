"""Segmentation by tagging characters B, M, E or S, from tables instead of features.

The six templates C-1, C0, C1, C-1C0, C0C1, C-1C1 are folded into three tables: a row per
character with its weights as the character before, at and after a place; a row per adjacent
pair with its weights at its second and at its first character; a row per pair with one
character between. Scoring a place adds rows of small integers; no feature is ever built. Only
the transitions that make words are looked at: B and M go to M or E, E and S to B or S.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int16_t, int32_t, uint8_t, uint16_t, uint32_t

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, slice_of
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.trie cimport NO_WORD, ROOT, Node, Trie, step
from classicnlp._ext.units cimport BREAK, SPACE, UNIT_INSIDE, Rules, mark_units

from classicnlp.checks import as_array

cdef enum:
    B = 0
    M = 1
    E = 2
    S = 3
    LABELS = 4
    JOINED = 8  # a mark: within a user's word
    IMPOSSIBLE = -(1 << 28)  # twice this and all weights still fit into 32 bits

SYMBOL_LIMIT = 1 << 16
NO_PAIR = 0xFFFFFFFF


cdef inline uint32_t pair_slot(uint32_t pair) noexcept nogil:
    pair ^= pair >> 15
    pair *= 0x2C1B3C6D
    pair ^= pair >> 12
    pair *= 0x297A2D39
    return pair ^ (pair >> 15)


def fill_pairs(const uint32_t[::1] pairs not None, const int16_t[:, ::1] rows not None):
    """Return open-addressing tables (pairs, rows), at most two thirds full.

    The last row of the table is zero: it is the row of a pair that is not there.
    """
    cdef Py_ssize_t n = pairs.shape[0], width = rows.shape[1], capacity = 2, i, k
    while 2 * capacity < 3 * n + 2:
        capacity *= 2
    table = np.full(capacity, NO_PAIR, np.uint32)
    weights = np.zeros((capacity + 1, width), np.int16)
    cdef uint32_t[::1] out_pairs = table
    cdef int16_t[:, ::1] out_rows = weights
    cdef uint32_t slot, mask = <uint32_t> (capacity - 1)
    for i in range(n):
        slot = pair_slot(pairs[i]) & mask
        while out_pairs[slot] != <uint32_t> 0xFFFFFFFF:
            slot = (slot + 1) & mask
        out_pairs[slot] = pairs[i]
        for k in range(width):
            out_rows[slot, k] = rows[i, k]
    return table, weights


cdef class BmesCutter(Cutter):
    """Cuts a text by its best sequence of labels; immutable.

    Parameters
    ----------
    alphabet : Alphabet
    unigrams : int16 array, shape (symbols, 12)
        For each symbol the weights of B, M, E, S at the place after it, at its own, and at the
        place before it. The last row is for all symbols beyond the table.
    pairs, pair_weights : uint32 array of length 2**k, int16 array, shape (2**k + 1, 8)
        From `fill_pairs`: first symbol << 16 | second symbol; weights at the second character
        and at the first.
    skips, skip_weights : uint32 array of length 2**k, int16 array, shape (2**k + 1, 4)
        The same for the characters before and after a place; weights at that place.
    transitions : int32 array, shape (4, 4)
        From row to column.
    starts : int32 array, shape (4,)
    words : Trie, optional
        A user's words: wherever one occurs it is a word, the leftmost first and the longest,
        unless it would begin or end within a unit.
    rules : Rules, optional
        Where words begin and what is not cut, whatever the weights say.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """

    cdef readonly Alphabet alphabet
    cdef readonly object arrays
    cdef readonly Rules rules
    cdef readonly Trie words
    cdef const int16_t[:, ::1] unigrams_view
    cdef const uint32_t[::1] pairs_view
    cdef const int16_t[:, ::1] pair_weights_view
    cdef const uint32_t[::1] skips_view
    cdef const int16_t[:, ::1] skip_weights_view
    cdef const int16_t* unigrams
    cdef const uint32_t* pairs
    cdef const int16_t* pair_weights
    cdef const uint32_t* skips
    cdef const int16_t* skip_weights
    cdef uint32_t pair_mask
    cdef uint32_t skip_mask
    cdef int32_t unranked
    cdef int32_t transitions[16]
    cdef int32_t starts[4]

    def __init__(self, Alphabet alphabet not None, unigrams, pairs, pair_weights, skips, skip_weights,
                 transitions, starts, Trie words=None, Rules rules=None):
        cdef Py_ssize_t k
        unigrams = as_array(unigrams, np.int16, "unigrams")
        pairs = as_array(pairs, np.uint32, "pairs")
        pair_weights = as_array(pair_weights, np.int16, "pair_weights")
        skips = as_array(skips, np.uint32, "skips")
        skip_weights = as_array(skip_weights, np.int16, "skip_weights")
        transitions = as_array(transitions, np.int32, "transitions")
        starts = as_array(starts, np.int32, "starts")
        if unigrams.ndim != 2 or unigrams.shape[1] != 12 or not 0 < unigrams.shape[0] <= SYMBOL_LIMIT:
            raise ValueError(f"unigrams must have 12 columns and up to {SYMBOL_LIMIT} rows")
        check_table(pairs, pair_weights, 8)
        check_table(skips, skip_weights, 4)
        if transitions.shape != (LABELS, LABELS) or starts.shape != (LABELS,):
            raise ValueError("transitions must have shape (4, 4) and starts (4,)")
        check_moderate(transitions)
        check_moderate(starts)
        self.alphabet = alphabet
        self.rules = Rules() if rules is None else rules
        self.words = words
        self.arrays = {
            "unigrams": unigrams, "pairs": pairs, "pair_weights": pair_weights, "skips": skips,
            "skip_weights": skip_weights, "transitions": transitions, "starts": starts,
        }
        self.unigrams_view = unigrams
        self.pairs_view = pairs
        self.pair_weights_view = pair_weights
        self.skips_view = skips
        self.skip_weights_view = skip_weights
        self.unigrams = &self.unigrams_view[0, 0]
        self.pairs = &self.pairs_view[0]
        self.pair_weights = &self.pair_weights_view[0, 0]
        self.skips = &self.skips_view[0]
        self.skip_weights = &self.skip_weights_view[0, 0]
        self.pair_mask = <uint32_t> (pairs.size - 1)
        self.skip_mask = <uint32_t> (skips.size - 1)
        self.unranked = <int32_t> (unigrams.shape[0] - 1)
        for k in range(16):
            self.transitions[k] = transitions[k // LABELS, k % LABELS]
        for k in range(LABELS):
            self.starts[k] = starts[k]

    def __reduce__(self):
        return BmesCutter, (self.alphabet, *self.arrays.values(), self.words, self.rules)

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        """Cut each stretch between white space by itself; a run of white space is a word.

        So a text of several lines is cut as its lines are, each by itself.
        """
        cdef Py_ssize_t n = text.length, i = 0, start, count = 0, k, found
        cdef uint8_t* classes = <uint8_t*> PyMem_RawMalloc(2 * n + 2)
        cdef uint8_t* marks
        if classes == NULL:
            return -1
        marks = classes + n + 1
        self.alphabet.classify(text, classes)
        mark_units(text, classes, self.rules, 0, SPACE, marks)
        marks[n] = 0
        if self.words is not None and not self.mark_words(text, marks):
            PyMem_RawFree(classes)
            return -1
        while i < n:
            start = i
            while i < n and is_gap(classes[i], marks[i]):
                i += 1
            if i > start:
                ends[count] = <int32_t> i
                count += 1
                continue
            while i < n and not is_gap(classes[i], marks[i]):
                i += 1
            found = self.cut_stretch(slice_of(text, start, i), marks + start, ends + count)
            if found < 0:
                count = -1
                break
            for k in range(found):
                ends[count + k] += <int32_t> start
            count += found
        PyMem_RawFree(classes)
        return count

    cdef bint mark_words(self, Text text, uint8_t* marks) noexcept nogil:
        """Mark where the user's words begin, go on and end; False for no memory."""
        cdef const Node* nodes = self.words.nodes
        cdef Py_ssize_t n = text.length, i = 0, j, end, k
        cdef int32_t state
        cdef uint16_t* codes = <uint16_t*> PyMem_RawMalloc((n + 1) * sizeof(uint16_t))
        if codes == NULL:
            return False
        self.words.encode(text, codes)
        codes[n] = 0
        while i < n:
            end = j = i
            state = step(nodes, ROOT, codes[i]) if marks[i] & UNIT_INSIDE == 0 else -1
            while state >= 0:
                j += 1
                if nodes[state].cost != NO_WORD and marks[j] & UNIT_INSIDE == 0:
                    end = j
                state = step(nodes, state, codes[j])
            if end == i:
                i += 1
                continue
            marks[i] = BREAK | JOINED
            for k in range(i + 1, end):
                marks[k] = UNIT_INSIDE | JOINED
            marks[end] |= BREAK
            i = end
        PyMem_RawFree(codes)
        return True

    cdef Py_ssize_t cut_stretch(self, Text text, const uint8_t* marks, int32_t* ends) noexcept nogil:
        """Viterbi over a stretch without white space; its ends are padded by symbol 0."""
        cdef int32_t n = <int32_t> text.length, i
        cdef int32_t* symbols = <int32_t*> PyMem_RawMalloc((n + 2) * sizeof(int32_t) + n)
        cdef uint8_t* back
        cdef Py_ssize_t count
        if symbols == NULL:
            return -1
        back = <uint8_t*> (symbols + n + 2)
        self.alphabet.encode(text, symbols + 1)
        symbols[0] = symbols[n + 1] = 0
        for i in range(1, n + 1):
            symbols[i] = min(symbols[i], self.unranked)
        count = trace(back, n, self.run(symbols, marks, n, back), ends)
        PyMem_RawFree(symbols)
        return count

    cdef uint8_t run(self, const int32_t* symbols, const uint8_t* marks, int32_t n, uint8_t* back) noexcept nogil:
        """Fill ``back`` (one bit a label: which of its two predecessors) and return the last label.

        The characters at, before and after place i are symbols[i + 1], symbols[i], symbols[i + 2].
        """
        cdef int32_t b = IMPOSSIBLE, m = IMPOSSIBLE, e = IMPOSSIBLE, s = IMPOSSIBLE
        cdef int32_t from_first, from_second, i
        cdef int32_t scores[LABELS]
        cdef const int32_t* go = self.transitions
        cdef const int16_t* pair
        cdef const int16_t* previous_pair = self.pair_row(symbols[0], symbols[1])
        for i in range(n):
            pair = self.pair_row(symbols[i + 1], symbols[i + 2])
            self.score(symbols + i, previous_pair, pair, scores)
            previous_pair = pair
            # No boundary within a unit: its places before the last are B or M, after the first M or E.
            if marks[i] & UNIT_INSIDE:
                scores[B] = scores[S] = IMPOSSIBLE
            elif marks[i] & BREAK:
                scores[M] = scores[E] = IMPOSSIBLE
            if i + 1 < n and marks[i + 1] & UNIT_INSIDE:
                scores[E] = scores[S] = IMPOSSIBLE
            elif i + 1 < n and marks[i + 1] & BREAK:
                scores[B] = scores[M] = IMPOSSIBLE
            if i == 0:
                b, s = self.starts[B] + scores[B], self.starts[S] + scores[S]
                continue
            # E and S come before B and S; B and M come before M and E.
            from_first, from_second = e + go[E * LABELS + B], s + go[S * LABELS + B]
            back[i] = from_second > from_first
            scores[B] += max(from_first, from_second)
            from_first, from_second = e + go[E * LABELS + S], s + go[S * LABELS + S]
            back[i] |= (from_second > from_first) << S
            scores[S] += max(from_first, from_second)
            from_first, from_second = b + go[B * LABELS + M], m + go[M * LABELS + M]
            back[i] |= (from_second > from_first) << M
            scores[M] += max(from_first, from_second)
            from_first, from_second = b + go[B * LABELS + E], m + go[M * LABELS + E]
            back[i] |= (from_second > from_first) << E
            scores[E] += max(from_first, from_second)
            # Only differences matter: taking off the best keeps sums small however long the text.
            from_first = max(max(scores[B], scores[M]), max(scores[E], scores[S]))
            b, m = max(scores[B] - from_first, IMPOSSIBLE), max(scores[M] - from_first, IMPOSSIBLE)
            e, s = max(scores[E] - from_first, IMPOSSIBLE), max(scores[S] - from_first, IMPOSSIBLE)
        return E if e >= s else S

    cdef inline const int16_t* pair_row(self, int32_t a, int32_t b) noexcept nogil:
        return self.pair_weights + 8 * <Py_ssize_t> find_pair(self.pairs, self.pair_mask, a, b)

    cdef inline void score(self, const int32_t* around, const int16_t* previous_pair, const int16_t* pair,
                           int32_t* scores) noexcept nogil:
        """scores[y] = sum of the weights of the six features in the middle of ``around`` for label y."""
        cdef const int16_t* before = self.unigrams + 12 * <Py_ssize_t> around[0]
        cdef const int16_t* at = self.unigrams + 12 * <Py_ssize_t> around[1] + 4
        cdef const int16_t* after = self.unigrams + 12 * <Py_ssize_t> around[2] + 8
        cdef const int16_t* skip = self.skip_weights + 4 * <Py_ssize_t> find_pair(
            self.skips, self.skip_mask, around[0], around[2])
        cdef int32_t y
        for y in range(LABELS):
            scores[y] = before[y] + at[y] + after[y] + previous_pair[y] + pair[4 + y] + skip[y]


cdef inline bint is_gap(uint8_t kind, uint8_t mark) noexcept nogil:
    return kind == SPACE and not mark & JOINED


cdef inline uint32_t find_pair(const uint32_t* pairs, uint32_t mask, int32_t a, int32_t b) noexcept nogil:
    """Return the pair's row, or the row of zeros behind the last."""
    cdef uint32_t pair = (<uint32_t> a << 16) | <uint32_t> b
    cdef uint32_t slot = pair_slot(pair) & mask
    while pairs[slot] != pair:
        if pairs[slot] == <uint32_t> 0xFFFFFFFF:
            return mask + 1
        slot = (slot + 1) & mask
    return slot


cdef Py_ssize_t trace(const uint8_t* back, int32_t n, uint8_t label, int32_t* ends) noexcept nogil:
    """Follow the labels from the last to the first; write where words end; return how many."""
    cdef int32_t i = n - 1, count = 0, k
    cdef bint second
    while True:
        if label == E or label == S:
            count += 1
            ends[n - count] = i + 1
        if i == 0:
            break
        second = (back[i] >> label) & 1
        if label == B or label == S:
            label = S if second else E
        else:
            label = M if second else B
        i -= 1
    for k in range(count):
        ends[k] = ends[n - count + k]
    return count


def check_moderate(weights):
    """Raise a ValueError unless sums of a few such weights fit into 32 bits."""
    if int(weights.min()) <= -(1 << 24) or int(weights.max()) >= 1 << 24:
        raise ValueError("a transition weighs 2**24 or more")


def check_table(pairs, weights, width):
    """Raise a ValueError unless every look-up ends at a row of the table."""
    if pairs.ndim != 1 or pairs.size < 2 or pairs.size & (pairs.size - 1):
        raise ValueError("the length of a table of pairs must be a power of two")
    if weights.shape != (pairs.size + 1, width):
        raise ValueError(f"expected weights of shape {(pairs.size + 1, width)}, got {weights.shape}")
    if not (pairs == NO_PAIR).any():
        raise ValueError("a table of pairs must have an empty slot")
