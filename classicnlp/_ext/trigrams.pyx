"""A second-order chain over the candidate labels of each place: best paths, sums over all paths.

The score of a path is the sum, over all places t and the boundary behind the last, of

    log p(y[t] | y[t - 2], y[t - 1]) + E[t, y[t]]

with boundaries before the first place as well. States are pairs of candidates of adjacent places, so
that a place costs as many steps as it has triples. Where the tokens themselves change what comes
next, each pair of adjacent candidates has a score of its own, and the score of a path is that of

    log(keep[t - 1, y[t - 1]] p(y[t] | y[t - 2], y[t - 1]) + add[t, y[t - 1], y[t]]) + E[t, y[t - 1], y[t]]

Of paths with the same score the one with the smaller label at their last difference comes first.
A sequence without any allowed path has the score -inf, one of no places 0.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.elementary import logs

cdef extern from "trigrams.h":
    ctypedef struct Sequence "classicnlp_trigrams":
        int64_t places
        int64_t* first
        int64_t* base
        int32_t* labels
        double* keep
        const double* scores
        const double* add
        const double* probabilities
        const double* logarithms
        int64_t side
        int paired
    ctypedef struct Way "classicnlp_way":
        double score
        int32_t before
        int32_t rank
    double best_path "classicnlp_best_trigrams" (
        const Sequence* s, double* best, int32_t* back, double* row, int32_t* path) noexcept nogil
    int64_t best_ways "classicnlp_best_ways" (
        const Sequence* s, int64_t most, Way* ways, int64_t* counts, double* row, Way* ends) noexcept nogil
    void follow "classicnlp_follow" (
        const Sequence* s, int64_t most, const Way* ways, Way end, int32_t* path) noexcept nogil
    double forward "classicnlp_trigrams_forward" (
        const Sequence* s, double* alpha, double* scale, double* shares, double* row) noexcept nogil
    void backward "classicnlp_trigrams_backward" (
        const Sequence* s, const double* alpha, const double* scale, double* beta, double* shares, double* row,
        double* marginals, double* triples) noexcept nogil


cdef int check_rising(const int64_t[::1] values, Py_ssize_t last, str name) except -1:
    cdef Py_ssize_t n, count = values.shape[0]
    cdef bint sound = count > 0 and values[0] == 0 and values[count - 1] == last
    for n in range(count - 1):
        sound = sound and values[n] <= values[n + 1]
    if not sound:
        raise ValueError(f"{name} must rise from 0 to {last}")
    return 0


cdef int check_candidates(const int64_t[::1] first, const int32_t[::1] labels, Py_ssize_t count) except -1:
    cdef Py_ssize_t n, k
    for n in range(first.shape[0] - 1):
        if first[n] == first[n + 1]:
            raise ValueError(f"place {n} has no candidates")
        for k in range(first[n], first[n + 1]):
            if not 0 <= labels[k] < count or (k > first[n] and labels[k] <= labels[k - 1]):
                raise ValueError(f"the candidates of a place must ascend within 0 ... {count - 1}")
    return 0


cdef class Places:
    """The candidates of the places of sequences, checked, with room to lay out one sequence."""

    cdef const int64_t[::1] offsets
    cdef const int64_t[::1] first
    cdef const int32_t[::1] labels
    cdef const double[::1] scores
    cdef const double[::1] keep
    cdef const double[::1] add
    cdef bint paired
    cdef int64_t[::1] pair_offsets  # where the pairs of each sequence begin
    cdef Py_ssize_t places  # of the largest sequence, as are candidates, pairs and the widest place
    cdef Py_ssize_t candidates
    cdef Py_ssize_t pairs
    cdef Py_ssize_t widest
    cdef int64_t[:, ::1] own_bounds
    cdef int32_t[::1] own_labels
    cdef double[:, ::1] own_scores

    def __init__(self, Py_ssize_t side, offsets, first, labels, scores, keep, add):
        cdef Py_ssize_t count
        self.offsets, self.first, self.labels, self.scores = offsets, first, labels, scores
        check_rising(self.first, self.labels.shape[0], "first")
        check_rising(self.offsets, self.first.shape[0] - 1, "offsets")
        check_candidates(self.first, self.labels, side - 1)
        self._measure()
        count = self.labels.shape[0]
        self.paired = add is not None
        if (keep is not None) != self.paired:
            raise ValueError("expected both keep and add, or neither")
        if self.paired:
            count = self.pair_offsets[self.pair_offsets.shape[0] - 1]
            self.keep, self.add = keep, add
            if self.keep.shape[0] != self.labels.shape[0] + 1 or self.add.shape[0] != count:
                raise ValueError(f"expected {self.labels.shape[0] + 1} items of keep and {count} of add")
        if self.scores.shape[0] != count:
            raise ValueError(f"expected {count} scores, got {self.scores.shape[0]}")
        self.own_bounds = np.empty((2, self.places + 1), np.int64)
        self.own_labels = np.full(self.candidates, side - 1, np.int32)
        self.own_scores = np.zeros((2, self.candidates))

    cdef int _measure(self) except -1:
        """Find out how much room the largest sequence takes."""
        cdef Py_ssize_t s, n, before, here, pairs
        self.pair_offsets = np.zeros(self.offsets.shape[0], np.int64)
        self.places = self.candidates = self.pairs = self.widest = 1
        for s in range(self.offsets.shape[0] - 1):
            before, pairs = 1, 0
            for n in range(self.offsets[s], self.offsets[s + 1]):
                here = self.first[n + 1] - self.first[n]
                pairs += before * here
                before = here
                self.widest = max(self.widest, here)
            pairs += before
            self.pair_offsets[s + 1] = self.pair_offsets[s] + pairs
            self.pairs = max(self.pairs, pairs + 1)
            self.places = max(self.places, self.offsets[s + 1] - self.offsets[s] + 3)
            self.candidates = max(self.candidates, self.first[self.offsets[s + 1]] - self.first[self.offsets[s]] + 3)
        return 0

    cdef Sequence lay_out(self, Trigrams model, Py_ssize_t number) noexcept nogil:
        """Return a sequence with its boundaries."""
        cdef Sequence s
        cdef Py_ssize_t low = self.offsets[number], high = self.offsets[number + 1], n, p
        cdef Py_ssize_t start = self.first[low], count = self.first[high] - start
        s.places = high - low + 3
        s.first, s.base, s.labels = &self.own_bounds[0, 0], &self.own_bounds[1, 0], &self.own_labels[0]
        s.first[0], s.first[1] = 0, 1
        for n in range(low, high + 1):
            s.first[n - low + 2] = self.first[n] - start + 2
        s.first[s.places] = count + 3
        s.base[0] = s.base[1] = 0
        s.base[2] = 1
        for p in range(3, s.places):
            s.base[p] = s.base[p - 1] + (s.first[p - 1] - s.first[p - 2]) * (s.first[p] - s.first[p - 1])
        if count:
            memcpy(s.labels + 2, &self.labels[start], count * sizeof(int32_t))
        s.labels[count + 2] = <int32_t> (model.side - 1)
        s.side, s.probabilities, s.logarithms = model.side, &model.probabilities[0], &model.logarithms[0]
        s.paired, s.add = self.paired, NULL
        s.keep = &self.own_scores[0, 0]
        if s.paired:
            s.scores, s.add = &self.scores[self.pair_offsets[number]], &self.add[self.pair_offsets[number]]
            s.keep[1] = self.keep[self.labels.shape[0]]
            if count:
                memcpy(s.keep + 2, &self.keep[start], count * sizeof(double))
        else:
            s.scores = &self.own_scores[1, 0]
            if count:
                memcpy(&self.own_scores[1, 2], &self.scores[start], count * sizeof(double))
            self.own_scores[1, count + 2] = 0.0
        return s


cdef Py_ssize_t paths_up_to(Py_ssize_t most, const int64_t[::1] first) noexcept:
    """Return the smaller of ``most`` and the number of paths."""
    cdef Py_ssize_t paths = 1, n
    for n in range(first.shape[0] - 1):
        if paths > most // (first[n + 1] - first[n]):
            return most
        paths *= first[n + 1] - first[n]
    return min(most, paths)


cdef class Trigrams:
    """The probabilities of a label after two others; immutable.

    Parameters
    ----------
    probabilities : float64 array, shape (Y + 1, Y + 1, Y + 1)
        p(label | label before the last, last label) of Y labels; the last number is the boundary.

    Raises
    ------
    ValueError
        If the shape is another, or a probability is negative or not finite.

    Examples
    --------
    >>> change = np.full((3, 3, 3), 0.5)
    >>> change[2, 1, :2] = [0.9, 0.1]  # after a boundary and label 1
    >>> labels, scores = Trigrams(change).decode(
    ...     np.array([0, 2]), np.array([0, 2, 4]), np.array([0, 1, 0, 1], np.int32), np.zeros(4))
    >>> labels.tolist(), np.exp(scores).round(3).tolist()
    ([1, 0], [0.225])
    """

    cdef readonly Py_ssize_t side
    cdef const double[::1] probabilities
    cdef const double[::1] logarithms

    def __init__(self, probabilities not None):
        probabilities = np.ascontiguousarray(probabilities, np.float64)
        self.side = len(probabilities)
        if self.side < 2 or probabilities.shape != (self.side,) * 3:
            raise ValueError(f"expected an array of shape (Y + 1, Y + 1, Y + 1), got {probabilities.shape}")
        if not (np.isfinite(probabilities).all() and probabilities.min() >= 0):
            raise ValueError("a probability is negative or not finite")
        self.probabilities = probabilities.reshape(-1)
        self.logarithms = logs(self.probabilities)

    def decode(self, offsets not None, first not None, labels not None, scores not None, keep=None, add=None):
        """Return the best path of each sequence, and its score.

        Parameters
        ----------
        offsets : int64 array, shape (S + 1,)
            Where each sequence begins among the N places, and the end of the last.
        first : int64 array, shape (N + 1,)
            The candidates of place n are ``labels[first[n]:first[n + 1]]``, ascending.
        labels : int32 array, shape (C,)
        scores : float64 array, shape (C,)
            E of each candidate. With ``add``, of each pair.
        keep : float64 array, shape (C + 1,), optional
            Of each candidate, and of the boundary before a sequence.
        add : float64 array, shape (P,), optional
            Of each pair of adjacent candidates, sequence by sequence, place by place with the boundary
            behind the last one: the candidates before by the candidates here. Before the first place,
            the boundary is the only candidate.

        Returns
        -------
        labels : int32 array, shape (N,)
            They mean nothing in a sequence with the score -inf.
        scores : float64 array, shape (S,)

        Raises
        ------
        ValueError
            If sizes do not fit, or a place has no candidates.
        """
        cdef Places places = Places(self.side, offsets, first, labels, scores, keep, add)
        cdef Py_ssize_t s, length = places.first.shape[0] - 1
        cdef Sequence sequence
        paths = np.zeros(length + 1, np.int32)
        tops = np.zeros(places.offsets.shape[0] - 1)
        cdef int32_t[::1] path = paths
        cdef double[::1] top = tops
        cdef double[::1] best = np.empty(places.pairs)
        cdef int32_t[::1] back = np.empty(places.pairs, np.int32)
        cdef double[::1] row = np.empty(places.widest)
        with nogil:
            for s in range(top.shape[0]):
                if places.offsets[s] == places.offsets[s + 1]:
                    continue
                sequence = places.lay_out(self, s)
                top[s] = best_path(&sequence, &best[0], &back[0], &row[0], &path[places.offsets[s]])
        return paths[:length], tops

    def decode_best(self, first not None, labels not None, scores not None, keep, add, Py_ssize_t k):
        """Return the best paths of one sequence, the best first, and their scores.

        Parameters
        ----------
        first, labels, scores, keep, add
            As for `decode`.
        k : int
            How many paths are wanted, at least 1.

        Returns
        -------
        paths : int32 array, shape (K, N)
            K is less than ``k`` if no more paths are allowed.
        scores : float64 array, shape (K,)
            Descending, all above -inf.

        Raises
        ------
        ValueError
            As for `decode`, or if ``k`` is below 1.
        MemoryError
            If there is no room for ``k`` ways to every pair of candidates.
        """
        cdef Py_ssize_t length = len(first) - 1, n, found
        offsets = np.array([0, length], np.int64)
        cdef Places places = Places(self.side, offsets, first, labels, scores, keep, add)
        if k < 1:
            raise ValueError(f"expected k of at least 1, got {k}")
        if length == 0:
            return np.zeros((1, 0), np.int32), np.zeros(1)
        k = min(k, paths_up_to(k, places.first))
        cdef int64_t[::1] counts = np.empty(places.pairs, np.int64)
        cdef double[::1] row = np.empty(places.widest)
        cdef uint8_t[::1] block = np.empty((places.pairs + 1) * k * sizeof(Way), np.uint8)
        cdef Way* ways = <Way*> &block[0]
        cdef Way* ends = ways + places.pairs * k
        cdef Sequence sequence = places.lay_out(self, 0)
        with nogil:
            found = best_ways(&sequence, k, ways, &counts[0], &row[0], ends)
        paths = np.empty((found, length + 1), np.int32)
        tops = np.empty(found)
        cdef int32_t[:, ::1] path = paths
        cdef double[::1] top = tops
        for n in range(found):
            follow(&sequence, k, ways, ends[n], &path[n, 0])
            top[n] = ends[n].score
        return paths[:, :length].copy(), tops

    def posteriors(self, offsets not None, first not None, labels not None, scores not None, keep=None, add=None,
                   *, bint counting=False):
        """Return the probability of each candidate, log Z, and the expected number of triples.

        Parameters
        ----------
        offsets, first, labels, scores, keep, add
            As for `decode`.
        counting : bool
            Whether to count triples.

        Returns
        -------
        marginals : float64 array, shape (C,)
            All 0 in a sequence without any allowed path.
        log_z : float64 array, shape (S,)
            -inf also where a place is less likely than 1e-300 after those before it.
        triples : float64 array, shape (Y + 1, Y + 1, Y + 1)
            0 unless they are counted.

        Raises
        ------
        ValueError
            As for `decode`.
        """
        cdef Places places = Places(self.side, offsets, first, labels, scores, keep, add)
        cdef Py_ssize_t s, count = places.labels.shape[0]
        cdef Sequence sequence
        cdef double* counts = NULL
        marginals = np.zeros(count + 1)
        log_z = np.zeros(places.offsets.shape[0] - 1)
        triples = np.zeros((self.side,) * 3)
        cdef double[::1] out = marginals
        cdef double[::1] total = log_z
        cdef double[:, :, ::1] triple = triples
        cdef double[:, ::1] sums = np.empty((2, places.pairs))
        cdef double[::1] scale = np.empty(places.places)
        cdef double[::1] shares = np.empty(places.widest * (places.widest if places.paired else 1))
        cdef double[::1] row = np.empty(places.widest)
        if counting:
            counts = &triple[0, 0, 0]
        with nogil:
            for s in range(total.shape[0]):
                if places.offsets[s] == places.offsets[s + 1]:
                    continue
                sequence = places.lay_out(self, s)
                total[s] = forward(&sequence, &sums[0, 0], &scale[0], &shares[0], &row[0])
                if total[s] > -INFINITY:
                    backward(&sequence, &sums[0, 0], &scale[0], &sums[1, 0], &shares[0], &row[0],
                             &out[places.first[places.offsets[s]]], counts)
        return marginals[:count], log_z, triples
