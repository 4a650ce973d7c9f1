"""The scorers of each task."""

from __future__ import annotations

from classicnlp.evaluate.tags import JointScore, TaggingScore, joint, tagging
from classicnlp.evaluate.words import SegmentationScore, segmentation

__all__ = [
    "JointScore",
    "SegmentationScore",
    "TaggingScore",
    "joint",
    "segmentation",
    "tagging",
]
