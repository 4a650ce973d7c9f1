"""``classicnlp tag``: text in, words with their parts of speech out."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli import resources
from classicnlp.cli.options import (
    Subparsers,
    add_command,
    add_input_output,
    add_model,
    add_quiet,
    delimiter,
)
from classicnlp.cli.render import tokens_json, tokens_line
from classicnlp.cli.streams import answer_lines

EPILOG = """\
A line in gives a line out. With white space as the delimiter, words that are nothing but spaces and
tabs are left out, so that 'evaluate tag --format slash' can read the output; --json keeps them.

examples:
  echo 我来到北京清华大学 | classicnlp tag
  classicnlp tag --tag-delimiter _ input.txt -o tagged.txt
  classicnlp tag --json --workers 2 < input.txt > tokens.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "cut text into words and tag their parts of speech"
    parser = add_command(commands, "tag", run, summary, EPILOG)
    add_input_output(parser)
    add_model(parser)
    parser.add_argument(
        "--delimiter",
        type=delimiter,
        default=" ",
        metavar="TEXT",
        help="what to write between tokens; default: one space",
    )
    parser.add_argument(
        "--tag-delimiter",
        type=delimiter,
        default="/",
        metavar="TEXT",
        help="what to write between a word and its tag; default: %(default)s",
    )
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Tag the input files."""
    pipeline = resources.open_tagging_pipeline(arguments.model, arguments.user_words)

    def answer(texts: list[str]) -> list[str]:
        tagged = pipeline.tag_batch(texts, workers=arguments.workers)
        if arguments.json:
            return list(map(tokens_json, texts, tagged))
        between, inside = arguments.delimiter, arguments.tag_delimiter
        return [tokens_line(tokens, between, inside) for tokens in tagged]

    answer_lines(arguments, answer)
