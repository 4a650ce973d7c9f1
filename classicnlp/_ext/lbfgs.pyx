"""The vector work of L-BFGS (Liu and Nocedal, 1989), in few passes over memory.

The direction of L-BFGS is a combination of the last gradient and the differences s and y of the
last steps; its coefficients follow from the inner products of these vectors alone (Chen, Wang and
Zhou, 2014). So an iteration reads each of them twice, where two loops over them read each four
times. Sums are made of fixed pieces in a fixed order, whichever thread adds up a piece.
"""

from libc.math cimport fabs
from libc.stdint cimport int64_t


cdef enum:
    PIECE_LENGTH = 4096

PIECE = PIECE_LENGTH


cdef extern from *:
    """
    #include "vector.h"

    /* Inner product of two pieces, in eight sums side by side. */
    #define CLASSICNLP_DOT(name, type)                                                           \\
    CLASSICNLP_CLONES static double name(const type *a, const double *b, int64_t count)          \\
    {                                                                                            \\
        double sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};                                               \\
        int64_t k = 0;                                                                           \\
        for (; k + 8 <= count; k += 8)                                                           \\
            for (int l = 0; l < 8; l++) sums[l] += (double)a[k + l] * b[k + l];                  \\
        for (; k < count; k++) sums[0] += (double)a[k] * b[k];                                   \\
        return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])); \\
    }
    CLASSICNLP_DOT(classicnlp_dot, double)
    CLASSICNLP_DOT(classicnlp_mixed_dot, float)

    CLASSICNLP_CLONES static void classicnlp_add_scaled(double *target, const float *row, double scale, int64_t count)
    {
        for (int64_t k = 0; k < count; k++) target[k] += scale * row[k];
    }
    """
    double dot_of "classicnlp_dot" (const double* a, const double* b, int64_t count) noexcept nogil
    double mixed_dot "classicnlp_mixed_dot" (const float* a, const double* b, int64_t count) noexcept nogil
    void add_scaled "classicnlp_add_scaled" (
        double* target, const float* row, double scale, int64_t count) noexcept nogil


def dot(const double[::1] a not None, const double[::1] b not None):
    """Return the inner product of two vectors, the same on every machine."""
    cdef Py_ssize_t start, size = a.shape[0]
    cdef double total = 0.0
    if b.shape[0] != size:
        raise ValueError(f"expected two vectors of one length, got {size} and {b.shape[0]}")
    with nogil:
        for start in range(0, size, 4096):  # PIECE_LENGTH: Cython wants the number itself
            total += dot_of(&a[start], &b[start], min(PIECE_LENGTH, size - start))
    return total


def absolute_sum(const double[::1] x not None):
    """Return the sum of |x|, the same on every machine."""
    cdef Py_ssize_t k
    cdef double total = 0.0
    with nogil:
        for k in range(x.shape[0]):
            total += fabs(x[k])
    return total


def remember(
    float[:, ::1] history not None, Py_ssize_t row, const double[::1] x not None, const double[::1] old_x not None,
    const double[::1] gradient not None, const double[::1] old_gradient not None, Py_ssize_t low, Py_ssize_t high,
):
    """Write s = x - old_x to a row and y = gradient - old_gradient to the next, for pieces low ... high - 1."""
    cdef Py_ssize_t k
    with nogil:
        for k in range(low * PIECE_LENGTH, min(high * PIECE_LENGTH, x.shape[0])):
            history[row, k] = <float> (x[k] - old_x[k])
            history[row + 1, k] = <float> (gradient[k] - old_gradient[k])


def inner_products(
    const float[:, ::1] history not None, Py_ssize_t rows, Py_ssize_t row, const double[::1] gradient not None,
    double[:, :, ::1] sums not None, Py_ssize_t low, Py_ssize_t high,
):
    """Write the inner products of pieces of vectors, for pieces low ... high - 1.

    Parameters
    ----------
    history : float32 array, shape (2 m, n)
        Rows s and y in turns; the first ``rows`` of them hold something.
    row : int
        Where the newest s stands, its y behind it; -1 for none.
    gradient : float64 array, shape (n,)
    sums : float64 array, shape (pieces, 3, 2 m)
        For each row of the history its product with the gradient, the newest s and the newest y.
    """
    cdef Py_ssize_t piece, start, r, which, k
    cdef int64_t count
    cdef double[PIECE_LENGTH] wide
    with nogil:
        for piece in range(low, high):
            start = piece * PIECE_LENGTH
            count = min(PIECE_LENGTH, gradient.shape[0] - start)
            for r in range(rows):
                sums[piece, 0, r] = mixed_dot(&history[r, start], &gradient[start], count)
            if row < 0:
                continue
            for which in range(2):
                for k in range(count):
                    wide[k] = history[row + which, start + k]
                for r in range(rows):
                    sums[piece, 1 + which, r] = mixed_dot(&history[r, start], wide, count)


def combine(
    const float[:, ::1] history not None, const double[::1] coefficients not None, const double[::1] gradient not None,
    double scale, double[::1] direction not None, Py_ssize_t low, Py_ssize_t high,
):
    """direction = scale * gradient + sum of coefficients[r] * history[r], for pieces low ... high - 1."""
    cdef Py_ssize_t piece, start, r, k
    cdef int64_t count
    with nogil:
        for piece in range(low, high):
            start = piece * PIECE_LENGTH
            count = min(PIECE_LENGTH, gradient.shape[0] - start)
            for k in range(start, start + count):
                direction[k] = scale * gradient[k]
            for r in range(coefficients.shape[0]):
                add_scaled(&direction[start], &history[r, start], coefficients[r], count)


def step(
    const double[::1] x not None, const double[::1] direction not None, double length,
    const double[::1] orthant, double[::1] result not None,
):
    """result = x + length * direction; where that has not the sign of ``orthant`` it becomes 0."""
    cdef Py_ssize_t k
    with nogil:
        for k in range(x.shape[0]):
            result[k] = x[k] + length * direction[k]
            if orthant is not None and result[k] * orthant[k] <= 0.0:
                result[k] = 0.0


def penalised(
    const double[::1] x not None, double l1, const double[::1] gradient not None, double[::1] pseudo not None,
):
    """Write the pseudo-gradient of f + l1 |x| (Andrew and Gao, 2007)."""
    cdef Py_ssize_t k
    with nogil:
        for k in range(x.shape[0]):
            if x[k] > 0.0:
                pseudo[k] = gradient[k] + l1
            elif x[k] < 0.0:
                pseudo[k] = gradient[k] - l1
            elif gradient[k] < -l1:
                pseudo[k] = gradient[k] + l1
            elif gradient[k] > l1:
                pseudo[k] = gradient[k] - l1
            else:
                pseudo[k] = 0.0


def restrict(double[::1] direction not None, const double[::1] pseudo not None, const double[::1] x not None,
             double[::1] orthant not None):
    """Keep of a direction what goes down along the pseudo-gradient; write the orthant to stay in."""
    cdef Py_ssize_t k
    with nogil:
        for k in range(x.shape[0]):
            if direction[k] * pseudo[k] >= 0.0:
                direction[k] = 0.0
            if x[k] > 0.0:
                orthant[k] = 1.0
            elif x[k] < 0.0:
                orthant[k] = -1.0
            else:
                orthant[k] = -1.0 if pseudo[k] > 0.0 else (1.0 if pseudo[k] < 0.0 else 0.0)
