"""Files of word vectors: word2vec's text and binary formats, GloVe's text.

A text file has a line for each word, the word and its numbers, between spaces; word2vec's begins
with a line of how many words and how many dimensions there are. The binary format has that line,
too, and then for each word the word, a space, and four bytes a number.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from classicnlp._ext.interning import text_keys
from classicnlp._ext.nearest import MOST_DIMENSIONS
from classicnlp._ext.vectorlines import (
    ENDLESS_WORD,
    FINE,
    INFINITE,
    NOT_A_NUMBER,
    TOO_FEW_NUMBERS,
    format_lines,
    parse_lines,
    parse_records,
)
from classicnlp.arrays import offsets_of
from classicnlp.checks import require_count
from classicnlp.corpus.lines import (
    BYTE_ORDER_MARK,
    STANDARD_INPUT,
    atomic_writer,
    display_name,
    guarded,
    open_bytes,
)
from classicnlp.errors import CorpusError
from classicnlp.wordlist import WordList, repeated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.keyed_vectors import KeyedVectors

Format = Literal["word2vec", "word2vec-binary", "glove"]
Errors = Literal["strict", "replace", "ignore"]
Duplicates = Literal["refuse", "first"]
FORMATS: tuple[Format, ...] = ("word2vec", "word2vec-binary", "glove")
ERRORS: tuple[Errors, ...] = ("strict", "replace", "ignore")
DUPLICATES: tuple[Duplicates, ...] = ("refuse", "first")

BLOCK = 1 << 22
WORDS_AT_ONCE = 1 << 12
LONGEST_HEADER = 64
LONGEST_NUMBER = 64
LONGEST_WORD = 1 << 16
FIRST_ROOM = 1 << 22  # numbers; what the first line says may be wrong
MANY = 1 << 40
COMPRESSED = (".gz", ".xz", ".bz2")

HEADER = re.compile(rb"[ \t]*([0-9]{1,18})[ \t]+([0-9]{1,18})[ \t\r]*\n")
IN_NUMBERS = frozenset(b"0123456789+-.eE")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")

WRONG = {
    TOO_FEW_NUMBERS: "expected a word and {} numbers after it, got fewer",
    NOT_A_NUMBER: "expected a word and {} numbers after it, got what is no number",
    INFINITE: "a number is not finite",
    ENDLESS_WORD: "no space ends the word that begins here: is the file binary word2vec?",
}


class Header(NamedTuple):
    """What a file says of itself; GloVe's does not say how many words it has."""

    format: Format
    words: int | None
    dimensions: int


def read_vectors(
    path: str | os.PathLike[str],
    format: Format | None,
    limit: int | None,
    errors: Errors,
    duplicates: Duplicates,
    dtype: str,
) -> tuple[WordList, NDArray[Any]]:
    """Return the words and the vectors of a file; `KeyedVectors.from_file` says the rest."""
    _check(format, errors, duplicates)
    most = None if limit is None else require_count(limit, "limit", 1)
    with open_bytes(path) as stream:
        reader = _Reader(stream, path, dtype)
        header = reader.read_header(format)
        reader.read_rows(header, errors, most)
    words, vectors = reader.words, reader.vectors()
    again = repeated(text_keys(words))
    if len(again):
        if duplicates == "refuse":
            word = words[again[0]]
            raise CorpusError(
                f"the word {word!r} is there twice, in places {words.index(word) + 1:,} and "
                f"{again[0] + 1:,}: keep the first with duplicates='first'",
                display_name(path),
            )
        words = list(dict.fromkeys(words))
        vectors = np.delete(vectors, again, axis=0)
    vectors.flags.writeable = False
    return WordList(words), vectors


class _Reader:
    """A file that is read from its beginning to its end.

    Attributes
    ----------
    words : list of str
        Those read so far.
    """

    def __init__(self, stream: IO[bytes], path: str | os.PathLike[str], dtype: str):
        self._stream = stream
        self._name = display_name(path)
        self._size = _size_of(path)
        self._data = b""
        self._offset = 0  # of the data in the file
        self._line = 1  # of the data in the file
        self._rows = np.empty((0, 0), dtype)
        self.words: list[str] = []

    def read_header(self, format: Format | None) -> Header:
        """Return what the file is, by its first line or as it is told."""
        self._more(BLOCK)
        if self._data.startswith(BYTE_ORDER_MARK):
            self._skip(len(BYTE_ORDER_MARK), 0)
        found = HEADER.match(self._data[:LONGEST_HEADER])
        if format == "glove" or (format is None and found is None):
            first = self._data.partition(b"\n")[0].split()
            if len(first) < 2:
                raise self._error("expected a word and its numbers, or how many there are")
            return self._checked(Header("glove", None, len(first) - 1))
        if found is None:
            raise self._error(
                "expected how many words and dimensions there are, such as '5000 100'"
            )
        self._skip(found.end(), 1)
        words, dimensions = int(found[1]), int(found[2])
        if format is None:
            line = self._data.partition(b"\n")[0]
            numbers = all(map(IN_NUMBERS.issuperset, line.split()[-dimensions:]))
            text = numbers or not CONTROL.search(line)
            format = "word2vec" if text else "word2vec-binary"
        return self._checked(Header(format, words, dimensions))

    def _checked(self, header: Header) -> Header:
        if not 1 <= header.dimensions <= MOST_DIMENSIONS:
            raise self._error(
                f"{header.dimensions:,} dimensions, where 1 ... {MOST_DIMENSIONS:,} can be: "
                "no file of word vectors?"
            )
        if header.words is not None and self._size is not None:
            least = (4 if header.format == "word2vec-binary" else 2) * header.dimensions + 1
            room = (self._size - self._offset + 1) // least
            if header.words > room:
                raise self._error(
                    f"the first line says {header.words:,} words of {header.dimensions:,} numbers, "
                    f"but has room for {room:,} at most: it is truncated, or of another format"
                )
        return header

    def read_rows(self, header: Header, errors: Errors, limit: int | None) -> None:
        """Read words and vectors up to the end of the file, or as many as are wanted."""
        binary = header.format == "word2vec-binary"
        most = min((n for n in (header.words, limit) if n is not None), default=None)
        longest = LONGEST_WORD + header.dimensions * (4 if binary else LONGEST_NUMBER)
        room = min(most or 0, FIRST_ROOM // header.dimensions)
        self._rows = np.empty((room, header.dimensions), self._rows.dtype)
        while most is None or len(self.words) < most:
            left = MANY if most is None else most - len(self.words)
            if self._parse(header.dimensions, left, errors, binary):
                continue
            if len(self._data) > longest and len(self._data) >= BLOCK:
                raise self._error("no end of the line is found: is this text?", binary)
            if not self._more(max(BLOCK, longest), text=not binary):
                break
        if header.words is not None and most is not None and len(self.words) < most:
            raise self._error(
                f"truncated: {len(self.words):,} of {header.words:,} words are there", binary
            )
        if limit is None or len(self.words) < limit:
            self._require_end(header, binary)

    def _parse(self, dimensions: int, most: int, errors: Errors, binary: bool) -> int:
        """Read what is whole of the data; return how many bytes that is."""
        data = np.frombuffer(self._data, np.uint8)
        if binary:
            vectors, places, read, status = parse_records(data, dimensions, most)
            lines = 0
        else:
            vectors, places, read, lines, status = parse_lines(data, dimensions, most)
        self._keep(vectors, places, errors, binary)
        self._skip(read, lines)
        if status != FINE:
            raise self._error(WRONG[status].format(dimensions), binary)
        return read

    def _require_end(self, header: Header, binary: bool) -> None:
        while not self._data.strip():
            self._skip(len(self._data), self._data.count(b"\n"))
            if not self._more(BLOCK):
                return
        raise self._error(
            f"more follows after the {header.words:,} words of the first line", binary
        )

    def _keep(
        self,
        vectors: NDArray[np.float32],
        places: NDArray[np.int64],
        errors: Errors,
        binary: bool,
    ) -> None:
        """Add what was read; a word that is not UTF-8 is an error if ``errors`` is strict."""
        for start, end in places.tolist():
            try:
                word = self._data[start:end].decode("utf-8", errors)
            except UnicodeDecodeError as error:
                self._skip(start, self._data.count(b"\n", 0, start))
                raise self._error(
                    f"the word {self._data[: end - start]!r} is not UTF-8 ({error.reason}): "
                    "read it with errors='replace'",
                    binary,
                ) from None
            self.words.append(word)
        done = len(self.words)
        if done > len(self._rows):
            # Moved by the system rather than copied, where it is large.
            self._rows.resize((max(done, 2 * len(self._rows)), vectors.shape[1]), refcheck=False)
        with np.errstate(over="ignore"):
            self._rows[done - len(vectors) : done] = vectors

    def vectors(self) -> NDArray[Any]:
        """Return the vectors of all words."""
        self._rows.resize((len(self.words), self._rows.shape[1]), refcheck=False)
        return self._rows

    def _more(self, size: int, text: bool = False) -> bool:
        """Read on; the last line of a text gets an end where it has none."""
        block = guarded(lambda: self._stream.read(size), self._name, self._line)
        if block:
            self._data += block
        elif text and self._data and not self._data.endswith(b"\n"):
            self._data += b"\n"
        else:
            return False
        return True

    def _skip(self, size: int, lines: int) -> None:
        self._data = self._data[size:]
        self._offset += size
        self._line += lines

    def _error(self, message: str, binary: bool = False) -> CorpusError:
        if binary:
            return CorpusError(f"offset {self._offset:,}: {message}", self._name)
        return CorpusError(message, self._name, self._line)


def _check(format: Format | None, errors: Errors, duplicates: Duplicates) -> None:
    for name, value, known in (
        ("format", format, (None, *FORMATS)),
        ("errors", errors, ERRORS),
        ("duplicates", duplicates, DUPLICATES),
    ):
        if value not in known:
            names = ", ".join(map(repr, known))
            raise ValueError(f"{name} must be one of {names}, got {value!r}")


def _size_of(path: str | os.PathLike[str]) -> int | None:
    """Return how many bytes a file has; None where it is compressed, or no file."""
    file = Path(path)
    if os.fspath(path) == STANDARD_INPUT or file.suffix in COMPRESSED or not file.is_file():
        return None
    return file.stat().st_size


def write_vectors(
    vectors: KeyedVectors, path: str | os.PathLike[str], format: Format, blank: str | None
) -> None:
    """Write words and vectors; `KeyedVectors.to_file` says the rest."""
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {format!r}")
    with atomic_writer(path) as writer:
        stream = writer.buffer
        if format != "glove":
            stream.write(f"{len(vectors)} {vectors.dimensions}\n".encode())
        for start in range(0, len(vectors), WORDS_AT_ONCE):
            words = [_written(word, blank) for word in vectors.words[start : start + WORDS_AT_ONCE]]
            rows = vectors.vectors[start : start + WORDS_AT_ONCE].astype(np.float32)
            if format == "word2vec-binary":
                stream.writelines(
                    part
                    for word, row in zip(words, rows, strict=True)
                    for part in (word, b" ", row.astype("<f4").tobytes(), b"\n")
                )
            else:
                letters = np.frombuffer(b"".join(words), np.uint8)
                stream.write(format_lines(rows, letters, offsets_of(map(len, words))))


def _written(word: str, blank: str | None) -> bytes:
    """Return a word as it stands in a file."""
    written = word if blank is None else re.sub(r"[ \t\n\r\v\f]", lambda _: blank, word)
    try:
        data = written.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"the word {word!r} cannot be written as UTF-8") from None
    if not data or re.search(rb"[ \t\n\r\v\f]", data):
        raise ValueError(
            f"the word {word!r} cannot stand in such a file, where white space ends a word: "
            "name what to write for it, such as blank='_'"
        )
    return data
