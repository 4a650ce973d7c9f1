"""Tagging the words of a text: features to weights by one probe each, then Viterbi.

What a word weighs by itself is added up before, for each word that is known; what its neighbours
say is kept sparse: of each feature the labels that it says something about. Words that were seen
often may only have the tags they were seen with; a word with one such tag is not scored at all.
Tables are larger than the nearest caches, so that look-ups go block by block: first all memory
that the block needs is asked for, then it is read.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, prefetch, text_of
from classicnlp._ext.candidates cimport Candidates, sum_paths, viterbi
from classicnlp._ext.cutter cimport Cutter, checked, ends_of
from classicnlp._ext.features cimport hash_symbols, shape_of
from classicnlp._ext.table cimport Sieve, Table, find, sift, slot_of
from classicnlp._ext.tokens cimport tokens_of
from classicnlp._ext.units cimport SPACE, punctuate
from classicnlp._ext.word_features cimport (
    CONTEXT_TEMPLATES, WORD_TEMPLATES, Word, class_key, context_features, ends_clause, local_features)

from classicnlp._ext.bmes import check_moderate
from classicnlp._ext.table import check_table, sieve_of
from classicnlp._ext.tokens import check_kind
from classicnlp.checks import as_array

cdef extern from "vector.h":
    double exp "classicnlp_exp" (double x) noexcept nogil

cdef enum:
    MOST_LABELS = 256
    UNSEEN = 0  # the class of a word that no table has
    KEPT = 6  # labels, of those that any word may have, that a word is left with
    BLOCK = 64  # words looked up at once
    SCORED = 8  # words scored at once
    SHORT = 256  # characters of a text that is tagged sooner than the GIL is released
    RUN = 1 << 15  # characters of short texts that are tagged while the GIL is released once

cdef double FLOOR = -50.0  # what is less likely than exp(FLOOR) counts as much


cdef struct Room:
    # Memory that one text leaves to the next.
    Word* words
    int32_t* rows  # of each word its row in the table of words, -1 for none
    int32_t* scored  # the numbers of the words that have several candidates
    int32_t* shapes
    int32_t* first
    int32_t* symbols
    uint8_t* classes
    Py_ssize_t size
    int64_t* best
    int32_t* emissions
    int32_t* back
    uint8_t* labels
    int64_t cells


cdef class WordTagger:
    """Tags words by a first-order chain; immutable.

    Parameters
    ----------
    alphabet : Alphabet
    feature_slots, feature_cells : uint32 and uint16 arrays
        A table from features to labels (high byte) with weights (low byte, signed); a label may
        come several times.
    word_slots, word_cells : uint32 and int32 arrays
        A table from words to rows: the word's class, then the labels that it may have (low byte)
        with what the word by itself weighs for them (the other bytes, signed); of a word with a
        class only any open label is possible.
    open_labels : uint8 array
        The labels that a word without labels of its own may have, ascending.
    transitions : int32 array, shape (labels, labels)
    starts : int32 array, shape (labels,)
    sharpness : float
        The exponent of a path's probability is its score times this.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label does not exist.
    """

    cdef readonly Alphabet alphabet
    cdef readonly object arrays
    cdef readonly double sharpness
    cdef const uint32_t[:, ::1] feature_slots
    cdef const uint16_t[::1] feature_cells
    cdef const uint64_t[::1] sieve_words
    cdef const uint32_t[:, ::1] word_slots
    cdef const int32_t[::1] word_cells
    cdef const uint8_t[::1] open_labels
    cdef const int32_t[:, ::1] transitions
    cdef const int32_t[::1] starts
    cdef double[:, ::1] likelihoods  # exp of a transition
    cdef const uint16_t* cells
    cdef const int32_t* rows
    cdef Table features
    cdef Sieve sieve
    cdef Table words
    cdef int32_t labels
    cdef int32_t kept
    cdef int32_t full_stop

    def __init__(self, Alphabet alphabet not None, feature_slots, feature_cells, word_slots, word_cells,
                 open_labels, transitions, starts, double sharpness=0.001):
        transitions = as_array(transitions, np.int32, "transitions")
        count = transitions.shape[0]
        if not 0 < count <= MOST_LABELS or transitions.shape != (count, count):
            raise ValueError(f"transitions must be square, for 1 to {MOST_LABELS} labels")
        arrays = {
            "feature_slots": as_array(feature_slots, np.uint32, "feature_slots"),
            "feature_cells": as_array(feature_cells, np.uint16, "feature_cells"),
            "word_slots": as_array(word_slots, np.uint32, "word_slots"),
            "word_cells": as_array(word_cells, np.int32, "word_cells"),
            "open_labels": as_array(open_labels, np.uint8, "open_labels"),
            "transitions": transitions,
            "starts": as_array(starts, np.int32, "starts"),
        }
        check_arrays(count, **arrays)
        if not 0 < sharpness <= 1:
            raise ValueError(f"sharpness must be above 0 and at most 1, got {sharpness}")
        self.alphabet = alphabet
        self.arrays = arrays
        self.sharpness = sharpness
        self.feature_slots = arrays["feature_slots"]
        self.feature_cells = arrays["feature_cells"]
        self.word_slots = arrays["word_slots"]
        self.word_cells = arrays["word_cells"]
        self.open_labels = arrays["open_labels"]
        self.transitions = transitions
        self.starts = arrays["starts"]
        self.labels = <int32_t> count
        self.kept = <int32_t> min(self.open_labels.shape[0], <Py_ssize_t> KEPT)
        self.full_stop = alphabet.symbols("。")[0]
        self.features = Table(&self.feature_slots[0, 0], <uint64_t> (self.feature_slots.shape[0] - 1))
        self.sieve_words, self.sieve.shift = sieve_of(self.feature_slots)
        self.sieve.words = &self.sieve_words[0]
        self.words = Table(&self.word_slots[0, 0], <uint64_t> (self.word_slots.shape[0] - 1))
        self.cells = &self.feature_cells[0] if self.feature_cells.shape[0] else NULL
        self.rows = &self.word_cells[0] if self.word_cells.shape[0] else NULL
        self.likelihoods = np.empty((count, count))
        self.exponentiate()

    cdef void exponentiate(self):
        cdef int32_t i, j
        cdef int32_t most = self.transitions[0, 0]
        for i in range(self.labels):
            for j in range(self.labels):
                most = max(most, self.transitions[i, j])
        for i in range(self.labels):
            for j in range(self.labels):
                self.likelihoods[i, j] = likelihood(self.transitions[i, j] - most, self.sharpness)

    def __reduce__(self):
        return WordTagger, (self.alphabet, *self.arrays.values(), self.sharpness)

    def tag(self, str text not None, const int32_t[::1] boundaries not None):
        """Return the label of each word of ``text``.

        Parameters
        ----------
        text : str
        boundaries : int32 array
            0, where words begin and end, len(text); ascending.

        Returns
        -------
        uint8 array, one shorter than ``boundaries``

        Raises
        ------
        ValueError
            If the boundaries are not those of a cut of ``text``.
        """
        cdef Text view = text_of(text)
        cdef const int32_t* ends = ends_of(boundaries, view.length)
        cdef Py_ssize_t count = boundaries.shape[0] - 1
        labels = np.zeros(count, np.uint8)
        cdef uint8_t[::1] out = labels
        cdef Room room
        cdef bint complete = True
        if count:
            with nogil:
                memset(&room, 0, sizeof(Room))
                complete = self.run(view, ends, <int32_t> count, &room, &out[0])
                leave(&room)
        if not complete:
            raise MemoryError()
        return labels

    def tag_batch(self, texts, boundaries):
        """Return the labels of the words of each text."""
        return [self.tag(text, cut) for text, cut in zip(texts, boundaries, strict=True)]

    def marginals(self, str text not None, const int32_t[::1] boundaries not None):
        """Return the probabilities of the labels of each word, by forward-backward.

        Parameters
        ----------
        text, boundaries
            As for `tag`.

        Returns
        -------
        path : uint8 array, shape (words,)
            The labels that `tag` returns.
        first : int32 array, shape (words + 1,)
            The candidates of word i are first[i] ... first[i + 1] - 1.
        labels : uint8 array
            The candidates, ascending for each word.
        probabilities : float64 array
            Of each candidate; those of a word add up to 1.

        Raises
        ------
        ValueError
            If the boundaries are not those of a cut of ``text``.
        """
        cdef Text view = text_of(text)
        cdef const int32_t* ends = ends_of(boundaries, view.length)
        cdef Py_ssize_t count = boundaries.shape[0] - 1
        path = np.zeros(count, np.uint8)
        first = np.zeros(count + 1, np.int32)
        if count == 0:
            return path, first, np.zeros(0, np.uint8), np.zeros(0)
        cdef uint8_t[::1] out = path
        cdef int32_t[::1] out_first = first
        cdef uint8_t[::1] out_labels
        cdef double[::1] out_probabilities, beta
        cdef Candidates candidates
        cdef Room room
        memset(&room, 0, sizeof(Room))
        try:
            with nogil:
                if not self.run(view, ends, <int32_t> count, &room, &out[0]):
                    with gil:
                        raise MemoryError()
            memcpy(&out_first[0], room.first, (count + 1) * sizeof(int32_t))
            labels = np.empty(room.first[count], np.uint8)
            probabilities = np.empty(room.first[count])
            beta = np.empty(room.first[count])
            out_labels, out_probabilities = labels, probabilities
            memcpy(&out_labels[0], room.labels, room.first[count])
            candidates = Candidates(room.first, room.labels)
            with nogil:
                self.likelihoods_of(&room, <int32_t> count, &out_probabilities[0])
                sum_paths(candidates, &self.likelihoods[0, 0], <int32_t> count, self.labels,
                          &out_probabilities[0], &beta[0])
        finally:
            leave(&room)
        return path, first, labels, probabilities

    def tokens_batch(self, type kind not None, Cutter cutter not None, texts, tuple names not None):
        """Cut and tag texts: of each return a list of ``kind(word, name of its label, start, end)``.

        The GIL is released once for many short texts.

        Parameters
        ----------
        kind : type
            A named tuple of four fields.
        cutter : Cutter
            Says where words end.
        texts : iterable of str
        names : tuple of str
            A name for each label.

        Raises
        ------
        TypeError
            If ``kind`` is no named tuple of four fields, or a text is no str.
        ValueError
            If a label has no name.
        """
        check_kind(kind)
        if len(names) < self.labels:
            raise ValueError(f"expected a name for each of {self.labels} labels, got {len(names)}")
        # The tuple keeps the texts alive while the GIL is released.
        cdef tuple kept = tuple(texts)
        cdef Py_ssize_t first = 0, stop, total
        cdef list results = []
        cdef Room room
        memset(&room, 0, sizeof(Room))
        try:
            while first < len(kept):
                stop = first
                total = 0
                while stop < len(kept) and (stop == first or total < RUN):
                    total += checked(kept[stop], "tag").length
                    stop += 1
                self.tag_run(kind, cutter, kept, first, stop, total, names, &room, results)
                first = stop
        finally:
            leave(&room)
        return results

    cdef int tag_run(self, type kind, Cutter cutter, tuple texts, Py_ssize_t first, Py_ssize_t stop,
                     Py_ssize_t total, tuple names, Room* room, list results) except -1:
        """Append the tokens of texts[first:stop]; they have ``total`` characters, so that many words at most."""
        cdef Py_ssize_t n = stop - first, i, place = 0
        cdef Text* views = <Text*> PyMem_RawMalloc(n * (sizeof(Text) + sizeof(Py_ssize_t)) + total * 5)
        cdef Py_ssize_t* counts = <Py_ssize_t*> (views + n)
        cdef int32_t* ends = <int32_t*> (counts + n)
        cdef uint8_t* labels = <uint8_t*> (ends + total)
        cdef bint complete
        if views == NULL:
            raise MemoryError()
        try:
            for i in range(n):
                views[i] = text_of(<str> texts[first + i])
            if total <= SHORT:
                complete = self.run_all(cutter, views, n, room, ends, labels, counts)
            else:
                with nogil:
                    complete = self.run_all(cutter, views, n, room, ends, labels, counts)
            if not complete:
                raise MemoryError()
            for i in range(n):
                results.append(
                    tokens_of(kind, <str> texts[first + i], ends + place, labels + place, counts[i], names))
                place += views[i].length
        finally:
            PyMem_RawFree(views)
        return 0

    cdef bint run_all(self, Cutter cutter, const Text* texts, Py_ssize_t n, Room* room, int32_t* ends,
                      uint8_t* labels, Py_ssize_t* counts) noexcept nogil:
        """Cut and tag each text into its own part of ``ends`` and ``labels``; False for no memory."""
        cdef Py_ssize_t i
        for i in range(n):
            counts[i] = cutter.cut(texts[i], ends) if texts[i].length else 0
            if counts[i] < 0:
                return False
            if counts[i] and not self.run(texts[i], ends, <int32_t> counts[i], room, labels):
                return False
            ends += texts[i].length
            labels += texts[i].length
        return True

    cdef bint run(self, Text text, const int32_t* ends, int32_t count, Room* room, uint8_t* path) noexcept nogil:
        """Tag the ``count`` words that end at ``ends``; False for no memory."""
        cdef int32_t scored
        if not make_room(room, text.length, count):
            return False
        self.alphabet.read(text, room.symbols, room.classes)
        punctuate(room.symbols, room.classes, text.length, self.full_stop)
        self.look_up(ends, count, room)
        find_clauses(ends, count, room)
        scored = self.count_candidates(count, room)
        if scored < 0 or not make_cells(room, room.first[count]):
            return False
        self.list_candidates(count, room)
        self.score(ends, count, scored, room)
        viterbi(room.emissions, &self.transitions[0, 0], &self.starts[0], Candidates(room.first, room.labels),
                count, self.labels, room.best, room.back, path)
        return True

    cdef void look_up(self, const int32_t* ends, int32_t count, Room* room) noexcept nogil:
        """Find each word's row and what its features are made of."""
        cdef int32_t block, low, high, i, start, length
        cdef const uint32_t* slot
        cdef const int32_t* word
        cdef const uint8_t* classes
        for block in range((count + BLOCK - 1) // BLOCK):
            low = block * BLOCK
            high = min(low + <int32_t> BLOCK, count)
            for i in range(low, high):
                start = ends[i - 1] if i else 0
                length = ends[i] - start
                word, classes = room.symbols + start, room.classes + start
                # A run of white space is one full stop, however long it is.
                room.words[i].key = hash_symbols(word, 1 if classes[0] == SPACE else length)
                room.words[i].first = word[0]
                room.words[i].last = word[length - 1]
                room.shapes[i] = shape_of(word, classes, length)
                prefetch(slot_of(&self.words, room.words[i].key))
            for i in range(low, high):
                slot = find(&self.words, room.words[i].key)
                room.rows[i] = -1
                # Of several rows that a file may have for no slot the first is none, not an error.
                if slot != NULL and slot[3] > slot[1]:
                    room.rows[i] = <int32_t> slot[1]
                    prefetch(self.rows + slot[1])
                room.first[i] = <int32_t> (slot[3] - slot[1] - 1) if room.rows[i] >= 0 else 0
            for i in range(low, high):
                room.words[i].label_class = class_key(self.rows[room.rows[i]] if room.rows[i] >= 0 else UNSEEN)

    cdef int32_t count_candidates(self, int32_t count, Room* room) noexcept nogil:
        """Make of the words' numbers of own labels where candidates begin; return how many words
        have several, -1 if there are too many candidates."""
        cdef int32_t i, width, scored = 0
        cdef int64_t used = 0
        for i in range(count):
            width = room.first[i]
            room.first[i] = <int32_t> used
            if width == 0:
                room.rows[i] = -1
                width = self.kept
            if width > 1:
                room.scored[scored] = i
                scored += 1
            used += width
            if used > 0x7FFFFFFF:
                return -1
        room.first[count] = <int32_t> used
        return scored

    cdef void list_candidates(self, int32_t count, Room* room) noexcept nogil:
        cdef int32_t i, j
        cdef const int32_t* row
        for i in range(count):
            if room.rows[i] >= 0:
                row = self.rows + room.rows[i] + 1 - room.first[i]
                for j in range(room.first[i], room.first[i + 1]):
                    room.labels[j] = <uint8_t> (row[j] & 255)
                    room.emissions[j] = row[j] >> 8
            elif self.kept == 1:
                room.labels[room.first[i]] = self.open_labels[0]
                room.emissions[room.first[i]] = 0

    cdef void score(self, const int32_t* ends, int32_t count, int32_t scored, Room* room) noexcept nogil:
        """Give each candidate of the words that have several the sum of its features' weights."""
        cdef uint64_t keys[SCORED][WORD_TEMPLATES]
        cdef int32_t counts[SCORED]
        cdef int32_t block, low, high, k, i, t, start, sifted
        cdef const uint32_t* slot
        cdef const uint32_t* slots[SCORED][WORD_TEMPLATES]
        for block in range((scored + SCORED - 1) // SCORED):
            low = block * SCORED
            high = min(scored - low, <int32_t> SCORED)
            for k in range(high):
                i = room.scored[low + k]
                context_features(room.words, count, i, keys[k])
                if room.rows[i] < 0:
                    start = ends[i - 1] if i else 0
                    local_features(room.symbols + start, ends[i] - start, room.shapes[i], room.words + i,
                                   keys[k] + CONTEXT_TEMPLATES)
                counts[k] = sift(&self.sieve, keys[k], CONTEXT_TEMPLATES if room.rows[i] >= 0 else WORD_TEMPLATES)
                for t in range(counts[k]):
                    prefetch(slot_of(&self.features, keys[k][t]))
            for k in range(high):
                sifted, counts[k] = counts[k], 0
                for t in range(sifted):
                    slot = find(&self.features, keys[k][t])
                    if slot != NULL:
                        prefetch(self.cells + slot[1])
                        slots[k][counts[k]] = slot
                        counts[k] += 1
            for k in range(high):
                self.add_up(slots[k], counts[k], room.scored[low + k], room)

    cdef void add_up(self, const uint32_t** slots, int32_t count, int32_t i, Room* room) noexcept nogil:
        cdef int32_t sums[MOST_LABELS]
        cdef int32_t t, j
        cdef const uint16_t* cell
        cdef const uint16_t* end
        memset(sums, 0, self.labels * sizeof(int32_t))
        for t in range(count):
            cell, end = self.cells + slots[t][1], self.cells + slots[t][3]
            while end - cell >= 4:  # one by one, half of the work is to count them
                add_cell(sums, cell[0])
                add_cell(sums, cell[1])
                add_cell(sums, cell[2])
                add_cell(sums, cell[3])
                cell += 4
            while cell < end:
                add_cell(sums, cell[0])
                cell += 1
        if room.rows[i] >= 0:
            for j in range(room.first[i], room.first[i + 1]):
                room.emissions[j] += sums[room.labels[j]]
        else:
            self.keep_best(sums, room.labels + room.first[i], room.emissions + room.first[i])

    cdef void keep_best(self, const int32_t* sums, uint8_t* labels, int32_t* emissions) noexcept nogil:
        """Take the open labels with the highest sums, of equal ones the first, in ascending order."""
        cdef int32_t highest[KEPT]  # of those seen so far, falling
        cdef int32_t j, k, value, size = 0, written = 0, ties = 0, lowest = 0
        for j in range(self.open_labels.shape[0]):
            value = sums[self.open_labels[j]]
            if size == self.kept and value <= highest[size - 1]:
                continue
            size = min(size + 1, self.kept)
            k = size - 1
            while k > 0 and highest[k - 1] < value:
                highest[k] = highest[k - 1]
                k -= 1
            highest[k] = value
        lowest = highest[size - 1]
        for k in range(size):
            ties += highest[k] == lowest
        for j in range(self.open_labels.shape[0]):
            k = sums[self.open_labels[j]]
            if k > lowest or (k == lowest and ties > 0):
                ties -= k == lowest
                labels[written] = self.open_labels[j]
                emissions[written] = k
                written += 1

    cdef void likelihoods_of(self, const Room* room, int32_t count, double* likelihoods) noexcept nogil:
        """Write exp of each candidate's emission, at the first word with the start."""
        cdef int32_t i, j, start, most
        for i in range(count):
            most = -0x7FFFFFFF
            for j in range(room.first[i], room.first[i + 1]):
                start = self.starts[room.labels[j]] if i == 0 else 0
                most = max(most, room.emissions[j] + start)
            for j in range(room.first[i], room.first[i + 1]):
                start = self.starts[room.labels[j]] if i == 0 else 0
                likelihoods[j] = likelihood(room.emissions[j] + start - most, self.sharpness)


def check_arrays(count, feature_slots, feature_cells, word_slots, word_cells, open_labels, transitions, starts):
    """Raise a ValueError unless every number in a tagger's arrays leads somewhere."""
    check_table(feature_slots, feature_cells)
    check_table(word_slots, word_cells)
    if feature_cells.size and int(feature_cells.max()) >> 8 >= count:
        raise ValueError("the labels of features do not fit")
    rows = word_slots[:word_slots.shape[0] - 1, 1][np.diff(word_slots[:, 1]) > 0]
    own = np.ones(word_cells.size, bool)
    own[rows] = False
    if word_cells.size and ((word_cells[own] & 255) >= count).any():
        raise ValueError("the labels of words do not fit")
    if word_cells.size and (word_cells[rows] < 0).any():
        raise ValueError("the class of a word must not be below 0")
    if open_labels.ndim != 1 or not open_labels.size or int(open_labels.max()) >= count:
        raise ValueError("open_labels must name at least one label, and only labels that exist")
    if (np.diff(open_labels.astype(np.int64)) <= 0).any():
        raise ValueError("open_labels must ascend")
    if starts.shape != (count,):
        raise ValueError(f"expected {count} starts, got shape {starts.shape}")
    check_moderate(transitions)
    check_moderate(starts)


cdef void find_clauses(const int32_t* ends, int32_t count, Room* room) noexcept nogil:
    """Write for each word the key of the last word of its clause."""
    cdef int32_t i
    cdef uint64_t last = room.words[count - 1].key
    for i in range(count - 1, -1, -1):
        if i + 1 < count and ends_clause(room.classes[ends[i]]):
            last = room.words[i].key
        room.words[i].clause = last


cdef inline void add_cell(int32_t* sums, uint16_t cell) noexcept nogil:
    sums[cell >> 8] += <int8_t> (cell & 255)


cdef inline double likelihood(int32_t score, double sharpness) noexcept nogil:
    cdef double exponent = score * sharpness
    return exp(exponent if exponent > FLOOR else FLOOR)


cdef bint make_room(Room* room, Py_ssize_t n, int32_t count) noexcept nogil:
    """Lay out room for n characters in ``count`` words; False for no memory."""
    cdef Py_ssize_t size = count * (sizeof(Word) + 16) + 4 + n * 5
    if size > room.size:
        PyMem_RawFree(room.words)
        room.words = <Word*> PyMem_RawMalloc(2 * size)
        room.size = 2 * size if room.words != NULL else 0
        if room.words == NULL:
            return False
    room.rows = <int32_t*> (room.words + count)
    room.scored = room.rows + count
    room.shapes = room.scored + count
    room.first = room.shapes + count
    room.symbols = room.first + count + 1
    room.classes = <uint8_t*> (room.symbols + n)
    return True


cdef bint make_cells(Room* room, int64_t cells) noexcept nogil:
    """Lay out room for candidates; False for no memory."""
    if cells > room.cells:
        PyMem_RawFree(room.best)
        room.best = <int64_t*> PyMem_RawMalloc(2 * cells * 17)
        room.cells = 2 * cells if room.best != NULL else 0
        if room.best == NULL:
            return False
    room.emissions = <int32_t*> (room.best + room.cells)
    room.back = room.emissions + room.cells
    room.labels = <uint8_t*> (room.back + room.cells)
    return True


cdef void leave(Room* room) noexcept nogil:
    PyMem_RawFree(room.words)
    PyMem_RawFree(room.best)
