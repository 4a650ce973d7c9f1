"""The lines of ARPA files: log10 p, the words, and a back-off weight."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.alphabet cimport Text, text_of, unit_t
from classicnlp._ext.interning cimport empty_text, text_key, text_step

cdef enum:
    DIGITS = 9  # that a number of 32 bits needs to come back as it was
    MOST_DECIMALS = 22  # 10 to this power is the last that a double holds exactly
    LONGEST_NUMBER = 40
    MOST_MANTISSA = 18  # digits that 64 bits have room for

cdef double[23] POWERS
POWERS[0] = 1.0
for _power in range(1, 23):
    POWERS[_power] = POWERS[_power - 1] * 10.0

# What stands for log10 of 0.
NEVER = -99.0


cdef Py_ssize_t put_number(char* out, float number) noexcept nogil:
    """Write a number with nine digits that count; return how long it is."""
    cdef double size = number
    cdef uint64_t scaled
    cdef Py_ssize_t length = 0, decimals = DIGITS, i, whole
    cdef char[LONGEST_NUMBER] digits
    if size <= -99.0 or size != size:
        memcpy(out, b"-99", 3)
        return 3
    if size < 0:
        out[0] = b"-"
        length = 1
        size = -size
    if size < 1e-20:
        out[0] = b"0"
        return 1
    size = min(size, 1e15)
    while decimals < MOST_DECIMALS and size * POWERS[decimals] < 1e8:
        decimals += 1
    while decimals > 0 and size * POWERS[decimals] >= 1e9:
        decimals -= 1
    scaled = <uint64_t> (size * POWERS[decimals] + 0.5)
    while decimals and scaled % 10 == 0:
        scaled //= 10
        decimals -= 1
    i = 0
    while scaled or i <= decimals:
        digits[i] = <char> (48 + scaled % 10)
        scaled //= 10
        i += 1
    whole = i - decimals
    while i:
        if whole == 0:
            out[length] = b"."
            length += 1
        i -= 1
        whole -= 1
        out[length] = digits[i]
        length += 1
    return length


def format_grams(const int32_t[:, ::1] ids not None, const float[::1] logs not None, const float[::1] backoffs,
                 const uint8_t[::1] letters not None, const int64_t[::1] offsets not None):
    """Return n-grams as lines.

    Parameters
    ----------
    ids : int32 array, shape (n, order)
        The words of each.
    logs : float32 array, shape (n,)
    backoffs : float32 array, shape (n,), or None
        Not written where they are 0.
    letters, offsets : arrays
        All words in UTF-8, and where each begins.

    Returns
    -------
    bytes
    """
    cdef Py_ssize_t n = ids.shape[0], order = ids.shape[1], i, k, size = 0, words = offsets.shape[0] - 1
    cdef int64_t low, high
    cdef char* out
    cdef char* at
    if logs.shape[0] != n or backoffs is not None and backoffs.shape[0] != n or not order:
        raise ValueError(f"there must be a log and a back-off weight for each of {n} n-grams")
    if words < 0 or offsets[0] != 0 or offsets[words] != letters.shape[0] or (np.diff(offsets) < 0).any():
        raise ValueError(f"offsets must rise from 0 to {letters.shape[0]}")
    for i in range(n):
        for k in range(order):
            if not 0 <= ids[i, k] < words:
                raise ValueError(f"words must be below {words}, got {ids[i, k]}")
            size += offsets[ids[i, k] + 1] - offsets[ids[i, k]] + 1
        size += 2 * LONGEST_NUMBER
    if not n:
        return b""
    out = <char*> PyMem_RawMalloc(size)
    if out == NULL:
        raise MemoryError()
    try:
        with nogil:
            at = out
            for i in range(n):
                at += put_number(at, logs[i])
                for k in range(order):
                    at[0] = b" " if k else b"\t"
                    at += 1
                    low, high = offsets[ids[i, k]], offsets[ids[i, k] + 1]
                    if low < high:
                        memcpy(at, &letters[low], high - low)
                    at += high - low
                if backoffs is not None and backoffs[i] != 0:
                    at[0] = b"\t"
                    at += 1
                    at += put_number(at, backoffs[i])
                at[0] = b"\n"
                at += 1
        return PyBytes_FromStringAndSize(out, at - out)
    finally:
        PyMem_RawFree(out)


cdef struct Line:
    # One line, as far as it was read; `sound` says whether it is what it should be.
    double log
    double backoff
    bint sound


cdef inline bint is_blank(uint32_t c) noexcept nogil:
    return c == 32 or c == 9


cdef Py_ssize_t read_number(const unit_t* units, Py_ssize_t i, Py_ssize_t length, double* number) noexcept nogil:
    """Read a number that ends at a blank or at the end; return where it ends, or -1."""
    cdef double sign = 1.0, value
    cdef uint64_t mantissa = 0
    cdef Py_ssize_t digits = 0, seen = 0, exponent = 0, given = 0, sign_of_exponent = 1
    cdef bint after_point = False
    if i < length and (units[i] == 43 or units[i] == 45):
        sign = -1.0 if units[i] == 45 else 1.0
        i += 1
    if i + 3 <= length and (units[i] | 32) == 105 and (units[i + 1] | 32) == 110 and (units[i + 2] | 32) == 102:
        while i < length and not is_blank(units[i]):
            i += 1
        number[0] = sign * 1e300
        return i
    while i < length and (48 <= units[i] <= 57 or units[i] == 46 and not after_point):
        if units[i] == 46:
            after_point = True
        else:
            seen += 1
            if digits < MOST_MANTISSA:
                mantissa = 10 * mantissa + (units[i] - 48)
                digits += mantissa > 0
                exponent -= after_point
            else:
                exponent += not after_point
        i += 1
    if not seen:
        return -1
    if i < length and (units[i] | 32) == 101:
        i += 1
        if i < length and (units[i] == 43 or units[i] == 45):
            sign_of_exponent = -1 if units[i] == 45 else 1
            i += 1
        seen = 0
        while i < length and 48 <= units[i] <= 57:
            given = min(10 * given + (units[i] - 48), 10_000)
            seen += 1
            i += 1
        if not seen:
            return -1
    if i < length and not is_blank(units[i]):
        return -1
    exponent += sign_of_exponent * given
    value = <double> mantissa
    while exponent > 0 and value < 1e300 and value > 0:
        value *= POWERS[min(exponent, MOST_DECIMALS)]
        exponent -= min(exponent, MOST_DECIMALS)
    while exponent < 0 and value > 0:
        value /= POWERS[min(-exponent, MOST_DECIMALS)]
        exponent += min(-exponent, MOST_DECIMALS)
    number[0] = sign * value
    return i


cdef Line read_line(const unit_t* units, Py_ssize_t length, Py_ssize_t order, uint64_t* keys,
                    int32_t* place) noexcept nogil:
    """Read a line; ``place`` gets where its first word begins and ends."""
    cdef Line line
    cdef Py_ssize_t i, k, start
    cdef uint64_t state
    line.backoff, line.sound = 0.0, False
    while length and (is_blank(units[length - 1]) or units[length - 1] == 13):
        length -= 1
    i = read_number(units, 0, length, &line.log)
    if i < 0:
        return line
    for k in range(order):
        while i < length and is_blank(units[i]):
            i += 1
        if i == length:
            return line
        start, state = i, empty_text()
        while i < length and not is_blank(units[i]):
            state = text_step(state, units[i])
            i += 1
        keys[k] = text_key(state)
        if k == 0:
            place[0], place[1] = <int32_t> start, <int32_t> i
    while i < length and is_blank(units[i]):
        i += 1
    if i < length:
        i = read_number(units, i, length, &line.backoff)
    line.sound = i == length
    return line


cdef Line read_text(Text text, Py_ssize_t order, uint64_t* keys, int32_t* place) noexcept nogil:
    if text.kind == 1:
        return read_line(<const uint8_t*> text.units, text.length, order, keys, place)
    if text.kind == 2:
        return read_line(<const uint16_t*> text.units, text.length, order, keys, place)
    return read_line(<const uint32_t*> text.units, text.length, order, keys, place)


def parse_grams(list lines not None, Py_ssize_t order):
    """Return what lines of n-grams say, up to the first that is none.

    Parameters
    ----------
    lines : list of str
    order : int
        How many words each has.

    Returns
    -------
    logs : float32 array, shape (n,)
        -inf for -99 and below.
    backoffs : float32 array, shape (n,)
        0 where there is none.
    keys : uint64 array, shape (n, order)
        The words' keys, as of `interning.text_keys`.
    places : int32 array, shape (n, 2)
        Where the first word begins and ends.
    """
    cdef Py_ssize_t i, n = len(lines)
    cdef Line line
    if order < 1:
        raise ValueError("an n-gram has a word at least")
    logs, backoffs = np.empty(n, np.float32), np.empty(n, np.float32)
    keys, places = np.empty((n, order), np.uint64), np.empty((n, 2), np.int32)
    cdef float[::1] own = logs
    cdef float[::1] weights = backoffs
    cdef uint64_t[:, ::1] words = keys
    cdef int32_t[:, ::1] bounds = places
    for i in range(n):
        text = lines[i]
        if not isinstance(text, str):
            raise TypeError(f"a line must be a str, got {type(text).__name__}")
        line = read_text(text_of(<str> text), order, &words[i, 0], &bounds[i, 0])
        if not line.sound:
            n = i
            break
        own[i] = <float> line.log if line.log > -99.0 else <float> -float("inf")
        weights[i] = <float> line.backoff if line.backoff > -99.0 else <float> -float("inf")
    return logs[:n], backoffs[:n], keys[:n], places[:n]
