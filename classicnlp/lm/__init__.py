"""N-gram counts and smoothed n-gram language models."""

from __future__ import annotations

from classicnlp.lm.counting import count_ngrams
from classicnlp.lm.counts import NgramCounts
from classicnlp.lm.model import NgramModel
from classicnlp.lm.scores import Fit, FullScores, WordScore
from classicnlp.lm.vocabulary import Vocabulary

__all__ = [
    "Fit",
    "FullScores",
    "NgramCounts",
    "NgramModel",
    "Vocabulary",
    "WordScore",
    "count_ngrams",
]
