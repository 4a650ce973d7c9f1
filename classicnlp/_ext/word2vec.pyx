"""word2vec: vectors of words, learnt from the words around them."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

import numpy as np

cdef extern from "widths.h":
    int widest "classicnlp_widest" () noexcept nogil

cdef extern from "word2vec.h":
    enum:
        _ROW_UNIT "CLASSICNLP_ROW_UNIT"
        MOST_WINDOW "CLASSICNLP_MOST_WINDOW"
    ctypedef struct Alias "classicnlp_alias":
        uint32_t threshold
        uint32_t other
    ctypedef struct Model "classicnlp_word2vec":
        float* inputs
        float* outputs
        int64_t padded
        int64_t words
        const uint64_t* keep
        const Alias* noise
        const int32_t* nodes
        const float* labels
        const int64_t* paths
        const int32_t* parts
        const int64_t* part_offsets
        int64_t most_parts
        int64_t most_outputs
        int32_t window
        int32_t negatives
        int32_t together
        int32_t lanes
    ctypedef struct Learnt "classicnlp_learnt":
        double loss
        int64_t measured
        int64_t words
    float sigmoid_of "classicnlp_sigmoid" (float x) noexcept nogil
    int learn "classicnlp_learn" (
        const Model* m, const int32_t* ids, int64_t count, double rate, double fall, double least, uint64_t seed,
        Learnt* learnt) noexcept nogil

ROW_UNIT = _ROW_UNIT
LANES = tuple(width for width in (4, 8, 16) if width <= widest())
"""How many numbers at once this processor can work on."""


cdef class Trainer:
    """Changes two matrices of vectors by what it reads.

    Parameters
    ----------
    inputs : float32 array, shape (input rows, padded)
        ``padded`` is a multiple of ROW_UNIT.
    outputs : float32 array, shape (output rows, padded)
    keep : uint64 array, shape (n,)
        Of each word, how many of 2**32 occurrences are kept.
    noise : uint32 array, shape (n, 2)
        An alias table as `alias_table` makes it.
    tree : (int32 array, float32 array, int64 array) or None
        Instead of noise, nodes and labels of all words' paths, and where each word's begin.
    parts : (int32 array, int64 array) or None
        Input rows of all words, and where each word's begin; None if word w has row w alone.
    window : int
    negatives : int
    together : bool
        Whether the words around a word are one input, their mean.
    lanes : int
        One of `LANES`.
    """

    cdef Model model
    cdef readonly object arrays

    def __init__(self, inputs, outputs, keep, noise, tree, parts, *, window, negatives, together, lanes):
        cdef float[:, ::1] input_rows = inputs
        cdef float[:, ::1] output_rows = outputs
        cdef const uint64_t[::1] kept = keep
        cdef const uint32_t[:, ::1] columns = noise
        cdef const int32_t[::1] numbers
        cdef const float[::1] labels
        cdef const int64_t[::1] offsets
        cdef int64_t n = kept.shape[0]
        check_matrix(inputs)
        check_matrix(outputs)
        if n < 1 or input_rows.shape[1] != output_rows.shape[1] or input_rows.shape[0] < n:
            raise ValueError("there must be a row of inputs for each word, as long as the outputs")
        if columns.shape[0] != n or columns.shape[1] != 2 or np.max(noise[:, 1]) >= min(n, output_rows.shape[0]):
            raise ValueError("noise must have a column for each word, and name only outputs that exist")
        if lanes not in LANES or not 1 <= window <= MOST_WINDOW or not 0 <= negatives <= MOST_WINDOW:
            raise ValueError(f"lanes must be in {LANES}, window and negatives at most {MOST_WINDOW}")
        self.arrays = (inputs, outputs, keep, noise, tree, parts)
        self.model.inputs = &input_rows[0, 0]
        self.model.outputs = &output_rows[0, 0]
        self.model.padded = input_rows.shape[1]
        self.model.words = n
        self.model.keep = &kept[0]
        self.model.noise = <const Alias*> &columns[0, 0]
        self.model.most_outputs = 1 + negatives
        self.model.most_parts = 1
        self.model.window = window
        self.model.negatives = negatives
        self.model.together = together
        self.model.lanes = lanes
        if tree is not None:
            numbers, labels, offsets = tree
            check_pieces(tree[0], tree[2], n, outputs.shape[0])
            if labels.shape[0] != numbers.shape[0]:
                raise ValueError("there must be a label for each node of a path")
            self.model.nodes = &numbers[0]
            self.model.labels = &labels[0]
            self.model.paths = &offsets[0]
            self.model.most_outputs = max(1, np.max(np.diff(tree[2])))
        elif output_rows.shape[0] < n:
            raise ValueError("there must be a row of outputs for each word")
        if parts is not None:
            numbers, offsets = parts
            check_pieces(parts[0], parts[1], n, inputs.shape[0])
            if np.min(np.diff(parts[1])) < 1:
                raise ValueError("every word must have a part")
            self.model.parts = &numbers[0]
            self.model.part_offsets = &offsets[0]
            self.model.most_parts = np.max(np.diff(parts[1]))

    def __reduce__(self):
        raise TypeError("a Trainer changes arrays that are not its own, and cannot be pickled or copied")

    def train(self, const int32_t[::1] ids not None, double rate, double fall, double least, uint64_t seed):
        """Learn from some sentences.

        Parameters
        ----------
        ids : int32 array
            Words by number; a number below 0 ends a sentence.
        rate, fall, least : float
            The learning rate at the first number, how much it falls with each, and its least value.
        seed : int
            Of all random choices, below 2**64.

        Returns
        -------
        loss : float
            The sum of -log p over a sixteenth of the places.
        measured : int
            How many pairs of an input and a word that sum is over.
        words : int
            How many places were learnt from.
        """
        cdef Learnt learnt = Learnt(0.0, 0, 0)
        cdef int64_t i
        cdef bint done = True, sound = True
        with nogil:
            for i in range(ids.shape[0]):
                sound &= ids[i] < self.model.words
            if sound and ids.shape[0]:
                done = learn(&self.model, &ids[0], ids.shape[0], rate, fall, least, seed, &learnt)
        if not sound:
            raise ValueError("ids name words that do not exist")
        if not done:
            raise MemoryError("there is no memory for the windows: take a smaller one")
        return learnt.loss, learnt.measured, learnt.words


cdef check_matrix(matrix):
    if matrix.shape[1] < 1 or matrix.shape[1] % _ROW_UNIT or matrix.shape[0] >= 1 << 31:
        raise ValueError(f"rows must have a length that is a multiple of {_ROW_UNIT}, got {matrix.shape}")


cdef check_pieces(numbers, offsets, int64_t pieces, int64_t bound):
    """Raise a ValueError unless offsets cut numbers, all in 0 ... bound - 1, into so many pieces."""
    if (len(offsets) != pieces + 1 or offsets[0] != 0 or offsets[pieces] != len(numbers) or len(numbers) == 0
            or np.min(np.diff(offsets)) < 0 or np.min(numbers) < 0 or np.max(numbers) >= bound):
        raise ValueError("pieces must follow one another, and name only rows that exist")


def sigmoid(const float[::1] x not None):
    """Return 1 / (1 + exp(-x)) as training computes it, a float32 array."""
    cdef Py_ssize_t i
    result = np.empty(x.shape[0], np.float32)
    cdef float[::1] out = result
    with nogil:
        for i in range(x.shape[0]):
            out[i] = sigmoid_of(x[i])
    return result
