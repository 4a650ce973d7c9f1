"""Named tuples by the million: a text, its boundaries and labels become tokens.

Calling a named tuple's class costs several times what filling its places does, so the tuples are
allocated and filled here. They hold only strings and integers, and so can never be part of a
cycle: taking them out of the garbage collector's lists spares it from looking at them again and
again while a large result grows.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int32_t, uint16_t

from classicnlp._ext.cutter cimport words_of

cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        pass
    object PyType_GenericAlloc(PyTypeObject* kind, Py_ssize_t items)
    void PyTuple_SET_ITEM(object target, Py_ssize_t i, PyObject* item)
    PyObject* PyLong_FromLong(long value) except NULL
    void PyObject_GC_UnTrack(PyObject* item)
    void Py_INCREF(PyObject* item)


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
    cdef list tokens = []
    cdef list words
    cdef object token
    cdef PyObject* item
    if not issubclass(kind, tuple) or len(getattr(kind, "_fields", ())) != 4:
        raise TypeError(f"expected a named tuple of four fields, got {kind.__name__}")
    if count < 0 or boundaries[0] != 0 or boundaries[count] != len(text) or labels.shape[0] != count:
        raise ValueError("boundaries must run from 0 to len(text), and labels be one fewer")
    for i in range(count):
        if boundaries[i] >= boundaries[i + 1] or labels[i] >= known:
            raise ValueError("boundaries must ascend, and every label have a name")
    if count == 0:
        return tokens
    words = words_of(text, &boundaries[1], count)
    for i in range(count):
        token = PyType_GenericAlloc(<PyTypeObject*> kind, 4)
        item = <PyObject*> words[i]
        Py_INCREF(item)
        PyTuple_SET_ITEM(token, 0, item)
        item = <PyObject*> names[labels[i]]
        Py_INCREF(item)
        PyTuple_SET_ITEM(token, 1, item)
        PyTuple_SET_ITEM(token, 2, PyLong_FromLong(boundaries[i]))
        PyTuple_SET_ITEM(token, 3, PyLong_FromLong(boundaries[i + 1]))
        PyObject_GC_UnTrack(<PyObject*> token)
        tokens.append(token)
    return tokens
