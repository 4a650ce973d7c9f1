"""Exponentials and logarithms of arrays, the same bits on every machine (see vector.h)."""

from libc.stdint cimport int64_t

import numpy as np

cdef extern from *:
    """
    #include "vector.h"

    CLASSICNLP_CLONES static void classicnlp_logs(const double *x, int64_t count, double *out)
    {
        for (int64_t i = 0; i < count; i++)
            out[i] = x[i] >= 2.2250738585072014e-308 ? classicnlp_log(x[i]) : -__builtin_inf();
    }

    CLASSICNLP_CLONES static void classicnlp_exps(const double *x, int64_t count, double *out)
    {
        for (int64_t i = 0; i < count; i++) out[i] = x[i] < -700.0 ? 0.0 : classicnlp_exp(x[i]);
    }
    """
    void logs_of "classicnlp_logs" (const double* x, int64_t count, double* out) noexcept nogil
    void exps_of "classicnlp_exps" (const double* x, int64_t count, double* out) noexcept nogil


def logs(const double[::1] x not None):
    """Return the natural logarithms, the same bits on every machine; -inf for 0 and subnormal numbers."""
    out = np.empty(x.shape[0])
    cdef double[::1] view = out
    if x.shape[0]:
        with nogil:
            logs_of(&x[0], x.shape[0], &view[0])
    return out


def exps(const double[::1] x not None):
    """Return e to the power of each number up to 700, the same bits on every machine; 0 below -700."""
    out = np.empty(x.shape[0])
    cdef double[::1] view = out
    if x.shape[0]:
        with nogil:
            exps_of(&x[0], x.shape[0], &view[0])
    return out
