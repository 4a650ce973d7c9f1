"""The averaged structured perceptron (Collins, 2002), one pass over the data at a time.

A feature gets a row of weights, one for each label, only when a mistake first touches it; most
features never do, and the rows that exist lie together. Weights are integers, and so are the
sums for averaging: with u the sum of every update times the step it came at, the average over
T steps is w - u / T.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t

from classicnlp._ext.candidates cimport Candidates, viterbi


cdef struct Model:
    int32_t* rows  # the row of each feature, -1 for none
    int32_t* weights
    int64_t* sums
    int32_t* transitions
    int64_t* transition_sums
    int32_t* starts
    int64_t* start_sums
    int32_t labels
    int32_t used  # rows in use
    int32_t margin


cdef inline void bump(Model* model, const int32_t* features, int64_t count, int32_t label,
                      int32_t sign, int64_t step) noexcept nogil:
    """Add ``sign`` to a label's weight of each feature."""
    cdef int64_t k, place
    for k in range(count):
        if features[k] < 0:
            continue
        if model.rows[features[k]] < 0:
            model.rows[features[k]] = model.used
            model.used += 1
        place = <int64_t> model.rows[features[k]] * model.labels + label
        model.weights[place] += sign
        model.sums[place] += sign * step


cdef void bump_transition(Model* model, const uint8_t* path, int64_t i, int32_t sign, int64_t step) noexcept nogil:
    cdef int64_t place
    if i == 0:
        model.starts[path[0]] += sign
        model.start_sums[path[0]] += sign * step
    else:
        place = <int64_t> path[i - 1] * model.labels + path[i]
        model.transitions[place] += sign
        model.transition_sums[place] += sign * step


cdef int64_t learn(Model* model, const int64_t* first, const int32_t* features, const uint8_t* gold,
                   Candidates candidates, int32_t length, int64_t step,
                   int32_t* emissions, int64_t* best, int32_t* back, uint8_t* path) noexcept nogil:
    """Decode one sequence, move the weights from its path to the gold one; return the mistakes."""
    cdef int64_t i, k, mistakes = 0
    cdef int32_t j, feature
    cdef const int32_t* row
    cdef int32_t labels = model.labels
    for i in range(length):
        for j in range(candidates.first[i], candidates.first[i + 1]):
            emissions[j] = 0 if candidates.labels[j] == gold[i] else model.margin
        for k in range(first[i], first[i + 1]):
            feature = features[k]
            if feature < 0 or model.rows[feature] < 0:
                continue
            row = model.weights + <int64_t> model.rows[feature] * labels
            for j in range(candidates.first[i], candidates.first[i + 1]):
                emissions[j] += row[candidates.labels[j]]
    viterbi(emissions, model.transitions, model.starts, candidates, length, labels, best, back, path)
    for i in range(length):
        if path[i] != gold[i]:
            mistakes += 1
            bump(model, features + first[i], first[i + 1] - first[i], gold[i], 1, step)
            bump(model, features + first[i], first[i + 1] - first[i], path[i], -1, step)
        if path[i] != gold[i] or (i > 0 and path[i - 1] != gold[i - 1]):
            bump_transition(model, gold, i, 1, step)
            bump_transition(model, path, i, -1, step)
    return mistakes


def train_pass(
    const int64_t[::1] offsets not None, const int64_t[::1] first not None,
    const int32_t[::1] features not None, const uint8_t[::1] gold not None,
    const int64_t[::1] candidate_first not None, const uint8_t[::1] candidate_labels not None,
    const int64_t[::1] order not None, int64_t step, int32_t used, int32_t margin,
    int32_t[::1] rows not None, int32_t[:, ::1] weights not None, int64_t[:, ::1] sums not None,
    int32_t[:, ::1] transitions not None, int64_t[:, ::1] transition_sums not None,
    int32_t[::1] starts not None, int64_t[::1] start_sums not None,
):
    """Learn from the sequences in the given order; the last seven arrays are changed in place.

    Parameters
    ----------
    offsets : int64 array
        Where each sequence begins among the places, and the end of the last.
    first, features : int64 and int32 arrays
        The features of place i are features[first[i]:first[i + 1]]; -1 stands for none.
    gold : uint8 array
        The right label of each place.
    candidate_first, candidate_labels : int64 and uint8 arrays
        The labels to choose from at place i; the right one is among them.
    order : int64 array
        The numbers of the sequences to learn from.
    step : int
        How many sequences were learnt from before, counted from 1.
    used : int
        How many rows are in use.

    Returns
    -------
    mistakes, step, used : int
    """
    cdef Py_ssize_t longest = 0, widest = 0, s, k, i
    cdef int64_t mistakes = 0, low, high, base
    cdef Model model
    cdef Candidates candidates
    cdef char* block
    cdef int32_t* local
    for s in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[s + 1] - offsets[s])
        widest = max(widest, candidate_first[offsets[s + 1]] - candidate_first[offsets[s]])
    if widest >= 1 << 31:
        raise ValueError("a sequence is too long to be learnt from: cut it up")
    if longest == 0:
        return 0, step, used
    model.rows = &rows[0]
    model.weights = &weights[0, 0]
    model.sums = &sums[0, 0]
    model.transitions = &transitions[0, 0]
    model.transition_sums = &transition_sums[0, 0]
    model.starts = &starts[0]
    model.start_sums = &start_sums[0]
    model.labels = <int32_t> weights.shape[1]
    model.used = used
    model.margin = margin
    block = <char*> PyMem_RawMalloc(widest * 16 + (longest + 1) * 4 + longest)
    if block == NULL:
        raise MemoryError()
    with nogil:
        local = <int32_t*> (block + widest * 16)
        for k in range(order.shape[0]):
            s = order[k]
            low, high = offsets[s], offsets[s + 1]
            if low == high:
                continue
            base = candidate_first[low]
            for i in range(low, high + 1):
                local[i - low] = <int32_t> (candidate_first[i] - base)
            candidates.first = local
            candidates.labels = &candidate_labels[base]
            mistakes += learn(
                &model, &first[low], &features[0] if features.shape[0] else NULL, &gold[low],
                candidates, <int32_t> (high - low), step,
                <int32_t*> (block + widest * 8), <int64_t*> block, <int32_t*> (block + widest * 12),
                <uint8_t*> (local + longest + 1))
            step += 1
    PyMem_RawFree(block)
    return mistakes, step, model.used
