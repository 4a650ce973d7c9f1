from libc.stdint cimport uint8_t

from classicnlp._ext.alphabet cimport Text

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

cdef enum:
    UNIT_START = 1
    UNIT_INSIDE = 2

cdef void mark_units(Text text, const uint8_t* classes, uint8_t* marks) noexcept nogil
