from libc.stdint cimport int32_t, int64_t


cdef struct Links:
    # Of node i the nodes that link to it, with weights: entries first[i] ... first[i + 1] - 1.
    int32_t nodes
    const int64_t* first
    const int32_t* sources
    const double* weights


cdef struct Rows:
    # Room for links that grows as they are found; `leave_rows` gives it back.
    int64_t* first
    int32_t* sources
    double* weights
    int64_t nodes
    int64_t size


cdef struct Power:
    # How a power iteration goes, and how it went.
    double damping
    double tolerance
    int32_t most_steps
    int32_t steps
    double residual


cdef void occurrences(const int32_t* ids, int64_t length, int32_t nodes, int64_t* first, int32_t* places) noexcept nogil

cdef bint link_near(const int32_t* ids, int64_t length, int32_t nodes, int32_t window, const int64_t* occurring,
                    const int32_t* places, double* tally, int32_t* met, Rows* rows) noexcept nogil

cdef void leave_rows(Rows* rows) noexcept nogil

cdef void iterate(Links links, Power* power, double* ranks, double* spare) noexcept nogil
