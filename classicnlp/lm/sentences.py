"""Sentences from wherever they are: lists of words, lines of text, files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.wordkeys import word_keys
from classicnlp.corpus.lines import FilePath, read_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sentence: TypeAlias = str | Sequence[str]
Sentences: TypeAlias = "Iterable[Sentence | os.PathLike[str]] | os.PathLike[str]"

SENTENCES_AT_ONCE = 1 << 13
PLAIN = frozenset([str, list, tuple])
WORDS_AT_ONCE = 1 << 17


class Words(NamedTuple):
    """The words of some sentences, by their keys.

    Attributes
    ----------
    keys : uint64 array, shape (n,)
    offsets : int64 array, shape (sentences + 1,)
        Where each sentence begins, and where the last ends.
    sentences : list
        The sentences themselves.
    places : int32 array, shape (2, n)
        Where each word begins and ends in its sentence.
    """

    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    sentences: Sequence[Any]
    places: NDArray[np.int32]

    def text(self, place: int) -> str:
        """Return the word at a place."""
        number = int(np.searchsorted(self.offsets, place, "right")) - 1
        sentence = self.sentences[number]
        low, high = self.places[:, place].tolist()
        return sentence[low:high] if isinstance(sentence, str) else sentence[low]


def read_words(
    sentences: Sentences, unit: str, words_at_once: int = WORDS_AT_ONCE, end: int = 0
) -> Iterator[Words]:
    """Yield the words of all sentences, some sentences at a time.

    Parameters
    ----------
    sentences : iterable of str, of lists of words, of paths; or one path
        A str is cut at blanks, or into its characters; of a file each line is one.
    unit : {"word", "char"}
        What a str is cut into.
    words_at_once : int
        How many words are enough for once.
    end : int
        The key of a word to put after each sentence; 0 for none.

    Raises
    ------
    TypeError
        If there is anything else.
    """
    if isinstance(sentences, str):
        raise TypeError(
            "expected sentences, got a str: pass a list, [text], or the path of a file, "
            "pathlib.Path(text)"
        )
    given = iter([sentences] if isinstance(sentences, os.PathLike) else sentences)
    while some := list(islice(given, SENTENCES_AT_ONCE)):
        if PLAIN.issuperset(map(type, some)):
            yield from _cut(some, unit, words_at_once, end)
            continue
        lines = _lines(some)
        while part := list(islice(lines, SENTENCES_AT_ONCE)):
            yield from _cut(part, unit, words_at_once, end)


def _cut(sentences: list[Any], unit: str, words_at_once: int, end: int) -> Iterator[Words]:
    first = 0
    while first < len(sentences):
        keys, offsets, places = word_keys(sentences, first, words_at_once, unit == "char", end)
        stop = first + len(offsets) - 1
        yield Words(keys, offsets, sentences[first:stop], places)
        first = stop


def read_raw_lines(path: FilePath) -> Iterator[str]:
    """Yield the lines of a file, faster than `read_lines`; a carriage return may be at the end."""
    for block in read_blocks(path):
        lines = block.split("\n")
        if not lines[-1]:
            lines.pop()
        yield from lines


def _lines(sentences: Iterable[Any]) -> Iterator[Any]:
    """Yield sentences as str and lists, and in place of a file its lines."""
    for sentence in sentences:
        if isinstance(sentence, os.PathLike):
            yield from read_raw_lines(sentence)
        elif isinstance(sentence, (str, list, tuple)) or not isinstance(sentence, Iterable):
            yield sentence
        else:
            yield list(sentence)
