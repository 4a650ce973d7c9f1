"""Vectors as word2vec, GloVe and fastText write them: a word and its numbers, in text or as bytes."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.math cimport fabs, ldexp
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memchr, memcpy

import numpy as np

cdef enum:
    MOST_MANTISSA = 18  # digits that 64 bits have room for
    MOST_EXPONENT = 400
    LONGEST_NUMBER = 32  # as it is written
    LONGEST_WORD = 1 << 16  # bytes
    FEWEST_DIGITS = 6
    DIGITS = 9  # that a number in single precision needs to come back as it was

    SOUND = 0
    TOO_FEW = 1
    NO_NUMBER = 2
    NOT_FINITE = 3
    NO_END = 4

FINE, TOO_FEW_NUMBERS, NOT_A_NUMBER, INFINITE, ENDLESS_WORD = range(5)

cdef double[23] POWERS
POWERS[0] = 1.0
for _power in range(1, 23):
    POWERS[_power] = POWERS[_power - 1] * 10.0


cdef inline bint is_blank(uint8_t c) noexcept nogil:
    return c == 32 or c == 9 or c == 13


cdef inline double scaled(double value, int exponent) noexcept nogil:
    """Return value * 10**exponent: exactly rounded where both are small."""
    while exponent > 22:
        value *= POWERS[22]
        exponent -= 22
    while exponent < -22:
        value /= POWERS[22]
        exponent += 22
    return value * POWERS[exponent] if exponent >= 0 else value / POWERS[-exponent]


cdef int read_number(const uint8_t* at, const uint8_t* end, float* number) noexcept nogil:
    """Read the number between two places."""
    cdef double value
    cdef uint64_t mantissa = 0
    cdef int digits = 0, exponent = 0, given = 0
    cdef bint negative = False, after_point = False, seen = False, down = False
    if at < end and (at[0] == 43 or at[0] == 45):
        negative = at[0] == 45
        at += 1
    if at < end and (at[0] | 32 == 110 or at[0] | 32 == 105):  # nan, inf
        return NOT_FINITE
    while at < end and (48 <= at[0] <= 57 or at[0] == 46 and not after_point):
        if at[0] == 46:
            after_point = True
        else:
            seen = True
            if digits < MOST_MANTISSA:
                mantissa = 10 * mantissa + (at[0] - 48)
                digits += mantissa > 0
                exponent -= after_point
            elif exponent < MOST_EXPONENT:
                exponent += not after_point
        at += 1
    if seen and at < end and at[0] | 32 == 101:
        at += 1
        if at < end and (at[0] == 43 or at[0] == 45):
            down = at[0] == 45
            at += 1
        seen = False
        while at < end and 48 <= at[0] <= 57:
            given = min(10 * given + (at[0] - 48), MOST_EXPONENT)
            seen = True
            at += 1
    if not seen or at < end:
        return NO_NUMBER
    exponent += -given if down else given
    value = scaled(<double> mantissa, max(-MOST_EXPONENT, min(exponent, MOST_EXPONENT)))
    number[0] = <float> (-value if negative else value)
    return SOUND if fabs(number[0]) < 1e39 else NOT_FINITE


def parse_lines(const uint8_t[::1] data not None, Py_ssize_t dimensions, Py_ssize_t most):
    """Return the words and numbers of whole lines, up to the first that is wrong.

    A line is a word, and its numbers between spaces or tabs; what stands before so many numbers is
    the word, spaces and all. Lines of nothing but blanks are skipped.

    Parameters
    ----------
    data : uint8 array
        What stands after the last line end is left.
    dimensions : int
        How many numbers a line has.
    most : int
        How many lines with words to read at most.

    Returns
    -------
    vectors : float32 array, shape (n, dimensions)
    words : int64 array, shape (n, 2)
        Where each word begins and ends.
    read : int
        How many bytes were read.
    lines : int
        How many lines, with those that are blank.
    status : int
        What is wrong with the next line: FINE, TOO_FEW_NUMBERS, NOT_A_NUMBER or INFINITE.
    """
    cdef Py_ssize_t size = data.shape[0], room, n = 0, lines = 0, k
    cdef int status = SOUND
    cdef const uint8_t* at
    cdef const uint8_t* start
    cdef const uint8_t* end
    cdef const uint8_t* stop
    cdef const uint8_t* mark
    if dimensions < 1 or most < 0:
        raise ValueError(f"there must be at least one dimension, got {dimensions}, and most at least 0")
    # A number and what parts it from the next take two bytes, a line end may lack.
    room = max(0, min(most, size // (2 * dimensions) + 1))
    out, places = np.empty((room, dimensions), np.float32), np.empty((room, 2), np.int64)
    if not size or not room:
        return out[:0], places[:0], 0, 0, SOUND
    cdef float[:, ::1] vectors = out
    cdef int64_t[:, ::1] words = places
    with nogil:
        at = &data[0]
        stop = at + size
        while n < room and at < stop:
            end = <const uint8_t*> memchr(at, 10, stop - at)
            if end == NULL:
                break
            start, mark = at, end
            while mark > start and is_blank((mark - 1)[0]):
                mark -= 1
            if mark > start:
                status = read_line(start, mark, dimensions, &vectors[n, 0], &words[n, 0], &data[0])
                if status != SOUND:
                    break
                n += 1
            at = end + 1
            lines += 1
        k = at - &data[0]
    return out[:n], places[:n], k, lines, status


cdef int read_line(const uint8_t* start, const uint8_t* end, Py_ssize_t dimensions, float* vector, int64_t* word,
                   const uint8_t* data) noexcept nogil:
    """Read a line from its end to its beginning."""
    cdef Py_ssize_t k
    cdef int status
    cdef const uint8_t* mark
    for k in range(dimensions - 1, -1, -1):
        mark = end
        while mark > start and not is_blank((mark - 1)[0]):
            mark -= 1
        if mark == start:
            return TOO_FEW
        status = read_number(mark, end, &vector[k])
        if status != SOUND:
            return status
        end = mark - 1
        # Before the first number one blank ends the word; others may be of the word.
        while k and end > start and is_blank((end - 1)[0]):
            end -= 1
    word[0], word[1] = start - data, end - data
    return SOUND


def parse_records(const uint8_t[::1] data not None, Py_ssize_t dimensions, Py_ssize_t most):
    """Return the words and numbers of whole records, up to the first that is wrong.

    A record is a word, a space, and its numbers as the four bytes each that they are in memory;
    line ends before the word are not of it.

    Parameters
    ----------
    data : uint8 array
    dimensions, most : int
        As in `parse_lines`.

    Returns
    -------
    vectors, words, read
        As in `parse_lines`.
    status : int
        What is wrong with the next record: FINE, INFINITE or ENDLESS_WORD.
    """
    cdef Py_ssize_t size = data.shape[0], room, n = 0, done = 0, begin, end, k
    cdef int status = SOUND
    cdef uint32_t bits = 0
    if dimensions < 1 or most < 0:
        raise ValueError(f"there must be at least one dimension, got {dimensions}, and most at least 0")
    room = max(0, min(most, size // (4 * dimensions + 1)))
    out, places = np.empty((room, dimensions), np.float32), np.empty((room, 2), np.int64)
    cdef float[:, ::1] vectors = out
    cdef int64_t[:, ::1] words = places
    with nogil:
        while n < room:
            begin = done
            while begin < size and data[begin] == 10:
                begin += 1
            end = begin
            while end < size and data[end] != 32:
                end += 1
            if end - begin > LONGEST_WORD:
                status = NO_END
                break
            if size - end < 4 * dimensions + 1:
                break
            memcpy(&vectors[n, 0], &data[end + 1], 4 * dimensions)
            for k in range(dimensions):
                memcpy(&bits, &vectors[n, k], 4)
                if bits >> 23 & 255 == 255:
                    status = NOT_FINITE
            if status != SOUND:
                break
            words[n, 0], words[n, 1] = begin, end
            done = end + 1 + 4 * dimensions
            n += 1
    return out[:n], places[:n], done, status


cdef inline double half_step(float number) noexcept nogil:
    """Return a little less than half the way to the next number in single precision, either way."""
    cdef uint32_t bits = 0
    memcpy(&bits, &number, 4)
    return ldexp(0.98, max(1, <int> (bits >> 23 & 255)) - 152 + (bits & 0x7FFFFF != 0))


cdef Py_ssize_t put_number(char* out, float number) noexcept nogil:
    """Write a number with as few digits, from six on, as bring it back; return how long it is."""
    cdef double size = fabs(number), near = half_step(number)
    cdef uint64_t digits
    cdef int exponent = 0, count = FEWEST_DIGITS, k
    cdef Py_ssize_t length = 0
    if number < 0:
        out[0] = b"-"
        length = 1
    if size == 0:
        out[length] = b"0"
        return length + 1
    while scaled(size, -exponent) >= 10.0:
        exponent += 1
    while scaled(size, -exponent) < 1.0:
        exponent -= 1
    digits = <uint64_t> (scaled(size, count - 1 - exponent) + 0.5)
    while count < DIGITS and not fabs(scaled(<double> digits, exponent - count + 1) - size) < near:
        count += 1
        digits = <uint64_t> (scaled(size, count - 1 - exponent) + 0.5)
    if digits >= POWERS[count]:  # nines that were rounded up
        digits //= 10
        exponent += 1
    while digits % 10 == 0 and count > 1:
        digits //= 10
        count -= 1
    if -6 < exponent < 0:
        memcpy(out + length, b"0.000000", 8)
        length += 1 - exponent
        length += put_digits(out + length, digits, count, count)
    elif 0 <= exponent < DIGITS:
        while count <= exponent:
            digits *= 10
            count += 1
        length += put_digits(out + length, digits, count, exponent + 1)
    else:
        length += put_digits(out + length, digits, count, 1)
        out[length] = b"e"
        out[length + 1] = b"-" if exponent < 0 else b"+"
        k = -exponent if exponent < 0 else exponent
        out[length + 2], out[length + 3] = <char> (48 + k // 10), <char> (48 + k % 10)
        length += 4
    return length


cdef Py_ssize_t put_digits(char* out, uint64_t digits, int count, int point) noexcept nogil:
    """Write digits, and a point after the first ``point`` of them if others follow."""
    cdef int k
    cdef Py_ssize_t length = count + (point < count)
    for k in range(count - 1, -1, -1):
        out[k + (k >= point)] = <char> (48 + digits % 10)
        digits //= 10
    if point < count:
        out[point] = b"."
    return length


def format_lines(const float[:, ::1] vectors not None, const uint8_t[::1] letters not None,
                 const int64_t[::1] offsets not None):
    """Return words and their numbers as lines.

    Parameters
    ----------
    vectors : float32 array, shape (n, dimensions)
        Finite.
    letters : uint8 array
        The words in UTF-8, one after another.
    offsets : int64 array, shape (n + 1,)
        Where each begins, and where the last ends.

    Returns
    -------
    bytes
    """
    cdef Py_ssize_t n = vectors.shape[0], width = vectors.shape[1], i, k
    cdef int64_t low, high
    cdef char* out
    cdef char* at
    if offsets.shape[0] != n + 1 or offsets[0] != 0 or offsets[n] != letters.shape[0] or (np.diff(offsets) < 0).any():
        raise ValueError(f"offsets must rise from 0 to {letters.shape[0]}, one more than vectors")
    if n and not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite")
    out = <char*> PyMem_RawMalloc(letters.shape[0] + n * (width * LONGEST_NUMBER + 1) + 1)
    if out == NULL:
        raise MemoryError()
    try:
        with nogil:
            at = out
            for i in range(n):
                low, high = offsets[i], offsets[i + 1]
                if low < high:
                    memcpy(at, &letters[low], high - low)
                at += high - low
                for k in range(width):
                    at[0] = b" "
                    at += 1
                    at += put_number(at, vectors[i, k])
                at[0] = b"\n"
                at += 1
        return PyBytes_FromStringAndSize(out, at - out)
    finally:
        PyMem_RawFree(out)
