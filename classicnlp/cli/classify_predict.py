"""``classicnlp classify predict``: documents in, their classes out."""

from __future__ import annotations

import json
from argparse import Namespace

from classicnlp.cli.documents import add_answers, add_documents, read_documents
from classicnlp.cli.options import Subparsers, add_command, add_quiet, add_workers
from classicnlp.cli.streams import answer_all

EPILOG = """\
A document in gives a line out: its class, or with --json its class and how far it is on the side of
each.

examples:
  classicnlp classify predict --model titles.model titles.txt
  classicnlp classify predict --model reviews.model --field text --json reviews.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "predict", run, "tell the class of documents", EPILOG)
    parser.add_argument(
        "--model", required=True, metavar="FILE", help="a file of 'classicnlp classify train'"
    )
    add_documents(parser)
    add_answers(parser, "how far each is on the side of every class")
    add_workers(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Write the class of each document."""
    from classicnlp.vectorize import DocumentClassifier

    classifier = DocumentClassifier.load(arguments.model)
    classifier.set_params(workers=arguments.workers)
    names = classifier.classes_

    def answer(documents: list[str]) -> list[str]:
        scores = classifier.decision_function(documents)
        lines = []
        for row in scores.tolist():
            label = names[row.index(max(row))]
            shown = {name: round(score, 4) for name, score in zip(names, row, strict=True)}
            lines.append(
                json.dumps({"class": label, "scores": shown}, ensure_ascii=False) + "\n"
                if arguments.json
                else f"{label}\n"
            )
        return lines

    answer_all(arguments, read_documents(arguments), answer, "documents")
