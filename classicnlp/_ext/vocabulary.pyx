"""Texts to sequences of symbols: the distinct characters, or words, numbered as they come.

Symbol 0 is none and stands behind every sequence. With marks, 1 begins a sequence and 2 ends it.
All others are numbered in the order of their first occurrence, so that frequent ones are small.
A line feed within a text ends a sequence, as does the end of the text; the carriage return right
before a line feed belongs to it.
"""

from cpython.unicode cimport PyUnicode_GET_LENGTH
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

import numpy as np

from classicnlp._ext.alphabet cimport Text, slice_of, text_of, unit_at, unit_t
from classicnlp._ext.features cimport mix
from classicnlp._ext.interning cimport empty_text, text_step

cdef enum:
    TAB = 9
    LINE_FEED = 10
    CARRIAGE_RETURN = 13
    SPACE = 32
    CODE_POINTS = 0x110000

MARKS = ("<s>", "</s>")
MOST_WORDS = (1 << 30) - 1


cdef enum Marks:
    NONE = 0
    BEGIN = 1
    END = 2


cdef inline int64_t begin_sequence(int32_t* out, int64_t used, bint marked) noexcept nogil:
    if marked:
        out[used] = BEGIN
        used += 1
    return used


cdef inline int64_t end_sequence(int32_t* out, int64_t used, bint marked) noexcept nogil:
    if marked:
        out[used] = END
        used += 1
    out[used] = NONE
    return used + 1


cdef int64_t room_for(list texts, bint marked) except -1:
    """Return the most symbols that some texts can become, whatever stands in them."""
    cdef int64_t characters = 0
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"expected a str, got {type(text).__name__}")
        characters += PyUnicode_GET_LENGTH(text)
    return (3 if marked else 1) * (characters + <int64_t> len(texts))


cdef texts_of(const uint32_t[::1] letters, const int64_t[::1] offsets):
    """Return the str between each two offsets."""
    whole = np.asarray(letters).tobytes().decode("utf-32-le", "surrogatepass")
    places = np.asarray(offsets).tolist()
    return [whole[places[i]:places[i + 1]] for i in range(len(places) - 1)]


cdef class Characters:
    """Numbers characters.

    Parameters
    ----------
    marked : bool
        Whether sequences begin with symbol 1 and end with symbol 2.
    """

    cdef int32_t[::1] symbols
    cdef uint32_t[::1] letters
    cdef int64_t size
    cdef bint marked

    def __init__(self, bint marked):
        self.marked = marked
        self.size = 1 + (len(MARKS) if marked else 0)
        self.symbols = np.zeros(CODE_POINTS, np.int32)
        self.letters = np.zeros(CODE_POINTS + 1 + len(MARKS), np.uint32)

    def __reduce__(self):
        raise TypeError("a half-made vocabulary cannot be pickled or copied")

    def __len__(self):
        return self.size

    def texts(self):
        """Return what each symbol stands for, the empty str for 0."""
        first = ["", *(MARKS if self.marked else ())]
        return first + list(texts_of(self.letters[len(first):self.size], np.arange(self.size - len(first) + 1)))

    def encode(self, list texts not None):
        """Return the symbols of the lines of some texts, with a 0 behind each line, as an int32 array."""
        cdef int64_t used = 0
        cdef Text view
        result = np.empty(room_for(texts, self.marked), np.int32)
        cdef int32_t[::1] out = result
        for text in texts:
            view = text_of(<str> text)
            with nogil:
                if view.kind == 2:
                    used = self.put[uint16_t](<const uint16_t*> view.units, view.length, &out[0], used)
                elif view.kind == 1:
                    used = self.put[uint8_t](<const uint8_t*> view.units, view.length, &out[0], used)
                else:
                    used = self.put[uint32_t](<const uint32_t*> view.units, view.length, &out[0], used)
        return result[:used]

    cdef int64_t put(self, const unit_t* units, Py_ssize_t length, int32_t* out, int64_t used) noexcept nogil:
        cdef Py_ssize_t i
        cdef uint32_t c
        cdef int32_t symbol
        cdef int32_t* symbols = &self.symbols[0]
        used = begin_sequence(out, used, self.marked)
        for i in range(length):
            c = units[i]
            if c == LINE_FEED:
                used = end_sequence(out, used, self.marked)
                if i + 1 == length:
                    return used
                used = begin_sequence(out, used, self.marked)
                continue
            if c == CARRIAGE_RETURN and i + 1 < length and units[i + 1] == LINE_FEED:
                continue
            symbol = symbols[c]
            if symbol == 0:
                symbol = symbols[c] = <int32_t> self.size
                self.letters[self.size] = c
                self.size += 1
            out[used] = symbol
            used += 1
        return end_sequence(out, used, self.marked)


cdef class Words:
    """Numbers words, found by a hash and then compared letter by letter.

    Parameters
    ----------
    marked : bool
        Whether sequences begin with symbol 1 and end with symbol 2.
    """

    cdef int32_t[::1] slots
    cdef uint64_t[::1] keys
    cdef int64_t[::1] offsets
    cdef uint32_t[::1] letters
    cdef int64_t size
    cdef bint marked
    cdef bint met

    def __init__(self, bint marked):
        self.marked = False
        self.size = 1
        self.slots = np.zeros(2, np.int32)
        self.keys = np.zeros(1, np.uint64)
        self.offsets = np.zeros(2, np.int64)
        self.letters = np.zeros(1, np.uint32)
        if marked:
            self.encode_sentences([MARKS])
        self.marked = marked
        self.met = False

    def __reduce__(self):
        raise TypeError("a half-made vocabulary cannot be pickled or copied")

    def __len__(self):
        return self.size

    def texts(self):
        """Return what each symbol stands for, the empty str for 0."""
        return texts_of(self.letters[:self.offsets[self.size]], self.offsets[:self.size + 1])

    def encode_lines(self, list texts not None):
        """Return the symbols of words between spaces, tabs and carriage returns, line by line.

        Raises
        ------
        ValueError
            If a word is one of the marks.
        """
        cdef int64_t used = 0, room = room_for(texts, self.marked)
        cdef Text view
        result = np.empty(room, np.int32)
        cdef int32_t[::1] out = result
        self.reserve(room // 2 + 1, room)
        for text in texts:
            view = text_of(<str> text)
            with nogil:
                used = self.put_lines(view, &out[0], used)
        return self.checked(result[:used])

    def encode_sentences(self, list sentences not None):
        """Return the symbols of sequences of words, a 0 behind each.

        Raises
        ------
        TypeError
            If a word is no str.
        ValueError
            If a word is empty or one of the marks.
        """
        cdef int64_t used = 0, words = 0, characters = 0
        for sentence in sentences:
            words += len(sentence) + 3
            for word in sentence:
                if not isinstance(word, str):
                    raise TypeError(f"a word must be a str, got {type(word).__name__}")
                if not word:
                    raise ValueError("a word must not be empty")
                characters += PyUnicode_GET_LENGTH(word)
        self.reserve(words, characters)
        result = np.empty(words, np.int32)
        cdef int32_t[::1] out = result
        for sentence in sentences:
            used = begin_sequence(&out[0], used, self.marked)
            for word in sentence:
                out[used] = self.number(text_of(<str> word))
                used += 1
            used = end_sequence(&out[0], used, self.marked)
        return self.checked(result[:used])

    def encode_cut(self, list texts not None, list boundaries not None):
        """Return the symbols of words between boundaries; those of spaces and tabs alone are left out.

        Parameters
        ----------
        texts : list of str
        boundaries : list of int32 arrays
            For each text 0, the places between words, and its length, as segmenters give them.

        Raises
        ------
        ValueError
            If boundaries do not rise from 0 to the length of the text, or a word is a mark.
        """
        cdef int64_t used = 0, room = room_for(texts, self.marked)
        cdef const int32_t[::1] places
        cdef Text view
        cdef Py_ssize_t i
        if len(texts) != len(boundaries):
            raise ValueError(f"expected boundaries for {len(texts)} texts, got {len(boundaries)}")
        for text, cuts in zip(texts, boundaries):
            if len(cuts) == 0 or cuts[0] != 0 or cuts[len(cuts) - 1] != len(text) or np.any(np.diff(cuts) <= 0):
                raise ValueError(f"boundaries must rise from 0 to {len(text)}")
        self.reserve(room, room)
        result = np.empty(room, np.int32)
        cdef int32_t[::1] out = result
        for text, cuts in zip(texts, boundaries):
            view = text_of(<str> text)
            places = cuts
            with nogil:
                used = begin_sequence(&out[0], used, self.marked)
                for i in range(places.shape[0] - 1):
                    used = self.put_word(slice_of(view, places[i], places[i + 1]), &out[0], used)
                used = end_sequence(&out[0], used, self.marked)
        return self.checked(result[:used])

    cdef checked(self, symbols):
        if self.met:
            raise ValueError(
                f"a word of the text is {MARKS[0]!r} or {MARKS[1]!r}, which mark where sentences begin "
                "and end: take it out, or count without boundaries"
            )
        return symbols

    cdef int64_t put_lines(self, Text view, int32_t* out, int64_t used) noexcept nogil:
        cdef Py_ssize_t i, start = 0
        cdef uint32_t c
        used = begin_sequence(out, used, self.marked)
        for i in range(view.length):
            c = unit_at(view, i)
            if c > SPACE or not (c == SPACE or c == TAB or c == LINE_FEED or c == CARRIAGE_RETURN):
                continue
            if i > start:
                out[used] = self.number(slice_of(view, start, i))
                used += 1
            start = i + 1
            if c == LINE_FEED:
                used = end_sequence(out, used, self.marked)
                if start == view.length:
                    return used
                used = begin_sequence(out, used, self.marked)
        if start < view.length:
            out[used] = self.number(slice_of(view, start, view.length))
            used += 1
        return end_sequence(out, used, self.marked)

    cdef int64_t put_word(self, Text word, int32_t* out, int64_t used) noexcept nogil:
        """Write the symbol of a word unless it is blank."""
        cdef Py_ssize_t i
        cdef uint32_t c
        for i in range(word.length):
            c = unit_at(word, i)
            if c != SPACE and c != TAB:
                out[used] = self.number(word)
                return used + 1
        return used

    cdef int32_t number(self, Text word) noexcept nogil:
        """Return the number of a word, a new one if need be; there is room."""
        cdef Py_ssize_t i
        cdef uint64_t key = empty_text(), slot, mask = <uint64_t> self.slots.shape[0] - 1
        cdef int32_t known
        cdef int64_t end
        for i in range(word.length):
            key = text_step(key, unit_at(word, i))
        key = mix(key)
        slot = key & mask
        while self.slots[slot]:
            known = self.slots[slot]
            if self.keys[known] == key and self.equals(known, word):
                self.met |= self.marked and known <= END
                return known
            slot = (slot + 1) & mask
        known = self.slots[slot] = <int32_t> self.size
        self.keys[known] = key
        end = self.offsets[known]
        for i in range(word.length):
            self.letters[end + i] = unit_at(word, i)
        self.size += 1
        self.offsets[self.size] = end + word.length
        return known

    cdef bint equals(self, int32_t known, Text word) noexcept nogil:
        cdef Py_ssize_t i
        cdef int64_t begin = self.offsets[known]
        if self.offsets[known + 1] - begin != word.length:
            return False
        for i in range(word.length):
            if self.letters[begin + i] != unit_at(word, i):
                return False
        return True

    cdef reserve(self, int64_t words, int64_t characters):
        """Make room for so many more words of so many characters, at most half of the slots in use."""
        cdef int64_t most = self.size + words, slot_count = self.slots.shape[0], i
        cdef int64_t needed = self.offsets[self.size] + characters
        cdef uint64_t slot
        if most > MOST_WORDS + 1:
            raise ValueError(f"there may be more than {MOST_WORDS:,} different words: count fewer texts at a time")
        if most >= self.keys.shape[0]:
            self.keys = grown(self.keys, 2 * most, self.size)
            self.offsets = grown(self.offsets, 2 * most + 1, self.size + 1)
        if needed > self.letters.shape[0]:
            self.letters = grown(self.letters, 2 * needed, self.offsets[self.size])
        if slot_count >= 2 * most:
            return
        while slot_count < 2 * most:
            slot_count *= 2
        self.slots = np.zeros(slot_count, np.int32)
        for i in range(1, self.size):
            slot = self.keys[i] & <uint64_t> (slot_count - 1)
            while self.slots[slot]:
                slot = (slot + 1) & <uint64_t> (slot_count - 1)
            self.slots[slot] = <int32_t> i


cdef grown(array, int64_t room, int64_t kept):
    """Return a larger array with the same beginning."""
    larger = np.zeros(room, np.asarray(array).dtype)
    larger[:kept] = array[:kept]
    return larger
