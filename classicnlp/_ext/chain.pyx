"""A first-order chain of labels: best paths, sums over all paths, samples.

With scores E[t, y] of label y at place t and A[i, y] of the change from label i to y, the score of
a path y is the sum of E[t, y[t]] and A[y[t - 1], y[t]], with starts[y[0]] and stops[y[T - 1]] where
they are given; -inf forbids. Its probability is exp(score) / Z, Z being the sum over all paths.
Where places have changes of their own, A[t] is that into place t, and A of a sequence's first place
is not read.

Of paths with the same score the one with the smaller label at their last difference comes first.
A sequence without any allowed path has the score -inf, and so has one whose scores are not numbers.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t

import numpy as np

cdef extern from "chain_sums.h":
    ctypedef struct Room "classicnlp_room":
        double* matrix
        double* transposed
        double* expected
        double* e
        double* alpha
        double* scales
        double* beta
        double* row
        double* low
        double* weighted
    double exp_of "classicnlp_exp_or_zero" (double x) noexcept nogil
    double log_of "classicnlp_log" (double x) noexcept nogil
    void prepare "classicnlp_prepare" (const Chain* chain, Room* room) noexcept nogil
    enum:
        PLACES "CLASSICNLP_PLACES"
    bint forward "classicnlp_forward" (
        const Chain* chain, const double* emissions, int64_t length, const Room* room,
        double* log_z) noexcept nogil
    void backward "classicnlp_backward" (
        const Chain* chain, int64_t length, const Room* room, double* pairs) noexcept nogil

cdef extern from "chain_logs.h":
    double forward_in_logs "classicnlp_forward_in_logs" (
        const Chain* chain, const double* emissions, int64_t length, const Room* room) noexcept nogil
    void backward_in_logs "classicnlp_backward_in_logs" (
        const Chain* chain, const double* emissions, int64_t length, const Room* room,
        double* pairs) noexcept nogil


cdef class Scores:
    """The arrays of a chain, checked, behind the struct that the kernels take."""

    cdef Chain chain
    cdef const int64_t[::1] offsets
    cdef const double[:, ::1] emissions
    cdef const double[::1] transitions
    cdef const double[::1] starts
    cdef const double[::1] stops
    cdef Py_ssize_t longest

    def __init__(self, offsets, emissions, transitions, starts, stops):
        cdef Py_ssize_t s, labels, places
        self.emissions = emissions
        places, labels = self.emissions.shape[0], self.emissions.shape[1]
        if labels == 0:
            raise ValueError("expected at least one label, got none")
        transitions = np.asarray(transitions)
        if transitions.shape not in ((labels, labels), (places, labels, labels)):
            raise ValueError(
                f"expected transitions of shape ({labels}, {labels}) or ({places}, {labels}, {labels}), "
                f"got {transitions.shape}")
        self.offsets = offsets
        if self.offsets.shape[0] == 0 or self.offsets[0] != 0 or self.offsets[self.offsets.shape[0] - 1] != places:
            raise ValueError(f"offsets must rise from 0 to {places}")
        self.longest = 0
        for s in range(self.offsets.shape[0] - 1):
            if self.offsets[s + 1] < self.offsets[s]:
                raise ValueError(f"offsets must rise from 0 to {places}")
            self.longest = max(self.longest, self.offsets[s + 1] - self.offsets[s])
        self.transitions = transitions.reshape(-1)
        self.starts = np.zeros(labels) if starts is None else starts
        self.stops = np.zeros(labels) if stops is None else stops
        if self.starts.shape[0] != labels or self.stops.shape[0] != labels:
            raise ValueError(f"expected {labels} starts and stops")
        self.chain.labels = labels
        self.chain.stride = labels * labels if transitions.ndim == 3 else 0
        self.chain.starts = &self.starts[0]
        self.chain.stops = &self.stops[0]
        if places:
            self.chain.transitions = &self.transitions[0]

    cdef Chain of(self, Py_ssize_t place) noexcept nogil:
        """Return the chain of the sequence that begins at ``place``."""
        cdef Chain chain = self.chain
        chain.transitions += place * chain.stride
        return chain


cdef class Workspace:
    """Room for the longest sequence."""

    cdef Room room
    cdef double[::1] block

    def __init__(self, Py_ssize_t labels, Py_ssize_t longest):
        cdef Py_ssize_t square = labels * labels
        self.block = np.empty(3 * square + (3 + PLACES) * labels + longest * (labels + 1))
        self.room.matrix = &self.block[0]
        self.room.transposed = self.room.matrix + square
        self.room.expected = self.room.transposed + square
        self.room.beta = self.room.expected + square
        self.room.row = self.room.beta + labels
        self.room.low = self.room.row + labels
        self.room.weighted = self.room.low + labels
        self.room.scales = self.room.weighted + PLACES * labels
        self.room.alpha = self.room.scales + longest


def decode(offsets not None, emissions not None, transitions not None, starts=None, stops=None):
    """Return the best path of each sequence, and its score (Viterbi, 1967).

    Parameters
    ----------
    offsets : int64 array, shape (S + 1,), ascending from 0 to N
        Where each sequence begins among the places, and the end of the last.
    emissions : float64 array, shape (N, Y)
    transitions : float64 array, shape (Y, Y), from row to column, or (N, Y, Y)
    starts, stops : float64 array, shape (Y,), optional

    Returns
    -------
    labels : int32 array, shape (N,)
        They mean nothing in a sequence with the score -inf.
    scores : float64 array, shape (S,)
        0 for a sequence of no places.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> decode(np.array([0, 3]), np.array([[1.0, 0.0], [0.0, 0.5], [0.0, 2.0]]), np.eye(2))
    (array([0, 1, 1], dtype=int32), array([4.5]))
    """
    cdef Scores given = Scores(offsets, emissions, transitions, starts, stops)
    cdef Py_ssize_t s, low, high
    cdef Chain chain
    labels = np.zeros(given.emissions.shape[0], np.int32)
    scores = np.zeros(given.offsets.shape[0] - 1)
    if given.longest == 0:
        return labels, scores
    cdef int32_t[::1] path = labels
    cdef double[::1] score = scores
    cdef double[::1] tops = np.empty(given.longest * given.chain.labels)
    cdef double[::1] best = np.empty(given.chain.labels)
    with nogil:
        for s in range(score.shape[0]):
            low, high = given.offsets[s], given.offsets[s + 1]
            if low < high:
                chain = given.of(low)
                score[s] = best_path(&chain, &given.emissions[low, 0], high - low, &tops[0], &best[0], &path[low])
    return labels, scores


cdef inline Py_ssize_t best_head(const double* heads, Py_ssize_t labels) noexcept nogil:
    """Return the first of the largest heads; -1 if all are -inf."""
    cdef Py_ssize_t i, chosen = -1
    cdef double most = -INFINITY
    for i in range(labels):
        if heads[i] > most:
            most = heads[i]
            chosen = i
    return chosen


cdef Py_ssize_t merge(
    const double* lists, const int64_t* counts, const double* changes, Py_ssize_t labels, Py_ssize_t step,
    Py_ssize_t k, double more, double* heads, int64_t* cursors, double* merged, int64_t* back,
) noexcept nogil:
    """Merge the descending lists of all labels, with changes[i * step] added to list i; return how many there are.

    ``back`` tells of each that is taken the label times k plus its place in the list.
    """
    cdef Py_ssize_t i, n
    for i in range(labels):
        cursors[i] = 0
        heads[i] = lists[i * k] + changes[i * step] if counts[i] else -INFINITY
    for n in range(k):
        i = best_head(heads, labels)
        if i < 0 or not heads[i] + more > -INFINITY:
            return n
        merged[n] = heads[i] + more
        back[n] = i * k + cursors[i]
        cursors[i] += 1
        heads[i] = lists[i * k + cursors[i]] + changes[i * step] if cursors[i] < counts[i] else -INFINITY
    return k


cdef Py_ssize_t paths_up_to(Py_ssize_t k, Py_ssize_t length, Py_ssize_t labels) noexcept:
    """Return the smaller of ``k`` and the number of paths, labels ** length."""
    cdef Py_ssize_t paths = 1
    for _ in range(length if labels > 1 else 0):
        if paths > k // labels:
            return k
        paths *= labels
    return min(k, paths)


def decode_best(emissions not None, transitions not None, starts, stops, Py_ssize_t k):
    """Return the best paths of one sequence, the best first, and their scores.

    At each place the best ``k`` ways to each label are kept, merged from the lists of the place
    before (the list Viterbi algorithm; Seshadri and Sundberg, 1994).

    Parameters
    ----------
    emissions, transitions, starts, stops
        As for `decode`, with T places.
    k : int
        How many paths are wanted, at least 1.

    Returns
    -------
    paths : int32 array, shape (K, T)
        K is less than ``k`` if no more paths are allowed.
    scores : float64 array, shape (K,)
        Descending, all above -inf.

    Raises
    ------
    ValueError
        If shapes do not fit, or ``k`` is below 1.

    Examples
    --------
    >>> paths, scores = decode_best(np.array([[1.0, 0.0], [0.0, 0.5]]), np.eye(2), None, None, 3)
    >>> paths.tolist(), scores.tolist()
    ([[0, 0], [0, 1], [1, 1]], [2.0, 1.5, 1.5])
    """
    cdef Py_ssize_t length = len(emissions), labels, t, y, n, found
    cdef Scores given = Scores(np.array([0, length], np.int64), emissions, transitions, starts, stops)
    if k < 1:
        raise ValueError(f"expected k of at least 1, got {k}")
    if length == 0:
        return np.zeros((1, 0), np.int32), np.zeros(1)
    labels = given.chain.labels
    k = paths_up_to(k, length, labels)
    cdef double[:, :, ::1] lists = np.empty((2, labels, k))
    cdef int64_t[:, :, ::1] back = np.empty((length, labels, k), np.int64)
    cdef int64_t[:, ::1] counts = np.zeros((2, labels), np.int64)
    cdef double[::1] heads = np.empty(labels)
    cdef int64_t[::1] cursors = np.empty(labels, np.int64)
    scores = np.empty(k)
    last = np.empty(k, np.int64)
    cdef double[::1] score = scores
    cdef int64_t[::1] end = last
    with nogil:
        for y in range(labels):
            lists[0, y, 0] = given.starts[y] + given.emissions[0, y]
            counts[0, y] = lists[0, y, 0] > -INFINITY
        for t in range(1, length):
            for y in range(labels):
                counts[t & 1, y] = merge(
                    &lists[(t - 1) & 1, 0, 0], &counts[(t - 1) & 1, 0],
                    given.chain.transitions + t * given.chain.stride + y, labels, labels, k,
                    given.emissions[t, y], &heads[0], &cursors[0], &lists[t & 1, y, 0], &back[t, y, 0])
        found = merge(&lists[(length - 1) & 1, 0, 0], &counts[(length - 1) & 1, 0], given.chain.stops, labels, 1,
                      k, 0.0, &heads[0], &cursors[0], &score[0], &end[0])
    paths = np.empty((found, length), np.int32)
    cdef int32_t[:, ::1] out = paths
    cdef int64_t way
    for n in range(found):
        way = end[n]
        for t in range(length - 1, -1, -1):
            out[n, t] = <int32_t> (way // k)
            if t > 0:
                way = back[t, way // k, way % k]
    return paths, scores[:found].copy()


def posteriors(offsets not None, emissions not None, transitions not None, starts=None, stops=None):
    """Return the probability of each label at each place, log Z, and the expected number of changes.

    Forward-backward with scales (Rabiner, 1989, section V.A); sequences whose shares leave the range
    of numbers are done again in logarithms.

    Parameters
    ----------
    offsets, emissions, transitions, starts, stops
        As for `decode`.

    Returns
    -------
    marginals : float64 array, shape (N, Y)
        p(label y at place n); all 0 in a sequence without any allowed path.
    log_z : float64 array, shape (S,)
        0 for a sequence of no places.
    pairs : float64 array, shape (Y, Y)
        The expected number of changes from row to column in all sequences.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> marginals, log_z, pairs = posteriors(np.array([0, 2]), np.zeros((2, 2)), np.log([[2.0, 1], [0.5, 0.5]]))
    >>> marginals.round(3).tolist()
    [[0.75, 0.25], [0.625, 0.375]]
    >>> np.exp(log_z).round(3).tolist(), pairs.round(3).tolist()
    ([4.0], [[0.5, 0.25], [0.125, 0.125]])
    """
    cdef Scores given = Scores(offsets, emissions, transitions, starts, stops)
    cdef Py_ssize_t labels = given.chain.labels, s, k, low, high
    marginals = np.zeros((given.emissions.shape[0], labels))
    log_z = np.zeros(given.offsets.shape[0] - 1)
    pairs = np.zeros((labels, labels))
    if given.longest == 0:
        return marginals, log_z, pairs
    cdef double[:, ::1] out = marginals
    cdef double[::1] logs = log_z
    cdef double[:, ::1] changes = pairs
    cdef Workspace work = Workspace(labels, given.longest)
    cdef Chain chain
    with nogil:
        prepare(&given.chain, &work.room)
        for s in range(logs.shape[0]):
            low, high = given.offsets[s], given.offsets[s + 1]
            if low < high:
                chain = given.of(low)
                work.room.e = &out[low, 0]
                logs[s] = marginals_of(&chain, &given.emissions[low, 0], high - low, &work.room, &changes[0, 0])
        if given.chain.stride == 0:
            for k in range(labels * labels):
                (&changes[0, 0])[k] += work.room.expected[k] * work.room.matrix[k]
    return marginals, log_z, pairs


cdef double marginals_of(const Chain* chain, const double* emissions, Py_ssize_t length, const Room* room,
                         double* pairs) noexcept nogil:
    """Write a sequence's marginals to room.e; return log Z."""
    cdef double log_z = 0.0
    cdef Py_ssize_t k
    if forward(chain, emissions, length, room, &log_z):
        backward(chain, length, room, pairs)
        return log_z
    log_z = forward_in_logs(chain, emissions, length, room)
    if log_z > -INFINITY:
        backward_in_logs(chain, emissions, length, room, pairs)
    else:
        for k in range(length * chain.labels):
            room.e[k] = 0.0
    return log_z


cdef bint filter_forward(const Chain* chain, const double* emissions, Py_ssize_t length,
                         const Room* room) noexcept nogil:
    """Write the logarithms of p(label y at place t, what stands up to t); return whether there is a path."""
    cdef double log_z = 0.0
    cdef Py_ssize_t k
    if not forward(chain, emissions, length, room, &log_z):
        return forward_in_logs(chain, emissions, length, room) > -INFINITY
    for k in range(length * chain.labels):
        room.alpha[k] = log_of(room.alpha[k]) if room.alpha[k] > 0.0 else -INFINITY
    return True


cdef Py_ssize_t draw(const double* logs, Py_ssize_t count, double uniform) noexcept nogil:
    """Return the first number at which the probabilities up to it exceed ``uniform`` times their sum."""
    cdef double most = -INFINITY, total = 0.0, target, share
    cdef Py_ssize_t i, chosen = 0
    for i in range(count):
        most = max(most, logs[i])
    for i in range(count):
        total += exp_of(logs[i] - most)
    target = uniform * total
    total = 0.0
    for i in range(count):
        share = exp_of(logs[i] - most)
        if share > 0.0 and total <= target:
            chosen = i
        total += share
    return chosen


cdef void sample_backward(const Chain* chain, Py_ssize_t length, const Room* room, const double* uniforms,
                          int32_t* path) noexcept nogil:
    """Draw labels from the last to the first: p(i at t | y at t + 1) is as alpha[t, i] exp(A[t + 1, i, y])."""
    cdef Py_ssize_t labels = chain.labels, t, i
    cdef const double* changes
    for t in range(length - 1, -1, -1):
        for i in range(labels):
            room.row[i] = room.alpha[t * labels + i]
        if t + 1 < length:
            changes = chain.transitions + (t + 1) * chain.stride + path[t + 1]
            for i in range(labels):
                room.row[i] += changes[i * labels]
        path[t] = <int32_t> draw(room.row, labels, uniforms[t])


def sample(offsets not None, emissions not None, transitions not None, starts, stops,
           const double[::1] uniforms not None):
    """Return a path drawn from the distribution over all paths, for each sequence.

    Forward sums, then a label at a time from the last to the first (Scott, 2002).

    Parameters
    ----------
    offsets, emissions, transitions, starts, stops
        As for `decode`.
    uniforms : float64 array, shape (N,)
        A random number from 0 to below 1 for each place.

    Returns
    -------
    int32 array, shape (N,)
        -1 in a sequence without any allowed path.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> sample(np.array([0, 2]), np.zeros((2, 2)), np.log([[2.0, 1], [0.5, 0.5]]), None, None, np.array([0.5, 0.7]))
    array([0, 1], dtype=int32)
    """
    cdef Scores given = Scores(offsets, emissions, transitions, starts, stops)
    cdef Py_ssize_t places = given.emissions.shape[0], s, low, high
    if uniforms.shape[0] != places:
        raise ValueError(f"expected {places} uniforms, got {uniforms.shape[0]}")
    labels = np.full(places, -1, np.int32)
    if given.longest == 0:
        return labels
    cdef int32_t[::1] path = labels
    cdef Workspace work = Workspace(given.chain.labels, given.longest)
    cdef double[:, ::1] e = np.empty((given.longest, given.chain.labels))
    cdef Chain chain
    work.room.e = &e[0, 0]
    with nogil:
        prepare(&given.chain, &work.room)
        for s in range(given.offsets.shape[0] - 1):
            low, high = given.offsets[s], given.offsets[s + 1]
            chain = given.of(low)
            if low < high and filter_forward(&chain, &given.emissions[low, 0], high - low, &work.room):
                sample_backward(&chain, high - low, &work.room, &uniforms[low], &path[low])
    return labels
