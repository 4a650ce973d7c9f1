"""How sharp the probabilities of a tagger are to be, measured on held-out data."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of

SHARPEST, FLATTEST = 1.0, 1e-6
STEPS = 24  # of the golden section: the logarithm is found to within 1e-4
MOST_SENTENCES = 2000
LEAST_PROBABILITY = 1e-6

TaggedWords = Sequence[tuple[str, str]]


def calibrated(
    tagger: WordTagger, tags: Sequence[str], sentences: Sequence[TaggedWords]
) -> WordTagger:
    """Return the tagger with the sharpness that makes held-out tags the likeliest.

    The scores of a perceptron have no scale of their own. One number that they are multiplied by
    is chosen, as in temperature scaling (Guo, Pleiss, Sun and Weinberger, 2017), by a golden
    section search over its logarithm.

    Parameters
    ----------
    tagger : WordTagger
    tags : sequence of str
        The names of its labels.
    sentences : sequence of sequences of (word, tag)
        What the tagger did not learn from; the first 2,000 count.
    """
    numbers = {tag: number for number, tag in enumerate(tags)}
    texts, cuts, gold = [], [], []
    for sentence in sentences[:MOST_SENTENCES]:
        words = [word for word, _ in sentence if word]
        texts.append("".join(words))
        cuts.append(offsets_of(map(len, words), np.int32))
        gold.append(np.array([numbers.get(tag, -1) for word, tag in sentence if word], np.int64))

    def sharpened(logarithm: float) -> WordTagger:
        return WordTagger(tagger.alphabet, **tagger.arrays, sharpness=math.exp(logarithm))

    def loss(logarithm: float) -> float:
        other = sharpened(logarithm)
        total = 0.0
        for text, cut, right in zip(texts, cuts, gold, strict=True):
            _, first, labels, probabilities = other.marginals(text, cut)
            of_gold = labels == np.repeat(right, np.diff(first))
            total -= float(np.log(np.maximum(probabilities[of_gold], LEAST_PROBABILITY)).sum())
        return total

    return sharpened(_lowest(loss, math.log(FLATTEST), math.log(SHARPEST)))


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that falls and then rises is lowest (Kiefer, 1953)."""
    ratio = (math.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return left if at_left <= at_right else right
