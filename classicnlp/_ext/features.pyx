"""Features as 64-bit keys: computed from symbols, numbered once for training, no strings.

A word's columns are hashes; among a million two share a key with a probability below one in ten
million.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

import numpy as np

from classicnlp._ext.interning import number  # no-cython-lint: it stands here too

# The columns of words, by number, as in COLUMNS_OF_WORDS.
cdef enum:
    WORD = 0
    PREFIX = 1
    SUFFIX = 5
    LENGTH = 9
    SHAPE = 10
    PATTERN = 11
    DOUBLED = 12
    COLUMNS = 13
    LONGEST_RUN = 4
    MOST_LENGTH = 8

COLUMNS_OF_WORDS = (
    "word", "prefix1", "prefix2", "prefix3", "prefix4", "suffix1", "suffix2", "suffix3", "suffix4",
    "length", "shape", "pattern", "doubled",
)


def check_rising(offsets):
    """Raise a ValueError if an offset is below the one before, or below 0."""
    if (np.diff(offsets) < 0).any() or (len(offsets) and offsets[0] < 0):
        raise ValueError("offsets must not fall")


def check_word_offsets(word_offsets, *characters):
    """Raise a ValueError unless the offsets cut arrays of characters into words, none of them empty."""
    for array in characters:
        if not len(word_offsets) or word_offsets[len(word_offsets) - 1] != len(array):
            raise ValueError("word_offsets must run from 0 to the number of symbols")
    if word_offsets[0] != 0 or (np.diff(word_offsets) < 1).any():
        raise ValueError("word_offsets must rise from 0: no word is empty")


cdef uint64_t hash_symbols(const int32_t* symbols, int32_t length) noexcept nogil:
    cdef uint64_t key = 0x243F6A8885A308D3
    cdef int32_t i
    for i in range(length):
        key = (key ^ <uint64_t> symbols[i]) * <uint64_t> 0x9E3779B97F4A7C15
        key ^= key >> 32
    return mix(key ^ <uint64_t> length)


cdef inline uint64_t joined(uint64_t template, uint64_t a, uint64_t b) noexcept nogil:
    cdef uint64_t key = mix(mix(a + template * <uint64_t> 0x9E3779B97F4A7C15) + b)
    return key if key else 1  # 0 says that a feature is absent


cdef int32_t shape_of(const int32_t* symbols, const unsigned char* classes, int32_t length) noexcept nogil:
    """Return a small number that tells length (to 6) and the classes of first and last character."""
    return min(length, 6) * 256 + classes[0] * 16 + classes[length - 1]


cdef uint64_t pattern_of(const uint8_t* classes, int32_t length) noexcept nogil:
    """Return a key of the characters' classes, of runs of one class their first four."""
    cdef uint64_t key = 0
    cdef int32_t i, run = 0
    for i in range(length):
        run = run + 1 if i > 0 and classes[i] == classes[i - 1] else 1
        if run <= LONGEST_RUN:
            key = mix(key + classes[i] + 1)
    return key


cdef int32_t doubling_of(const int32_t* word, int32_t length) noexcept nogil:
    """Return how a word doubles: 1 AA, 2 AAB, 3 ABB, 4 ABA, 5 AABB, 6 ABAB; 0 not at all."""
    if length == 2 and word[0] == word[1]:
        return 1
    if length == 3:
        if word[0] == word[1]:
            return 2
        if word[1] == word[2]:
            return 3
        return 4 if word[0] == word[2] else 0
    if length == 4:
        if word[0] == word[1] and word[2] == word[3]:
            return 5
        return 6 if word[0] == word[2] and word[1] == word[3] else 0
    return 0


cdef uint64_t column_of(const int32_t* word, const uint8_t* classes, int32_t length, int32_t column) noexcept nogil:
    """Return the key of one column of a word, 0 if it has nothing there."""
    cdef int32_t affix
    cdef int32_t kind
    if column == WORD:
        return hash_symbols(word, length)
    if column < SUFFIX:
        affix = column - PREFIX + 1
        return hash_symbols(word, affix) if affix <= length else 0
    if column < LENGTH:
        affix = column - SUFFIX + 1
        return hash_symbols(word + length - affix, affix) if affix <= length else 0
    if column == LENGTH:
        return joined(column, <uint64_t> min(length, MOST_LENGTH), 0)
    if column == SHAPE:
        return joined(column, <uint64_t> shape_of(word, classes, length), 0)
    if column == PATTERN:
        return joined(column, pattern_of(classes, length), 0)
    kind = doubling_of(word, length)
    return joined(column, <uint64_t> kind, 0) if kind else 0


def word_columns(const int32_t[::1] symbols not None, const uint8_t[::1] classes not None,
                 const int64_t[::1] word_offsets not None, const int32_t[::1] columns not None):
    """Return the keys of some columns of words, for `classicnlp._ext.columns.combine`.

    Parameters
    ----------
    symbols : int32 array, shape (n,)
        The symbols of all words, one after another.
    classes : uint8 array, shape (n,)
        The characters' classes.
    word_offsets : int64 array, ascending from 0 to n
        Where each word begins in ``symbols``, and the end of the last; no word is empty.
    columns : int32 array, shape (c,)
        Places in COLUMNS_OF_WORDS.

    Returns
    -------
    uint64 array, shape (words, c)
        0 where a word has nothing: no prefix as long as that, no doubling.
    """
    cdef Py_ssize_t total = word_offsets.shape[0] - 1, count = columns.shape[0], i, c
    cdef int32_t length
    check_word_offsets(word_offsets, symbols, classes)
    for c in range(count):
        if not 0 <= columns[c] < COLUMNS:
            raise ValueError(f"columns must be below {COLUMNS}, got {columns[c]}")
    keys = np.empty((total, count), np.uint64)
    cdef uint64_t[:, ::1] out = keys
    with nogil:
        for i in range(total):
            length = <int32_t> (word_offsets[i + 1] - word_offsets[i])
            for c in range(count):
                out[i, c] = column_of(&symbols[word_offsets[i]], &classes[word_offsets[i]], length, columns[c])
    return keys
