from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t

from classicnlp._ext.alphabet cimport CLASSES, Text
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.trie cimport Node, Trie
from classicnlp._ext.units cimport Rules
from classicnlp._ext.userwords cimport WordMarker

cdef enum:
    UNKNOWN = -1
    # What memset can write everywhere. As a cost it is beyond the sum of any two others.
    NONE_BYTE = 0x7F
    NONE = 0x7F7F7F7F

# A word of several characters, or a unit that is none.
cdef struct Hit:
    int32_t start
    int32_t end
    int32_t state  # of the base trie; -2 - state of the overlay; UNKNOWN
    int32_t cost

# A place whose words have not all been found, and the base of the state reached from it.
cdef struct Walk:
    int32_t start
    int32_t base

# A stretch of a text with all that the dictionary knows in it.
cdef struct Window:
    int32_t length
    int32_t capacity  # characters there is room for
    int32_t count  # of hits
    int32_t hits_capacity
    int32_t* singles  # the cost of each character by itself, word or not; NONE within longer units
    Hit* hits  # of one start the shorter come first, of one end the later starts
    int32_t* links  # of hits, for link_hits
    Hit* overlay_hits
    Walk* walks
    Walk* overlay_walks
    uint16_t* codes
    uint16_t* overlay_codes
    uint8_t* classes
    uint8_t* marks
    char* scratch  # SCRATCH bytes a character, and for two more, for whoever solves the window
    void* block
    void* more_hits


cdef class Dictionary:
    cdef readonly Trie trie
    cdef readonly Trie overlay
    cdef readonly int32_t size
    cdef readonly int32_t longest
    cdef const uint8_t[::1] removed_view
    cdef const uint8_t* removed
    cdef const uint32_t[::1] fused_view
    cdef const uint32_t* fused
    cdef const uint32_t[::1] pairs_view
    cdef const uint32_t* pairs
    cdef uint32_t pairs_mask

    cdef int32_t word_of(self, int32_t state) noexcept nogil


cdef class DictionaryCutter(Cutter):
    cdef readonly Dictionary dictionary
    cdef readonly Rules rules
    cdef readonly object arrays
    cdef readonly WordMarker marker
    cdef const Node* nodes
    cdef const Node* overlay_nodes
    cdef int32_t unknown_costs[CLASSES]

    cdef bint find(self, Text text, Py_ssize_t start, Py_ssize_t stop, Window* window) noexcept nogil
    cdef bint mark_words(self, Text text, Window* window) noexcept nogil
    cdef int32_t find_singles(self, Window* window) noexcept nogil
    cdef void overlay_singles(self, Window* window, int32_t* overlaid) noexcept nogil
    cdef void find_units(self, Window* window) noexcept nogil
    cdef bint is_removed(self, int32_t state) noexcept nogil
    cdef int32_t look_up(self, const Window* window, int32_t start, int32_t end) noexcept nogil
    cdef void overlay_level(self, Window* window, int32_t level, int32_t first, int32_t* overlaid) noexcept nogil
    cdef int32_t solve(self, Window* window, int32_t length, int32_t* ends) noexcept nogil

cdef bint open_window(Window* window, Py_ssize_t capacity, void* room, Py_ssize_t room_size) noexcept nogil
cdef void close_window(Window* window) noexcept nogil
cdef void link_hits(Window* window, int32_t* first, int32_t shortest) noexcept nogil
