"""Keywords of texts that are cut into words: which words count for most, and which of them make phrases.

A phrase is two words or more that stand side by side more than once. Each occurrence of a word counts
for something: for the same, for more the rarer the word is, or for its share of the rank that a random
walk over neighbouring words gives it. What a word weighs is the sum over its occurrences; what a phrase
weighs is the sum over its own of what its words count for, divided by the square root of how many they
are, so that a phrase beats its words where they mostly occur within it.
"""

from cpython.exc cimport PyErr_CheckSignals
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from cpython.object cimport PyObject
from libc.math cimport sqrt
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport Text
from classicnlp._ext.cutter cimport checked, ends_of
from classicnlp._ext.features cimport mix
from classicnlp._ext.graph cimport Links, Power, Rows, iterate, leave_rows, link_near, occurrences
from classicnlp._ext.terms cimport Content, TermFinder, leave_content, slots_for, wanted_of
from classicnlp._ext.wordtable cimport WordTable

from classicnlp._ext.graph import WIDEST

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(PyObject* found)

LONGEST_PHRASE = 16

cdef object new_tuple = tuple.__new__

cdef enum:
    OFTEN = 2  # times that words stand side by side to be a phrase
    NONE = -1


cdef struct Term:
    # A word or phrase: where its first occurrence begins among the words that count, how many words
    # it has, how often it occurs, what it weighs.
    int32_t place
    int32_t words
    int32_t count
    double weight


cdef struct Part:
    # That a word is in a chosen phrase, and the next such note of the same word, or NONE.
    int32_t term
    int32_t next


cdef struct Settings:
    Py_ssize_t most  # keywords of a text
    int32_t least_length  # characters of a keyword
    int32_t longest_phrase  # words
    double cohesion
    int32_t window
    Power power


cdef struct Room:
    # Memory that one text leaves to the next.
    Content content
    Rows rows
    int64_t size  # words that count
    int64_t* first  # of each number where its occurrences are listed
    int32_t* places  # the occurrences
    int32_t* grams  # of each place the number of the phrase that begins there, or NONE
    int32_t* counts  # of each number of a phrase; in the end of each word its first part of a phrase
    int32_t* slots
    uint64_t* known
    double* units  # what an occurrence of each word counts for
    double* spare
    Term* terms
    int64_t term_size
    int64_t term_count
    int32_t* heap
    int64_t heap_size
    Part* parts
    int64_t part_count
    int64_t part_size


cdef struct Found:
    # The keywords of all texts so far, with all their occurrences, which grow as they come.
    double* weights
    int64_t* ends  # of each keyword, where its occurrences end
    int64_t count
    int64_t size
    int32_t* spans  # start and end of each occurrence
    int64_t span_count
    int64_t span_size


cdef class KeywordRanker:
    """Ranks words and phrases of texts; immutable.

    Parameters
    ----------
    finder : TermFinder
        Finds the words that count.
    values : WordTable or None
        What an occurrence of each word counts for; None for 1 each.
    least_length : int
        Characters that a keyword has at least.
    longest_phrase : int
        Words that a phrase has at most; 1 for no phrases.
    cohesion : float
        The share of the occurrences of the rarest of its words that a phrase has at least.
    window : int
        0, or: two words are neighbours if they are fewer than so many words that count apart, and
        what a word counts for is the rank that a random walk over neighbours gives it.
    damping, tolerance, most_steps
        Of the walk, as for `graph.walk`.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    cdef readonly TermFinder finder
    cdef readonly WordTable values
    cdef Settings settings

    def __init__(self, TermFinder finder not None, WordTable values, Py_ssize_t least_length, Py_ssize_t longest_phrase,
                 double cohesion, Py_ssize_t window=0, double damping=0.85, double tolerance=1e-8,
                 Py_ssize_t most_steps=100):
        if not 0 <= least_length < 1 << 31 or not 1 <= longest_phrase <= LONGEST_PHRASE or not 0 <= cohesion <= 1:
            raise ValueError(
                f"least_length must be from 0 on, longest_phrase in 1 ... {LONGEST_PHRASE}, cohesion in 0 ... 1")
        if window and not 2 <= window <= WIDEST:
            raise ValueError(f"window must be in 2 ... {WIDEST}, got {window}")
        if not (0 <= damping < 1 and tolerance > 0 and 0 < most_steps < 1 << 31):
            raise ValueError("damping must be in 0 ... 1 (exclusive), tolerance and most_steps above 0")
        self.finder = finder
        self.values = values
        self.settings = Settings(0, <int32_t> least_length, <int32_t> longest_phrase, cohesion, <int32_t> window,
                                 Power(damping, tolerance, <int32_t> most_steps, 0, 0.0))

    def rank(self, texts, boundaries, wanted, Py_ssize_t most):
        """Return the best keywords of each text.

        Parameters
        ----------
        texts : list of str
        boundaries : list of int32 arrays
            Of each text 0, where words begin and end, and its length.
        wanted : list of uint8 arrays, or None
            Of each text 0 for each word that does not come into question where it stands.
        most : int
            Keywords to return of each text.

        Returns
        -------
        offsets : int64 array, shape (texts + 1,)
            The keywords of text i are offsets[i] ... offsets[i + 1] - 1, the best first. Of equal
            ones that which occurs first comes first, and of those the longer one.
        weights : float64 array
            What each keyword weighs.
        ends : int64 array, shape (keywords + 1,)
            The occurrences of keyword i are ends[i] ... ends[i + 1] - 1.
        spans : int32 array, shape (occurrences, 2)
            Start and end of each, in characters; ascending for each keyword.
        steps : int32 array, shape (texts,)
            Of the walk on each text.
        residuals : float64 array, shape (texts,)
            By how much the last step changed the ranks, in all.

        Raises
        ------
        TypeError
            If a text is no str.
        ValueError
            If boundaries or marks do not fit.
        """
        cdef Py_ssize_t n = len(texts), i
        if len(boundaries) != n or (wanted is not None and len(wanted) != n):
            raise ValueError(f"expected boundaries, and marks if any, for {n} texts")
        offsets, steps, residuals = np.zeros(n + 1, np.int64), np.zeros(n, np.int32), np.zeros(n)
        cdef int64_t[::1] out_offsets = offsets
        cdef int32_t[::1] out_steps = steps
        cdef double[::1] out_residuals = residuals
        cdef const int32_t[::1] cut
        cdef const uint8_t[::1] marks = None
        cdef const int32_t* ends
        cdef const uint8_t* chosen
        cdef int32_t count
        cdef Text view
        cdef bint complete
        cdef Settings settings = self.settings
        cdef Room room
        cdef Found found
        settings.most = max(most, <Py_ssize_t> 0)
        memset(&room, 0, sizeof(Room))
        memset(&found, 0, sizeof(Found))
        try:
            for i in range(n):
                view = checked(texts[i], "keywords")
                cut = boundaries[i]
                ends = ends_of(cut, view.length)
                count = <int32_t> (cut.shape[0] - 1)
                if wanted is not None:
                    marks = wanted[i]
                chosen = wanted_of(marks, count)
                with nogil:
                    complete = self.run(view, ends, count, chosen, &settings, &room, &found)
                if not complete:
                    raise MemoryError()
                out_offsets[i + 1] = found.count
                out_steps[i] = settings.power.steps
                out_residuals[i] = settings.power.residual
                PyErr_CheckSignals()
            return (offsets, *arrays_of(&found), steps, residuals)
        finally:
            leave(&room)
            leave_found(&found)

    cdef bint run(self, Text text, const int32_t* ends, int32_t count, const uint8_t* wanted, Settings* settings,
                  Room* room, Found* found) noexcept nogil:
        """Append the keywords of a text; False for no memory."""
        cdef Content* content = &room.content
        if not self.finder.find(text, ends, count, wanted, content) or not make_room(room, content.length):
            return False
        settings.power.steps, settings.power.residual = 0, 0.0
        if content.length == 0:
            return True
        occurrences(content.ids, content.length, content.nodes, room.first, room.places)
        if settings.window:
            if not walk(content, settings, room):
                return False
        else:
            self.weigh(content, room)
        return (list_words(content, room) and list_phrases(content, settings, room)
                and choose(content, ends, settings, room, found))

    cdef void weigh(self, const Content* content, Room* room) noexcept nogil:
        """Write what an occurrence of each word counts for by itself."""
        cdef int32_t i
        if self.values is not None:
            self.values.values_of(content.keys, content.nodes, room.units)
        for i in range(content.nodes):
            room.units[i] = (room.units[i] if self.values is not None else 1.0) / content.length


def make_keywords(type kind not None, texts, const int64_t[::1] offsets not None, const double[::1] weights not None,
                  const int64_t[::1] ends not None, const int32_t[:, ::1] spans not None):
    """Return for each text a list of ``kind(word, weight, ((start, end), ...))``.

    Parameters
    ----------
    kind : type
        A named tuple of three fields.
    texts : list of str
    offsets, weights, ends, spans : arrays
        What `KeywordRanker.rank` returned for them.

    Raises
    ------
    TypeError
        If ``kind`` is no kind of tuple.
    ValueError
        If the arrays do not belong together.
    """
    cdef Py_ssize_t n = len(texts), i, k, j, first
    cdef list results = [], own, places
    if (offsets.shape[0] != n + 1 or ends.shape[0] != weights.shape[0] + 1 or spans.shape[1] != 2
            or not risen(offsets, weights.shape[0], 0) or not risen(ends, spans.shape[0], 1)):
        raise ValueError("offsets and ends must rise from 0 to the keywords and to their occurrences")
    for i in range(n):
        text = texts[i]
        own = []
        for k in range(offsets[i], offsets[i + 1]):
            first = ends[k]
            places = []
            for j in range(first, ends[k + 1]):
                places.append(untracked((spans[j, 0], spans[j, 1])))
            word = text[spans[first, 0]:spans[first, 1]]
            own.append(untracked(new_tuple(kind, (word, weights[k], untracked(tuple(places))))))
        results.append(own)
    return results


cdef inline object untracked(object found):
    """Take a tuple out of the garbage collector's lists: what holds but numbers, strings and such tuples
    can never be part of a cycle."""
    PyObject_GC_UnTrack(<PyObject*> found)
    return found


cdef bint risen(const int64_t[::1] numbers, Py_ssize_t last, Py_ssize_t least):
    """Return whether numbers rise from 0 to ``last``, by ``least`` at each step or more."""
    cdef Py_ssize_t i
    cdef bint sound = numbers[0] == 0 and numbers[numbers.shape[0] - 1] == last
    for i in range(numbers.shape[0] - 1):
        sound &= numbers[i] + least <= numbers[i + 1]
    return sound


cdef bint walk(const Content* content, Settings* settings, Room* room) noexcept nogil:
    """Write what an occurrence of each word counts for: its share of the word's rank; False for no memory."""
    cdef int32_t i
    cdef double total = 0.0
    cdef const int64_t* first = room.first
    for i in range(content.nodes):
        room.units[i] = 0.0
    if not link_near(content.ids, content.length, content.nodes, settings.window, first, room.places, room.units,
                     room.counts, &room.rows):
        return False
    # A walk without jumps spends its time by the weight of the links of each word, if they are
    # mutual: not far from there the walk with jumps ends.
    for i in range(content.nodes):
        room.units[i] = <double> (first[i + 1] - first[i])
        total += room.units[i]
    for i in range(content.nodes):
        room.units[i] /= total
    iterate(Links(content.nodes, room.rows.first, room.rows.sources, room.rows.weights), &settings.power, room.units,
            room.spare)
    for i in range(content.nodes):
        room.units[i] /= first[i + 1] - first[i]
    return True


cdef bint list_words(const Content* content, Room* room) noexcept nogil:
    cdef int32_t i, count
    room.term_count = 0
    for i in range(content.nodes):
        count = <int32_t> (room.first[i + 1] - room.first[i])
        if not add_term(room, Term(room.places[room.first[i]], 1, count, count * room.units[i])):
            return False
    return True


cdef bint add_term(Room* room, Term term) noexcept nogil:
    cdef void* terms
    if room.term_count == room.term_size:
        terms = PyMem_RawRealloc(room.terms, (2 * room.term_size + 64) * sizeof(Term))
        if terms == NULL:
            return False
        room.terms = <Term*> terms
        room.term_size = 2 * room.term_size + 64
    room.terms[room.term_count] = term
    room.term_count += 1
    return True


cdef bint list_phrases(const Content* content, const Settings* settings, Room* room) noexcept nogil:
    """Add the phrases of two words, then of three ..., to the terms: each longer one is made of two that
    are one word shorter, and both have to occur often enough (Agrawal and Srikant, 1994)."""
    cdef int32_t i, words, distinct, last = content.length
    cdef int32_t* grams = room.grams
    for i in range(last):
        grams[i] = often(room.first[content.ids[i] + 1] - room.first[content.ids[i]], content.ids[i])
    for words in range(2, settings.longest_phrase + 1):
        distinct = number_phrases(content, words, room)
        if distinct == 0:
            return True
        if not weigh_phrases(content, settings, words, distinct, room):
            return False
    return True


cdef inline int32_t often(int64_t count, int32_t number) noexcept nogil:
    return number if count >= OFTEN else <int32_t> NONE


cdef int32_t number_phrases(const Content* content, int32_t words, Room* room) noexcept nogil:
    """Turn the numbers of phrases at each place into those of phrases one word longer, and count them;
    return how many different ones there are."""
    cdef int32_t i, distinct = 0
    cdef int32_t* grams = room.grams
    cdef uint64_t key, slot, mask = <uint64_t> (slots_for(content.length) - 1)
    memset(room.slots, 0xFF, (mask + 1) * sizeof(int32_t))
    for i in range(content.length):
        if (i + words > content.length or grams[i] < 0 or grams[i + 1] < 0
                or content.words[i + words - 1] - content.words[i] != words - 1):
            grams[i] = NONE
            continue
        key = <uint64_t> grams[i] << 32 | <uint64_t> grams[i + 1]
        slot = mix(key) & mask
        while room.slots[slot] >= 0 and room.known[room.slots[slot]] != key:
            slot = (slot + 1) & mask
        if room.slots[slot] < 0:
            room.slots[slot] = distinct
            room.known[distinct] = key
            room.counts[distinct] = 0
            distinct += 1
        grams[i] = room.slots[slot]
        room.counts[grams[i]] += 1
    return distinct


cdef bint weigh_phrases(const Content* content, const Settings* settings, int32_t words, int32_t distinct,
                        Room* room) noexcept nogil:
    """Add the phrases that occur often enough and hold together; forget the places of the others."""
    cdef int32_t i, k, number = 0, node
    cdef int64_t rarest
    cdef double units
    for i in range(content.length):
        if room.grams[i] == number:
            # The first occurrence of each number, since they are numbered as they come.
            number += 1
            if room.counts[room.grams[i]] >= OFTEN:
                units, rarest = 0.0, content.length
                for k in range(words):
                    node = content.ids[i + k]
                    units += room.units[node]
                    rarest = min(rarest, room.first[node + 1] - room.first[node])
                k = room.counts[room.grams[i]]
                if k >= settings.cohesion * rarest and not add_term(room, Term(i, words, k, k * units / sqrt(words))):
                    return False
    for i in range(content.length):
        if room.grams[i] >= 0:
            room.grams[i] = often(room.counts[room.grams[i]], room.grams[i])
    return True


cdef bint choose(const Content* content, const int32_t* ends, const Settings* settings, Room* room,
                 Found* found) noexcept nogil:
    """Append the heaviest terms that are long enough and lie within no heavier one; False for no memory."""
    cdef int64_t i, size = 0, most = found.count + settings.most
    cdef const Term* term
    if not make_heap(room):
        return False
    for i in range(room.term_count):
        term = &room.terms[i]
        if end_of(content, ends, term, term.place) - start_of(content, ends, term.place) >= settings.least_length:
            room.heap[size] = <int32_t> i
            size += 1
    for i in range(size // 2 - 1, -1, -1):
        sink(room, i, size)
    memset(room.counts, 0xFF, content.nodes * sizeof(int32_t))
    room.part_count = 0
    while size > 0 and found.count < most:
        term = &room.terms[room.heap[0]]
        size -= 1
        room.heap[0] = room.heap[size]
        sink(room, 0, size)
        if is_covered(content, term, room):
            continue
        if not append(content, ends, term, room, found) or not note_parts(content, term, room):
            return False
    return True


cdef inline int32_t start_of(const Content* content, const int32_t* ends, int32_t place) noexcept nogil:
    return ends[content.words[place] - 1] if content.words[place] else 0


cdef inline int32_t end_of(const Content* content, const int32_t* ends, const Term* term, int32_t place) noexcept nogil:
    return ends[content.words[place + term.words - 1]]


cdef inline bint comes_before(const Term* a, const Term* b) noexcept nogil:
    if a.weight != b.weight:
        return a.weight > b.weight
    if a.place != b.place:
        return a.place < b.place
    return a.words > b.words


cdef void sink(Room* room, int64_t i, int64_t size) noexcept nogil:
    """Let a term down the heap to where it belongs."""
    cdef int32_t term = room.heap[i]
    cdef int64_t child = 2 * i + 1
    while child < size:
        if child + 1 < size and comes_before(&room.terms[room.heap[child + 1]], &room.terms[room.heap[child]]):
            child += 1
        if not comes_before(&room.terms[room.heap[child]], &room.terms[term]):
            break
        room.heap[i] = room.heap[child]
        i = child
        child = 2 * i + 1
    if size:
        room.heap[i] = term


cdef bint is_covered(const Content* content, const Term* term, const Room* room) noexcept nogil:
    """Return whether the words of a term stand side by side within a phrase that is chosen."""
    cdef int32_t part = room.counts[content.ids[term.place]], shift
    cdef const Term* phrase
    while part >= 0:
        phrase = &room.terms[room.parts[part].term]
        for shift in range(phrase.words - term.words + 1):
            if same_words(content, phrase.place + shift, term.place, term.words):
                return True
        part = room.parts[part].next
    return False


cdef bint note_parts(const Content* content, const Term* term, Room* room) noexcept nogil:
    """Note of each word of a chosen phrase that it is in it; False for no memory."""
    cdef int32_t k, node
    cdef void* parts
    if term.words == 1:
        return True
    if room.part_count + term.words > room.part_size:
        parts = PyMem_RawRealloc(room.parts, 2 * (room.part_count + term.words) * sizeof(Part))
        if parts == NULL:
            return False
        room.parts = <Part*> parts
        room.part_size = 2 * (room.part_count + term.words)
    for k in range(term.words):
        node = content.ids[term.place + k]
        room.parts[room.part_count] = Part(<int32_t> (term - room.terms), room.counts[node])
        room.counts[node] = <int32_t> room.part_count
        room.part_count += 1
    return True


cdef inline bint same_words(const Content* content, int32_t a, int32_t b, int32_t words) noexcept nogil:
    cdef int32_t k
    for k in range(words):
        if content.ids[a + k] != content.ids[b + k]:
            return False
    return True


cdef bint append(const Content* content, const int32_t* ends, const Term* term, const Room* room,
                 Found* found) noexcept nogil:
    """Append a keyword with its occurrences; False for no memory."""
    cdef int64_t k
    cdef int32_t place, node = content.ids[term.place], words = term.words
    if not grow_found(found, room.first[node + 1] - room.first[node]):
        return False
    for k in range(room.first[node], room.first[node + 1]):
        place = room.places[k]
        if (place + words <= content.length and content.words[place + words - 1] - content.words[place] == words - 1
                and same_words(content, place, term.place, words)):
            found.spans[2 * found.span_count] = start_of(content, ends, place)
            found.spans[2 * found.span_count + 1] = end_of(content, ends, term, place)
            found.span_count += 1
    found.weights[found.count] = term.weight
    found.ends[found.count] = found.span_count
    found.count += 1
    return True


cdef bint make_room(Room* room, int64_t words) noexcept nogil:
    """Have room for so many words that count; False for no memory."""
    cdef int64_t slots
    if room.first != NULL and words <= room.size:
        return True
    PyMem_RawFree(room.first)
    room.size = 2 * words
    slots = slots_for(room.size)
    room.first = <int64_t*> PyMem_RawCalloc(1, (room.size + 1) * 8 + room.size * 44 + slots * 4)
    if room.first == NULL:
        return False
    room.known = <uint64_t*> (room.first + room.size + 1)
    room.units = <double*> (room.known + room.size)
    room.spare = room.units + room.size
    room.places = <int32_t*> (room.spare + 2 * room.size)
    room.grams = room.places + room.size
    room.counts = room.grams + room.size
    room.slots = room.counts + room.size
    return True


cdef bint make_heap(Room* room) noexcept nogil:
    """Have room for all terms; False for no memory."""
    if room.heap == NULL or room.term_count > room.heap_size:
        PyMem_RawFree(room.heap)
        room.heap_size = 2 * room.term_count
        room.heap = <int32_t*> PyMem_RawMalloc(room.heap_size * sizeof(int32_t))
    return room.heap != NULL


cdef bint grow_found(Found* found, int64_t spans) noexcept nogil:
    """Have room for one more keyword with so many occurrences; False for no memory."""
    cdef void* memory
    cdef int64_t size
    if found.count == found.size:
        size = 2 * found.size + 64
        memory = PyMem_RawRealloc(found.weights, size * sizeof(double))
        if memory == NULL:
            return False
        found.weights = <double*> memory
        memory = PyMem_RawRealloc(found.ends, size * sizeof(int64_t))
        if memory == NULL:
            return False
        found.ends = <int64_t*> memory
        found.size = size
    if found.span_count + spans > found.span_size:
        size = 2 * (found.span_count + spans)
        memory = PyMem_RawRealloc(found.spans, 2 * size * sizeof(int32_t))
        if memory == NULL:
            return False
        found.spans = <int32_t*> memory
        found.span_size = size
    return True


cdef arrays_of(const Found* found):
    weights, ends = np.empty(found.count), np.zeros(found.count + 1, np.int64)
    spans = np.empty((found.span_count, 2), np.int32)
    cdef double[::1] out_weights = weights
    cdef int64_t[::1] out_ends = ends
    cdef int32_t[:, ::1] out_spans = spans
    cdef int64_t i
    for i in range(found.count):
        out_weights[i] = found.weights[i]
        out_ends[i + 1] = found.ends[i]
    for i in range(found.span_count):
        out_spans[i, 0] = found.spans[2 * i]
        out_spans[i, 1] = found.spans[2 * i + 1]
    return weights, ends, spans


cdef void leave(Room* room) noexcept nogil:
    leave_content(&room.content)
    leave_rows(&room.rows)
    PyMem_RawFree(room.first)
    PyMem_RawFree(room.terms)
    PyMem_RawFree(room.heap)
    PyMem_RawFree(room.parts)


cdef void leave_found(Found* found) noexcept nogil:
    PyMem_RawFree(found.weights)
    PyMem_RawFree(found.ends)
    PyMem_RawFree(found.spans)
