from libc.stdint cimport int32_t, int64_t, uint16_t

cdef extern from "forward_backward.h":
    enum: CLASSICNLP_LANES
    ctypedef struct Group "classicnlp_group":
        int64_t places
        const int64_t* lengths
        const double* matrix
        double* scores
        double* alpha
        double* marginals
        double* scales
        double* beta
        double* pairs

# A cell that is not in a row.
cdef struct Single:
    float weight
    uint16_t label
    uint16_t last

# An objective's arrays, for functions without the GIL.
cdef struct Data:
    const int64_t* lengths
    const int64_t* group_first  # the first place of each group
    const int64_t* first
    const int32_t* cells
    const double* values  # NULL if all are 1
    const int64_t* edge_first
    const int32_t* edges
    const int64_t* edge_pair_first
    const int32_t* edge_pairs
    double* edge_factors  # exp(weight) of each pair
    float* weights  # of the cells in rows
    Single* singles  # the cells behind them
    double* matrix  # exp(transitions - shift)
    double* group_values
    const int32_t* gold
    const int32_t* before  # -1 at the start of a sequence
    double margin  # what the right labels score less
    int64_t edge_pair_count
    int64_t labels
    int64_t row_cells
    bint rows_of_four  # whether there are four labels, and all cells are in rows
    int64_t sequences
    int64_t places
    int64_t longest
    double shift
    double scale  # counts are integers: probabilities times this

# A worker's.
cdef struct Work:
    int64_t start  # the group's first place
    int64_t stop
    int64_t[CLASSICNLP_LANES] lengths  # of its sequences
    Group group
    double* row  # for each label
    double* square  # three times [from][to][lane]
    int64_t* counts
    int64_t* pair_counts
    int64_t* edge_counts

cdef struct EdgeContext:
    const Data* data
    const Work* work

cdef class Objective:
    cdef const int64_t[::1] lengths
    cdef int64_t[::1] group_first
    cdef const int64_t[::1] first
    cdef const int32_t[::1] cells
    cdef const double[::1] values
    cdef const int32_t[::1] parameters
    cdef const int64_t[::1] edge_first
    cdef const int32_t[::1] edges
    cdef const int64_t[::1] edge_pair_first
    cdef const int32_t[::1] edge_pairs
    cdef float[::1] weights
    cdef Single[::1] singles
    cdef double[:, ::1] matrix
    cdef double[::1] edge_factors
    cdef double[::1] values_of_groups
    cdef const int32_t[::1] gold
    cdef const int32_t[::1] before
    cdef readonly Py_ssize_t cell_count
    cdef readonly Py_ssize_t groups
    cdef Data data
    cdef void set_edges(self, const int64_t[::1] first, const int32_t[::1] edges,
                        const int64_t[::1] pair_first, const int32_t[::1] pairs)

cdef class Worker:
    cdef Objective objective
    cdef int64_t[::1] counts
    cdef int64_t[:, ::1] pair_counts
    cdef int64_t[::1] edge_counts
    cdef double[::1] scratch
    cdef Work work

cdef class Online:
    cdef Worker worker
    cdef double[:, ::1] transitions
    cdef const float[::1] shares
    cdef double transition_share
    cdef double rate
    cdef float[::1] squares
    cdef double[::1] transition_squares
    cdef double[::1] edge_squares
    cdef void update(self, Data* data, Work* work) noexcept nogil
    cdef void move(self, float* weight, Work* work, int64_t cell, double scale) noexcept nogil
    cdef void move_edge(self, Data* data, Work* work, int64_t p) noexcept nogil
    cdef double step_of(self, double gradient, double* squares) noexcept nogil
