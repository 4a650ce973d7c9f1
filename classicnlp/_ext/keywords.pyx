"""Keywords of texts that are cut into words: what each word counts for, and which of them come out.

Each occurrence of a word counts for something: for the same, for more the rarer the word is, or for its
share of the rank that a random walk over neighbouring words gives it.
"""

from cpython.exc cimport PyErr_CheckSignals
from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memset

import numpy as np

from classicnlp._ext.alphabet cimport Text
from classicnlp._ext.choice cimport Choice, Found, choose, leave_choice, leave_found
from classicnlp._ext.cutter cimport checked, ends_of
from classicnlp._ext.graph cimport Links, Power, Rows, iterate, leave_rows, link_near, occurrences
from classicnlp._ext.phrases cimport Terms, leave_terms, list_phrases, list_words, make_terms_room
from classicnlp._ext.terms cimport Content, TermFinder, leave_content, wanted_of
from classicnlp._ext.wordtable cimport WordTable

from classicnlp._ext.graph import WIDEST

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(PyObject* found)

LONGEST_PHRASE = 16

cdef object new_tuple = tuple.__new__


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
    Terms terms
    Rows rows
    Choice choice


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
        cdef Terms* terms = &room.terms
        if not self.finder.find(text, ends, count, wanted, content) or not make_terms_room(terms, content.length):
            return False
        settings.power.steps, settings.power.residual = 0, 0.0
        if content.length == 0:
            return True
        occurrences(content.ids, content.length, content.nodes, terms.first, terms.places)
        if settings.window:
            if not walk(content, settings, terms, &room.rows):
                return False
        else:
            self.weigh(content, terms)
        return (list_words(content, terms)
                and list_phrases(content, settings.longest_phrase, settings.cohesion, terms)
                and choose(content, ends, terms, settings.least_length, settings.most, &room.choice, found))

    cdef void weigh(self, const Content* content, Terms* terms) noexcept nogil:
        """Write what an occurrence of each word counts for by itself."""
        cdef int32_t i
        if self.values is not None:
            self.values.values_of(content.keys, content.nodes, terms.units)
        for i in range(content.nodes):
            terms.units[i] = (terms.units[i] if self.values is not None else 1.0) / content.length


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


cdef bint walk(const Content* content, Settings* settings, Terms* terms, Rows* rows) noexcept nogil:
    """Write what an occurrence of each word counts for: its share of the word's rank; False for no memory."""
    cdef int32_t i
    cdef double total = 0.0
    cdef const int64_t* first = terms.first
    for i in range(content.nodes):
        terms.units[i] = 0.0
    if not link_near(content.ids, content.length, content.nodes, settings.window, first, terms.places, terms.units,
                     terms.counts, rows):
        return False
    # A walk without jumps spends its time by the weight of the links of each word, if they are
    # mutual: not far from there the walk with jumps ends.
    for i in range(content.nodes):
        terms.units[i] = <double> (first[i + 1] - first[i])
        total += terms.units[i]
    for i in range(content.nodes):
        terms.units[i] /= total
    iterate(Links(content.nodes, rows.first, rows.sources, rows.weights), &settings.power, terms.units,
            terms.spare)
    for i in range(content.nodes):
        terms.units[i] /= first[i + 1] - first[i]
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
    leave_terms(&room.terms)
    leave_rows(&room.rows)
    leave_choice(&room.choice)
