"""Streams of JSON objects: one a line, or spread over many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from classicnlp.corpus.lines import FilePath, display_name, read_lines
from classicnlp.errors import CorpusError

CHUNK = 256
"""How many lines are read at once."""

WHITE_SPACE = re.compile(r"[ \t\n\r]*")


def read_json_objects(path: FilePath) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects that follow each other in a file, with white space between or without.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`; as much of it is in memory as the next object needs.

    Yields
    ------
    (int, dict)
        The line in which the object begins, and the object.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, or not JSON objects.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "objects.json")
    ...     _ = path.write_text('{"a":\\n 1}\\n{"a": 2}\\n', encoding="utf-8")
    ...     list(read_json_objects(path))
    [(1, {'a': 1}), (3, {'a': 2})]
    """
    lines = read_lines(path)
    decoder = json.JSONDecoder(object_pairs_hook=_object)
    text, place, number, wanted = "", 0, 1, CHUNK
    while True:
        begin = _behind_white_space(text, place)
        number += text.count("\n", place, begin)
        try:
            found, end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError) as error:
            # What is here may be the beginning of an object. Doubling what is read keeps the time
            # linear in an object's length.
            more = list(islice(lines, wanted))
            if not more and begin == len(text):
                return
            if not more:
                raise _corpus_error(error, path, number, text, begin) from None
            text = text[begin:] + "".join(f"{line}\n" for line in more)
            place, wanted = 0, 2 * wanted
            continue
        if not isinstance(found, dict):
            message = f"expected a JSON object, got {type(found).__name__}"
            raise CorpusError(message, display_name(path), number)
        yield number, found
        number += text.count("\n", begin, end)
        place, wanted = end, CHUNK


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members; the standard library would drop all but the last of a name."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has the member {twice!r} twice")
    return members


def _behind_white_space(text: str, place: int) -> int:
    match = WHITE_SPACE.match(text, place)
    assert match is not None
    return match.end()


def _corpus_error(
    error: ValueError | RecursionError, path: FilePath, number: int, text: str, begin: int
) -> CorpusError:
    """Say what is wrong with the object that begins at ``begin``, in line ``number``."""
    if isinstance(error, json.JSONDecodeError):
        # An object cut off is at fault in the last line, not in the one behind it.
        number += text.count("\n", begin, min(error.pos, len(text.rstrip())))
        message = error.msg
    else:
        message = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return CorpusError(f"not JSON: {message}", display_name(path), number)
