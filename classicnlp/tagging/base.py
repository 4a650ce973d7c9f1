"""The contract of all sequence taggers."""

from __future__ import annotations

import abc
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

import numpy as np

from classicnlp.estimator import Estimator
from classicnlp.storable import Storable
from classicnlp.tagging.perceptron import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tokens: TypeAlias = Sequence[Any]
Labels: TypeAlias = Sequence[str]
Labelled: TypeAlias = tuple[Sequence[Tokens], Sequence[Labels]]
Allowed: TypeAlias = "Sequence[Sequence[Collection[str] | None] | None]"
"""For each sequence, or None: for each place the labels to choose from, or None for all."""


class Path(NamedTuple):
    """One way to label a sequence.

    Attributes
    ----------
    labels : list of str
    score : float
        Its logarithmic score: the sum of weights along the path, or log p(tokens, labels).
    probability : float
        p(labels | tokens) under the model.
    """

    labels: list[str]
    score: float
    probability: float


class LabelLists(list[list[str]]):
    """The labels of sequences, a list of lists, of which numpy makes an array of lists.

    scikit-learn's `cross_val_predict` puts such arrays together; numpy would refuse lists of
    unequal lengths.
    """

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.object_]:
        array = np.empty(len(self), object)
        for number, labels in enumerate(self):
            array[number] = labels
        return array


class SequenceTagger(Storable, Estimator):
    """Gives every token of a sequence a label.

    Attributes
    ----------
    labels_ : tuple of str
        The labels, in order of their numbers.
    """

    labels_: tuple[str, ...]

    @abc.abstractmethod
    def fit(
        self,
        X: Sequence[Tokens],
        y: Sequence[Labels],
        dev: Labelled | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Learn from labelled sequences."""

    @abc.abstractmethod
    def predict(self, X: Sequence[Tokens], allowed: Allowed | None = None) -> list[list[str]]:
        """Return the labels of the tokens of each sequence."""

    @abc.abstractmethod
    def predict_marginals(
        self, X: Sequence[Tokens], allowed: Allowed | None = None
    ) -> list[NDArray[np.float64]]:
        """Return for each sequence p(label at place t | tokens), shape (tokens, labels)."""

    @abc.abstractmethod
    def n_best(
        self, X: Sequence[Tokens], k: int = 5, allowed: Allowed | None = None
    ) -> list[list[Path]]:
        """Return for each sequence its best paths, at most ``k``, the best first."""

    def score(self, X: Sequence[Tokens], y: Sequence[Labels]) -> float:
        """Return the share of tokens that get the right label.

        Parameters
        ----------
        X : sequence of sequences of tokens
        y : sequence of sequences of str
            Their right labels.

        Returns
        -------
        float
            0.0 where there are no tokens.

        Raises
        ------
        ValueError
            If X and y do not have the same lengths.
        """
        X, y = check_sequences(X), check_sequences(y)
        check_lengths(X, y)
        right = total = 0
        for gold, predicted in zip(y, self.predict(X), strict=True):
            total += len(gold)
            right += sum(map(str.__eq__, gold, predicted))
        return right / total if total else 0.0


def check_sequences(X: Any) -> list[Tokens]:
    """Return the sequences as a list, those that are arrays of strings as lists.

    Raises
    ------
    TypeError
        If they are one str, or not sequences of tokens.
    """
    if isinstance(X, str):
        raise TypeError("expected a list of sequences, got one str: put it into a list")
    try:
        sequences = list(X)
    except TypeError:
        raise TypeError(f"expected a list of sequences, got {type(X).__name__}") from None
    for number, sequence in enumerate(sequences):
        if isinstance(sequence, np.ndarray):
            if sequence.dtype.kind == "U":
                sequences[number] = sequence.tolist()
        elif not isinstance(sequence, Sequence):
            kind = type(sequence).__name__
            raise TypeError(f"sequence {number + 1} must be a list of tokens, got {kind}")
    return sequences


def check_lengths(X: Sequence[Tokens], y: Sequence[Labels]) -> None:
    """Raise a ValueError unless there is a label for each token; it names the first sequence."""
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} sequences, y has {len(y)}: pass as many of each")
    for number, (tokens, labels) in enumerate(zip(X, y, strict=True), 1):
        if len(tokens) != len(labels):
            raise ValueError(
                f"sequence {number} has {len(tokens)} tokens, but {len(labels)} labels"
            )


def label_numbers(
    y: Sequence[Labels], labels: Sequence[str] | None = None
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the distinct labels in sorted order, and the number of every token's label.

    Parameters
    ----------
    y : sequence of sequences of str
    labels : sequence of str, optional
        The labels and their order, where they are known already.

    Raises
    ------
    TypeError
        If a label is not a str.
    ValueError
        If a label is not among ``labels``, or there are none at all.
    """
    for number, sequence in enumerate(y, 1):
        for label in sequence:
            if not isinstance(label, str):
                kind = type(label).__name__
                raise TypeError(f"a label must be a str, got {kind} in sequence {number}")
    if labels is None:
        distinct = {label for sequence in y for label in sequence}
        labels = sorted(map(str.__str__, distinct))  # str alone, where they are of a subclass
    if not labels:
        raise ValueError("there is nothing to learn from: no token has a label")
    numbers = {label: i for i, label in enumerate(labels)}
    try:
        flat = [numbers[label] for sequence in y for label in sequence]
    except KeyError as error:
        raise ValueError(
            f"unknown label {error.args[0]!r}: expected one of {', '.join(labels)}"
        ) from None
    return tuple(labels), np.array(flat, np.int32)


def chunks(
    X: Sequence[Tokens], allowed: Allowed | None, most_tokens: int
) -> Iterator[tuple[Sequence[Tokens], Allowed | None]]:
    """Yield runs of sequences that end with the one that reaches ``most_tokens``."""
    if allowed is not None and len(allowed) != len(X):
        raise ValueError(f"X has {len(X)} sequences, allowed has {len(allowed)}")
    start = tokens = 0
    for stop, sequence in enumerate(X, 1):
        tokens += len(sequence)
        if tokens >= most_tokens or stop == len(X):
            yield X[start:stop], None if allowed is None else allowed[start:stop]
            start, tokens = stop, 0
