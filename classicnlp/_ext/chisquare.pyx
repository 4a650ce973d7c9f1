"""Sums of a sparse matrix's columns by class: the observed frequencies of a chi-square test."""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t

import numpy as np

ctypedef fused value_t:
    int64_t
    float
    double


def class_sums(const int64_t[::1] rows not None, const int32_t[::1] columns not None, values not None,
               const int32_t[::1] classes not None, Py_ssize_t width, Py_ssize_t class_count):
    """Return the sum of each column over the rows of each class.

    Parameters
    ----------
    rows : int64 array, shape (n + 1,)
    columns : int32 array
    values : int64, float32 or float64 array
        Of a matrix in CSR form.
    classes : int32 array, shape (n,)
        The class of each row, 0 ... class_count - 1.
    width : int
        How many columns there are.
    class_count : int

    Returns
    -------
    float64 array, shape (width, class_count)

    Raises
    ------
    ValueError
        If the arrays do not fit, or a value is negative or not a finite number.
    """
    cdef Py_ssize_t i, entries = columns.shape[0], count = classes.shape[0]
    cdef bint sound = rows.shape[0] == count + 1 and len(values) == entries and rows[0] == 0, usable
    if sound:
        with nogil:
            for i in range(count):
                sound &= rows[i] <= rows[i + 1] and 0 <= classes[i] < class_count
            for i in range(entries):
                sound &= 0 <= columns[i] < width
        sound &= rows[count] == entries
    if not sound:
        raise ValueError(
            f"expected a matrix of {count} rows and {width} columns in CSR form, and classes below {class_count}"
        )
    sums = np.zeros((width, class_count))
    cdef double[:, ::1] out = sums
    if values.dtype == np.int64:
        usable = add[int64_t](rows, columns, values, classes, out)
    elif values.dtype == np.float32:
        usable = add[float](rows, columns, values, classes, out)
    else:
        usable = add[double](rows, columns, values, classes, out)
    if not usable:
        raise ValueError("X must hold finite numbers that are not negative, such as counts or TF-IDF weights")
    return sums


cdef bint add(const int64_t[::1] rows, const int32_t[::1] columns, const value_t[::1] values,
              const int32_t[::1] classes, double[:, ::1] sums):
    """Add the values of each row to its class; return whether all are finite and none is negative."""
    cdef Py_ssize_t row, i
    cdef double value
    cdef bint usable = True
    with nogil:
        for row in range(classes.shape[0]):
            for i in range(rows[row], rows[row + 1]):
                value = <double> values[i]
                # False for what is not a number, too.
                usable &= 0 <= value < INFINITY
                sums[columns[i], classes[row]] += value
    return usable
