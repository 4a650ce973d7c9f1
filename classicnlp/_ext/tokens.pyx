"""Named tuples by the million: a text, its boundaries and labels become tokens.

Calling a named tuple's class costs several times what filling its places does, so the tuples are
allocated and filled here. They hold only strings and integers, and so can never be part of a
cycle: they are never put into the garbage collector's lists, which spares it from looking at
them again and again while a large result grows.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int32_t, uint16_t

from classicnlp._ext.cutter cimport words_of

cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        pass
    ctypedef struct PyVarObject:
        pass
    PyVarObject* PyObject_GC_NewVar "_PyObject_GC_NewVar" (PyTypeObject* kind, Py_ssize_t items) except NULL
    list PyList_New(Py_ssize_t length)
    void PyList_SET_ITEM(list target, Py_ssize_t i, PyObject* item)
    PyObject* PyList_GET_ITEM(list source, Py_ssize_t i)
    void PyTuple_SET_ITEM(PyObject* target, Py_ssize_t i, PyObject* item)
    PyObject* PyTuple_GET_ITEM(tuple source, Py_ssize_t i)
    PyObject* PyLong_FromLong(long value) except NULL
    void Py_INCREF(PyObject* item)
    void Py_XDECREF(PyObject* item)


def make_tokens(type kind not None, str text not None, const int32_t[::1] boundaries not None,
                const uint16_t[::1] labels not None, tuple names not None):
    """Return a list of ``kind(word, name, start, end)``, one for each word.

    Parameters
    ----------
    kind : type
        A named tuple of four fields.
    text : str
    boundaries : int32 array
        0, where words begin and end, len(text); ascending.
    labels : uint16 array, one shorter
        The place of each word's name in ``names``.
    names : tuple of str

    Raises
    ------
    TypeError
        If ``kind`` is no named tuple of four fields.
    ValueError
        If boundaries or labels do not fit.
    """
    cdef Py_ssize_t count = boundaries.shape[0] - 1, i, known = len(names)
    check_kind(kind)
    if count < 0 or boundaries[0] != 0 or boundaries[count] != len(text) or labels.shape[0] != count:
        raise ValueError("boundaries must run from 0 to len(text), and labels be one fewer")
    for i in range(count):
        if boundaries[i] >= boundaries[i + 1] or labels[i] >= known:
            raise ValueError("boundaries must ascend, and every label have a name")
    return tokens_of(kind, text, &boundaries[1], &labels[0], count, names) if count else []


def check_kind(type kind not None):
    """Raise a TypeError unless ``kind`` is a named tuple of four fields, and nothing else."""
    sound = issubclass(kind, tuple) and len(getattr(kind, "_fields", ())) == 4
    # Only what is as large as a tuple and has no dictionary is allocated without its class's help.
    if not sound or kind.__dictoffset__ or kind.__basicsize__ != tuple.__basicsize__:
        raise TypeError(f"expected a named tuple of four fields, got {kind.__name__}")


cdef list tokens_of(type kind, str text, const int32_t* ends, const label_t* labels, Py_ssize_t count,
                    tuple names):
    """Do as make_tokens does, with words that end at ``ends``, the first beginning at 0."""
    cdef list words = words_of(text, ends, count)
    cdef list tokens = PyList_New(count)
    cdef PyObject* token
    cdef PyObject* end
    # A token's end is the next one's start: one integer serves both.
    cdef PyObject* start = PyLong_FromLong(0)
    cdef Py_ssize_t i
    try:
        for i in range(count):
            token = <PyObject*> PyObject_GC_NewVar(<PyTypeObject*> kind, 4)
            set_item(token, 0, PyList_GET_ITEM(words, i))
            set_item(token, 1, PyTuple_GET_ITEM(names, labels[i]))
            PyTuple_SET_ITEM(token, 2, start)
            start = NULL
            PyTuple_SET_ITEM(token, 3, NULL)
            PyList_SET_ITEM(tokens, i, token)
            end = PyLong_FromLong(ends[i])
            PyTuple_SET_ITEM(token, 3, end)
            Py_INCREF(end)
            start = end
    finally:
        Py_XDECREF(start)
    return tokens


cdef inline void set_item(PyObject* token, Py_ssize_t i, PyObject* item) noexcept:
    Py_INCREF(item)
    PyTuple_SET_ITEM(token, i, item)
