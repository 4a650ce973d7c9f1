"""Sequence taggers: hidden Markov models, perceptrons, conditional random fields, names."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from classicnlp.tagging.pos import PosTagger

if TYPE_CHECKING:
    from classicnlp.tagging.base import Path, SequenceTagger
    from classicnlp.tagging.chunker import EntityChunker
    from classicnlp.tagging.constraints import fixed_spans
    from classicnlp.tagging.crf import CRFTagger
    from classicnlp.tagging.hmm import HMMTagger
    from classicnlp.tagging.names import EntityTagger
    from classicnlp.tagging.restoring import load
    from classicnlp.tagging.structured import PerceptronTagger

__all__ = [
    "CRFTagger",
    "EntityChunker",
    "EntityTagger",
    "HMMTagger",
    "Path",
    "PerceptronTagger",
    "PosTagger",
    "SequenceTagger",
    "fixed_spans",
    "load",
]

# Whoever only segments and tags with a ready model need not wait for what trains one.
_HOMES = {
    "CRFTagger": "crf",
    "EntityChunker": "chunker",
    "EntityTagger": "names",
    "HMMTagger": "hmm",
    "Path": "base",
    "PerceptronTagger": "structured",
    "SequenceTagger": "base",
    "fixed_spans": "constraints",
    "load": "restoring",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"classicnlp.tagging.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'classicnlp.tagging' has no attribute {name!r}")
