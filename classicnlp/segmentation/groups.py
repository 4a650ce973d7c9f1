"""Groups of words for a character tagger: the words of its training data, and other lists.

A tagger that is trained with the very words of its training data as a list learns to trust the list
alone, and fails at unknown words. So the training data is cut into folds, and the words that a fold
is trained with are those of the other folds.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.lexical import (
    GOES_ON_BIT,
    LONGEST_WORD,
    MOST_LISTS,
    WordGroups,
    keys_of,
    place_keys,
)
from classicnlp.arrays import offsets_of
from classicnlp.lexicon import Words, entries
from classicnlp.segmentation.features import Characters, normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray

OWN = 1  # the bit of the first group, the words of the training data


class GroupedWords:
    """The words of all groups, and the strings that they begin with.

    Parameters
    ----------
    alphabet : Alphabet
    sentences : sequence of sequences of str
        The training data; its words are the first group.
    lexicons : sequence of iterables, mappings or Lexicon objects
        The words of the other groups, of which there may be six.
    folds : int
        Into how many runs of sentences the training data is cut, if it has as many.
    trusted : iterable, mapping or Lexicon
        Words of a last group, which is there if there are any, and which training does not see.

    Raises
    ------
    TypeError
        If a lexicon is no collection of words.
    ValueError
        If there are too many groups.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        sentences: Sequence[Sequence[str]],
        lexicons: Sequence[Words],
        folds: int,
        trusted: Words = (),
    ):
        named = _fitting(alphabet, (entry.word for entry in entries(trusted)))
        self.count = 1 + len(lexicons)
        self.trusted = bool(named)
        if self.count + self.trusted > MOST_LISTS:
            most = MOST_LISTS - 1 - self.trusted
            raise ValueError(f"at most {most} lexicons can be used, got {len(lexicons)}")
        folds = min(folds, max(1, len(sentences)))
        self._folds = [len(sentences) * fold // folds for fold in range(folds + 1)]
        counts = [
            Counter(_fitting(alphabet, itertools.chain.from_iterable(sentences[start:end])))
            for start, end in itertools.pairwise(self._folds)
        ]
        lists = [
            _fitting(alphabet, (entry.word for entry in entries(lexicon))) for lexicon in lexicons
        ]
        if named:
            lists.append(named)
        words = sorted(set().union(*counts, *lists))
        beginnings = sorted({word[:end] for word in words for end in range(2, len(word))})
        strings = words + beginnings
        symbols = alphabet.symbols("".join(strings))
        offsets = offsets_of(map(len, strings))
        self._keys, first, numbers = np.unique(
            keys_of(symbols, offsets), return_index=True, return_inverse=True
        )
        starts = offsets[first]
        self._pairs = np.stack([symbols[starts], symbols[starts + 1]], axis=1)
        self._is_pair = np.diff(offsets)[first] == 2
        number_of = dict(zip(words, numbers.tolist(), strict=False))
        self._notes = np.zeros(len(self._keys), np.uint32)
        self._notes[numbers[len(words) :]] = GOES_ON_BIT
        for group, listed in enumerate(lists, 1):
            self._notes[[number_of[word] for word in listed]] |= OWN << group
        self._seen = [
            (
                np.array([number_of[word] for word in counted], np.int64),
                np.array(list(counted.values()), np.int64),
            )
            for counted in counts
        ]
        self._total = np.zeros(len(self._keys), np.int64)
        for own, times in self._seen:
            np.add.at(self._total, own, times)

    def codes_of(self, characters: Characters) -> NDArray[np.uint8]:
        """Return what the groups say about the training data, each fold by the words of others."""
        codes = []
        offsets = characters.offsets
        placed = place_keys(self._keys)
        for (start, end), (own, times) in zip(
            itertools.pairwise(self._folds), self._seen, strict=True
        ):
            elsewhere = self._total.copy()
            np.subtract.at(elsewhere, own, times)
            groups = _noted(placed, self._notes_of(elsewhere))
            low, high = offsets[start], offsets[end]
            part = groups.codes_of(characters.symbols[low:high], offsets[start : end + 1] - low)
            codes.append(part[:, :, : self.count])
        return np.concatenate(codes)

    def pairs(self) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Return the strings of two symbols, shape (n, 2), and what is noted of each."""
        notes = self._notes_of(self._total)
        return self._pairs[self._is_pair], notes[self._is_pair]

    def longer(self) -> WordGroups:
        """Return the strings of three and more."""
        notes = self._notes_of(self._total)
        return _noted(place_keys(self._keys[~self._is_pair]), notes[~self._is_pair])

    def _notes_of(self, seen: NDArray[np.int64]) -> NDArray[np.uint32]:
        return np.where(seen > 0, self._notes | OWN, self._notes).astype(np.uint32)


def _noted(
    placed: tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64]],
    notes: NDArray[np.uint32],
) -> WordGroups:
    table, displacements, places = placed
    noted = table.copy()
    noted[places] |= notes
    return WordGroups(noted, displacements)


def _fitting(alphabet: Alphabet, words: Iterable[str]) -> list[str]:
    """Return the words, normalised, that are not too long and have ranked characters only."""
    kept = [word for word in words if 2 <= len(word) <= LONGEST_WORD]
    symbols = alphabet.symbols("".join(kept))
    strange = np.flatnonzero((symbols == 0) | (symbols >= alphabet.size))
    if len(strange):
        ends = np.cumsum([len(word) for word in kept])
        out = set(np.searchsorted(ends, strange, side="right").tolist())
        kept = [word for number, word in enumerate(kept) if number not in out]
    return normalised(alphabet, kept)
