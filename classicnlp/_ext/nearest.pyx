"""Which vectors are nearest to a query: a sketch narrows the search, exact products decide.

The sketch of a vector is eight bits a number, its scale, and how far it can be from the vector.
What it says of a cosine is a range; the vectors whose range reaches the k-th best lower end are
then compared exactly, in a fixed order of additions, so that the result is that of comparing all
of them, on every machine.
"""

from libc.math cimport sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint16_t, uint32_t
from libc.string cimport memcpy

import numpy as np

cdef extern from "sketch.h":
    enum:
        CLASSICNLP_TILE
    double classicnlp_dot_double(const double* row, const double* query, Py_ssize_t width) nogil
    double classicnlp_dot_single(const float* row, const double* query, Py_ssize_t width) nogil
    double classicnlp_dot_half(const uint16_t* row, const double* query, Py_ssize_t width) nogil
    double classicnlp_of_half(uint16_t half) nogil
    void classicnlp_products(const int8_t* codes, Py_ssize_t rows, Py_ssize_t width, const int16_t* queries,
                             Py_ssize_t count, int16_t* wide, int32_t* out, Py_ssize_t stride) nogil
    void classicnlp_bounds(const int32_t* products, const float* scales, const float* errors, Py_ssize_t rows,
                           float factor, float doubt, float* lower, float* upper) nogil
    Py_ssize_t classicnlp_first_from(const float* numbers, Py_ssize_t start, Py_ssize_t count, float cut) nogil

cdef enum:
    WIDEST = 32  # numbers that the widest vectors of processors take at once
    LARGEST_CODE = 127
    SLACK = 64  # candidates beyond 2 k that are no reason to sift

MOST_DIMENSIONS = 1 << 16
PADDING = WIDEST

# What single precision adds to the error of a cosine: five roundings of a number up to 1.1.
cdef float ROUNDING = 2e-6

cdef check_width(Py_ssize_t width):
    if width > MOST_DIMENSIONS:
        raise ValueError(f"at most {MOST_DIMENSIONS:,} dimensions can be searched, got {width:,}")


cdef class Rows:
    """Vectors in single or half precision, as the kernels read them.

    Parameters
    ----------
    vectors : float32 or float16 array, shape (n, dimensions)
    """

    cdef readonly Py_ssize_t count
    cdef readonly Py_ssize_t width
    cdef const float[:, ::1] single
    cdef const uint16_t[:, ::1] half  # the bits: there are no halves in C
    cdef bint halved

    def __cinit__(self, vectors):
        self.halved = vectors.dtype == np.float16
        self.count, self.width = vectors.shape
        check_width(self.width)
        if self.halved:
            self.half = vectors.view(np.uint16)
        else:
            self.single = vectors

    def __reduce__(self):
        raise TypeError("Rows are a view of an array, which can be pickled or copied itself")

    cdef inline double product(self, Py_ssize_t i, const double* query) noexcept nogil:
        if self.halved:
            return classicnlp_dot_half(&self.half[i, 0], query, self.width)
        return classicnlp_dot_single(&self.single[i, 0], query, self.width)

    cdef void widen(self, Py_ssize_t i, double* row) noexcept nogil:
        cdef Py_ssize_t j
        for j in range(self.width):
            row[j] = classicnlp_of_half(self.half[i, j]) if self.halved else self.single[i, j]

    def dots(self, const int32_t[::1] rows not None, const int64_t[::1] offsets not None,
             const double[:, ::1] queries not None):
        """Return the exact products of queries with the rows that each names.

        Parameters
        ----------
        rows : int32 array
            The rows of all queries, one query's after another's.
        offsets : int64 array, shape (queries + 1,)
            Where those of each query begin, and where the last end.
        queries : float64 array, shape (queries, dimensions)

        Returns
        -------
        float64 array, shape (len(rows),)
            Added up in the same order on every machine.
        """
        cdef Py_ssize_t count = queries.shape[0], i, j
        if offsets.shape[0] != count + 1 or offsets[0] != 0 or offsets[count] != rows.shape[0]:
            raise ValueError(f"offsets must rise from 0 to {rows.shape[0]}, one more than queries")
        if queries.shape[1] != self.width:
            raise ValueError(f"queries must have {self.width} dimensions, got {queries.shape[1]}")
        if rows.shape[0] and ((np.diff(offsets) < 0).any() or not 0 <= np.min(rows) <= np.max(rows) < self.count):
            raise ValueError(f"rows must be in 0 ... {self.count - 1}, and offsets must rise")
        out = np.zeros(rows.shape[0])
        cdef double[::1] products = out
        if rows.shape[0] and self.width:
            with nogil:
                for i in range(count):
                    for j in range(offsets[i], offsets[i + 1]):
                        products[j] = self.product(rows[j], &queries[i, 0])
        return out

    def lengths(self):
        """Return the Euclidean length of every vector, as a float64 array."""
        cdef Py_ssize_t i
        out, buffer = np.zeros(self.count), np.empty(self.width)
        cdef double[::1] lengths = out, row = buffer
        if self.width:
            with nogil:
                for i in range(self.count):
                    self.widen(i, &row[0])
                    lengths[i] = sqrt(self.product(i, &row[0]))
        return out

    def sketch(self, const double[::1] lengths not None):
        """Return the vectors in eight bits a number.

        Parameters
        ----------
        lengths : float64 array, shape (n,)
            What `lengths` returned.

        Returns
        -------
        codes : int8 array, shape (n, dimensions rounded up to 32)
            -127 ... 127, and 0 beyond the dimensions.
        scales : float32 array, shape (n,)
            What a code has to be multiplied by to give a number of the vector of length 1.
        errors : float32 array, shape (n,)
            How long what is then missing from that vector is at most.
        """
        cdef Py_ssize_t i, j
        cdef Sketched done
        self.check_lengths(lengths.shape[0])
        coded, buffer = np.zeros((self.count, padded(self.width)), np.int8), np.zeros(padded(self.width), np.int16)
        scaled, wrong, row = np.zeros(self.count, np.float32), np.zeros(self.count, np.float32), np.empty(self.width)
        cdef int8_t[:, ::1] codes = coded
        cdef int16_t[::1] wide = buffer
        cdef float[::1] scales = scaled, errors = wrong
        cdef double[::1] numbers = row
        if self.width:
            with nogil:
                for i in range(self.count):
                    self.widen(i, &numbers[0])
                    done = sketch_one(&numbers[0], self.width, lengths[i], LARGEST_CODE, &wide[0])
                    scales[i], errors[i] = done.scale, done.error
                    for j in range(self.width):
                        codes[i, j] = <int8_t> wide[j]
        return coded, scaled, wrong

    def sums(self, const double[::1] lengths not None, const int32_t[::1] labels not None, Py_ssize_t count):
        """Return the sums of the vectors, each made of length 1, that have each label.

        Parameters
        ----------
        lengths : float64 array, shape (n,)
        labels : int32 array, shape (n,)
        count : int
            Labels are 0 ... count - 1.

        Returns
        -------
        float64 array, shape (count, dimensions)
        """
        cdef Py_ssize_t i, j
        self.check_lengths(lengths.shape[0])
        if labels.shape[0] != self.count:
            raise ValueError(f"expected {self.count} labels, got {labels.shape[0]}")
        if self.count and not 0 <= np.min(labels) <= np.max(labels) < count:
            raise ValueError(f"labels must be in 0 ... {count - 1}")
        out, buffer = np.zeros((max(0, count), self.width)), np.empty(self.width)
        cdef double[:, ::1] totals = out
        cdef double[::1] row = buffer
        if self.width:
            with nogil:
                for i in range(self.count):
                    if lengths[i] > 0:
                        self.widen(i, &row[0])
                        for j in range(self.width):
                            totals[labels[i], j] += row[j] / lengths[i]
        return out

    cdef check_lengths(self, Py_ssize_t given):
        if given != self.count:
            raise ValueError(f"expected {self.count} lengths, got {given}")


cdef struct Sketched:
    float scale
    float error


cdef Sketched sketch_one(const double* numbers, Py_ssize_t width, double length, int most,
                         int16_t* codes) noexcept nogil:
    """Put a vector into codes from -most to most."""
    cdef Sketched done
    cdef double largest = 0.0, missing = 0.0, step, rest
    cdef Py_ssize_t j
    done.scale = done.error = 0
    for j in range(width):
        largest = max(largest, abs(numbers[j]))
        codes[j] = 0
    if not (largest > 0 and length > 0):
        return done
    step = largest / most
    for j in range(width):
        codes[j] = <int16_t> nearest_code(numbers[j] / step, most)
        rest = numbers[j] - codes[j] * step
        missing += rest * rest
    done.scale = <float> (step / length)
    done.error = <float> (sqrt(missing) / length) + ROUNDING
    return done


cdef inline int nearest_code(double number, int most) noexcept nogil:
    if not number > -most:  # nor a number at all, in a file that was altered
        return -most
    return <int> (number + most + 0.5) - most if number < most else most


cdef Py_ssize_t padded(Py_ssize_t width) noexcept nogil:
    return (width + WIDEST - 1) // WIDEST * WIDEST


def lengths_of(const double[:, ::1] queries not None):
    """Return the Euclidean length of every query, as a float64 array: that of `Rows.lengths`."""
    cdef Py_ssize_t n = queries.shape[0], width = queries.shape[1], i
    out = np.zeros(n)
    cdef double[::1] lengths = out
    if width:
        with nogil:
            for i in range(n):
                lengths[i] = sqrt(classicnlp_dot_double(&queries[i, 0], &queries[i, 0], width))
    return out


def sketch_queries(const double[:, ::1] queries not None, const double[::1] lengths not None):
    """Return queries in up to sixteen bits a number: so many that no sum of products overflows.

    Parameters
    ----------
    queries : float64 array, shape (n, dimensions)
    lengths : float64 array, shape (n,)

    Returns
    -------
    codes : int16 array, shape (n, dimensions rounded up to 32)
    scales, errors : float32 arrays, shape (n,)
        As for `Rows.sketch`.
    """
    cdef Py_ssize_t n = queries.shape[0], width = queries.shape[1], i
    cdef Sketched done
    cdef int most
    check_width(width)
    if lengths.shape[0] != n:
        raise ValueError(f"expected {n} lengths, got {lengths.shape[0]}")
    # Of a file that was altered the codes of rows may be -128, too.
    most = min(32767, 0x7FFFFFFF // (128 * max(1, padded(width))))
    coded = np.zeros((n, padded(width)), np.int16)
    scaled, wrong = np.zeros(n, np.float32), np.zeros(n, np.float32)
    cdef int16_t[:, ::1] codes = coded
    cdef float[::1] scales = scaled, errors = wrong
    if width:
        with nogil:
            for i in range(n):
                done = sketch_one(&queries[i, 0], width, lengths[i], most, &codes[i, 0])
                scales[i], errors[i] = done.scale, done.error
    return coded, scaled, wrong


def bounds(const int8_t[:, ::1] codes not None, const float[::1] scales not None, const float[::1] errors not None,
           const int16_t[:, ::1] queries not None, const float[::1] factors not None,
           const float[::1] doubts not None, Py_ssize_t start, Py_ssize_t stop):
    """Return between what the cosines of queries with some rows are.

    Parameters
    ----------
    codes, scales, errors : arrays
        What `Rows.sketch` returned.
    queries, factors, doubts : arrays
        What `sketch_queries` returned.
    start, stop : int
        Which rows.

    Returns
    -------
    lower, upper : float32 arrays, shape (queries, stop - start)
    """
    cdef Py_ssize_t n = codes.shape[0], width = codes.shape[1], count = queries.shape[0], rows = stop - start
    cdef Py_ssize_t stride = rows + rows % 2, i
    if not 0 <= start <= stop <= n or scales.shape[0] != n or errors.shape[0] != n:
        raise ValueError(f"rows must be in 0 ... {n}, with a scale and an error each")
    if factors.shape[0] != count or doubts.shape[0] != count:
        raise ValueError(f"there must be a scale and an error for each of {count} queries")
    if queries.shape[1] != width or width % WIDEST:
        raise ValueError(f"rows and queries must have the same width, got {width} and {queries.shape[1]}")
    check_width(width)
    low, high = np.zeros((count, rows), np.float32), np.zeros((count, rows), np.float32)
    if not (count and rows and width):
        return low, high
    integers, tile = np.empty((count, stride), np.int32), np.empty((CLASSICNLP_TILE, width), np.int16)
    cdef float[:, ::1] lower = low, upper = high
    cdef int32_t[:, ::1] products = integers
    cdef int16_t[:, ::1] wide = tile
    with nogil:
        classicnlp_products(&codes[start, 0], rows, width, &queries[0, 0], count, &wide[0, 0], &products[0, 0],
                            stride)
        for i in range(count):
            # A row of length 1, and what its codes lack, times what those of the query lack.
            classicnlp_bounds(&products[i, 0], &scales[start], &errors[start], rows, factors[i],
                              <float> 2.1 * doubts[i], &lower[i, 0], &upper[i, 0])
    return low, high


cdef class Shortlists:
    """The rows that may be among the k best of each of some queries.

    Parameters
    ----------
    count : int
        How many queries.
    k : int
        How many of the best are wanted.
    """

    cdef readonly Py_ssize_t count
    cdef readonly Py_ssize_t k
    cdef Py_ssize_t room
    cdef int32_t[:, ::1] rows
    cdef float[:, ::1] lower
    cdef float[:, ::1] upper
    cdef int64_t[::1] used
    cdef float[::1] cuts  # the k-th best lower end so far
    cdef bint busy

    def __cinit__(self, Py_ssize_t count, Py_ssize_t k):
        if count < 0 or k < 1:
            raise ValueError(f"count must be at least 0 and k at least 1, got {count} and {k}")
        self.count, self.k, self.room = count, k, 0
        self.rows = np.empty((count, 0), np.int32)
        self.lower, self.upper = np.empty((count, 0), np.float32), np.empty((count, 0), np.float32)
        self.used = np.zeros(count, np.int64)
        self.cuts = np.full(count, -np.inf, np.float32)
        self.busy = False

    def __reduce__(self):
        raise TypeError("Shortlists are under way, and cannot be pickled or copied")

    def add(self, const float[:, ::1] lower not None, const float[:, ::1] upper not None, Py_ssize_t start):
        """Add rows ``start`` and on, between whose ends ``lower`` and ``upper`` their score is.

        Parameters
        ----------
        lower, upper : float32 arrays, shape (count, rows)
        start : int
        """
        cdef Py_ssize_t rows = lower.shape[1], i
        if lower.shape[0] != self.count or upper.shape[0] != self.count or upper.shape[1] != rows:
            raise ValueError(f"expected two bounds for each of {self.count} queries, of as many rows")
        if not 0 <= start <= 0x7FFFFFFF - rows:
            raise ValueError(f"rows must be below 2**31, got {start}")
        if self.busy:
            raise RuntimeError("another thread is adding to these Shortlists")
        self.busy = True
        try:
            if not (self.count and rows):
                return
            self.make_room(np.max(self.used) + rows)
            with nogil:
                for i in range(self.count):
                    self.append(i, &lower[i, 0], &upper[i, 0], rows, start)
                    if self.used[i] > 2 * self.k + SLACK:
                        self.sift(i)
        finally:
            self.busy = False

    def finish(self):
        """Return the rows of all queries, one query's after another's, and where each begins.

        Returns
        -------
        rows : int32 array
        offsets : int64 array, shape (count + 1,)
        """
        cdef Py_ssize_t i, j
        with nogil:
            for i in range(self.count):
                if self.used[i] > self.k:
                    self.sift(i)
        offsets = np.concatenate([[0], np.cumsum(self.used)])
        found = np.empty(offsets[self.count], np.int32)
        cdef int64_t[::1] starts = offsets
        cdef int32_t[::1] rows = found
        with nogil:
            for i in range(self.count):
                for j in range(self.used[i]):
                    rows[starts[i] + j] = self.rows[i, j]
        return found, offsets

    cdef make_room(self, Py_ssize_t wanted):
        cdef Py_ssize_t old = self.room
        if wanted <= old:
            return
        self.room = wanted + wanted // 2
        rows = np.empty((self.count, self.room), np.int32)
        lower, upper = np.empty((self.count, self.room), np.float32), np.empty((self.count, self.room), np.float32)
        rows[:, :old], lower[:, :old], upper[:, :old] = self.rows, self.lower, self.upper
        self.rows, self.lower, self.upper = rows, lower, upper

    cdef void append(self, Py_ssize_t i, const float* lower, const float* upper, Py_ssize_t rows,
                     Py_ssize_t start) noexcept nogil:
        cdef Py_ssize_t used = self.used[i], j
        cdef float cut = self.cuts[i]
        j = classicnlp_first_from(upper, 0, rows, cut)
        while j < rows:
            self.rows[i, used] = <int32_t> (start + j)
            self.lower[i, used] = lower[j]
            self.upper[i, used] = upper[j]
            used += 1
            j = classicnlp_first_from(upper, j + 1, rows, cut)
        self.used[i] = used

    cdef void sift(self, Py_ssize_t i) noexcept nogil:
        """Drop the rows whose upper end is below the k-th best lower end."""
        cdef Py_ssize_t j, kept = 0
        cdef float cut = kth_largest(&self.lower[i, 0], self.used[i], self.k)
        for j in range(self.used[i]):
            if self.upper[i, j] >= cut:
                self.rows[i, kept] = self.rows[i, j]
                self.lower[i, kept] = self.lower[i, j]
                self.upper[i, kept] = self.upper[i, j]
                kept += 1
        self.used[i] = kept
        self.cuts[i] = cut


cdef inline uint32_t rising(float number) noexcept nogil:
    """Return bits that are in the order of the numbers."""
    cdef uint32_t bits = 0
    memcpy(&bits, &number, 4)
    return ~bits if bits >> 31 else bits | <uint32_t> 0x80000000


cdef float kth_largest(const float* numbers, Py_ssize_t count, Py_ssize_t k) noexcept nogil:
    """Return the k-th largest of at least k numbers: its bits from the highest byte down."""
    cdef Py_ssize_t[256] seen
    cdef uint32_t found = 0, bits, known = 0
    cdef float number = 0
    cdef Py_ssize_t j
    cdef int shift, byte
    for shift in range(24, -1, -8):
        for byte in range(256):
            seen[byte] = 0
        for j in range(count):
            bits = rising(numbers[j])
            if bits & known == found:
                seen[(bits >> shift) & 255] += 1
        byte = 255
        while byte > 0 and seen[byte] < k:
            k -= seen[byte]
            byte -= 1
        found |= <uint32_t> byte << shift
        known |= <uint32_t> 255 << shift
    found = found & <uint32_t> 0x7FFFFFFF if found >> 31 else ~found
    memcpy(&number, &found, 4)
    return number
