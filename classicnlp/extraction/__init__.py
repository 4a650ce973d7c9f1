"""Keywords of texts and summaries: term frequency, TF-IDF, TextRank."""

from __future__ import annotations

from classicnlp.extraction.extractors import (
    FrequencyExtractor,
    Keyword,
    KeywordExtractor,
    TextRankExtractor,
    TfidfExtractor,
)
from classicnlp.extraction.idf import IdfTable
from classicnlp.extraction.random_walk import Ranks, pagerank
from classicnlp.extraction.stop_words import STOP_WORDS
from classicnlp.extraction.summary import RankedSentence, Summarizer, summarize

__all__ = [
    "STOP_WORDS",
    "FrequencyExtractor",
    "IdfTable",
    "Keyword",
    "KeywordExtractor",
    "RankedSentence",
    "Ranks",
    "Summarizer",
    "TextRankExtractor",
    "TfidfExtractor",
    "pagerank",
    "summarize",
]
