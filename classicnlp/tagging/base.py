"""The contract of all sequence taggers."""

from __future__ import annotations

import abc
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias

import numpy as np

from classicnlp._ext.elementary import exps
from classicnlp.checks import require_count
from classicnlp.estimator import Estimator
from classicnlp.storable import Storable
from classicnlp.tagging.perceptron import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOKENS_AT_ONCE = 20_000  # so many are looked at together, so that arrays stay small

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
    _no_path: ClassVar[str]
    """Why a sequence may have no path at all."""

    @abc.abstractmethod
    def fit(
        self,
        X: Sequence[Tokens],
        y: Sequence[Labels],
        dev: Labelled | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Learn from labelled sequences."""

    def predict(self, X: Sequence[Tokens], allowed: Allowed | None = None) -> list[list[str]]:
        """Return the labels of the best path of each sequence (Viterbi, 1967).

        Parameters
        ----------
        X : sequence of sequences of tokens
            Tokens as `fit` took them.
        allowed : sequence, optional
            For each sequence None, or for each of its places None or the labels to choose from.

        Returns
        -------
        list of lists of str

        Raises
        ------
        TypeError
            If tokens are of another kind than those of `fit`.
        ValueError
            If nothing was learnt yet, or there is no path: constraints leave none, or what was
            learnt says that the sequence is impossible.
        """
        result = LabelLists()
        for batch in self._batches(X, allowed):
            paths, scores = self._decode(batch)
            self._require_paths(scores, len(result))
            names = np.array(self.labels_, object)[paths].tolist()
            result += [names[i:j] for i, j in pairwise(batch.offsets.tolist())]
        return result

    def predict_marginals(
        self, X: Sequence[Tokens], allowed: Allowed | None = None
    ) -> list[NDArray[np.float64]]:
        """Return p(label at each place | tokens) by forward-backward.

        Parameters
        ----------
        X, allowed
            As for `predict`.

        Returns
        -------
        list of float64 arrays, shape (tokens, labels)
            Columns in the order of ``labels_``; every row adds up to 1.
        """
        result: list[NDArray[np.float64]] = []
        for batch in self._batches(X, allowed):
            marginals, log_z = self._posteriors(batch)
            self._require_paths(log_z, len(result))
            result += np.split(marginals, batch.offsets[1:-1])
        return result

    def n_best(
        self, X: Sequence[Tokens], k: int = 5, allowed: Allowed | None = None
    ) -> list[list[Path]]:
        """Return the best paths of each sequence, the best first.

        Parameters
        ----------
        X, allowed
            As for `predict`.
        k : int
            How many paths at most, from 1.

        Returns
        -------
        list of lists of Path
            Labels, score and probability of each path.
        """
        k = require_count(k, "k", 1)
        result: list[list[Path]] = []
        for batch in self._batches(X, allowed):
            _, log_z = self._posteriors(batch)
            self._require_paths(log_z, len(result))
            for one, total in zip(batch.one_by_one(), log_z.tolist(), strict=True):
                paths, scores = self._best(one, k)
                shares = np.minimum(exps(scores - total), 1.0)
                names = [[self.labels_[label] for label in path] for path in paths.tolist()]
                rows = zip(names, scores.tolist(), shares.tolist(), strict=True)
                result.append([Path(*row) for row in rows])
        return result

    @abc.abstractmethod
    def _check_params(self) -> None:
        """Raise a TypeError or ValueError if a parameter of the constructor is unusable."""

    @abc.abstractmethod
    def _batches(self, X: Sequence[Tokens], allowed: Allowed | None) -> Iterator[Any]:
        """Yield the sequences as the methods below take them, about TOKENS_AT_ONCE at a time.

        A batch has ``offsets``, where each of its sequences begins and where the last ends, and
        ``one_by_one()``, which yields batches of one sequence.
        """

    @abc.abstractmethod
    def _decode(self, batch: Any) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the labels of the best paths of a batch, and the score of each; -inf for none."""

    @abc.abstractmethod
    def _posteriors(self, batch: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return p(label at each place | tokens), and log Z of each sequence; -inf for no path."""

    @abc.abstractmethod
    def _best(self, batch: Any, k: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the best paths of a batch of one sequence, a path a row, and their scores."""

    def _require_paths(self, scores: NDArray[np.float64], before: int) -> None:
        """Raise a ValueError if a sequence of a batch has no path; ``before`` came before it."""
        impossible = np.flatnonzero(np.isneginf(scores))
        if len(impossible):
            number = before + int(impossible[0]) + 1
            raise ValueError(f"sequence {number} has no path: {self._no_path}")

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
        X, y = check_labelled(X, y)
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


def check_labelled(X: Any, y: Any) -> tuple[list[Tokens], list[Labels]]:
    """Return sequences and their labels as lists.

    Raises
    ------
    TypeError
        If one of them is no list of sequences.
    ValueError
        If there is not a label for each token.
    """
    X, y = check_sequences(X), check_sequences(y)
    check_lengths(X, y)
    return X, y


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
