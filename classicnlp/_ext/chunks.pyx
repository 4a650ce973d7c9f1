"""Grouping the tagged words of a text into spans: features, one probe each, then Viterbi.

A word is outside of all spans (label 0), or, for spans of kind k, the first of several words
(4 k + 1), one in the middle (4 k + 2), the last (4 k + 3), or a span by itself (4 k + 4). Words
whose tag, or that themselves with their tag, only ever stood outside are not scored at all.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import numpy as np

from classicnlp._ext.alphabet cimport Alphabet, Text, text_of
from classicnlp._ext.candidates cimport Candidates, viterbi
from classicnlp._ext.features cimport hash_symbols, mix, shape_of
from classicnlp._ext.table cimport Table, find, mark_of
from classicnlp._ext.units cimport SPACE

from classicnlp._ext.bmes import check_moderate
from classicnlp._ext.features import check_rising
from classicnlp._ext.words import check_entries
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
    const uint32_t* slots
    const uint8_t* kinds
    const uint8_t* reach
    uint64_t mask


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
    cdef uint64_t slot = key & names.mask
    cdef uint32_t mark = mark_of(key)
    while names.slots[slot] != mark:
        if names.slots[slot] == 0:
            return 0
        slot = (slot + 1) & names.mask
    return names.kinds[slot]


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
    slots : uint32 array of length 2**k
        As `classicnlp._ext.words.fill_table` fills it with the keys of names.
    kinds : uint8 array of the same length
        What kind of name each slot holds: 1 ... 63, 0 where it is empty.
    reach : uint8 array of length REACH
        The length of the longest name for each hash of two first characters.

    Raises
    ------
    ValueError
        If the arrays do not fit.
    """

    cdef readonly object arrays
    cdef const uint32_t[::1] slots
    cdef const uint8_t[::1] kinds
    cdef const uint8_t[::1] reach
    cdef Names names

    def __init__(self, slots, kinds, reach):
        slots = as_array(slots, np.uint32, "name_slots")
        kinds = as_array(kinds, np.uint8, "name_kinds")
        reach = as_array(reach, np.uint8, "name_reach")
        if slots.ndim != 1 or slots.size < 2 or slots.size & (slots.size - 1) or (slots != 0).all():
            raise ValueError("a table of names must have 2**k slots, one of them empty")
        if kinds.shape != slots.shape or int(kinds.max()) > MOST_KINDS:
            raise ValueError(f"each slot must have a kind of name, 0 ... {MOST_KINDS}")
        if reach.shape != (REACH,):
            raise ValueError(f"reach must have {REACH} items, got shape {reach.shape}")
        self.arrays = {"name_slots": slots, "name_kinds": kinds, "name_reach": reach}
        self.slots = slots
        self.kinds = kinds
        self.reach = reach
        self.names.slots = &self.slots[0]
        self.names.kinds = &self.kinds[0]
        self.names.reach = &self.reach[0]
        self.names.mask = <uint64_t> (slots.size - 1)

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
    if total < 0 or word_offsets[0] != 0 or word_offsets[total] != symbols.shape[0]:
        raise ValueError("word_offsets must run from 0 to the number of symbols")
    if (np.diff(word_offsets) < 1).any():
        raise ValueError("word_offsets must rise from 0: no word is empty")
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
    # What is worked out about the words of a text.
    uint64_t* words
    int32_t* shapes
    int32_t* first
    int32_t* symbols
    uint8_t* classes
    uint8_t* marks


cdef class Chunker:
    """Groups tagged words into spans by a first-order chain; immutable.

    Parameters
    ----------
    alphabet : Alphabet
    feature_slots, feature_first, feature_labels : arrays
        A table from features to the labels that they have weights for.
    feature_weights : int16 array, as long as feature_labels
    word_slots, word_first, word_labels : arrays
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
    cdef const uint32_t[::1] feature_slots
    cdef const int32_t[::1] feature_first
    cdef const uint8_t[::1] feature_labels
    cdef const int16_t[::1] feature_weights
    cdef const uint32_t[::1] word_slots
    cdef const int32_t[::1] word_first
    cdef const uint8_t[::1] word_labels
    cdef const int32_t[::1] tag_first
    cdef const uint8_t[::1] tag_labels
    cdef const int32_t[:, ::1] transitions
    cdef const int32_t[::1] starts
    cdef Table features
    cdef Table words
    cdef int32_t labels
    cdef int32_t full_stop

    def __init__(self, Alphabet alphabet not None, feature_slots, feature_first, feature_labels, feature_weights,
                 word_slots, word_first, word_labels, tag_first, tag_labels, transitions, starts,
                 NameTable names not None):
        transitions = as_array(transitions, np.int32, "transitions")
        count = transitions.shape[0]
        if not 0 < count <= MOST_LABELS or count % ROLES != 1 or transitions.shape != (count, count):
            raise ValueError(f"transitions must be square, for 1 + 4 k labels, at most {MOST_LABELS}")
        arrays = {
            "feature_slots": as_array(feature_slots, np.uint32, "feature_slots"),
            "feature_first": as_array(feature_first, np.int32, "feature_first"),
            "feature_labels": as_array(feature_labels, np.uint8, "feature_labels"),
            "feature_weights": as_array(feature_weights, np.int16, "feature_weights"),
            "word_slots": as_array(word_slots, np.uint32, "word_slots"),
            "word_first": as_array(word_first, np.int32, "word_first"),
            "word_labels": as_array(word_labels, np.uint8, "word_labels"),
            "tag_first": as_array(tag_first, np.int32, "tag_first"),
            "tag_labels": as_array(tag_labels, np.uint8, "tag_labels"),
            "transitions": transitions,
            "starts": as_array(starts, np.int32, "starts"),
        }
        check_entries(arrays["feature_slots"], arrays["feature_first"], arrays["feature_labels"], count)
        check_entries(arrays["word_slots"], arrays["word_first"], arrays["word_labels"], count)
        if arrays["feature_weights"].shape != arrays["feature_labels"].shape:
            raise ValueError("each entry must have one label and one weight")
        check_rows(arrays["tag_first"], arrays["tag_labels"], count)
        check_outside(arrays["word_first"], arrays["word_labels"], arrays["word_slots"] != 0)
        check_outside(arrays["tag_first"], arrays["tag_labels"], np.ones(arrays["tag_first"].size - 1, np.bool_))
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
        self.feature_first = arrays["feature_first"]
        self.feature_labels = arrays["feature_labels"]
        self.feature_weights = arrays["feature_weights"]
        self.word_slots = arrays["word_slots"]
        self.word_first = arrays["word_first"]
        self.word_labels = arrays["word_labels"]
        self.tag_first = arrays["tag_first"]
        self.tag_labels = arrays["tag_labels"]
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
        cdef Text view = text_of(text)
        cdef Py_ssize_t count = boundaries.shape[0] - 1, i
        cdef bint sound = count >= 0 and boundaries[0] == 0 and boundaries[count] == view.length
        cdef bint complete = True
        if sound:
            for i in range(count):
                sound = sound and boundaries[i] < boundaries[i + 1]
        if not sound:
            raise ValueError(f"boundaries must ascend from 0 to {view.length}")
        if tags.shape[0] != count:
            raise ValueError(f"expected {count} tags, got {tags.shape[0]}")
        for i in range(count):
            if tags[i] > self.tags + self.kinds:
                raise ValueError(f"a tag's number must be at most {self.tags + self.kinds}, got {tags[i]}")
        labels = np.zeros(count, np.uint8)
        cdef uint8_t[::1] out = labels
        if count:
            with nogil:
                complete = self.run(view, &boundaries[1], &tags[0], <int32_t> count, &out[0])
        if not complete:
            raise MemoryError()
        return labels

    cdef bint run(self, Text text, const int32_t* ends, const uint16_t* tags, int32_t count,
                  uint8_t* path) noexcept nogil:
        """Label the ``count`` words that end at ``ends``; False for no memory."""
        cdef Py_ssize_t n = text.length
        cdef Room room
        cdef bint complete
        room.words = <uint64_t*> PyMem_RawMalloc(count * 9 + (2 * <Py_ssize_t> count + 2 + n) * 4 + n)
        if room.words == NULL:
            return False
        room.shapes = <int32_t*> (room.words + count)
        room.first = room.shapes + count
        room.symbols = room.first + count + 2
        room.classes = <uint8_t*> (room.symbols + n)
        room.marks = room.classes + n
        self.alphabet.encode(text, room.symbols)
        self.alphabet.classify(text, room.classes)
        self.punctuate(room.symbols, room.classes, n)
        mark_names(&self.names.names, room.symbols, ends, count, room.marks)
        complete = self.look_up(&room, ends, tags, count)
        if complete:
            complete = self.decode(&room, ends, tags, count, path)
        PyMem_RawFree(room.words)
        return complete

    cdef void punctuate(self, int32_t* symbols, const uint8_t* classes, Py_ssize_t n) noexcept nogil:
        """White space, which no training data has, separates as a full stop does."""
        cdef Py_ssize_t i
        for i in range(n):
            if classes[i] == SPACE:
                symbols[i] = self.full_stop

    cdef int32_t candidates_of(self, const Room* room, int32_t i, int32_t start, uint16_t tag,
                               const uint8_t** labels) noexcept nogil:
        """Return how many labels word i may have, and where they stand; 0 if only the outside."""
        cdef int64_t slot
        if room.classes[start] == SPACE or tag > self.tags:
            return 0
        slot = find(&self.words, known_word(room.words[i], tag))
        if slot >= 0:
            labels[0] = self.words.labels + self.words.first[slot]
            return self.words.first[slot + 1] - self.words.first[slot]
        labels[0] = &self.tag_labels[self.tag_first[tag]]
        return self.tag_first[tag + 1] - self.tag_first[tag]

    cdef bint look_up(self, Room* room, const int32_t* ends, const uint16_t* tags, int32_t count) noexcept nogil:
        """Find each word's key and shape, and where its candidates begin; False if there are too many.

        Behind the last word stands a place that is outside, so that no span stays open.
        """
        cdef int32_t i, start = 0, length
        cdef int64_t used = 0
        cdef const uint8_t* labels = NULL
        for i in range(count):
            length = ends[i] - start
            # A run of white space is one full stop, however long it is.
            room.words[i] = hash_symbols(room.symbols + start, 1 if room.classes[start] == SPACE else length)
            room.shapes[i] = shape_of(room.symbols + start, room.classes + start, length)
            room.first[i] = <int32_t> used
            used += max(1, self.candidates_of(room, i, start, tags[i], &labels))
            if used >= 0x7FFFFFFF:
                return False
            start = ends[i]
        room.first[count] = <int32_t> used
        room.first[count + 1] = <int32_t> used + 1
        return True

    cdef bint decode(self, const Room* room, const int32_t* ends, const uint16_t* tags, int32_t count,
                     uint8_t* path) noexcept nogil:
        cdef Py_ssize_t cells = room.first[count + 1]
        cdef int64_t* best = <int64_t*> PyMem_RawMalloc(cells * 17 + count + 1)
        cdef int32_t* emissions
        cdef int32_t* back
        cdef uint8_t* labels
        cdef Sentence s = Sentence(room.symbols, ends, room.words, room.shapes, tags, room.marks, count)
        if best == NULL:
            return False
        emissions = <int32_t*> (best + cells)
        back = emissions + cells
        labels = <uint8_t*> (back + cells)
        self.list_candidates(room, ends, tags, count, labels)
        self.score(&s, room.first, labels, emissions)
        viterbi(emissions, &self.transitions[0, 0], &self.starts[0], Candidates(room.first, labels),
                count + 1, self.labels, best, back, labels + cells)
        memcpy(path, labels + cells, count)
        PyMem_RawFree(best)
        return True

    cdef void list_candidates(self, const Room* room, const int32_t* ends, const uint16_t* tags, int32_t count,
                              uint8_t* labels) noexcept nogil:
        cdef int32_t i, found, start = 0
        cdef const uint8_t* source = NULL
        for i in range(count):
            found = self.candidates_of(room, i, start, tags[i], &source)
            if found:
                memcpy(labels + room.first[i], source, found)
            elif tags[i] > self.tags:
                labels[room.first[i]] = <uint8_t> (ROLES * (tags[i] - self.tags - 1) + SINGLE)
            else:
                labels[room.first[i]] = OUTSIDE
            start = ends[i]
        labels[room.first[count]] = OUTSIDE

    cdef void score(self, const Sentence* s, const int32_t* first, const uint8_t* labels,
                    int32_t* emissions) noexcept nogil:
        """emissions[i, y] = sum of the weights of the features of word i for candidate y."""
        cdef int32_t sums[256]
        cdef uint64_t keys[CHUNK_TEMPLATES]
        cdef int32_t i, j, t
        cdef int64_t slot, k
        emissions[first[s.count]] = 0
        for i in range(s.count):
            if first[i + 1] - first[i] == 1:
                emissions[first[i]] = 0
                continue
            memset(sums, 0, self.labels * sizeof(int32_t))
            chunk_features_at(s, i, keys)
            for t in range(CHUNK_TEMPLATES):
                slot = find(&self.features, keys[t]) if keys[t] else -1
                if slot >= 0:
                    for k in range(self.features.first[slot], self.features.first[slot + 1]):
                        sums[self.features.labels[k]] += self.feature_weights[k]
            for j in range(first[i], first[i + 1]):
                emissions[j] = sums[labels[j]]


def restored(alphabet, arrays, names):
    """Return the `Chunker` that was taken apart into arrays."""
    return Chunker(alphabet, **arrays, names=NameTable(*names.values()))


def check_rows(first, labels, label_count):
    """Raise a ValueError unless rows of labels lie one behind the other, at least one of them."""
    if first.ndim != 1 or first.size < 2 or int(first[0]) != 0 or (np.diff(first) < 0).any():
        raise ValueError("tag_first must rise from 0")
    if labels.shape != (int(first[first.size - 1]),) or (labels.size and int(labels.max()) >= label_count):
        raise ValueError("the tags' labels do not fit")
    if first.size - 2 > MOST_TAGS:
        raise ValueError(f"there can be at most {MOST_TAGS} tags")


def check_outside(first, labels, used):
    """Raise a ValueError unless label 0 comes first in every row that is used."""
    begins = first[:first.size - 1][used]
    if (np.diff(first)[used] < 1).any() or (labels[begins] != OUTSIDE).any():
        raise ValueError("a word may not be outside of spans")


def spans_of_labels(const uint8_t[::1] labels not None):
    """Return the spans of words that labels mark; what is begun and not ended right is none.

    Parameters
    ----------
    labels : uint8 array

    Returns
    -------
    int32 array, shape (spans, 3)
        First word, the word behind the last one, kind.

    Examples
    --------
    >>> spans_of_labels(np.array([4, 0, 5, 6, 7], np.uint8)).tolist()
    [[0, 1, 0], [2, 5, 1]]
    """
    cdef Py_ssize_t count = labels.shape[0], i, found = 0, begun = 0
    cdef int32_t kind, role, open_kind = -1
    spans = np.empty((count, 3), np.int32)
    cdef int32_t[:, ::1] out = spans
    with nogil:
        for i in range(count):
            if labels[i] == OUTSIDE:
                open_kind = -1
                continue
            kind, role = (labels[i] - 1) // ROLES, (labels[i] - 1) % ROLES + 1
            if role == BEGIN or role == SINGLE:
                begun = i
                open_kind = kind
            elif kind != open_kind:
                open_kind = -1
            if open_kind >= 0 and (role == END or role == SINGLE):
                out[found, 0] = <int32_t> begun
                out[found, 1] = <int32_t> i + 1
                out[found, 2] = kind
                found += 1
                open_kind = -1
    return spans[:found].copy()
