"""``classicnlp lm generate``: sentences drawn from a model."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli.lm_options import add_language_model, open_language_model
from classicnlp.cli.options import Subparsers, add_command, natural, positive
from classicnlp.cli.streams import write_standard_output

EPILOG = """\
examples:
  classicnlp lm generate --model words.lm --count 5 --seed 7
  classicnlp lm generate --model characters.lm --begin 北京
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "generate", run, "draw sentences from a model", EPILOG)
    add_language_model(parser)
    parser.add_argument(
        "--count", type=positive, default=1, metavar="N", help="how many; default: 1"
    )
    parser.add_argument(
        "--length", type=positive, default=100, metavar="N", help="words at most; default: 100"
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="N", help="of the first; default: 0"
    )
    parser.add_argument("--begin", default="", metavar="TEXT", help="how each begins")


def run(arguments: Namespace) -> None:
    """Draw and print."""
    model = open_language_model(arguments.model, arguments.unit)
    characters = model.unit == "char"
    begin = list("".join(arguments.begin.split())) if characters else arguments.begin.split()
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        words = model.generate(arguments.length, seed, ["<s>", *begin])
        write_standard_output(("" if characters else " ").join([*begin, *words]) + "\n")
