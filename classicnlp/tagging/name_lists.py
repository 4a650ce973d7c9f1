"""Lists of names as features: those of the training data, and those that come from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.chunks import NameTable, name_keys
from classicnlp._ext.table import fill_table
from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_KINDS = 63  # what a mark has room for
LONGEST = 40  # characters; sentences are no names
Counts: TypeAlias = "dict[str, Counter[int]]"


class NameList:
    """Names with kinds: the label that training data gives most often, else a given one.

    Parameters
    ----------
    alphabet : Alphabet
        What folds names.
    label_count : int
        How many labels spans have.
    given : mapping of str to str, optional
        Names and their kinds from elsewhere; training data overrules them.

    Raises
    ------
    TypeError
        If ``given`` is no mapping from str to str.
    ValueError
        If there are more than 63 labels and given kinds together.
    """

    def __init__(
        self, alphabet: Alphabet, label_count: int, given: Mapping[str, str] | None = None
    ):
        given = {} if given is None else given
        if not isinstance(given, Mapping):
            kind = type(given).__name__
            raise TypeError(f"names must be a mapping from names to their kinds, got {kind}")
        for name, kind in given.items():
            if not isinstance(name, str) or not isinstance(kind, str):
                raise TypeError(f"a name and its kind must be str, got {name!r}: {kind!r}")
        kinds = {kind: number for number, kind in enumerate(sorted(set(given.values())))}
        if label_count + len(kinds) > MOST_KINDS:
            raise ValueError(
                f"there can be at most {MOST_KINDS} labels and kinds of names, "
                f"got {label_count} and {len(kinds)}"
            )
        self._alphabet = alphabet
        self._given = {
            alphabet.fold(name): 1 + label_count + kinds[kind]
            for name, kind in given.items()
            if _can_stand(name)
        }

    def table(self, counts: Counts, without: Counts | None = None) -> NameTable:
        """Return a table of the names that were counted, less those counted elsewhere.

        Parameters
        ----------
        counts : dict of str to Counter of int
            How often each folded name had each label.
        without : dict of str to Counter of int, optional
            What to take off.
        """
        kinds = dict(self._given)
        for name, of_label in counts.items():
            left = of_label
            if without is not None and name in without:
                left = of_label - without[name]
            if left:
                kinds[name] = 1 + min(left, key=lambda label: (-left[label], label))
        names = sorted(kinds)
        keys, reach = name_keys(self._alphabet.symbols("".join(names)), offsets_of(map(len, names)))
        slots, order = fill_table(keys, np.arange(len(names) + 1))
        numbers = np.fromiter((kinds[name] for name in names), np.uint8, len(names))
        return NameTable(slots, numbers[order], reach)

    def count(self, names: Sequence[tuple[str, int]]) -> Counts:
        """Return how often each name has each label."""
        counts: Counts = {}
        for name, label in names:
            if _can_stand(name):
                counts.setdefault(self._alphabet.fold(name), Counter())[label] += 1
        return counts

    def marks_of_others(
        self,
        names: list[list[tuple[str, int]]],
        symbols: NDArray[np.int32],
        word_offsets: NDArray[np.int64],
        offsets: NDArray[np.int64],
        folds: int,
    ) -> NDArray[np.uint8]:
        """Return the marks of words by the names of the other folds of the sentences.

        A list that has a sentence's own names would tell what cannot be known of new text. Sentence
        i is in fold ``i % folds``.

        Parameters
        ----------
        names : list of lists of (str, int)
            The names of each sentence with their labels.
        symbols, word_offsets, offsets : arrays
            The sentences, as for `NameTable.mark`.
        folds : int

        Returns
        -------
        uint8 array, shape (words,)
        """
        counts = self.count([name for own in names for name in own])
        marks = np.zeros(len(word_offsets) - 1, np.uint8)
        sentence = np.repeat(np.arange(len(names)), np.diff(offsets))
        for fold in range(folds):
            own = self.count([name for of_one in names[fold::folds] for name in of_one])
            here = sentence % folds == fold
            marks[here] = self.table(counts, own).mark(symbols, word_offsets, offsets)[here]
        return marks


def _can_stand(name: str) -> bool:
    """Tell whether a name is long enough to say something, and not too long for the table."""
    return 2 <= len(name) <= LONGEST
