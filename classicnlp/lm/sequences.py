"""From whatever holds text to sequences of symbols, a piece at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from classicnlp._ext.vocabulary import Characters, Words
from classicnlp.corpus.lines import read_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

Item: TypeAlias = str | list[str] | tuple[str, ...] | os.PathLike[str]
Symbols: TypeAlias = "NDArray[np.int32]"
Encode: TypeAlias = Callable[[list[Any]], Symbols]

ITEMS_AT_ONCE = 1 << 14
CHARACTERS_AT_ONCE = 1 << 20


class Cutting(Protocol):
    """What cuts raw text into words: a segmenter of this package, or a pipeline."""

    def boundaries(self, text: str) -> NDArray[np.int32]:
        """Return 0, the places between words, and the length of the text."""


class Sequences:
    """Numbers the characters or words of texts.

    Parameters
    ----------
    unit : str
        ``"char"`` or ``"word"``.
    boundaries : bool
        Whether marks stand at the beginning and end of each line.
    segmenter : segmenter or pipeline, optional
        What cuts lines of raw text into words; by default white space does.
    workers : int
        Threads for the segmenter.
    """

    def __init__(self, unit: str, boundaries: bool, segmenter: Cutting | None, workers: int):
        self.vocabulary = Words(boundaries) if unit == "word" else Characters(boundaries)
        # A pipeline holds the segmenter that can cut many texts at once.
        self._segmenter: Any = getattr(segmenter, "segmenter", segmenter)
        self._workers = workers

    def read(
        self, texts: Iterable[Item] | os.PathLike[str], progress: Callable[[int], object] | None
    ) -> Iterator[Symbols]:
        """Yield the symbols of texts, with a 0 behind each line.

        Parameters
        ----------
        texts : iterable, or path
            Lines, lists of words, or paths of files.
        progress : callable, optional
            Called with the number of characters, or of words in lists, that were read.
        """
        for kind, batch in _batches(texts):
            encode = self._encoder(kind)
            yield encode(batch)
            if progress is not None:
                progress(sum(map(len, batch)))

    def _encoder(self, kind: type) -> Encode:
        if isinstance(self.vocabulary, Characters):
            if kind is not str:
                raise TypeError('lists of words are counted with unit="word"')
            return self.vocabulary.encode
        if kind is not str:
            return self.vocabulary.encode_sentences
        return self.vocabulary.encode_lines if self._segmenter is None else self._cut

    def _cut(self, texts: list[str]) -> Symbols:
        """Return the symbols of the words that the segmenter finds in each line."""
        lines = [line for text in texts for line in _lines(text)]
        if hasattr(self._segmenter, "boundaries_batch"):
            cuts = self._segmenter.boundaries_batch(lines, workers=self._workers)
        else:
            cuts = [self._segmenter.boundaries(line) for line in lines]
        assert isinstance(self.vocabulary, Words)
        return self.vocabulary.encode_cut(lines, cuts)


def _lines(text: str) -> list[str]:
    """Return the lines of a text; behind a line feed at its end there is none."""
    *ended, last = text.split("\n")
    lines = [line.removesuffix("\r") for line in ended]
    return lines if ended and not last else [*lines, last]


def _batches(texts: Iterable[Item] | os.PathLike[str]) -> Iterator[tuple[type, list[Any]]]:
    """Yield lists of str, or of lists of words, in the order of the texts."""
    kind: type = str
    batch: list[Any] = []
    room = CHARACTERS_AT_ONCE
    for item in _items(texts):
        own = list if isinstance(item, (list, tuple)) else str
        if batch and (own is not kind or room <= 0 or len(batch) >= ITEMS_AT_ONCE):
            yield kind, batch
            batch, room = [], CHARACTERS_AT_ONCE
        kind = own
        batch.append(item)
        room -= len(item)
    if batch:
        yield kind, batch


def _items(
    texts: Iterable[Item] | os.PathLike[str],
) -> Iterator[str | list[str] | tuple[str, ...]]:
    """Yield the texts, and the contents of files in place of their paths."""
    for item in [texts] if isinstance(texts, os.PathLike) else texts:
        if isinstance(item, os.PathLike):
            yield from read_blocks(item)
        elif isinstance(item, (str, list, tuple)):
            yield item
        else:
            raise TypeError(
                f"a text must be a str, a list of words or a path, got {type(item).__name__}"
            )
