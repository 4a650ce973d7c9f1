"""Dictionaries of features, as CRFsuite's Python faces take them, to keys and values.

A feature's key is a hash of the name that it would have as a string ("w:北京"), read code point
by code point from the parts of the name, so that no such string is made.
"""

from cpython.dict cimport PyDict_Next
from cpython.float cimport PyFloat_AS_DOUBLE
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.long cimport PyLong_AsDouble
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from cpython.object cimport PyObject
from libc.math cimport INFINITY, isfinite
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.alphabet cimport text_of
from classicnlp._ext.interning cimport COLON, empty_text, text_key, text_state, text_step

cdef enum:
    DEEPEST = 16  # dictionaries within dictionaries; one may hold itself

cdef tuple NUMPY_NUMBERS = (np.integer, np.floating, np.bool_)


cdef class _Walk:
    """Goes through the features of tokens: gathers their keys, or the names of some of them."""

    cdef uint64_t* keys
    cdef double* values
    cdef Py_ssize_t used
    cdef Py_ssize_t capacity
    cdef bint plain  # whether every value was 1
    cdef bint naming
    cdef const int64_t[::1] wanted
    cdef Py_ssize_t named
    cdef list names
    cdef Py_ssize_t sequence
    cdef Py_ssize_t token

    def __cinit__(self):
        self.used = 0
        self.capacity = 1 << 10
        self.plain = True
        self.naming = False
        self.named = 0
        self.names = []
        self.keys = <uint64_t*> PyMem_RawMalloc(self.capacity * 8)
        self.values = <double*> PyMem_RawMalloc(self.capacity * 8)
        if self.keys == NULL or self.values == NULL:
            raise MemoryError()

    def __dealloc__(self):
        PyMem_RawFree(self.keys)
        PyMem_RawFree(self.values)

    cdef int emit(self, uint64_t state, double value, str prefix, str key, str item) except -1:
        """Take one feature; what is 0 says nothing and is left out."""
        if value == 0:
            return 0
        if self.naming:
            if self.named < self.wanted.shape[0] and self.used == self.wanted[self.named]:
                self.names.append((joined(prefix, key), item))
                self.named += 1
        else:
            if self.used == self.capacity:
                self.grow()
            self.keys[self.used] = text_key(state)
            self.values[self.used] = value
            self.plain = self.plain and value == 1
        self.used += 1
        return 0

    cdef int grow(self) except -1:
        cdef void* moved = PyMem_RawRealloc(self.keys, 2 * self.capacity * 8)
        if moved == NULL:
            raise MemoryError()
        self.keys = <uint64_t*> moved
        moved = PyMem_RawRealloc(self.values, 2 * self.capacity * 8)
        if moved == NULL:
            raise MemoryError()
        self.values = <double*> moved
        self.capacity *= 2
        return 0

    cdef int visit(self, token) except -1:
        """Take the features of one token."""
        if isinstance(token, dict):
            self.mapping(<dict> token, empty_text(), None, 0)
        elif isinstance(token, (list, tuple, set, frozenset)):
            self.strings(token, empty_text(), None, None)
        else:
            kind = type(token).__name__
            raise TypeError(self.told(f"expected a dictionary of features, or a list or set of str, got {kind}"))
        return 0

    cdef int mapping(self, dict features, uint64_t state, str prefix, int depth) except -1:
        """Take the features of a dictionary, whose names begin with what ``state`` has read."""
        cdef PyObject* key = NULL
        cdef PyObject* value = NULL
        cdef Py_ssize_t place = 0
        if depth > DEEPEST:
            raise ValueError(self.told(f"dictionaries within dictionaries, more than {DEEPEST} deep"))
        while PyDict_Next(features, &place, &key, &value):
            name, content = <object> key, <object> value
            if not isinstance(name, str):
                raise TypeError(self.told(f"a feature's key must be a str, got {type(name).__name__} ({name!r})"))
            self.feature(<str> name, content, text_state(state, text_of(<str> name)), prefix, depth)
        return 0

    cdef int feature(self, str key, value, uint64_t state, str prefix, int depth) except -1:
        """Take what a dictionary has under one key."""
        if isinstance(value, str):
            state = text_state(text_step(state, COLON), text_of(<str> value))
            return self.emit(state, 1, prefix, key, <str> value)
        if isinstance(value, float):
            return self.number(PyFloat_AS_DOUBLE(value), state, prefix, key)
        if isinstance(value, int):
            return self.number(float_of(value), state, prefix, key)
        if isinstance(value, dict):
            return self.mapping(<dict> value, text_step(state, COLON), joined(prefix, key), depth + 1)
        if isinstance(value, (list, tuple, set, frozenset)):
            return self.strings(value, text_step(state, COLON), prefix, key)
        if isinstance(value, NUMPY_NUMBERS):
            return self.number(float(value), state, prefix, key)
        raise TypeError(self.told(
            f"the value of {joined(prefix, key)!r} must be a str, a number, True or False, "
            f"a list, tuple or set of str, or a dictionary; got {type(value).__name__}"
        ))

    cdef int number(self, double value, uint64_t state, str prefix, str key) except -1:
        if not isfinite(value):
            raise ValueError(self.told(f"the value of {joined(prefix, key)!r} must be finite, got {value}"))
        return self.emit(state, value, prefix, key, None)

    cdef int strings(self, collection, uint64_t state, str prefix, str key) except -1:
        """Take a feature of value 1 for each of some strings."""
        cdef list items = list(collection)
        cdef Py_ssize_t i
        for i in range(PyList_GET_SIZE(items)):
            item = <object> PyList_GET_ITEM(items, i)
            if not isinstance(item, str):
                what = "a feature" if key is None else f"an item of {joined(prefix, key)!r}"
                raise TypeError(self.told(f"{what} must be a str, got {type(item).__name__} ({item!r})"))
        if isinstance(collection, (set, frozenset)):
            items.sort()  # the order of a set differs from run to run
        for i in range(PyList_GET_SIZE(items)):
            item = <object> PyList_GET_ITEM(items, i)
            self.emit(text_state(state, text_of(<str> item)), 1, prefix, <str> item if key is None else key,
                      None if key is None else <str> item)
        return 0

    cdef told(self, message):
        return f"token {self.token + 1} of sequence {self.sequence + 1}: {message}"


cdef str joined(str prefix, str key):
    return key if prefix is None else f"{prefix}:{key}"


cdef double float_of(value) except? -1:
    """Return an int as a float; one too large for that is infinite."""
    try:
        return PyLong_AsDouble(value)
    except OverflowError:
        return INFINITY


def attributes(list sequences not None, Py_ssize_t start):
    """Return the features of each token of each sequence.

    Parameters
    ----------
    sequences : list of list of dict, list, tuple or set
        A dictionary's features are named by its keys: a number is the feature's value, True 1;
        a str ``item`` under ``key`` is a feature "key:item" of value 1, and so is each item of a
        list, tuple or set; the names of a dictionary's within it begin with "key:". A token that
        is a list, tuple or set of str has each as a feature of value 1. What is 0 or False is
        left out; items of a set come in order of their code points.
    start : int
        The number of the first sequence, for messages.

    Returns
    -------
    keys : uint64 array
        The hash of each feature's name.
    values : float64 array or None
        Their values; None says that all are 1.
    first : int64 array, shape (tokens + 1,)
        The features of token i are first[i] ... first[i + 1] - 1.

    Raises
    ------
    TypeError, ValueError
        If a token, key or value is something else; it names sequence, token and key.
    """
    cdef _Walk walk = _Walk()
    cdef Py_ssize_t places = 0
    rows = np.empty(sum([len(sequence) for sequence in sequences]) + 1, np.int64)
    cdef int64_t[::1] first = rows
    walk.sequence = start
    for sequence in sequences:
        walk.token = 0
        for token in sequence:
            if places + 1 >= first.shape[0]:
                raise ValueError("a sequence changed while it was read")
            first[places] = walk.used
            walk.visit(token)
            walk.token += 1
            places += 1
        walk.sequence += 1
    if places + 1 != first.shape[0]:
        raise ValueError("a sequence changed while it was read")
    first[places] = walk.used
    keys = np.empty(walk.used, np.uint64)
    cdef uint64_t[::1] out_keys = keys
    if walk.used:
        memcpy(&out_keys[0], walk.keys, walk.used * 8)
    if walk.plain:
        return keys, None, rows
    values = np.empty(walk.used, np.float64)
    cdef double[::1] out_values = values
    if walk.used:
        memcpy(&out_values[0], walk.values, walk.used * 8)
    return keys, values, rows


def names_at(list sequences not None, const int64_t[::1] first not None, const int64_t[::1] wanted not None):
    """Return the names of some of the features that `attributes` returned.

    Parameters
    ----------
    sequences : list
        As given to `attributes`.
    first : int64 array
        What `attributes` returned.
    wanted : int64 array, rising
        The numbers of the entries to name.

    Returns
    -------
    list of (str, str or None)
        The key (with those of the dictionaries around it), and the item if there is one.
    """
    cdef _Walk walk = _Walk()
    cdef Py_ssize_t place = 0
    walk.naming = True
    walk.wanted = wanted
    for sequence in sequences:
        for token in sequence:
            if place + 1 >= first.shape[0] or walk.named == wanted.shape[0]:
                return walk.names
            # Only tokens that have a wanted feature are gone through.
            if wanted[walk.named] < first[place + 1]:
                walk.used = first[place]
                walk.visit(token)
            place += 1
    return walk.names
