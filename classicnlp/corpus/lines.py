"""Text files by lines: reading any of them strictly, writing them whole or not at all."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TextIO, TypeAlias, cast

from classicnlp.errors import CorpusError
from classicnlp.files import replacing

FilePath: TypeAlias = str | os.PathLike[str]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
STANDARD_INPUT = "-"
BLOCK = 1 << 21


def read_lines(path: FilePath) -> Iterator[str]:
    """Yield the lines of a UTF-8 file, without their ends, in constant memory.

    A line ends at LF or CRLF and nowhere else: U+2028, U+0085, vertical tabs and lone carriage
    returns are text. A byte order mark at the start of the file is removed.

    Parameters
    ----------
    path : path-like
        The file; ``.gz``, ``.xz`` and ``.bz2`` are decompressed; ``"-"`` is standard input.

    Yields
    ------
    str
        A line. A file that ends in a line end has no empty line after it.

    Raises
    ------
    FileNotFoundError
        There is no such file. As with every generator, this comes with the first line.
    CorpusError
        The file is not UTF-8 (file, line, and the offset of the byte counted in the decompressed
        file), or its compressed data are damaged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt")
    ...     _ = path.write_bytes("我来到北京\\r\\n\\n清华大学".encode())
    ...     list(read_lines(path))
    ['我来到北京', '', '清华大学']
    """
    name = display_name(path)
    offset = 0
    number = 0
    with open_bytes(path) as stream:
        while raw := _next_line(stream, name, number + 1):
            number += 1
            data = raw.removesuffix(b"\n")
            if len(data) < len(raw):
                data = data.removesuffix(b"\r")
            skipped = 0
            if number == 1 and data.startswith(BYTE_ORDER_MARK):
                skipped = len(BYTE_ORDER_MARK)
                data = data[skipped:]
            try:
                line = data.decode("utf-8")
            except UnicodeDecodeError as error:
                message = _undecodable(data, error.start, offset + skipped + error.start)
                raise CorpusError(message, name, number) from None
            yield line
            offset += len(raw)


def read_blocks(path: FilePath, size: int = BLOCK) -> Iterator[str]:
    """Yield the text of a UTF-8 file in blocks of whole lines, with their ends.

    For those who look for line ends themselves: `read_lines` makes a str of every line.

    Parameters
    ----------
    path : path-like
        As for `read_lines`.
    size : int
        About how many bytes are read at once; a longer line is a block of its own.

    Yields
    ------
    str
        One line or more; only the last line of the file may lack its end.

    Raises
    ------
    FileNotFoundError, CorpusError
        As for `read_lines`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt")
    ...     _ = path.write_bytes("我来到北京\\r\\n\\n清华大学".encode())
    ...     list(read_blocks(path, 18))
    ['我来到北京\\r\\n\\n', '清华大学']
    """
    name = display_name(path)
    offset = 0
    number = 1
    with open_bytes(path) as stream:
        while raw := _next_block(stream, size, name, number):
            marked = offset == 0 and raw.startswith(BYTE_ORDER_MARK)
            data = raw.removeprefix(BYTE_ORDER_MARK) if marked else raw
            try:
                block = data.decode("utf-8")
            except UnicodeDecodeError as error:
                place = offset + len(raw) - len(data) + error.start
                before = data.count(b"\n", 0, error.start)
                message = _undecodable(data, error.start, place)
                raise CorpusError(message, name, number + before) from None
            yield block
            offset += len(raw)
            number += raw.count(b"\n")


def display_name(path: FilePath) -> str:
    """Return the name under which messages speak of ``path``.

    Parameters
    ----------
    path : path-like
        A file, or ``"-"`` for standard input.

    Returns
    -------
    str
        The path as given, or ``"<stdin>"``.

    Examples
    --------
    >>> display_name("-")
    '<stdin>'
    """
    name = os.fspath(path)
    return "<stdin>" if name == STANDARD_INPUT else name


def write_lines(path: FilePath, lines: Iterable[str]) -> None:
    """Write lines that `read_lines` gives back exactly: the whole file or none of it.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
    lines : iterable of str
        The lines, without their ends.

    Raises
    ------
    ValueError
        A line would not come back as it is: it contains a line feed, ends in a carriage return,
        or begins the file with a byte order mark.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt.gz")
    ...     write_lines(path, ["我来到北京", "", "清华大学"])
    ...     list(read_lines(path))
    ['我来到北京', '', '清华大学']
    """
    with atomic_writer(path) as writer:
        for number, line in enumerate(lines, 1):
            if "\n" in line or line.endswith("\r"):
                raise ValueError(f"line {number} holds a line end: {line!r}")
            if number == 1 and line.startswith("\ufeff"):
                raise ValueError("the first line begins with a byte order mark (U+FEFF)")
            writer.write(line + "\n")


@contextmanager
def atomic_writer(path: FilePath) -> Iterator[TextIO]:
    """Open a text file (UTF-8, LF) that appears at ``path`` only once it is complete.

    The text goes to a file beside it, which takes the name when the block ends and is removed when
    the block raises. A device or pipe (``/dev/stdout``) is written directly.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``. An existing file keeps
        its permissions, a symbolic link its place.

    Yields
    ------
    TextIO
        The open file.

    Raises
    ------
    FileNotFoundError
        There is no such folder.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "words.txt")
    ...     with atomic_writer(path) as writer:
    ...         _ = writer.write("北京\\n")
    ...     path.read_bytes().decode()
    '北京\\n'
    """
    target = Path(path)
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="\n") as direct:
            yield direct
        return
    with (
        replacing(target) as raw,
        _compressing(raw, target.suffix) as stream,
        io.TextIOWrapper(stream, encoding="utf-8", newline="\n") as writer,
    ):
        yield writer


def open_bytes(path: FilePath) -> AbstractContextManager[IO[bytes]]:
    """Open a file for reading bytes, decompressed by its suffix; standard input stays open.

    What is read from it is best read through `guarded`.
    """
    name = os.fspath(path)
    if name == STANDARD_INPUT:
        if sys.stdin is None:
            raise OSError(errno.EBADF, "standard input is closed")
        return nullcontext(sys.stdin.buffer)
    suffix = Path(name).suffix
    # The buffers spare a call into Python for every line.
    if suffix == ".gz":
        return io.BufferedReader(gzip.open(name, "rb"))
    if suffix == ".xz":
        return io.BufferedReader(lzma.open(name, "rb"))
    if suffix == ".bz2":
        return io.BufferedReader(cast(io.RawIOBase, bz2.open(name, "rb")))
    return Path(name).open("rb")


def _compressing(raw: IO[bytes], suffix: str) -> AbstractContextManager[IO[bytes]]:
    """Wrap an open binary file so that what is written to it is compressed by ``suffix``."""
    if suffix == ".gz":
        # No name and no time in the header: the same text gives the same bytes.
        stream = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
        return cast(AbstractContextManager[IO[bytes]], stream)
    if suffix == ".xz":
        return cast(AbstractContextManager[IO[bytes]], lzma.open(raw, "wb"))
    if suffix == ".bz2":
        return cast(AbstractContextManager[IO[bytes]], bz2.open(raw, "wb"))
    return nullcontext(raw)


def _next_block(stream: IO[bytes], size: int, name: str, number: int) -> bytes:
    """Return the next lines, or nothing at the end of the file."""
    block = guarded(lambda: stream.read(size), name, number)
    if len(block) == size and not block.endswith(b"\n"):
        block += _next_line(stream, name, number)
    return block


def _next_line(stream: IO[bytes], name: str, number: int) -> bytes:
    """Return the next line with its end, or nothing at the end of the file."""
    return guarded(stream.readline, name, number)


def guarded(read: Callable[[], bytes], name: str, number: int) -> bytes:
    """Return what ``read`` reads; damage in a compressed file is a CorpusError."""
    try:
        return read()
    except (EOFError, lzma.LZMAError, zlib.error) as error:
        raise CorpusError(f"damaged compressed file: {error}", name, number) from error
    except OSError as error:
        # gzip and bz2 report damage as an OSError without a number; the system's own have one.
        if error.errno is not None:
            raise
        raise CorpusError(f"damaged compressed file: {error}", name, number) from error


def _undecodable(data: bytes, position: int, offset: int) -> str:
    """Say which byte is not UTF-8 and how to convert the file."""
    encoding = "utf-16" if offset == 0 and data.startswith(UTF16_MARKS) else "gb18030"
    return (
        f"not UTF-8: byte 0x{data[position]:02x} at offset {offset}; "
        f"convert the file, e.g. with iconv -f {encoding} -t utf-8"
    )
