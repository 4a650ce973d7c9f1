"""Extractors whose features combine what tokens have in some columns."""

from __future__ import annotations

import abc
import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.interning import Numbering, select, text_keys
from classicnlp.checks import require_count
from classicnlp.tagging.features.base import (
    Chunk,
    FeatureExtractor,
    Token,
    as_sequences,
    chunks,
)
from classicnlp.tagging.features.combinations import Combination, Combinations, Items
from classicnlp.tagging.features.vocabulary import (
    Finder,
    HashedVocabulary,
    Learner,
    check_bits,
    chosen,
    restored,
)
from classicnlp.tagging.observations import Observations

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Columns(Protocol):
    """What tokens have in the columns that templates name."""

    width: int
    """How many columns there are."""

    def keys(self, chunk: Chunk) -> NDArray[np.uint64]:
        """Return the key of each column of each place, 0 where there is nothing."""

    def text(self, chunk: Chunk, place: int, column: int) -> str:
        """Return what a column of a place holds, as text for a feature's name."""

    def beyond(self, text: str, column: int) -> str:
        """Return what a column holds beyond the ends, where ``text`` stands for the token."""


class Side(NamedTuple):
    """The features of places, or those of transitions."""

    templates: Combinations
    vocabulary: Finder

    def names(self, features: ArrayLike | None) -> list[str]:
        """Return the names of some features, or of all."""
        numbers = chosen(features, self.vocabulary.size)
        return self.vocabulary.names(self.templates.formats, numbers)

    def numbers(
        self, chunk: Chunk, keys: NDArray[np.uint64], beyond: NDArray[np.uint64]
    ) -> NDArray[np.int32]:
        """Return the numbers of the features of a chunk; -1 for one that is not known."""
        return self.vocabulary.find(self.templates.keys(keys, chunk.offsets, beyond))


class _Texts:
    """The texts that features are made of, numbered as they come."""

    def __init__(self, columns: Columns):
        self._columns = columns
        self._numbering = Numbering()
        self.texts: list[str] = []

    def number(self, chunk: Chunk, items: Items) -> NDArray[np.int32]:
        """Return the numbers of the texts of items."""
        numbers, fresh = self._numbering.add(items.keys)
        places, columns = items.places[fresh].tolist(), items.columns[fresh].tolist()
        for place, column in zip(places, columns, strict=True):
            self.texts.append(self._text(chunk, place, column))
        return numbers

    def _text(self, chunk: Chunk, place: int, column: int) -> str:
        after = place - int(chunk.offsets[-1]) + 1
        if place < 0 or after > 0:
            return self._columns.beyond(beyond_name(place if place < 0 else after), column)
        return self._columns.text(chunk, place, column)


class _LearningSide:
    """The features of places, or those of transitions, while they are being learnt."""

    def __init__(self, templates: Combinations, texts: _Texts):
        self.templates = templates
        self._texts = texts
        self._learner = Learner(templates.widths)

    def numbers(
        self, chunk: Chunk, keys: NDArray[np.uint64], beyond: NDArray[np.uint64]
    ) -> NDArray[np.int32]:
        """Return provisional numbers of the features of a chunk; note what new ones are made of."""
        ids, fresh = self._learner.add(self.templates.keys(keys, chunk.offsets, beyond))
        templates, items = self.templates.items_at(fresh, keys, chunk.offsets, beyond)
        self._learner.describe(templates, self._texts.number(chunk, items))
        return ids

    def finish(self, min_count: int) -> tuple[Side, NDArray[np.int32]]:
        """Return what was learnt, and the last number of each provisional one, or -1."""
        vocabulary, numbers = self._learner.finish(min_count, self._texts.texts)
        return Side(self.templates, vocabulary), numbers


class ColumnFeatures(FeatureExtractor):
    """An extractor whose features combine what tokens have in some columns."""

    hash_bits: int | None

    @abc.abstractmethod
    def _prepare(self, sequences: Sequence[Sequence[Token]]) -> None:
        """Take from training data what must be known before its features: how many columns."""

    @abc.abstractmethod
    def _templates(self) -> tuple[Sequence[Combination], Sequence[Combination]]:
        """Return the templates of features of places, and of those of transitions."""

    @abc.abstractmethod
    def _columns(self) -> Columns:
        """Return what reads the columns of tokens."""

    def _learn_columns(
        self,
        sequences: list[Sequence[Token]],
        offsets: NDArray[np.int64],
        labels: Sequence[Sequence[str]] | None,
    ) -> Columns:
        """Learn what columns hold; return what reads the columns of just these tokens."""
        return self._columns()

    def fit_transform(
        self,
        sequences: Sequence[Sequence[Token]],
        min_count: int = 1,
        labels: Sequence[Sequence[str]] | None = None,
    ) -> Observations:
        """Number the features of training data; those seen less than ``min_count`` times are out.

        With ``hash_bits`` nothing is counted and nothing left out.

        Parameters
        ----------
        sequences : list of sequences of tokens
        min_count : int
            From 1.
        labels : list of sequences of str, optional
            The label of each token, for templates of words that name ``labels``.

        Returns
        -------
        Observations

        Raises
        ------
        TypeError, ValueError
            If a token is not what this extractor takes; the message names sequence and token.
            If labels are needed and missing, or there is not one for each token.
        """
        require_count(min_count, "min_count", 1)
        bits = check_bits(self.hash_bits)
        listed, offsets = as_sequences(sequences)
        self._prepare(listed)
        columns = self._learn_columns(listed, offsets, labels)
        features, edges = map(Combinations, self._templates())
        beyond = _beyond(columns, max(features.reach, edges.reach))
        if bits is not None:
            hashed = HashedVocabulary(bits)
            sides = Side(features, hashed), Side(edges, hashed)
            self._set_learnt(*sides, beyond)
            rows = _numbered(listed, offsets, 0, columns, sides, beyond)
            return self._observations(offsets, rows, [None, None])
        texts = _Texts(columns)
        learning = _LearningSide(features, texts), _LearningSide(edges, texts)
        rows = _numbered(listed, offsets, 0, columns, learning, beyond)
        finished = [side.finish(min_count) for side in learning]
        self._set_learnt(finished[0][0], finished[1][0], beyond)
        return self._observations(offsets, rows, [numbers for _, numbers in finished])

    def transform(self, sequences: Sequence[Sequence[Token]], start: int = 0) -> Observations:
        """Return the known features of sequences; features that training did not see are left out.

        Parameters
        ----------
        sequences : list of sequences of tokens
        start : int
            How many sequences came before these, for messages.

        Returns
        -------
        Observations

        Raises
        ------
        TypeError, ValueError
            As for `fit_transform`, and if that was not called before.
        """
        sides = self._fitted()
        listed, offsets = as_sequences(sequences, start)
        rows = _numbered(listed, offsets, start, self._columns(), sides, self._beyond)
        return self._observations(offsets, rows, [None, None])

    def extended(self, sequences: Sequence[Sequence[Token]], min_count: int = 1) -> Self:
        """Return an extractor that knows the features of further training data, too.

        Columns that training data tell of stay as the first training data told of them.

        Parameters
        ----------
        sequences : list of sequences of tokens
        min_count : int
            From 1.

        Raises
        ------
        TypeError, ValueError
            As for `fit_transform`, and if that was not called before.
        """
        require_count(min_count, "min_count", 1)
        sides, bits = self._fitted(), check_bits(self.hash_bits)
        listed, offsets = as_sequences(sequences)
        columns = self._columns()
        texts = _Texts(columns)
        learning = [_LearningSide(side.templates, texts) for side in sides]
        if bits is None:
            _numbered(listed, offsets, 0, columns, learning, self._beyond)
        features, edges = (
            Side(
                side.templates,
                side.vocabulary.merged(
                    more.finish(min_count)[0].vocabulary if bits is None else HashedVocabulary(bits)
                ),
            )
            for side, more in zip(sides, learning, strict=True)
        )
        both = copy.copy(self)
        both._set_learnt(features, edges, self._beyond)
        return both

    def names(self, features: ArrayLike | None = None) -> list[str]:
        """Return readable names of features, by default of all in order of their numbers."""
        return self._fitted()[0].names(features)

    def edge_names(self) -> list[str]:
        """Return a readable name of each feature of transitions."""
        edges = self._fitted()[1]
        return edges.names(None) if len(edges.templates) else []

    def keep(self, features: NDArray[np.bool_]) -> None:
        """Forget the features that are False here and number the rest anew, in the same order."""
        (templates, vocabulary), edges = self._fitted()
        self._set_learnt(Side(templates, vocabulary.kept(features)), edges, self._beyond)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters (for JSON) and arrays for a model file."""
        features, edges = (side.vocabulary.arrays() for side in self._fitted())
        arrays = {**store.nested("features", features), **store.nested("edges", edges)}
        return self.get_params(), arrays

    def _restore(self, arrays: dict[str, store.Array]) -> Self:
        """Take what `to_store` gave; what `_prepare` sets is set already."""
        sides = []
        for name, templates in zip(("features", "edges"), self._templates(), strict=True):
            combinations = Combinations(templates)
            stored = store.within(name, arrays)
            sides.append(Side(combinations, restored(stored, self.hash_bits, combinations.widths)))
        reach = max(side.templates.reach for side in sides)
        self._set_learnt(sides[0], sides[1], _beyond(self._columns(), reach))
        return self

    def _set_learnt(self, features: Side, edges: Side, beyond: NDArray[np.uint64]) -> None:
        self._sides = features, edges
        self._beyond = beyond

    def _fitted(self) -> tuple[Side, Side]:
        sides: tuple[Side, Side] | None = getattr(self, "_sides", None)
        if sides is None:
            raise self._not_fitted()
        return sides

    def _observations(
        self,
        offsets: NDArray[np.int64],
        rows: Sequence[NDArray[np.int32]],
        numbers: Sequence[NDArray[np.int32] | None],
    ) -> Observations:
        """Make observations of rows of numbers, after giving them their last numbers."""
        sides = self._fitted()
        first, features = _compact(rows[0], numbers[0])
        count = sides[0].vocabulary.size
        if not len(sides[1].templates):
            return Observations(offsets, first, features, None, count)
        edge_first, edges = _compact(rows[1], numbers[1])
        edge_count = sides[1].vocabulary.size
        return Observations(offsets, first, features, None, count, edge_first, edges, edge_count)


def beyond_name(distance: int) -> str:
    """Return what stands before the first token (-1 is next to it) or after the last.

    >>> beyond_name(-1), beyond_name(2)
    ('_B-1', '_B+2')
    """
    return f"_B{distance:+d}"


def _beyond(columns: Columns, reach: int) -> NDArray[np.uint64]:
    """Return the keys of what stands beyond the ends, for the kernel."""
    texts = [
        columns.beyond(beyond_name(sign * distance), column)
        for sign in (-1, 1)
        for distance in range(1, reach + 1)
        for column in range(columns.width)
    ]
    return text_keys(texts).reshape(2, reach, columns.width)


def _numbered(
    sequences: list[Sequence[Token]],
    offsets: NDArray[np.int64],
    start: int,
    columns: Columns,
    sides: Sequence[Side | _LearningSide],
    beyond: NDArray[np.uint64],
) -> list[NDArray[np.int32]]:
    """Return for each side the numbers of its features, a row for each place."""
    places = int(offsets[-1])
    rows = [np.empty((places, len(side.templates)), np.int32) for side in sides]
    for chunk in chunks(sequences, offsets, start):
        keys = columns.keys(chunk)
        for side, out in zip(sides, rows, strict=True):
            if len(side.templates):
                numbers = side.numbers(chunk, keys, beyond)
                out[chunk.place : chunk.stop] = numbers.reshape(-1, len(side.templates))
    return rows


def _compact(
    rows: NDArray[np.int32], numbers: NDArray[np.int32] | None
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where the features of each place begin, and the features."""
    places, width = rows.shape
    ids = rows.reshape(-1)
    first = select(np.arange(places + 1, dtype=np.int64) * width, ids, None, numbers)
    used = int(first[-1])
    # What is left of a large array should not keep all of it in memory.
    return first, ids[:used] if 2 * used > len(ids) else ids[:used].copy()
