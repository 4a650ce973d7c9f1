"""The text seam: a str's code units, read in place, become symbols and character classes.

A symbol is a small positive integer that stands for a character and all its variants: full
width and half width, upper and lower case, traditional and simplified. Frequent characters
have the symbols 1 ... size-1 by falling frequency, so that tables indexed by symbol are small
and their hot rows lie together. Any other code point c has the symbol size + c: nothing is
confused and nothing is lost. Symbol 0 is no character; it pads the ends of a text.

One table serves symbols and classes. It has two levels, since most of the 4,352 pages of 256
code points are alike: entry = pages[index[c >> 8]][c & 255], the symbol in the low 24 bits
(0: the character has no rank), the class in the high 8.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t

import numpy as np

from classicnlp.checks import as_array

PAGES = 0x110000 >> 8
SYMBOL_BITS = 24


cdef Text text_of(str text) noexcept:
    cdef Text view
    view.kind = PyUnicode_KIND(text)
    view.units = PyUnicode_DATA(text)
    view.length = PyUnicode_GET_LENGTH(text)
    return view


cdef void encode_units(const unit_t* units, Py_ssize_t n, const uint16_t* index,
                       const uint32_t* pages, int32_t size, int32_t* symbols) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint32_t c
    for i in range(n):
        c = units[i]
        symbols[i] = symbol_of(entry_of(index, pages, c), c, size)


cdef void classify_units(const unit_t* units, Py_ssize_t n, const uint16_t* index,
                         const uint32_t* pages, uint8_t* classes) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        classes[i] = <uint8_t> (entry_of(index, pages, units[i]) >> CLASS_SHIFT)


cdef void read_units(const unit_t* units, Py_ssize_t n, const uint16_t* index, const uint32_t* pages,
                     int32_t size, int32_t* symbols, uint8_t* classes) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint32_t entry
    for i in range(n):
        entry = entry_of(index, pages, units[i])
        symbols[i] = symbol_of(entry, units[i], size)
        classes[i] = <uint8_t> (entry >> CLASS_SHIFT)


cdef class Alphabet:
    """Maps code points to symbols and classes; immutable.

    Parameters
    ----------
    index : uint16 array, shape (4352,)
        The page of each block of 256 code points.
    pages : uint32 array, shape (256 * number of pages,)
        Per code point: symbol (low 24 bits, 0 for none) and class (high 8 bits).
    letters : uint32 array, shape (size,)
        The code point that stands for each symbol; ``letters[0]`` is 0.

    Raises
    ------
    ValueError
        If the arrays have other shapes or no integers, or point outside one another.
    """

    def __init__(self, index, pages, letters):
        index = as_array(index, np.uint16, "index")
        pages = as_array(pages, np.uint32, "pages")
        letters = as_array(letters, np.uint32, "letters")
        if index.shape != (PAGES,):
            raise ValueError(f"index must have shape ({PAGES},), got {index.shape}")
        if pages.ndim != 1 or pages.size % 256 or pages.size <= int(index.max()) * 256:
            raise ValueError("pages must be whole and hold every page that index names")
        if letters.ndim != 1 or not 0 < letters.size < 1 << 20 or int(letters.max()) >= 0x110000:
            raise ValueError("letters must hold a code point for each symbol")
        if int((pages & SYMBOL_MASK).max()) >= letters.size:
            raise ValueError("pages name a symbol that letters does not have")
        if int((pages >> CLASS_SHIFT).max()) >= CLASSES:
            raise ValueError(f"pages name a class that does not exist; there are {CLASSES}")
        self.arrays = {"index": index, "pages": pages, "letters": letters}
        self.index_view = index
        self.pages_view = pages
        self.letters_view = letters
        self.index = &self.index_view[0]
        self.pages = &self.pages_view[0]
        self.size = <int32_t> letters.size
        self.exact_twin = None

    cdef void encode(self, Text text, int32_t* symbols) noexcept nogil:
        if text.kind == 2:
            encode_units(<const uint16_t*> text.units, text.length, self.index, self.pages, self.size, symbols)
        elif text.kind == 1:
            encode_units(<const uint8_t*> text.units, text.length, self.index, self.pages, self.size, symbols)
        else:
            encode_units(<const uint32_t*> text.units, text.length, self.index, self.pages, self.size, symbols)

    cdef void classify(self, Text text, uint8_t* classes) noexcept nogil:
        if text.kind == 2:
            classify_units(<const uint16_t*> text.units, text.length, self.index, self.pages, classes)
        elif text.kind == 1:
            classify_units(<const uint8_t*> text.units, text.length, self.index, self.pages, classes)
        else:
            classify_units(<const uint32_t*> text.units, text.length, self.index, self.pages, classes)

    cdef void read(self, Text text, int32_t* symbols, uint8_t* classes) noexcept nogil:
        """Do both in one pass."""
        if text.kind == 2:
            read_units(<const uint16_t*> text.units, text.length, self.index, self.pages, self.size, symbols, classes)
        elif text.kind == 1:
            read_units(<const uint8_t*> text.units, text.length, self.index, self.pages, self.size, symbols, classes)
        else:
            read_units(<const uint32_t*> text.units, text.length, self.index, self.pages, self.size, symbols, classes)

    def symbols(self, str text not None):
        """Return the symbol of each character of ``text`` as an int32 array."""
        cdef Text view = text_of(text)
        result = np.empty(view.length, np.int32)
        cdef int32_t[::1] out = result
        if view.length:
            with nogil:
                self.encode(view, &out[0])
        return result

    def classes(self, str text not None):
        """Return the class of each character of ``text`` as a uint8 array."""
        cdef Text view = text_of(text)
        result = np.empty(view.length, np.uint8)
        cdef uint8_t[::1] out = result
        if view.length:
            with nogil:
                self.classify(view, &out[0])
        return result

    def fold(self, str text not None):
        """Return ``text`` with each character replaced by the one that stands for its symbol.

        The result has the same length, so offsets in one are offsets in the other.
        """
        cdef Text view = text_of(text)
        cdef Py_ssize_t i
        cdef uint32_t c
        cdef int32_t symbol
        result = np.empty(view.length, np.uint32)
        cdef uint32_t[::1] out = result
        for i in range(view.length):
            c = unit_at(view, i)
            symbol = <int32_t> (entry_of(self.index, self.pages, c) & SYMBOL_MASK)
            out[i] = self.letters_view[symbol] if symbol else c
        return result.tobytes().decode("utf-32-le", "surrogatepass")

    def exact(self):
        """Return the alphabet that folds nothing: every code point has a symbol of its own."""
        if self.exact_twin is None:
            self.exact_twin = self._without_folding()
        return self.exact_twin

    def _without_folding(self):
        arrays = self.arrays
        index, pages, letters = arrays["index"], arrays["pages"], arrays["letters"]
        own = np.zeros(pages.size, np.uint32)
        own[(index[letters >> 8].astype(np.int64) << 8) | (letters & 255)] = np.arange(letters.size)
        twin = Alphabet(index, (pages & ~np.uint32(SYMBOL_MASK)) | own, letters)
        twin.exact_twin = twin
        return twin

    def __reduce__(self):
        return Alphabet, (self.arrays["index"], self.arrays["pages"], self.arrays["letters"])
