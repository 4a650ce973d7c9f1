"""Documents to bags of words: spans of letters, the keys of their n-grams, the texts of those that are new.

No str is made on the way. The letters of all documents of a bag lie one after another as code points,
folded if that is wanted; a word is a span of them. The key of an n-gram is that of its text
(`interning.text_keys`), which is its words with a space between, or its characters side by side.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_GET_LENGTH
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

import numpy as np

from classicnlp._ext.alphabet cimport (
    CLASS_SHIFT, SYMBOL_MASK, Alphabet, Text, entry_of, slice_of, text_of, unit_at, unit_t,
)
from classicnlp._ext.cutter cimport Cutter
from classicnlp._ext.interning cimport empty_text, text_key, text_step

cdef extern from "Python.h":
    Py_ssize_t size_of "PySequence_Fast_GET_SIZE" (object items)
    PyObject* PySequence_Fast_GET_ITEM(object items, Py_ssize_t i)
    bint PyUnicode_Check(PyObject* item)

cdef enum:
    SPACE = 32
    FIRST_LETTER = 1  # classes of classicnlp.text.CharacterClass, HAN to DIGIT
    LAST_LETTER = 5
    BLANK = 7
    FOLDS = 0x10000

cdef enum:
    LETTERS = 0
    SIGNS = 1
    ALL = 2

LONGEST = (1 << 31) - 1
KEPT = {"letters": LETTERS, "signs": SIGNS, "all": ALL}
"""Which words count: those with a letter or digit, those that are more than blanks, or all."""


cdef class Bag:
    """The words of some documents, as `cut_words`, `characters` and `given` return them."""

    cdef uint32_t[::1] letters
    cdef int32_t[::1] starts
    cdef int32_t[::1] stops
    cdef int64_t[::1] offsets
    cdef bint spaced

    def __cinit__(self):
        self.letters = np.empty(0, np.uint32)
        self.starts = self.stops = np.empty(0, np.int32)
        self.offsets = np.zeros(1, np.int64)
        self.spaced = True

    def __reduce__(self):
        raise TypeError("a Bag lives as long as its documents are read, and cannot be pickled or copied")

    def __len__(self):
        return self.offsets[self.offsets.shape[0] - 1]

    def drop(self, const uint8_t[::1] dropped not None):
        """Take words out.

        Parameters
        ----------
        dropped : uint8 array
            For each word, in order, whether to take it out.
        """
        cdef Py_ssize_t document, i, kept = 0, last
        if dropped.shape[0] != len(self):
            raise ValueError(f"expected {len(self)} marks, got {dropped.shape[0]}")
        with nogil:
            i = 0
            for document in range(self.offsets.shape[0] - 1):
                last = self.offsets[document + 1]
                while i < last:
                    if not dropped[i]:
                        self.starts[kept] = self.starts[i]
                        self.stops[kept] = self.stops[i]
                        kept += 1
                    i += 1
                self.offsets[document + 1] = kept

    def keys(self, int32_t low, int32_t high):
        """Return the keys of all n-grams of ``low`` to ``high`` words.

        Returns
        -------
        keys : uint64 array
            Document by document, the shorter ones first.
        offsets : int64 array, shape (documents + 1,)
            Where among them each document begins, and where the last ends.
        """
        cdef Py_ssize_t document, count, documents = self.offsets.shape[0] - 1, longest = 0
        cdef uint64_t* states
        cdef int64_t used = 0
        if not 1 <= low <= high:
            raise ValueError(f"n-grams must have from 1 to n words, got {low} to {high}")
        ends = np.zeros(documents + 1, np.int64)
        cdef int64_t[::1] out_ends = ends
        with nogil:
            for document in range(documents):
                count = self.offsets[document + 1] - self.offsets[document]
                longest = max(longest, count)
                out_ends[document + 1] = out_ends[document] + grams_of(count, low, high)
        keys = np.empty(ends[documents], np.uint64)
        cdef uint64_t[::1] out = keys
        states = <uint64_t*> PyMem_RawMalloc(longest * sizeof(uint64_t) + 1)
        if states == NULL:
            raise MemoryError()
        if keys.size:
            with nogil:
                for document in range(documents):
                    if self.offsets[document + 1] > self.offsets[document]:
                        used += self.put_keys(document, low, high, states, &out[0] + used)
        PyMem_RawFree(states)
        return keys, ends

    cdef int64_t put_keys(self, Py_ssize_t document, int32_t low, int32_t high, uint64_t* states,
                          uint64_t* keys) noexcept nogil:
        """Write the keys of the n-grams of a document that has words; return how many."""
        cdef int64_t first = self.offsets[document], count = self.offsets[document + 1] - first
        cdef int64_t used = 0, i
        cdef int32_t n
        cdef const uint32_t* letters = &self.letters[0] if self.letters.shape[0] else NULL
        cdef const int32_t* starts = &self.starts[first]
        cdef const int32_t* stops = &self.stops[first]
        # states[i] is that of the n-gram which begins with word i: a longer one goes on from there.
        for n in range(1, min(<int64_t> high, count) + 1):
            for i in range(count - n + 1):
                if n == 1:
                    states[i] = empty_text()
                elif self.spaced:
                    states[i] = text_step(states[i], SPACE)
                states[i] = state_after(states[i], letters, starts[i + n - 1], stops[i + n - 1])
                if n >= low:
                    keys[used] = text_key(states[i])
                    used += 1
        return used

    def names(self, int32_t low, int32_t high, const int64_t[::1] places not None):
        """Return the texts of some of the n-grams that `keys` gave.

        Parameters
        ----------
        low, high : int
            As for `keys`.
        places : int64 array
            Where they stand among the keys; they rise.

        Returns
        -------
        letters : uint32 array
            The code points of all texts, one after another.
        lengths : int64 array
        """
        cdef Py_ssize_t k, count = places.shape[0], document = 0, documents = self.offsets.shape[0] - 1
        cdef int64_t before = 0, own, place, word, size, room = 0, i
        cdef int32_t n
        if not 1 <= low <= high:
            raise ValueError(f"n-grams must have from 1 to n words, got {low} to {high}")
        words = np.empty((2, count), np.int64)
        lengths = np.empty(count, np.int64)
        cdef int64_t[:, ::1] gram = words
        cdef int64_t[::1] out_lengths = lengths
        for k in range(count):
            place = places[k]
            if place < before or k and place <= places[k - 1]:
                raise ValueError("places must rise from 0 on")
            while document < documents:
                own = grams_of(self.offsets[document + 1] - self.offsets[document], low, high)
                if place < before + own:
                    break
                before += own
                document += 1
            if document == documents:
                raise ValueError(f"there are {before} n-grams, got place {place}")
            size = self.offsets[document + 1] - self.offsets[document]
            word = place - before
            n = low
            while word >= size - n + 1:
                word -= size - n + 1
                n += 1
            gram[0, k], gram[1, k] = self.offsets[document] + word, n
            out_lengths[k] = self.length_of(gram[0, k], n)
            room += out_lengths[k]
        letters = np.empty(room, np.uint32)
        cdef uint32_t[::1] out = letters
        room = 0
        with nogil:
            for k in range(count):
                for word in range(gram[0, k], gram[0, k] + gram[1, k]):
                    if self.spaced and word > gram[0, k]:
                        out[room] = SPACE
                        room += 1
                    for i in range(self.starts[word], self.stops[word]):
                        out[room] = self.letters[i]
                        room += 1
        return letters, lengths

    cdef int64_t length_of(self, int64_t word, int32_t n) noexcept nogil:
        cdef int64_t i, length = n - 1 if self.spaced else 0
        for i in range(word, word + n):
            length += self.stops[i] - self.starts[i]
        return length


cdef inline uint64_t state_after(uint64_t state, const uint32_t* letters, int32_t start, int32_t stop) noexcept nogil:
    cdef int32_t i
    for i in range(start, stop):
        state = text_step(state, letters[i])
    return state


cdef inline int64_t grams_of(int64_t words, int32_t low, int32_t high) noexcept nogil:
    """Return how many n-grams of ``low`` to ``high`` words a document of some words has."""
    cdef int64_t total = 0, n
    for n in range(low, min(<int64_t> high, words) + 1):
        total += words - n + 1
    return total


cdef Bag new_bag(letters, starts, stops, offsets, bint spaced):
    cdef Bag bag = Bag.__new__(Bag)
    bag.letters, bag.starts, bag.stops, bag.offsets, bag.spaced = letters, starts, stops, offsets, spaced
    return bag


cdef int64_t check_texts(tuple texts) except -1:
    """Return how many characters some texts have."""
    cdef int64_t total = 0
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a document must be a str or a list of words, got {type(text).__name__}")
        total += PyUnicode_GET_LENGTH(text)
    return check_total(total)


cdef int64_t check_total(int64_t total) except -1:
    if total > LONGEST:
        raise ValueError("the documents of a bag may have up to 2**31 - 1 characters: cut them up")
    return total


def folds_of(Alphabet alphabet not None):
    """Return the letter that stands for each code point below 0x10000, as a uint32 array.

    A look-up in it is one where the alphabet takes three, each of which waits for the one before.
    """
    cdef uint32_t c, symbol
    folds = np.empty(FOLDS, np.uint32)
    cdef uint32_t[::1] out = folds
    for c in range(FOLDS):
        symbol = entry_of(alphabet.index, alphabet.pages, c) & SYMBOL_MASK
        out[c] = alphabet.letters_view[symbol] if symbol else c
    return folds


cdef const uint32_t* checked_folds(const uint32_t[::1] folds) except? NULL:
    if folds is None:
        return NULL
    if folds.shape[0] != FOLDS:
        raise ValueError(f"expected the letters of {FOLDS} code points, got {folds.shape[0]}")
    return &folds[0]


cdef void put_units(const unit_t* units, Py_ssize_t length, Alphabet alphabet, const uint32_t* folds,
                    uint32_t* out) noexcept nogil:
    """Write the letters of a text, folded where there are folds."""
    cdef Py_ssize_t i
    cdef uint32_t c, symbol
    if folds == NULL:
        for i in range(length):
            out[i] = units[i]
        return
    for i in range(length):
        c = units[i]
        if c < FOLDS:
            out[i] = folds[c]
        else:
            symbol = entry_of(alphabet.index, alphabet.pages, c) & SYMBOL_MASK
            out[i] = alphabet.letters_view[symbol] if symbol else c


cdef void put_letters(Text text, Alphabet alphabet, const uint32_t* folds, uint32_t* out) noexcept nogil:
    if text.kind == 2:
        put_units(<const uint16_t*> text.units, text.length, alphabet, folds, out)
    elif text.kind == 1:
        put_units(<const uint8_t*> text.units, text.length, alphabet, folds, out)
    else:
        put_units(<const uint32_t*> text.units, text.length, alphabet, folds, out)


cdef inline uint32_t class_of(Alphabet alphabet, uint32_t c) noexcept nogil:
    return entry_of(alphabet.index, alphabet.pages, c) >> CLASS_SHIFT


cdef inline bint counts(Text word, Alphabet alphabet, int kept) noexcept nogil:
    """Return whether a word is of a kind that is kept."""
    cdef Py_ssize_t i
    cdef uint32_t found
    if kept == ALL:
        return True
    for i in range(word.length):
        found = class_of(alphabet, unit_at(word, i))
        if FIRST_LETTER <= found <= LAST_LETTER or kept == SIGNS and found != BLANK:
            return True
    return False


def cut_words(Cutter cutter not None, tuple texts not None, Alphabet alphabet not None,
              const uint32_t[::1] folds, int kept):
    """Return the words of texts.

    Parameters
    ----------
    cutter : Cutter
        Where they begin and end.
    texts : tuple of str
    alphabet : Alphabet
        Says what is a letter.
    folds : uint32 array or None
        What `folds_of` gives, for words to be folded.
    kept : int
        One of the values of `KEPT`.

    Returns
    -------
    Bag
    """
    cdef int64_t total = check_texts(texts), base = 0, used = 0
    cdef Py_ssize_t document, count = 0, documents = len(texts)
    cdef const uint32_t* folding = checked_folds(folds)
    cdef Text text
    letters, starts, stops = np.empty(total, np.uint32), np.empty(total, np.int32), np.empty(total, np.int32)
    offsets = np.zeros(documents + 1, np.int64)
    cdef uint32_t[::1] out = letters
    cdef int32_t[::1] first = starts
    cdef int32_t[::1] last = stops
    cdef int64_t[::1] ends = offsets
    cdef Text* views = views_of(texts)
    with nogil:
        for document in range(documents):
            text = views[document]
            if text.length:
                put_letters(text, alphabet, folding, &out[base])
                # No more words than letters have come before: there is room for this text's.
                count = cutter.cut(text, &last[used])
                if count < 0:
                    break
                used += put_spans(text, alphabet, kept, base, count, &first[used], &last[used])
            base += text.length
            ends[document + 1] = used
    PyMem_RawFree(views)
    if count < 0:
        raise MemoryError()
    return new_bag(letters, starts[:used], stops[:used], offsets, True)


cdef Text* views_of(tuple texts) except NULL:
    cdef Py_ssize_t i
    cdef Text* views = <Text*> PyMem_RawMalloc(len(texts) * sizeof(Text) + 1)
    if views == NULL:
        raise MemoryError()
    for i in range(len(texts)):
        views[i] = text_of(<str> texts[i])
    return views


cdef int64_t put_spans(Text text, Alphabet alphabet, int kept, int64_t base, Py_ssize_t count,
                       int32_t* starts, int32_t* stops) noexcept nogil:
    """Make spans of the ends in ``stops``, of words that count; return how many."""
    cdef int64_t used = 0
    cdef Py_ssize_t i
    cdef int32_t start = 0, end
    for i in range(count):
        end = stops[i]
        if counts(slice_of(text, start, end), alphabet, kept):
            starts[used] = <int32_t> (base + start)
            stops[used] = <int32_t> (base + end)
            used += 1
        start = end
    return used


def characters(tuple texts not None, Alphabet alphabet not None, const uint32_t[::1] folds):
    """Return the characters of texts; two or more blanks in a row are one space.

    Parameters
    ----------
    texts : tuple of str
    alphabet : Alphabet
    folds : uint32 array or None
        What `folds_of` gives, for characters to be folded.

    Returns
    -------
    Bag
    """
    cdef int64_t total = check_texts(texts), used = 0
    cdef Py_ssize_t document, documents = len(texts)
    cdef const uint32_t* folding = checked_folds(folds)
    letters = np.empty(total, np.uint32)
    offsets = np.zeros(documents + 1, np.int64)
    cdef uint32_t[::1] out = letters
    cdef int64_t[::1] ends = offsets
    cdef Text* views = views_of(texts)
    with nogil:
        for document in range(documents):
            if views[document].length:
                put_letters(views[document], alphabet, folding, &out[used])
                used += joined_blanks(&out[used], views[document].length)
            ends[document + 1] = used
    PyMem_RawFree(views)
    starts, stops = np.arange(used, dtype=np.int32), np.arange(1, used + 1, dtype=np.int32)
    return new_bag(letters, starts, stops, offsets, False)


cdef int64_t joined_blanks(uint32_t* letters, Py_ssize_t length) noexcept nogil:
    """Put one space for each two or more blanks in a row; return how many letters remain."""
    cdef Py_ssize_t i = 0, start
    cdef int64_t used = 0
    while i < length:
        start = i
        while i < length and is_blank(letters[i]):
            i += 1
        if i > start:
            letters[used] = letters[start] if i == start + 1 else SPACE
            used += 1
        else:
            letters[used] = letters[i]
            used += 1
            i += 1
    return used


cdef inline bint is_blank(uint32_t c) noexcept nogil:
    # What str.isspace() takes for white space.
    if c < 0x85:
        return 9 <= c <= 13 or 28 <= c <= 32
    if c < 0x2000:
        return c == 0x85 or c == 0xA0 or c == 0x1680
    return c <= 0x200A or c == 0x2028 or c == 0x2029 or c == 0x202F or c == 0x205F or c == 0x3000


def given(tuple documents not None, Alphabet alphabet not None, const uint32_t[::1] folds, int kept):
    """Return the words of documents that are cut already.

    Parameters
    ----------
    documents : tuple of lists or tuples of str
    alphabet : Alphabet
    folds : uint32 array or None
        What `folds_of` gives, for words to be folded.
    kept : int
        One of the values of `KEPT`.

    Returns
    -------
    Bag
    """
    cdef int64_t room = 0, words = 0, base = 0, used = 0
    cdef Py_ssize_t d, i
    cdef const uint32_t* folding = checked_folds(folds)
    cdef PyObject* word
    cdef Text text
    for document in documents:
        if not isinstance(document, (list, tuple)):
            raise TypeError(f"a document must be a str or a list of words, got {type(document).__name__}")
        for i in range(size_of(document)):
            word = PySequence_Fast_GET_ITEM(document, i)
            if not PyUnicode_Check(word):
                raise TypeError(f"a word must be a str, got {type(<object> word).__name__}")
            room += PyUnicode_GET_LENGTH(<object> word)
        words += size_of(document)
    letters = np.empty(check_total(room), np.uint32)
    starts, stops = np.empty(check_total(words), np.int32), np.empty(words, np.int32)
    offsets = np.zeros(len(documents) + 1, np.int64)
    cdef uint32_t[::1] out = letters
    cdef int32_t[::1] first = starts
    cdef int32_t[::1] last = stops
    cdef int64_t[::1] ends = offsets
    for d in range(len(documents)):
        document = documents[d]
        for i in range(size_of(document)):
            word = PySequence_Fast_GET_ITEM(document, i)
            # Without a GIL another thread may change a list after it was measured.
            if used == words or not PyUnicode_Check(word):
                raise RuntimeError("a document was changed while it was read")
            text = text_of(<str> word)
            if base + text.length > room:
                raise RuntimeError("a document was changed while it was read")
            if not counts(text, alphabet, kept):
                continue
            first[used] = <int32_t> base
            if text.length:
                put_letters(text, alphabet, folding, &out[base])
                base += text.length
            last[used] = <int32_t> base
            used += 1
        ends[d + 1] = used
    return new_bag(letters, starts[:used], stops[:used], offsets, True)
