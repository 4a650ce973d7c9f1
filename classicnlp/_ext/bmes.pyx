"""Segmentation by tagging characters B, M, E or S, from tables instead of features.

Every template of `classicnlp.segmentation.features` is folded into a table of small integers: a row
per character with its weights as the character before, at and after a place; a row per adjacent
pair with its weights at its second and at its first character; a row per three kinds of characters;
and of each group of words a row per finding and one per finding and character. Scoring a place adds
rows; no feature is ever built. The entry of a pair also says which groups have it as a word and where
longer words go on, so that one probe serves characters and words. Only the transitions that make
words are looked at: B and M go to M or E, E and S to B or S.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, prefetch, slice_of, text_of
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.lexical cimport MOST_GROUPS, Lanes, WordGroups, code_of, record
from classicnlp._ext.spans cimport Stretch, best_words
from classicnlp._ext.units cimport BREAK, DIGIT, SPACE, UNIT_INSIDE, Rules, mark_units
from classicnlp._ext.userwords cimport JOINED, Matches, WordMarker, free_matches

from classicnlp.checks import as_array

cdef extern from "scores.h":
    ctypedef struct Scores "classicnlp_scores":
        pass
    Scores wide "classicnlp_wide" (const int16_t* row) noexcept nogil
    Scores packed "classicnlp_packed" (uint32_t row) noexcept nogil
    Scores plus "classicnlp_plus" (Scores a, Scores b) noexcept nogil
    void put "classicnlp_put" (int16_t* target, Scores scores) noexcept nogil

cdef enum:
    B = 0
    M = 1
    E = 2
    S = 3
    LABELS = 4
    IMPOSSIBLE = -(1 << 28)  # twice this and all weights still fit into 32 bits

cdef extern from *:
    """
    #define CLASSICNLP_EMPTY 0xFFFFFFFFu
    """
    const uint32_t EMPTY "CLASSICNLP_EMPTY"  # the key of a slot that has no pair

cdef enum:
    CHUNK = 64  # pairs whose entries are fetched at once
    ENTRY = 4  # numbers of an entry: key, weights at the second and at the first character, link
    BASE_MASK = 0xFFFFFF  # of a link: the base of the state behind the pair; above it the groups
    GROUPS_SHIFT = 24
    KINDS = 16
    CHINESE_DIGIT = 9  # a kind
    SHORTEST_RUN = 3  # so many in a row are a number
    EDGE = 15  # the kind of what lies beyond a stretch
    FINDINGS = 1024  # codes of beginning, end and cover together
    COVERS = 16

SYMBOL_LIMIT = 1 << 16
NO_PAIR = 0xFFFFFFFF
KIND_LIMIT = KINDS
EDGE_KIND = EDGE
FINDING_LIMIT = FINDINGS
COVER_LIMIT = COVERS
FARTHEST_BASE = BASE_MASK


cdef inline uint32_t hashed(uint32_t pair) noexcept nogil:
    pair ^= pair >> 15
    pair *= 0x2C1B3C6D
    pair ^= pair >> 12
    pair *= 0x297A2D39
    return pair ^ (pair >> 15)


cdef inline uint32_t slot_of(uint32_t pair, uint32_t capacity) noexcept nogil:
    return <uint32_t> ((<uint64_t> hashed(pair) * capacity) >> 32)


def fill_pairs(const uint32_t[:, ::1] entries not None):
    """Return an open-addressing table of entries, five sixths full, and a row of zeros behind it.

    Parameters
    ----------
    entries : uint32 array, shape (n, 4)
        Their first column, the pair (first symbol << 16 | second symbol), tells them apart.

    Returns
    -------
    uint32 array, shape (capacity + 1, 4)
        Empty slots have the key 0xFFFFFFFF.
    """
    cdef Py_ssize_t n = entries.shape[0], capacity = n + n // 5 + 1, i, k, slot
    table = np.zeros((capacity + 1, ENTRY), np.uint32)
    table[:capacity, 0] = NO_PAIR
    cdef uint32_t[:, ::1] out = table
    for i in range(n):
        slot = slot_of(entries[i, 0], <uint32_t> capacity)
        while out[slot, 0] != EMPTY:
            slot = slot + 1 if slot + 1 < capacity else 0
        for k in range(ENTRY):
            out[slot, k] = entries[i, k]
    return table


cdef struct Room:
    # What is worked out about the characters of a stretch.
    int32_t* symbols  # from symbols[1] on; 0 at both ends
    uint8_t* kinds  # from kinds[2] on; EDGE twice at both ends
    uint16_t* codes  # in the words of groups; 0 behind the last
    uint32_t* rows  # rows[i]: where the entry of the pair of characters i - 1 and i is
    Lanes lanes
    int16_t* scores  # four a character
    uint8_t* back


cdef class BmesCutter(Cutter):
    """Cuts a text by its best sequence of labels; immutable.

    Parameters
    ----------
    alphabet : Alphabet
    unigrams : int16 array, shape (symbols, 12)
        For each symbol the weights of B, M, E, S at the place after it, at its own, and at the
        place before it. The last row is for all symbols beyond the table.
    pairs : uint32 array, shape (capacity + 1, 4)
        From `fill_pairs`: first symbol << 16 | second symbol; weights at the second character; at the
        first (8 bits each, B the lowest); the base of the state that the two lead to in ``groups``,
        and above its 24 bits the groups in which they are a word.
    kinds : uint8 array, shape (symbols - 1,)
        The kind of each symbol, below 15; those beyond have the kind of their class.
    windows : int16 array, shape (4096, 12)
        For three kinds in a row (kind << 8 | kind << 4 | kind) the weights at the third, at the
        second and at the first.
    groups : WordGroups
    findings : int16 array, shape (groups, 1024, 4)
        For what `WordGroups.codes_of` says of a character: begins << 7 | ends << 4 | covers.
    covers : uint32 array, shape (symbols, groups, 16)
        For a symbol and what covers it four weights of 8 bits.
    transitions : int32 array, shape (4, 4)
        From row to column.
    starts : int32 array, shape (4,)
    rules : Rules, optional
        Where words begin and what is not cut, whatever the weights say.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a look-up could leave an array.
    """

    cdef readonly Alphabet alphabet
    cdef readonly object arrays
    cdef readonly WordGroups groups
    cdef readonly Rules rules
    cdef const int16_t* unigrams
    cdef const uint32_t* pairs
    cdef const uint8_t* kinds
    cdef const int16_t* windows
    cdef const int16_t* findings
    cdef const uint32_t* covers
    cdef uint32_t capacity
    cdef int32_t unranked
    cdef int32_t digit
    cdef int32_t nought
    cdef int32_t group_count
    cdef int32_t transitions[16]
    cdef int32_t starts[4]

    def __init__(self, Alphabet alphabet not None, unigrams, pairs, kinds, windows, WordGroups groups not None,
                 findings, covers, transitions, starts, Rules rules=None):
        cdef Py_ssize_t k
        cdef const int16_t[:, ::1] unigrams_view
        cdef const uint32_t[:, ::1] pairs_view
        cdef const uint8_t[::1] kinds_view
        cdef const int16_t[:, ::1] windows_view
        cdef const int16_t[:, :, ::1] findings_view
        cdef const uint32_t[:, :, ::1] covers_view
        unigrams_view = unigrams = as_array(unigrams, np.int16, "unigrams")
        pairs_view = pairs = as_array(pairs, np.uint32, "pairs")
        kinds_view = kinds = as_array(kinds, np.uint8, "kinds")
        windows_view = windows = as_array(windows, np.int16, "windows")
        findings_view = findings = as_array(findings, np.int16, "findings")
        covers_view = covers = as_array(covers, np.uint32, "covers")
        transitions = as_array(transitions, np.int32, "transitions")
        starts = as_array(starts, np.int32, "starts")
        check_tables(unigrams, pairs, kinds, windows, groups, findings, covers)
        if transitions.shape != (LABELS, LABELS) or starts.shape != (LABELS,):
            raise ValueError("transitions must have shape (4, 4) and starts (4,)")
        check_moderate(transitions)
        check_moderate(starts)
        self.alphabet = alphabet
        self.groups = groups
        self.rules = Rules() if rules is None else rules
        self.arrays = {
            "unigrams": unigrams, "pairs": pairs, "kinds": kinds, "windows": windows,
            "findings": findings, "covers": covers, "transitions": transitions, "starts": starts,
        }
        self.unigrams = &unigrams_view[0, 0]
        self.pairs = &pairs_view[0, 0]
        self.kinds = &kinds_view[0] if kinds.size else NULL
        self.windows = &windows_view[0, 0]
        self.findings = &findings_view[0, 0, 0] if findings.size else NULL
        self.covers = &covers_view[0, 0, 0] if covers.size else NULL
        self.capacity = <uint32_t> (len(pairs) - 1)
        self.unranked = <int32_t> (len(unigrams) - 1)
        self.digit, self.nought = np.minimum(alphabet.symbols("0〇"), self.unranked)
        self.group_count = <int32_t> len(findings)
        for k in range(16):
            self.transitions[k] = transitions[k // LABELS, k % LABELS]
        for k in range(LABELS):
            self.starts[k] = starts[k]

    def __reduce__(self):
        arrays = self.arrays
        return BmesCutter, (
            self.alphabet, arrays["unigrams"], arrays["pairs"], arrays["kinds"], arrays["windows"],
            self.groups, arrays["findings"], arrays["covers"], arrays["transitions"], arrays["starts"],
            self.rules,
        )

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        return self.cut_with(text, None, ends)

    cdef Py_ssize_t cut_with(self, Text text, WordMarker marker, int32_t* ends) noexcept nogil:
        """Cut each stretch between white space by itself; a run of white space is a word.

        So a text of several lines is cut as its lines are, each by itself.
        """
        cdef Py_ssize_t n = text.length, i = 0, start, count = 0, k, found
        cdef uint8_t* classes = <uint8_t*> PyMem_RawMalloc(2 * n + 2)
        cdef uint8_t* marks
        cdef Matches matches = Matches(NULL, 0, 0)
        cdef Stretch stretch
        if classes == NULL:
            return -1
        marks = classes + n + 1
        self.alphabet.classify(text, classes)
        mark_units(text, classes, self.rules, 0, SPACE, marks)
        marks[n] = 0
        if marker is not None and marker.mark(text, marks, &matches) < 0:
            i, count = n, -1
        stretch = Stretch(0, NULL, &self.transitions[0], &self.starts[0], NULL, matches.items, matches.count, 0)
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
            stretch.length, stretch.origin, stretch.marks = <int32_t> (i - start), <int32_t> start, marks + start
            found = self.cut_stretch(slice_of(text, start, i), classes + start, &stretch, ends + count)
            if found < 0:
                count = -1
                break
            for k in range(found):
                ends[count + k] += <int32_t> start
            count += found
        free_matches(&matches)
        PyMem_RawFree(classes)
        return count

    cdef Py_ssize_t cut_stretch(self, Text text, const uint8_t* classes, Stretch* stretch,
                                int32_t* ends) noexcept nogil:
        """Viterbi over a stretch without white space; return how many words, -1 for no memory."""
        cdef int32_t n = stretch.length
        cdef Room room
        cdef int64_t score = 0
        cdef Py_ssize_t count = -1
        cdef void* memory = new_room(&room, n)
        if memory == NULL:
            return -1
        self.score_all(text, classes, &room)
        while stretch.matches_count and stretch.matches.start < stretch.origin:
            stretch.matches += 1
            stretch.matches_count -= 1
        if stretch.matches_count and stretch.matches.start < stretch.origin + n:
            stretch.scores = widened(room.scores, n)
            if stretch.scores != NULL:
                count = best_words(stretch, ends, &score)
                PyMem_RawFree(<void*> stretch.scores)
        else:
            count = trace(room.back, n, self.run(room.scores, stretch.marks, n, room.back), ends)
        PyMem_RawFree(memory)
        return count

    def scores(self, str text not None):
        """Return the scores of the four labels at each place of a stretch without white space.

        An int32 array of shape (len(text), 4).
        """
        cdef Text view = text_of(text)
        cdef Py_ssize_t i
        cdef Room room
        cdef void* memory
        table = np.empty((view.length, LABELS), np.int32)
        cdef int32_t[:, ::1] out = table
        cdef const uint8_t[::1] classes
        if view.length:
            classes = self.alphabet.classes(text)
            memory = new_room(&room, <int32_t> view.length)
            if memory == NULL:
                raise MemoryError()
            with nogil:
                self.score_all(view, &classes[0], &room)
                for i in range(LABELS * view.length):
                    out[i >> 2, i & 3] = room.scores[i]
            PyMem_RawFree(memory)
        return table

    cdef void score_all(self, Text text, const uint8_t* classes, Room* room) noexcept nogil:
        """Work out the scores of the four labels at each place of a stretch."""
        cdef int32_t n = <int32_t> text.length
        self.read(text, classes, room)
        self.find_pairs(room, n)
        self.score(room, n)

    cdef void read(self, Text text, const uint8_t* classes, Room* room) noexcept nogil:
        """Note the characters' symbols, kinds and codes; the digits of numbers are all alike."""
        cdef int32_t n = <int32_t> text.length, i, k, run = 0
        cdef int32_t* symbols = room.symbols + 1
        cdef uint8_t* kinds = room.kinds + 2
        self.alphabet.encode(text, symbols)
        for i in range(n):
            if symbols[i] >= self.unranked:
                symbols[i] = self.unranked
                kinds[i] = classes[i]
            else:
                kinds[i] = self.kinds[symbols[i]]
            if kinds[i] == DIGIT:
                symbols[i] = self.digit
            run = run + 1 if kinds[i] == CHINESE_DIGIT else 0
            if run >= SHORTEST_RUN:
                for k in range(i if run > SHORTEST_RUN else i - SHORTEST_RUN + 1, i + 1):
                    symbols[k] = self.nought
        for i in range(n):
            room.codes[i] = code_of(self.groups.codes, self.groups.ranked, symbols[i])
        room.codes[n] = 0
        room.symbols[0] = symbols[n] = 0
        room.kinds[0] = room.kinds[1] = kinds[n] = kinds[n + 1] = EDGE

    cdef void find_pairs(self, Room* room, int32_t n) noexcept nogil:
        """Find the entries of the n + 1 pairs, and the words that begin with them.

        In rounds, so that the memory of one pair is fetched while others are dealt with.
        """
        cdef const int32_t* symbols = room.symbols
        cdef uint32_t* rows = room.rows
        cdef uint32_t bases[CHUNK]
        cdef uint32_t row, link
        cdef int32_t start, stop, i
        memset(room.lanes.begins, 0, n * sizeof(uint64_t))
        memset(room.lanes.ends, 0, n * sizeof(uint64_t))
        memset(room.lanes.covers, 0, n * sizeof(uint64_t))
        for start in range(0, n + 1, 64):
            stop = min(start + CHUNK, n + 1)
            for i in range(start, stop):
                rows[i] = slot_of(pair_of(symbols, i), self.capacity)
                prefetch(self.pairs + ENTRY * <Py_ssize_t> rows[i])
            for i in range(start, stop):
                row = rows[i] = self.find_pair(rows[i], pair_of(symbols, i))
                link = self.pairs[ENTRY * <Py_ssize_t> row + 3]
                bases[i - start] = link & BASE_MASK
                if link >> GROUPS_SHIFT:
                    record(room.lanes, i - 1, i + 1, <uint8_t> (link >> GROUPS_SHIFT))
                if bases[i - start]:
                    prefetch(&self.groups.nodes[bases[i - start] + room.codes[i + 1]])
            for i in range(start, stop):
                if bases[i - start]:
                    self.groups.go_on(room.codes, i - 1, i + 1, <int32_t> bases[i - start], n, room.lanes)

    cdef inline uint32_t find_pair(self, uint32_t slot, uint32_t pair) noexcept nogil:
        """Return the place of the pair's entry, or of the zeros behind the last."""
        cdef uint32_t key = self.pairs[ENTRY * <Py_ssize_t> slot]
        while key != pair:
            if key == EMPTY:
                return self.capacity
            slot = slot + 1 if slot + 1 < self.capacity else 0
            key = self.pairs[ENTRY * <Py_ssize_t> slot]
        return slot

    cdef void score(self, Room* room, int32_t n) noexcept nogil:
        """Add up the weights of B, M, E and S at each place."""
        cdef const int32_t* symbols = room.symbols
        cdef const uint8_t* kinds = room.kinds
        cdef const uint32_t* covers
        cdef Scores sums
        cdef uint32_t before = <uint32_t> kinds[0] << 8 | <uint32_t> kinds[1] << 4 | kinds[2]
        cdef uint32_t at = (before << 4 | kinds[3]) & 4095, after
        cdef uint64_t edges, middles
        cdef uint32_t cover
        cdef int32_t i, g
        for i in range(n):
            # The windows of three kinds around the characters before, at and after the place.
            after = (at << 4 | kinds[i + 4]) & 4095
            sums = plus(
                plus(wide(self.unigrams + 12 * <Py_ssize_t> symbols[i]),
                     wide(self.unigrams + 12 * <Py_ssize_t> symbols[i + 1] + 4)),
                plus(wide(self.unigrams + 12 * <Py_ssize_t> symbols[i + 2] + 8),
                     plus(packed(self.pairs[ENTRY * <Py_ssize_t> room.rows[i] + 1]),
                          packed(self.pairs[ENTRY * <Py_ssize_t> room.rows[i + 1] + 2]))))
            sums = plus(sums, plus(wide(self.windows + 12 * before),
                                   plus(wide(self.windows + 12 * at + 4), wide(self.windows + 12 * after + 8))))
            before, at = at, after
            edges = room.lanes.begins[i] << 3 | room.lanes.ends[i]
            middles = room.lanes.covers[i]
            covers = self.covers + COVERS * self.group_count * <Py_ssize_t> symbols[i + 1]
            for g in range(self.group_count):
                cover = middles & 15
                sums = plus(sums, wide(self.findings + 4 * (FINDINGS * g + ((edges & 63) << 4 | cover))))
                sums = plus(sums, packed(covers[COVERS * g + cover]))
                edges >>= 8
                middles >>= 8
            put(room.scores + 4 * <Py_ssize_t> i, sums)

    cdef uint8_t run(self, const int16_t* place, const uint8_t* marks, int32_t n, uint8_t* back) noexcept nogil:
        """Fill ``back`` (one bit a label: which of its two predecessors) and return the last label."""
        cdef int32_t b = IMPOSSIBLE, m = IMPOSSIBLE, e = IMPOSSIBLE, s = IMPOSSIBLE
        cdef int32_t from_first, from_second, i
        cdef int32_t scores[LABELS]
        cdef const int32_t* go = self.transitions
        for i in range(n):
            scores[B], scores[M] = place[0], place[1]
            scores[E], scores[S] = place[2], place[3]
            place += 4
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


cdef void* new_room(Room* room, int32_t n) noexcept nogil:
    """Return the memory in which the arrays of a room for n characters lie, NULL if there is none."""
    cdef Py_ssize_t places = n + 4
    cdef char* memory = <char*> PyMem_RawMalloc(places * (3 * 8 + 4 * 2 + 4 + 4 + 2 + 1 + 1))
    if memory == NULL:
        return NULL
    room.lanes.begins = <uint64_t*> memory
    room.lanes.ends = room.lanes.begins + places
    room.lanes.covers = room.lanes.ends + places
    room.scores = <int16_t*> (room.lanes.covers + places)
    room.symbols = <int32_t*> (room.scores + 4 * places)
    room.rows = <uint32_t*> (room.symbols + places)
    room.codes = <uint16_t*> (room.rows + places)
    room.kinds = <uint8_t*> (room.codes + places)
    room.back = room.kinds + places
    return memory


cdef int32_t* widened(const int16_t* scores, int32_t n) noexcept nogil:
    """Return the scores of n places as numbers of 32 bits, NULL for no memory."""
    cdef int32_t* wider = <int32_t*> PyMem_RawMalloc(LABELS * <Py_ssize_t> n * sizeof(int32_t))
    cdef Py_ssize_t i
    if wider != NULL:
        for i in range(LABELS * <Py_ssize_t> n):
            wider[i] = scores[i]
    return wider


cdef inline uint32_t pair_of(const int32_t* symbols, int32_t i) noexcept nogil:
    return <uint32_t> symbols[i] << 16 | <uint32_t> symbols[i + 1]


cdef class BmesWordsCutter(Cutter):
    """A `BmesCutter`, which it shares, with a user's words; immutable.

    Parameters
    ----------
    base : BmesCutter
    marker : WordMarker
        The user's words, with rewards in the units of the base's scores.
    """

    cdef readonly BmesCutter base
    cdef readonly WordMarker marker
    cdef readonly Rules rules

    def __init__(self, BmesCutter base not None, WordMarker marker not None):
        self.base = base
        self.rules = base.rules
        self.marker = marker

    def __reduce__(self):
        return BmesWordsCutter, (self.base, self.marker)

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        return self.base.cut_with(text, self.marker, ends)


cdef inline bint is_gap(uint8_t kind, uint8_t mark) noexcept nogil:
    return kind == SPACE and not mark & JOINED


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


def check_tables(unigrams, pairs, kinds, windows, groups, findings, covers):
    """Raise a ValueError unless no text can lead a look-up outside the tables."""
    symbols, count = len(unigrams), len(findings)
    if unigrams.ndim != 2 or unigrams.shape[1] != 12 or not 0 < symbols <= SYMBOL_LIMIT:
        raise ValueError(f"unigrams must have 12 columns and up to {SYMBOL_LIMIT} rows")
    if pairs.ndim != 2 or pairs.shape[1] != ENTRY or not 2 <= len(pairs) < 1 << 31:
        raise ValueError(f"pairs must have {ENTRY} columns and two rows or more")
    if not (pairs[:-1, 0] == NO_PAIR).any() or pairs[len(pairs) - 1].any():
        raise ValueError("a table of pairs must have an empty slot, and a row of zeros at its end")
    if kinds.shape != (symbols - 1,) or kinds.max(initial=0) >= EDGE:
        raise ValueError(f"there must be a kind below {EDGE} for each symbol")
    if windows.shape != (KINDS ** 3, 12):
        raise ValueError(f"windows must have shape {(KINDS ** 3, 12)}, got {windows.shape}")
    if findings.ndim != 3 or findings.shape[1:] != (FINDINGS, LABELS) or count > MOST_GROUPS:
        raise ValueError(f"findings must have shape (groups, {FINDINGS}, 4), got {findings.shape}")
    if covers.shape != (symbols, count, COVERS):
        raise ValueError(f"covers must have shape {(symbols, count, COVERS)}, got {covers.shape}")
    nodes, codes = groups.arrays["nodes"], groups.arrays["codes"]
    bases = pairs[:, 3] & BASE_MASK
    if int(bases.max()) + int(codes.max()) >= len(nodes):
        raise ValueError("the link of a pair leads outside the nodes")
    if pairs[:-1, 3].any() and (pairs[:-1, 3] != 0)[(pairs[:-1, 0] >> 16 == 0) | (pairs[:-1, 0] & 0xFFFF == 0)].any():
        raise ValueError("a pair with an edge is no word")
