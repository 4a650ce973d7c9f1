"""Texts in blocks of some size, once from where they come and again from a temporary file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TypeAlias

import numpy as np

from classicnlp.corpus.lines import read_blocks
from classicnlp.text import CharacterClass, default_alphabet

Item: TypeAlias = str | os.PathLike[str]

BLOCK = 1 << 19  # characters
LENGTH = 8  # bytes of a length in the temporary file


def blocks(texts: Iterable[Item] | os.PathLike[str]) -> Iterator[str]:
    """Yield texts, and the contents of files in place of their paths, in blocks of whole lines.

    Parameters
    ----------
    texts : iterable of str or of paths, or a path
        Lines, texts of several lines, files.

    Yields
    ------
    str
        Lines with line feeds between; longer than `BLOCK` only where a line is.
    """
    block: list[str] = []
    room = BLOCK
    for text in _items(texts):
        for piece in _pieces(text):
            if block and len(piece) > room:
                yield "\n".join(block)
                block, room = [], BLOCK
            block.append(piece)
            room -= len(piece) + 1
    if block:
        yield "\n".join(block)


def word_characters(block: str) -> str:
    """Put a line feed in place of whatever no word is looked for in: all but Han and Latin.

    >>> word_characters("用T恤3件，共80元。")
    '用T恤\\n件\\n共\\n\\n元\\n'
    """
    classes = default_alphabet().classes(block)
    letters = np.frombuffer(block.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    letters[(classes != CharacterClass.HAN) & (classes != CharacterClass.LATIN)] = ord("\n")
    return letters.tobytes().decode("utf-32-le")


class Spool:
    """Blocks in a temporary file without a name, to be read any number of times.

    Parameters
    ----------
    folder : path, optional
        Where the file is; by default in the system's folder for such files.
    """

    def __init__(self, folder: str | os.PathLike[str] | None):
        self._folder = os.fspath(folder or tempfile.gettempdir())
        with self._explained():
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by __exit__)

    def kept(self, given: Iterable[str]) -> Iterator[str]:
        """Yield the blocks on, and write each to the file."""
        for block in given:
            data = block.encode("utf-8", "surrogatepass")
            with self._explained():
                self._file.write(len(data).to_bytes(LENGTH, "little") + data)
                self._file.flush()
            yield block

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        while head := self._file.read(LENGTH):
            data = self._file.read(int.from_bytes(head, "little"))
            yield data.decode("utf-8", "surrogatepass")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Let an error of the system say what to do."""
        try:
            yield
        except OSError as error:
            raise OSError(
                error.errno,
                f"{error.strerror} while the text was kept in this folder for the segmenter: "
                "free space there, or name another folder",
                self._folder,
            ) from error


def _items(texts: Iterable[Item] | os.PathLike[str]) -> Iterator[str]:
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"texts must be several texts, got one {type(texts).__name__}: put a text in a list, "
            "or name a file by pathlib.Path"
        )
    for item in [texts] if isinstance(texts, os.PathLike) else texts:
        if isinstance(item, os.PathLike):
            yield from read_blocks(item)
        elif isinstance(item, str):
            yield item
        else:
            raise TypeError(f"a text must be a str or a path, got {type(item).__name__}")


def _pieces(text: str) -> Iterator[str]:
    """Cut a long text at line ends."""
    start = 0
    while len(text) - start > BLOCK:
        end = text.rfind("\n", start, start + BLOCK)
        if end < 0:
            end = text.find("\n", start + BLOCK)
        if end < 0:
            break
        yield text[start:end]
        start = end + 1
    yield text[start:]
