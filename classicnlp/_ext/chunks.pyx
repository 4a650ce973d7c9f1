"""Grouping the tagged words of a text into spans: features, one probe each, then Viterbi.

A word is outside of all spans (label 0), or, for spans of kind k, the first of several words
(4 k + 1), one in the middle (4 k + 2), the last (4 k + 3), or a span by itself (4 k + 4). Words
whose tag, or that themselves with their tag, only ever stood outside are not scored at all.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, prefetch, text_of
from classicnlp._ext.features cimport hash_symbols, mix, shape_of
from classicnlp._ext.table cimport Sieve, Table, find, sift, slot_of
from classicnlp._ext.units cimport SPACE, punctuate

from classicnlp._ext.bmes import check_moderate
from classicnlp._ext.features import check_rising, check_word_offsets
from classicnlp._ext.table import check_table, sieve_of
from classicnlp.checks import as_array

# A word's label: 0, or four times the kind of its span plus one of these.
cdef enum:
    OUTSIDE = 0
    BEGIN = 1
    INSIDE = 2
    END = 3
    SINGLE = 4
    ROLES = 4
    MOST_LABELS = 253

cdef int64_t LOWEST = -(<int64_t> 1 << 62)
cdef uint8_t ONLY_OUTSIDE = OUTSIDE

cdef enum:
    CHUNK_TEMPLATES = 22
    MOST_WORDS = 8  # of a listed name
    REACH_BITS = 14
    NO_TAG = 0xFFFE  # beyond the ends of a sentence
    MOST_TAGS = 0xFF00
    MOST_KINDS = 63

TEMPLATES_OF_CHUNKS = (
    "W-1", "W0", "W1", "W-1W0", "W0W1", "W0T0", "T0", "T-1T0T1", "T-2T-1T0", "T0T1T2",
    "first character, T0", "first two", "last character, T0", "last two, T0",
    "last character and length", "last of W-1, T0", "last of W1, T1", "length and classes",
    "N0T0", "N-1N0", "N0N1", "N0 and length and classes",
)
"""W a word, T its tag, N what a list of names says about it."""

REACH = 1 << REACH_BITS


cdef struct Names:
    # A table from names to their kinds, and how long those can be that begin with two characters.
    Table table
    const uint8_t* kinds
    const uint8_t* reach


cdef struct Sentence:
    # The words of a text: word i ends at ends[i], its key, shape, tag and mark are those of i.
    const int32_t* symbols
    const int32_t* ends
    const uint64_t* words
    const int32_t* shapes
    const uint16_t* tags
    const uint8_t* marks
    int32_t count


cdef inline uint64_t key_of(uint64_t template, uint64_t seen, uint64_t tags) noexcept nogil:
    """Hash something seen together with up to three tags of 16 bits each."""
    cdef uint64_t key = mix(seen + ((template << 48) + tags) * <uint64_t> 0x9E3779B97F4A7C15)
    return key if key else 1  # 0 says that a feature is absent


cdef inline uint64_t pair_of(uint64_t one, uint64_t other) noexcept nogil:
    return one * <uint64_t> 0xD6E8FEB86659FD93 + other


cdef inline uint64_t tag_at(const Sentence* s, int32_t i) noexcept nogil:
    return s.tags[i] if 0 <= i < s.count else NO_TAG


cdef inline uint64_t word_at(const Sentence* s, int32_t i) noexcept nogil:
    return s.words[i] if 0 <= i < s.count else 1 + (i > 0)


cdef inline uint64_t last_at(const Sentence* s, int32_t i) noexcept nogil:
    """The last character of a word; symbols are moved to tell them from the ends."""
    return <uint64_t> s.symbols[s.ends[i] - 1] + 8 if 0 <= i < s.count else 1 + (i > 0)


cdef inline uint64_t name_at(const Sentence* s, int32_t i) noexcept nogil:
    return s.marks[i] if 0 <= i < s.count else 0


cdef inline uint64_t known_word(uint64_t word, uint64_t tag) noexcept nogil:
    return key_of(0xFFFF, word, tag)


cdef void chunk_features_at(const Sentence* s, int32_t i, uint64_t* keys) noexcept nogil:
    """Write the keys of word i, CHUNK_TEMPLATES of them, 0 where one is absent."""
    cdef int32_t start = s.ends[i - 1] if i > 0 else 0, length = s.ends[i] - start
    cdef const int32_t* word = s.symbols + start
    cdef uint64_t here = s.words[i], before = word_at(s, i - 1), after = word_at(s, i + 1)
    cdef uint64_t tag = s.tags[i], tag_before = tag_at(s, i - 1), tag_after = tag_at(s, i + 1)
    cdef uint64_t last = last_at(s, i), name = s.marks[i]
    keys[0] = key_of(1, before, 0)
    keys[1] = key_of(2, here, 0)
    keys[2] = key_of(3, after, 0)
    keys[3] = key_of(4, pair_of(before, here), 0)
    keys[4] = key_of(5, pair_of(here, after), 0)
    keys[5] = key_of(6, here, tag)
    keys[6] = key_of(7, 0, tag)
    keys[7] = key_of(8, 0, tag_before << 32 | tag << 16 | tag_after)
    keys[8] = key_of(9, 0, tag_at(s, i - 2) << 32 | tag_before << 16 | tag)
    keys[9] = key_of(10, 0, tag << 32 | tag_after << 16 | tag_at(s, i + 2))
    keys[10] = key_of(11, <uint64_t> word[0], tag)
    keys[11] = key_of(12, pair_of(<uint64_t> word[0], <uint64_t> word[1]), 0) if length > 1 else 0
    keys[12] = key_of(13, last, tag)
    keys[13] = key_of(14, pair_of(<uint64_t> word[length - 2], last), tag) if length > 1 else 0
    keys[14] = key_of(15, last, <uint64_t> length)
    keys[15] = key_of(16, last_at(s, i - 1), tag)
    keys[16] = key_of(17, last_at(s, i + 1), tag_after)
    keys[17] = key_of(18, <uint64_t> s.shapes[i], 0)
    keys[18] = key_of(19, name, tag)
    keys[19] = key_of(20, name_at(s, i - 1), name << 16)
    keys[20] = key_of(21, name, name_at(s, i + 1) << 16)
    keys[21] = key_of(22, name, <uint64_t> s.shapes[i] << 16)


cdef inline uint32_t reach_of(int32_t first, int32_t second) noexcept nogil:
    return <uint32_t> (mix(<uint64_t> first << 32 | <uint64_t> second) >> (64 - REACH_BITS))


cdef inline uint8_t kind_of(const Names* names, uint64_t key) noexcept nogil:
    cdef const uint32_t* slot = find(&names.table, key)
    return names.kinds[slot[1]] if slot != NULL and slot[3] > slot[1] else 0


cdef int32_t name_from(const Names* names, const int32_t* symbols, const int32_t* ends, int32_t count,
                       int32_t i, uint8_t* kind) noexcept nogil:
    """Return the place behind the longest listed name that begins with word i; i if there is none."""
    cdef int32_t start = ends[i - 1] if i > 0 else 0, j, found = i, length, reach
    cdef uint8_t seen
    if start + 1 >= ends[count - 1]:
        return i
    reach = names.reach[reach_of(symbols[start], symbols[start + 1])]
    for j in range(i, min(count, i + MOST_WORDS)):
        length = ends[j] - start
        if length > reach:
            break
        if length > 1:
            seen = kind_of(names, hash_symbols(symbols + start, length))
            if seen:
                found, kind[0] = j + 1, seen
    return found


cdef void mark_names(const Names* names, const int32_t* symbols, const int32_t* ends, int32_t count,
                     uint8_t* marks) noexcept nogil:
    """Write for each word what name it belongs to and where in it: the longest from the left count."""
    cdef int32_t i = 0, behind, k
    cdef uint8_t kind = 0
    memset(marks, 0, count)
    while i < count:
        behind = name_from(names, symbols, ends, count, i, &kind)
        if behind == i:
            i += 1
            continue
        for k in range(i, behind):
            marks[k] = <uint8_t> (ROLES * (kind - 1) + (
                SINGLE if behind == i + 1 else BEGIN if k == i else END if k == behind - 1 else INSIDE))
        i = behind


cdef class NameTable:
    """Names with kinds, to be found in texts that are cut into words; immutable.

    Parameters
    ----------
    slots : uint32 array, shape (slots + 1, 2)
        As `classicnlp._ext.table.fill_table` fills it with the keys of names.
    kinds : uint8 array, shape (names,)
        The kind of the name in each slot that holds one: 1 ... 63.
    reach : uint8 array of length REACH
        The length of the longest name for each hash of two first characters.

    Raises
    ------
    ValueError
        If the arrays do not fit.
    """

    cdef readonly object arrays
    cdef const uint32_t[:, ::1] slots
    cdef const uint8_t[::1] kinds
    cdef const uint8_t[::1] reach
    cdef Names names

    def __init__(self, slots, kinds, reach):
        slots = as_array(slots, np.uint32, "name_slots")
        kinds = as_array(kinds, np.uint8, "name_kinds")
        reach = as_array(reach, np.uint8, "name_reach")
        check_table(slots, kinds)
        if kinds.size and not 0 < int(kinds.min()) <= int(kinds.max()) <= MOST_KINDS:
            raise ValueError(f"the kind of a name must be 1 ... {MOST_KINDS}")
        if reach.shape != (REACH,):
            raise ValueError(f"reach must have {REACH} items, got shape {reach.shape}")
        self.arrays = {"name_slots": slots, "name_kinds": kinds, "name_reach": reach}
        self.slots = slots
        self.kinds = kinds
        self.reach = reach
        self.names.table = Table(&self.slots[0, 0], <uint64_t> (self.slots.shape[0] - 1))
        self.names.kinds = &self.kinds[0] if self.kinds.shape[0] else NULL
        self.names.reach = &self.reach[0]

    def mark(self, const int32_t[::1] symbols not None, const int64_t[::1] word_offsets not None,
             const int64_t[::1] offsets not None):
        """Return for each word of each sentence which kind of name it is a part of, and which part.

        Parameters
        ----------
        symbols : int32 array, shape (n,)
            The symbols of all words, one after another.
        word_offsets : int64 array, ascending from 0 to n
            Where each word begins in ``symbols``, and the end of the last; no word is empty.
        offsets : int64 array, ascending from 0 to the number of words
            Where each sentence begins among the words, and the end of the last.

        Returns
        -------
        uint8 array, shape (words,)
            0, or 4 (kind - 1) + 1 for the first, 2 for a middle, 3 for the last of several words, 4
            for a name of one word.
        """
        cdef Py_ssize_t s, low, count
        cdef int32_t[::1] ends = word_ends(symbols, word_offsets, offsets)
        marks = np.zeros(word_offsets.shape[0], np.uint8)
        cdef uint8_t[::1] out = marks
        with nogil:
            for s in range(offsets.shape[0] - 1):
                low, count = offsets[s], offsets[s + 1] - offsets[s]
                if count:
                    mark_names(&self.names, &symbols[word_offsets[low]], &ends[low], <int32_t> count, &out[low])
        return marks[:word_offsets.shape[0] - 1]


def name_keys(const int32_t[::1] symbols not None, const int64_t[::1] offsets not None):
    """Return the keys of names, and the length of the longest for each hash of two first characters.

    Parameters
    ----------
    symbols : int32 array, shape (n,)
        The symbols of all names, one after another.
    offsets : int64 array, ascending from 0 to n
        Where each name begins; it has 2 to 255 symbols.

    Returns
    -------
    keys : uint64 array
    reach : uint8 array of length REACH
    """
    cdef Py_ssize_t count = offsets.shape[0] - 1, i
    cdef int32_t length
    cdef uint32_t place
    if count < 0 or offsets[0] != 0 or offsets[count] != symbols.shape[0]:
        raise ValueError("offsets must run from 0 to the number of symbols")
    widths = np.diff(offsets)
    if (widths < 2).any() or (widths > 255).any():
        raise ValueError("a name has 2 to 255 characters")
    keys = np.zeros(count, np.uint64)
    reach = np.zeros(REACH, np.uint8)
    cdef uint64_t[::1] out = keys
    cdef uint8_t[::1] longest = reach
    for i in range(count):
        length = <int32_t> (offsets[i + 1] - offsets[i])
        out[i] = hash_symbols(&symbols[offsets[i]], length)
        place = reach_of(symbols[offsets[i]], symbols[offsets[i] + 1])
        longest[place] = max(longest[place], <uint8_t> length)
    return keys, reach


cdef int32_t[::1] word_ends(const int32_t[::1] symbols, const int64_t[::1] word_offsets, const int64_t[::1] offsets):
    """Return where words end in their sentences; raise a ValueError if the offsets are not sound."""
    cdef Py_ssize_t total = word_offsets.shape[0] - 1
    check_word_offsets(word_offsets, symbols)
    if offsets.shape[0] == 0 or offsets[0] != 0 or offsets[offsets.shape[0] - 1] != total:
        raise ValueError("offsets must run from 0 to the number of words")
    check_rising(offsets)
    cdef Py_ssize_t s, i
    cdef int32_t[::1] ends = np.zeros(total + 1, np.int32)
    for s in range(offsets.shape[0] - 1):
        for i in range(offsets[s], offsets[s + 1]):
            ends[i] = <int32_t> (word_offsets[i + 1] - word_offsets[offsets[s]])
    return ends


def chunk_features(const int32_t[::1] symbols not None, const uint8_t[::1] classes not None,
                   const int64_t[::1] word_offsets not None, const int64_t[::1] offsets not None,
                   const uint16_t[::1] tags not None, const uint8_t[::1] marks not None):
    """Return the keys of the templates at each word of each sentence, and of the words with tags.

    Parameters
    ----------
    symbols, word_offsets, offsets
        As for `NameTable.mark`.
    classes : uint8 array, shape (n,)
        The characters' classes.
    tags : uint16 array, shape (words,)
    marks : uint8 array, shape (words,)
        What `NameTable.mark` returns.

    Returns
    -------
    keys : uint64 array, shape (words, 22)
        0 where a template gives no feature.
    words : uint64 array, shape (words,)
        A key for each word with its tag.
    """
    cdef Py_ssize_t total = word_offsets.shape[0] - 1, k, i, low, count
    cdef Sentence s
    cdef int32_t[::1] ends = word_ends(symbols, word_offsets, offsets)
    if classes.shape[0] != symbols.shape[0] or tags.shape[0] != total or marks.shape[0] != total:
        raise ValueError("each symbol must have a class, and each word a tag and a mark")
    keys = np.zeros((total, CHUNK_TEMPLATES), np.uint64)
    known = np.zeros(total, np.uint64)
    cdef uint64_t[:, ::1] out = keys
    cdef uint64_t[::1] known_words = known
    cdef uint64_t[::1] words = np.empty(total + 1, np.uint64)
    cdef int32_t[::1] shapes = np.empty(total + 1, np.int32)
    with nogil:
        for i in range(total):
            count = word_offsets[i + 1] - word_offsets[i]
            words[i] = hash_symbols(&symbols[word_offsets[i]], <int32_t> count)
            shapes[i] = shape_of(&symbols[word_offsets[i]], &classes[word_offsets[i]], <int32_t> count)
            known_words[i] = known_word(words[i], tags[i])
        for k in range(offsets.shape[0] - 1):
            low, count = offsets[k], offsets[k + 1] - offsets[k]
            if count:
                s = Sentence(&symbols[word_offsets[low]], &ends[low], &words[low], &shapes[low], &tags[low],
                             &marks[low], <int32_t> count)
                for i in range(count):
                    chunk_features_at(&s, <int32_t> i, &out[low + i, 0])
    return keys, known


cdef struct Room:
    # What is worked out about the words of a text. Word i may have the labels
    # choices[i][0 : first[i + 1] - first[i]], the outside first.
    uint64_t* words
    const uint8_t** choices
    int32_t* shapes
    int32_t* first
    int32_t* symbols
    uint8_t* classes
    uint8_t* marks


cdef struct Waiting:
    # A word whose features are being fetched: first their slots, then their cells.
    int32_t word
    int32_t found
    uint64_t keys[CHUNK_TEMPLATES]
    const uint32_t* slots[CHUNK_TEMPLATES]


cdef void ask_for_slots(const Table* table, const Sieve* sieve, Waiting* w) noexcept nogil:
    """Ask for the slots of the features that may have weights."""
    cdef int32_t t
    w.found = sift(sieve, w.keys, CHUNK_TEMPLATES)
    for t in range(w.found):
        prefetch(slot_of(table, w.keys[t]))


cdef void ask_for_cells(const Table* table, const int32_t* cells, Waiting* w) noexcept nogil:
    """Find the slots of the features that have weights, and ask for their cells."""
    cdef int32_t t, sifted = w.found
    cdef const uint32_t* slot
    w.found = 0
    for t in range(sifted):
        slot = find(table, w.keys[t])
        if slot != NULL:
            w.slots[w.found] = slot
            w.found += 1
            prefetch(cells + slot[1])


cdef void add_up(const int32_t* cells, const Waiting* w, int32_t labels, int32_t* sums) noexcept nogil:
    """sums[y] = sum of the weights that a word's features give label y."""
    cdef int32_t t
    cdef uint32_t k
    memset(sums, 0, labels * sizeof(int32_t))
    for t in range(w.found):
        for k in range(w.slots[t][1], w.slots[t][3]):
            sums[cells[k] & 255] += cells[k] >> 8


cdef struct Chain:
    # Scores of the transitions from row to column, and of the first label.
    const int32_t* transitions
    const int32_t* starts
    int32_t labels
    int64_t spread


cdef inline int32_t role_of(uint8_t label) noexcept nogil:
    return (label - 1) % ROLES + 1 if label else OUTSIDE


cdef int32_t list_closed(const uint8_t* choices, int32_t width, const int64_t* best, int64_t spread,
                         uint8_t* closed) noexcept nogil:
    """List the labels that leave no span open and can be on the best path; return how many there are.

    One that is behind another by more than transitions can make up for cannot.
    """
    cdef int32_t j, role, count = 0
    cdef int64_t least = LOWEST + 1
    for j in range(width):
        role = role_of(choices[j])
        if role != BEGIN and role != INSIDE:
            least = max(least, best[choices[j]] - spread)
    for j in range(width):
        role = role_of(choices[j])
        if role != BEGIN and role != INSIDE and best[choices[j]] >= least:
            closed[count] = choices[j]
            count += 1
    return count


cdef void best_path(const Room* room, int32_t count, const Chain* chain, const int32_t* emissions,
                    int64_t* best, uint8_t* back, uint8_t* path) noexcept nogil:
    """Write the best legal path: a span that is begun goes on until its end, before the last word's end.

        best[i, y] = emissions[i, y] + max over y' of best[i - 1, y'] + transitions[y', y]

    where y' is the first or a middle word of y's kind if y carries on a span, else it leaves none open.
    ``best`` has room for two places. Of equal paths the one with the smaller label at their last
    difference wins. The outside, which every word may have, and a word that must be a span by itself
    keep a path open at every place.
    """
    cdef int64_t* here = best
    cdef int64_t* before = best + chain.labels
    cdef int64_t* swapped
    cdef uint8_t closed[256]
    cdef int32_t closed_count = 0, i, j, k, role, y, width
    cdef int64_t score, top
    cdef uint8_t chosen
    for y in range(chain.labels):
        before[y] = here[y] = LOWEST
    for i in range(count):
        width = room.first[i + 1] - room.first[i]
        for j in range(width):
            y = room.choices[i][j]
            role = role_of(<uint8_t> y)
            top, chosen = LOWEST, OUTSIDE
            if role == INSIDE or role == END:
                # The first and the middle word are the two and one, or three and two, labels below.
                k = y - role + BEGIN
                if i > 0 and before[k] > LOWEST:
                    top, chosen = before[k] + chain.transitions[k * chain.labels + y], <uint8_t> k
                if i > 0 and before[k + 1] > LOWEST:
                    score = before[k + 1] + chain.transitions[(k + 1) * chain.labels + y]
                    if score > top:
                        top, chosen = score, <uint8_t> (k + 1)
            elif i == 0:
                top = chain.starts[y]
            else:
                for k in range(closed_count):
                    score = before[closed[k]] + chain.transitions[closed[k] * chain.labels + y]
                    if score > top:
                        top, chosen = score, closed[k]
            here[y] = top + emissions[room.first[i] + j] if top > LOWEST else LOWEST
            back[room.first[i] + j] = chosen
        closed_count = list_closed(room.choices[i], width, here, chain.spread, closed)
        if i > 0:
            for j in range(room.first[i] - room.first[i - 1]):
                before[room.choices[i - 1][j]] = LOWEST
        swapped = before
        before = here
        here = swapped
    trace_back(room, count, chain, before, closed, closed_count, back, path)


cdef void trace_back(const Room* room, int32_t count, const Chain* chain, const int64_t* last,
                     const uint8_t* closed, int32_t closed_count, const uint8_t* back, uint8_t* path) noexcept nogil:
    """Follow the best path from its end, behind which all is outside."""
    cdef int32_t i, j, k
    cdef int64_t top = LOWEST, score
    for k in range(closed_count):
        score = last[closed[k]] + chain.transitions[closed[k] * chain.labels + OUTSIDE]
        if score > top:
            top, path[count - 1] = score, closed[k]
    for i in range(count - 1, 0, -1):
        j = 0
        while room.choices[i][j] != path[i]:
            j += 1
        path[i - 1] = back[room.first[i] + j]


cdef class Chunker:
    """Groups tagged words into spans by a first-order chain; immutable.

    Parameters
    ----------
    alphabet : Alphabet
    feature_slots, feature_cells : uint32 and int32 arrays
        A table as `classicnlp._ext.table.fill_table` fills it, from features to the labels that
        each says something about, with weights: 256 weight + label.
    word_slots, word_labels : uint32 and uint8 arrays
        A table from words with tags to the labels that they may have.
    tag_first : int32 array, shape (tags + 2,)
        Of any other word with tag t, the labels are tag_labels[tag_first[t]:tag_first[t + 1]]; the
        last row is that of words without a tag.
    tag_labels : uint8 array
    transitions : int32 array, shape (labels, labels)
    starts : int32 array, shape (labels,)
    names : NameTable

    Raises
    ------
    ValueError
        If the shapes do not fit, a label does not exist, or a word may not be outside of spans.
    """

    cdef readonly Alphabet alphabet
    cdef readonly NameTable names
    cdef readonly object arrays
    cdef readonly Py_ssize_t kinds
    cdef readonly Py_ssize_t tags
    cdef const uint32_t[:, ::1] feature_slots
    cdef const int32_t[::1] feature_cells
    cdef const uint32_t[:, ::1] word_slots
    cdef const uint8_t[::1] word_labels
    cdef const int32_t[::1] tag_first
    cdef const uint8_t[::1] tag_labels
    cdef const int32_t[:, ::1] transitions
    cdef const int32_t[::1] starts
    cdef const int32_t* cells
    cdef const uint8_t* own_labels
    cdef const uint64_t[::1] sieve_words
    cdef Table features
    cdef Sieve sieve
    cdef Table words
    cdef const uint8_t[::1] alone
    cdef int32_t labels
    cdef int64_t spread
    cdef int32_t full_stop

    def __init__(self, Alphabet alphabet not None, feature_slots, feature_cells, word_slots, word_labels,
                 tag_first, tag_labels, transitions, starts, NameTable names not None):
        transitions = as_array(transitions, np.int32, "transitions")
        count = transitions.shape[0]
        if not 0 < count <= MOST_LABELS or count % ROLES != 1 or transitions.shape != (count, count):
            raise ValueError(f"transitions must be square, for 1 + 4 k labels, at most {MOST_LABELS}")
        arrays = {
            "feature_slots": as_array(feature_slots, np.uint32, "feature_slots"),
            "feature_cells": as_array(feature_cells, np.int32, "feature_cells"),
            "word_slots": as_array(word_slots, np.uint32, "word_slots"),
            "word_labels": as_array(word_labels, np.uint8, "word_labels"),
            "tag_first": as_array(tag_first, np.int32, "tag_first"),
            "tag_labels": as_array(tag_labels, np.uint8, "tag_labels"),
            "transitions": transitions,
            "starts": as_array(starts, np.int32, "starts"),
        }
        check_features(arrays["feature_slots"], arrays["feature_cells"], count)
        check_words(arrays["word_slots"], arrays["word_labels"], count)
        check_rows(arrays["tag_first"], arrays["tag_labels"], count)
        if arrays["starts"].shape != (count,):
            raise ValueError(f"expected {count} starts, got shape {arrays['starts'].shape}")
        check_moderate(transitions)
        check_moderate(arrays["starts"])
        self.alphabet = alphabet
        self.names = names
        self.arrays = {**arrays, **names.arrays}
        self.kinds = count // ROLES
        self.tags = arrays["tag_first"].size - 2
        self.feature_slots = arrays["feature_slots"]
        self.feature_cells = arrays["feature_cells"]
        self.word_slots = arrays["word_slots"]
        self.word_labels = arrays["word_labels"]
        self.tag_first = arrays["tag_first"]
        self.tag_labels = arrays["tag_labels"]
        self.transitions = transitions
        self.starts = arrays["starts"]
        # What a word that is a span by itself may have: one label.
        self.alone = np.arange(SINGLE, count, ROLES, dtype=np.uint8)
        self.labels = <int32_t> count
        # How much more a transition between spans may weigh than another to the same label.
        roles = np.where(np.arange(count) > 0, (np.arange(count) - 1) % ROLES + 1, OUTSIDE)
        between = transitions[(roles != BEGIN) & (roles != INSIDE)][:, (roles != INSIDE) & (roles != END)]
        self.spread = int(np.ptp(between.astype(np.int64), axis=0).max())
        self.full_stop = alphabet.symbols("。")[0]
        self.features = Table(&self.feature_slots[0, 0], <uint64_t> (self.feature_slots.shape[0] - 1))
        self.sieve_words, self.sieve.shift = sieve_of(self.feature_slots)
        self.sieve.words = &self.sieve_words[0]
        self.words = Table(&self.word_slots[0, 0], <uint64_t> (self.word_slots.shape[0] - 1))
        self.cells = &self.feature_cells[0] if self.feature_cells.shape[0] else NULL
        self.own_labels = &self.word_labels[0] if self.word_labels.shape[0] else NULL

    def __reduce__(self):
        own = {name: array for name, array in self.arrays.items() if name not in self.names.arrays}
        return restored, (self.alphabet, own, self.names.arrays)

    def label(self, str text not None, const int32_t[::1] boundaries not None, const uint16_t[::1] tags not None):
        """Return the label of each word of ``text``.

        Parameters
        ----------
        text : str
        boundaries : int32 array
            0, where words begin and end, len(text); ascending.
        tags : uint16 array, one shorter
            The number of each word's tag. ``self.tags`` stands for a tag that no training data had,
            and ``self.tags + 1 + k`` makes the word a span of kind k by itself.

        Returns
        -------
        uint8 array, as long as ``tags``

        Raises
        ------
        ValueError
            If the boundaries are not those of a cut of ``text``, or the tags do not fit.
        """
        cdef Py_ssize_t count = self.checked(text, boundaries, tags)
        labels = np.zeros(count, np.uint8)
        cdef uint8_t[::1] out = labels
        if count:
            self.label_into(text, boundaries, tags, &out[0])
        return labels

    def spans(self, str text not None, const int32_t[::1] boundaries not None, const uint16_t[::1] tags not None):
        """Return what the words' labels mark in ``text``: a list of start, end and kind of each span.

        Parameters and errors are those of `label`.
        """
        cdef Py_ssize_t count = self.checked(text, boundaries, tags)
        cdef uint8_t* labels
        if count == 0:
            return []
        labels = <uint8_t*> PyMem_RawMalloc(count)
        if labels == NULL:
            raise MemoryError()
        try:
            self.label_into(text, boundaries, tags, labels)
            return list_spans(labels, count, &boundaries[0])
        finally:
            PyMem_RawFree(labels)

    cdef Py_ssize_t checked(self, str text, const int32_t[::1] boundaries, const uint16_t[::1] tags) except -1:
        """Return the number of words; raise a ValueError if boundaries or tags do not fit."""
        cdef Py_ssize_t count = boundaries.shape[0] - 1, length = len(text), i
        cdef bint sound = count >= 0 and boundaries[0] == 0 and boundaries[count] == length
        cdef uint16_t highest = 0
        if sound:
            for i in range(count):
                sound = sound and boundaries[i] < boundaries[i + 1]
        if not sound:
            raise ValueError(f"boundaries must ascend from 0 to {length}")
        if tags.shape[0] != count:
            raise ValueError(f"expected {count} tags, got {tags.shape[0]}")
        for i in range(count):
            highest = max(highest, tags[i])
        if highest > self.tags + self.kinds:
            raise ValueError(f"a tag's number must be at most {self.tags + self.kinds}, got {highest}")
        return count

    cdef int label_into(self, str text, const int32_t[::1] boundaries, const uint16_t[::1] tags,
                        uint8_t* path) except -1:
        """Write the labels of words that were checked, at least one."""
        cdef Text view = text_of(text)
        cdef bint complete
        with nogil:
            complete = self.run(view, &boundaries[1], &tags[0], <int32_t> tags.shape[0], path)
        if not complete:
            raise MemoryError()
        return 0

    cdef bint run(self, Text text, const int32_t* ends, const uint16_t* tags, int32_t count,
                  uint8_t* path) noexcept nogil:
        """Label the ``count`` words that end at ``ends``; False for no memory."""
        cdef Py_ssize_t n = text.length
        cdef Room room
        cdef bint complete
        room.words = <uint64_t*> PyMem_RawMalloc(count * 17 + (2 * <Py_ssize_t> count + 1 + n) * 4 + n)
        if room.words == NULL:
            return False
        room.choices = <const uint8_t**> (room.words + count)
        room.shapes = <int32_t*> (room.choices + count)
        room.first = room.shapes + count
        room.symbols = room.first + count + 1
        room.classes = <uint8_t*> (room.symbols + n)
        room.marks = room.classes + n
        self.alphabet.read(text, room.symbols, room.classes)
        punctuate(room.symbols, room.classes, n, self.full_stop)
        mark_names(&self.names.names, room.symbols, ends, count, room.marks)
        complete = self.look_up(&room, ends, tags, count)
        if complete:
            complete = self.decode(&room, ends, tags, count, path)
        PyMem_RawFree(room.words)
        return complete

    cdef int32_t choose(self, const Room* room, int32_t i, int32_t start, uint16_t tag) noexcept nogil:
        """Find the labels that word i may have; return how many there are."""
        cdef const uint32_t* slot
        if tag > self.tags:
            room.choices[i] = &self.alone[tag - self.tags - 1]
            return 1
        if room.classes[start] == SPACE:
            room.choices[i] = &ONLY_OUTSIDE
            return 1
        slot = find(&self.words, known_word(room.words[i], tag))
        if slot != NULL and slot[3] > slot[1]:
            room.choices[i] = self.own_labels + slot[1]
            return <int32_t> (slot[3] - slot[1])
        room.choices[i] = &self.tag_labels[self.tag_first[tag]]
        return self.tag_first[tag + 1] - self.tag_first[tag]

    cdef bint look_up(self, Room* room, const int32_t* ends, const uint16_t* tags, int32_t count) noexcept nogil:
        """Find each word's key, shape and labels; False if there are too many."""
        cdef int32_t i, start = 0, length
        cdef int64_t used = 0
        for i in range(count):
            length = ends[i] - start
            # A run of white space is one full stop, however long it is.
            room.words[i] = hash_symbols(room.symbols + start, 1 if room.classes[start] == SPACE else length)
            room.shapes[i] = shape_of(room.symbols + start, room.classes + start, length)
            room.first[i] = <int32_t> used
            used += self.choose(room, i, start, tags[i])
            if used > 0x7FFFFFFF:
                return False
            start = ends[i]
        room.first[count] = <int32_t> used
        return True

    cdef bint decode(self, const Room* room, const int32_t* ends, const uint16_t* tags, int32_t count,
                     uint8_t* path) noexcept nogil:
        cdef Py_ssize_t cells = room.first[count]
        cdef int64_t* best = <int64_t*> PyMem_RawMalloc(2 * self.labels * sizeof(int64_t) + cells * 5)
        cdef int32_t* emissions
        cdef Sentence s = Sentence(room.symbols, ends, room.words, room.shapes, tags, room.marks, count)
        cdef Chain chain = Chain(&self.transitions[0, 0], &self.starts[0], self.labels, self.spread)
        if best == NULL:
            return False
        emissions = <int32_t*> (best + 2 * self.labels)
        self.score(&s, room, emissions)
        best_path(room, count, &chain, emissions, best, <uint8_t*> (emissions + cells), path)
        PyMem_RawFree(best)
        return True

    cdef void score(self, const Sentence* s, const Room* room, int32_t* emissions) noexcept nogil:
        """emissions[i, y] = sum of the weights of the features of word i for each label y it may have.

        While the slots of one word are on their way, the cells of the word before are asked for, and
        those of the one before that are added up.
        """
        cdef Waiting words[3]
        cdef int32_t i, turn = 0
        words[0].word = words[1].word = words[2].word = -1
        for i in range(s.count):
            if room.first[i + 1] - room.first[i] == 1:
                emissions[room.first[i]] = 0
                continue
            words[turn].word = i
            chunk_features_at(s, i, words[turn].keys)
            ask_for_slots(&self.features, &self.sieve, words + turn)
            self.advance(room, words, turn, emissions)
            turn = (turn + 1) % 3
        words[turn].word = -1
        self.advance(room, words, turn, emissions)
        words[(turn + 1) % 3].word = -1
        self.advance(room, words, (turn + 1) % 3, emissions)

    cdef void advance(self, const Room* room, Waiting* words, int32_t turn, int32_t* emissions) noexcept nogil:
        """Take the word before that of ``turn`` one step on, and finish the one before that."""
        cdef int32_t sums[256]
        cdef int32_t j
        cdef Waiting* second = words + (turn + 2) % 3
        cdef Waiting* third = words + (turn + 1) % 3
        if second.word >= 0:
            ask_for_cells(&self.features, self.cells, second)
        if third.word >= 0:
            add_up(self.cells, third, self.labels, sums)
            for j in range(room.first[third.word + 1] - room.first[third.word]):
                emissions[room.first[third.word] + j] = sums[room.choices[third.word][j]]


def restored(alphabet, arrays, names):
    """Return the `Chunker` that was taken apart into arrays."""
    return Chunker(alphabet, **arrays, names=NameTable(*names.values()))


def check_features(slots, cells, label_count):
    """Raise a ValueError unless every look-up ends and leads to labels that exist."""
    check_table(slots, cells)
    if cells.size and int((cells & 255).max()) >= label_count:
        raise ValueError("the labels of features do not fit")
    if cells.size and int(np.abs(cells.astype(np.int64)).max()) >= 1 << 24:
        raise ValueError("a feature weighs 2**16 or more")


def check_words(slots, labels, label_count):
    """Raise a ValueError unless every look-up ends and leads to labels that exist, the outside first."""
    check_table(slots, labels)
    if labels.size and int(labels.max()) >= label_count:
        raise ValueError("the words' labels do not fit")
    if (labels[slots[:slots.shape[0] - 1, 1][np.diff(slots[:, 1]) > 0]] != OUTSIDE).any():
        raise ValueError("a word may not be outside of spans")


def check_rows(first, labels, label_count):
    """Raise a ValueError unless rows of labels, the outside first, lie one behind the other, at least one."""
    if first.ndim != 1 or first.size < 2 or int(first[0]) != 0 or (np.diff(first) < 0).any():
        raise ValueError("tag_first must rise from 0")
    if labels.shape != (int(first[first.size - 1]),) or (labels.size and int(labels.max()) >= label_count):
        raise ValueError("the tags' labels do not fit")
    if first.size - 2 > MOST_TAGS:
        raise ValueError(f"there can be at most {MOST_TAGS} tags")
    if (np.diff(first) < 1).any() or (labels[first[:first.size - 1]] != OUTSIDE).any():
        raise ValueError("a word with some tag may not be outside of spans")


def spans_of_labels(const uint8_t[::1] labels not None, const int32_t[::1] boundaries not None):
    """Return the spans that the labels of words mark; what is begun and not ended right is none.

    Parameters
    ----------
    labels : uint8 array
    boundaries : int32 array, one longer
        What to say in place of the numbers of words: where they begin and end.

    Returns
    -------
    list of (int, int, int)
        Start, end, kind.

    Raises
    ------
    ValueError
        If there is not one boundary more than there are labels.

    Examples
    --------
    >>> spans_of_labels(np.array([4, 0, 5, 6, 7], np.uint8), np.arange(6, dtype=np.int32))
    [(0, 1, 0), (2, 5, 1)]
    """
    cdef Py_ssize_t count = labels.shape[0]
    if boundaries.shape[0] != count + 1:
        raise ValueError(f"expected {count + 1} boundaries, got {boundaries.shape[0]}")
    return list_spans(&labels[0] if count else NULL, count, &boundaries[0])


cdef list list_spans(const uint8_t* labels, Py_ssize_t count, const int32_t* boundaries):
    cdef Py_ssize_t i, begun = 0
    cdef int32_t kind, role, open_kind = -1
    cdef list spans = []
    for i in range(count):
        if labels[i] == OUTSIDE:
            open_kind = -1
            continue
        kind, role = (labels[i] - 1) // ROLES, role_of(labels[i])
        if role == BEGIN or role == SINGLE:
            begun = i
            open_kind = kind
        elif kind != open_kind:
            open_kind = -1
        if open_kind >= 0 and (role == END or role == SINGLE):
            spans.append((boundaries[begun], boundaries[i + 1], kind))
            open_kind = -1
    return spans
