"""Sequence taggers."""

from __future__ import annotations

from classicnlp.tagging.pos import PosTagger

__all__ = ["PosTagger"]
