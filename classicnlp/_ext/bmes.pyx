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
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, prefetch, slice_of, text_of
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.lexical cimport (
    GOES_ON, GROUPS, LONGEST, MOST_GROUPS, Lanes, WordGroups, check_of, find_string, key_of_pair, lanes_of,
    longer_key, record, slot_of,
)
from classicnlp._ext.spans cimport LABELS, B, E, M, S, Stretch, best_words
from classicnlp._ext.units cimport BREAK, DIGIT, SPACE, UNIT_INSIDE, Rules, mark_units
from classicnlp._ext.userwords cimport JOINED, Matches, WordMarker, free_matches

from classicnlp.checks import as_array

cdef enum:
    IMPOSSIBLE = -(1 << 28)  # twice this and all weights still fit into 32 bits

cdef enum:
    CHUNK = 64  # pairs whose entries are fetched at once
    ENTRY = 3  # numbers of an entry: check and words, weights at the second and at the first character
    KINDS = 16
    CHINESE_DIGIT = 9  # a kind
    SHORTEST_RUN = 3  # so many in a row are a number
    EDGE = 15  # the kind of what lies beyond a stretch
    FINDINGS = 1024  # codes of beginning, end and cover together
    COVERS = 16

SYMBOL_LIMIT = 1 << 16
KIND_LIMIT = KINDS
EDGE_KIND = EDGE
CHINESE_DIGIT_KIND = CHINESE_DIGIT
SHORTEST_NUMBER = SHORTEST_RUN
DIGIT_LETTER = "0"  # stands for all digits
NOUGHT = "〇"  # stands for all digits of a Chinese number
FINDING_LIMIT = FINDINGS
COVER_LIMIT = COVERS


# Four numbers of 16 bits in one of 64, those of B, E, M and S: numbers that are added up are added label
# by label, since what a negative one borrows from its neighbour is paid back when they are taken apart.

def packed(rows):
    """Return rows of weights of B, M, E and S, each as a number of 64 bits."""
    lanes = rows.reshape(-1, LABELS).astype(np.int64)
    return (lanes[:, B] + (lanes[:, E] << 16) + (lanes[:, M] << 32) + (lanes[:, S] << 48)).view(np.uint64)


cdef inline uint64_t spread(uint32_t row) noexcept nogil:
    """Return four weights of 8 bits, B's the lowest, as four of 16 bits."""
    return (row & 0x00FF00FF) | <uint64_t> (row >> 8 & 0x00FF00FF) << 32


cdef inline void unpack(uint64_t sums, int16_t* scores) noexcept nogil:
    scores[B] = <int16_t> sums
    sums = (sums - <uint64_t> <int64_t> scores[B]) >> 16
    scores[E] = <int16_t> sums
    sums = (sums - <uint64_t> <int64_t> scores[E]) >> 16
    scores[M] = <int16_t> sums
    sums = (sums - <uint64_t> <int64_t> scores[M]) >> 16
    scores[S] = <int16_t> sums


cdef struct Beginning:
    # A string from start to end, and its key.
    uint64_t key
    int32_t start
    int32_t end


cdef struct Room:
    # What is worked out about the characters of a stretch.
    int32_t* symbols  # from symbols[1] on; 0 at both ends
    uint8_t* kinds  # from kinds[2] on; EDGE twice at both ends
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
    pairs : uint32 array, shape (capacity + 1, 3)
        For pairs of symbols, placed by `classicnlp._ext.lexical.place_keys`: the check, and what
        `WordGroups` notes of them; the weights at the second character; those at the first (8 bits
        each, B the lowest, plus 128). The last row is of pairs that are not there.
    kinds : uint8 array, shape (symbols - 1,)
        The kind of each symbol, below 15; those beyond have the kind of their class.
    windows : int16 array, shape (4096, 12)
        For three kinds in a row (kind << 8 | kind << 4 | kind) the weights at the third, at the
        second and at the first.
    groups : WordGroups
        Its strings of three characters and more; those of two are in ``pairs``.
    findings : int16 array, shape (groups, 1024, 4)
        For what `WordGroups.codes_of` says of a character: begins << 7 | ends << 4 | covers.
    covers : uint32 array, shape (covered, 16, covering)
        For a symbol and what words of the first groups cover it four weights of 8 bits, plus 128.
        The last row is for all symbols beyond the table.
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
    cdef const uint64_t* unigrams
    cdef const uint32_t* pairs
    cdef const uint8_t* kinds
    cdef const uint64_t* windows
    cdef const uint64_t* findings
    cdef const uint32_t* covers
    cdef tuple rows
    cdef uint32_t capacity
    cdef int32_t unranked
    cdef int32_t digit
    cdef int32_t nought
    cdef int32_t uncovered
    cdef int32_t group_count
    cdef int32_t covering
    cdef int32_t transitions[16]
    cdef int32_t starts[4]

    def __init__(self, Alphabet alphabet not None, unigrams, pairs, kinds, windows, WordGroups groups not None,
                 findings, covers, transitions, starts, Rules rules=None):
        cdef Py_ssize_t k
        cdef const uint64_t[::1] unigrams_view
        cdef const uint32_t[:, ::1] pairs_view
        cdef const uint8_t[::1] kinds_view
        cdef const uint64_t[::1] windows_view
        cdef const uint64_t[::1] findings_view
        cdef const uint32_t[:, :, ::1] covers_view
        unigrams = as_array(unigrams, np.int16, "unigrams")
        pairs_view = pairs = as_array(pairs, np.uint32, "pairs")
        kinds_view = kinds = as_array(kinds, np.uint8, "kinds")
        windows = as_array(windows, np.int16, "windows")
        findings = as_array(findings, np.int16, "findings")
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
        unigrams_view, windows_view, findings_view = self.rows = packed(unigrams), packed(windows), packed(findings)
        self.unigrams = &unigrams_view[0]
        self.pairs = &pairs_view[0, 0]
        self.kinds = &kinds_view[0] if kinds.size else NULL
        self.windows = &windows_view[0]
        self.findings = &findings_view[0] if findings.size else NULL
        self.covers = &covers_view[0, 0, 0] if covers.size else NULL
        self.capacity = <uint32_t> (len(pairs) - 1)
        self.unranked = <int32_t> (len(unigrams) - 1)
        self.digit, self.nought = np.minimum(alphabet.symbols(DIGIT_LETTER + NOUGHT), self.unranked)
        self.uncovered = <int32_t> (len(covers) - 1)
        self.group_count = <int32_t> len(findings)
        self.covering = <int32_t> covers.shape[2]
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
        cdef void* memory = new_room(&room, text.length)
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
            memory = new_room(&room, view.length)
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
            # Most characters are covered by no word or a short one: the first line of their weights.
            prefetch(self.covers + COVERS * self.covering * <Py_ssize_t> min(symbols[i], self.uncovered))
            run = run + 1 if kinds[i] == CHINESE_DIGIT else 0
            if run >= SHORTEST_RUN:
                for k in range(i if run > SHORTEST_RUN else i - SHORTEST_RUN + 1, i + 1):
                    symbols[k] = self.nought
        room.symbols[0] = symbols[n] = 0
        room.kinds[0] = room.kinds[1] = kinds[n] = kinds[n + 1] = EDGE

    cdef void find_pairs(self, Room* room, int32_t n) noexcept nogil:
        """Find the entries of the n + 1 pairs, and the words that begin with them.

        In rounds, so that the memory of one is fetched while others are dealt with. Longer words
        are noted when the pairs that they cover have been.
        """
        cdef Beginning now[CHUNK]
        cdef Beginning before[CHUNK]
        cdef int32_t start, count = 0, last = 0
        cdef uint64_t ones = 0
        for start in range(0, n + 1, 64):
            count = self.find_some(room, n, start, &ones, now)
            self.find_longer(room, n, before, last)
            memcpy(before, now, count * sizeof(Beginning))
            last = count
        self.find_longer(room, n, before, last)

    cdef int32_t find_some(self, Room* room, int32_t n, int32_t start, uint64_t* ones, Beginning* going) noexcept nogil:
        """Find the pairs from ``start`` on; return how many strings there are that longer words begin with.

        ``ones`` are the lanes of the pair before.
        """
        cdef const int32_t* symbols = room.symbols
        cdef uint32_t* rows = room.rows
        cdef uint64_t keys[CHUNK]
        cdef uint64_t before = ones[0], here
        cdef uint8_t noted
        cdef int32_t stop = min(start + CHUNK, n + 1), i, count = 0
        for i in range(start, stop):
            keys[i - start] = key_of_pair(symbols[i], symbols[i + 1])
            rows[i] = slot_of(keys[i - start], self.capacity)
            prefetch(self.pairs + ENTRY * <Py_ssize_t> rows[i])
        for i in range(start, stop):
            rows[i] = self.find_pair(rows[i], check_of(keys[i - start]))
            # What ends at the text's edges is no word.
            noted = <uint8_t> self.pairs[ENTRY * <Py_ssize_t> rows[i]] if 0 < i < n else 0
            # The pair of characters i - 1 and i: of two pairs that cover a character the left one counts.
            here = lanes_of(noted & GROUPS)
            if i > 0:
                room.lanes.begins[i - 1] = here
                room.lanes.covers[i - 1] = (before << 1) | (here & ~before)
            room.lanes.ends[i] = here
            before = here
            if noted & GOES_ON:
                going[count] = Beginning(keys[i - start], i - 1, i + 1)
                count += self.go_on(room, n, &going[count])
        ones[0] = before
        return count

    cdef void find_longer(self, Room* room, int32_t n, Beginning* going, int32_t count) noexcept nogil:
        """Note the words that begin with some strings."""
        cdef int32_t i, kept
        cdef uint8_t noted
        while count:
            kept = 0
            for i in range(count):
                noted = find_string(self.groups.entries, self.groups.capacity, going[i].key)
                if noted & GROUPS:
                    record(room.lanes, going[i].start, going[i].end, noted & GROUPS)
                if noted & GOES_ON:
                    going[kept] = going[i]
                    kept += self.go_on(room, n, &going[kept])
            count = kept

    cdef inline uint32_t find_pair(self, uint32_t slot, uint32_t check) noexcept nogil:
        """Return the place of the pair's entry, or of the row behind the last."""
        cdef uint32_t entry = self.pairs[ENTRY * <Py_ssize_t> slot]
        while (entry ^ check) > 255:
            if entry == 0:
                return self.capacity
            slot = slot + 1 if slot + 1 < self.capacity else 0
            entry = self.pairs[ENTRY * <Py_ssize_t> slot]
        return slot

    cdef inline bint go_on(self, Room* room, int32_t n, Beginning* string) noexcept nogil:
        """Make a string longer by a character; False if it cannot be."""
        if string.end == n or string.end - string.start == LONGEST:
            return False
        string.end += 1
        string.key = longer_key(string.key, room.symbols[string.end])
        prefetch(self.groups.entries + slot_of(string.key, self.groups.capacity))
        return True

    cdef void score(self, Room* room, int32_t n) noexcept nogil:
        """Add up the weights of B, M, E and S at each place."""
        cdef const int32_t* symbols = room.symbols
        cdef const uint8_t* kinds = room.kinds
        cdef const uint64_t* unigrams = self.unigrams
        cdef const uint64_t* windows = self.windows
        cdef const uint64_t* findings
        cdef const uint64_t* last = self.findings + FINDINGS * <Py_ssize_t> self.group_count
        cdef const uint32_t* pairs = self.pairs
        cdef const uint32_t* rows = room.rows
        cdef const uint32_t* covers
        cdef uint32_t covering = <uint32_t> self.covering, g
        cdef uint64_t sums, edges, middles
        cdef uint64_t excess = (128 * (2 + <uint64_t> covering)) * <uint64_t> 0x0001000100010001
        cdef uint32_t before = <uint32_t> kinds[0] << 8 | <uint32_t> kinds[1] << 4 | kinds[2]
        cdef uint32_t at = (before << 4 | kinds[3]) & 4095, after
        cdef int32_t i
        for i in range(n):
            # The windows of three kinds around the characters before, at and after the place.
            after = (at << 4 | kinds[i + 4]) & 4095
            sums = (unigrams[3 * <Py_ssize_t> symbols[i]] + unigrams[3 * <Py_ssize_t> symbols[i + 1] + 1]
                    + unigrams[3 * <Py_ssize_t> symbols[i + 2] + 2]
                    + windows[3 * before] + windows[3 * at + 1] + windows[3 * after + 2] - excess)
            sums += spread(pairs[ENTRY * <Py_ssize_t> rows[i] + 1])
            sums += spread(pairs[ENTRY * <Py_ssize_t> rows[i + 1] + 2])
            before, at = at, after
            edges = room.lanes.begins[i] << 7 | room.lanes.ends[i] << 4
            middles = room.lanes.covers[i]
            covers = self.covers + COVERS * covering * <Py_ssize_t> min(symbols[i + 1], self.uncovered)
            for g in range(covering):
                sums += spread(covers[covering * (middles >> 8 * g & 15) + g])
            findings = self.findings
            while findings < last:
                sums += findings[(edges & 1008) | (middles & 15)]
                findings += FINDINGS
                edges >>= 8
                middles >>= 8
            unpack(sums, room.scores + LABELS * <Py_ssize_t> i)

    cdef uint8_t run(self, const int16_t* place, const uint8_t* marks, int32_t n, uint8_t* back) noexcept nogil:
        """Fill ``back`` (one bit a label: which of its two predecessors) and return the last label."""
        cdef int32_t b = IMPOSSIBLE, m = IMPOSSIBLE, e = IMPOSSIBLE, s = IMPOSSIBLE
        cdef int32_t from_first, from_second, i
        cdef int32_t scores[LABELS]
        cdef uint8_t here, after
        cdef const int32_t* go = self.transitions
        for i in range(n):
            scores[B], scores[M] = place[0], place[1]
            scores[E], scores[S] = place[2], place[3]
            place += 4
            # No boundary within a unit: its places before the last are B or M, after the first M or E.
            here, after = marks[i], marks[i + 1] if i + 1 < n else 0
            if here | after:
                if here & UNIT_INSIDE:
                    scores[B] = scores[S] = IMPOSSIBLE
                elif here & BREAK:
                    scores[M] = scores[E] = IMPOSSIBLE
                if after & UNIT_INSIDE:
                    scores[E] = scores[S] = IMPOSSIBLE
                elif after & BREAK:
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
            b, m, e, s = scores[B], scores[M], scores[E], scores[S]
            if i & 7 == 0:
                # Only differences matter: taking off the best keeps sums small however long the text.
                from_first = max(max(b, m), max(e, s))
                b, m = max(b - from_first, IMPOSSIBLE), max(m - from_first, IMPOSSIBLE)
                e, s = max(e - from_first, IMPOSSIBLE), max(s - from_first, IMPOSSIBLE)
        return E if e >= s else S


cdef void* new_room(Room* room, Py_ssize_t n) noexcept nogil:
    """Return the memory in which the arrays of a room for n characters lie, NULL if there is none."""
    cdef Py_ssize_t places = n + 4
    cdef char* memory = NULL
    # Places, and what lies a word behind them, are counted in 32 bits.
    if n < 0x7FFFFFC0:
        memory = <char*> PyMem_RawMalloc(places * (3 * 8 + 4 * 2 + 4 + 4 + 1 + 1))
    if memory == NULL:
        return NULL
    room.lanes.begins = <uint64_t*> memory
    room.lanes.ends = room.lanes.begins + places
    room.lanes.covers = room.lanes.ends + places
    room.scores = <int16_t*> (room.lanes.covers + places)
    room.symbols = <int32_t*> (room.scores + 4 * places)
    room.rows = <uint32_t*> (room.symbols + places)
    room.kinds = <uint8_t*> (room.rows + places)
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
    if pairs[:-1, 0].all() or pairs[len(pairs) - 1, 0]:
        raise ValueError("a table of pairs must have an empty slot, and a row of no pair at its end")
    if kinds.shape != (symbols - 1,) or kinds.max(initial=0) >= EDGE:
        raise ValueError(f"there must be a kind below {EDGE} for each symbol")
    if windows.shape != (KINDS ** 3, 12):
        raise ValueError(f"windows must have shape {(KINDS ** 3, 12)}, got {windows.shape}")
    if findings.ndim != 3 or findings.shape[1:] != (FINDINGS, LABELS) or count > MOST_GROUPS:
        raise ValueError(f"findings must have shape (groups, {FINDINGS}, 4), got {findings.shape}")
    if covers.ndim != 3 or covers.shape[1] != COVERS or covers.shape[2] > count or not 0 < len(covers) <= symbols:
        raise ValueError(f"covers must have shape (covered, {COVERS}, up to {count}), got {covers.shape}")
    if 3 * largest(unigrams) + 3 * largest(windows) + count * largest(findings) + 128 * (2 + count) >= 1 << 15:
        raise ValueError("the weights are too large: those of a place must add up to less than 2**15")
    notes = int(np.bitwise_or.reduce(pairs[:, 0]) | np.bitwise_or.reduce(groups.table)) & GROUPS
    if notes >> count:
        raise ValueError(f"the words are in more than {count} groups")


def largest(weights):
    """Return the largest amount of all weights."""
    return max(int(weights.max(initial=0)), -int(weights.min(initial=0)))
