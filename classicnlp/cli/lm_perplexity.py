"""``classicnlp lm perplexity``: how well a model foretells a text."""

from __future__ import annotations

import json
from argparse import Namespace

from classicnlp.cli.lm_options import add_language_model, lines_of, open_language_model
from classicnlp.cli.options import Subparsers, add_command, add_files, add_quiet, add_workers
from classicnlp.cli.progress import line_bar
from classicnlp.cli.streams import write_standard_output

EPILOG = """\
A line is a sentence, and its end counts as a word.

examples:
  classicnlp lm perplexity --model words.lm test.txt
  classicnlp lm perplexity --model characters.arpa.gz --unit char test.txt --json
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "measure how well a model foretells a text"
    parser = add_command(commands, "perplexity", run, summary, EPILOG)
    add_files(parser, "text to measure on")
    add_language_model(parser)
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Measure and print."""
    model = open_language_model(arguments.model, arguments.unit)
    with line_bar(arguments.quiet) as advance:
        found = model.measure(lines_of(arguments.files, advance), arguments.workers)._asdict()
    if arguments.json:
        write_standard_output(json.dumps(found) + "\n")
        return
    for name, value in found.items():
        shown = f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
        write_standard_output(f"{name.replace('_', ' '):<24} {shown}\n")
