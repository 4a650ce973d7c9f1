"""Objective and gradient of a linear-chain conditional random field (Lafferty et al., 2001).

Sequences are worked on in groups, one to each lane of a vector. For each group the emission scores
are summed up, turned into marginal probabilities by forward-backward, and added to the expected
count of every parameter, all while they are in the nearest cache. Counts are added up as integers
(probabilities times a power of two), whose sums do not depend on the order of the addends: any
thread may take any group, and the result is the same to the last bit.

A parameter belongs to a pair of feature and label, mostly one that occurs in the training data. Its
weight has a cell; how cells lie is described in classicnlp/tagging/cells.py.
"""

from libc.math cimport sqrt
from libc.stdint cimport int32_t, int64_t, uint16_t

import numpy as np

from classicnlp._ext.alphabet cimport prefetch

cdef extern from "forward_backward.h":
    ctypedef struct EdgeCalls "classicnlp_edges":
        void* context
        void (*build)(void*, int64_t, double*) noexcept nogil
        void (*count)(void*, int64_t, const double*) noexcept nogil
        double* matrix
        double* step
        double* sums
    int64_t fixed "classicnlp_rounded" (double x) noexcept nogil
    double exp_of "classicnlp_exp" (double x) noexcept nogil
    double log_of "classicnlp_log" (double x) noexcept nogil
    double forward_backward "classicnlp_forward_backward" (const Group* group, int64_t labels) noexcept nogil
    double forward_backward_with_edges "classicnlp_forward_backward_with_edges" (
        const Group* group, int64_t labels, const EdgeCalls* edges) noexcept nogil

LANES = CLASSICNLP_LANES
LAST = 1 << 15
LARGEST_VALUE = 1e6  # larger ones leave too few bits to counts

cdef enum:
    AHEAD = 16  # places whose cells are fetched before they are needed


def interleave(const int64_t[::1] offsets not None, const int64_t[::1] order not None):
    """Return the places of all sequences in the order in which they are worked on.

    LANES sequences that follow one another in ``order`` are a group; first come the first places of
    its sequences, then the second ones of those that have any, and so on.

    Parameters
    ----------
    offsets : int64 array
        Where each sequence begins among the places, and the end of the last.
    order : int64 array, shape (sequences,)

    Returns
    -------
    int64 array, shape (places,)
    """
    places = np.empty(offsets[offsets.shape[0] - 1], np.int64)
    cdef int64_t[::1] out = places
    cdef Py_ssize_t start, i, used = 0
    cdef int64_t t, longest
    for start in range(0, order.shape[0], CLASSICNLP_LANES):
        longest = 0
        for i in range(start, min(start + CLASSICNLP_LANES, order.shape[0])):
            longest = max(longest, offsets[order[i] + 1] - offsets[order[i]])
        for t in range(longest):
            for i in range(start, min(start + CLASSICNLP_LANES, order.shape[0])):
                if offsets[order[i]] + t < offsets[order[i] + 1]:
                    out[used] = offsets[order[i]] + t
                    used += 1
    return places


cdef class Objective:
    """Sequences with their features, and the weights that they are scored with.

    Parameters
    ----------
    lengths : int64 array
        The length of each sequence. LANES that follow one another are a group, and the more alike
        their lengths are, the better.
    first, values
        As in `Observations`, but for places in the order of `interleave`.
    cells : int32 array
        The first cell of each feature there.
    rows, labels : int
        How many rows of cells there are, and the cells of each.
    cell_labels : uint16 array
        The label of each cell behind the rows, plus LAST for the last one of a feature.
    parameters : int32 array
        The cell of each parameter.
    edge_first, edges : int64 and int32 arrays, or None
        The features of transitions, as in `Observations`, in that order, too.
    edge_pair_first, edge_pairs : int64 and int32 arrays, or None
        The pairs of labels of each of these: from-label times labels plus to-label.
    gold, before : int32 arrays, shape (places,)
        The right label of each place, and of the place before it, -1 at the start of a sequence.
    margin : float
        How much less the right labels score than their features say.
    """

    def __init__(
        self, const int64_t[::1] lengths not None, const int64_t[::1] first not None,
        const int32_t[::1] cells not None, const double[::1] values, Py_ssize_t rows, Py_ssize_t labels,
        const uint16_t[::1] cell_labels not None, const int32_t[::1] parameters not None,
        const int64_t[::1] edge_first, const int32_t[::1] edges,
        const int64_t[::1] edge_pair_first, const int32_t[::1] edge_pairs,
        const int32_t[::1] gold not None, const int32_t[::1] before not None, double margin,
    ):
        cdef Py_ssize_t s, count = cell_labels.shape[0]
        cdef Data* data = &self.data
        self.cell_count = rows * labels + count
        self.groups = (lengths.shape[0] + CLASSICNLP_LANES - 1) // CLASSICNLP_LANES
        largest = 1.0
        if values is not None and values.shape[0]:
            largest = max(float(np.abs(np.asarray(values)).max()), 1.0)
        if not largest <= LARGEST_VALUE:
            raise ValueError(f"values of features must be from -{LARGEST_VALUE:g} to {LARGEST_VALUE:g}: scale them")
        # No sum of counts reaches 2**62, and no addend 2**50.
        data.scale = 2.0 ** (62 - np.ceil(np.log2(max(first.shape[0], 4096) * largest)))
        data.labels = labels
        data.row_cells = rows * labels
        data.rows_of_four = labels == 4 and count == 0
        data.sequences = lengths.shape[0]
        data.places = first.shape[0] - 1
        data.longest = 1
        self.lengths = lengths if lengths.shape[0] else np.zeros(1, np.int64)
        self.group_first = np.zeros(self.groups + 1, np.int64)
        for s in range(lengths.shape[0]):
            data.longest = max(data.longest, lengths[s])
            self.group_first[s // CLASSICNLP_LANES + 1] += lengths[s]
        np.cumsum(self.group_first, out=np.asarray(self.group_first))
        self.first = first
        self.cells = cells if cells.shape[0] else np.zeros(1, np.int32)
        self.values = values
        self.parameters = parameters
        self.weights = np.zeros(data.row_cells + 1, np.float32)
        singles = np.zeros(count + 1, [("weight", np.float32), ("label", np.uint16), ("last", np.uint16)])
        singles["label"][:count] = np.asarray(cell_labels) & (LAST - 1)
        singles["last"][:count] = np.asarray(cell_labels) >= LAST
        self.singles = singles
        self.matrix = np.zeros((labels, labels))
        self.values_of_groups = np.zeros(self.groups + 1)
        data.lengths = &self.lengths[0]
        data.group_first = &self.group_first[0]
        data.first = &self.first[0]
        data.cells = &self.cells[0]
        data.values = &self.values[0] if values is not None and values.shape[0] else NULL
        data.weights = &self.weights[0]
        data.singles = &self.singles[0]
        data.matrix = &self.matrix[0, 0]
        data.group_values = &self.values_of_groups[0]
        self.gold = gold if gold.shape[0] else np.zeros(1, np.int32)
        self.before = before if before.shape[0] else np.zeros(1, np.int32)
        data.gold = &self.gold[0]
        data.before = &self.before[0]
        data.margin = margin
        self.set_edges(edge_first, edges, edge_pair_first, edge_pairs)

    cdef void set_edges(self, const int64_t[::1] first, const int32_t[::1] edges,
                        const int64_t[::1] pair_first, const int32_t[::1] pairs):
        cdef Data* data = &self.data
        data.edge_pair_count = 0
        if pairs is None or pairs.shape[0] == 0:
            self.edge_factors = np.ones(0)
            return
        self.edge_first = first
        self.edges = edges
        self.edge_pair_first = pair_first
        self.edge_pairs = pairs
        self.edge_factors = np.ones(pairs.shape[0])
        data.edge_pair_count = pairs.shape[0]
        data.edge_first = &self.edge_first[0]
        data.edges = &self.edges[0]
        data.edge_pair_first = &self.edge_pair_first[0]
        data.edge_pairs = &self.edge_pairs[0]
        data.edge_factors = &self.edge_factors[0]

    @property
    def group_values(self):
        """The sum of log Z of each group."""
        return np.asarray(self.values_of_groups)[:self.groups]

    def set_weights(self, const double[::1] weights not None, const double[::1] edge_weights not None,
                    const double[:, ::1] transitions not None):
        """Take the weights of parameters, features of transitions, and transitions."""
        cdef Py_ssize_t k
        with nogil:
            for k in range(self.parameters.shape[0]):
                if self.parameters[k] < self.data.row_cells:
                    self.weights[self.parameters[k]] = <float> weights[k]
                else:
                    self.singles[self.parameters[k] - self.data.row_cells].weight = <float> weights[k]
            for k in range(self.edge_factors.shape[0]):
                self.edge_factors[k] = exp_of(min(edge_weights[k], 300.0))
        set_transitions(&self.data, &transitions[0, 0])

    def get_weights(self, double[::1] weights not None, double[::1] edge_weights not None):
        """Write the weights of the parameters and of the features of transitions."""
        cdef Py_ssize_t k
        for k in range(self.parameters.shape[0]):
            if self.parameters[k] < self.data.row_cells:
                weights[k] = self.weights[self.parameters[k]]
            else:
                weights[k] = self.singles[self.parameters[k] - self.data.row_cells].weight
        for k in range(self.edge_factors.shape[0]):
            edge_weights[k] = log_of(self.edge_factors[k])

    def collect(self, Worker worker not None, const double[::1] weights not None, double l2,
                const double[::1] observed not None, double[::1] gradient not None,
                Py_ssize_t low, Py_ssize_t high):
        """Write expected less observed counts plus 2 l2 w for parameters low ... high - 1."""
        cdef Py_ssize_t k
        cdef double inverse = 1.0 / self.data.scale
        with nogil:
            for k in range(low, high):
                gradient[k] = worker.counts[self.parameters[k]] * inverse - observed[k] + 2.0 * l2 * weights[k]


cdef class Worker:
    """What one thread needs to work on groups: scratch memory, and expected counts of its own."""

    def __init__(self, Objective objective not None):
        cdef Work* work = &self.work
        labels, width = objective.data.labels, objective.data.longest * CLASSICNLP_LANES
        square = (3 if objective.data.edge_pair_count else 0) * labels * labels * CLASSICNLP_LANES
        self.objective = objective
        self.counts = np.zeros(objective.cell_count + 1, np.int64)
        self.pair_counts = np.zeros((labels, labels), np.int64)
        self.edge_counts = np.zeros(objective.data.edge_pair_count + 1, np.int64)
        # Forward-backward's arrays one behind the other, as the group names them below.
        self.scratch = np.zeros(width * (3 * labels + 1) + labels * (CLASSICNLP_LANES + labels + 1) + square)
        work.counts = &self.counts[0]
        work.pair_counts = &self.pair_counts[0, 0]
        work.edge_counts = &self.edge_counts[0]
        work.group.lengths = work.lengths
        work.group.matrix = objective.data.matrix
        work.group.scores = &self.scratch[0]
        work.group.alpha = work.group.scores + <Py_ssize_t> (width * labels)
        work.group.marginals = work.group.alpha + <Py_ssize_t> (width * labels)
        work.group.scales = work.group.marginals + <Py_ssize_t> (width * labels)
        work.group.beta = work.group.scales + <Py_ssize_t> width
        work.group.pairs = work.group.beta + <Py_ssize_t> (labels * CLASSICNLP_LANES)
        work.row = work.group.pairs + <Py_ssize_t> (labels * labels)
        work.square = work.row + <Py_ssize_t> labels

    def evaluate(self, Py_ssize_t low, Py_ssize_t high):
        """Add the expected counts of groups low ... high - 1, and set their log Z."""
        cdef Py_ssize_t g
        with nogil:
            for g in range(low, high):
                evaluate_group(&self.objective.data, &self.work, g)

    def expected(self):
        """Return the expected counts of transitions and of features of transitions."""
        scale = self.objective.data.scale
        edges = np.asarray(self.edge_counts)[:self.objective.data.edge_pair_count]
        return np.asarray(self.pair_counts) / scale, edges / scale

    def take(self, Worker other not None, Py_ssize_t low, Py_ssize_t high):
        """Add another worker's counts of cells low ... high - 1; with the first, those of transitions."""
        cdef Py_ssize_t k
        with nogil:
            for k in range(low, high):
                self.counts[k] += other.counts[k]
        if low == 0:
            np.asarray(self.pair_counts)[:] += np.asarray(other.pair_counts)
            np.asarray(self.edge_counts)[:] += np.asarray(other.edge_counts)

    def forget(self):
        """Set all counts to zero."""
        self.counts[:] = 0
        self.pair_counts[:, :] = 0
        self.edge_counts[:] = 0


cdef void evaluate_group(const Data* data, Work* work, Py_ssize_t g) noexcept nogil:
    cdef Py_ssize_t i, lane
    cdef int64_t steps = 0
    cdef double log_z
    work.start, work.stop = data.group_first[g], data.group_first[g + 1]
    work.group.places = 0
    for lane in range(CLASSICNLP_LANES):
        work.lengths[lane] = 0
        if g * CLASSICNLP_LANES + lane < data.sequences:
            work.lengths[lane] = data.lengths[g * CLASSICNLP_LANES + lane]
            steps += max(work.lengths[lane] - 1, 0)
            work.group.places = max(work.group.places, work.lengths[lane])
    if work.group.places == 0:
        data.group_values[g] = 0.0
        return
    for i in range(data.labels * data.labels):
        work.group.pairs[i] = 0.0
    if data.rows_of_four:
        add_scores_of_four(data, work)
    else:
        add_scores(data, work)
    if data.edge_pair_count:
        log_z = run_with_edges(data, work)
    else:
        log_z = forward_backward(&work.group, data.labels)
        for i in range(data.labels * data.labels):
            work.group.pairs[i] *= data.matrix[i]
    # A factor common to all transitions was left out of the matrix.
    data.group_values[g] = log_z + steps * data.shift
    for i in range(data.labels * data.labels):
        # A group's count may be too large for ``fixed``.
        work.pair_counts[i] += <int64_t> (work.group.pairs[i] * data.scale)
    add_counts(data, work)


cdef void add_scores(const Data* data, const Work* work) noexcept nogil:
    """Write the emission scores: for each place and label the sum of its features' weights."""
    cdef int64_t t, y, k, place = work.start, ahead, labels = data.labels, row_cells = data.row_cells
    cdef Py_ssize_t lane
    cdef const int64_t* first = data.first
    cdef const int32_t* cells = data.cells
    cdef const float* weight
    cdef const Single* singles = data.singles - row_cells
    cdef const Single* single
    cdef double* row = work.row
    cdef double* target
    cdef double value = 1.0
    for t in range(work.group.places):
        for lane in range(CLASSICNLP_LANES):
            for y in range(labels):
                row[y] = 0.0
            if t < work.lengths[lane]:
                ahead = place + AHEAD
                if ahead < data.places:
                    for k in range(first[ahead], first[ahead + 1]):
                        if cells[k] < row_cells:
                            prefetch(data.weights + cells[k])
                        else:
                            prefetch(singles + cells[k])
                for k in range(first[place], first[place + 1]):
                    if data.values != NULL:
                        value = data.values[k]
                    if cells[k] < row_cells:
                        weight = data.weights + cells[k]
                        for y in range(labels):
                            row[y] += value * weight[y]
                    else:
                        single = singles + cells[k]
                        row[single.label] += value * single.weight
                        while not single.last:
                            single += 1
                            row[single.label] += value * single.weight
                row[data.gold[place]] -= data.margin
                place += 1
            target = work.group.scores + t * labels * CLASSICNLP_LANES + lane
            for y in range(labels):
                target[y * CLASSICNLP_LANES] = row[y]


cdef void add_scores_of_four(const Data* data, const Work* work) noexcept nogil:
    """Do the same for four labels, where every feature has a row: nothing to ask, nothing to count."""
    cdef int64_t t, k, place = work.start, ahead
    cdef Py_ssize_t lane
    cdef const int64_t* first = data.first
    cdef const int32_t* cells = data.cells
    cdef const float* weight
    cdef double* row = work.row
    cdef double* target
    cdef double b, m, e, s, value = 1.0
    for t in range(work.group.places):
        for lane in range(CLASSICNLP_LANES):
            b = m = e = s = 0.0
            if t < work.lengths[lane]:
                ahead = place + AHEAD
                if ahead < data.places:
                    for k in range(first[ahead], first[ahead + 1]):
                        prefetch(data.weights + cells[k])
                for k in range(first[place], first[place + 1]):
                    if data.values != NULL:
                        value = data.values[k]
                    weight = data.weights + cells[k]
                    b += value * weight[0]
                    m += value * weight[1]
                    e += value * weight[2]
                    s += value * weight[3]
            row[0], row[1], row[2], row[3] = b, m, e, s
            if t < work.lengths[lane]:
                row[data.gold[place]] -= data.margin
                place += 1
            target = work.group.scores + t * 4 * CLASSICNLP_LANES + lane
            target[0] = row[0]
            target[CLASSICNLP_LANES] = row[1]
            target[2 * CLASSICNLP_LANES] = row[2]
            target[3 * CLASSICNLP_LANES] = row[3]


cdef void add_counts(const Data* data, const Work* work) noexcept nogil:
    """Add the marginal probabilities of each place to the counts of its features."""
    cdef int64_t t, y, k, place = work.start, ahead, labels = data.labels
    cdef Py_ssize_t lane
    cdef int64_t* shares = <int64_t*> work.row
    cdef const double* marginals
    for t in range(work.group.places):
        for lane in range(CLASSICNLP_LANES):
            if t >= work.lengths[lane]:
                continue
            marginals = work.group.marginals + t * labels * CLASSICNLP_LANES + lane
            ahead = place + AHEAD
            if ahead < data.places:
                for k in range(data.first[ahead], data.first[ahead + 1]):
                    prefetch(work.counts + data.cells[k])
            if data.values == NULL:
                for y in range(labels):
                    shares[y] = fixed(marginals[y * CLASSICNLP_LANES] * data.scale)
                add_shares(data, work, place)
            else:
                for y in range(labels):
                    work.row[y] = marginals[y * CLASSICNLP_LANES] * data.scale
                add_products(data, work, place)
            place += 1


cdef inline void add_shares(const Data* data, const Work* work, int64_t place) noexcept nogil:
    """Add a place's probabilities, which are integers already, to the counts of its features."""
    cdef int64_t k, y, labels = data.labels, row_cells = data.row_cells
    cdef const int32_t* cells = data.cells
    cdef const Single* singles = data.singles - row_cells
    cdef const Single* single
    cdef const int64_t* shares = <int64_t*> work.row
    cdef int64_t* count
    if data.rows_of_four:
        for k in range(data.first[place], data.first[place + 1]):
            count = work.counts + cells[k]
            count[0] += shares[0]
            count[1] += shares[1]
            count[2] += shares[2]
            count[3] += shares[3]
        return
    for k in range(data.first[place], data.first[place + 1]):
        count = work.counts + cells[k]
        if cells[k] < row_cells:
            for y in range(labels):
                count[y] += shares[y]
        else:
            single = singles + cells[k]
            count[0] += shares[single.label]
            while not single.last:
                single += 1
                count += 1
                count[0] += shares[single.label]


cdef void add_products(const Data* data, const Work* work, int64_t place) noexcept nogil:
    """Add a place's probabilities, times the values of its features, to their counts."""
    cdef int64_t k, y
    cdef const Single* single
    cdef int64_t* count
    for k in range(data.first[place], data.first[place + 1]):
        count = work.counts + data.cells[k]
        if data.cells[k] < data.row_cells:
            for y in range(data.labels):
                count[y] += fixed(work.row[y] * data.values[k])
        else:
            single = data.singles + data.cells[k] - data.row_cells
            count[0] += fixed(work.row[single.label] * data.values[k])
            while not single.last:
                single += 1
                count += 1
                count[0] += fixed(work.row[single.label] * data.values[k])


cdef double run_with_edges(const Data* data, Work* work) noexcept nogil:
    cdef int64_t size = data.labels * data.labels * CLASSICNLP_LANES
    cdef EdgeContext context
    cdef EdgeCalls calls
    context.data = data
    context.work = work
    calls.context = &context
    calls.build = build_edges
    calls.count = count_edges
    calls.matrix = work.square
    calls.step = work.square + size
    calls.sums = work.square + 2 * size
    return forward_backward_with_edges(&work.group, data.labels, &calls)


cdef inline int64_t place_at(const Work* work, int64_t t) noexcept nogil:
    """Return the number of the group's first place that is the t-th of its sequence."""
    cdef int64_t place = work.start
    cdef Py_ssize_t lane
    for lane in range(CLASSICNLP_LANES):
        place += min(work.lengths[lane], t)
    return place


cdef void build_edges(void* pointer, int64_t t, double* matrix) noexcept nogil:
    """Write exp(transitions into place t) of all lanes: the common factors times the features' own."""
    cdef const Data* data = (<EdgeContext*> pointer).data
    cdef const Work* work = (<EdgeContext*> pointer).work
    cdef int64_t k, e, p, place = place_at(work, t)
    cdef Py_ssize_t lane
    for k in range(data.labels * data.labels):
        for lane in range(CLASSICNLP_LANES):
            matrix[k * CLASSICNLP_LANES + lane] = data.matrix[k]
    for lane in range(CLASSICNLP_LANES):
        if t < work.lengths[lane]:
            for k in range(data.edge_first[place], data.edge_first[place + 1]):
                e = data.edges[k]
                for p in range(data.edge_pair_first[e], data.edge_pair_first[e + 1]):
                    matrix[data.edge_pairs[p] * CLASSICNLP_LANES + lane] *= data.edge_factors[p]
            place += 1


cdef void count_edges(void* pointer, int64_t t, const double* pairs) noexcept nogil:
    """Add the probabilities of the transitions into place t to the counts of its features."""
    cdef const Data* data = (<EdgeContext*> pointer).data
    cdef const Work* work = (<EdgeContext*> pointer).work
    cdef int64_t k, e, p, place = place_at(work, t)
    cdef Py_ssize_t lane
    for lane in range(CLASSICNLP_LANES):
        if t < work.lengths[lane]:
            for k in range(data.edge_first[place], data.edge_first[place + 1]):
                e = data.edges[k]
                for p in range(data.edge_pair_first[e], data.edge_pair_first[e + 1]):
                    work.edge_counts[p] += fixed(pairs[data.edge_pairs[p] * CLASSICNLP_LANES + lane] * data.scale)
            place += 1


cdef void set_transitions(Data* data, const double* transitions) noexcept nogil:
    cdef Py_ssize_t k
    data.shift = transitions[0]
    for k in range(data.labels * data.labels):
        data.shift = max(data.shift, transitions[k])
    for k in range(data.labels * data.labels):
        # What is common to all transitions cancels but in log Z.
        data.matrix[k] = exp_of(transitions[k] - data.shift)


cdef class Online:
    """AdaGrad (Duchi, Hazan and Singer, 2011), a group of sequences at a time.

    Parameters
    ----------
    worker : Worker
        Whose objective's weights are learnt.
    transitions : float64 array, shape (labels, labels)
        Changed in place.
    learnt : bool array, shape (labels, labels)
        Which transitions have a weight.
    shares : float32 array, shape (cells,)
        2 l2 divided by how often the cell's feature occurs: its share of the penalty each time.
    transition_share : float
        The same for transitions: 2 l2 divided by the number of groups.
    rate : float
        Length of the first step of each parameter.
    """

    def __init__(
        self, Worker worker not None, double[:, ::1] transitions not None, learnt,
        const float[::1] shares not None, double transition_share, double rate,
    ):
        cdef Objective objective = worker.objective
        self.worker = worker
        self.transitions = transitions
        self.shares = shares
        self.transition_share = transition_share
        self.rate = rate
        # What has no parameter never moves: its steps are divided by infinity.
        squares = np.full(objective.cell_count + 1, np.inf, np.float32)
        squares[np.asarray(objective.parameters)] = 1.0
        self.squares = squares
        self.transition_squares = np.where(learnt, 1.0, np.inf).reshape(-1)
        self.edge_squares = np.full(objective.data.edge_pair_count + 1, 1.0)

    def learn(self, const int64_t[::1] order not None):
        """Learn from groups in the given order."""
        cdef Py_ssize_t i
        cdef Data* data = &self.worker.objective.data
        cdef Work* work = &self.worker.work
        with nogil:
            for i in range(order.shape[0]):
                evaluate_group(data, work, order[i])
                if work.group.places:
                    subtract_gold(data, work)
                    self.update(data, work)

    cdef void update(self, Data* data, Work* work) noexcept nogil:
        """Move every weight that the group has a gradient for, and forget the gradient."""
        cdef int64_t k, e, p, y, place
        cdef double* transitions = &self.transitions[0, 0]
        for place in range(work.start, work.stop):
            for k in range(data.first[place], data.first[place + 1]):
                p = data.cells[k]
                if p < data.row_cells:
                    for y in range(data.labels):
                        self.move(data.weights + p + y, work, p + y, data.scale)
                    continue
                self.move(&data.singles[p - data.row_cells].weight, work, p, data.scale)
                while not data.singles[p - data.row_cells].last:
                    p += 1
                    self.move(&data.singles[p - data.row_cells].weight, work, p, data.scale)
            if data.edge_pair_count:
                for k in range(data.edge_first[place], data.edge_first[place + 1]):
                    e = data.edges[k]
                    for p in range(data.edge_pair_first[e], data.edge_pair_first[e + 1]):
                        self.move_edge(data, work, p)
        for k in range(data.labels * data.labels):
            transitions[k] -= self.step_of(
                work.pair_counts[k] / data.scale + self.transition_share * transitions[k],
                &self.transition_squares[k])
            work.pair_counts[k] = 0
        set_transitions(data, transitions)

    cdef void move(self, float* weight, Work* work, int64_t cell, double scale) noexcept nogil:
        cdef double gradient
        if work.counts[cell] == 0:
            return
        gradient = work.counts[cell] / scale + self.shares[cell] * weight[0]
        work.counts[cell] = 0
        self.squares[cell] += <float> (gradient * gradient)
        weight[0] -= <float> (self.rate * gradient / sqrt(self.squares[cell]))

    cdef void move_edge(self, Data* data, Work* work, int64_t p) noexcept nogil:
        cdef double change
        if work.edge_counts[p] == 0:
            return
        change = self.step_of(work.edge_counts[p] / data.scale, &self.edge_squares[p])
        work.edge_counts[p] = 0
        data.edge_factors[p] *= exp_of(-change)

    cdef double step_of(self, double gradient, double* squares) noexcept nogil:
        squares[0] += gradient * gradient
        return self.rate * gradient / sqrt(squares[0])


cdef void subtract_gold(const Data* data, Work* work) noexcept nogil:
    """Take the observed counts of the group from the expected ones."""
    cdef int64_t k, e, p, place, cell, pair, one = <int64_t> data.scale
    for place in range(work.start, work.stop):
        for k in range(data.first[place], data.first[place + 1]):
            cell = cell_of(data, data.cells[k], data.gold[place])
            if cell >= 0:
                work.counts[cell] -= one if data.values == NULL else fixed(data.values[k] * data.scale)
        if data.before[place] < 0:
            continue
        pair = data.before[place] * data.labels + data.gold[place]
        work.pair_counts[pair] -= one
        if data.edge_pair_count:
            for k in range(data.edge_first[place], data.edge_first[place + 1]):
                e = data.edges[k]
                for p in range(data.edge_pair_first[e], data.edge_pair_first[e + 1]):
                    if data.edge_pairs[p] == pair:
                        work.edge_counts[p] -= one


cdef inline int64_t cell_of(const Data* data, int64_t cell, int32_t label) noexcept nogil:
    """Return the cell of a feature's label, -1 if it has none; ``cell`` is the feature's first."""
    if cell < data.row_cells:
        return cell + label
    while data.singles[cell - data.row_cells].label != label:
        if data.singles[cell - data.row_cells].last:
            return -1
        cell += 1
    return cell


def observed_pairs(
    const int64_t[::1] first not None, const int32_t[::1] features not None, const double[::1] values,
    const int32_t[::1] labels not None, Py_ssize_t feature_count, Py_ssize_t label_count,
):
    """Return the pairs of feature and label that occur together, and the sum of values of each.

    Parameters
    ----------
    first, features, values
        As in `Observations`; also of its edges.
    labels : int32 array, shape (places,)
        The right label of each place, or pair of labels, below ``label_count``; -1 is passed over.

    Returns
    -------
    pair_first : int64 array, shape (feature_count + 1,)
        The pairs of feature f are pair_first[f] ... pair_first[f + 1] - 1.
    pair_labels : int32 array
        Ascending within a feature.
    sums : float64 array
    """
    cdef Py_ssize_t t, f, y, used
    cdef int64_t k, pairs = 0
    occurrence_first = np.zeros(feature_count + 2, np.int64)
    occurrence_labels = np.empty(features.shape[0], np.int32)
    occurrence_values = np.empty(features.shape[0] if values is not None else 0)
    pair_first = np.zeros(feature_count + 1, np.int64)
    cdef int64_t[::1] begin = occurrence_first
    cdef int32_t[::1] label_at = occurrence_labels
    cdef double[::1] value_at = occurrence_values
    cdef int64_t[::1] pair_begin = pair_first
    cdef double[::1] sums = np.zeros(label_count)
    cdef int64_t[::1] seen = np.full(label_count, -1, np.int64)
    with nogil:
        # Sorted by feature: count, add up, put each occurrence into its place.
        for t in range(first.shape[0] - 1):
            if labels[t] >= 0:
                for k in range(first[t], first[t + 1]):
                    begin[features[k] + 2] += 1
        for f in range(feature_count):
            begin[f + 2] += begin[f + 1]
        for t in range(first.shape[0] - 1):
            if labels[t] >= 0:
                for k in range(first[t], first[t + 1]):
                    label_at[begin[features[k] + 1]] = labels[t]
                    if values is not None:
                        value_at[begin[features[k] + 1]] = values[k]
                    begin[features[k] + 1] += 1
        for f in range(feature_count):
            used = 0
            for k in range(begin[f], begin[f + 1]):
                if seen[label_at[k]] != f:
                    seen[label_at[k]] = f
                    used += 1
            pairs += used
            pair_begin[f + 1] = pairs
    pair_labels = np.empty(pairs, np.int32)
    pair_sums = np.empty(pairs)
    cdef int32_t[::1] out_labels = pair_labels
    cdef double[::1] out_sums = pair_sums
    with nogil:
        for f in range(feature_count):
            used = 0
            for k in range(begin[f], begin[f + 1]):
                y = label_at[k]
                if seen[y] != feature_count + f:
                    seen[y] = feature_count + f
                    sums[y] = 0.0
                    insert(&out_labels[pair_begin[f]], used, <int32_t> y)
                    used += 1
                sums[y] += value_at[k] if values is not None else 1.0
            for k in range(used):
                out_sums[pair_begin[f] + k] = sums[out_labels[pair_begin[f] + k]]
    return pair_first, pair_labels, pair_sums


cdef inline void insert(int32_t* sorted_labels, Py_ssize_t count, int32_t label) noexcept nogil:
    """Put a label where it belongs among ``count`` ascending ones."""
    while count > 0 and sorted_labels[count - 1] > label:
        sorted_labels[count] = sorted_labels[count - 1]
        count -= 1
    sorted_labels[count] = label
