"""Documents: a line each, a file each, or a field of JSON Lines."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterator

from classicnlp.cli.options import UTF8_FILES
from classicnlp.corpus.json_objects import read_json_objects
from classicnlp.corpus.lines import display_name, read_blocks, read_lines
from classicnlp.errors import CorpusError

UNITS = ("line", "file")


def add_documents(parser: argparse.ArgumentParser, unit: str) -> None:
    """Add the files that documents are read from, what a document is, and where answers go."""
    parser.add_argument(
        "files",
        nargs="*",
        default=["-"],
        metavar="FILE",
        help=f"documents to read ({UTF8_FILES}); '-' or no file: standard input",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--document",
        choices=UNITS,
        default=unit,
        help="what a document is: a line, or a whole file; default: %(default)s",
    )
    form.add_argument(
        "--field",
        metavar="NAME",
        help="read JSON Lines: a document is the text in this field of each object",
    )
    parser.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="where to write, whole or not at all; default: standard output",
    )
    parser.add_argument(
        "--json", action="store_true", help="write JSON Lines with weights and offsets"
    )


def read_documents(arguments: Namespace) -> Iterator[str]:
    """Yield the documents of all files, in order."""
    for path in arguments.files:
        if arguments.field is not None:
            yield from _field_of(path, arguments.field)
        elif arguments.document == "file":
            yield "".join(read_blocks(path))
        else:
            yield from read_lines(path)


def _field_of(path: str, field: str) -> Iterator[str]:
    """Yield the text in a field of each object of a file."""
    for number, found in read_json_objects(path):
        text = found.get(field)
        if not isinstance(text, str):
            what = "nothing" if field not in found else type(text).__name__
            message = f"expected text in the field {field!r}, got {what}"
            raise CorpusError(message, display_name(path), number)
        yield text
