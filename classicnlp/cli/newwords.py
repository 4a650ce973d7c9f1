"""``classicnlp newwords``: raw text in, words out that the model does not know."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.cli import resources
from classicnlp.cli.options import (
    Subparsers,
    add_command,
    add_files,
    add_output,
    add_quiet,
    add_words,
    add_workers,
    natural,
    positive,
    user_files,
)
from classicnlp.cli.progress import line_bar
from classicnlp.cli.streams import chunks, open_output

if TYPE_CHECKING:
    from classicnlp.newwords import NewWord

EPILOG = """\
A line of output is a word, a tab and its count, the best word first: what --user-words of this and
the other subcommands reads. With --json a line also has cohesion, entropies and score.

examples:
  classicnlp newwords --top 200 novel.txt > words.txt
  classicnlp newwords --user-words words.txt --top 200 novel.txt     # another round
  classicnlp newwords --plain --all --json corpus.txt.xz -o words.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "newwords", run, "find new words in raw text", EPILOG)
    add_files(parser)
    parser.add_argument(
        "--top", type=natural, metavar="N", help="how many words to write; by default all"
    )
    parser.add_argument(
        "--min-count",
        type=positive,
        default=5,
        metavar="N",
        help="how often a word must occur, from 2 on; default: %(default)s",
    )
    parser.add_argument(
        "--max-length",
        type=positive,
        default=6,
        metavar="N",
        help="characters of a word at most, 2 ... 7; default: %(default)s",
    )
    parser.add_argument("--all", action="store_true", help="write words that the model knows, too")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="rank by counts alone; by default the model's segmenter and tagger help",
    )
    add_output(parser)
    parser.add_argument("--json", action="store_true", help="write JSON Lines")
    add_words(parser)
    add_workers(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Find words, and write them."""
    from classicnlp.newwords import discover

    pipeline = resources.open_pipeline(arguments.model, user_files(arguments))
    helped = not arguments.plain
    with line_bar(arguments.quiet, "characters") as advance:
        words = discover(
            map(Path, arguments.files),
            arguments.max_length,
            arguments.min_count,
            None if arguments.all else pipeline.lexicon,
            top=arguments.top,
            segmenter=pipeline if helped else None,
            tagger=pipeline if helped and pipeline.tagger is not None else None,
            workers=arguments.workers,
            progress=advance,
        )
    line = json_line if arguments.json else text_line
    with open_output(arguments.output) as write:
        for chunk in chunks(map(line, words), 10_000, 1_000_000):
            write("".join(chunk))


def text_line(word: NewWord) -> str:
    r"""Return a word as a line of a dictionary.

    >>> from classicnlp.newwords import NewWord
    >>> text_line(NewWord("云计算", 12, 5.0, 2.0, 1.5, 3.75))
    '云计算\t12\n'
    """
    return f"{word.text}\t{word.count}\n"


def json_line(word: NewWord) -> str:
    """Return all that is known of a word as JSON."""
    return json.dumps(word._asdict(), ensure_ascii=False) + "\n"
