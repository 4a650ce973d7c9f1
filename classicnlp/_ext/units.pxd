from libc.stdint cimport int32_t, uint8_t, uint32_t

from classicnlp._ext.alphabet cimport Text
from classicnlp._ext.trie cimport Trie

# The classes of classicnlp.text.CharacterClass, by the same numbers.
cdef enum:
    OTHER = 0
    HAN = 1
    KANA = 2
    LATIN = 3
    LETTER = 4
    DIGIT = 5
    PUNCTUATION = 6
    SPACE = 7
    EXTEND = 8

# Marks of a place.
cdef enum:
    UNIT_START = 1
    UNIT_INSIDE = 2
    BREAK = 4  # a word begins here

# The rules of classicnlp.rules.
cdef enum:
    URL = 1
    EMAIL = 1 << 1
    HANDLE = 1 << 2
    EMOJI = 1 << 3
    WORD = 1 << 4
    ALNUM = 1 << 5
    COMPOUND = 1 << 6
    SYMBOL = 1 << 7
    MEASURE = 1 << 8
    APART = 1 << 9
    DIGITS = 1 << 10
    DECIMAL = 1 << 11
    PERCENT = 1 << 12
    RATIO = 1 << 13
    MINUS = 1 << 14
    MYRIAD = 1 << 15
    ORDINAL = 1 << 16
    COUNT = 1 << 17
    SIGN = 1 << 18
    DATE = 1 << 19
    CLOCK = 1 << 20
    KANA_RUN = 1 << 21
    JOINS_ONLY = 1 << 22  # no rule: leave out all boundaries

cdef class Rules:
    cdef readonly uint32_t flags
    cdef readonly Trie mixed

cdef void mark_units(Text text, const uint8_t* classes, Rules rules, Py_ssize_t lead, uint8_t kind_before,
                     uint8_t* marks) noexcept nogil

cdef inline void punctuate(int32_t* symbols, const uint8_t* classes, Py_ssize_t n, int32_t full_stop) noexcept nogil:
    # To what looks at words, white space, which no training data has, separates as a full stop does.
    cdef Py_ssize_t i
    for i in range(n):
        if classes[i] == SPACE:
            symbols[i] = full_stop
