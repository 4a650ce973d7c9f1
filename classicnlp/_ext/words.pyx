"""Tagging the words of a text: features to weights by one probe each, then Viterbi.

Weights are kept sparse: of each feature the labels that it says something about. Words that
were seen often may only have the tags they were seen with; a word with one such tag is not
scored at all.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, text_of
from classicnlp._ext.candidates cimport Candidates, viterbi
from classicnlp._ext.features cimport WORD_TEMPLATES, hash_symbols, shape_of, word_features_at
from classicnlp._ext.table cimport Table, find, mark_of
from classicnlp._ext.units cimport SPACE

from classicnlp._ext.bmes import check_moderate
from classicnlp.checks import as_array

cdef enum:
    MOST_LABELS = 256


def fill_table(const uint64_t[::1] keys not None, const int32_t[::1] first not None):
    """Place keys by open addressing, at most two thirds full.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Distinct hashes. Of two that cannot be told apart the first counts.
    first : int32 array, shape (n + 1,)
        The entries of key i are first[i] ... first[i + 1] - 1.

    Returns
    -------
    slots : uint32 array of length 2**k
    slot_first : int32 array of length 2**k + 1
        Where the entries of each slot begin in the new order.
    order : int64 array
        The old place of each entry in the new order.
    """
    cdef Py_ssize_t n = keys.shape[0], capacity = 2, i, k, written = 0
    cdef uint64_t slot, mask
    while 2 * capacity < 3 * n + 2:
        capacity *= 2
    mask = <uint64_t> (capacity - 1)
    slots = np.zeros(capacity, np.uint32)
    owners = np.full(capacity, -1, np.int32)
    slot_first = np.zeros(capacity + 1, np.int32)
    order = np.empty(first[n], np.int64)
    cdef uint32_t[::1] out_slots = slots
    cdef int32_t[::1] owner = owners
    cdef int32_t[::1] out_first = slot_first
    cdef int64_t[::1] out_order = order
    for i in range(n):
        slot = keys[i] & mask
        while out_slots[slot] and out_slots[slot] != mark_of(keys[i]):
            slot = (slot + 1) & mask
        if owner[slot] < 0:
            out_slots[slot] = mark_of(keys[i])
            owner[slot] = <int32_t> i
    for i in range(capacity):
        out_first[i] = <int32_t> written
        if owner[i] >= 0:
            for k in range(first[owner[i]], first[owner[i] + 1]):
                out_order[written] = k
                written += 1
    out_first[capacity] = <int32_t> written
    return slots, slot_first, order[:written]


def check_entries(slots, first, labels, label_count):
    """Raise a ValueError unless every look-up ends and leads to labels that exist."""
    if slots.ndim != 1 or slots.size < 2 or slots.size & (slots.size - 1) or (slots != 0).all():
        raise ValueError("a table must have 2**k slots, one of them empty")
    if first.shape != (slots.size + 1,) or int(first[0]) != 0 or (np.diff(first) < 0).any():
        raise ValueError("first must rise from 0, with one item more than there are slots")
    if labels.shape != (int(first[slots.size]),) or (labels.size and int(labels.max()) >= label_count):
        raise ValueError("the entries' labels do not fit")


cdef class WordTagger:
    """Tags words by a first-order chain; immutable.

    Parameters
    ----------
    alphabet : Alphabet
    feature_slots, feature_first, feature_labels : arrays
        A table from features to the labels that they have weights for.
    feature_weights : int16 array, as long as feature_labels
    word_slots, word_first, word_labels : arrays
        A table from words to the labels that they may have.
    open_labels : uint8 array
        The labels that any other word may have.
    transitions : int32 array, shape (labels, labels)
    starts : int32 array, shape (labels,)

    Raises
    ------
    ValueError
        If the shapes do not fit, or a label does not exist.
    """

    cdef readonly Alphabet alphabet
    cdef readonly object arrays
    cdef const uint32_t[::1] feature_slots
    cdef const int32_t[::1] feature_first
    cdef const uint8_t[::1] feature_labels
    cdef const int16_t[::1] feature_weights
    cdef const uint32_t[::1] word_slots
    cdef const int32_t[::1] word_first
    cdef const uint8_t[::1] word_labels
    cdef const uint8_t[::1] open_labels
    cdef const int32_t[:, ::1] transitions
    cdef const int32_t[::1] starts
    cdef Table features
    cdef Table words
    cdef int32_t labels
    cdef int32_t full_stop

    def __init__(self, Alphabet alphabet not None, feature_slots, feature_first, feature_labels, feature_weights,
                 word_slots, word_first, word_labels, open_labels, transitions, starts):
        transitions = as_array(transitions, np.int32, "transitions")
        count = transitions.shape[0]
        if not 0 < count <= MOST_LABELS or transitions.shape != (count, count):
            raise ValueError(f"transitions must be square, for 1 to {MOST_LABELS} labels")
        arrays = {
            "feature_slots": as_array(feature_slots, np.uint32, "feature_slots"),
            "feature_first": as_array(feature_first, np.int32, "feature_first"),
            "feature_labels": as_array(feature_labels, np.uint8, "feature_labels"),
            "feature_weights": as_array(feature_weights, np.int16, "feature_weights"),
            "word_slots": as_array(word_slots, np.uint32, "word_slots"),
            "word_first": as_array(word_first, np.int32, "word_first"),
            "word_labels": as_array(word_labels, np.uint8, "word_labels"),
            "open_labels": as_array(open_labels, np.uint8, "open_labels"),
            "transitions": transitions,
            "starts": as_array(starts, np.int32, "starts"),
        }
        check_entries(arrays["feature_slots"], arrays["feature_first"], arrays["feature_labels"], count)
        check_entries(arrays["word_slots"], arrays["word_first"], arrays["word_labels"], count)
        if arrays["feature_weights"].shape != arrays["feature_labels"].shape:
            raise ValueError("each entry must have one label and one weight")
        if not arrays["open_labels"].size or int(arrays["open_labels"].max()) >= count:
            raise ValueError("open_labels must name at least one label, and only labels that exist")
        widths = np.diff(arrays["word_first"])[arrays["word_slots"] != 0]
        if (widths < 1).any():
            raise ValueError("a word has no label")
        if arrays["starts"].shape != (count,):
            raise ValueError(f"expected {count} starts, got shape {arrays['starts'].shape}")
        check_moderate(transitions)
        check_moderate(arrays["starts"])
        self.alphabet = alphabet
        self.arrays = arrays
        self.feature_slots = arrays["feature_slots"]
        self.feature_first = arrays["feature_first"]
        self.feature_labels = arrays["feature_labels"]
        self.feature_weights = arrays["feature_weights"]
        self.word_slots = arrays["word_slots"]
        self.word_first = arrays["word_first"]
        self.word_labels = arrays["word_labels"]
        self.open_labels = arrays["open_labels"]
        self.transitions = transitions
        self.starts = arrays["starts"]
        self.labels = <int32_t> count
        self.full_stop = alphabet.symbols("。")[0]
        self.features.slots = &self.feature_slots[0]
        self.features.first = &self.feature_first[0]
        self.features.labels = &self.feature_labels[0] if self.feature_labels.shape[0] else NULL
        self.features.mask = <uint64_t> (self.feature_slots.shape[0] - 1)
        self.words.slots = &self.word_slots[0]
        self.words.first = &self.word_first[0]
        self.words.labels = &self.word_labels[0] if self.word_labels.shape[0] else NULL
        self.words.mask = <uint64_t> (self.word_slots.shape[0] - 1)

    def __reduce__(self):
        return WordTagger, (self.alphabet, *self.arrays.values())

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
        cdef Py_ssize_t count = boundaries.shape[0] - 1, i
        cdef bint sound = count >= 0 and boundaries[0] == 0 and boundaries[count] == view.length
        cdef bint complete = True
        if sound:
            for i in range(count):
                sound = sound and boundaries[i] < boundaries[i + 1]
        if not sound:
            raise ValueError(f"boundaries must ascend from 0 to {view.length}")
        labels = np.zeros(count, np.uint8)
        cdef uint8_t[::1] out = labels
        if count:
            with nogil:
                complete = self.run(view, &boundaries[1], <int32_t> count, &out[0])
        if not complete:
            raise MemoryError()
        return labels

    def tag_batch(self, texts, boundaries):
        """Return the labels of the words of each text."""
        return [self.tag(text, cut) for text, cut in zip(texts, boundaries, strict=True)]

    cdef bint run(self, Text text, const int32_t* ends, int32_t count, uint8_t* path) noexcept nogil:
        """Tag the ``count`` words that end at ``ends``; False for no memory."""
        cdef Py_ssize_t n = text.length
        cdef uint64_t* keys = <uint64_t*> PyMem_RawMalloc(count * 8 + (2 * <Py_ssize_t> count + 1 + n) * 4 + n)
        cdef int32_t* shapes
        cdef int32_t* first
        cdef int32_t* symbols
        cdef uint8_t* classes
        cdef bint complete
        if keys == NULL:
            return False
        shapes = <int32_t*> (keys + count)
        first = shapes + count
        symbols = first + count + 1
        classes = <uint8_t*> (symbols + n)
        self.alphabet.encode(text, symbols)
        self.alphabet.classify(text, classes)
        self.punctuate(symbols, classes, n)
        complete = self.look_up(symbols, classes, ends, count, keys, shapes, first)
        if complete:
            complete = self.decode(symbols, ends, count, keys, shapes, first, path)
        PyMem_RawFree(keys)
        return complete

    cdef void punctuate(self, int32_t* symbols, const uint8_t* classes, Py_ssize_t n) noexcept nogil:
        """White space, which no training data has, separates as a full stop does."""
        cdef Py_ssize_t i
        for i in range(n):
            if classes[i] == SPACE:
                symbols[i] = self.full_stop

    cdef bint look_up(self, const int32_t* symbols, const uint8_t* classes, const int32_t* ends, int32_t count,
                      uint64_t* keys, int32_t* shapes, int32_t* first) noexcept nogil:
        """Find each word's key and shape, and where its candidates begin; False if there are too many."""
        cdef int32_t i, start = 0, length
        cdef int64_t used = 0, slot
        for i in range(count):
            length = ends[i] - start
            # A run of white space is one full stop, however long it is.
            keys[i] = hash_symbols(symbols + start, 1 if classes[start] == SPACE else length)
            shapes[i] = shape_of(symbols + start, classes + start, length)
            first[i] = <int32_t> used
            slot = find(&self.words, keys[i])
            if slot >= 0:
                used += self.words.first[slot + 1] - self.words.first[slot]
            else:
                used += self.open_labels.shape[0]
            if used > 0x7FFFFFFF:
                return False
            start = ends[i]
        first[count] = <int32_t> used
        return True

    cdef bint decode(self, const int32_t* symbols, const int32_t* ends, int32_t count, const uint64_t* keys,
                     const int32_t* shapes, const int32_t* first, uint8_t* path) noexcept nogil:
        cdef Py_ssize_t cells = first[count]
        cdef int64_t* best = <int64_t*> PyMem_RawMalloc(cells * 17)
        cdef int32_t* emissions
        cdef int32_t* back
        cdef uint8_t* labels
        if best == NULL:
            return False
        emissions = <int32_t*> (best + cells)
        back = emissions + cells
        labels = <uint8_t*> (back + cells)
        self.list_candidates(keys, count, first, labels)
        self.score(symbols, ends, count, keys, shapes, first, labels, emissions)
        viterbi(emissions, &self.transitions[0, 0], &self.starts[0], Candidates(first, labels),
                count, self.labels, best, back, path)
        PyMem_RawFree(best)
        return True

    cdef void list_candidates(self, const uint64_t* keys, int32_t count, const int32_t* first,
                              uint8_t* labels) noexcept nogil:
        cdef int32_t i
        cdef int64_t slot
        cdef const uint8_t* source
        for i in range(count):
            slot = find(&self.words, keys[i])
            source = self.words.labels + self.words.first[slot] if slot >= 0 else &self.open_labels[0]
            memcpy(labels + first[i], source, first[i + 1] - first[i])

    cdef void score(self, const int32_t* symbols, const int32_t* ends, int32_t count, const uint64_t* words,
                    const int32_t* shapes, const int32_t* first, const uint8_t* labels,
                    int32_t* emissions) noexcept nogil:
        """emissions[i, y] = sum of the weights of the features of word i for candidate y."""
        cdef int32_t sums[MOST_LABELS]
        cdef uint64_t keys[WORD_TEMPLATES]
        cdef int32_t i, j, t
        cdef int64_t slot, k
        for i in range(count):
            if first[i + 1] - first[i] == 1:
                emissions[first[i]] = 0
                continue
            memset(sums, 0, self.labels * sizeof(int32_t))
            word_features_at(symbols, words, ends, count, i, shapes, keys)
            for t in range(WORD_TEMPLATES):
                slot = find(&self.features, keys[t]) if keys[t] else -1
                if slot >= 0:
                    for k in range(self.features.first[slot], self.features.first[slot + 1]):
                        sums[self.features.labels[k]] += self.feature_weights[k]
            for j in range(first[i], first[i + 1]):
                emissions[j] = sums[labels[j]]
