"""Features by number: found by their keys, named by what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from classicnlp import store
from classicnlp._ext.interning import Numbering, check_slots, find, rows_at, slots_of
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array, require_count

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FREQUENT = 16
"""Features seen as often are numbered by their count, the others by their first occurrence."""

FEWEST_BITS, MOST_BITS = 1, 28


class Finder(Protocol):
    """Numbers of features."""

    @property
    def size(self) -> int:
        """How many features there are."""

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key; -1 where it is 0 or not known."""

    def kept(self, features: NDArray[np.bool_]) -> Finder:
        """Return only the features that are True here, numbered anew in the same order."""

    def merged(self, other: Any) -> Finder:
        """Return these features and behind them those of another of this type that are new."""

    def names(self, formats: Sequence[str], features: NDArray[np.int64]) -> list[str]:
        """Return the names of some features; ``formats`` has one for each kind of them."""

    def arrays(self) -> dict[str, store.Array]:
        """Return what a model file holds of it."""


class Vocabulary:
    """The features that training saw.

    Parameters
    ----------
    keys : uint64 array, shape (features,)
        The key of each.
    slots : int32 array
        The table by which keys are found.
    templates : uint16 array, shape (features,)
        What kind of feature each is; ``widths`` has as many items as there are kinds.
    parts : int32 array
        The texts that each is made of, by number, one feature's after another's.
    text, text_offsets : uint8 and int64 arrays
        The texts in UTF-8, one after another.
    widths : int array
        Of how many texts a feature of each kind is made.
    """

    def __init__(
        self,
        keys: NDArray[np.uint64],
        slots: NDArray[np.int32],
        templates: NDArray[np.uint16],
        parts: NDArray[np.int32],
        text: NDArray[np.uint8],
        text_offsets: NDArray[np.int64],
        widths: NDArray[np.int64],
    ):
        self._keys = keys
        self._slots = slots
        self._templates = templates
        self._parts = parts
        self._text = text
        self._text_offsets = text_offsets
        self._widths = widths

    @classmethod
    def made(
        cls,
        keys: NDArray[np.uint64],
        templates: NDArray[np.integer[Any]],
        parts: NDArray[np.int32],
        texts: Sequence[str],
        widths: NDArray[np.int64],
    ) -> Vocabulary:
        """Make a vocabulary of keys and what they are made of; texts not needed are dropped."""
        needed = np.zeros(len(texts), np.bool_)
        needed[parts] = True
        numbers = (np.cumsum(needed) - 1).astype(np.int32)
        encoded = [
            texts[number].encode("utf-8", "surrogatepass")
            for number in np.flatnonzero(needed).tolist()
        ]
        return cls(
            keys,
            slots_of(keys),
            templates.astype(np.uint16),
            numbers[parts],
            np.frombuffer(b"".join(encoded), np.uint8),
            offsets_of(map(len, encoded)),
            widths,
        )

    @property
    def size(self) -> int:
        """How many features there are."""
        return len(self._keys)

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key; -1 where it is 0 or not known."""
        return find(self._slots, self._keys, keys)

    def kept(self, features: NDArray[np.bool_]) -> Vocabulary:
        """Return only the features that are True here, numbered anew in the same order."""
        check_mask(features, self.size)
        order = np.flatnonzero(features)
        parts = rows_at(order, self._widths[self._templates], self._parts)
        texts = self._all_texts()
        return Vocabulary.made(
            self._keys[order], self._templates[order], parts, texts, self._widths
        )

    def merged(self, other: Vocabulary) -> Vocabulary:
        """Return these features and behind them those of another that are new."""
        fresh = np.flatnonzero(self.find(other._keys) < 0)
        texts = {text: number for number, text in enumerate(self._all_texts())}
        numbers = np.array(
            [texts.setdefault(text, len(texts)) for text in other._all_texts()], np.int32
        )
        parts = rows_at(fresh, other._widths[other._templates], other._parts)
        return Vocabulary.made(
            np.concatenate([self._keys, other._keys[fresh]]),
            np.concatenate([self._templates, other._templates[fresh]]),
            np.concatenate([self._parts, numbers[parts]]),
            list(texts),
            self._widths,
        )

    def names(self, formats: Sequence[str], features: NDArray[np.int64]) -> list[str]:
        """Return the names of some features; ``formats`` has one for each kind of them."""
        templates = self._templates[features]
        parts = rows_at(features, self._widths[self._templates], self._parts)
        numbers, places = np.unique(parts, return_inverse=True)
        texts = self._texts(numbers.astype(np.int64))
        named = [texts[place] for place in places.tolist()]
        ends = offsets_of(self._widths[templates]).tolist()
        return [
            formats[template] % tuple(named[start:stop])
            for template, (start, stop) in zip(templates.tolist(), pairwise(ends), strict=True)
        ]

    def _all_texts(self) -> list[str]:
        return self._texts(np.arange(len(self._text_offsets) - 1))

    def _texts(self, numbers: NDArray[np.int64]) -> list[str]:
        text = self._text.tobytes()
        starts, stops = self._text_offsets[numbers], self._text_offsets[numbers + 1]
        return [
            text[start:stop].decode("utf-8", "surrogatepass")
            for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        ]

    def arrays(self) -> dict[str, store.Array]:
        """Return what a model file holds of it."""
        return {
            "keys": self._keys,
            "slots": self._slots,
            "templates": self._templates,
            "parts": self._parts,
            "text": self._text,
            "text_offsets": self._text_offsets,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array], widths: NDArray[np.int64]) -> Vocabulary:
        """Restore what `arrays` gave.

        Raises
        ------
        KeyError, ValueError
            If an array is missing, or a number in one leads nowhere.
        """
        keys = as_array(arrays["keys"], np.uint64, "keys")
        slots = as_array(arrays["slots"], np.int32, "slots")
        templates = as_array(arrays["templates"], np.uint16, "templates")
        parts = as_array(arrays["parts"], np.int32, "parts")
        text = as_array(arrays["text"], np.uint8, "text")
        text_offsets = as_array(arrays["text_offsets"], np.int64, "text_offsets")
        if any(array.ndim != 1 for array in (keys, slots, templates, parts, text, text_offsets)):
            raise ValueError("a vocabulary's arrays must have one dimension")
        check_slots(slots, len(keys))
        if len(templates) != len(keys) or int(templates.max(initial=0)) >= max(len(widths), 1):
            raise ValueError("each feature must be of a kind that exists")
        if len(keys) and int(widths[templates].sum()) != len(parts):
            raise ValueError("features are not made of as many texts as there are")
        ends = len(text_offsets) > 0 and text_offsets[0] == 0 and text_offsets[-1] == len(text)
        if not ends or (np.diff(text_offsets) < 0).any():
            raise ValueError(f"text_offsets must rise from 0 to {len(text)}")
        if parts.size and not 0 <= parts.min() <= parts.max() < len(text_offsets) - 1:
            raise ValueError("a feature is made of a text that does not exist")
        return cls(keys, slots, templates, parts, text, text_offsets, widths)


class HashedVocabulary:
    """Features by the lowest bits of their keys: nothing is learnt, and some share a number.

    Parameters
    ----------
    bits : int
        There are ``2**bits`` numbers.
    numbers : int32 array, shape (2**bits,), optional
        The number of each in use now, -1 for one that was forgotten.
    """

    def __init__(self, bits: int, numbers: NDArray[np.int32] | None = None):
        self._mask = np.uint64((1 << bits) - 1)
        self._numbers = numbers
        self.size = (1 << bits) if numbers is None else int((numbers >= 0).sum())

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each key; -1 where it is 0 or was forgotten."""
        ids = (keys & self._mask).astype(np.int32)
        if self._numbers is not None:
            ids = self._numbers[ids]
        ids[keys == 0] = -1
        return ids

    def kept(self, features: NDArray[np.bool_]) -> HashedVocabulary:
        """Return only the features that are True here, numbered anew in the same order."""
        check_mask(features, self.size)
        numbers = np.full(int(self._mask) + 1, -1, np.int32)
        numbers[self._places()[features]] = np.arange(int(features.sum()), dtype=np.int32)
        return HashedVocabulary(int(self._mask).bit_length(), numbers)

    def merged(self, other: HashedVocabulary) -> HashedVocabulary:
        """Return these features and behind them those of another that are new."""
        if self._numbers is None:
            return self
        fresh = self._numbers < 0
        if other._numbers is not None:
            fresh &= other._numbers >= 0
        numbers = self._numbers.copy()
        numbers[fresh] = np.arange(self.size, self.size + int(fresh.sum()))
        return HashedVocabulary(int(self._mask).bit_length(), numbers)

    def names(self, formats: Sequence[str], features: NDArray[np.int64]) -> list[str]:
        """Return "#" and the lowest bits of the key for some features."""
        places = features if self._numbers is None else self._places()[features]
        return [f"#{place}" for place in places.tolist()]

    def _places(self) -> NDArray[np.int64]:
        if self._numbers is None:
            return np.arange(self.size)
        return np.argsort(self._numbers)[len(self._numbers) - self.size :]

    def arrays(self) -> dict[str, store.Array]:
        """Return what a model file holds of it."""
        return {} if self._numbers is None else {"numbers": self._numbers}

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array], bits: int) -> HashedVocabulary:
        """Restore what `arrays` gave.

        Raises
        ------
        ValueError
            If a number in an array is not one of a feature.
        """
        if "numbers" not in arrays:
            return cls(bits)
        numbers = as_array(arrays["numbers"], np.int32, "numbers")
        used = np.sort(numbers[numbers >= 0])
        if numbers.shape != (1 << bits,) or (used != np.arange(len(used))).any():
            raise ValueError("hashed features must be numbered from 0")
        return cls(bits, numbers)


def restored(arrays: dict[str, store.Array], bits: int | None, widths: NDArray[np.int64]) -> Finder:
    """Return the vocabulary that gave the arrays, hashed if there are bits.

    Raises
    ------
    KeyError, TypeError, ValueError
        If they are not sound.
    """
    bits = check_bits(bits)
    if bits is None:
        return Vocabulary.from_arrays(arrays, widths)
    return HashedVocabulary.from_arrays(arrays, bits)


class Learner:
    """Numbers the features of training data as they come, and remembers what they are made of.

    Parameters
    ----------
    widths : int array
        Of how many texts a feature of each kind is made.
    """

    def __init__(self, widths: NDArray[np.int64]):
        self._widths = widths
        self._numbering = Numbering()
        self._templates: list[NDArray[np.int32]] = []
        self._parts: list[NDArray[np.int32]] = []

    def add(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return provisional numbers, and the places in ``keys`` of those that are new."""
        return self._numbering.add(keys)

    def describe(self, templates: NDArray[np.int32], parts: NDArray[np.int32]) -> None:
        """Say of what kind the features are that were new, and of which texts they are made."""
        self._templates.append(templates)
        self._parts.append(parts)

    def finish(self, min_count: int, texts: Sequence[str]) -> tuple[Vocabulary, NDArray[np.int32]]:
        """Return the features seen at least ``min_count`` times, and the number of each, or -1."""
        order = order_of(self._numbering.counts(), min_count)
        numbers = np.full(len(self._numbering), -1, np.int32)
        numbers[order] = np.arange(len(order), dtype=np.int32)
        templates = _joined(self._templates)
        parts = rows_at(order, self._widths[templates], _joined(self._parts))
        keys = self._numbering.keys()[order]
        return Vocabulary.made(keys, templates[order], parts, texts, self._widths), numbers


def order_of(counts: NDArray[np.int64], min_count: int) -> NDArray[np.int64]:
    """Return the features to keep, in the order of their numbers.

    Examples
    --------
    >>> order_of(np.array([2, 40, 1, 100, 3]), min_count=2).tolist()
    [3, 1, 0, 4]
    """
    kept = counts >= min_count
    frequent = np.flatnonzero(kept & (counts >= FREQUENT))
    by_count = frequent[np.argsort(-counts[frequent], kind="stable")]
    return np.concatenate([by_count, np.flatnonzero(kept & (counts < FREQUENT))])


def chosen(features: ArrayLike | None, size: int) -> NDArray[np.int64]:
    """Return the features that are meant, all for None; a ValueError if there is no such."""
    if features is None:
        return np.arange(size)
    numbers = np.asarray(features, np.int64)
    if numbers.ndim != 1 or (numbers.size and not 0 <= numbers.min() <= numbers.max() < size):
        raise ValueError(f"features are numbered from 0 to below {size}, got {features}")
    return numbers


def check_mask(features: NDArray[np.bool_], size: int) -> None:
    """Raise a ValueError unless there is a bool for each feature."""
    if features.shape != (size,) or features.dtype != np.bool_:
        raise ValueError(
            f"expected {size} bools, one a feature, got shape {features.shape} of {features.dtype}"
        )


def check_bits(bits: Any) -> int | None:
    """Return the number of bits of hashed features, or None; anything else is an error."""
    return None if bits is None else require_count(bits, "hash_bits", FEWEST_BITS, MOST_BITS)


def _joined(arrays: Iterable[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate([np.empty(0, np.int32), *arrays])
