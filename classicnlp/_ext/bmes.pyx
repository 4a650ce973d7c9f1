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

from classicnlp._ext.alphabet cimport Alphabet, Text, prefetch, text_of
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.lexical cimport (
    GROUPS, LONGEST, MOST_GROUPS, Found, WordGroups, key_of_pair, lanes_of, longer_key,
    mask_of, noted_in, record, slot_of,
)
from classicnlp._ext.spans cimport LABELS, B, E, M, S, Stretch, best_words
from classicnlp._ext.units cimport BREAK, DIGIT, SPACE, UNIT_INSIDE, Rules, mark_units
from classicnlp._ext.userwords cimport JOINED, Matches, WordMarker, free_matches

from classicnlp._ext.lexical import check_placed
from classicnlp.checks import as_array

cdef extern from "labels.h":
    uint64_t add_bytes "classicnlp_add_bytes" (uint32_t a, uint32_t b, uint32_t c, uint32_t d) noexcept nogil
    uint64_t add_findings "classicnlp_add_findings" (uint64_t begins, uint64_t ends, uint64_t covers,
                                                     const uint64_t* findings) noexcept nogil
    int best_labels "classicnlp_best_labels" (
        const uint64_t* scores, const uint8_t* marks, unsigned inside, unsigned breaks, int32_t n,
        const int32_t* firsts, const int32_t* seconds, const int32_t* starts, uint8_t* back) noexcept nogil
    int32_t word_ends "classicnlp_word_ends" (const uint8_t* back, int32_t n, int label,
                                              int32_t* ends) noexcept nogil

cdef enum:
    CHUNK = 64  # pairs whose entries are fetched at once
    ENTRY = 3  # numbers of an entry: check and words, weights at the second and at the first character
    KINDS = 16
    CHINESE_DIGIT = 9  # a kind
    SHORTEST_RUN = 3  # so many in a row are a number
    EDGE = 15  # the kind of what lies beyond a stretch
    FINDINGS = 1024  # codes of beginning, end and cover together
    COVERS = 16
    COVERING = 2  # groups whose words that cover a character are looked at together with it

SYMBOL_LIMIT = 1 << 16
KIND_LIMIT = KINDS
EDGE_KIND = EDGE
CHINESE_DIGIT_KIND = CHINESE_DIGIT
SHORTEST_NUMBER = SHORTEST_RUN
DIGIT_LETTER = "0"  # stands for all digits
NOUGHT = "〇"  # stands for all digits of a Chinese number
FINDING_LIMIT = FINDINGS
COVER_LIMIT = COVERS
COVERING_GROUPS = COVERING


# Four numbers of 16 bits in one of 64, those of B, E, M and S: numbers that are added up are added label
# by label. What a negative one borrows from its neighbour is paid back when the sums are not below 0,
# for which 2**15 is added to each.

def packed(rows):
    """Return rows of weights of B, M, E and S, each as a number of 64 bits."""
    lanes = rows.reshape(-1, LABELS).astype(np.int64)
    return (lanes << np.arange(0, 64, 16)).sum(axis=1).view(np.uint64)


cdef inline int32_t score_of(uint64_t scores, int label) noexcept nogil:
    return <int16_t> (scores >> 16 * label)


cdef struct Beginning:
    # A string from start to end, its key, and the slot of that.
    uint64_t key
    uint32_t slot
    int32_t start
    int32_t end


cdef struct Room:
    # What is worked out about the characters of a stretch.
    int32_t* symbols  # from symbols[1] on; 0 at both ends
    uint8_t* kinds  # from kinds[2] on; EDGE twice at both ends
    uint32_t* rows  # rows[i]: where the entry of the pair of characters i - 1 and i is
    Found* found
    uint64_t* scores  # four a character
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
        For pairs of symbols, in the slots of `classicnlp._ext.lexical.place_keys`: the check, and what
        `WordGroups` notes of them; the weights at the second character; those at the first (8 bits
        each, B the lowest, plus 128). The last row is of pairs that are not there.
    pair_displacements : uint8 array
        Of the buckets of pairs.
    kinds : uint8 array, shape (symbols - 1,)
        The kind of each symbol, below 15; those beyond have the kind of their class.
    windows : int16 array, shape (4096, 12)
        For three kinds in a row (kind << 8 | kind << 4 | kind) the weights at the third, at the
        second and at the first.
    groups : WordGroups
        Its strings of three characters and more; those of two are in ``pairs``.
    findings : int16 array, shape (groups, 1024, 4)
        For what `WordGroups.codes_of` says of a character: begins << 7 | ends << 4 | covers.
    covers : uint32 array, shape (covered, 16, 2)
        For a symbol and what words of the first two groups cover it four weights of 8 bits, plus 128.
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
    cdef const uint8_t* moved
    cdef uint32_t capacity
    cdef uint32_t buckets
    cdef int32_t unranked
    cdef int32_t digit
    cdef int32_t nought
    cdef int32_t uncovered
    cdef int32_t group_count
    cdef int32_t transitions[16]
    cdef int32_t starts[4]
    # From each label's two predecessors.
    cdef int32_t firsts[4]
    cdef int32_t seconds[4]

    def __init__(self, Alphabet alphabet not None, unigrams, pairs, pair_displacements, kinds, windows,
                 WordGroups groups not None,
                 findings, covers, transitions, starts, Rules rules=None):
        cdef Py_ssize_t k
        cdef const uint64_t[::1] unigrams_view
        cdef const uint32_t[:, ::1] pairs_view
        cdef const uint8_t[::1] moved_view
        cdef const uint8_t[::1] kinds_view
        cdef const uint64_t[::1] windows_view
        cdef const uint64_t[::1] findings_view
        cdef const uint32_t[:, :, ::1] covers_view
        unigrams = as_array(unigrams, np.int16, "unigrams")
        pairs_view = pairs = as_array(pairs, np.uint32, "pairs")
        moved_view = moved = as_array(pair_displacements, np.uint8, "pair_displacements")
        kinds_view = kinds = as_array(kinds, np.uint8, "kinds")
        windows = as_array(windows, np.int16, "windows")
        findings = as_array(findings, np.int16, "findings")
        covers_view = covers = as_array(covers, np.uint32, "covers")
        transitions = as_array(transitions, np.int32, "transitions")
        starts = as_array(starts, np.int32, "starts")
        check_tables(unigrams, pairs, kinds, windows, groups, findings, covers)
        check_placed(pairs[:-1, 0], moved)
        if transitions.shape != (LABELS, LABELS) or starts.shape != (LABELS,):
            raise ValueError("transitions must have shape (4, 4) and starts (4,)")
        check_moderate(transitions)
        check_moderate(starts)
        self.alphabet = alphabet
        self.groups = groups
        self.rules = Rules() if rules is None else rules
        self.arrays = {
            "unigrams": unigrams, "pairs": pairs, "pair_displacements": moved, "kinds": kinds, "windows": windows,
            "findings": findings, "covers": covers, "transitions": transitions, "starts": starts,
        }
        all_findings = np.zeros((MOST_GROUPS, FINDINGS, LABELS), np.int16)
        all_findings[:len(findings)] = findings
        unigrams_view, windows_view, findings_view = self.rows = (
            packed(unigrams), packed(windows), packed(all_findings)
        )
        self.unigrams = &unigrams_view[0]
        self.pairs = &pairs_view[0, 0]
        self.kinds = &kinds_view[0] if kinds.size else NULL
        self.windows = &windows_view[0]
        self.findings = &findings_view[0]
        self.covers = &covers_view[0, 0, 0]
        self.capacity = <uint32_t> (len(pairs) - 1)
        self.moved, self.buckets = &moved_view[0], <uint32_t> len(moved)
        self.unranked = <int32_t> (len(unigrams) - 1)
        self.digit, self.nought = np.minimum(alphabet.symbols(DIGIT_LETTER + NOUGHT), self.unranked)
        self.uncovered = <int32_t> (len(covers) - 1)
        self.group_count = <int32_t> len(findings)
        for k in range(16):
            self.transitions[k] = transitions[k // LABELS, k % LABELS]
        for k in range(LABELS):
            self.starts[k] = starts[k]
            self.firsts[k] = transitions[E if k == B or k == S else B, k]
            self.seconds[k] = transitions[S if k == B or k == S else M, k]

    def __reduce__(self):
        arrays = self.arrays
        return BmesCutter, (
            self.alphabet, arrays["unigrams"], arrays["pairs"], arrays["pair_displacements"], arrays["kinds"],
            arrays["windows"], self.groups, arrays["findings"], arrays["covers"], arrays["transitions"],
            arrays["starts"], self.rules,
        )

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        return self.cut_with(text, None, ends)

    cdef Py_ssize_t cut_with(self, Text text, WordMarker marker, int32_t* ends) noexcept nogil:
        """Cut each stretch between white space by itself; a run of white space is a word.

        So a text of several lines is cut as its lines are, each by itself.
        """
        cdef Py_ssize_t n = text.length, i = 0, start, count = 0, k, found
        # A symbol more at both ends: 0, as between stretches.
        cdef int32_t* symbols = <int32_t*> PyMem_RawMalloc((n + 2) * (sizeof(int32_t) + 2))
        cdef uint8_t* classes
        cdef uint8_t* marks
        cdef Matches matches = Matches(NULL, 0, 0)
        cdef Stretch stretch
        if symbols == NULL:
            return -1
        classes = <uint8_t*> (symbols + n + 2)
        marks = classes + n + 2
        symbols += 1
        self.alphabet.read(text, symbols, classes)
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
            symbols[start - 1] = symbols[i] = 0
            found = self.cut_stretch(symbols + start, classes + start, &stretch, ends + count)
            if found < 0:
                count = -1
                break
            for k in range(found):
                ends[count + k] += <int32_t> start
            count += found
        free_matches(&matches)
        PyMem_RawFree(symbols - 1)
        return count

    cdef Py_ssize_t cut_stretch(self, int32_t* symbols, const uint8_t* classes, Stretch* stretch,
                                int32_t* ends) noexcept nogil:
        """Viterbi over a stretch without white space; return how many words, -1 for no memory.

        ``symbols`` is 0 before the stretch and after it.
        """
        cdef int32_t n = stretch.length
        cdef Room room
        cdef int64_t score = 0
        cdef Py_ssize_t count = -1
        cdef void* memory = new_room(&room, symbols - 1, n)
        if memory == NULL:
            return -1
        self.score_all(&room, classes, n)
        while stretch.matches_count and stretch.matches.start < stretch.origin:
            stretch.matches += 1
            stretch.matches_count -= 1
        if stretch.matches_count and stretch.matches.start < stretch.origin + n:
            stretch.scores = widened(room.scores, n)
            if stretch.scores != NULL:
                count = best_words(stretch, ends, &score)
                PyMem_RawFree(<void*> stretch.scores)
        else:
            count = word_ends(room.back, n, best_labels(
                room.scores, stretch.marks, UNIT_INSIDE, BREAK, n, &self.firsts[0], &self.seconds[0],
                &self.starts[0], room.back), ends)
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
        cdef int32_t[::1] symbols
        cdef const uint8_t[::1] classes
        if view.length:
            symbols = np.pad(self.alphabet.symbols(text), 1)
            classes = self.alphabet.classes(text)
            memory = new_room(&room, &symbols[0], view.length)
            if memory == NULL:
                raise MemoryError()
            with nogil:
                self.score_all(&room, &classes[0], <int32_t> view.length)
                for i in range(LABELS * view.length):
                    out[i >> 2, i & 3] = score_of(room.scores[i >> 2], i & 3)
            PyMem_RawFree(memory)
        return table

    cdef void score_all(self, Room* room, const uint8_t* classes, int32_t n) noexcept nogil:
        """Work out the scores of the four labels at each place of a stretch."""
        self.note_kinds(room, classes, n)
        self.find_pairs(room, n)
        self.score_characters(room, n)
        self.score_pairs(room, n)
        self.score_findings(room, n)

    cdef void note_kinds(self, Room* room, const uint8_t* classes, int32_t n) noexcept nogil:
        """Note the kinds of the characters; make the digits of numbers all alike."""
        cdef int32_t* symbols = room.symbols + 1
        cdef uint8_t* kinds = room.kinds + 2
        cdef int32_t i, k, run = 0
        for i in range(n):
            if symbols[i] >= self.unranked:
                symbols[i] = self.unranked
                kinds[i] = classes[i]
            else:
                kinds[i] = self.kinds[symbols[i]]
            if kinds[i] == DIGIT:
                symbols[i] = self.digit
            # Most characters are covered by no word or a short one: the first line of their weights.
            prefetch(self.covers + COVERS * COVERING * <Py_ssize_t> min(symbols[i], self.uncovered))
            run = run + 1 if kinds[i] == CHINESE_DIGIT else 0
            if run >= SHORTEST_RUN:
                for k in range(i if run > SHORTEST_RUN else i - SHORTEST_RUN + 1, i + 1):
                    symbols[k] = self.nought
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
        cdef const uint32_t* pairs = self.pairs
        cdef uint32_t* rows = room.rows
        cdef Found* found = room.found
        cdef uint64_t keys[CHUNK]
        cdef uint64_t before = ones[0], here
        cdef uint32_t capacity = self.capacity, entry, mask
        cdef uint8_t noted
        cdef int32_t stop = min(start + CHUNK, n + 1), i, count = 0
        for i in range(start, stop):
            keys[i - start] = key_of_pair(symbols[i], symbols[i + 1])
            rows[i] = slot_of(keys[i - start], self.moved, self.buckets, capacity)
            prefetch(pairs + ENTRY * <Py_ssize_t> rows[i])
        for i in range(start, stop):
            entry = pairs[ENTRY * <Py_ssize_t> rows[i]]
            mask = mask_of(entry, keys[i - start])
            rows[i] = capacity ^ ((capacity ^ rows[i]) & mask)
            # What ends at the text's edges is no word.
            noted = <uint8_t> (entry & mask) if 0 < i < n else 0
            here = lanes_of(noted & GROUPS)
            # The pair of characters i - 1 and i: of two pairs that cover a character the left one counts.
            if i > 0:
                found[i - 1].begins = here
                found[i - 1].covers = before << 1 | here & ~before
            found[i].ends = here
            before = here
            # Kept or not: only the count tells, since a branch here is guessed wrong too often.
            going[count] = Beginning(keys[i - start], 0, i - 1, i + 1)
            count += noted >> 7
        ones[0] = before
        return self.made_longer(room, n, going, count)

    cdef int32_t made_longer(self, Room* room, int32_t n, Beginning* going, int32_t count) noexcept nogil:
        """Make strings longer by a character; leave out those that cannot be, and return how many are left."""
        cdef const uint32_t* entries = self.groups.entries
        cdef const uint8_t* moved = self.groups.moved
        cdef uint32_t buckets = self.groups.buckets, capacity = self.groups.capacity
        cdef Beginning string
        cdef int32_t i, kept = 0
        for i in range(count):
            string = going[i]
            if string.end == n or string.end - string.start == LONGEST:
                continue
            string.end += 1
            string.key = longer_key(string.key, room.symbols[string.end])
            string.slot = slot_of(string.key, moved, buckets, capacity)
            prefetch(entries + string.slot)
            going[kept] = string
            kept += 1
        return kept

    cdef void find_longer(self, Room* room, int32_t n, Beginning* going, int32_t count) noexcept nogil:
        """Note the words that begin with some strings."""
        cdef const uint32_t* entries = self.groups.entries
        cdef Found* found = room.found
        cdef int32_t i, kept
        cdef uint8_t noted
        while count:
            kept = 0
            for i in range(count):
                noted = noted_in(entries[going[i].slot], going[i].key)
                if noted & GROUPS:
                    record(found, going[i].start, going[i].end, noted & GROUPS)
                going[kept] = going[i]
                kept += noted >> 7
            count = self.made_longer(room, n, going, kept)

    cdef void score_characters(self, Room* room, int32_t n) noexcept nogil:
        """Add up the weights of characters, and of windows of three kinds, around each place.

        Also 2**15, which makes all sums positive, less what the weights of 8 bits are too large by.
        """
        cdef const int32_t* symbols = room.symbols
        cdef const uint8_t* kinds = room.kinds
        cdef const uint64_t* unigrams = self.unigrams
        cdef const uint64_t* windows = self.windows
        cdef uint64_t* scores = room.scores
        cdef uint64_t bias = <uint64_t> 0x0001000100010001 * ((1 << 15) - 128 * (2 + COVERING))
        cdef const uint64_t* before = unigrams
        cdef const uint64_t* at = unigrams + 3 * <Py_ssize_t> symbols[1]
        cdef const uint64_t* after
        cdef uint32_t window = <uint32_t> kinds[0] << 8 | <uint32_t> kinds[1] << 4 | kinds[2]
        cdef const uint64_t* window_before = windows + 3 * window
        cdef const uint64_t* window_at
        cdef const uint64_t* window_after
        cdef int32_t i
        window = (window << 4 | kinds[3]) & 4095
        window_at = windows + 3 * window
        for i in range(n):
            window = (window << 4 | kinds[i + 4]) & 4095
            window_after = windows + 3 * window
            after = unigrams + 3 * <Py_ssize_t> symbols[i + 2]
            scores[i] = (before[0] + at[1] + after[2] + window_before[0] + window_at[1] + window_after[2] + bias)
            before, at = at, after
            window_before, window_at = window_at, window_after

    cdef void score_pairs(self, Room* room, int32_t n) noexcept nogil:
        """Add the weights of pairs, and those of characters with what covers them."""
        cdef uint64_t* scores = room.scores
        cdef const int32_t* symbols = room.symbols
        cdef const uint32_t* rows = room.rows
        cdef const Found* found = room.found
        cdef const uint32_t* pairs = self.pairs
        cdef const uint32_t* covers = self.covers
        cdef const uint32_t* cover
        cdef int32_t uncovered = self.uncovered, i
        for i in range(n):
            cover = covers + COVERS * COVERING * <Py_ssize_t> min(symbols[i + 1], uncovered)
            scores[i] += add_bytes(
                pairs[ENTRY * <Py_ssize_t> rows[i] + 1], pairs[ENTRY * <Py_ssize_t> rows[i + 1] + 2],
                cover[COVERING * (found[i].covers & 15)], cover[COVERING * (found[i].covers >> 8 & 15) + 1])

    cdef void score_findings(self, Room* room, int32_t n) noexcept nogil:
        """Add the weights of what was found; take off what made all sums positive."""
        cdef uint64_t* scores = room.scores
        cdef const Found* found = room.found
        cdef const uint64_t* findings = self.findings
        cdef int32_t i
        for i in range(n):
            scores[i] += add_findings(found[i].begins, found[i].ends, found[i].covers, findings)
            scores[i] ^= <uint64_t> 0x8000800080008000


cdef void* new_room(Room* room, int32_t* symbols, Py_ssize_t n) noexcept nogil:
    """Return the memory in which the other arrays of a room for n characters lie, NULL if there is none."""
    cdef Py_ssize_t places = n + 4
    cdef char* memory = NULL
    # Places, and what lies a word behind them, are counted in 32 bits.
    if n < 0x7FFFFFC0:
        memory = <char*> PyMem_RawMalloc(places * (4 * 8 + 4 + 2))
    if memory == NULL:
        return NULL
    room.found = <Found*> memory
    room.scores = <uint64_t*> (room.found + places)
    room.symbols = symbols
    room.rows = <uint32_t*> (room.scores + places)
    room.kinds = <uint8_t*> (room.rows + places)
    room.back = room.kinds + places
    return memory


cdef int32_t* widened(const uint64_t* scores, int32_t n) noexcept nogil:
    """Return the scores of n places as numbers of 32 bits, NULL for no memory."""
    cdef int32_t* wider = <int32_t*> PyMem_RawMalloc(LABELS * <Py_ssize_t> n * sizeof(int32_t))
    cdef Py_ssize_t i
    if wider != NULL:
        for i in range(LABELS * <Py_ssize_t> n):
            wider[i] = score_of(scores[i >> 2], i & 3)
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
    if pairs[len(pairs) - 1, 0]:
        raise ValueError("a table of pairs must have a row of no pair at its end")
    if kinds.shape != (symbols - 1,) or kinds.max(initial=0) >= EDGE:
        raise ValueError(f"there must be a kind below {EDGE} for each symbol")
    if windows.shape != (KINDS ** 3, 12):
        raise ValueError(f"windows must have shape {(KINDS ** 3, 12)}, got {windows.shape}")
    if findings.ndim != 3 or findings.shape[1:] != (FINDINGS, LABELS) or count > MOST_GROUPS:
        raise ValueError(f"findings must have shape (groups, {FINDINGS}, 4), got {findings.shape}")
    if covers.ndim != 3 or covers.shape[1:] != (COVERS, COVERING) or not 0 < len(covers) <= symbols:
        raise ValueError(f"covers must have shape (covered, {COVERS}, {COVERING}), got {covers.shape}")
    if 3 * largest(unigrams) + 3 * largest(windows) + count * largest(findings) + 128 * (2 + COVERING) >= 1 << 15:
        raise ValueError("the weights are too large: those of a place must add up to less than 2**15")
    notes = int(np.bitwise_or.reduce(pairs[:, 0]) | np.bitwise_or.reduce(groups.table)) & GROUPS
    if notes >> count:
        raise ValueError(f"the words are in more than {count} groups")


def largest(weights):
    """Return the largest amount of all weights."""
    return max(int(weights.max(initial=0)), -int(weights.min(initial=0)))
