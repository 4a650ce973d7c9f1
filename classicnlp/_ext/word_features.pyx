"""The features of words that a part-of-speech tagger looks at, as 64-bit keys.

Local features are of the word alone, so that their weights can be added up once for each word
that is known; context features have a neighbour in them. A key hashes a template and words;
among a million features two share a key with a probability below one in ten million.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

import numpy as np

from classicnlp._ext.features cimport hash_symbols, mix, shape_of

from classicnlp._ext.features import check_rising, check_word_offsets

# Class is the ambiguity class of a word, see classicnlp.tagging.word_classes; clause is the last
# word before the next punctuation mark, such as 下 for 在 in 在大家的帮助下.
CONTEXT = (
    "W-1", "W1", "W-1W0", "W0W1", "W-1W1", "W-2", "W2",
    "last of W-1", "first of W1", "last of W-1 and first of W1",
    "class-1", "class1", "class-1class0", "class0class1", "class-1class0class1",
    "W0class-1", "W0class1", "W-1class0", "class0W1", "W0 and clause", "class0 and clause",
)
LOCAL = (
    "W0", "class0", "first character", "first two", "first three", "last character", "last two",
    "last three", "length and classes", "last character and length",
)
TEMPLATES_OF_WORDS = CONTEXT + LOCAL

# What stands before the first word and behind the last; no character has symbol 0.
cdef Word BEFORE = Word(1, 1, 0, 0, 0)
cdef Word AFTER = Word(2, 2, 0, 0, 0)


cdef uint64_t class_key(int32_t number) noexcept nogil:
    return mix(<uint64_t> number + 3)


cdef void context_features(const Word* words, int64_t count, int64_t i, uint64_t* keys) noexcept nogil:
    """Write the keys of word i of ``count``, CONTEXT_TEMPLATES of them."""
    cdef const Word* here = words + i
    cdef const Word* before = here - 1 if i > 0 else &BEFORE
    cdef const Word* after = here + 1 if i + 1 < count else &AFTER
    cdef const Word* before_that = here - 2 if i > 1 else &BEFORE
    cdef const Word* after_that = here + 2 if i + 2 < count else &AFTER
    cdef uint64_t to_here = feature_key(13, before.label_class, here.label_class)
    keys[0] = feature_key(1, before.key, 0)
    keys[1] = feature_key(2, after.key, 0)
    keys[2] = feature_key(3, before.key, here.key)
    keys[3] = feature_key(4, here.key, after.key)
    keys[4] = feature_key(5, before.key, after.key)
    keys[5] = feature_key(6, before_that.key, 0)
    keys[6] = feature_key(7, after_that.key, 0)
    keys[7] = feature_key(8, <uint64_t> before.last, 0)
    keys[8] = feature_key(9, <uint64_t> after.first, 0)
    keys[9] = feature_key(10, <uint64_t> before.last, <uint64_t> after.first)
    keys[10] = feature_key(11, before.label_class, 0)
    keys[11] = feature_key(12, after.label_class, 0)
    keys[12] = to_here
    keys[13] = feature_key(14, here.label_class, after.label_class)
    keys[14] = feature_key(15, to_here, after.label_class)
    keys[15] = feature_key(16, here.key, before.label_class)
    keys[16] = feature_key(17, here.key, after.label_class)
    keys[17] = feature_key(18, before.key, here.label_class)
    keys[18] = feature_key(19, here.label_class, after.key)
    keys[19] = feature_key(30, here.key, here.clause)
    keys[20] = feature_key(31, here.label_class, here.clause)


cdef void local_features(const int32_t* symbols, int32_t length, int32_t shape, const Word* word,
                         uint64_t* keys) noexcept nogil:
    """Write the keys of a word by itself, LOCAL_TEMPLATES of them, 0 where one is absent."""
    cdef const int32_t* end = symbols + length
    keys[0] = feature_key(20, word.key, 0)
    keys[1] = feature_key(21, word.label_class, 0)
    keys[2] = feature_key(22, <uint64_t> word.first, 0)
    keys[3] = feature_key(23, hash_symbols(symbols, 2), 0) if length > 1 else 0
    keys[4] = feature_key(24, hash_symbols(symbols, 3), 0) if length > 2 else 0
    keys[5] = feature_key(25, <uint64_t> word.last, 0)
    keys[6] = feature_key(26, hash_symbols(end - 2, 2), 0) if length > 1 else 0
    keys[7] = feature_key(27, hash_symbols(end - 3, 3), 0) if length > 2 else 0
    keys[8] = feature_key(28, <uint64_t> shape, 0)
    keys[9] = feature_key(29, <uint64_t> word.last, <uint64_t> length)


def word_features(const int32_t[::1] symbols not None, const uint8_t[::1] classes not None,
                  const int64_t[::1] word_offsets not None, const int64_t[::1] offsets not None,
                  const int32_t[::1] word_classes not None):
    """Return the keys of the word templates at each word of each sequence.

    Parameters
    ----------
    symbols : int32 array, shape (n,)
        The symbols of all words, one after another.
    classes : uint8 array, shape (n,)
        The characters' classes.
    word_offsets : int64 array, ascending from 0 to n
        Where each word begins in ``symbols``, and the end of the last; no word is empty.
    offsets : int64 array, ascending from 0 to the number of words
        Where each sequence begins among the words, and the end of the last.
    word_classes : int32 array, shape (words,)
        The ambiguity class of each word.

    Returns
    -------
    uint64 array, shape (words, 31)
        In the order of TEMPLATES_OF_WORDS; 0 where a template gives no feature.
    """
    cdef Py_ssize_t total = word_offsets.shape[0] - 1, s, i, start, low
    cdef int32_t length
    cdef bint last
    check_word_offsets(word_offsets, symbols, classes)
    if offsets.shape[0] == 0 or offsets[offsets.shape[0] - 1] != total:
        raise ValueError("offsets must run from 0 to the number of words")
    check_rising(offsets)
    if word_classes.shape[0] != total:
        raise ValueError("there must be a class for each word")
    keys = np.zeros((total, WORD_TEMPLATES), np.uint64)
    cdef uint64_t[:, ::1] out = keys
    # Three numbers and two symbols of each word, as they stand in a Word.
    cdef int64_t[:, ::1] room = np.empty((total + 1, 4), np.int64)
    cdef Word* words = <Word*> &room[0, 0]
    with nogil:
        for i in range(total):
            start, length = word_offsets[i], <int32_t> (word_offsets[i + 1] - word_offsets[i])
            words[i] = Word(hash_symbols(&symbols[start], length), class_key(word_classes[i]), 0,
                            symbols[start], symbols[start + length - 1])
            local_features(&symbols[start], length, shape_of(&symbols[start], &classes[start], length),
                           words + i, &out[i, CONTEXT_TEMPLATES])
        for s in range(offsets.shape[0] - 1):
            low = offsets[s]
            for i in range(offsets[s + 1] - 1, low - 1, -1):
                last = i + 1 == offsets[s + 1] or ends_clause(classes[word_offsets[i + 1]])
                words[i].clause = words[i].key if last else words[i + 1].clause
            for i in range(low, offsets[s + 1]):
                context_features(words + low, offsets[s + 1] - low, i - low, &out[i, 0])
    return keys
