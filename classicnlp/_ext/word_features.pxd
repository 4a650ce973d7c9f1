from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from classicnlp._ext.units cimport PUNCTUATION, SPACE

cdef enum:
    CONTEXT_TEMPLATES = 21
    LOCAL_TEMPLATES = 10
    WORD_TEMPLATES = CONTEXT_TEMPLATES + LOCAL_TEMPLATES

cdef struct Word:
    uint64_t key
    uint64_t label_class  # a number, hashed
    uint64_t clause  # the key of the last word of its clause
    int32_t first  # the symbols of its first and last character
    int32_t last

cdef inline bint ends_clause(uint8_t kind) noexcept nogil:
    """Tell whether a word that begins with a character of this class ends the clause before it."""
    return kind == PUNCTUATION or kind == SPACE

cdef inline uint64_t feature_key(uint64_t template, uint64_t a, uint64_t b) noexcept nogil:
    # Odd factors of their own for each, so that small numbers do not stand for one another.
    cdef uint64_t key = a * <uint64_t> 0xBF58476D1CE4E5B9 + b * <uint64_t> 0x94D049BB133111EB
    key += template * <uint64_t> 0xD6E8FEB86659FD93
    key = (key ^ (key >> 32)) * <uint64_t> 0x9E3779B97F4A7C15
    key ^= key >> 29
    return key if key else 1  # 0 says that a feature is absent

cdef uint64_t class_key(int32_t number) noexcept nogil

cdef void context_features(const Word* words, int64_t count, int64_t i, uint64_t* keys) noexcept nogil

cdef void local_features(const int32_t* symbols, int32_t length, int32_t shape, const Word* word,
                         uint64_t* keys) noexcept nogil
