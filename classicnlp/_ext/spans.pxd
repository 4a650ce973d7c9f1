from libc.stdint cimport int32_t, int64_t, uint8_t

from classicnlp._ext.userwords cimport Match

# Labels of characters: first, inner and last of a word, and a word alone.
cdef enum:
    B = 0
    M = 1
    E = 2
    S = 3
    LABELS = 4

# A stretch of text without white space, scored for the labels B, M, E, S.
cdef struct Stretch:
    int32_t length
    const int32_t* scores  # of each label at each place, shape (length, 4)
    const int32_t* go  # from label to label, shape (4, 4)
    const int32_t* starts  # of each label at the first place, shape (4,)
    const uint8_t* marks  # UNIT_INSIDE, BREAK, JOINED; shape (length,)
    const Match* matches  # of the stretch, by start and then by end
    Py_ssize_t matches_count
    int32_t origin  # of the places of matches

cdef Py_ssize_t best_words(const Stretch* x, int32_t* ends, int64_t* score) noexcept nogil
