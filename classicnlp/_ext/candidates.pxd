from libc.stdint cimport int32_t, int64_t, uint8_t

# A label sequence model's scores at one place of a sequence: for each candidate label, in
# ``labels[first[t]:first[t + 1]]``, the sum of its features' weights.
cdef struct Candidates:
    const int32_t* first
    const uint8_t* labels

cdef int64_t viterbi(
    const int32_t* emissions, const int32_t* transitions, const int32_t* starts,
    Candidates candidates, int32_t length, int32_t labels,
    int64_t* best, int32_t* back, uint8_t* path,
) noexcept nogil

cdef void sum_paths(
    Candidates candidates, const double* transitions, int32_t length, int32_t labels,
    double* probabilities, double* beta,
) noexcept nogil
