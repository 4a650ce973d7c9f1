"""``classicnlp keywords``: documents in, their keywords out."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classicnlp.cli import resources
from classicnlp.cli.documents import add_answers, add_documents, counted, read_documents
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_model,
    add_quiet,
    delimiter,
    positive,
    user_files,
)
from classicnlp.cli.progress import line_bar
from classicnlp.cli.streams import answer_all
from classicnlp.cli.training import check_folder, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from classicnlp.extraction import IdfTable, Keyword, KeywordExtractor

METHODS = ("tfidf", "textrank", "tf")
EPILOG = """\
A document in gives a line out: its keywords, the heaviest first, with tabs between.

examples:
  classicnlp keywords --k 5 abstracts.txt
  classicnlp keywords --method textrank --document file news/*.txt
  classicnlp keywords --field body --json articles.jsonl -o keywords.jsonl
  classicnlp keywords --tags n,vn,nz --more-stop-words mine.txt abstracts.txt
  classicnlp keywords --save-idf mine.model abstracts.txt
  classicnlp keywords --idf mine.model abstracts.txt
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "keywords", run, "find the keywords of documents", EPILOG)
    add_documents(parser)
    add_answers(parser, "weights and offsets")
    parser.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="tfidf: frequency and rarity; textrank: rank among neighbouring words; tf: frequency; "
        "default: %(default)s",
    )
    parser.add_argument(
        "-k", "--k", type=positive, default=10, metavar="N", help="keywords at most; default: 10"
    )
    parser.add_argument(
        "--weights", action="store_true", help="write word:weight where words are written"
    )
    parser.add_argument(
        "--delimiter",
        type=delimiter,
        default="\t",
        metavar="TEXT",
        help="what to write between keywords; default: a tab",
    )
    parser.add_argument(
        "--tags",
        metavar="TAGS",
        help="let only words with these parts of speech count, such as n,vn,nz; default: all",
    )
    parser.add_argument(
        "--min-length",
        type=positive,
        default=2,
        metavar="N",
        help="characters of a keyword at least; default: %(default)s",
    )
    parser.add_argument("--no-phrases", action="store_true", help="single words only")
    parser.add_argument(
        "--stop-words",
        metavar="FILE",
        help="stop words, a line each, in place of the embedded ones",
    )
    parser.add_argument(
        "--more-stop-words", metavar="FILE", help="stop words, a line each, besides the others"
    )
    parser.add_argument(
        "--idf",
        metavar="FILE",
        help="how rare words are: a .model that --save-idf wrote, or lines 'word number'",
    )
    parser.add_argument(
        "--save-idf",
        metavar="MODEL",
        help="count how rare words are in the documents, save that, and write no keywords",
    )
    add_model(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Find the keywords of each document, or count in how many documents words occur."""
    if arguments.idf is not None and arguments.method != "tfidf":
        raise UsageError("--idf goes with --method tfidf")
    if arguments.save_idf is not None:
        save_idf(arguments)
        return
    extractor = open_extractor(arguments)

    def answer(documents: list[str]) -> Iterator[str]:
        found = extractor.extract_batch(documents, arguments.k, arguments.workers)
        return (line_of(own, arguments) + "\n" for own in found)

    answer_all(arguments, read_documents(arguments), answer, "documents")


def save_idf(arguments: Namespace) -> None:
    """Count in how many documents each word occurs, and save a table of that."""
    from classicnlp.extraction import IdfTable

    check_folder(arguments.save_idf)
    pipeline = resources.open_pipeline(arguments.model, user_files(arguments))
    with line_bar(arguments.quiet, "documents") as advance:
        documents = counted(read_documents(arguments), advance)
        table = IdfTable.from_documents(documents, pipeline, workers=arguments.workers)
    table.save(arguments.save_idf)
    say(
        arguments,
        f"saved {arguments.save_idf}: {len(table):,} words in {table.documents:,} documents",
    )


def open_extractor(arguments: Namespace) -> KeywordExtractor:
    """Return what the options ask for."""
    from classicnlp.extraction import FrequencyExtractor, TextRankExtractor, TfidfExtractor

    options: dict[str, Any] = {
        "pipeline": resources.open_pipeline(arguments.model, user_files(arguments)),
        "stop_words": stop_words(arguments),
        "tags": None if arguments.tags is None else arguments.tags.split(","),
        "min_length": arguments.min_length,
        "phrases": not arguments.no_phrases,
    }
    if arguments.method == "tfidf":
        return TfidfExtractor(**options, idf=open_idf(arguments.idf))
    kind = TextRankExtractor if arguments.method == "textrank" else FrequencyExtractor
    return kind(**options)


def open_idf(path: str | None) -> IdfTable | None:
    """Open a table that was saved, or read one from lines; None where no file is named."""
    if path is None:
        return None
    from classicnlp.extraction import IdfTable

    return IdfTable.load(path) if Path(path).suffix == ".model" else IdfTable.from_file(path)


def stop_words(arguments: Namespace) -> Iterable[str] | None:
    """Return the stop words that the options name; None for the embedded ones."""
    from classicnlp.extraction import STOP_WORDS

    if arguments.stop_words is None and arguments.more_stop_words is None:
        return None
    own = resources.read_vocabulary(arguments.stop_words)
    more = resources.read_vocabulary(arguments.more_stop_words)
    return (STOP_WORDS if own is None else own) | (more or set())


def line_of(keywords: Sequence[Keyword], arguments: Namespace) -> str:
    """Return the keywords of a document as a line of text or of JSON."""
    if arguments.json:
        rows = [keyword._asdict() for keyword in keywords]
        return json.dumps({"keywords": rows}, ensure_ascii=False)
    shown = [
        f"{keyword.word}:{keyword.weight:.4g}" if arguments.weights else keyword.word
        for keyword in keywords
    ]
    between: str = arguments.delimiter
    return between.join(shown)
