"""Readers and writers of corpus files."""

from __future__ import annotations

from classicnlp.corpus import schemes
from classicnlp.corpus.columns import read_columns, write_columns
from classicnlp.corpus.conllu import ConlluSentence, ConlluWord, read_conllu, read_conllu_tags
from classicnlp.corpus.crfsuite import read_crfsuite, write_crfsuite
from classicnlp.corpus.entities import EntitySentence, outermost, read_entities, write_entities
from classicnlp.corpus.formats import read_words
from classicnlp.corpus.labelled import LabelledSentence, label_characters, read_labelled
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
    "ConlluSentence",
    "ConlluWord",
    "EntitySentence",
    "LabelledSentence",
    "atomic_writer",
    "label_characters",
    "outermost",
    "parse_pfr_line",
    "parse_slash_line",
    "parse_underscore_line",
    "read_columns",
    "read_compounds",
    "read_conllu",
    "read_conllu_tags",
    "read_crfsuite",
    "read_entities",
    "read_labelled",
    "read_lines",
    "read_segmented",
    "read_tagged",
    "read_words",
    "schemes",
    "write_columns",
    "write_crfsuite",
    "write_entities",
    "write_lines",
    "write_segmented",
    "write_tagged",
]
