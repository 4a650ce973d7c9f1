"""What the subcommands of ``classicnlp embed`` share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.cli.options import add_input_output, add_quiet, positive
from classicnlp.cli.streams import answer_lines

if TYPE_CHECKING:
    from classicnlp.embed import GloVe, KeyedVectors, Neighbour, Word2Vec
    from classicnlp.embed.formats import Duplicates, Errors, Format

FORMATS = ("word2vec", "word2vec-binary", "glove")
OWN_FORMAT = "classicnlp"
ERRORS = ("strict", "replace", "ignore")
METHODS = ("add", "multiply")


def add_vectors(parser: argparse.ArgumentParser) -> None:
    """Add the vectors to ask."""
    parser.add_argument(
        "--vectors",
        required=True,
        metavar="FILE",
        help="a file of 'classicnlp embed', or of word2vec (text, binary), GloVe, fastText (.vec)",
    )
    add_reading(parser)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add how the files of other programs are read."""
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="read the first N words only, of such a file"
    )
    parser.add_argument(
        "--errors",
        choices=ERRORS,
        default=ERRORS[0],
        help="what becomes of words that are not UTF-8, in such a file; default: %(default)s",
    )
    parser.add_argument(
        "--keep-first",
        action="store_true",
        help="of a word that is twice in such a file keep the first vector; by default it is an "
        "error",
    )


def add_questions(parser: argparse.ArgumentParser) -> None:
    """Add the lines with questions, the vectors to ask, and which answers are wanted."""
    add_input_output(parser, "the similarity of every word")
    add_vectors(parser)
    add_quiet(parser)
    parser.add_argument(
        "-k",
        "--k",
        type=positive,
        default=10,
        metavar="N",
        help="how many words; default: %(default)s",
    )
    add_restrict(parser)


def add_restrict(parser: argparse.ArgumentParser) -> None:
    """Add how many words are looked at."""
    parser.add_argument(
        "--restrict",
        type=positive,
        metavar="N",
        help="look among the first N words only: the most frequent ones, in most files",
    )


def add_method(parser: argparse.ArgumentParser) -> None:
    """Add the way in which analogies are solved."""
    parser.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="add: 3CosAdd; multiply: 3CosMul; default: %(default)s",
    )


def open_vectors(
    arguments: argparse.Namespace, path: str, format: Format | None = None
) -> KeyedVectors:
    """Open a model of our own, or a file of another program."""
    from classicnlp import embed, store

    if format is not None or not is_model(path):
        errors: Errors = arguments.errors
        duplicates: Duplicates = "first" if arguments.keep_first else "refuse"
        return embed.KeyedVectors.from_file(
            path, format, limit=arguments.limit, errors=errors, duplicates=duplicates
        )
    return vectors_of(reader_of(store.load(path, verify=False).kind).load(path))


def reader_of(kind: str) -> type[KeyedVectors | Word2Vec | GloVe]:
    """Return the class of a kind of files; of one that has no vectors KeyedVectors says so."""
    from classicnlp.embed import GloVe, KeyedVectors, Word2Vec

    readers = {own.kind: own for own in (KeyedVectors, Word2Vec, GloVe)}
    return readers.get(kind, KeyedVectors)


def vectors_of(model: KeyedVectors | Word2Vec | GloVe) -> KeyedVectors:
    """Return the vectors that a file holds, or that what it holds has learnt."""
    from classicnlp.embed import KeyedVectors

    return model if isinstance(model, KeyedVectors) else model.vectors_


def is_model(path: str) -> bool:
    """Return whether a file is one of ours: a length in eight bytes, then JSON."""
    if not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        start = file.read(9)
    return len(start) == 9 and start[5:8] == b"\0\0\0" and start.endswith(b"{")


def answer_each(
    arguments: argparse.Namespace,
    read: Callable[[str], dict[str, list[str]]],
    ask: Callable[..., list[Neighbour]],
) -> None:
    """Write the answer to every line: of what ``read`` makes of it, ``ask`` finds the words.

    The line of a word without a vector stays empty, and those who watch are told.
    """

    def one(line: str) -> str:
        asked = read(line)
        answers: list[Neighbour] = []
        try:
            if any(asked.values()):
                answers = ask(**asked)
        except KeyError as error:
            print(f"classicnlp: {error}", file=sys.stderr, flush=True)
        return json_line(asked, answers) if arguments.json else text_line(answers)

    answer_lines(arguments, lambda lines: [one(line) for line in lines])


def text_line(answers: Iterable[Neighbour]) -> str:
    r"""Return words with their figures, between tabs.

    >>> from classicnlp.embed import Neighbour
    >>> text_line([Neighbour("上海", 0.75), Neighbour("天津", 0.5)])
    '上海 0.7500\t天津 0.5000'
    """
    return "\t".join(f"{word} {similarity:.4f}" for word, similarity in answers)


def json_line(asked: dict[str, list[str]], answers: Iterable[Neighbour]) -> str:
    """Return what was asked and the answers as JSON.

    >>> from classicnlp.embed import Neighbour
    >>> json_line({"positive": ["北京"]}, [Neighbour("上海", 0.75)])
    '{"positive": ["北京"], "answers": [{"word": "上海", "similarity": 0.75}]}'
    """
    found = [{"word": word, "similarity": round(figure, 6)} for word, figure in answers]
    return json.dumps({**asked, "answers": found}, ensure_ascii=False)
