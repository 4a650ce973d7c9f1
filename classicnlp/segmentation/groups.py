"""Groups of words for a character tagger: the words of its training data, and other lists.

A tagger that is trained with the very words of its training data as a list learns to trust the list
alone, and fails at unknown words. So the training data is cut into folds, and the words that a fold
is trained with are those of the other folds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.lexical import LONGEST_WORD, MOST_LISTS, WordGroups
from classicnlp.lexicon import build_trie
from classicnlp.segmentation.features import Characters, normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray

OWN = 1  # the bit of the first group, the words of the training data
NO_WORD = 0xFFFF


class GroupedWords:
    """The words of all groups in one double array.

    Parameters
    ----------
    alphabet : Alphabet
    sentences : sequence of sequences of str
        The training data; its words are the first group.
    lexicons : sequence of iterables of str
        The words of the other groups, of which there may be seven.
    folds : int
        Into how many runs of sentences the training data is cut.

    Raises
    ------
    ValueError
        If there are too many groups.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        sentences: Sequence[Sequence[str]],
        lexicons: Sequence[Iterable[str]],
        folds: int,
    ):
        if len(lexicons) >= MOST_LISTS:
            raise ValueError(f"at most {MOST_LISTS - 1} lexicons can be used, got {len(lexicons)}")
        self.count = 1 + len(lexicons)
        self._fold_ends = [len(sentences) * (fold + 1) // folds for fold in range(folds)]
        counts = [
            Counter(_fitting(alphabet, [word for words in sentences[start:end] for word in words]))
            for start, end in zip([0, *self._fold_ends], self._fold_ends, strict=False)
        ]
        lists = [_fitting(alphabet, list(lexicon)) for lexicon in lexicons]
        words = sorted(set().union(*counts, *lists))
        trie, numbers = build_trie(words, alphabet)
        number_of = dict(zip(words, numbers.tolist(), strict=True))
        self._codes, self._nodes = trie.arrays["codes"], trie.arrays["nodes"]
        self._values = trie.arrays["values"]
        self._listed = np.zeros(trie.size, np.uint16)
        for group, listed in enumerate(lists, 1):
            self._listed[[number_of[word] for word in listed]] |= OWN << group
        self._seen = np.zeros((folds, trie.size), np.int64)
        for fold, counted in enumerate(counts):
            for word, count in counted.items():
                self._seen[fold, number_of[word]] += count

    def codes_of(self, characters: Characters) -> NDArray[np.uint8]:
        """Return what the groups say about the training data, each fold by the words of others."""
        codes = []
        offsets = characters.offsets
        total = self._seen.sum(axis=0)
        for start, end, seen in zip(
            [0, *self._fold_ends], self._fold_ends, self._seen, strict=False
        ):
            groups = self._groups_of(total - seen)
            low, high = offsets[start], offsets[end]
            part = groups.codes_of(characters.symbols[low:high], offsets[start : end + 1] - low)
            codes.append(part[:, :, : self.count])
        return np.concatenate(codes)

    def groups(self) -> WordGroups:
        """Return the groups with all words."""
        return self._groups_of(self._seen.sum(axis=0))

    def _groups_of(self, seen: NDArray[np.int64]) -> WordGroups:
        bits = np.where(seen > 0, self._listed | OWN, self._listed)
        nodes = self._nodes.copy()
        ends = self._values >= 0
        of_state = np.full(len(nodes), NO_WORD, np.uint16)
        of_state[ends] = bits[self._values[ends]]
        nodes.view(np.uint16)[:, 3] = of_state
        return WordGroups(self._codes, nodes)


def _fitting(alphabet: Alphabet, words: Sequence[str]) -> list[str]:
    return normalised(alphabet, [word for word in words if 2 <= len(word) <= LONGEST_WORD])
