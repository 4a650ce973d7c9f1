"""The features of a matrix: a text for each column, a column for each key."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.interning import check_slots, find, slots_of
from classicnlp.arrays import offsets_of, places_of
from classicnlp.checks import as_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

LETTERS_AT_ONCE = 3  # of 21 bits each


class Features:
    """Words or n-grams, by column.

    Parameters
    ----------
    letters : uint32 array
        The code points of all names, one after another.
    offsets : int64 array, shape (n + 1,)
        Where each name begins, and where the last ends.
    keys : uint64 array, shape (n,)
        By what each is found in documents.
    """

    def __init__(
        self, letters: NDArray[np.uint32], offsets: NDArray[np.int64], keys: NDArray[np.uint64]
    ):
        self._letters, self._offsets, self._keys = letters, offsets, keys
        self._slots = slots_of(keys)

    @classmethod
    def of(cls, names: Sequence[str], keys: NDArray[np.uint64]) -> Features:
        """Return the features of given names."""
        joined = "".join(names).encode("utf-32-le", "surrogatepass")
        return cls(np.frombuffer(joined, np.uint32), offsets_of(map(len, names)), keys)

    def __len__(self) -> int:
        return len(self._keys)

    @functools.cached_property
    def names(self) -> list[str]:
        """The text of each column."""
        whole = self._letters.tobytes().decode("utf-32-le", "surrogatepass")
        return [whole[low:high] for low, high in itertools.pairwise(self._offsets.tolist())]

    def numbers(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the columns of keys, -1 for those that have none."""
        return find(self._slots, self._keys, keys)

    def taken(self, chosen: NDArray[np.intp]) -> Features:
        """Return some of the features, in the order wanted."""
        lengths = np.diff(self._offsets)[chosen]
        letters = self._letters[places_of(self._offsets[chosen], lengths)]
        return Features(letters, offsets_of(lengths), self._keys[chosen])

    def in_order(self) -> NDArray[np.intp]:
        """Return the columns in the order of their names, by code points."""
        lengths = np.diff(self._offsets)
        order = np.arange(len(lengths))
        # Those that are alike so far stand together and are told apart by their next letters.
        groups = np.zeros(len(lengths), np.int64)
        unsettled = np.arange(len(lengths))
        depth = 0
        while len(unsettled):
            columns = order[unsettled]
            heads = self._heads(columns, lengths[columns], depth)
            ranks = np.lexsort((heads, groups[unsettled]))
            order[unsettled] = columns[ranks]
            heads, own = heads[ranks], groups[unsettled]
            changed = np.ones(len(ranks) + 1, bool)
            changed[1:-1] = (heads[1:] != heads[:-1]) | (own[1:] != own[:-1])
            groups[unsettled] = np.cumsum(changed[:-1])
            # No two names are the same: what is alike goes on.
            unsettled = unsettled[~(changed[:-1] & changed[1:])]
            depth += LETTERS_AT_ONCE
        return order

    def _heads(
        self, columns: NDArray[np.intp], lengths: NDArray[np.int64], depth: int
    ) -> NDArray[np.uint64]:
        """Return the letters of names from ``depth`` on, as many as a number holds."""
        heads = np.zeros(len(columns), np.uint64)
        for place in range(depth, depth + LETTERS_AT_ONCE):
            there = lengths > place
            heads <<= np.uint64(21)
            # One more, since 0 is of a name that ends before.
            heads[there] += self._letters[self._offsets[columns[there]] + place] + np.uint64(1)
        return heads

    def to_arrays(self) -> dict[str, store.Array]:
        """Return the arrays for a model file."""
        return {
            "letters": self._letters,
            "offsets": self._offsets,
            "keys": self._keys,
            "slots": self._slots,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Features:
        """Restore what `to_arrays` gave.

        Raises
        ------
        KeyError, ValueError
            If the arrays are not sound.
        """
        features = cls.__new__(cls)
        features._letters = as_array(arrays["letters"], np.uint32, "letters")
        features._offsets = offsets = as_array(arrays["offsets"], np.int64, "offsets")
        features._keys = as_array(arrays["keys"], np.uint64, "keys")
        features._slots = as_array(arrays["slots"], np.int32, "slots")
        check_slots(features._slots, len(features._keys))
        if (
            len(offsets) != len(features._keys) + 1
            or offsets[0] != 0
            or offsets[-1] != len(features._letters)
            or (np.diff(offsets) < 0).any()
            or features._letters.max(initial=0) > 0x10FFFF
        ):
            raise ValueError("the offsets of names do not fit their letters")
        return features
