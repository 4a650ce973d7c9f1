"""The kernel that reads and writes vectors as text and as bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

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
from tests.reference import vectorlines as reference

MANY = 1 << 40

singles = st.floats(width=32, allow_nan=False, allow_infinity=False)


def data_of(text: bytes) -> np.ndarray:
    return np.frombuffer(text, np.uint8)


def lines_of(numbers: np.ndarray) -> bytes:
    letters = data_of(b"a" * len(numbers))
    return format_lines(numbers, letters, np.arange(len(numbers) + 1))


@given(st.lists(st.tuples(singles, singles), max_size=20))
def test_numbers_in_single_precision_come_back(rows: list[tuple[float, float]]) -> None:
    numbers = np.array(rows, np.float32).reshape(-1, 2)
    text = lines_of(numbers)
    vectors, places, read, lines, status = parse_lines(data_of(text), 2, MANY)
    assert (read, lines, status) == (len(text), len(rows), FINE)
    assert (vectors == numbers).all()
    assert [text[low:high] for low, high in places.tolist()] == [b"a"] * len(rows)
    # Others read them, too.
    others = [[np.float32(field) for field in line.split()[1:]] for line in text.splitlines()]
    assert (np.array(others, np.float32).reshape(-1, 2) == numbers).all()


def test_any_bits_come_back() -> None:
    bits = np.random.default_rng(0).integers(0, 1 << 32, 40_000, dtype=np.uint32)
    numbers = bits.view(np.float32)
    numbers = numbers[np.isfinite(numbers)].reshape(-1, 1)
    assert (parse_lines(data_of(lines_of(numbers)), 1, MANY)[0] == numbers).all()


def test_numbers_are_written_with_as_few_digits_as_bring_them_back() -> None:
    written = {
        0.0: b"0", -0.5: b"-0.5", 0.1: b"0.1", 100.0: b"100", 0.001: b"0.001", 1e-5: b"0.00001",
        5e-7: b"5e-07", 16777216.0: b"16777216", 1e9: b"1e+09", 3.4028235e38: b"3.4028235e+38",
        0.123456: b"0.123456", 9.9999998e-5: b"0.0001", -1e-45: b"-1.4013e-45",
    }  # fmt: skip
    numbers = np.array(list(written), np.float32).reshape(-1, 1)
    assert [line.split()[1] for line in lines_of(numbers).splitlines()] == list(written.values())


@given(
    st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r", b"1", b"-2.5e3", b"x y", "词".encode()])),
    st.integers(1, 3),
)
def test_lines_are_read_as_by_the_reference(pieces: list[bytes], dimensions: int) -> None:
    line = b"".join(pieces)
    assume(b"e311" not in line)  # too large a number is a case of its own
    try:
        expected = reference.read_line(line, dimensions)
    except ValueError:
        expected = None
    vectors, places, read, lines, status = parse_lines(data_of(line + b"\n"), dimensions, MANY)
    if not line.strip(b" \t\r"):
        assert (len(vectors), read, lines, status) == (0, len(line) + 1, 1, FINE)
    elif expected is None:
        assert (read, lines) == (0, 0)
        assert status in (TOO_FEW_NUMBERS, NOT_A_NUMBER)
    else:
        assert (status, read) == (FINE, len(line) + 1)
        assert line[slice(*places[0])] == expected[0]
        assert vectors[0].tolist() == expected[1]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"a 1", TOO_FEW_NUMBERS),
        (b"1 2", TOO_FEW_NUMBERS),
        (b"a 1 b", NOT_A_NUMBER),
        (b"a 1 2e", NOT_A_NUMBER),
        (b"a 1 --2", NOT_A_NUMBER),
        (b"a 1 .", NOT_A_NUMBER),
        (b"a 1 1.2.3", NOT_A_NUMBER),
        (b"a 1 nan", INFINITE),
        (b"a -inf 1", INFINITE),
        (b"a 1e39 1", INFINITE),
        (b"a 1 1e999999999999", INFINITE),
    ],
)
def test_the_first_wrong_line_ends_it(line: bytes, status: int) -> None:
    vectors, _, read, lines, found = parse_lines(
        data_of(b"b 1 2\n\n" + line + b"\nc 3 4\n"), 2, MANY
    )
    assert (vectors.tolist(), read, lines, found) == ([[1, 2]], 7, 2, status)


def test_lines_stop_where_they_are_told_to() -> None:
    text = b"a 1\nb 2\nc 3"
    assert parse_lines(data_of(text), 1, MANY)[2:] == (8, 2, FINE)
    assert parse_lines(data_of(text), 1, 1)[2:] == (4, 1, FINE)
    assert parse_lines(data_of(text), 1, 0)[2:] == (0, 0, FINE)
    assert parse_lines(data_of(b""), 1, MANY)[2:] == (0, 0, FINE)


def test_records() -> None:
    numbers = np.array([[1.5, -2], [0, 3e38]], "<f4")
    text = "\n词 ".encode() + numbers[0].tobytes() + b"\n\nb " + numbers[1].tobytes() + b"\nhalf 12"
    vectors, places, read, status = parse_records(data_of(text), 2, MANY)
    assert (vectors == numbers).all()
    assert [text[low:high] for low, high in places.tolist()] == ["词".encode(), b"b"]
    assert (text[read:], status) == (b"\nhalf 12", FINE)
    assert len(parse_records(data_of(text), 2, 1)[0]) == 1
    assert parse_records(data_of(b""), 2, MANY)[2:] == (0, FINE)
    for wrong in (np.inf, -np.inf, np.nan):
        numbers[1, 1] = wrong
        text = b"a " + numbers.tobytes()[:8] + b"b " + numbers.tobytes()[8:]
        assert parse_records(data_of(text), 2, MANY)[2:] == (10, INFINITE)
    assert parse_records(data_of(b"x" * 70_000), 2, MANY)[2:] == (0, ENDLESS_WORD)


@given(st.binary(max_size=200), st.integers(1, 5))
def test_any_bytes_are_read_or_refused(data: bytes, dimensions: int) -> None:
    for parse in (parse_lines, parse_records):
        vectors, places, read, *_ = parse(data_of(data), dimensions, MANY)
        assert len(vectors) == len(places)
        assert 0 <= read <= len(data)
        assert np.isfinite(vectors).all()
        assert ((places >= 0) & (places <= len(data))).all()


def test_what_is_refused() -> None:
    ones = np.ones((1, 1), np.float32)
    for call in (
        lambda: parse_lines(data_of(b"a 1\n"), 0, 1),
        lambda: parse_lines(data_of(b"a 1\n"), 1, -1),
        lambda: parse_records(data_of(b"a 1\n"), 0, 1),
        lambda: format_lines(ones, data_of(b"a"), np.array([0, 2])),
        lambda: format_lines(ones, data_of(b"a"), np.array([0, 0, 1])),
        lambda: format_lines(ones * np.float32(np.nan), data_of(b"a"), np.array([0, 1])),
    ):
        with pytest.raises(ValueError, match="must"):
            call()
