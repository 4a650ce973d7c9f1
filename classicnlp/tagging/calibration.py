"""How sure its scores are to make a tagger of words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of
from classicnlp.calibration import best_scale, log_loss

FLATTEST, SHARPEST = 1e-6, 1.0
MOST_SENTENCES = 2000

TaggedWords = Sequence[tuple[str, str]]


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
