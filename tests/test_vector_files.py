"""Files of word vectors: every format there and back, and what is refused."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import numpy as np
import pytest

from classicnlp.embed import KeyedVectors, formats
from classicnlp.embed.formats import FORMATS, Format
from classicnlp.errors import CorpusError

WORDS = ["的", "北京", "𠮷野家", "a", "１", "🇨🇳", "\u3000", "-1.5"]
VECTORS = np.random.default_rng(8).standard_normal((8, 5)).astype(np.float32)


@pytest.fixture
def vectors() -> KeyedVectors:
    return KeyedVectors(WORDS, VECTORS)


@pytest.mark.parametrize("name", ["v", "v.gz", "v.xz", "v.bz2"])
@pytest.mark.parametrize("format", FORMATS)
def test_there_and_back(vectors: KeyedVectors, tmp_path: Path, format: Format, name: str) -> None:
    path = tmp_path / name
    vectors.to_file(path, format)
    for told in (None, format):
        read = KeyedVectors.from_file(path, told)
        assert list(read) == WORDS
        assert (read.vectors == VECTORS).all()
        assert not read.vectors.flags.writeable
    for limit, expected in ((3, 3), (8, 8), (9, 8)):
        assert list(KeyedVectors.from_file(path, limit=limit)) == WORDS[:expected]
    half = KeyedVectors.from_file(path, dtype="float16")
    assert (half.vectors == VECTORS.astype(np.float16)).all()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("block", [1, 7, 64])
def test_blocks_may_end_anywhere(
    vectors: KeyedVectors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    format: Format,
    block: int,
) -> None:
    path = tmp_path / "v"
    vectors.to_file(path, format)
    monkeypatch.setattr(formats, "FIRST_ROOM", 2)
    monkeypatch.setattr(formats, "WORDS_AT_ONCE", 3)
    monkeypatch.setattr(formats, "BLOCK", block)
    with path.open("rb") as stream:
        reader = formats._Reader(stream, path, "float32")
        reader._more(200)  # the header and some more
        reader.read_rows(reader.read_header(format), "strict", None)
    assert reader.words == WORDS
    assert (reader.vectors() == VECTORS).all()


def test_what_the_formats_are(tmp_path: Path) -> None:
    vectors = KeyedVectors(["北京", "a"], [[1, -0.5], [0.1, 100]])
    path = tmp_path / "v"
    vectors.to_file(path)
    assert path.read_bytes() == "2 2\n北京 1 -0.5\na 0.1 100\n".encode()
    vectors.to_file(path, "glove")
    assert path.read_bytes() == "北京 1 -0.5\na 0.1 100\n".encode()
    vectors.to_file(path, "word2vec-binary")
    first, second = (row.astype("<f4").tobytes() for row in vectors.vectors)
    assert path.read_bytes() == "2 2\n北京 ".encode() + first + b"\na " + second + b"\n"
    # gensim writes no line ends, and the C program a space after each number.
    path.write_bytes("2 2\n北京 ".encode() + first + b"a " + second)
    assert (KeyedVectors.from_file(path).vectors == vectors.vectors).all()
    path.write_bytes("\ufeff2 2\r\n北京 1 -0.5 \r\na\t0.1\t1e2 \n\n".encode())
    assert (KeyedVectors.from_file(path).vectors == vectors.vectors).all()


def test_words_with_spaces_are_read_where_the_line_tells(tmp_path: Path) -> None:
    path = tmp_path / "v"
    path.write_text("2 2\nNew York 1 2\n . . 3 4\n", encoding="utf-8")
    assert list(KeyedVectors.from_file(path)) == ["New York", " . ."]


def test_standard_input(
    vectors: KeyedVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v"
    vectors.to_file(path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert list(KeyedVectors.from_file("-")) == WORDS


def test_what_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "v"
    for word in ("New York", "", "a\n", "\ud800"):
        vectors = KeyedVectors(["a", word], [[1], [2]])
        for format in FORMATS:
            with pytest.raises(ValueError, match="cannot"):
                vectors.to_file(path, format)
    assert list(tmp_path.iterdir()) == []
    vectors = KeyedVectors(["New York\tCity"], [[1]])
    vectors.to_file(path, blank="_")
    assert list(KeyedVectors.from_file(path)) == ["New_York_City"]
    with pytest.raises(ValueError, match="format must be one of word2vec"):
        vectors.to_file(path, "csv")  # type: ignore[arg-type]


ZEROS = bytes(8)


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"", ":1", "expected a word and its numbers"),
        (b"\n", ":1", "expected a word and its numbers"),
        (b"5 3\n", ":2", "has room for 0 at most: it is truncated"),
        (b"3 2\na 1 2\nbcdefghij 1 2\n", ":4", "truncated: 2 of 3 words are there"),
        (b"1 2\na 1 2\nb 1 2\n", ":3", "more follows after the 1 words"),
        (b"999999999999999 300\na 1\n", ":2", "says 999,999,999,999,999 words"),
        (b"1 99999999999\na 1\n", ":2", "99,999,999,999 dimensions"),
        (b"1 0\na\n", ":2", "0 dimensions"),
        (b"a 1 2\n\nb 1\n", ":3", "expected a word and 2 numbers after it, got fewer"),
        (b"a 1 2\nb 1 c\n", ":2", "got what is no number"),
        (b"2 2\na 1 2\nb 1 nan\n", ":3", "a number is not finite"),
        (b"a 1 2\n\nb 1 2\n\xff\xfe 1 2\n", ":4", "is not UTF-8"),
        (b"a 1 2\nb 1 2\na 3 4\n", "", "'a' is there twice, in places 1 and 3"),
        (b"2 2\na " + ZEROS + b"b " + ZEROS[:5], ": offset 14", "truncated: 1 of 2"),
        (b"1 2\na " + ZEROS + b"b ", ": offset 14", "more follows"),
        (b"1 2\na " + np.array([1, np.nan], "<f4").tobytes(), ": offset 4", "is not finite"),
        (b"1 2\n\xff " + ZEROS, ": offset 4", "is not UTF-8"),
        (b"1 2\n\0" + b"\x80" * 200_000, ": offset 4", "no space ends the word"),
        (b"1 2\na b c\n", ":2", "got what is no number"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, data: bytes, place: str, message: str) -> None:
    path = tmp_path / "v"
    path.write_bytes(data)
    with pytest.raises(CorpusError) as caught:
        KeyedVectors.from_file(path)
    assert str(caught.value).startswith(f"{path}{place}: ")
    assert message in str(caught.value)


def test_huge_numbers_in_a_compressed_header_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "v.gz"
    path.write_bytes(gzip.compress(b"999999999999999 60000\na 1\n"))
    with pytest.raises(CorpusError, match="expected a word and 60000 numbers"):
        KeyedVectors.from_file(path)
    path.write_bytes(gzip.compress(b"5 1\na 1\n")[:-4])
    with pytest.raises(CorpusError, match="damaged compressed file"):
        KeyedVectors.from_file(path)


def test_what_is_forgiven_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "v"
    path.write_bytes(b"a 1 2\nb 3 4\na 5 6\n\xe5\xa4 7 8\n")
    read = KeyedVectors.from_file(path, duplicates="first", errors="replace")
    assert list(read) == ["a", "b", "\ufffd"]
    assert read.vectors.tolist() == [[1, 2], [3, 4], [7, 8]]
    for option in ("format", "errors", "duplicates"):
        with pytest.raises(ValueError, match=f"{option} must be one of"):
            KeyedVectors.from_file(path, **{option: "x"})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="limit must be at least 1"):
        KeyedVectors.from_file(path, limit=0)
    path.write_bytes(b"a 1e6\n")
    with pytest.raises(ValueError, match="finite float16"):
        KeyedVectors.from_file(path, dtype="float16")
    with pytest.raises(FileNotFoundError):
        KeyedVectors.from_file(tmp_path / "none")
