"""From lines to lines: chunks in, one answer per line out, whole lines only."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from classicnlp.cli.progress import line_bar
from classicnlp.corpus import atomic_writer, read_lines
from classicnlp.errors import CorpusError

Write: TypeAlias = Callable[[str], None]
Item = TypeVar("Item", bound=Sized)

STANDARD_OUTPUT = "-"
LINES_PER_CHUNK = 1_000
CHARACTERS_PER_CHUNK = 1_000_000


def answer_lines(arguments: Namespace, answer: Callable[[list[str]], Iterable[str]]) -> None:
    """Write ``answer`` for every line of the input files, in order.

    ``answer`` takes a chunk of lines and gives as many back.
    """
    lines = (line for path in arguments.files for line in read_lines(path))
    answer_all(arguments, lines, lambda chunk: [line + "\n" for line in answer(chunk)], "lines")


def answer_all(
    arguments: Namespace,
    items: Iterable[Item],
    answer: Callable[[list[Item]], Iterable[str]],
    unit: str,
    most_characters: int = CHARACTERS_PER_CHUNK,
) -> None:
    """Write what ``answer`` gives for chunks of items that are read one by one, in order."""
    shown = arguments.output == STANDARD_OUTPUT and sys.stdout.isatty()
    # Who watches the output wants each answer at once.
    limit = 1 if shown else LINES_PER_CHUNK
    with (
        open_output(arguments.output) as write,
        line_bar(arguments.quiet or shown, unit) as advance,
    ):
        for chunk in chunks(items, limit, most_characters):
            write("".join(answer(chunk)))
            if shown:
                sys.stdout.flush()
            advance(len(chunk))


def chunks(items: Iterable[Item], most_items: int, most_characters: int) -> Iterator[list[Item]]:
    """Yield lines, or other things that have a length, in chunks that end where either limit is.

    Where one cannot be read, those before it still come, and then the error.
    """
    chunk: list[Item] = []
    characters = 0
    try:
        for item in items:
            chunk.append(item)
            characters += len(item)
            if len(chunk) >= most_items or characters >= most_characters:
                yield chunk
                chunk = []
                characters = 0
    except (CorpusError, OSError):
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


@contextmanager
def open_output(path: str) -> Iterator[Write]:
    """Open a file that appears when it is complete, or standard output for ``"-"``."""
    if path == STANDARD_OUTPUT:
        yield write_standard_output
        return
    with atomic_writer(path) as writer:

        def write(text: str) -> None:
            writer.write(text)

        yield write


def write_standard_output(text: str) -> None:
    """Write UTF-8 with LF, whatever the locale is."""
    sys.stdout.buffer.write(text.encode("utf-8"))
