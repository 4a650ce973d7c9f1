"""Documents from files: one a line, one a file, or one an object of JSON Lines."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from classicnlp.cli.options import add_files, add_output
from classicnlp.corpus.json_objects import read_json_objects
from classicnlp.corpus.lines import display_name, read_blocks, read_lines
from classicnlp.errors import CorpusError

UNITS = ("line", "file")


def add_documents(parser: argparse.ArgumentParser, unit: str = "line") -> None:
    """Add the files that documents are read from, and what a document is."""
    add_files(parser, "documents to read")
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


def add_answers(parser: argparse.ArgumentParser, more: str) -> None:
    """Add where answers go, and in what form; ``more`` is what JSON says besides."""
    add_output(parser)
    parser.add_argument("--json", action="store_true", help=f"write JSON Lines with {more}")


def read_documents(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the documents of all files, in order."""
    for path in arguments.files:
        if arguments.field is not None:
            for number, found in read_json_objects(path):
                yield field_of(found, arguments.field, path, number)
        elif arguments.document == "file":
            yield "".join(read_blocks(path))
        else:
            yield from read_lines(path)


def field_of(found: dict[str, Any], name: str, path: str, number: int) -> str:
    """Return the text in a field of a JSON object."""
    text = found.get(name)
    if not isinstance(text, str):
        what = "nothing" if name not in found else type(text).__name__
        message = f"expected text in the field {name!r}, got {what}"
        raise CorpusError(message, display_name(path), number)
    return text


def counted(documents: Iterable[str], advance: Callable[[int], object]) -> Iterator[str]:
    """Yield documents, and move a bar on by one for each."""
    for document in documents:
        yield document
        advance(1)
