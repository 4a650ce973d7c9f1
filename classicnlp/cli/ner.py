"""``classicnlp ner``: text in, the names in it out."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from classicnlp.cli import resources
from classicnlp.cli.labelling import add_probabilities, label_blocks, labelling_model
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_input_output,
    add_model,
    add_quiet,
    add_separator,
    user_files,
)
from classicnlp.cli.render import spans_json, spans_line, spans_list
from classicnlp.cli.streams import answer_lines
from classicnlp.errors import ModelError

if TYPE_CHECKING:
    from classicnlp.pipeline import Pipeline

FORMATS = ("text", "columns", "crfsuite")

EPILOG = """\
A line in gives a line out with its names in brackets: 我在[北京大学/ORG]读书. --json has their
offsets, in characters, and is what 'train ner' and 'evaluate ner' read as jsonl. --list has a line
for each name: number of the line, start, end, label, name, separated by tabs.

The embedded model finds persons (nr), places (ns), organisations (nt) and other names (nz) over
words and their tags; other models come from 'classicnlp train ner'.

examples:
  echo 我在北京大学读书 | classicnlp ner
  classicnlp ner --model names.model --json input.txt -o names.jsonl
  classicnlp ner --model names.model --list input.txt | cut -f 5 | sort | uniq -c | sort -rn
  classicnlp ner --model names.model --format columns test.data > labelled.data
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "ner", run, "find names in text", EPILOG)
    add_input_output(parser)
    add_model(parser)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="text; columns: a token a line, blank lines between sentences, each comes back with "
        "its label behind it; crfsuite: a label and attributes a line; default: %(default)s",
    )
    add_separator(parser)
    parser.add_argument(
        "--list", action="store_true", help="write a line for each name in place of each line"
    )
    add_probabilities(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Find the names of the input files."""
    from classicnlp.pipeline import Pipeline

    labeller = resources.open_names(arguments.model, user_files(arguments))
    if arguments.format != "text":
        if isinstance(labeller, Pipeline):
            raise UsageError("--format goes with models of 'train ner': this one reads text")
        if arguments.list:
            raise UsageError("--list goes with --format text")
        label_blocks(arguments, labelling_model(labeller, arguments))
        return
    if arguments.marginals or arguments.n_best or arguments.separator:
        raise UsageError("--marginals, --n-best and --separator go with --format columns")
    if arguments.list and arguments.json:
        raise UsageError("--list and --json do not go together")
    find_names(arguments, labeller)


def find_names(arguments: Namespace, labeller: resources.Labeller | Pipeline) -> None:
    """Find the names in lines of text."""
    from classicnlp.pipeline import Pipeline
    from classicnlp.tagging.names import EntityTagger

    tagger = labeller if isinstance(labeller, Pipeline) else labeller.tagger
    if not isinstance(tagger, (EntityTagger, Pipeline)):
        assert isinstance(labeller, resources.Labeller)
        form = "crfsuite" if labeller.takes.width is None else "columns"
        raise ModelError(
            f"{arguments.model}: the model labels tokens and reads no text: use --format {form}"
        )
    number = 0

    def answer(texts: list[str]) -> list[str]:
        nonlocal number
        found = tagger.entities_batch(texts, workers=arguments.workers)
        if arguments.json:
            return list(map(spans_json, texts, found))
        if not arguments.list:
            return list(map(spans_line, texts, found))
        first = number + 1
        number += len(texts)
        return [
            line for line_number, spans in enumerate(found, first)
            for line in spans_list(line_number, spans)
        ]  # fmt: skip

    answer_lines(arguments, answer)
