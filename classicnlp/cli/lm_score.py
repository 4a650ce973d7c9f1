"""``classicnlp lm score``: how probable each line is."""

from __future__ import annotations

import itertools
import json
from argparse import Namespace

from classicnlp.cli.lm_options import add_language_model, open_language_model
from classicnlp.cli.options import (
    Subparsers,
    add_command,
    add_input_output,
    add_quiet,
    add_workers,
)
from classicnlp.cli.streams import answer_lines

EPILOG = """\
A line in gives a line out: log10 p(line), from the beginning of a sentence to its end. --json gives
the log10 p of every word and of the end, the length of the n-gram that it was found with, and
whether the model has the word.

examples:
  classicnlp lm score --model words.lm words.txt
  echo 我 爱 北京 | classicnlp lm score --model words.arpa --json
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "score", run, "score the lines of a text", EPILOG)
    add_input_output(parser, "the score of every word")
    add_language_model(parser)
    add_workers(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Score every line."""
    model = open_language_model(arguments.model, arguments.unit)

    def answer(texts: list[str]) -> list[str]:
        if not arguments.json:
            scores = model.score_batch(texts, workers=arguments.workers)
            return [f"{score:.6f}" for score in scores.tolist()]
        found = model.full_scores_batch(texts, workers=arguments.workers)
        bounds = found.offsets.tolist()
        rows = [
            [round(value, 6) for value in found.log_probs.tolist()],
            found.lengths.tolist(),
            found.unknown.tolist(),
        ]
        return [
            json.dumps(
                {
                    "log_probs": rows[0][low:high],
                    "lengths": rows[1][low:high],
                    "unknown": rows[2][low:high],
                }
            )
            for low, high in itertools.pairwise(bounds)
        ]

    answer_lines(arguments, answer)
