"""``classicnlp embed analogy``: a b c in, the word that is to c as b is to a out."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from classicnlp.cli.embed_options import (
    add_answers,
    add_method,
    add_vectors,
    answer_line,
    answer_object,
    open_vectors,
    say_unknown,
)
from classicnlp.cli.options import Subparsers, add_command, add_input_output, add_quiet
from classicnlp.cli.streams import answer_lines

if TYPE_CHECKING:
    from classicnlp.embed import Neighbour

EPILOG = """\
A line of three words in gives a line out: the words that are to the third as the second is to the
first, with their scores, between tabs. The line of a word without a vector stays empty, and a
message says so.

examples:
  echo 法国 巴黎 日本 | classicnlp embed analogy --vectors words.vectors -k 1
  classicnlp embed analogy --vectors sgns.bz2 --method multiply --restrict 50000 questions.txt
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "analogy", run, "solve analogies", EPILOG)
    add_input_output(parser)
    add_vectors(parser)
    add_answers(parser)
    add_method(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Answer every line."""
    vectors = open_vectors(arguments, arguments.vectors)

    def answer(lines: list[str]) -> list[str]:
        return [one(line) for line in lines]

    def one(line: str) -> str:
        words = line.split()
        if words and len(words) != 3:
            raise ValueError(f"expected three words such as '法国 巴黎 日本', got {line!r}")
        neighbours: list[Neighbour] = []
        try:
            if words:
                first, second, third = words
                neighbours = vectors.analogy(
                    first, second, third, arguments.k, arguments.method, arguments.restrict
                )
        except KeyError as error:
            say_unknown(error)
        if not arguments.json:
            return answer_line(neighbours)
        return json.dumps(
            {"words": words, "answers": answer_object(neighbours)}, ensure_ascii=False
        )

    answer_lines(arguments, answer)
