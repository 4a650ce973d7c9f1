"""``classicnlp embed similar``: words in, similar words out."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from classicnlp.cli.embed_options import (
    add_answers,
    add_vectors,
    answer_line,
    answer_object,
    open_vectors,
    say_unknown,
)
from classicnlp.cli.options import Subparsers, add_command, add_input_output, add_quiet
from classicnlp.cli.streams import answer_lines

if TYPE_CHECKING:
    from classicnlp.embed import KeyedVectors, Neighbour

EPILOG = """\
A line in gives a line out: the words most similar to all words of the line, with their cosines,
between tabs. A word after a minus sign is one not to be similar to. The line of a word without a
vector stays empty, and a message says so.

examples:
  echo 北京 | classicnlp embed similar --vectors words.vectors
  echo 国王 女人 -男人 | classicnlp embed similar --vectors sgns.bz2 -k 1
  classicnlp embed similar --vectors vectors.bin --json words.txt -o similar.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "similar", run, "find similar words", EPILOG)
    add_input_output(parser)
    add_vectors(parser)
    add_answers(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Answer every line."""
    vectors = open_vectors(arguments, arguments.vectors)

    def answer(lines: list[str]) -> list[str]:
        return [one(line) for line in lines]

    def one(line: str) -> str:
        positive, negative = terms(line, vectors)
        neighbours: list[Neighbour] = []
        try:
            if positive or negative:
                neighbours = vectors.most_similar(
                    positive, negative, arguments.k, arguments.restrict
                )
        except KeyError as error:
            say_unknown(error)
        if not arguments.json:
            return answer_line(neighbours)
        found = {"positive": positive, "negative": negative, "similar": answer_object(neighbours)}
        return json.dumps(found, ensure_ascii=False)

    answer_lines(arguments, answer)


def terms(line: str, vectors: KeyedVectors) -> tuple[list[str], list[str]]:
    """Return the words to be similar to, and those not to be."""
    positive, negative = [], []
    for word in line.split():
        if word.startswith("-") and len(word) > 1 and word not in vectors:
            negative.append(word[1:])
        else:
            positive.append(word)
    return positive, negative
