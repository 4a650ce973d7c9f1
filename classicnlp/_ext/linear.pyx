"""Scores of a linear model over numbered features: emissions and transitions of every place.

A model's weights lie in cells, as the crf kernel describes them: features with many labels have a
row of cells, one for each label; the others only the cells that they need, the last one marked.
"""

from libc.stdint cimport int32_t, int64_t, uint16_t

import numpy as np

LAST = 1 << 15

cdef extern from "linear.h":
    ctypedef struct Weights "classicnlp_weights":
        int64_t labels
        const int32_t* cells
        int64_t row_cells
        const float* rows
        const float* weights
        const uint16_t* names
    void emissions_of "classicnlp_emissions" (
        const Weights* w, const int64_t* first, const int32_t* features, const double* values,
        int64_t places, double* scores) noexcept nogil

cdef enum:
    LAST_BIT = 1 << 15


def check_cells(const int32_t[::1] cells not None, Py_ssize_t rows, Py_ssize_t labels,
                const uint16_t[::1] cell_labels not None):
    """Raise a ValueError unless every look-up in the cells stays within them.

    Parameters
    ----------
    cells : int32 array, shape (features,)
        The first cell of each feature, -1 for one without weights.
    rows, labels : int
        How many rows there are, and the cells of each.
    cell_labels : uint16 array
        The labels of the cells behind the rows, the last one of a feature plus LAST.
    """
    cdef Py_ssize_t f, k, row_cells = rows * labels, count = row_cells + cell_labels.shape[0]
    for f in range(cells.shape[0]):
        if not -1 <= cells[f] < count or (0 <= cells[f] < row_cells and cells[f] % labels):
            raise ValueError(f"feature {f} has no cell {cells[f]}")
    for k in range(cell_labels.shape[0]):
        if cell_labels[k] & (LAST_BIT - 1) >= labels:
            raise ValueError(f"a cell's label must be below {labels}")
    if cell_labels.shape[0] and not cell_labels[cell_labels.shape[0] - 1] & LAST_BIT:
        raise ValueError("the last cell is not marked")


def emissions(
    const int64_t[::1] first not None, const int32_t[::1] features not None, const double[::1] values,
    const int32_t[::1] cells not None, const float[:, ::1] rows not None,
    const float[::1] weights not None, const uint16_t[::1] labels not None,
):
    """Return the emission scores: for each place and label the sum of its features' weights.

    Parameters
    ----------
    first, features, values
        As in `Observations`.
    cells : int32 array, shape (features,)
        The first cell of each feature, -1 for one without weights.
    rows : float32 array, shape (rows, labels)
        The weights in rows.
    weights, labels : float32 and uint16 arrays
        Weight and label of each cell behind the rows.

    Returns
    -------
    float64 array, shape (places, labels)
    """
    cdef Py_ssize_t places = first.shape[0] - 1, count = rows.shape[1]
    cdef Weights model
    scores = np.zeros((places, count))
    if features.shape[0] == 0 or cells.shape[0] == 0:
        return scores
    cdef double[:, ::1] out = scores
    model.labels = count
    model.cells = &cells[0]
    model.row_cells = rows.shape[0] * rows.shape[1]
    model.rows = &rows[0, 0] if rows.shape[0] else NULL
    model.weights = &weights[0] if weights.shape[0] else NULL
    model.names = &labels[0] if weights.shape[0] else NULL
    with nogil:
        emissions_of(&model, &first[0], &features[0], &values[0] if values is not None else NULL, places, &out[0, 0])
    return scores


def edge_scores(
    const int64_t[::1] first not None, const int32_t[::1] edges not None,
    const int64_t[::1] pair_first not None, const int32_t[::1] pairs not None,
    const float[::1] weights not None, const double[:, ::1] transitions not None,
):
    """Return the scores of the transitions into every place.

    Parameters
    ----------
    first, edges
        The features of each place's transition, as in `Observations`.
    pair_first : int64 array, shape (edge features + 1,)
        The pairs of feature f are pairs[pair_first[f]:pair_first[f + 1]].
    pairs : int32 array
        From-label times the number of labels plus to-label.
    weights : float32 array
        The weight of each pair.
    transitions : float64 array, shape (labels, labels)
        Scores that every place has.

    Returns
    -------
    float64 array, shape (places, labels, labels)
    """
    cdef Py_ssize_t places = first.shape[0] - 1, count = transitions.shape[0], t, k, p, i, j
    scores = np.empty((places, count, count))
    cdef double[:, :, ::1] out = scores
    with nogil:
        for t in range(places):
            for i in range(count):
                for j in range(count):
                    out[t, i, j] = transitions[i, j]
            for k in range(first[t], first[t + 1]):
                for p in range(pair_first[edges[k]], pair_first[edges[k] + 1]):
                    out[t, pairs[p] / count, pairs[p] % count] += weights[p]
    return scores
