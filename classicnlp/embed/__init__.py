"""Word vectors: learnt from text; similar words, analogies, clusters, files."""

from __future__ import annotations

from classicnlp.embed.clusters import Clusters
from classicnlp.embed.evaluation import AnalogyScore, SectionScore, SimilarityScore
from classicnlp.embed.glove import GloVe
from classicnlp.embed.keyed_vectors import KeyedVectors
from classicnlp.embed.nearest import Found
from classicnlp.embed.passes import Progress
from classicnlp.embed.similar import Neighbour
from classicnlp.embed.unknown import UnknownWordError
from classicnlp.embed.word2vec import Word2Vec

__all__ = [
    "AnalogyScore",
    "Clusters",
    "Found",
    "GloVe",
    "KeyedVectors",
    "Neighbour",
    "Progress",
    "SectionScore",
    "SimilarityScore",
    "UnknownWordError",
    "Word2Vec",
]
