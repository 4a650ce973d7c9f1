"""Word vectors: similar words, analogies, clusters, files."""

from __future__ import annotations

from classicnlp.embed.clusters import Clusters
from classicnlp.embed.evaluation import AnalogyScore, SectionScore, SimilarityScore
from classicnlp.embed.keyed_vectors import KeyedVectors
from classicnlp.embed.nearest import Found
from classicnlp.embed.similar import Neighbour
from classicnlp.embed.unknown import UnknownWordError

__all__ = [
    "AnalogyScore",
    "Clusters",
    "Found",
    "KeyedVectors",
    "Neighbour",
    "SectionScore",
    "SimilarityScore",
    "UnknownWordError",
]
