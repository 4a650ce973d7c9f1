from libc.stdint cimport int32_t, int64_t

cdef extern from "chain.h":
    ctypedef struct Chain "classicnlp_chain":
        int64_t labels
        const double* transitions
        int64_t stride
        const double* starts
        const double* stops
    double best_path "classicnlp_best_path" (
        const Chain* chain, const double* emissions, int64_t length,
        double* tops, double* best, int32_t* path) noexcept nogil
