"""The words of sentences as 64-bit keys, the same as `interning.text_keys` gives for their texts."""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

import numpy as np

from classicnlp._ext.alphabet cimport Text, text_of, unit_t
from classicnlp._ext.interning cimport empty_text, text_key, text_state, text_step

cdef struct Room:
    # Where words are written as they are found.
    uint64_t* keys
    int32_t* starts
    int32_t* stops
    int64_t size
    int64_t used


cdef bint grow(Room* room, int64_t wanted) noexcept nogil:
    """Have room for so many words; return whether there is."""
    cdef int64_t size = room.size
    cdef void* keys
    cdef void* starts
    cdef void* stops
    if wanted <= size:
        return True
    while size < wanted:
        size *= 2
    keys = PyMem_RawRealloc(room.keys, size * sizeof(uint64_t))
    if keys != NULL:
        room.keys = <uint64_t*> keys
    starts = PyMem_RawRealloc(room.starts, size * sizeof(int32_t))
    if starts != NULL:
        room.starts = <int32_t*> starts
    stops = PyMem_RawRealloc(room.stops, size * sizeof(int32_t))
    if stops != NULL:
        room.stops = <int32_t*> stops
    if keys == NULL or starts == NULL or stops == NULL:
        return False
    room.size = size
    return True


cdef inline bint is_blank(uint32_t c) noexcept nogil:
    # What lmplz takes for blanks: space, tab, line feed, carriage return, NUL.
    return c <= 32 and (c == 32 or c == 9 or c == 10 or c == 13 or c == 0)


cdef inline void put(Room* room, uint64_t key, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    room.keys[room.used] = key
    room.starts[room.used] = <int32_t> start
    room.stops[room.used] = <int32_t> stop
    room.used += 1


cdef void put_words(const unit_t* units, Py_ssize_t length, Room* room) noexcept nogil:
    """Put the words between blanks; there is room for all."""
    cdef Py_ssize_t i = 0, start
    cdef uint64_t state
    while True:
        while i < length and is_blank(units[i]):
            i += 1
        if i == length:
            return
        start, state = i, empty_text()
        while i < length and not is_blank(units[i]):
            state = text_step(state, units[i])
            i += 1
        put(room, text_key(state), start, i)


cdef void put_characters(const unit_t* units, Py_ssize_t length, Room* room) noexcept nogil:
    """Put the characters that are no blanks; there is room for all."""
    cdef Py_ssize_t i
    for i in range(length):
        if not is_blank(units[i]):
            put(room, text_key(text_step(empty_text(), units[i])), i, i + 1)


cdef void put_text(Text text, bint characters, Room* room) noexcept nogil:
    if characters and text.kind == 1:
        put_characters(<const uint8_t*> text.units, text.length, room)
    elif characters and text.kind == 2:
        put_characters(<const uint16_t*> text.units, text.length, room)
    elif characters:
        put_characters(<const uint32_t*> text.units, text.length, room)
    elif text.kind == 1:
        put_words(<const uint8_t*> text.units, text.length, room)
    elif text.kind == 2:
        put_words(<const uint16_t*> text.units, text.length, room)
    else:
        put_words(<const uint32_t*> text.units, text.length, room)


cdef put_list(sentence, Room* room):
    """Put the words of a list."""
    cdef Py_ssize_t i, count = len(sentence)
    if not grow(room, room.used + count):
        raise MemoryError()
    for i in range(count):
        word = sentence[i]
        if not isinstance(word, str):
            raise TypeError(f"a word must be a str, got {type(word).__name__}")
        put(room, text_key(text_state(empty_text(), text_of(<str> word))), i, i + 1)


def word_keys(sentences not None, Py_ssize_t first, Py_ssize_t most, bint characters, uint64_t end=0):
    """Return the keys of the words of some sentences.

    Parameters
    ----------
    sentences : list
        Of str, which are cut at blanks or into characters, and of lists or tuples of words.
    first : int
        The sentence to begin with.
    most : int
        No further sentence is begun after so many words.
    characters : bool
        Whether the words of a str are its characters, of which blanks are left out.
    end : int
        The key of a word to put after each sentence, of which the place is its end; 0 for none.

    Returns
    -------
    keys : uint64 array, shape (n,)
    offsets : int64 array
        Where among them each sentence begins, and where the last ends.
    places : int32 array, shape (2, n)
        Where each word begins and ends: characters of a str, or items of a list.

    Raises
    ------
    TypeError
        If a sentence, or a word, is of another kind.
    """
    cdef Room room
    cdef Text text
    cdef Py_ssize_t s = first, count = len(sentences)
    offsets = [0]
    room.size, room.used = 1024, 0
    room.keys = <uint64_t*> PyMem_RawMalloc(room.size * sizeof(uint64_t))
    room.starts = <int32_t*> PyMem_RawMalloc(room.size * sizeof(int32_t))
    room.stops = <int32_t*> PyMem_RawMalloc(room.size * sizeof(int32_t))
    try:
        if room.keys == NULL or room.starts == NULL or room.stops == NULL:
            raise MemoryError()
        while s < count and room.used < most:
            sentence = sentences[s]
            if isinstance(sentence, str):
                text = text_of(<str> sentence)
                if text.length >= <int64_t> 1 << 31 or not grow(&room, room.used + text.length):
                    raise MemoryError("a sentence may have up to 2**31 characters")
                with nogil:
                    put_text(text, characters, &room)
            elif isinstance(sentence, (list, tuple)):
                put_list(sentence, &room)
            else:
                raise TypeError(f"a sentence must be a str or a list of words, got {type(sentence).__name__}")
            if end:
                if not grow(&room, room.used + 1):
                    raise MemoryError()
                put(&room, end, len(sentence), len(sentence))
            offsets.append(room.used)
            s += 1
        return arrays_of(&room, offsets)
    finally:
        PyMem_RawFree(room.keys)
        PyMem_RawFree(room.starts)
        PyMem_RawFree(room.stops)


cdef arrays_of(const Room* room, list offsets):
    """Return what the room holds, as arrays of their own."""
    keys = np.empty(room.used, np.uint64)
    places = np.empty((2, room.used), np.int32)
    if room.used:
        keys[:] = <const uint64_t[:room.used]> room.keys
        places[0] = <const int32_t[:room.used]> room.starts
        places[1] = <const int32_t[:room.used]> room.stops
    return keys, np.array(offsets, np.int64), places
