"""What every segmenter shares: a text in, boundaries or words out, one text or many.

A kernel that cuts texts derives from `Cutter` and fills in `cut`. Making Python strings costs
more than finding where they lie, so short words come from a cache: a word of up to four
characters is a 64-bit number, which names a slot that holds the finished str.
"""

cimport cython
from cpython.buffer cimport PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.ref cimport PyObject
from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.alphabet cimport Text, prefetch, text_of, unit_at, unit_t

from classicnlp.errors import wrong_text

cdef extern from "Python.h":
    PyObject* PyUnicode_Substring(PyObject* text, Py_ssize_t start, Py_ssize_t end) except NULL
    void PyList_SET_ITEM(PyObject* target, Py_ssize_t i, PyObject* item)
    list PyList_New(Py_ssize_t length)
    void Py_INCREF(PyObject* item)
    void Py_DECREF(PyObject* item)

cdef enum:
    BLOCK = 32
    CACHE_BITS = 16
    SHORT = 128
    RUN = 1 << 15
    LONGEST_TEXT = 0x7FFFFFFF

cdef struct Slot:
    uint64_t key
    PyObject* word

cdef uint64_t ONES = 0x0001000100010001
cdef uint64_t HIGHS = 0x8000800080008000
cdef uint64_t* kept = [0, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF]

# One cache for the process; it only ever holds finished strings, so that sharing it is safe.
cdef Slot cache[1 << CACHE_BITS]
cdef object cache_guard = object()


cdef inline uint64_t pack(const unit_t* units, Py_ssize_t length) noexcept nogil:
    """Pack four units into a number and keep the first ``length``."""
    return (<uint64_t> units[0] | <uint64_t> units[1] << 16 | <uint64_t> units[2] << 32
            | <uint64_t> units[3] << 48) & kept[length]


cdef inline uint64_t key_of(Text text, Py_ssize_t start, Py_ssize_t length) noexcept nogil:
    """Pack up to four characters below U+10000 into a number; 0 where that cannot be done.

    NUL has no key, since it could not be told from the end of a shorter word.
    """
    cdef uint64_t key = 0
    cdef Py_ssize_t i
    cdef uint32_t c
    if length > 4:
        return 0
    # CPython ends the units with a NUL: there are four to read from the last character but two.
    if text.kind == 2 and start + 3 <= text.length:
        key = pack(<const uint16_t*> text.units + start, length)
        # The classic test for a zero among packed numbers, exact up to the first one.
        if (key - ONES) & ~key & HIGHS & kept[length]:
            return 0
        return key
    for i in range(length):
        c = unit_at(text, start + i)
        if c == 0 or c >= 0x10000:
            return 0
        key |= <uint64_t> c << (16 * i)
    return key


cdef list words_of(str text, const int32_t* ends, Py_ssize_t count):
    """Return the words of ``text`` that end at ``ends``, the first beginning at 0."""
    cdef list words = PyList_New(count)
    cdef Text view = text_of(text)
    cdef uint64_t keys[BLOCK]
    cdef Py_ssize_t first = 0, size, i
    cdef int32_t start = 0, end
    # The lock is real in a free-threaded Python only; elsewhere the GIL is one.
    with cython.critical_section(cache_guard):
        while first < count:
            size = min(count - first, <Py_ssize_t> BLOCK)
            end = start
            # Two rounds, so that the memory of one word is fetched while others are dealt with.
            for i in range(size):
                keys[i] = key_of(view, end, ends[first + i] - end)
                prefetch(slot_of(keys[i]))
                end = ends[first + i]
            for i in range(size):
                PyList_SET_ITEM(<PyObject*> words, first + i, new_word(text, start, ends[first + i], keys[i]))
                start = ends[first + i]
            first += size
    return words


cdef inline Slot* slot_of(uint64_t key) noexcept nogil:
    return &cache[(key * <uint64_t> 0x9E3779B97F4A7C15) >> (64 - CACHE_BITS)]


cdef inline PyObject* new_word(str text, int32_t start, int32_t end, uint64_t key) except NULL:
    """Return a new reference to a word, from the cache if it has a key."""
    cdef Slot* slot = slot_of(key)
    cdef PyObject* word
    if key == 0:
        return PyUnicode_Substring(<PyObject*> text, start, end)
    word = slot.word
    if slot.key != key:
        word = PyUnicode_Substring(<PyObject*> text, start, end)
        if slot.word != NULL:
            Py_DECREF(slot.word)
        slot.key = key
        slot.word = word
    Py_INCREF(word)
    return word


cdef class Cutter:
    """Cuts texts into words; subclasses say where."""

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        """Write the end of each word of a text that is not empty; return how many, -1 for no memory."""
        return -1

    def boundaries(self, text):
        """Return 0, the boundaries within ``text``, and its length as an int32 array."""
        return cut_one(self, text, False)

    def segment(self, text):
        """Return the words of ``text``; joined, they are the text."""
        return cut_one(self, text, True)

    def segment_batch(self, texts):
        """Return the words of each text."""
        return cut_batch(self, tuple(texts), True)

    def boundaries_batch(self, texts):
        """Return the boundaries of each text."""
        return cut_batch(self, tuple(texts), False)


cdef inline object cut_one(Cutter cutter, object text, bint words):
    cdef Text view = checked(text, "segment" if words else "boundaries")
    cdef int32_t few[SHORT]
    cdef int32_t* ends = few
    cdef Py_ssize_t count = 0
    if view.length <= SHORT:
        # Sooner done than the GIL is released and taken again.
        if view.length:
            count = cutter.cut(view, ends)
    else:
        ends = new_ends(view.length)
        with nogil:
            count = cutter.cut(view, ends)
    try:
        if count < 0:
            raise MemoryError()
        return words_of(<str> text, ends, count) if words else with_zero(ends, count)
    finally:
        if ends != few:
            PyMem_RawFree(ends)


cdef Text checked(object text, str caller) except *:
    if not isinstance(text, str):
        raise TypeError(wrong_text(text, caller))
    cdef Text view = text_of(<str> text)
    if view.length > LONGEST_TEXT:
        raise ValueError(f"a text may have at most 2**31 - 1 characters, got {view.length}: cut it up")
    return view


cdef const int32_t* ends_of(const int32_t[::1] boundaries, Py_ssize_t length) except? NULL:
    """Return where the words end; raise a ValueError if the boundaries are none of a text so long."""
    cdef Py_ssize_t count = boundaries.shape[0] - 1, i
    cdef bint sound = count >= 0 and boundaries[0] == 0 and boundaries[count] == length
    if sound:
        for i in range(count):
            sound &= boundaries[i] < boundaries[i + 1]
    if not sound:
        raise ValueError(f"boundaries must ascend from 0 to {length}")
    return &boundaries[0] + 1


cdef int32_t* new_ends(Py_ssize_t length) except NULL:
    cdef int32_t* ends = <int32_t*> PyMem_RawMalloc((length + 1) * sizeof(int32_t))
    if ends == NULL:
        raise MemoryError()
    return ends


cdef object empty = np.empty
cdef object INT32 = np.dtype(np.int32)


cdef with_zero(const int32_t* ends, Py_ssize_t count):
    # A typed view of the array would cost more than all the rest for a short text.
    cdef Py_buffer buffer
    cdef int32_t* out
    boundaries = empty(count + 1, INT32)
    PyObject_GetBuffer(boundaries, &buffer, PyBUF_WRITABLE)
    out = <int32_t*> buffer.buf
    out[0] = 0
    memcpy(out + 1, ends, count * sizeof(int32_t))
    PyBuffer_Release(&buffer)
    return boundaries


cdef list cut_batch(Cutter cutter, tuple texts, bint words):
    """Cut the texts run by run: the GIL is released once for many short texts."""
    cdef str caller = "segment" if words else "boundaries"
    cdef Py_ssize_t n = len(texts), first = 0, stop, total
    cdef list results = []
    while first < n:
        stop = first
        total = 0
        while stop < n and (stop == first or total < RUN):
            total += checked(texts[stop], caller).length
            stop += 1
        cut_run(cutter, texts, first, stop, total, words, results)
        first = stop
    return results


cdef int cut_run(Cutter cutter, tuple texts, Py_ssize_t first, Py_ssize_t stop, Py_ssize_t total,
                 bint words, list results) except -1:
    """Append the results of texts[first:stop], which have ``total`` characters."""
    # The tuple keeps the texts alive while the GIL is released.
    cdef Py_ssize_t n = stop - first, place = 0, i
    cdef Text* views = <Text*> PyMem_RawMalloc(n * sizeof(Text))
    cdef Py_ssize_t* counts = <Py_ssize_t*> PyMem_RawMalloc(n * sizeof(Py_ssize_t))
    cdef int32_t* ends = <int32_t*> PyMem_RawMalloc(total * sizeof(int32_t))
    try:
        if views == NULL or counts == NULL or ends == NULL:
            raise MemoryError()
        for i in range(n):
            views[i] = text_of(<str> texts[first + i])
        if not cut_all(cutter, views, n, ends, counts):
            raise MemoryError()
        for i in range(n):
            if words:
                results.append(words_of(<str> texts[first + i], ends + place, counts[i]))
            else:
                results.append(with_zero(ends + place, counts[i]))
            place += views[i].length
    finally:
        PyMem_RawFree(views)
        PyMem_RawFree(counts)
        PyMem_RawFree(ends)
    return 0


cdef bint cut_all(Cutter cutter, const Text* texts, Py_ssize_t n, int32_t* ends, Py_ssize_t* counts) noexcept:
    """Cut each text into its own part of ``ends``, as long as the text; False for no memory."""
    cdef Py_ssize_t i
    with nogil:
        for i in range(n):
            counts[i] = cutter.cut(texts[i], ends) if texts[i].length else 0
            if counts[i] < 0:
                return False
            ends += texts[i].length
    return True
