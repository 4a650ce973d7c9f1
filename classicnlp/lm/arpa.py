"""ARPA files: back-off models as text, which KenLM, SRILM and others read and write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.arpa import format_grams, parse_grams
from classicnlp._ext.interning import check_slots, find, slots_of, text_keys
from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp.corpus.lines import atomic_writer, display_name
from classicnlp.errors import CorpusError
from classicnlp.lm.automaton import Table
from classicnlp.lm.grams import Level, gram_keys
from classicnlp.lm.sentences import read_raw_lines
from classicnlp.lm.vocabulary import BEGIN, END, SPECIALS, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINES_AT_ONCE = 1 << 16
BLANKS = re.compile(r"[ \t\r\n\0]")
COUNT = re.compile(r"ngram\s+(\d+)\s*=\s*(\d+)\s*")
MOST_LINES_BEFORE = 1000  # its beginning, where programs leave remarks
MISSING = np.uint64(1 << 63)  # above all keys of n-grams
CLOSE_MARK = "\\end\\"
VARIANTS = {"<UNK>": "<unk>", "<S>": "<s>", "</S>": "</s>"}
"""How some programs spell the special words."""


def write(path: str | os.PathLike[str], words: Vocabulary, table: Table) -> None:
    """Write a table as an ARPA file: the whole file or none of it.

    Raises
    ------
    ValueError
        If a word is empty or holds a blank.
    """
    for word in words:
        if not word or BLANKS.search(word):
            raise ValueError(
                f"an ARPA file has no room for a word that is blank or holds one: {word!r}"
            )
    letters, offsets = words.encoded
    _require_unicode(letters)
    with atomic_writer(path) as writer:
        writer.write("\\data\\\n")
        writer.writelines(f"ngram {k}={len(level)}\n" for k, level in enumerate(table.levels, 1))
        for k, (level, logs) in enumerate(zip(table.levels, table.logs, strict=True)):
            writer.write(f"\n\\{k + 1}-grams:\n")
            backoffs = table.backoffs[k] if k < len(table.backoffs) else None
            for low in range(0, len(level), LINES_AT_ONCE):
                rows = slice(low, low + LINES_AT_ONCE)
                lines = format_grams(
                    _words_of(table.levels, k, rows),
                    logs[rows],
                    None if backoffs is None else backoffs[rows],
                    letters,
                    offsets,
                )
                writer.write(lines.decode("utf-8"))
        writer.write(f"\n{CLOSE_MARK}\n")


def _require_unicode(letters: NDArray[np.uint8]) -> None:
    try:
        letters.tobytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("an ARPA file has no room for a word with a lone surrogate") from None


def _words_of(levels: Sequence[Level], k: int, rows: slice) -> NDArray[np.int32]:
    """Return the words of some n-grams, a row each."""
    ids = np.empty((len(levels[k].last[rows]), k + 1), np.int32)
    chain = np.arange(len(levels[k]), dtype=np.int32)[rows]
    for j in range(k, -1, -1):
        ids[:, j] = levels[j].last[chain]
        chain = levels[j].parents[chain]
    return ids


def read(path: str | os.PathLike[str]) -> tuple[list[str], Table]:
    """Read an ARPA file.

    n-grams whose prefix or suffix is missing, as in models that SRILM pruned, get it with the
    probability that it has anyway. A file without ``<unk>`` gives unknown words no probability.

    Returns
    -------
    words : list of str
    table : Table

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CorpusError
        If the file is no ARPA file; with the line.
    """
    reader = _Reader(path)
    counts = reader.counts()
    words, keys, logs, backoffs = reader.unigrams(counts[0])
    parts = [(np.arange(len(words), dtype=np.int32)[:, None], logs, backoffs)]
    slots = slots_of(keys)
    check_slots(slots, len(keys))
    for k, count in enumerate(counts[1:], 2):
        ids, own, weights = reader.section(k, count, slots, keys)
        parts.append((ids, own, weights))
    reader.finish()
    return words, _closed(reader, parts)


class _Reader:
    """The lines of an ARPA file, and where in it we are."""

    def __init__(self, path: str | os.PathLike[str]):
        self.name = display_name(path)
        self.lines = read_raw_lines(path)
        self.number = 0

    def error(self, message: str, line: int | None = None) -> CorpusError:
        return CorpusError(message, self.name, self.number if line is None else line)

    def next_line(self) -> str:
        """Return the next line that is not blank."""
        for line in self.lines:
            self.number += 1
            if line.strip():
                return line.strip()
        raise CorpusError("the file ends too early: fetch or write it again", self.name)

    def counts(self) -> list[int]:
        """Read up to the header's counts of n-grams."""
        for line in islice(self.lines, MOST_LINES_BEFORE):
            self.number += 1
            if line.strip() == "\\data\\":
                break
        else:
            raise self.error("no ARPA file: a line '\\data\\' was expected")
        found: list[int] = []
        line = self.next_line()
        while match := COUNT.fullmatch(line):
            if int(match[1]) != len(found) + 1:
                raise self.error(f"expected the count of {len(found) + 1}-grams")
            found.append(int(match[2]))
            line = self.next_line()
        if not 0 < len(found) <= HIGHEST_ORDER:
            raise self.error(f"expected 1 ... {HIGHEST_ORDER} lines 'ngram order=count'")
        self._require(line, 1)
        return found

    def unigrams(
        self, count: int
    ) -> tuple[list[str], NDArray[np.uint64], NDArray[np.float32], NDArray[np.float32]]:
        """Read the words; the special ones come first, whatever their places."""
        words, logs, backoffs = list(SPECIALS), [], []
        numbers = []
        known = {word: number for number, word in enumerate(SPECIALS)}
        for lines, (own, weights, _, places) in self._parsed(1, count):
            bounds = places.tolist()
            for line, (low, high) in zip(lines, bounds, strict=True):
                word = line[low:high]
                word = VARIANTS.get(word, word)
                numbers.append(known.setdefault(word, len(known)))
                if numbers[-1] == len(words):
                    words.append(word)
            logs.append(own)
            backoffs.append(weights)
        if len(set(numbers)) < len(numbers):
            raise self.error("a word stands twice among the 1-grams")
        if not {BEGIN, END} <= set(numbers):
            raise self.error("the 1-grams lack <s> or </s>")
        found = np.full(len(words), -np.inf, np.float32)
        found[numbers] = np.concatenate([np.zeros(0, np.float32), *logs])
        found[BEGIN] = -np.inf
        weights = np.zeros(len(words), np.float32)
        weights[numbers] = np.concatenate([np.zeros(0, np.float32), *backoffs])
        return words, text_keys(words), found, weights

    def section(
        self, order: int, count: int, slots: NDArray[np.int32], known: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """Read the n-grams of one order: their words, logs and back-off weights."""
        self._require(self.next_line(), order)
        ids, logs, backoffs = [], [], []
        for _, (own, weights, keys, _) in self._parsed(order, count):
            numbers = find(slots, known, keys.ravel()).reshape(keys.shape)
            spelt = text_keys(list(VARIANTS))
            for key, word in zip(spelt, VARIANTS.values(), strict=True):
                numbers[keys == key] = SPECIALS.index(word)
            missing = np.flatnonzero((numbers < 0).any(axis=1))
            if len(missing):
                line = self.number - len(keys) + int(missing[0]) + 1
                raise self.error("a word is not among the 1-grams", line)
            ids.append(numbers)
            logs.append(own)
            backoffs.append(weights)
        empty = np.zeros(0, np.float32)
        return (
            np.concatenate([np.zeros((0, order), np.int32), *ids]),
            np.concatenate([empty, *logs]),
            np.concatenate([empty, *backoffs]),
        )

    def finish(self) -> None:
        """Read the end mark."""
        if self.next_line() != CLOSE_MARK:
            raise self.error(
                f"expected '{CLOSE_MARK}': there are more n-grams than the header says"
            )

    def _parsed(
        self, order: int, count: int
    ) -> Iterator[
        tuple[
            list[str],
            tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint64], NDArray[np.int32]],
        ]
    ]:
        left = count
        while left:
            lines = list(islice(self.lines, min(left, LINES_AT_ONCE)))
            found = parse_grams(lines, order)
            done = len(found[0])
            self.number += done
            if done < len(lines):
                raise self.error(
                    f"expected log10 p, {order} words and perhaps a back-off weight, got "
                    f"{lines[done]!r}; the header says that there are {count:,} {order}-grams",
                    self.number + 1,
                )
            if not lines:
                raise CorpusError("the file ends too early: fetch or write it again", self.name)
            left -= done
            yield lines, found

    def _require(self, line: str, order: int) -> None:
        if line != f"\\{order}-grams:":
            raise self.error(f"expected '\\{order}-grams:', got {line!r}")


Part = tuple["NDArray[np.int32]", "NDArray[np.float32]", "NDArray[np.float32]"]


def _closed(reader: _Reader, parts: list[Part]) -> Table:
    """Return the table of n-grams, with the prefixes and suffixes that are missing."""
    levels = _levels(reader, parts)
    if any((level.parents < 0).any() or (level.suffixes < 0).any() for level in levels):
        for k in range(len(parts) - 1, 1, -1):
            parts[k - 1] = _with_missing(parts[k - 1], parts[k][0])
        levels = _levels(reader, parts)
    for k in range(1, len(parts)):
        _, logs, _ = parts[k]
        blank = np.isnan(logs)
        if blank.any():
            suffixes, parents = levels[k].suffixes[blank], levels[k].parents[blank]
            logs[blank] = parts[k - 1][1][suffixes] + parts[k - 1][2][parents]
    return Table(levels, [logs for _, logs, _ in parts], [weights for _, _, weights in parts[:-1]])


def _levels(reader: _Reader, parts: list[Part]) -> list[Level]:
    """Return the levels of n-grams; parents and suffixes that are missing are -1."""
    levels: list[Level] = []
    tables: list[tuple[NDArray[np.int32], NDArray[np.uint64]]] = []
    for k, (ids, _, _) in enumerate(parts):
        zeros = np.zeros(len(ids), np.int32)
        parents = _rows(tables, ids[:, :-1]) if k else zeros
        suffixes = _rows(tables, ids[:, 1:]) if k else zeros
        last = np.ascontiguousarray(ids[:, -1])
        levels.append(Level(parents, last, suffixes))
        if k:
            keys = gram_keys(parents, last)
            sound = np.sort(keys[keys > 0])
            if (sound[1:] == sound[:-1]).any():
                raise CorpusError(f"a {k + 1}-gram stands twice", reader.name)
            # Keys of n-grams without a parent are no keys: none may stand in a table twice.
            keys[keys == 0] = MISSING + np.arange(np.count_nonzero(keys == 0), dtype=np.uint64)
            tables.append((slots_of(keys), keys))
    return levels


def _with_missing(part: Part, longer: NDArray[np.int32]) -> Part:
    """Return n-grams with those prefixes and suffixes of longer ones that are not among them.

    Their logs are NaN: the probability is yet to be had from shorter n-grams.
    """
    own, logs, backoffs = part
    wanted = np.unique(np.concatenate([longer[:, :-1], longer[:, 1:]]), axis=0)
    missing = wanted[~_among(wanted, own)]
    return (
        np.concatenate([own, missing]),
        np.concatenate([logs, np.full(len(missing), np.nan, np.float32)]),
        np.concatenate([backoffs, np.zeros(len(missing), np.float32)]),
    )


def _rows(
    tables: list[tuple[NDArray[np.int32], NDArray[np.uint64]]], ids: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the rows of n-grams by their words."""
    rows = np.ascontiguousarray(ids[:, 0])
    for j in range(1, ids.shape[1]):
        slots, keys = tables[j - 1]
        rows = find(slots, keys, gram_keys(rows, np.ascontiguousarray(ids[:, j])))
    return rows


def _among(wanted: NDArray[np.int32], own: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which rows of one matrix are rows of another."""
    joined = np.concatenate([own, wanted])
    _, numbers = np.unique(joined, axis=0, return_inverse=True)
    numbers = numbers.ravel()
    return np.isin(numbers[len(own) :], numbers[: len(own)])
