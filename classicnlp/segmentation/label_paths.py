"""A text as the labels B, M, E, S see it: stretches between white space, each with its scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.bmes import BmesCutter
from classicnlp._ext.spans import Spans
from classicnlp._ext.units import BREAK_MARK, INSIDE_MARK, unit_marks
from classicnlp._ext.userwords import JOINED_MARK, NEVER, WordMarker
from classicnlp.text import CharacterClass

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LabelPaths:
    """All ways to cut a text, with what they score.

    Parameters
    ----------
    text : str
        Any text.
    tables : BmesCutter
        What scores labels, and the rules it keeps to.
    marker : WordMarker, optional
        A user's words.
    required : (int, int), optional
        Start and end of a word that all ways are to have.
    excluded : (int, int), optional
        Those of a word that none is to have.
    """

    def __init__(
        self,
        text: str,
        tables: BmesCutter,
        marker: WordMarker | None = None,
        required: tuple[int, int] | None = None,
        excluded: tuple[int, int] | None = None,
    ):
        classes = tables.alphabet.classes(text)
        self.text = text
        self._tables = tables
        self._marks = np.append(unit_marks(text, classes, tables.rules), np.uint8(0))
        self._matches = np.zeros((0, 3), np.int64)
        if marker is not None:
            self._marks, self._matches = marker.find(text, self._marks)
        gaps = (classes == CharacterClass.SPACE) & (self._marks[:-1] & JOINED_MARK == 0)
        edges = np.flatnonzero(np.diff(gaps, prepend=not gaps[:1].any()))
        self._stretches = np.append(edges, len(text)).tolist()
        self._gaps = gaps
        if required is not None:
            start, end = required
            self._marks[start] = BREAK_MARK | JOINED_MARK
            self._marks[start + 1 : end] = INSIDE_MARK | JOINED_MARK
            self._marks[end] |= BREAK_MARK
        if excluded is not None:
            self._exclude(*excluded)

    def best(self) -> list[tuple[int, int, float]]:
        """Return start, end and score of each word of the best way."""
        words: list[tuple[int, int, float]] = []
        for start, end in self.stretches():
            if self._gaps[start]:
                words.append((start, end, 0.0))
                continue
            spans = self._spans(start, end)
            ends, _ = spans.best()
            places = np.concatenate([[0], ends]) + start
            scores = spans.word_scores(ends).tolist()
            words += zip(places[:-1].tolist(), places[1:].tolist(), scores, strict=True)
        return words

    def confidences(self, boundaries: NDArray[np.int32], scale: float) -> NDArray[np.float64]:
        """Return the share of all ways, weighed by exp(scale * score), that have each word."""
        shares = np.ones(len(boundaries) - 1)
        for start, end in self.stretches():
            if not self._gaps[start]:
                first, last = np.searchsorted(boundaries, [start, end])
                ends = boundaries[first + 1 : last + 1] - np.int32(start)
                shares[first:last] = self._spans(start, end).confidences(ends, scale)
        return shares

    def stretches(self) -> list[tuple[int, int]]:
        """Return where stretches without white space, and runs of it, begin and end."""
        return list(zip(self._stretches[:-1], self._stretches[1:], strict=True))

    def _spans(self, start: int, end: int) -> Spans:
        matches = self._matches
        first, last = np.searchsorted(matches[:, 0], [start, end])
        inside = matches[first:last] - np.array([start, start, 0])
        arrays = self._tables.arrays
        return Spans(
            self._tables.scores(self.text[start:end]),
            arrays["transitions"],
            arrays["starts"],
            self._marks[start:end],
            inside[inside[:, 1] <= end - start],
        )

    def _exclude(self, start: int, end: int) -> None:
        """Add a forbidden word to the matches, in its place."""
        kept = self._matches[(self._matches[:, 0] != start) | (self._matches[:, 1] != end)]
        place = np.searchsorted(
            kept[:, 0] * (len(self.text) + 1) + kept[:, 1], start * (len(self.text) + 1) + end
        )
        self._matches = np.insert(kept, place, [start, end, NEVER], axis=0)
