"""Word vectors: similar words, analogies, clusters, files."""

from __future__ import annotations

from classicnlp.embed.keyed_vectors import KeyedVectors

__all__ = ["KeyedVectors"]
