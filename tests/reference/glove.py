"""GloVe in plain Python: pairs of words that stand near each other, and one gradient step."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

CLIP = 100.0


def count_pairs(ids: Sequence[int], window: int) -> dict[tuple[int, int], Fraction]:
    """Count each two words of a sentence, 1 / k at a distance of k, the larger number first."""
    counts: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    sentence: list[int] = []
    for word in ids:
        if word < 0:
            sentence = []
            continue
        for k, other in enumerate(reversed(sentence[-window:]), 1):
            # A pair of one word is counted from both of its ends.
            counts[max(word, other), min(word, other)] += Fraction(1 + (word == other), k)
        sentence.append(word)
    return dict(counts)


def loss_of(word: Matrix, context: Matrix, count: float, most: float, exponent: float) -> float:
    """The weighted square of how far the product of two rows is from the logarithm of a count."""
    weight = min(count / most, 1) ** exponent
    return 0.5 * weight * float(word @ context - math.log(count)) ** 2


class GloVe:
    """Rows of a word: its vector, its bias, 1; of a context: its vector, 1, its bias."""

    def __init__(self, words: Matrix, contexts: Matrix, most: float, exponent: float):
        self.words, self.contexts = words, contexts
        self.word_squares, self.context_squares = np.ones_like(words), np.ones_like(contexts)
        self.most, self.exponent = most, exponent

    def step(self, row: int, column: int, count: float, rate: float) -> float:
        """Move both rows against the gradient, by AdaGrad; return the loss."""
        word, context = self.words[row].copy(), self.contexts[column].copy()
        weight = min(count / self.most, 1) ** self.exponent
        slope = weight * float(word @ context - math.log(count))
        loss = loss_of(word, context, count, self.most, self.exponent)
        for rows, squares, place, other, fixed in (
            (self.words, self.word_squares, row, context, -1),
            (self.contexts, self.context_squares, column, word, -2),
        ):
            change = rate * np.clip(slope * other, -CLIP, CLIP)
            change[fixed] = 0
            rows[place] -= change / np.sqrt(squares[place])
            squares[place] += change**2
        return loss
