"""N-gram counts: the n-grams of all orders in sorted arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.levels import check_level, find, suffix_rows
from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array, require_count
from classicnlp.storable import Storable

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ngram: TypeAlias = str | tuple[str, ...]

UNITS = ("char", "word")
ROWS_AT_ONCE = 1 << 16


class NgramCounts(Storable):
    """How often each n-gram occurs, for all orders up to the highest; immutable.

    `count_ngrams` makes it. An n-gram is a str of characters, or a tuple of words; a tuple of
    characters where ``<s>`` and ``</s>`` mark the boundaries of lines. Inside, the symbols of
    the vocabulary are numbers from 1 on in the order of their first occurrence (with boundaries
    1 is ``<s>``, 2 is ``</s>``), and the n-grams of each order are rows in lexicographic order
    of these numbers, those with a common beginning side by side.

    Attributes
    ----------
    unit : str
        ``"char"`` or ``"word"``.
    orders : tuple of int
        The orders that were asked for. The arrays have all up to the highest.
    boundaries : bool
        Whether there are ``<s>`` and ``</s>``.
    vocabulary : list of str
        What each symbol stands for; the first is empty.

    Examples
    --------
    >>> from classicnlp.lm import count_ngrams
    >>> counts = count_ngrams(["北京 北京", "上海"], orders=(1, 2), unit="word")
    >>> len(counts), counts.count("北京"), ("北京", "北京") in counts
    (3, 2, True)
    >>> counts.ids(1).tolist(), counts.counts(1).tolist()
    ([[1], [2]], [2, 1])
    """

    kind = "n-gram counts"

    unit: str
    orders: tuple[int, ...]
    boundaries: bool
    vocabulary: list[str]

    @classmethod
    def _made(
        cls,
        unit: str,
        orders: tuple[int, ...],
        vocabulary: list[str],
        boundaries: bool,
        totals: list[int],
        last: list[NDArray[np.int32]],
        counts: list[NDArray[np.int64]],
        first: list[NDArray[np.int64]],
    ) -> Self:
        made = cls.__new__(cls)
        made.unit = unit
        made.orders = orders
        made.vocabulary = vocabulary
        made.boundaries = boundaries
        made._totals = totals
        made._last, made._counts, made._first = last, counts, first
        made._numbers = None
        return made

    _totals: list[int]
    _last: list[NDArray[np.int32]]
    _counts: list[NDArray[np.int64]]
    _first: list[NDArray[np.int64]]
    _numbers: dict[str, int] | None

    def __init__(self) -> None:
        raise TypeError("counts are made by count_ngrams, or loaded by NgramCounts.load")

    def __len__(self) -> int:
        return sum(self.size(order) for order in self.orders)

    def __contains__(self, ngram: object) -> bool:
        return isinstance(ngram, (str, tuple)) and self.count(ngram) > 0

    def __iter__(self) -> Iterator[Ngram]:
        return (ngram for ngram, _ in self.items())

    def __repr__(self) -> str:
        orders = ", ".join(map(str, self.orders))
        return f"<NgramCounts of {len(self):,} n-grams: {self.unit}, order {orders}>"

    def items(self, order: int | None = None) -> Iterator[tuple[Ngram, int]]:
        """Yield n-grams with counts, of one order or of all, in the order of their symbols."""
        for own in self.orders if order is None else (self._checked(order),):
            for start in range(0, self.size(own), ROWS_AT_ONCE):
                rows = np.arange(start, min(start + ROWS_AT_ONCE, self.size(own)))
                counts = self._counts[own - 1][rows].tolist()
                yield from zip(self._texts(own, rows), counts, strict=True)

    def to_dict(self, order: int | None = None) -> dict[Ngram, int]:
        """Return the counts as a dict, those of one order or of all."""
        return dict(self.items(order))

    def most_common(
        self, k: int | None = None, order: int | None = None
    ) -> list[tuple[Ngram, int]]:
        """Return the most frequent n-grams with their counts.

        Parameters
        ----------
        k : int, optional
            How many, by default all.
        order : int, optional
            Of which order, by default of all together.

        Returns
        -------
        list of (n-gram, int)
            By falling count; of equal counts lower orders first, then by their symbols.
        """
        most = None if k is None else require_count(k, "k", 0)
        found: list[tuple[int, int, int, Ngram]] = []
        for own in self.orders if order is None else (self._checked(order),):
            rows = _largest(self._counts[own - 1], most)
            counts = self._counts[own - 1][rows].tolist()
            texts = self._texts(own, rows)
            found += zip((-n for n in counts), itertools.repeat(own), rows.tolist(), texts)
        found.sort(key=lambda entry: entry[:3])
        return [(ngram, -count) for count, _, _, ngram in found[:most]]

    def count(self, ngram: str | Sequence[str]) -> int:
        """Return how often an n-gram occurs; 0 if it does not, or was dropped.

        Parameters
        ----------
        ngram : str or sequence of str
            Characters or words; of words, a str is a single one.
        """
        symbols = (ngram,) if isinstance(ngram, str) and self.unit == "word" else tuple(ngram)
        if not 1 <= len(symbols) <= len(self._last):
            return 0
        ids = [[self.id_of(symbol) for symbol in symbols]]
        row = int(self.find(np.array(ids, np.int32))[0])
        return 0 if row < 0 else int(self._counts[len(symbols) - 1][row])

    def id_of(self, text: str) -> int:
        """Return the number of a character or word; 0 if it does not occur."""
        if self._numbers is None:
            self._numbers = {own: i for i, own in enumerate(self.vocabulary) if i}
        return self._numbers.get(text, 0)

    def total(self, order: int) -> int:
        """Return how many n-grams of an order the text has, with those that were dropped."""
        return self._totals[self._checked(order) - 1]

    # The arrays.

    def size(self, order: int) -> int:
        """Return how many different n-grams of an order there are."""
        return len(self._last[self._checked(order) - 1])

    def counts(self, order: int) -> NDArray[np.int64]:
        """Return the count of each n-gram of an order: int64 array, shape (size(order),)."""
        return self._counts[self._checked(order) - 1]

    def last(self, order: int) -> NDArray[np.int32]:
        """Return the last symbol of each n-gram of an order: int32 array, shape (size(order),)."""
        return self._last[self._checked(order) - 1]

    def ranges(self, order: int) -> NDArray[np.int64]:
        """Return where the n-grams of an order with a common beginning stand.

        Returns
        -------
        int64 array, shape (size(order - 1) + 1,)
            Rows ranges[i] ... ranges[i + 1] - 1 begin with the n-gram of row i one order lower;
            for order 1 there is one range, of all.
        """
        return self._first[self._checked(order) - 1]

    def ids(self, order: int) -> NDArray[np.int32]:
        """Return the symbols of all n-grams of an order: int32 array, shape (size(order), order).

        Rows are in lexicographic order. The array is made anew.
        """
        ids = np.empty((self.size(order), order), np.int32)
        rows = np.arange(len(ids))
        for k in range(order, 0, -1):
            ids[:, k - 1] = self._last[k - 1][rows]
            rows = self.parents(k)[rows]
        return ids

    def parents(self, order: int) -> NDArray[np.int64]:
        """Return for each n-gram the row of what is left without its last symbol, one order lower.

        Returns
        -------
        int64 array, shape (size(order),)
            Zeros for order 1.
        """
        first = self.ranges(order)
        return np.repeat(np.arange(len(first) - 1), np.diff(first))

    def suffixes(self, order: int) -> NDArray[np.int64]:
        """Return for each n-gram the row of what is left without its first symbol, one order lower.

        Every n-gram's suffix is there, since it occurs wherever the n-gram does.

        Returns
        -------
        int64 array, shape (size(order),)
            Zeros for order 1.
        """
        rows = np.zeros(self.size(1), np.int64)
        for k in range(1, self._checked(order)):
            last, first = self._last, self._first
            rows = suffix_rows(last[k], first[k], rows, last[k - 1], first[k - 1])
        return rows

    def find(self, ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the row of each n-gram among those of its order.

        Parameters
        ----------
        ids : int32 array, shape (n, order)
            Symbols.

        Returns
        -------
        int64 array, shape (n,)
            -1 where there is no such n-gram.
        """
        wanted = as_array(ids, np.int32, "ids")
        if wanted.ndim != 2 or not 1 <= wanted.shape[1] <= len(self._last):
            raise ValueError(
                f"ids must have shape (n, 1 ... {len(self._last)}), got {wanted.shape}"
            )
        return find(self._last, self._first, wanted)

    def _checked(self, order: int) -> int:
        return require_count(order, "order", 1, len(self._last))

    def _symbols(self, order: int, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the symbols of some n-grams."""
        ids = np.empty((len(rows), order), np.int32)
        for k in range(order - 1, -1, -1):
            ids[:, k] = self._last[k][rows]
            rows = np.searchsorted(self._first[k], rows, "right") - 1
        return ids

    def _texts(self, order: int, rows: NDArray[np.int64]) -> list[Ngram]:
        """Return some n-grams as they are shown."""
        vocabulary = self.vocabulary
        columns = [
            [vocabulary[i] for i in column] for column in self._symbols(order, rows).T.tolist()
        ]
        if self.unit == "char" and not self.boundaries:
            return list(map("".join, zip(*columns, strict=True)))
        return list(zip(*columns, strict=True))

    # Files.

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        letters = "".join(self.vocabulary).encode("utf-32-le", "surrogatepass")
        arrays: dict[str, store.Array] = {
            "letters": np.frombuffer(letters, np.uint32),
            "offsets": offsets_of(map(len, self.vocabulary)),
        }
        for k, (last, counts, first) in enumerate(
            zip(self._last, self._counts, self._first, strict=True), 1
        ):
            arrays |= {f"last_{k}": last, f"counts_{k}": counts, f"first_{k}": first}
        parameters = {
            "unit": self.unit,
            "orders": list(self.orders),
            "boundaries": self.boundaries,
            "totals": self._totals,
        }
        return parameters, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        unit, boundaries = parameters["unit"], parameters["boundaries"]
        if unit not in UNITS or not isinstance(boundaries, bool):
            raise ValueError("unit or boundaries are not what they can be")
        orders = [require_count(order, "order", 1, HIGHEST_ORDER) for order in parameters["orders"]]
        totals = [require_count(total, "a total", 0) for total in parameters["totals"]]
        if not orders or len(totals) != orders[-1] or orders != sorted(set(orders)):
            raise ValueError("orders must rise, and there must be a total for each up to the last")
        vocabulary = _vocabulary(arrays["letters"], arrays["offsets"])
        last, counts, first = (
            [as_array(arrays[f"{name}_{k}"], dtype, name) for k in range(1, orders[-1] + 1)]
            for name, dtype in (("last", np.int32), ("counts", np.int64), ("first", np.int64))
        )
        parents = 1
        for own, numbers, ranges in zip(last, counts, first, strict=True):
            if not own.shape == numbers.shape == (len(own),) or ranges.ndim != 1:
                raise ValueError("there must be one count for each n-gram")
            check_level(own, ranges, parents, len(vocabulary))
            parents = len(own)
        return cls._made(unit, tuple(orders), vocabulary, boundaries, totals, last, counts, first)


def _largest(counts: NDArray[np.int64], k: int | None) -> NDArray[np.int64]:
    """Return the places of the k largest counts, the first ones of equal ones."""
    if k is None or k >= len(counts):
        return np.arange(len(counts))
    if k == 0:
        return np.arange(0)
    least = np.partition(counts, len(counts) - k)[len(counts) - k]
    above = np.flatnonzero(counts > least)
    equal = np.flatnonzero(counts == least)[: k - len(above)]
    return np.sort(np.concatenate([above, equal]))


def _vocabulary(letters: store.Array, offsets: store.Array) -> list[str]:
    """Return the texts between offsets."""
    places = as_array(offsets, np.int64, "offsets").tolist()
    if letters.dtype != np.uint32 or letters.ndim != 1 or not places:
        raise ValueError("the vocabulary must be code points and offsets")
    if places[0] != 0 or places[-1] != len(letters) or places != sorted(places):
        raise ValueError(f"offsets must rise from 0 to {len(letters)}")
    whole = letters.tobytes().decode("utf-32-le", "surrogatepass")
    return [whole[start:end] for start, end in itertools.pairwise(places)]
