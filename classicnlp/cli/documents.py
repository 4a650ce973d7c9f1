"""Documents from files: one a line, one a file, or one an object of JSON Lines."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from classicnlp.cli.options import UTF8_FILES
from classicnlp.corpus import read_lines
from classicnlp.corpus.json_objects import read_json_objects
from classicnlp.errors import CorpusError

PER = ("line", "file")


def add_documents(parser: argparse.ArgumentParser) -> None:
    """Add the files, and what in them is a document."""
    parser.add_argument(
        "files",
        nargs="*",
        default=["-"],
        metavar="FILE",
        help=f"what to read ({UTF8_FILES}); '-' or no file: standard input",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--per", choices=PER, default=PER[0], help="what is a document; default: %(default)s"
    )
    where.add_argument(
        "--field",
        metavar="NAME",
        help="read JSON Lines: a document is what this field of an object holds",
    )


def read_documents(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the documents of all files."""
    for path in arguments.files:
        if arguments.field is not None:
            for number, found in read_json_objects(path):
                yield field_of(found, arguments.field, path, number)
        elif arguments.per == "file":
            yield "\n".join(read_lines(path))
        else:
            yield from read_lines(path)


def field_of(found: dict[str, Any], name: str, path: str, number: int) -> str:
    """Return what a field of a JSON object holds, if that is a str."""
    value = found.get(name)
    if not isinstance(value, str):
        kind = "no such field" if name not in found else type(value).__name__
        raise CorpusError(f"expected a str in the field {name!r}, got {kind}", path, number)
    return value


def counted(documents: Iterable[str], advance: Callable[[int], object]) -> Iterator[str]:
    """Yield documents, and move a bar on by one for each."""
    for document in documents:
        yield document
        advance(1)
