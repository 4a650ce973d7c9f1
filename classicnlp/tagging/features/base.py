"""What turns tokens into numbered features."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias

import numpy as np

from classicnlp import store
from classicnlp.arrays import offsets_of
from classicnlp.estimator import Estimator
from classicnlp.tagging.observations import Observations

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CHUNK = 1 << 13
"""Places whose keys are made before they are numbered, so that they are still near."""

Token: TypeAlias = Any
"""A str, a tuple of columns, or a dictionary of features: each extractor says which it takes."""


class FeatureExtractor(Estimator):
    """Turns the tokens of sequences into numbered features, always the same for the same tokens.

    Attributes
    ----------
    kind : str
        What a model file calls it.
    """

    kind: ClassVar[str]

    @abc.abstractmethod
    def fit_transform(
        self,
        sequences: Sequence[Sequence[Token]],
        min_count: int = 1,
        labels: Sequence[Sequence[str]] | None = None,
    ) -> Observations:
        """Number the features of training data; those seen less than ``min_count`` times are out.

        Frequent features get low numbers (descending count for those that occur often, the rest
        in the order in which they first occur), so that what is used often lies together.

        Parameters
        ----------
        sequences : list of sequences of tokens
        min_count : int
            From 1.
        labels : list of sequences of str, optional
            The label of each token; only `WordFeatures` learns from them.

        Raises
        ------
        TypeError, ValueError
            If a token is not what this extractor takes; the message names sequence and token.
        """

    @abc.abstractmethod
    def transform(self, sequences: Sequence[Sequence[Token]], start: int = 0) -> Observations:
        """Return the known features of sequences; features that training did not see are left out.

        Parameters
        ----------
        sequences : list of sequences of tokens
        start : int
            How many sequences came before these, for messages.

        Raises
        ------
        TypeError, ValueError
            As for `fit_transform`, and if that was not called before.
        """

    @abc.abstractmethod
    def extended(self, sequences: Sequence[Sequence[Token]], min_count: int = 1) -> Self:
        """Return an extractor that knows the features of further training data, too.

        Those that are known already keep their numbers. New ones are numbered behind them if these
        sequences have them at least ``min_count`` times.

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

    @abc.abstractmethod
    def names(self, features: ArrayLike | None = None) -> list[str]:
        """Return readable names of features, by default of all in order of their numbers."""

    @abc.abstractmethod
    def edge_names(self) -> list[str]:
        """Return a readable name of each feature of transitions."""

    @abc.abstractmethod
    def keep(self, features: NDArray[np.bool_]) -> None:
        """Forget the features that are False here and number the rest anew, in the same order."""

    @abc.abstractmethod
    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters (for JSON) and arrays for a model file."""

    def _not_fitted(self, remedy: str = "fit_transform()") -> ValueError:
        return super()._not_fitted(remedy)

    @classmethod
    @abc.abstractmethod
    def from_store(cls, parameters: dict[str, Any], arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_store` gave; KeyError, TypeError or ValueError if it is not sound."""


class Chunk(NamedTuple):
    """Some neighbouring sequences.

    Attributes
    ----------
    sequences : list
    offsets : int64 array, shape (len(sequences) + 1,)
        Where each begins among the places of this chunk, and the end of the last.
    start : int
        How many sequences came before its first.
    place : int
        The number of its first place among all.
    """

    sequences: list[Sequence[Token]]
    offsets: NDArray[np.int64]
    start: int
    place: int

    @property
    def stop(self) -> int:
        """The number of the place behind its last, among all."""
        return self.place + int(self.offsets[-1])

    def token(self, place: int) -> Token:
        """Return the token at a place of this chunk."""
        sequence = int(np.searchsorted(self.offsets, place, "right")) - 1
        return self.sequences[sequence][place - int(self.offsets[sequence])]

    def told(self, place: int) -> str:
        """Return how a message calls a place of this chunk."""
        sequence = int(np.searchsorted(self.offsets, place, "right")) - 1
        token = place - int(self.offsets[sequence])
        return f"token {token + 1} of sequence {self.start + sequence + 1}"


def as_sequences(sequences: Any, start: int = 0) -> tuple[list[Sequence[Token]], NDArray[np.int64]]:
    """Return sequences as a list of lists, tuples or str, and where each begins among all places.

    Raises
    ------
    TypeError
        If they are something else; ``start`` sequences came before these.

    Examples
    --------
    >>> as_sequences([["我", "来"], "北京", []])
    ([['我', '来'], '北京', []], array([0, 2, 4, 4]))
    """
    if isinstance(sequences, (str, bytes, dict, set)) or not hasattr(sequences, "__iter__"):
        kind = type(sequences).__name__
        raise TypeError(f"expected a list of sequences of tokens, got {kind}")
    listed = [
        sequence if type(sequence) in (list, tuple, str) else _as_list(sequence, number)
        for number, sequence in enumerate(sequences, start + 1)
    ]
    return listed, offsets_of(map(len, listed))


def _as_list(sequence: Any, number: int) -> Sequence[Token]:
    if isinstance(sequence, (list, tuple, str)):
        return sequence
    sized = hasattr(sequence, "__len__") and hasattr(sequence, "__getitem__")
    if not sized or isinstance(sequence, (dict, bytes)):
        kind = type(sequence).__name__
        raise TypeError(f"sequence {number}: expected a list of tokens, got {kind}")
    return list(sequence)


def chunks(
    sequences: list[Sequence[Token]], offsets: NDArray[np.int64], start: int = 0
) -> Iterator[Chunk]:
    """Cut sequences, before which came ``start``, into chunks of about `CHUNK` places."""
    low = 0
    while low < len(sequences):
        place = int(offsets[low])
        high = max(low + 1, int(np.searchsorted(offsets, place + CHUNK, "right")) - 1)
        yield Chunk(sequences[low:high], offsets[low : high + 1] - place, start + low, place)
        low = high
