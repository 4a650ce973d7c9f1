from libc.stdint cimport int32_t, uint8_t, uint16_t

from classicnlp._ext.alphabet cimport Text
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.trie cimport Node, Trie

cdef enum:
    UNKNOWN = -1
    CLASSES = 9

# A word, or a unit that is none, that begins at some place of a window.
cdef struct Hit:
    int32_t end
    int32_t state  # of the base trie; -2 - state of the overlay; UNKNOWN for a unit
    int32_t cost

# A stretch of a text with all that the dictionary knows in it. The hits of place i are
# hits[first[i]:first[i + 1]], by end; places within a unit have none.
cdef struct Window:
    int32_t length
    int32_t capacity  # characters there is room for
    int32_t hits_capacity
    uint8_t* classes
    uint8_t* marks
    uint16_t* codes
    uint16_t* overlay_codes
    int32_t* first
    Hit* hits
    char* scratch  # 24 bytes a character for whoever solves the window
    void* block


cdef class Dictionary:
    cdef readonly Trie trie
    cdef readonly Trie overlay
    cdef readonly int32_t size
    cdef readonly int32_t longest
    cdef const uint8_t[::1] removed_view
    cdef const uint8_t* removed

    cdef int32_t word_of(self, Hit* hit) noexcept nogil


cdef class DictionaryCutter(Cutter):
    cdef readonly Dictionary dictionary
    cdef readonly object arrays
    cdef const Node* nodes
    cdef const Node* overlay_nodes
    cdef int32_t unknown_costs[CLASSES]

    cdef bint find(self, Text text, Window* window) noexcept nogil
    cdef int32_t merge_overlay(self, Window* window, int32_t start, int32_t unit, Hit* hits, int32_t count) noexcept nogil
    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil

cdef bint open_window(Window* window, Py_ssize_t capacity) noexcept nogil
cdef void close_window(Window* window) noexcept nogil
