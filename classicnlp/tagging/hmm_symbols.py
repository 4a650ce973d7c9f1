"""Tokens as numbers: the words or characters that training saw, or whole numbers as they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp import store
from classicnlp.arrays import offsets_of
from classicnlp.checks import require_count
from classicnlp.tagging.base import Tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SYMBOLS = 1 << 24


class Encoded(NamedTuple):
    """Sequences of M known symbols and some others.

    Attributes
    ----------
    offsets : int64 array, shape (S + 1,)
    symbols : int32 array, shape (N,)
        Numbers below M of known symbols; M + i is ``unknown[i]``.
    unknown : list of str
        The distinct words that are not known. Whole numbers that are not known are one symbol.
    """

    offsets: NDArray[np.int64]
    symbols: NDArray[np.int32]
    unknown: list[str]


class Symbols:
    """The known symbols; immutable.

    Parameters
    ----------
    words : sequence of str, or None
        The known words in order of their numbers; None if tokens are numbers themselves.
    count : int
        M.
    """

    def __init__(self, words: Sequence[str] | None, count: int):
        self.words = None if words is None else tuple(words)
        self.count = count
        self._numbers = {} if words is None else {word: i for i, word in enumerate(words)}
        if words is not None and not len(self._numbers) == len(words) == count:
            raise ValueError(f"expected {count} different words, got {len(self._numbers)}")

    @classmethod
    def learn(cls, sequences: Sequence[Tokens]) -> Symbols:
        """Return the symbols of sequences: all str, or all whole numbers from 0.

        Raises
        ------
        TypeError
            If a token is neither, or there are both.
        ValueError
            If there is no token, or a number is negative or above 2**24.
        """
        if not any(map(len, sequences)):
            raise ValueError("there is nothing to learn from: no sequence has a token")
        if isinstance(next(chain.from_iterable(sequences)), str):
            words = set(chain.from_iterable(sequences))
            for word in words:
                _require_word(word)
            return cls(sorted(words), len(words))
        numbers = _whole_numbers(sequences)
        return cls(None, require_count(int(numbers.max()) + 1, "a token + 1", 1, MOST_SYMBOLS))

    def encode(self, sequences: Sequence[Tokens]) -> Encoded:
        """Return the numbers of the tokens of sequences.

        Raises
        ------
        TypeError, ValueError
            If a token is not what `learn` took.
        """
        offsets = offsets_of(map(len, sequences))
        if self.words is None:
            numbers = _whole_numbers(sequences)
            return Encoded(offsets, np.minimum(numbers, self.count).astype(np.int32), [])
        tokens = list(chain.from_iterable(sequences))
        try:
            symbols = np.fromiter(map(self._numbers.get, tokens, repeat(-1)), np.int32, len(tokens))
        except TypeError:
            raise TypeError("a token must be a str, got something that cannot be hashed") from None
        others: dict[str, int] = {}
        for place in np.flatnonzero(symbols < 0).tolist():
            word = _require_word(tokens[place])
            symbols[place] = self.count + others.setdefault(word, len(others))
        return Encoded(offsets, symbols, list(others))

    def tokens(self, symbols: Sequence[int]) -> list[Any]:
        """Return the tokens of numbers below M."""
        if self.words is None:
            return list(symbols)
        return [self.words[symbol] for symbol in symbols]

    def union(self, other: Symbols) -> Symbols:
        """Return these symbols with those of another behind them that are not among them."""
        if (self.words is None) != (other.words is None):
            raise TypeError("expected tokens of one kind, all str or all whole numbers")
        if self.words is None or other.words is None:
            return Symbols(None, max(self.count, other.count))
        words = [*self.words, *(word for word in other.words if word not in self._numbers)]
        return Symbols(words, len(words))

    def to_arrays(self) -> dict[str, store.Array]:
        """Return the arrays for a model file."""
        return {} if self.words is None else pack(self.words)

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array], count: int) -> Symbols:
        """Restore what `to_arrays` gave."""
        return cls(unpack(arrays) if arrays else None, count)


def _require_word(token: Any) -> str:
    if not isinstance(token, str):
        raise TypeError(f"a token must be a str like the others, got {type(token).__name__}")
    return token


def _whole_numbers(sequences: Sequence[Tokens]) -> NDArray[np.int64]:
    """Return all tokens as one array of numbers from 0."""
    try:
        arrays = [np.asarray(sequence) for sequence in sequences if len(sequence)]
    except ValueError:  # some tokens are lists
        raise TypeError("tokens must be str, or whole numbers from 0: got lists") from None
    for array in arrays:
        if array.dtype.kind not in "iu" or array.ndim != 1:
            raise TypeError(
                "tokens must be str, or whole numbers from 0: "
                f"got a sequence of {array.dtype} with {array.ndim} dimensions"
            )
    numbers = np.concatenate([np.zeros(0, np.int64), *arrays]).astype(np.int64)
    if numbers.size and numbers.min() < 0:
        raise ValueError(f"a token must be a number from 0, got {numbers.min()}")
    return numbers


def pack(words: Sequence[str]) -> dict[str, store.Array]:
    """Return strings as arrays: all letters in UTF-8, and where each string begins among them."""
    letters = "".join(words).encode("utf-8", "surrogatepass")
    return {
        "letters": np.frombuffer(letters, np.uint8),
        "offsets": offsets_of(map(len, words)),
    }


def unpack(arrays: dict[str, store.Array]) -> list[str]:
    """Restore the strings that `pack` was given.

    Raises
    ------
    KeyError, ValueError
        If the arrays are not sound.

    Examples
    --------
    >>> unpack(pack(["北京", "", "\\ud800"]))
    ['北京', '', '\\ud800']
    """
    text = arrays["letters"].tobytes().decode("utf-8", "surrogatepass")
    bounds = arrays["offsets"].tolist()
    if not bounds or bounds[0] != 0 or bounds[-1] != len(text) or bounds != sorted(bounds):
        raise ValueError("the offsets of words do not fit their letters")
    return [text[low:high] for low, high in pairwise(bounds)]
