"""``classicnlp info``: what a model is, was trained on, and can do."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from classicnlp.cli import resources
from classicnlp.cli.options import DEFAULT_MODEL, Subparsers, add_command
from classicnlp.cli.streams import write_standard_output

EPILOG = """\
examples:
  classicnlp info
  classicnlp info my.model --json
  classicnlp info --list
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "info", run, "describe a model", EPILOG)
    parser.add_argument(
        "model",
        nargs="?",
        default=DEFAULT_MODEL,
        metavar="MODEL",
        help="an embedded model or a file; default: %(default)s",
    )
    parser.add_argument("--list", action="store_true", help="list the embedded models instead")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: Namespace) -> None:
    """Print the names of the embedded models or a model's card."""
    if arguments.list:
        from classicnlp.models import names

        shown = json.dumps(names()) if arguments.json else "\n".join(names())
        write_standard_output(shown + "\n")
        return
    pipeline = resources.open_pipeline(arguments.model)
    card = {**pipeline.card, "lexicon_words": len(pipeline.lexicon)}
    if arguments.json:
        shown = json.dumps(card, ensure_ascii=False, indent=2)
    else:
        shown = "\n".join(card_lines(card))
    write_standard_output(shown + "\n")


def card_lines(card: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Yield a card for people to read; what is inside an entry stands indented below it."""
    for name, value in card.items():
        # The names of files are names; other underscores are spaces.
        label = indent + (name if "/" in name else name.replace("_", " "))
        if isinstance(value, Mapping):
            yield label
            yield from card_lines(value, indent + "  ")
        elif isinstance(value, (list, tuple)):
            yield label
            for item in value:
                if isinstance(item, Mapping):
                    yield from card_lines(item, indent + "  ")
                else:
                    yield f"{indent}  {item}"
        else:
            shown = f"{value:,}" if type(value) is int else value
            yield f"{label:<38} {shown}"
