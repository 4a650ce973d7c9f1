"""``classicnlp summarize``: documents in, the sentences that say most of them out."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from classicnlp.cli import resources
from classicnlp.cli.documents import add_answers, add_documents, read_documents
from classicnlp.cli.options import (
    Subparsers,
    add_command,
    add_quiet,
    add_words,
    positive,
    user_files,
)
from classicnlp.cli.streams import answer_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from classicnlp.extraction import RankedSentence

EPILOG = """\
The sentences of a document stand in a line each, in their order, with a blank line behind the last;
--json writes a line for each document.

examples:
  classicnlp summarize article.txt
  classicnlp summarize --sentences 1 --document line abstracts.txt
  classicnlp summarize --field body --json articles.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "choose the sentences that have most in common with the rest of a document"
    parser = add_command(commands, "summarize", run, summary, EPILOG)
    add_documents(parser, "file")
    add_answers(parser, "weights and offsets")
    parser.add_argument(
        "--sentences",
        type=positive,
        default=3,
        metavar="N",
        help="sentences of a document at most; default: %(default)s",
    )
    add_words(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Summarize each document."""
    from classicnlp.extraction import Summarizer

    summarizer = Summarizer(resources.open_pipeline(arguments.model, user_files(arguments)))

    def answer(documents: list[str]) -> Iterator[str]:
        for document in documents:
            yield shown(summarizer.summarize(document, arguments.sentences), arguments.json)

    answer_all(arguments, read_documents(arguments), answer, "documents")


def shown(sentences: Sequence[RankedSentence], as_json: bool) -> str:
    """Return the sentences of a document as lines of text, or as one line of JSON."""
    if as_json:
        rows = [sentence._asdict() for sentence in sentences]
        return json.dumps({"sentences": rows}, ensure_ascii=False) + "\n"
    return "".join([" ".join(sentence.text.split()) + "\n" for sentence in sentences]) + "\n"
