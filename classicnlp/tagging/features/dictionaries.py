"""Features as dictionaries, as python-crfsuite and sklearn-crfsuite take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.attributes import attributes, names_at
from classicnlp._ext.interning import select
from classicnlp.arrays import offsets_of
from classicnlp.checks import require_count
from classicnlp.tagging.features.base import (
    FeatureExtractor,
    Token,
    as_sequences,
    chunks,
)
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

FORMATS = ("%s", "%s:%s")
"""A feature is named by its key, or by key and item."""

WIDTHS = np.array([1, 2], np.int64)


class DictFeatures(FeatureExtractor):
    """Features as dictionaries, with the meaning that they have in python-crfsuite.

    A token is a dictionary. A number is the value of the feature that its key names, True is 1;
    what is 0 or False is left out. A str ``item`` is a feature ``key:item`` of value 1, and so
    is each item of a list, tuple or set of str. Names from a dictionary within it begin with
    ``key:``. A token may also be a list, tuple or set of str, each a feature of value 1.

    Parameters
    ----------
    hash_bits : int, optional
        Number features by so many bits of their hashes (1 to 28) instead of learning which there
        are; some then share a number.

    Examples
    --------
    >>> features = DictFeatures()
    >>> seen = features.fit_transform([[{"w": "北京", "bias": 1.0, "next": {"w": "大学"}}]])
    >>> features.names()
    ['w:北京', 'bias', 'next:w:大学']
    >>> features.transform([[{"w": "北京"}, {"bias": 0.5, "w": "上海"}]]).values.tolist()
    [1.0, 0.5]
    """

    kind = "dictionaries"

    def __init__(self, hash_bits: int | None = None):
        self.hash_bits = hash_bits

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
        sequences : list of sequences of dict, or of list, tuple or set of str
        min_count : int
            From 1; how often a feature occurs, whatever its values.
        labels : list of sequences of str, optional
            They are not needed here.

        Returns
        -------
        Observations

        Raises
        ------
        TypeError, ValueError
            If a token is something else, or a value is not finite; the message names sequence,
            token and key.
        """
        require_count(min_count, "min_count", 1)
        bits = check_bits(self.hash_bits)
        listed, offsets = as_sequences(sequences)
        if bits is not None:
            self._vocabulary: Finder = HashedVocabulary(bits)
            return self.transform(listed)
        learner = Learner(WIDTHS)
        texts: dict[str, int] = {}
        read = _Rows()
        for chunk in chunks(listed, offsets):
            keys, values, first = attributes(chunk.sequences, chunk.start)
            ids, fresh = learner.add(keys)
            learner.describe(*_parts(names_at(chunk.sequences, first, fresh), texts))
            read.add(ids, values, first)
        self._vocabulary, numbers = learner.finish(min_count, list(texts))
        return read.observations(offsets, numbers, self._vocabulary.size)

    def transform(self, sequences: Sequence[Sequence[Token]], start: int = 0) -> Observations:
        """Return the known features of sequences; features that training did not see are left out.

        Parameters
        ----------
        sequences : list of sequences of dict, or of list, tuple or set of str
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
        vocabulary = self._fitted()
        listed, offsets = as_sequences(sequences, start)
        read = _Rows()
        for chunk in chunks(listed, offsets, start):
            keys, values, first = attributes(chunk.sequences, chunk.start)
            read.add(vocabulary.find(keys), values, first)
        return read.observations(offsets, None, vocabulary.size)

    def extended(self, sequences: Sequence[Sequence[Token]], min_count: int = 1) -> Self:
        """Return an extractor that knows the features of further training data, too.

        Parameters
        ----------
        sequences : list of sequences of dict, or of list, tuple or set of str
        min_count : int
            From 1.

        Raises
        ------
        TypeError, ValueError
            As for `fit_transform`, and if that was not called before.
        """
        known, both = self._fitted(), type(self)(self.hash_bits)
        both.fit_transform(sequences, min_count)
        both._vocabulary = known.merged(both._vocabulary)
        return both

    def names(self, features: ArrayLike | None = None) -> list[str]:
        """Return the names of features, by default of all in order of their numbers."""
        vocabulary = self._fitted()
        return vocabulary.names(FORMATS, chosen(features, vocabulary.size))

    def edge_names(self) -> list[str]:
        """Return nothing: dictionaries have no features of transitions."""
        return []

    def keep(self, features: NDArray[np.bool_]) -> None:
        """Forget the features that are False here and number the rest anew, in the same order."""
        self._vocabulary = self._fitted().kept(features)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters (for JSON) and arrays for a model file."""
        return self.get_params(), store.nested("features", self._fitted().arrays())

    @classmethod
    def from_store(cls, parameters: dict[str, Any], arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_store` gave; KeyError, TypeError or ValueError if it is not sound."""
        extractor = cls(parameters["hash_bits"])
        stored = store.within("features", arrays)
        extractor._vocabulary = restored(stored, extractor.hash_bits, WIDTHS)
        return extractor

    def _fitted(self) -> Finder:
        vocabulary: Finder | None = getattr(self, "_vocabulary", None)
        if vocabulary is None:
            raise self._not_fitted()
        return vocabulary


class _Rows:
    """Numbers and values of features, chunk by chunk."""

    def __init__(self) -> None:
        self._ids: list[NDArray[np.int32]] = []
        self._values: list[NDArray[np.float64] | None] = []
        self._widths: list[NDArray[np.int64]] = []

    def add(
        self,
        ids: NDArray[np.int32],
        values: NDArray[np.float64] | None,
        first: NDArray[np.int64],
    ) -> None:
        """Add the features of a chunk; ``values`` None says that all are 1."""
        self._ids.append(ids)
        self._values.append(values)
        self._widths.append(np.diff(first))

    def observations(
        self, offsets: NDArray[np.int64], numbers: NDArray[np.int32] | None, size: int
    ) -> Observations:
        """Return all of them, renumbered, without those that have no number."""
        ids = np.concatenate([np.empty(0, np.int32), *self._ids])
        first = offsets_of(np.concatenate([np.empty(0, np.int64), *self._widths]))
        values = None
        if any(part is not None for part in self._values):
            values = np.concatenate(
                [
                    np.ones(len(ids)) if part is None else part
                    for ids, part in zip(self._ids, self._values, strict=True)
                ]
            )
        first = select(first, ids, values, numbers)
        used = int(first[-1])
        return Observations(
            offsets, first, ids[:used], None if values is None else values[:used], size
        )


def _parts(
    names: list[tuple[str, str | None]], texts: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the kind of each name and the numbers of its texts, new ones added to ``texts``."""
    templates = np.array([item is not None for _, item in names], np.int32)
    parts = [
        texts.setdefault(text, len(texts)) for name in names for text in name if text is not None
    ]
    return templates, np.array(parts, np.int32)
