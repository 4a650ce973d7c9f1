"""``classicnlp vectorize``: documents in, a sparse matrix out."""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from classicnlp.cli.documents import add_documents, counted, read_documents
from classicnlp.cli.options import (
    DEFAULT_MODEL,
    Subparsers,
    UsageError,
    add_command,
    add_quiet,
    add_workers,
    positive,
)
from classicnlp.cli.progress import line_bar
from classicnlp.cli.training import check_folder, say
from classicnlp.corpus import read_lines, write_lines

if TYPE_CHECKING:
    from classicnlp.vectorize.base import Vectorizer

METHODS = ("tfidf", "count", "hash")
SHAPES = ("ngram_range", "min_df", "max_df", "max_features", "stop_words", "analyzer")
EPILOG = """\
The matrix is a file that scipy.sparse.load_npz reads; a row is a document, a column a feature. The
vocabulary is a feature a line, in the order of the columns.

examples:
  classicnlp vectorize reviews.txt -o reviews.npz --vocabulary features.txt
  classicnlp vectorize --ngrams 1-2 --min-df 5 --max-df 0.5 reviews.txt -o reviews.npz
  classicnlp vectorize --save vectors.model train.txt -o train.npz
  classicnlp vectorize --use vectors.model test.txt -o test.npz
  classicnlp vectorize --field text --method hash big.jsonl.gz -o big.npz
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "vectorize", run, "turn documents into vectors", EPILOG)
    add_documents(parser)
    parser.add_argument("-o", "--output", required=True, metavar="NPZ", help="where to write")
    parser.add_argument("--vocabulary", metavar="FILE", help="where to write the features")
    learnt = parser.add_mutually_exclusive_group()
    learnt.add_argument("--save", metavar="MODEL", help="save what was learnt, for --use")
    learnt.add_argument("--use", metavar="MODEL", help="learn nothing: use what --save saved")
    parser.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="tfidf: counts weighed by how rare a word is; count: counts; hash: weights in columns "
        "that a hash names, in one pass over text of any size; default: %(default)s",
    )
    parser.add_argument(
        "--segmenter",
        default=DEFAULT_MODEL,
        metavar="NAME-OR-PATH",
        help="the model that cuts documents into words; default: %(default)s",
    )
    add_shape(parser)
    add_workers(parser)
    add_quiet(parser)


def add_shape(parser: argparse.ArgumentParser) -> None:
    """Add what features there are."""
    parser.add_argument(
        "--unit",
        dest="analyzer",
        choices=("word", "char"),
        help="what features are made of; default: word",
    )
    parser.add_argument(
        "--ngrams",
        dest="ngram_range",
        type=ngrams,
        metavar="N",
        help="how many words or characters a feature has: a number, or a range such as 1-2; "
        "default: 1",
    )
    parser.add_argument(
        "--min-df",
        type=bound,
        metavar="N",
        help="leave out what stands in fewer documents: a number, or a share such as 0.01",
    )
    parser.add_argument(
        "--max-df", type=bound, metavar="N", help="leave out what stands in more documents"
    )
    parser.add_argument(
        "--max-features", type=positive, metavar="N", help="keep only the N most frequent features"
    )
    parser.add_argument("--stop-words", metavar="FILE", help="words to leave out, one a line")


def run(arguments: Namespace) -> None:
    """Turn the documents of the input files into a matrix, and save it."""
    from scipy import sparse

    from classicnlp.files import replacing

    for path in (arguments.output, arguments.vocabulary, arguments.save):
        if path is not None:
            check_folder(path)
    vectorizer = chosen(arguments)
    with line_bar(arguments.quiet, "documents") as advance:
        documents = counted(read_documents(arguments), advance)
        learns = arguments.use is None and arguments.method != "hash"
        matrix = (vectorizer.fit_transform if learns else vectorizer.transform)(documents)
    with replacing(arguments.output) as file:
        sparse.save_npz(file, matrix)
    say(arguments, f"saved {arguments.output}: {matrix.shape[0]:,} x {matrix.shape[1]:,}")
    if arguments.vocabulary is not None:
        write_lines(arguments.vocabulary, vectorizer.get_feature_names_out().tolist())
    if arguments.save is not None:
        vectorizer.save(arguments.save)  # type: ignore[attr-defined]
        say(arguments, f"saved {arguments.save}")


def chosen(arguments: Namespace) -> Vectorizer:
    """Return the vectoriser that the options name."""
    from classicnlp.vectorize import CountVectorizer, HashingVectorizer, TfidfVectorizer

    given: dict[str, Any] = {
        name: getattr(arguments, name) for name in SHAPES if getattr(arguments, name) is not None
    }
    if "stop_words" in given:
        given["stop_words"] = [word for word in read_lines(given["stop_words"]) if word]
    if arguments.use is not None:
        if given:
            raise UsageError("--use brings its own features: leave the options of features out")
        loaded = opened(arguments.use)
        return loaded.set_params(workers=arguments.workers)
    common = {"segmenter": arguments.segmenter, "workers": arguments.workers}
    if arguments.method == "hash":
        if arguments.save is not None or arguments.vocabulary is not None:
            raise UsageError("--method hash learns nothing: it has no vocabulary to write")
        if given.keys() & {"min_df", "max_df", "max_features"}:
            raise UsageError("--method hash takes no --min-df, --max-df and --max-features")
        return HashingVectorizer(**common, **given)
    kind = TfidfVectorizer if arguments.method == "tfidf" else CountVectorizer
    return kind(**common, **given)


def opened(path: str) -> Vectorizer:
    """Return a saved vectoriser of either kind."""
    from classicnlp import store
    from classicnlp.vectorize import CountVectorizer, TfidfVectorizer

    stored = store.load(path)
    kind = CountVectorizer if stored.kind == CountVectorizer.kind else TfidfVectorizer
    return kind.load(path)


def ngrams(text: str) -> tuple[int, int]:
    """Return the fewest and the most words that ``text`` names.

    >>> ngrams("2"), ngrams("1-3")
    ((2, 2), (1, 3))
    """
    match = re.fullmatch(r"([1-9]\d?)(?:-([1-9]\d?))?", text)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise argparse.ArgumentTypeError(f"expected a number or a range such as 1-2, got {text!r}")
    return int(match[1]), int(match[2] or match[1])


def bound(text: str) -> float:
    """Return a number of documents, or a share of them.

    >>> bound("5"), bound("0.5")
    (5, 0.5)
    """
    try:
        value = float(text) if "." in text else int(text)
    except ValueError:
        value = -1
    if value < 0 or ("." in text and value > 1) or text == "0":
        raise argparse.ArgumentTypeError(
            f"expected a number of documents from 1 on, or a share such as 0.5, got {text!r}"
        )
    return value
