"""Documents to vectors: counts, TF-IDF, hashed features, chi-square selection, classes."""

from __future__ import annotations

from classicnlp.vectorize.averages import VectorAverager
from classicnlp.vectorize.chi_square import ChiSquare, ChiSquareSelector, chi_square
from classicnlp.vectorize.classifier import DocumentClassifier
from classicnlp.vectorize.counts import CountVectorizer
from classicnlp.vectorize.hashing import HashingVectorizer
from classicnlp.vectorize.tfidf import TfidfVectorizer

__all__ = [
    "ChiSquare",
    "ChiSquareSelector",
    "CountVectorizer",
    "DocumentClassifier",
    "HashingVectorizer",
    "TfidfVectorizer",
    "VectorAverager",
    "chi_square",
]
