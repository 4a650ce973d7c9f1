"""Readers and writers of corpus files."""

from __future__ import annotations

from classicnlp.corpus.formats import read_words
from classicnlp.corpus.lines import atomic_writer, read_lines, write_lines
from classicnlp.corpus.segmented import read_segmented, write_segmented
from classicnlp.corpus.tagged import (
    Compound,
    parse_pfr_line,
    parse_slash_line,
    parse_underscore_line,
    read_compounds,
    read_tagged,
    write_tagged,
)

__all__ = [
    "Compound",
    "atomic_writer",
    "parse_pfr_line",
    "parse_slash_line",
    "parse_underscore_line",
    "read_compounds",
    "read_lines",
    "read_segmented",
    "read_tagged",
    "read_words",
    "write_lines",
    "write_segmented",
    "write_tagged",
]
