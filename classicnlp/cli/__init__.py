"""The command line: ``classicnlp segment``, ``tag``, ``newwords`` and the others."""

from __future__ import annotations

from classicnlp.cli.program import main

__all__ = ["main"]
