"""Segmenters: maximum matching, word graphs with n-gram costs, character tagging."""

from __future__ import annotations

from classicnlp.segmentation.base import Segmenter
from classicnlp.segmentation.character import CharSegmenter
from classicnlp.segmentation.explanation import Explanation, Occurrence, Reading, WordScore
from classicnlp.segmentation.maxmatch import MaxMatchSegmenter
from classicnlp.segmentation.ngram import Candidate, NgramSegmenter, Node, WordGraph

__all__ = [
    "Candidate",
    "CharSegmenter",
    "Explanation",
    "MaxMatchSegmenter",
    "NgramSegmenter",
    "Node",
    "Occurrence",
    "Reading",
    "Segmenter",
    "WordGraph",
    "WordScore",
]
