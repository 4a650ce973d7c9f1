"""The averaged structured perceptron (Collins, 2002) and passive-aggressive steps (Crammer et al., 2006).

A sequence is decoded; where its best path is not the right one, the weights along the right path
grow and those along the other shrink. A feature gets a row of weights, one for each label, only when
a mistake first touches it; most features never do, and the rows that exist lie together. With u the
sum of every change times the step it came at, the average over T steps is w - u / T.

Weights of features are of single precision: whole numbers are exact below 2**24, and a row of 44
labels is three lines of the cache. To have rows there is most of the work, so they are asked for a
place ahead.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport qsort

import numpy as np

from classicnlp._ext.chain cimport Chain, best_path

cdef extern from "prefetch.h":
    void prefetch "classicnlp_prefetch" (const void* memory, int64_t size) noexcept nogil

cdef extern from "rows.h":
    void sum_rows "classicnlp_sum_rows" (
        const float* const* rows, const float* values, int64_t count, int64_t labels,
        double* scores) noexcept nogil

cdef enum:
    # What a change is of, where it is not of a feature's weight.
    CHAIN = -1
    EDGE = -2

RULES = ("averaged", "passive-aggressive", "passive-aggressive-1", "passive-aggressive-2")

cdef struct Change:
    int32_t feature  # or CHAIN, or EDGE
    int32_t column  # a label, the place of a weight in the chain, or the number of an edge's pair
    double amount  # of a step of length 1

cdef struct Sequence:
    int64_t length
    const int64_t* first
    const int32_t* features
    const double* values  # NULL if all are 1
    const int32_t* gold
    const int64_t* candidate_first  # NULL if every label is a candidate
    const uint8_t* candidates
    const int64_t* edge_first  # NULL if transitions have no features
    const int32_t* edges

cdef struct Rule:
    int kind
    double aggressiveness
    double margin

cdef struct Room:
    Chain chain
    const float** rows
    float* values
    double* scores
    double* matrices
    double* tops
    double* best
    int32_t* path
    Change* changes
    int64_t changed


cdef class Learner:
    """The weights of a structured perceptron, and their sums.

    Parameters
    ----------
    features, labels : int
        How many there are.
    edge_first, edge_pairs : int64 and int32 arrays
        The pairs of labels, ascending, for which each feature of transitions has a weight:
        from-label times the number of labels plus to-label.

    Attributes
    ----------
    step : int
        How many sequences were learnt from, counted from 1.
    used : int
        How many rows are in use.
    rows : int32 array, shape (features + 1,)
        The row of each feature, -1 for none.
    weights, sums : float32 and float64 arrays, shape (features + 1, labels)
    chain, chain_sums : float64 arrays, shape (1 + labels, labels)
        Weights of the first label, then those of transitions from row to column.
    edge_weights, edge_sums : float64 arrays, shape (pairs + 1,)
    """

    cdef public int64_t step
    cdef public int64_t used
    cdef readonly object rows
    cdef readonly object weights
    cdef readonly object sums
    cdef readonly object chain
    cdef readonly object chain_sums
    cdef readonly object edge_weights
    cdef readonly object edge_sums
    cdef int32_t[::1] row_at
    cdef float[:, ::1] weight_at
    cdef double[:, ::1] sum_at
    cdef double[:, ::1] chain_at
    cdef double[:, ::1] chain_sum_at
    cdef double[::1] edge_weight_at
    cdef double[::1] edge_sum_at
    cdef const int64_t[::1] edge_first
    cdef const int32_t[::1] edge_pairs
    cdef double[::1] nothing
    cdef Py_ssize_t labels

    def __init__(self, Py_ssize_t features, Py_ssize_t labels, const int64_t[::1] edge_first not None,
                 const int32_t[::1] edge_pairs not None):
        self.step = 1
        self.used = 0
        self.labels = labels
        # Untouched pages of zeros take no memory, so that room for every feature costs nothing.
        self.row_at = self.rows = np.full(features + 1, -1, np.int32)
        self.weight_at = self.weights = np.zeros((features + 1, labels), np.float32)
        self.sum_at = self.sums = np.zeros((features + 1, labels))
        self.chain_at = self.chain = np.zeros((labels + 1, labels))
        self.chain_sum_at = self.chain_sums = np.zeros((labels + 1, labels))
        self.edge_weight_at = self.edge_weights = np.zeros(edge_pairs.shape[0] + 1)
        self.edge_sum_at = self.edge_sums = np.zeros(edge_pairs.shape[0] + 1)
        self.edge_first = edge_first
        self.edge_pairs = edge_pairs
        self.nothing = np.zeros(labels)

    def learn(
        self, const int64_t[::1] offsets not None, const int64_t[::1] first not None,
        const int32_t[::1] features not None, const double[::1] values, const int32_t[::1] gold not None,
        const int64_t[::1] candidate_first, const uint8_t[::1] candidates,
        const int64_t[::1] edge_first, const int32_t[::1] edges,
        const int64_t[::1] order not None, str rule, double margin, double aggressiveness,
    ):
        """Learn from sequences in the given order.

        Parameters
        ----------
        offsets : int64 array
            Where each sequence begins among the places, and the end of the last.
        first, features, values : int64, int32 and float64 arrays
            The features of place i are features[first[i]:first[i + 1]], -1 for none, with these
            values, or 1 without them.
        gold : int32 array
            The right label of each place.
        candidate_first, candidates : int64 and uint8 arrays, or None
            The labels to choose from at place i; the right one is among them. None stands for all.
        edge_first, edges : int64 and int32 arrays, or None
            The features of the transition into each place.
        order : int64 array
            The numbers of the sequences to learn from.
        rule : str
            One of RULES: how long a step is.
        margin : float
            By how much the right label must win at each place.
        aggressiveness : float
            The limit C of passive-aggressive steps.

        Returns
        -------
        int
            How many labels were not right, or did not win by the margin.
        """
        cdef Sequence x
        cdef Rule how = Rule(RULES.index(rule), aggressiveness, margin)
        cdef Py_ssize_t k, low, high, longest = 0, widest = 0, most = 0
        cdef int64_t mistakes = 0
        for k in range(order.shape[0]):
            low, high = offsets[order[k]], offsets[order[k] + 1]
            longest = max(longest, high - low)
            widest = max(widest, first[high] - first[low])
            if edge_first is not None:
                most = max(most, edge_first[high] - edge_first[low])
        if longest == 0:
            return 0
        cdef Py_ssize_t square = self.labels * self.labels if edge_first is not None else 0
        cdef double[::1] numbers = np.empty(longest * (2 * self.labels + square) + self.labels)
        cdef int32_t[::1] path = np.empty(longest, np.int32)
        cdef int64_t[::1] rows = np.empty(widest + 1, np.int64)
        cdef float[::1] row_values = np.empty(widest + 1, np.float32)
        cdef int64_t[:, ::1] changes = np.empty((2 * (widest + most + longest), 2), np.int64)
        cdef Room room
        room.rows = <const float**> &rows[0]
        room.values = &row_values[0] if values is not None else NULL
        room.scores = &numbers[0]
        room.tops = room.scores + longest * self.labels
        room.best = room.tops + longest * self.labels
        room.matrices = room.best + self.labels
        room.path = &path[0]
        room.changes = <Change*> &changes[0, 0]
        room.chain = Chain(self.labels, &self.chain_at[1, 0], 0, &self.chain_at[0, 0], &self.nothing[0])
        if edge_first is not None:
            room.chain.transitions = room.matrices
            room.chain.stride = square
        with nogil:
            for k in range(order.shape[0]):
                low = offsets[order[k]]
                x.length = offsets[order[k] + 1] - low
                if x.length == 0:
                    continue
                x.first = &first[low]
                x.features = &features[0] if features.shape[0] else NULL
                x.values = &values[0] if values is not None and values.shape[0] else NULL
                x.gold = &gold[low]
                x.candidate_first = &candidate_first[low] if candidate_first is not None else NULL
                x.candidates = &candidates[0] if candidate_first is not None else NULL
                x.edge_first = &edge_first[low] if edge_first is not None else NULL
                x.edges = &edges[0] if edge_first is not None and edges.shape[0] else NULL
                mistakes += learn(self, &x, &how, &room)
                self.step += 1
        return mistakes


cdef int64_t learn(Learner model, const Sequence* x, const Rule* rule, Room* room) noexcept nogil:
    """Decode a sequence, take a step from its path to the right one; return the mistakes."""
    cdef int64_t t, mistakes = 0
    cdef double score, length = 1.0
    ask_for_numbers(model, x, 0)
    ask_for_numbers(model, x, 1)
    ask_for_rows(model, x, 0)
    for t in range(x.length):
        ask_for_numbers(model, x, t + 2)
        ask_for_rows(model, x, t + 1)
        score_place(model, x, t, rule.margin, room)
        if x.edge_first != NULL and t > 0:
            score_transition(model, x, t, room.matrices + t * room.chain.stride)
    if x.candidate_first == NULL:
        score = best_path(&room.chain, room.scores, x.length, room.tops, room.best, room.path)
    else:
        score = best_path_among(x, room)
    for t in range(x.length):
        mistakes += room.path[t] != x.gold[t]
    if mistakes == 0:
        return 0
    collect(model, x, room)
    if rule.kind > 0:
        length = passive_aggressive(rule, score - score_of_gold(x, room), room)
    for t in range(room.changed):
        change(model, &room.changes[t], length)
    return mistakes


cdef inline void ask_for_numbers(Learner model, const Sequence* x, int64_t t) noexcept nogil:
    cdef int64_t k
    if t < x.length:
        for k in range(x.first[t], x.first[t + 1]):
            prefetch(&model.row_at[max(x.features[k], 0)], 1)


cdef inline bint are_few(Learner model, const Sequence* x, int64_t t) noexcept nogil:
    """Return whether to go by candidates is quicker than to add up whole rows."""
    return x.candidate_first != NULL and 4 * (x.candidate_first[t + 1] - x.candidate_first[t]) < model.labels


cdef inline void ask_for_rows(Learner model, const Sequence* x, int64_t t) noexcept nogil:
    cdef int64_t k
    if t < x.length:
        for k in range(x.first[t], x.first[t + 1]):
            if x.features[k] >= 0 and model.row_at[x.features[k]] >= 0:
                if are_few(model, x, t):
                    prefetch(&model.weight_at[model.row_at[x.features[k]], x.candidates[x.candidate_first[t]]], 1)
                else:
                    prefetch(&model.weight_at[model.row_at[x.features[k]], 0], model.labels * sizeof(float))


cdef inline void score_place(Learner model, const Sequence* x, int64_t t, double margin, Room* room) noexcept nogil:
    """Write the scores of the candidates of a place, those of wrong ones with the margin on top."""
    cdef int64_t k, y, count = 0
    cdef int32_t row
    cdef double right
    cdef double* scores = room.scores + t * model.labels
    for k in range(x.first[t], x.first[t + 1]):
        row = model.row_at[x.features[k]] if x.features[k] >= 0 else -1
        if row >= 0:
            room.rows[count] = &model.weight_at[row, 0]
            if x.values != NULL:
                room.values[count] = <float> x.values[k]
            count += 1
    if are_few(model, x, t):
        sum_few(room, count, x.candidates, x.candidate_first[t], x.candidate_first[t + 1], scores)
    else:
        sum_rows(room.rows, room.values, count, model.labels, scores)
    right = scores[x.gold[t]]
    for y in range(model.labels):
        scores[y] += margin
    scores[x.gold[t]] = right


cdef inline void sum_few(const Room* room, int64_t count, const uint8_t* candidates, int64_t low, int64_t high,
                         double* scores) noexcept nogil:
    """Do the same as sum_rows for some labels only."""
    cdef int64_t j, k
    cdef float total
    for j in range(low, high):
        total = 0.0
        for k in range(count):
            total += room.rows[k][candidates[j]] * (room.values[k] if room.values != NULL else <float> 1.0)
        scores[candidates[j]] = total


cdef inline int32_t best_before(const Sequence* x, const Room* room, int64_t t, int32_t y, double* top) noexcept nogil:
    """Return the candidate before label y of place t on the best path to it; write that path's score."""
    cdef const Chain* chain = &room.chain
    cdef const double* matrix = chain.transitions + t * chain.stride
    cdef int64_t k
    cdef int32_t i, chosen = x.candidates[x.candidate_first[t - 1]]
    cdef double score
    top[0] = -INFINITY
    for k in range(x.candidate_first[t - 1], x.candidate_first[t]):
        i = x.candidates[k]
        score = room.tops[(t - 1) * chain.labels + i] + matrix[i * chain.labels + y]
        if score > top[0]:
            top[0] = score
            chosen = i
    return chosen


cdef double best_path_among(const Sequence* x, Room* room) noexcept nogil:
    """Do the same as best_path, but go through candidates only."""
    cdef const Chain* chain = &room.chain
    cdef int64_t t, k, labels = chain.labels, last = x.length - 1
    cdef int32_t y
    cdef double top = 0.0, score = -INFINITY
    for t in range(x.length):
        for k in range(x.candidate_first[t], x.candidate_first[t + 1]):
            y = x.candidates[k]
            if t == 0:
                top = chain.starts[y]
            else:
                best_before(x, room, t, y, &top)
            room.tops[t * labels + y] = top + room.scores[t * labels + y]
    room.path[last] = x.candidates[x.candidate_first[last]]
    for k in range(x.candidate_first[last], x.candidate_first[last + 1]):
        y = x.candidates[k]
        if room.tops[last * labels + y] > score:
            score = room.tops[last * labels + y]
            room.path[last] = y
    for t in range(last, 0, -1):
        room.path[t - 1] = best_before(x, room, t, room.path[t], &top)
    return score


cdef void score_transition(Learner model, const Sequence* x, int64_t t, double* matrix) noexcept nogil:
    """Write the scores of all transitions into a place."""
    cdef int64_t k, p
    cdef const double* transitions = &model.chain_at[1, 0]
    for p in range(model.labels * model.labels):
        matrix[p] = transitions[p]
    for k in range(x.edge_first[t], x.edge_first[t + 1]):
        for p in range(model.edge_first[x.edges[k]], model.edge_first[x.edges[k] + 1]):
            matrix[model.edge_pairs[p]] += model.edge_weight_at[p]


cdef double score_of_gold(const Sequence* x, const Room* room) noexcept nogil:
    """Return the score of the right path, which has no margin on top."""
    cdef const Chain* chain = &room.chain
    cdef double score = chain.starts[x.gold[0]] + room.scores[x.gold[0]]
    cdef int64_t t
    for t in range(1, x.length):
        score += chain.transitions[t * chain.stride + x.gold[t - 1] * chain.labels + x.gold[t]]
        score += room.scores[t * chain.labels + x.gold[t]]
    return score


cdef inline void note(Room* room, int32_t feature, int64_t column, double amount) noexcept nogil:
    room.changes[room.changed] = Change(feature, <int32_t> column, amount)
    room.changed += 1


cdef void collect(Learner model, const Sequence* x, Room* room) noexcept nogil:
    """List the changes of a step of length 1: features of the right path less those of the other."""
    cdef int64_t t, k
    cdef const int32_t* path = room.path
    cdef double value
    room.changed = 0
    for t in range(x.length):
        if path[t] != x.gold[t]:
            for k in range(x.first[t], x.first[t + 1]):
                if x.features[k] >= 0:
                    value = x.values[k] if x.values != NULL else 1.0
                    note(room, x.features[k], x.gold[t], value)
                    note(room, x.features[k], path[t], -value)
        if t == 0 and path[0] != x.gold[0]:
            note(room, CHAIN, x.gold[0], 1.0)
            note(room, CHAIN, path[0], -1.0)
        if t > 0 and (path[t] != x.gold[t] or path[t - 1] != x.gold[t - 1]):
            note(room, CHAIN, (x.gold[t - 1] + 1) * model.labels + x.gold[t], 1.0)
            note(room, CHAIN, (path[t - 1] + 1) * model.labels + path[t], -1.0)
            if x.edge_first != NULL:
                for k in range(x.edge_first[t], x.edge_first[t + 1]):
                    note_pair(model, room, x.edges[k], x.gold[t - 1] * model.labels + x.gold[t], 1.0)
                    note_pair(model, room, x.edges[k], path[t - 1] * model.labels + path[t], -1.0)


cdef void note_pair(Learner model, Room* room, int32_t edge, int64_t pair, double amount) noexcept nogil:
    """List the change of a feature's weight for a pair of labels, if it has one."""
    cdef int64_t low = model.edge_first[edge], high = model.edge_first[edge + 1], middle
    while low < high:
        middle = (low + high) // 2
        if model.edge_pairs[middle] < pair:
            low = middle + 1
        else:
            high = middle
    if low < model.edge_first[edge + 1] and model.edge_pairs[low] == pair:
        note(room, EDGE, low, amount)


cdef int by_weight(const void* a, const void* b) noexcept nogil:
    """Order changes by what they change; amounts, too, so that they are added up in one order."""
    cdef const Change* one = <const Change*> a
    cdef const Change* other = <const Change*> b
    if one.feature != other.feature:
        return -1 if one.feature < other.feature else 1
    if one.column != other.column:
        return -1 if one.column < other.column else 1
    return (one.amount > other.amount) - (one.amount < other.amount)


cdef double passive_aggressive(const Rule* rule, double loss, Room* room) noexcept nogil:
    """Add up the changes of each weight; return the length of the step (Crammer et al., 2006, eq. 8).

    It is loss / n, min(C, loss / n) or loss / (n + 1 / (2 C)), with n the squared norm of the changes.
    """
    cdef int64_t k, last = 0
    cdef double norm = 0.0
    qsort(room.changes, room.changed, sizeof(Change), by_weight)
    for k in range(1, room.changed):
        if (room.changes[k].feature == room.changes[last].feature
                and room.changes[k].column == room.changes[last].column):
            room.changes[last].amount += room.changes[k].amount
        else:
            last += 1
            room.changes[last] = room.changes[k]
    room.changed = last + 1
    for k in range(room.changed):
        norm += room.changes[k].amount * room.changes[k].amount
    if norm <= 0.0:
        return 0.0
    if rule.kind == 1:
        return loss / norm
    if rule.kind == 2:
        return min(rule.aggressiveness, loss / norm)
    return loss / (norm + 1.0 / (2.0 * rule.aggressiveness))


cdef inline void change(Learner model, const Change* what, double length) noexcept nogil:
    """Take a step in one weight, and add it to its sum."""
    cdef double amount = what.amount * length
    cdef int32_t row
    if what.feature >= 0:
        row = model.row_at[what.feature]
        if row < 0:
            row = <int32_t> model.used
            model.row_at[what.feature] = row
            model.used += 1
        model.weight_at[row, what.column] += <float> amount
        model.sum_at[row, what.column] += amount * model.step
    elif what.feature == CHAIN:
        (&model.chain_at[0, 0])[what.column] += amount
        (&model.chain_sum_at[0, 0])[what.column] += amount * model.step
    else:
        model.edge_weight_at[what.column] += amount
        model.edge_sum_at[what.column] += amount * model.step
