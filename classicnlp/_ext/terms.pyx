"""The words of a text that say what it is about: numbered as they come, all others left out.

What counts are words with a letter in them (a Chinese character, or one of any other script) that are
no numbers with a unit, and that no list passes over. A word is known by the key of its folded
characters, whatever way it is written.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport CLASS_SHIFT, SYMBOL_MASK, Alphabet, Text, entry_of, text_of, unit_t
from classicnlp._ext.cutter cimport ends_of
from classicnlp._ext.interning cimport empty_text, text_key, text_step
from classicnlp._ext.wordtable cimport WordTable

cdef enum:
    LATIN = 3  # classes of characters, as in classicnlp.text.CharacterClass
    DIGIT = 5
    LETTERS = 0b10110  # Chinese characters, kana, and letters of other scripts
    LEFT_OUT = -1


cdef class TermFinder:
    """Finds the words that count; immutable.

    Parameters
    ----------
    alphabet : Alphabet
        Folds characters.
    passed_over : WordTable
        Words that never count.
    """

    def __init__(self, Alphabet alphabet not None, WordTable passed_over not None):
        arrays = alphabet.arrays
        symbols = arrays["pages"] & SYMBOL_MASK
        self.alphabet = alphabet
        self.passed_over = passed_over
        self.index = arrays["index"]
        # Straight to the letter that stands for a character, without the symbol between.
        self.pages = (arrays["pages"] ^ symbols) | arrays["letters"][symbols]

    def __reduce__(self):
        return TermFinder, (self.alphabet, self.passed_over)

    cdef bint find(self, Text text, const int32_t* ends, int32_t count, const uint8_t* wanted,
                   Content* content) noexcept nogil:
        """Find those of the ``count`` words that count; False for no memory.

        ``wanted`` has a 0 for each word that does not come into question where it stands, or is NULL.
        """
        cdef int32_t i, start, number, distinct = 0
        cdef uint64_t key, slot, mask = <uint64_t> (slots_for(count) - 1)
        content.length = 0
        content.nodes = 0
        if not make_room(content, count, text.length):
            return False
        memset(content.slots, 0xFF, (mask + 1) * sizeof(int32_t))
        self.fold(text, content.letters)
        for i in range(count):
            if wanted != NULL and not wanted[i]:
                continue
            start = ends[i - 1] if i else 0
            key = key_of(content.letters, start, ends[i])
            slot = key & mask
            while content.slots[slot] >= 0 and content.known[content.slots[slot]] != key:
                slot = (slot + 1) & mask
            if content.slots[slot] < 0:
                content.slots[slot] = distinct
                content.known[distinct] = key
                content.kept[distinct] = LEFT_OUT
                if has_letter(content.letters, start, ends[i]) and not self.passed_over.has(key):
                    content.kept[distinct] = content.nodes
                    content.keys[content.nodes] = key
                    content.nodes += 1
                distinct += 1
            # Written in any case, since half of the words are left out and no branch could guess which.
            number = content.kept[content.slots[slot]]
            content.ids[content.length] = number
            content.words[content.length] = i
            content.length += number != LEFT_OUT
        return True

    cdef void fold(self, Text text, uint32_t* letters) noexcept nogil:
        if text.kind == 2:
            fold_units(<const uint16_t*> text.units, text.length, &self.index[0], &self.pages[0], letters)
        elif text.kind == 1:
            fold_units(<const uint8_t*> text.units, text.length, &self.index[0], &self.pages[0], letters)
        else:
            fold_units(<const uint32_t*> text.units, text.length, &self.index[0], &self.pages[0], letters)

    def terms(self, str text not None, const int32_t[::1] boundaries not None, const uint8_t[::1] wanted=None):
        """Return the words of ``text`` that count.

        Parameters
        ----------
        text : str
        boundaries : int32 array
            0, where words begin and end, len(text); ascending.
        wanted : uint8 array, one shorter, or None
            0 for each word that does not come into question.

        Returns
        -------
        ids : int32 array
            The number of each word that counts; different ones are numbered from 0 as they come.
        words : int32 array
            The place of each among all words.
        keys : uint64 array
            The key of each number.

        Raises
        ------
        ValueError
            If the boundaries are not those of a cut of ``text``, or ``wanted`` does not fit.
        """
        cdef Text view = text_of(text)
        cdef const int32_t* ends = ends_of(boundaries, view.length)
        cdef int32_t count = <int32_t> (boundaries.shape[0] - 1)
        cdef const uint8_t* chosen = wanted_of(wanted, count)
        cdef Content content
        cdef bint complete
        memset(&content, 0, sizeof(Content))
        try:
            with nogil:
                complete = self.find(view, ends, count, chosen, &content)
            if not complete:
                raise MemoryError()
            if not content.length:
                return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint64)
            return (np.array(<int32_t[:content.length]> content.ids),
                    np.array(<int32_t[:content.length]> content.words),
                    np.array(<uint64_t[:content.nodes]> content.keys))
        finally:
            leave_content(&content)


cdef void fold_units(const unit_t* units, Py_ssize_t length, const uint16_t* index, const uint32_t* pages,
                     uint32_t* letters) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint32_t c, entry
    for i in range(length):
        c = units[i]
        entry = entry_of(index, pages, c)
        letters[i] = entry if entry & SYMBOL_MASK else entry | c


cdef inline bint has_letter(const uint32_t* letters, int32_t start, int32_t end) noexcept nogil:
    """Return whether a word has a letter and is no number with its unit, such as 2024年."""
    cdef int32_t i
    cdef uint32_t kind, found = 0
    for i in range(start, end):
        kind = letters[i] >> CLASS_SHIFT
        if kind == LATIN:
            return True
        found |= <uint32_t> 1 << kind
    return (found & LETTERS) != 0 and (found >> DIGIT & 1) == 0


cdef inline uint64_t key_of(const uint32_t* letters, int32_t start, int32_t end) noexcept nogil:
    """Return the key that `interning.text_keys` gives a folded word."""
    cdef uint64_t state = empty_text()
    cdef int32_t i
    for i in range(start, end):
        state = text_step(state, letters[i] & SYMBOL_MASK)
    return text_key(state)


cdef const uint8_t* wanted_of(const uint8_t[::1] wanted, Py_ssize_t count) except? NULL:
    """Return the marks of the words that come into question, NULL for all; raise a ValueError if they do not fit."""
    if wanted is None:
        return NULL
    if wanted.shape[0] != count:
        raise ValueError(f"expected a mark for each of {count} words, got {wanted.shape[0]}")
    return &wanted[0] if count else NULL


cdef bint make_room(Content* content, int64_t count, int64_t characters) noexcept nogil:
    """Have room for so many words and characters; False for no memory."""
    cdef int64_t slots = slots_for(count)
    if content.ids == NULL or count > content.size:
        PyMem_RawFree(content.keys)
        content.size = 2 * count
        slots = slots_for(content.size)
        content.keys = <uint64_t*> PyMem_RawMalloc(content.size * 28 + slots * 4)
        content.ids = <int32_t*> content.keys
        if content.keys == NULL:
            return False
        content.known = content.keys + content.size
        content.ids = <int32_t*> (content.known + content.size)
        content.words = content.ids + content.size
        content.kept = content.words + content.size
        content.slots = content.kept + content.size
    if content.letters == NULL or characters > content.characters:
        PyMem_RawFree(content.letters)
        content.characters = 2 * characters
        content.letters = <uint32_t*> PyMem_RawMalloc(content.characters * 4)
    return content.letters != NULL


cdef void leave_content(Content* content) noexcept nogil:
    PyMem_RawFree(content.keys)
    PyMem_RawFree(content.letters)
