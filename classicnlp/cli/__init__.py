"""The command line: ``classicnlp segment | tag | ner | train | evaluate | lm | embed | info``."""

from __future__ import annotations

from classicnlp.cli.program import main

__all__ = ["main"]
