"""N-gram counts."""

from __future__ import annotations

from classicnlp.lm.counting import count_ngrams
from classicnlp.lm.counts import NgramCounts

__all__ = ["NgramCounts", "count_ngrams"]
