"""GloVe: vectors fitted to the logarithms of how often words occur together."""

from libc.stdint cimport int32_t, int64_t
from libc.math cimport log

from classicnlp._ext.word2vec import LANES as _LANES
from classicnlp._ext.word2vec import ROW_UNIT as _ROW_UNIT

cdef extern from "glove.h":
    ctypedef struct Pair "classicnlp_pair":
        int32_t row
        int32_t column
        float count
    ctypedef struct Model "classicnlp_glove":
        float* words
        float* contexts
        const Pair* pairs
        int64_t pair_count
        int64_t padded
        int64_t dimensions
        double most_log
        double exponent
    double fit_pairs "classicnlp_fit_pairs" (
        const Model* m, int lanes, int64_t place, int64_t stride, int64_t count, float rate) noexcept nogil


cdef class Trainer:
    """Changes two matrices of vectors by what it is told of pairs of words.

    Parameters
    ----------
    words, contexts : float32 arrays, shape (n, 2 * padded)
        Rows of values and of sums of squares, as `_ext/glove.h` has them.
    pairs : int32 array, shape (m, 3)
        Row, column, and the bits of the count, a float32 above 0.
    dimensions : int
        At most padded - 2.
    most : float
        The count from which on the weight is 1.
    exponent : float
        The weight of smaller counts is (count / most) ** exponent.
    lanes : int
        4, 8 or 16, one that the processor has.
    """

    cdef Model model
    cdef int lanes
    cdef readonly object arrays

    def __init__(self, words, contexts, pairs, *, dimensions, most, exponent, lanes):
        cdef float[:, ::1] word_rows = words
        cdef float[:, ::1] context_rows = contexts
        cdef const int32_t[:, ::1] numbers = pairs
        cdef int64_t n = word_rows.shape[0], width = word_rows.shape[1]
        if lanes not in _LANES:
            raise ValueError(f"lanes must be in {_LANES}, got {lanes}")
        if context_rows.shape[0] != n or context_rows.shape[1] != width or width % (2 * _ROW_UNIT):
            raise ValueError("both matrices must have one shape, and rows of whole vectors")
        if not 1 <= dimensions <= width // 2 - 2 or numbers.shape[1] != 3 or numbers.shape[0] < 1:
            raise ValueError("there must be pairs of three numbers each, and room for the dimensions")
        check_pairs(numbers, n)
        self.arrays = (words, contexts, pairs)
        self.lanes = lanes
        self.model.words = &word_rows[0, 0]
        self.model.contexts = &context_rows[0, 0]
        self.model.pairs = <const Pair*> &numbers[0, 0]
        self.model.pair_count = numbers.shape[0]
        self.model.padded = width // 2
        self.model.dimensions = dimensions
        self.model.most_log = log(most)
        self.model.exponent = exponent

    def __reduce__(self):
        raise TypeError("a Trainer changes arrays that are not its own, and cannot be pickled or copied")

    def train(self, int64_t place, int64_t stride, int64_t count, float rate):
        """Fit some pairs, each in both directions; return the sum of losses.

        Parameters
        ----------
        place : int
            The first pair.
        stride : int
            How far the next one is, going around at the end; at most as many as there are pairs.
        count : int
            How many there are to fit.
        rate : float
        """
        cdef double loss
        if not (0 <= place < self.model.pair_count and 0 <= stride <= self.model.pair_count and count >= 0):
            raise ValueError("there are no such pairs")
        with nogil:
            loss = fit_pairs(&self.model, self.lanes, place, stride, count, rate)
        return loss


cdef check_pairs(const int32_t[:, ::1] numbers, int64_t n):
    cdef int64_t i
    cdef bint sound = True
    cdef const Pair* pairs = <const Pair*> &numbers[0, 0]
    with nogil:
        for i in range(numbers.shape[0]):
            sound &= 0 <= pairs[i].row < n and 0 <= pairs[i].column < n and 0 < pairs[i].count < 3e38
    if not sound:
        raise ValueError("pairs must name rows that exist, and have finite counts above 0")
