"""What the words of a lexicon cost after others, by a back-off language model.

Costs are negative log probabilities in fixed point: SCALE units are one nat.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t

import numpy as np

from classicnlp._ext.backoff cimport Automaton

SCALE = 2048

cdef enum:
    DEAREST = 1 << 20  # what is impossible costs as much

cdef double UNITS = 2.302585092994046 * 2048.0  # of a logarithm to base 10


cdef inline int32_t cost_of(float log10) noexcept nogil:
    cdef double units = -log10 * UNITS
    # The first comparison fails for NaN, too, which files that somebody altered may hold.
    if not units < <double> DEAREST:
        return DEAREST
    return <int32_t> (units + 0.5) if units > 0.0 else 0


cdef class WordCosts:
    """Costs of words by a language model; immutable.

    Parameters
    ----------
    automaton : Automaton
        The model.
    numbers : int32 array, shape (words of the lexicon,)
        The model's number of each word of the lexicon, -1 for those that it does not have.
    begin : int
        The state at the beginning of a text.
    end : int
        The model's number of the end of a text.

    Raises
    ------
    ValueError
        If a number is not one of the model's.
    """

    def __init__(self, Automaton automaton not None, const int32_t[::1] numbers not None, uint32_t begin, int32_t end):
        if begin >= automaton.machine.state_count or not 0 <= end < automaton.words:
            raise ValueError(f"the model has no state {begin}, or no word {end}")
        if numbers.shape[0] and not -1 <= np.min(numbers) <= np.max(numbers) < automaton.words:
            raise ValueError(f"numbers must be in -1 ... {automaton.words - 1}")
        self.automaton = automaton
        self.numbers = numbers
        self.size = numbers.shape[0]
        self.begin = begin
        self.end = end
        self.first = np.zeros(1, np.int32)

    def __reduce__(self):
        raise TypeError("costs of words are not pickled, but the model they come from")

    def with_parts(self, const int32_t[::1] first not None, const int32_t[:, ::1] parts not None,
                   const int32_t[::1] discounts not None):
        """Return costs by which further words cost less than those that they can be written with.

        Parameters
        ----------
        first : int32 array, shape (further words + 1,)
            Where the parts of each further word begin, and those of the last end; a word without
            parts costs the same at any place.
        parts : int32 array, shape (n, 2)
            The number of a word of the lexicon, -1 for none, and what it costs alone.
        discounts : int32 array, shape (further words,)
            How much less each costs.

        Returns
        -------
        WordCosts
            New ones; these stay as they are.

        Raises
        ------
        ValueError
            If an array leads outside another.
        """
        cdef WordCosts made = WordCosts(self.automaton, self.numbers, self.begin, self.end)
        if first.shape[0] != discounts.shape[0] + 1 or first[0] != 0 or (np.diff(first) < 0).any():
            raise ValueError(f"first must rise from 0, with a place for each of {discounts.shape[0]} words")
        if first[discounts.shape[0]] != parts.shape[0] or parts.shape[1] != 2:
            raise ValueError(f"there must be {first[discounts.shape[0]]} parts of a number and a cost")
        if parts.shape[0] and not -1 <= np.min(parts[:, 0]) <= np.max(parts[:, 0]) < self.size:
            raise ValueError(f"parts must be words of the lexicon, from -1 to {self.size - 1}")
        made.first, made.parts, made.discounts = first, parts, discounts
        return made

    cdef int32_t step(self, uint32_t* state, int32_t word, int32_t alone) noexcept nogil:
        """Return the cost of a word after a state, and move on to the next state.

        A word that the model does not have costs what it costs ``alone``, and what backing off
        from the state costs; one without parts behind those of the lexicon costs the same at any
        place. After both there is no context.
        """
        cdef uint32_t before = state[0]
        if self.size <= word < self.size + self.first.shape[0] - 1:
            if self.first[word - self.size] < self.first[word - self.size + 1]:
                return self.step_by_parts(state, word - self.size)
        if 0 <= word < self.size and self.numbers[word] >= 0:
            return cost_of(self.automaton.walk(state, self.numbers[word]))
        state[0] = 0
        return alone if word >= self.size else alone + cost_of(self.automaton.forget(before))

    cdef int32_t step_by_parts(self, uint32_t* state, Py_ssize_t i) noexcept nogil:
        cdef int64_t cost = -<int64_t> self.discounts[i]
        cdef Py_ssize_t k
        for k in range(self.first[i], self.first[i + 1]):
            cost += self.step(state, self.parts[k, 0], self.parts[k, 1])
        return <int32_t> max(0, min(cost, <int64_t> DEAREST))

    cdef int32_t end_step(self, uint32_t state) noexcept nogil:
        """Return the cost of the text's end after a state."""
        return cost_of(self.automaton.walk(&state, self.end))
