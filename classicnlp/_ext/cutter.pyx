"""What every segmenter shares: a text in, boundaries or words out, one text or many.

A kernel that cuts texts derives from `Cutter` and fills in `cut`. Making Python strings costs
more than finding where they lie, so short words come from a cache: a word of up to four
characters is a 64-bit number, which names a slot that holds the finished str.
"""

cimport cython
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.ref cimport PyObject
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.alphabet cimport Text, text_of

from classicnlp.errors import wrong_text

cdef extern from "Python.h":
    PyObject* PyUnicode_Substring(PyObject* text, Py_ssize_t start, Py_ssize_t end) except NULL
    void PyList_SET_ITEM(PyObject* target, Py_ssize_t i, PyObject* item)
    list PyList_New(Py_ssize_t length)
    void Py_INCREF(PyObject* item)
    void Py_DECREF(PyObject* item)

cdef enum:
    CACHE_BITS = 15
    LONGEST_TEXT = 0x7FFFFFFF

cdef struct Slot:
    uint64_t key
    PyObject* word

# One cache for the process; it only ever holds finished strings, so that sharing it is safe.
cdef Slot cache[1 << CACHE_BITS]
cdef object cache_guard = object()


cdef inline uint64_t key_of(Text text, Py_ssize_t start, Py_ssize_t length) noexcept nogil:
    """Pack up to four characters below U+10000 into a number; 0 where that cannot be done.

    NUL has no key, since it could not be told from the end of a shorter word.
    """
    cdef uint64_t key = 0, c
    cdef Py_ssize_t i
    cdef const uint16_t* wide
    cdef const uint8_t* narrow
    cdef const uint32_t* full
    if text.kind == 2:
        wide = <const uint16_t*> text.units + start
        for i in range(length):
            if wide[i] == 0:
                return 0
            key |= <uint64_t> wide[i] << (16 * i)
    elif text.kind == 1:
        narrow = <const uint8_t*> text.units + start
        for i in range(length):
            if narrow[i] == 0:
                return 0
            key |= <uint64_t> narrow[i] << (16 * i)
    else:
        full = <const uint32_t*> text.units + start
        for i in range(length):
            c = full[i]
            if c == 0 or c >= 0x10000:
                return 0
            key |= c << (16 * i)
    return key


cdef list words_of(str text, const int32_t* ends, Py_ssize_t count):
    """Return the words of ``text`` that end at ``ends``, the first beginning at 0."""
    cdef list words = PyList_New(count)
    cdef PyObject* target = <PyObject*> words
    cdef PyObject* source = <PyObject*> text
    cdef PyObject* word
    cdef Text view = text_of(text)
    cdef Py_ssize_t i
    cdef int32_t start = 0, end
    cdef uint64_t key
    cdef Slot* slot
    # The lock is real in a free-threaded Python only; elsewhere the GIL is one.
    with cython.critical_section(cache_guard):
        for i in range(count):
            end = ends[i]
            key = key_of(view, start, end - start) if end - start <= 4 else 0
            if key:
                slot = &cache[(key * <uint64_t> 0x9E3779B97F4A7C15) >> (64 - CACHE_BITS)]
                if slot.key == key:
                    word = slot.word
                else:
                    word = PyUnicode_Substring(source, start, end)
                    if slot.word != NULL:
                        Py_DECREF(slot.word)
                    slot.key = key
                    slot.word = word
                Py_INCREF(word)
            else:
                word = PyUnicode_Substring(source, start, end)
            PyList_SET_ITEM(target, i, word)
            start = end
    return words


cdef class Cutter:
    """Cuts texts into words; subclasses say where."""

    cdef Py_ssize_t cut(self, Text text, int32_t* ends) noexcept nogil:
        """Write the end of each word of a text that is not empty; return how many, -1 for no memory."""
        return -1

    def boundaries(self, text not None):
        """Return 0, the boundaries within ``text``, and its length as an int32 array."""
        cdef Text view = checked(text, "boundaries")
        cdef int32_t* ends = new_ends(view.length)
        cdef Py_ssize_t count = 0
        with nogil:
            if view.length:
                count = self.cut(view, ends)
        try:
            if count < 0:
                raise MemoryError()
            return with_zero(ends, count)
        finally:
            PyMem_RawFree(ends)

    def segment(self, text):
        """Return the words of ``text``; joined, they are the text."""
        cdef Text view = checked(text, "segment")
        cdef int32_t* ends = new_ends(view.length)
        cdef Py_ssize_t count = 0
        with nogil:
            if view.length:
                count = self.cut(view, ends)
        try:
            if count < 0:
                raise MemoryError()
            return words_of(text, ends, count)
        finally:
            PyMem_RawFree(ends)

    def segment_batch(self, texts):
        """Return the words of each text."""
        return cut_batch(self, tuple(texts), True)

    def boundaries_batch(self, texts):
        """Return the boundaries of each text."""
        return cut_batch(self, tuple(texts), False)


cdef Text checked(object text, str caller) except *:
    if not isinstance(text, str):
        raise TypeError(wrong_text(text, caller))
    cdef Text view = text_of(<str> text)
    if view.length > LONGEST_TEXT:
        raise ValueError(f"a text may have at most 2**31 - 1 characters, got {view.length}: cut it up")
    return view


cdef int32_t* new_ends(Py_ssize_t length) except NULL:
    cdef int32_t* ends = <int32_t*> PyMem_RawMalloc((length + 1) * sizeof(int32_t))
    if ends == NULL:
        raise MemoryError()
    return ends


cdef with_zero(const int32_t* ends, Py_ssize_t count):
    boundaries = np.empty(count + 1, np.int32)
    cdef int32_t[::1] out = boundaries
    out[0] = 0
    if count:
        memcpy(&out[1], ends, count * sizeof(int32_t))
    return boundaries


cdef list cut_batch(Cutter cutter, tuple texts, bint words):
    # The tuple keeps the texts alive while the GIL is released.
    cdef Py_ssize_t total = 0, i, n = len(texts), start = 0
    cdef Text* views = <Text*> PyMem_RawMalloc((n + 1) * sizeof(Text))
    cdef Py_ssize_t* counts = <Py_ssize_t*> PyMem_RawMalloc((n + 1) * sizeof(Py_ssize_t))
    cdef int32_t* ends = NULL
    cdef list results
    try:
        if views == NULL or counts == NULL:
            raise MemoryError()
        for i in range(n):
            views[i] = checked(texts[i], "segment" if words else "boundaries")
            total += views[i].length
        ends = new_ends(total)
        with nogil:
            for i in range(n):
                counts[i] = cutter.cut(views[i], ends + start) if views[i].length else 0
                if counts[i] < 0:
                    break
                start += views[i].length
            else:
                i = n
        if i < n:
            raise MemoryError()
        results = []
        start = 0
        for i in range(n):
            if words:
                results.append(words_of(texts[i], ends + start, counts[i]))
            else:
                results.append(with_zero(ends + start, counts[i]))
            start += views[i].length
        return results
    finally:
        PyMem_RawFree(views)
        PyMem_RawFree(counts)
        PyMem_RawFree(ends)
