"""Documents with their classes, from tables and JSON Lines."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from typing import NamedTuple

from classicnlp.cli.documents import field_of
from classicnlp.cli.options import UsageError
from classicnlp.corpus import read_lines
from classicnlp.corpus.json_objects import read_json_objects
from classicnlp.errors import CorpusError

FORMATS = ("tsv", "csv", "jsonl")
TEXT, LABEL = "text", "label"


class LabelledDocument(NamedTuple):
    """A document and its class."""

    text: str
    label: str


def add_labelled(parser: argparse.ArgumentParser) -> None:
    """Add how documents with classes stand in files."""
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="tsv: columns with tabs between, no header; csv: commas, quotes and a header; jsonl: "
        "an object a line; default: %(default)s",
    )
    parser.add_argument(
        "--text",
        metavar="COLUMN",
        help="where the text stands: a number from 1 on for tsv, a name for csv and jsonl; "
        "default: 1, or 'text'",
    )
    parser.add_argument(
        "--label", metavar="COLUMN", help="where the class stands; default: 2, or 'label'"
    )


def read_labelled_documents(path: str, arguments: argparse.Namespace) -> Iterator[LabelledDocument]:
    """Yield the documents of a file, and their classes."""
    if arguments.format == "tsv":
        text, label = number_of(arguments.text or "1"), number_of(arguments.label or "2")
        yield from _read_tsv(path, text, label)
        return
    names = arguments.text or TEXT, arguments.label or LABEL
    if arguments.format == "csv":
        yield from _read_csv(path, *names)
        return
    for number, found in read_json_objects(path):
        yield LabelledDocument(*(field_of(found, name, path, number) for name in names))


def number_of(text: str) -> int:
    """Return the place of a column, counted from 0."""
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--format tsv has columns by number, from 1 on; got {text!r}")
    return int(text) - 1


def _read_tsv(path: str, text: int, label: int) -> Iterator[LabelledDocument]:
    for number, line in enumerate(read_lines(path), 1):
        columns = line.split("\t")
        if len(columns) <= max(text, label):
            message = f"expected at least {max(text, label) + 1} columns, got {len(columns)}"
            raise CorpusError(message, path, number)
        yield LabelledDocument(columns[text], columns[label])


def _read_csv(path: str, text: str, label: str) -> Iterator[LabelledDocument]:
    reader = csv.reader(f"{line}\n" for line in read_lines(path))
    try:
        header = [name.removeprefix("\ufeff") for name in next(reader, [])]
        for name in (text, label):
            if name not in header:
                shown = ", ".join(header)
                raise CorpusError(f"there is no column {name!r} in the header: {shown}", path, 1)
        places = header.index(text), header.index(label)
        for row in reader:
            if len(row) != len(header):
                message = f"expected {len(header)} columns, got {len(row)}"
                raise CorpusError(message, path, reader.line_num)
            yield LabelledDocument(*(row[place] for place in places))
    except csv.Error as error:
        raise CorpusError(f"not CSV: {error}", path, reader.line_num) from None
