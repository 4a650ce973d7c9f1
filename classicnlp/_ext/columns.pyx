"""Tokens as rows of keys, and features as combinations of the keys around a place.

Each token has a key in each of a few columns: of its text, of its first character, of whatever
a feature is made of. A combination names columns in rows above and below a place; the key of
its feature there is a hash of the combination's own key and of those that it names, so that no
string is made for any of them.
"""

from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdint cimport int32_t, int64_t, uint64_t

import numpy as np

from classicnlp._ext.alphabet cimport Text, slice_of, text_of
from classicnlp._ext.features cimport mix
from classicnlp._ext.interning cimport empty_text, text_key, text_state


cdef inline uint64_t key_of(Text text) noexcept nogil:
    return text_key(text_state(empty_text(), text))


cdef place_of(Py_ssize_t sequence, Py_ssize_t token):
    return f"token {token + 1} of sequence {sequence + 1}"


cdef Py_ssize_t length_of(sequence) except -1:
    if isinstance(sequence, list):
        return PyList_GET_SIZE(sequence)
    if isinstance(sequence, tuple):
        return PyTuple_GET_SIZE(sequence)
    return len(sequence)


cdef inline token_of(sequence, Py_ssize_t t):
    # The caller knows that ``sequence`` has more than t items.
    if isinstance(sequence, list):
        return <object> PyList_GET_ITEM(sequence, t)
    if isinstance(sequence, tuple):
        return <object> PyTuple_GET_ITEM(sequence, t)
    return sequence[t]


def check_sizes(list sequences not None, const int64_t[::1] offsets not None):
    """Raise a ValueError unless the sequences are as long as the offsets say."""
    cdef Py_ssize_t s
    if offsets.shape[0] != len(sequences) + 1 or offsets[0] != 0:
        raise ValueError("expected an offset for each sequence, from 0, and the end of the last")
    for s in range(len(sequences)):
        if length_of(sequences[s]) != offsets[s + 1] - offsets[s]:
            raise ValueError(f"sequence {s + 1} has not the length that its offsets say")


def token_lengths(list sequences not None, const int64_t[::1] offsets not None, Py_ssize_t start):
    """Return how many characters each token has.

    Parameters
    ----------
    sequences : list of str or of list or tuple of str
        The tokens of a str are its characters.
    offsets : int64 array, shape (len(sequences) + 1,)
        Where each begins among the tokens, and the end of the last.
    start : int
        The number of the first sequence, for messages.

    Returns
    -------
    int64 array, shape (tokens,)

    Raises
    ------
    TypeError
        If a token is no str; it names sequence and token.
    """
    cdef Py_ssize_t s, t, n, place = 0
    check_sizes(sequences, offsets)
    lengths = np.empty(offsets[offsets.shape[0] - 1], np.int64)
    cdef int64_t[::1] out = lengths
    for s in range(len(sequences)):
        sequence = sequences[s]
        n = offsets[s + 1] - offsets[s]
        if isinstance(sequence, str):
            out[place:place + n] = 1
            place += n
            continue
        for t in range(n):
            token = token_of(sequence, t)
            if not isinstance(token, str):
                raise TypeError(f"{place_of(start + s, t)}: expected a str, got {type(token).__name__}")
            out[place] = text_of(<str> token).length
            place += 1
    return lengths


def token_keys(list sequences not None, const int64_t[::1] offsets not None, const int32_t[::1] columns not None,
               Py_ssize_t width, Py_ssize_t start):
    """Return the keys of some columns of each token's texts.

    Parameters
    ----------
    sequences : list of str or of list or tuple of tokens
        A token is a tuple or list of ``width`` str, or a str if that is 1.
    offsets : int64 array, shape (len(sequences) + 1,)
        Where each begins among the tokens, and the end of the last.
    columns : int32 array, shape (c,)
        The columns wanted, each below ``width``.
    width : int
        How many columns a token has.
    start : int
        The number of the first sequence, for messages.

    Returns
    -------
    uint64 array, shape (tokens, c)

    Raises
    ------
    TypeError, ValueError
        If a token is something else; it names sequence and token.
    """
    cdef Py_ssize_t s, t, n, c, place = 0, count = columns.shape[0]
    cdef Text text
    for c in range(count):
        if not 0 <= columns[c] < width:
            raise ValueError(f"columns must be below {width}, got {columns[c]}")
    check_sizes(sequences, offsets)
    keys = np.empty((offsets[offsets.shape[0] - 1], count), np.uint64)
    cdef uint64_t[:, ::1] out = keys
    for s in range(len(sequences)):
        sequence = sequences[s]
        n = offsets[s + 1] - offsets[s]
        if isinstance(sequence, str):
            if width != 1 and n:
                raise TypeError(wrong_token(start + s, 0, sequence[0], width))
            text = text_of(<str> sequence)
            for t in range(n):
                for c in range(count):
                    out[place, c] = key_of(slice_of(text, t, t + 1))
                place += 1
            continue
        for t in range(n):
            token = token_of(sequence, t)
            if isinstance(token, str) and width == 1:
                for c in range(count):
                    out[place, c] = key_of(text_of(<str> token))
            elif not isinstance(token, (tuple, list)):
                raise TypeError(wrong_token(start + s, t, token, width))
            elif length_of(token) != width:
                raise ValueError(f"{place_of(start + s, t)}: expected {width} columns, got {len(token)}")
            else:
                for c in range(count):
                    column = token_of(token, columns[c])
                    if not isinstance(column, str):
                        raise TypeError(f"{place_of(start + s, t)}: expected a str in column {columns[c]} "
                                        f"(counted from 0), got {type(column).__name__}")
                    out[place, c] = key_of(text_of(<str> column))
            place += 1
    return keys


cdef wrong_token(Py_ssize_t sequence, Py_ssize_t t, token, Py_ssize_t width):
    wanted = "a str" if width == 1 else f"a tuple or list of {width} columns"
    return f"{place_of(sequence, t)}: expected {wanted}, got {type(token).__name__}"


def check_combinations(const int32_t[::1] item_first not None, const int32_t[::1] rows not None,
                       const int32_t[::1] columns not None, Py_ssize_t width, Py_ssize_t reach):
    """Raise a ValueError unless combinations name only columns that exist, in rows within reach."""
    last = item_first.shape[0] - 1
    if last < 0 or item_first[0] != 0 or item_first[last] != rows.shape[0] or (np.diff(item_first) < 0).any():
        raise ValueError("item_first must rise from 0 to the number of items")
    if rows.shape[0] != columns.shape[0]:
        raise ValueError("each item must have a row and a column")
    if rows.shape[0] and (np.min(columns) < 0 or np.max(columns) >= width):
        raise ValueError(f"columns must be numbered from 0 to below {width}")
    if rows.shape[0] and (np.min(rows) < -reach or np.max(rows) > reach):
        raise ValueError(f"rows must be in {-reach} ... {reach}")


cdef check_places(const uint64_t[:, ::1] keys, const int64_t[::1] offsets, const uint64_t[:, :, ::1] beyond):
    last = offsets.shape[0] - 1
    if last < 0 or offsets[0] != 0 or offsets[last] != keys.shape[0] or (np.diff(offsets) < 0).any():
        raise ValueError("offsets must rise from 0 to the number of places")
    if beyond.shape[0] != 2 or beyond.shape[2] != keys.shape[1]:
        raise ValueError("beyond must have the columns of keys, before and after")


def combine(const uint64_t[:, ::1] keys not None, const int64_t[::1] offsets not None,
            const uint64_t[:, :, ::1] beyond not None, const uint64_t[::1] seeds not None,
            const int32_t[::1] item_first not None, const int32_t[::1] rows not None,
            const int32_t[::1] columns not None):
    """Return the key of each combination at each place.

    Parameters
    ----------
    keys : uint64 array, shape (places, c)
        0 where a token has nothing in a column.
    offsets : int64 array, rising from 0 to places
        Where each sequence begins, and the end of the last.
    beyond : uint64 array, shape (2, reach, c)
        The keys of the places before the first, and after the last, by distance - 1.
    seeds : uint64 array, shape (t,)
        The key of each combination itself.
    item_first : int32 array, shape (t + 1,)
        Its items are rows[item_first[i]:item_first[i + 1]] and columns likewise.
    rows, columns : int32 arrays
        Which column of which place, counted from here, from -reach to reach.

    Returns
    -------
    uint64 array, shape (places, t)
        0 where a combination names a key that is 0.
    """
    cdef Py_ssize_t s, i, j, t, k, start, stop, count = seeds.shape[0], places = keys.shape[0]
    cdef uint64_t key, value
    check_places(keys, offsets, beyond)
    check_combinations(item_first, rows, columns, keys.shape[1], beyond.shape[1])
    if item_first.shape[0] != count + 1:
        raise ValueError("each combination must have a key and items")
    result = np.empty((places, count), np.uint64)
    cdef uint64_t[:, ::1] out = result
    with nogil:
        for s in range(offsets.shape[0] - 1):
            start, stop = offsets[s], offsets[s + 1]
            for i in range(start, stop):
                for t in range(count):
                    key = seeds[t]
                    for k in range(item_first[t], item_first[t + 1]):
                        j = i + rows[k]
                        if j < start:
                            value = beyond[0, start - j - 1, columns[k]]
                        elif j >= stop:
                            value = beyond[1, j - stop, columns[k]]
                        else:
                            value = keys[j, columns[k]]
                        if value == 0:
                            key = 0
                            break
                        key = mix(key + value)
                        key = key if key else 1  # 0 says that there is nothing
                    out[i, t] = key
    return result


def items_at(const int64_t[::1] wanted not None, const uint64_t[:, ::1] keys not None,
             const int64_t[::1] offsets not None, const uint64_t[:, :, ::1] beyond not None,
             const int32_t[::1] item_first not None, const int32_t[::1] rows not None,
             const int32_t[::1] columns not None):
    """Return what some of the features of `combine` are made of.

    Parameters
    ----------
    wanted : int64 array, rising
        Numbers of entries in what `combine` returned, read row by row.
    keys, offsets, beyond, item_first, rows, columns : arrays
        As given to `combine`.

    Returns
    -------
    templates : int32 array, shape (len(wanted),)
        The combination of each.
    item_keys : uint64 array
        The keys of their items, one feature's after another's.
    item_places : int64 array
        Where each item stands: a place; below 0 or beyond the last place it is that far before
        the beginning of a sequence (-1 is next to it) or after the end.
    item_columns : int32 array
        Its column.
    """
    cdef Py_ssize_t n = wanted.shape[0], count = item_first.shape[0] - 1, f, i, j, k, t, s = 0, used = 0
    cdef Py_ssize_t places = keys.shape[0]
    check_places(keys, offsets, beyond)
    check_combinations(item_first, rows, columns, keys.shape[1], beyond.shape[1])
    if n and (np.min(wanted) < 0 or np.max(wanted) >= places * count or (np.diff(wanted) < 0).any()):
        raise ValueError("wanted must rise and name entries that exist")
    templates = (np.asarray(wanted) % max(count, 1)).astype(np.int32)
    total = int(np.diff(item_first)[templates].sum()) if n else 0
    item_keys = np.empty(total, np.uint64)
    item_places = np.empty(total, np.int64)
    item_columns = np.empty(total, np.int32)
    cdef const int32_t[::1] template = templates
    cdef uint64_t[::1] out_keys = item_keys
    cdef int64_t[::1] out_places = item_places
    cdef int32_t[::1] out_columns = item_columns
    with nogil:
        for f in range(n):
            i, t = wanted[f] // count, template[f]
            while offsets[s + 1] <= i:
                s += 1
            for k in range(item_first[t], item_first[t + 1]):
                j = i + rows[k]
                if j < offsets[s]:
                    out_keys[used] = beyond[0, offsets[s] - j - 1, columns[k]]
                    j = j - offsets[s]
                elif j >= offsets[s + 1]:
                    out_keys[used] = beyond[1, j - offsets[s + 1], columns[k]]
                    j = j - offsets[s + 1] + places
                else:
                    out_keys[used] = keys[j, columns[k]]
                out_places[used] = j
                out_columns[used] = columns[k]
                used += 1
    return templates, item_keys, item_places, item_columns
