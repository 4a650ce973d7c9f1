"""CRFsuite's training files: a label and the attributes of a token a line (Okazaki, 2007)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from classicnlp.corpus.blocks import read_blocks
from classicnlp.corpus.lines import FilePath, display_name, write_lines
from classicnlp.errors import CorpusError

Attributes: TypeAlias = dict[str, float]

# A backslash escapes a colon or a backslash and is itself before anything else.
FIELD = re.compile(r"((?:[^\\:]|\\[\\:]?+)*+)(?::(.*))?", re.DOTALL)
ESCAPE = re.compile(r"\\([\\:])")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_crfsuite(path: FilePath) -> Iterator[tuple[list[Attributes], list[str]]]:
    """Yield the sequences of a file as CRFsuite reads it.

    A line is a label and, behind tabs, attributes ``name`` or ``name:value``. A colon or backslash
    in a name or label stands behind a backslash. Blank lines end sequences.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.

    Yields
    ------
    (list of dict of str to float, list of str)
        The attributes of each token, 1.0 where the file has no value, and the labels. Values of
        an attribute that a line names twice are added up, as every linear model would.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8; a line has no label, an attribute no name, or a value is not a
        finite number; or there is a declaration such as ``@weight``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "train.txt")
    ...     _ = path.write_text("B\\tc[0]=北\\tbias:0.5\\nE\\tc[0]=京\\n", encoding="utf-8")
    ...     list(read_crfsuite(path))
    [([{'c[0]=北': 1.0, 'bias': 0.5}, {'c[0]=京': 1.0}], ['B', 'E'])]
    """
    for first, lines in read_blocks(path):
        items = []
        labels = []
        for number, line in enumerate(lines, first):
            try:
                label, attributes = _parsed(line)
            except ValueError as error:
                raise CorpusError(str(error), display_name(path), number) from None
            items.append(attributes)
            labels.append(label)
        yield items, labels


def write_crfsuite(
    path: FilePath,
    sequences: Iterable[tuple[Sequence[Mapping[str, float] | Iterable[str]], Sequence[str]]],
) -> None:
    """Write a file for CRFsuite, which `read_crfsuite` gives back.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
    sequences : iterable of (sequence, sequence of str)
        For each sequence its tokens' attributes, with values or as names alone, and its labels.

    Raises
    ------
    ValueError
        Something would not come back as it is: a name or label is empty or holds a tab or line
        end, a label begins with ``@``, a value is not finite, a sequence is empty or has not as
        many labels as tokens.
    TypeError
        The attributes of a token are a str, or a value is not a number.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "train.txt")
    ...     write_crfsuite(path, [([{"w[0]:北": 1.0, "bias": 0.5}, ["w[0]:京"]], ["B", "E"])])
    ...     path.read_text(encoding="utf-8")
    'B\\tw[0]\\\\:北\\tbias:0.5\\nE\\tw[0]\\\\:京\\n\\n'
    """
    write_lines(path, _lines(sequences))


def _parsed(line: str) -> tuple[str, Attributes]:
    """Take a line apart."""
    fields = [field for field in line.split("\t") if field]
    if not fields:
        raise ValueError("expected a label, got tabs alone")
    label, value = _name_and_value(fields[0])
    if label.startswith("@"):
        raise ValueError(f"declarations such as {label!r} are not supported: remove the line")
    if value is not None:
        raise ValueError(f"label {fields[0]!r} has a value: write a colon in a label as '\\:'")
    attributes: Attributes = {}
    for field in fields[1:]:
        name, value = _name_and_value(field)
        attributes[name] = attributes.get(name, 0.0) + (_number(value, field) if value else 1.0)
    return label, attributes


def _name_and_value(field: str) -> tuple[str, str | None]:
    """Split a field at the first colon that is not escaped; None if there is none."""
    if "\\" in field:
        match = FIELD.fullmatch(field)
        assert match is not None
        name = ESCAPE.sub(r"\1", match[1])
        value = match[2]
    else:
        name, colon, rest = field.partition(":")
        value = rest if colon else None
    if not name:
        raise ValueError(f"attribute {field!r} has no name")
    return name, value


def _number(value: str, field: str) -> float:
    number = float(value) if NUMBER.fullmatch(value) else math.nan
    if not math.isfinite(number):
        raise ValueError(
            f"attribute {field!r} has a value that is not a finite number: {value!r} "
            "(write a colon in a name as '\\:')"
        )
    return number


def _lines(
    sequences: Iterable[tuple[Sequence[Mapping[str, float] | Iterable[str]], Sequence[str]]],
) -> Iterator[str]:
    for number, (items, labels) in enumerate(sequences, 1):
        if len(items) != len(labels) or not items:
            raise ValueError(
                f"sequence {number} has {len(items)} tokens and {len(labels)} labels: "
                "expected as many of each, and at least one"
            )
        for item, label in zip(items, labels, strict=True):
            if label.startswith("@"):
                raise ValueError(f"label {label!r} would be read as a declaration")
            yield "\t".join((_escaped(label), *_attributes(item)))
        yield ""


def _attributes(item: Mapping[str, float] | Iterable[str]) -> Iterator[str]:
    if isinstance(item, str):
        raise TypeError(f"the attributes of a token are the str {item!r}: pass a dict or a list")
    if not isinstance(item, Mapping):
        yield from map(_escaped, item)
        return
    for name, value in item.items():
        if isinstance(value, (str, bytes)) or not math.isfinite(value):
            kind = TypeError if isinstance(value, (str, bytes)) else ValueError
            raise kind(f"the value of attribute {name!r} is not a finite number: {value!r}")
        yield _escaped(name) if value == 1 else f"{_escaped(name)}:{float(value)!r}"


def _escaped(name: str) -> str:
    if not name or "\t" in name or "\n" in name:
        raise ValueError(f"a name or label must be text without tabs and line ends, got {name!r}")
    return name.replace("\\", "\\\\").replace(":", "\\:")
