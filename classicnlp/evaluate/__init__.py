"""The scorers of each task."""

from __future__ import annotations

from classicnlp.evaluate.spans import EntityScore, TypeScore, entities, labelled_entities
from classicnlp.evaluate.tags import JointScore, TaggingScore, joint, tagging
from classicnlp.evaluate.words import SegmentationScore, segmentation

__all__ = [
    "EntityScore",
    "JointScore",
    "SegmentationScore",
    "TaggingScore",
    "TypeScore",
    "entities",
    "joint",
    "labelled_entities",
    "segmentation",
    "tagging",
]
