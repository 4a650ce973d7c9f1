"""Expected counts of a first-order hidden Markov model: the E-step of Baum and Welch (Rabiner, 1989).

Symbols are numbers, as are states. Probabilities are scaled at every place, never turned into
logarithms.
"""

from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree
from libc.stdint cimport int32_t, int64_t, uintptr_t
from libc.string cimport memcpy

import numpy as np

cdef extern from "hmm.h":
    enum:
        BLOCK "CLASSICNLP_BLOCK"
        EIGHT "CLASSICNLP_EIGHT"
        SEGMENT "CLASSICNLP_SEGMENT"
    ctypedef struct Parameters "classicnlp_hmm":
        const double* starts
        const double* stops
        const double* transitions
        const double* reversed
        const double* emissions
        int64_t states
        int64_t lanes
    ctypedef struct Counts "classicnlp_hmm_counts":
        double* starts
        double* stops
        double* changes
        double* emissions
    ctypedef struct Room "classicnlp_hmm_room":
        double* alpha
        double* kept
        double* scale
        double* beta
        double* next
    double expect_sequence "classicnlp_hmm_expect" (
        Parameters m, const int32_t* symbols, int64_t length, int counting, Room room, Counts counts) noexcept nogil


cdef class Rows:
    """Zeroed memory, aligned for the widest vectors: a row across two lines of the cache costs twice."""

    cdef void* memory
    cdef double* start

    def __cinit__(self, Py_ssize_t numbers):
        self.memory = PyMem_RawCalloc(numbers + EIGHT, sizeof(double))
        if self.memory == NULL:
            raise MemoryError()
        self.start = <double*> ((<uintptr_t> self.memory + 63) & ~<uintptr_t> 63)

    def __dealloc__(self):
        PyMem_RawFree(self.memory)


cdef Py_ssize_t check_sequences(const int64_t[::1] offsets, const int32_t[::1] symbols,
                                Py_ssize_t most) except -1:
    """Return the length of the longest sequence; raise a ValueError if a number is out of range."""
    cdef Py_ssize_t s, i, longest = 0
    cdef bint sound = offsets.shape[0] > 0 and offsets[0] >= 0 and offsets[offsets.shape[0] - 1] <= symbols.shape[0]
    if sound:
        for s in range(offsets.shape[0] - 1):
            sound = sound and offsets[s] <= offsets[s + 1]
            longest = max(longest, offsets[s + 1] - offsets[s])
    if not sound:
        raise ValueError(f"offsets must rise within 0 ... {symbols.shape[0]}")
    for i in range(offsets[0], offsets[offsets.shape[0] - 1]):
        if not 0 <= symbols[i] < most:
            raise ValueError(f"symbols must be in 0 ... {most - 1}, got {symbols[i]}")
    return longest


cdef void spread(const double* source, Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t lanes, double* target) noexcept:
    """Copy rows to where each has ``lanes`` numbers."""
    cdef Py_ssize_t i
    for i in range(rows):
        memcpy(target + i * lanes, source + i * columns, columns * sizeof(double))


cdef object gathered(const double* source, Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t lanes):
    """Return rows of ``lanes`` numbers as an array without what is behind the columns."""
    result = np.empty((rows, columns))
    cdef double[:, ::1] out = result
    cdef Py_ssize_t i
    for i in range(rows):
        memcpy(&out[i, 0], source + i * lanes, columns * sizeof(double))
    return result


cdef class HiddenMarkovModel:
    """A first-order hidden Markov model over M symbols and Y states; immutable.

    Parameters
    ----------
    starts : float64 array, shape (Y,)
        p(first state).
    transitions : float64 array, shape (Y, Y)
        p(next state | state), from row to column.
    emissions : float64 array, shape (M, Y)
        p(symbol | state), a row for each symbol.
    stops : float64 array, shape (Y,), optional
        p(end | state); without them sequences may end anywhere at no cost.

    Raises
    ------
    ValueError
        If there is no state or symbol, or shapes do not fit.

    Examples
    --------
    >>> model = HiddenMarkovModel(np.array([1.0, 0]), np.eye(2)[::-1].copy(), np.array([[0.5, 0], [0.5, 1]]))
    >>> log_likelihoods, _, transitions, *_ = model.expect(np.array([0, 3]), np.array([0, 1, 1], np.int32))
    >>> np.exp(log_likelihoods).round(6).tolist(), transitions.tolist()
    ([0.25], [[0.0, 1.0], [1.0, 0.0]])
    """

    cdef Parameters parameters
    cdef Py_ssize_t symbols
    cdef Py_ssize_t rows
    cdef Rows block

    def __init__(self, const double[::1] starts not None, const double[:, ::1] transitions not None,
                 const double[:, ::1] emissions not None, const double[::1] stops=None):
        cdef Py_ssize_t states = starts.shape[0], symbols = emissions.shape[0], lanes, rows, i, j
        cdef double* place
        if states == 0 or symbols == 0:
            raise ValueError("expected at least one state and one symbol")
        if transitions.shape[0] != states or transitions.shape[1] != states or emissions.shape[1] != states:
            raise ValueError(f"expected transitions of shape ({states}, {states}) and {states} columns of emissions")
        if stops is None:
            stops = np.ones(states)
        if stops.shape[0] != states:
            raise ValueError(f"expected {states} stops, got {stops.shape[0]}")
        lanes = (states + EIGHT - 1) // EIGHT * EIGHT
        rows = 4 if states <= 4 else max(states, EIGHT)  # as many as the unrolled loops read
        self.symbols, self.rows = symbols, rows
        self.block = Rows((2 + 2 * rows + symbols) * lanes)
        place = self.block.start
        spread(&starts[0], 1, states, lanes, place)
        spread(&stops[0], 1, states, lanes, place + lanes)
        spread(&transitions[0, 0], states, states, lanes, place + 2 * lanes)
        for i in range(states):
            for j in range(states):
                place[(2 + rows + j) * lanes + i] = transitions[i, j]
        spread(&emissions[0, 0], symbols, states, lanes, place + (2 + 2 * rows) * lanes)
        self.parameters.starts = place
        self.parameters.stops = place + lanes
        self.parameters.transitions = place + 2 * lanes
        self.parameters.reversed = place + (2 + rows) * lanes
        self.parameters.emissions = place + (2 + 2 * rows) * lanes
        self.parameters.states = states
        self.parameters.lanes = lanes

    def expect(self, const int64_t[::1] offsets not None, const int32_t[::1] symbols not None, *, bint counting=True):
        """Return the log likelihood of each sequence and what is expected to have happened in all.

        Parameters
        ----------
        offsets : int64 array, shape (S + 1,), ascending
            Sequence s is ``symbols[offsets[s]:offsets[s + 1]]``.
        symbols : int32 array
            Numbers from 0 to below M.
        counting : bool
            Whether to count; otherwise the counts are 0.

        Returns
        -------
        log_likelihoods : float64 array, shape (S,)
            -inf for a sequence that is impossible, or has a symbol whose probability is below 1e-300:
            it is not counted. 0 for one of no symbols.
        starts : float64 array, shape (Y,)
        transitions : float64 array, shape (Y, Y)
        emissions : float64 array, shape (M, Y)
        stops : float64 array, shape (Y,)
            Expected counts of first states, changes, symbols with states, and last states.

        Raises
        ------
        ValueError
            If offsets or symbols are out of range.
        """
        cdef Parameters m = self.parameters
        cdef Py_ssize_t s, longest = check_sequences(offsets, symbols, self.symbols)
        cdef Py_ssize_t lanes = m.lanes, rows = self.rows, kept = self.symbols if counting else 0, i
        cdef Rows block = Rows((2 + rows + kept) * lanes)
        cdef Py_ssize_t at_once = min(longest, SEGMENT), segments = longest // SEGMENT + 1
        cdef Rows scratch = Rows((at_once + 2 + segments + BLOCK) * lanes + longest)
        cdef Counts counts = Counts(block.start, block.start + lanes, block.start + 2 * lanes,
                                    block.start + (2 + rows) * lanes)
        cdef Room room
        room.alpha = scratch.start
        room.kept = room.alpha + (at_once + 1) * lanes
        room.beta = room.kept + segments * lanes
        room.next = room.beta + lanes
        room.scale = room.next + BLOCK * lanes
        log_likelihoods = np.zeros(max(offsets.shape[0] - 1, 0))
        cdef double[::1] out = log_likelihoods
        with nogil:
            for s in range(offsets.shape[0] - 1):
                if offsets[s] < offsets[s + 1]:
                    out[s] = expect_sequence(m, &symbols[offsets[s]], offsets[s + 1] - offsets[s], counting,
                                             room, counts)
            for i in range(m.states * lanes):
                counts.changes[i] *= m.transitions[i]
        return (
            log_likelihoods,
            gathered(counts.starts, 1, m.states, lanes)[0],
            gathered(counts.changes, m.states, m.states, lanes),
            gathered(counts.emissions, kept, m.states, lanes),
            gathered(counts.stops, 1, m.states, lanes)[0],
        )
