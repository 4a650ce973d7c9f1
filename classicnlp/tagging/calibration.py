"""How sure scores are to make a model, measured on held-out data."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.elementary import logs
from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 1.05
LEAST_PROBABILITY = 1e-6
FLATTEST, SHARPEST = 1e-6, 1.0
MOST_SENTENCES = 2000

TaggedWords = Sequence[tuple[str, str]]


def best_scale(loss: Callable[[float], float], low: float, high: float) -> float:
    """Return the number, of those from ``low`` in steps of 5 %, at which a loss is least.

    Parameters
    ----------
    loss : callable
        Falls to its least and rises from there.
    low, high : float
        Between which numbers to look; both are positive.

    Returns
    -------
    float
        Of equal losses the smallest number's.

    Examples
    --------
    >>> round(best_scale(lambda scale: abs(scale - 20), 2, 200), 1)
    19.8
    """
    scales = [low]
    while scales[-1] * STEP <= high:
        scales.append(scales[-1] * STEP)
    first, last = 0, len(scales) - 1
    while first < last:
        middle = (first + last) // 2
        if loss(scales[middle]) <= loss(scales[middle + 1]):
            last = middle
        else:
            first = middle + 1
    return scales[first]


def log_loss(probabilities: NDArray[np.float64]) -> float:
    """Return the sum of the negative logarithms of what came true; the least count as 1e-6.

    It is the same on every machine, whatever order its sums are made in.
    """
    return -math.fsum(logs(np.maximum(probabilities, LEAST_PROBABILITY)).tolist())


def calibrated(
    tagger: WordTagger, tags: Sequence[str], sentences: Sequence[TaggedWords]
) -> WordTagger:
    """Return the tagger with the sharpness that makes held-out tags the likeliest.

    The scores of a perceptron have no scale of their own. One number that they are multiplied by
    is chosen, as in temperature scaling (Guo, Pleiss, Sun and Weinberger, 2017).

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

    def sharpened(sharpness: float) -> WordTagger:
        return WordTagger(tagger.alphabet, **tagger.arrays, sharpness=sharpness)

    def loss(sharpness: float) -> float:
        other = sharpened(sharpness)
        right = [np.zeros(0)]
        for text, cut, own in zip(texts, cuts, gold, strict=True):
            _, first, labels, probabilities = other.marginals(text, cut)
            right.append(probabilities[labels == np.repeat(own, np.diff(first))])
        return log_loss(np.concatenate(right))

    return sharpened(best_scale(loss, FLATTEST, SHARPEST))
