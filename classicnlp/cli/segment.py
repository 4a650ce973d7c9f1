"""``classicnlp segment``: text in, words out."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli import resources
from classicnlp.cli.options import (
    Subparsers,
    add_command,
    add_input_output,
    add_mode,
    add_model,
    add_quiet,
    delimiter,
    user_files,
)
from classicnlp.cli.render import words_json, words_line
from classicnlp.cli.streams import answer_lines

EPILOG = """\
A line in gives a line out. With white space as the delimiter, words that are nothing but spaces and
tabs are left out; --json keeps them.

examples:
  echo 我来到北京清华大学 | classicnlp segment
  classicnlp segment --mode dictionary --workers 2 input.txt.gz -o words.txt
  classicnlp segment --json --user-words my.dict < input.txt > words.jsonl
  classicnlp segment --user-words my.dict --policy force --forbid never.txt input.txt
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "segment", run, "cut text into words", EPILOG)
    add_input_output(parser)
    add_model(parser)
    add_mode(parser)
    parser.add_argument(
        "--delimiter",
        type=delimiter,
        default=" ",
        metavar="TEXT",
        help="what to write between words; default: one space",
    )
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Segment the input files."""
    segmenter = resources.open_segmenter(arguments.model, arguments.mode, user_files(arguments))

    def answer(texts: list[str]) -> list[str]:
        cut = segmenter.segment_batch(texts, workers=arguments.workers)
        if arguments.json:
            return list(map(words_json, texts, cut))
        return [words_line(words, arguments.delimiter) for words in cut]

    answer_lines(arguments, answer)
