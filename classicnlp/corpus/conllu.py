"""CoNLL-U, the format of Universal Dependencies: ten columns a word, comments, trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from classicnlp.corpus.blocks import read_blocks
from classicnlp.corpus.lines import FilePath, display_name
from classicnlp.corpus.tagged import TaggedWord
from classicnlp.errors import CorpusError

ConlluColumn: TypeAlias = Literal["upos", "xpos"]

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
UNSPECIFIED = "_"

NUMBER = r"(0|[1-9][0-9]{0,8})"
WORD_ID = re.compile(NUMBER)
RANGE_ID = re.compile(f"{NUMBER}-{NUMBER}")
EMPTY_ID = re.compile(rf"{NUMBER}\.{NUMBER}")


class ConlluWord(NamedTuple):
    """A word, or where they are asked for a range of words (``1-2``) or an empty node (``8.1``)."""

    id: str
    form: str
    lemma: str
    upos: str
    xpos: str
    feats: dict[str, str]
    """Names and values; empty where the file has ``_``."""
    head: int | None
    """The number of the word on which this one depends, 0 for the root, None where unspecified."""
    deprel: str
    deps: str
    misc: str


class ConlluSentence(NamedTuple):
    """The words of a sentence and the comments above them, as they stand in the file."""

    words: list[ConlluWord]
    comments: list[str]


def read_conllu(path: FilePath, *, keep_all: bool = False) -> Iterator[ConlluSentence]:
    """Yield the sentences of a CoNLL-U file.

    Columns without a value are ``_`` as in the file, but for ``feats`` and ``head``.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    keep_all : bool, default False
        Whether to give the lines of ranges (``1-2``) and empty nodes (``8.1``), too; by default
        ``words[i]`` is word ``i + 1``.

    Yields
    ------
    ConlluSentence
        The words and the comments.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8; a line has not ten columns with something in each; words are not
        numbered 1, 2, ...; a head is no word of its sentence; comments stand below words.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> lines = ["# text = 我爱", "1\\t我\\t我\\tPRON\\tPRP\\t_\\t2\\tnsubj\\t_\\tSpaceAfter=No",
    ...          "2\\t爱\\t爱\\tVERB\\tVV\\t_\\t0\\troot\\t_\\t_", ""]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "trees.conllu")
    ...     _ = path.write_text("\\n".join(lines), encoding="utf-8")
    ...     sentence = next(read_conllu(path))
    >>> [(word.form, word.upos, word.head, word.deprel) for word in sentence.words]
    [('我', 'PRON', 2, 'nsubj'), ('爱', 'VERB', 0, 'root')]
    >>> sentence.comments
    ['# text = 我爱']
    """
    for _, sentence in _sentences(path):
        if keep_all:
            yield sentence
        else:
            yield ConlluSentence(
                [word for word in sentence.words if word.id.isdigit()], sentence.comments
            )


def read_conllu_tags(path: FilePath, column: ConlluColumn = "upos") -> Iterator[list[TaggedWord]]:
    """Yield the sentences of a CoNLL-U file as lists of (word, tag), to train a tagger.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_conllu`.
    column : {"upos", "xpos"}
        Which tag.

    Yields
    ------
    list of (str, str)
        The words with their tags.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        As `read_conllu`, or a word has no tag.
    ValueError
        There is no such column of tags.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "trees.conllu")
    ...     _ = path.write_text("1\\t我\\t_\\tPRON\\tPRP" + 5 * "\\t_", encoding="utf-8")
    ...     list(read_conllu_tags(path, "xpos"))
    [[('我', 'PRP')]]
    """
    if column not in ("upos", "xpos"):
        raise ValueError(f"no such column of tags: {column!r}; choose 'upos' or 'xpos'")
    return (_tags(path, first, sentence, column) for first, sentence in _sentences(path))


def _tags(
    path: FilePath, first: int, sentence: ConlluSentence, column: ConlluColumn
) -> list[TaggedWord]:
    pairs = []
    for number, word in enumerate(sentence.words, first + len(sentence.comments)):
        if not word.id.isdigit():
            continue
        tag = word.upos if column == "upos" else word.xpos
        if tag == UNSPECIFIED:
            raise CorpusError(f"{word.form!r} has no {column}", display_name(path), number)
        pairs.append((word.form, tag))
    return pairs


def _sentences(path: FilePath) -> Iterator[tuple[int, ConlluSentence]]:
    """Yield all sentences with all their lines, each behind the number of its first line."""
    for first, lines in read_blocks(path):
        above = next((i for i, line in enumerate(lines) if line[0] != "#"), len(lines))
        words: list[ConlluWord] = []
        numbering = _Numbering()
        try:
            for line in lines[above:]:
                word = _parsed(line)
                numbering.add(word.id)
                words.append(word)
            numbering.close()
        except ValueError as error:
            number = first + min(above + len(words), len(lines) - 1)
            raise CorpusError(str(error), display_name(path), number) from None
        for index, word in enumerate(words):
            if word.head is not None and word.head > numbering.count:
                message = f"the head {word.head} is no word of this sentence of {numbering.count}"
                raise CorpusError(message, display_name(path), first + above + index)
        yield first, ConlluSentence(words, lines[:above])


def _parsed(line: str) -> ConlluWord:
    """Take a line apart."""
    columns = line.split("\t")
    if len(columns) != len(COLUMNS):
        if line[0] == "#":
            raise ValueError("a comment must stand above the words of its sentence")
        raise ValueError(f"expected ten columns separated by tabs, got {len(columns)}: {line!r}")
    if "" in columns:
        name = COLUMNS[columns.index("")]
        raise ValueError(f"the column {name} is empty: expected a value or '_'")
    id, form, lemma, upos, xpos, feats, head, deprel, deps, misc = columns
    if head != UNSPECIFIED and not WORD_ID.fullmatch(head):
        raise ValueError(f"the head {head!r} is not a word's number: expected 0, 1, ... or '_'")
    return ConlluWord(
        id,
        form,
        lemma,
        upos,
        xpos,
        {} if feats == UNSPECIFIED else _features(feats),
        None if head == UNSPECIFIED else int(head),
        deprel,
        deps,
        misc,
    )


def _features(column: str) -> dict[str, str]:
    """Take ``Name=Value|Name=Value`` apart."""
    features: dict[str, str] = {}
    for feature in column.split("|"):
        name, _, value = feature.partition("=")
        if not name or not value or name in features:
            raise ValueError(f"the features {column!r} are not Name=Value|..., each name once")
        features[name] = value
    return features


class _Numbering:
    """Checks that words count 1, 2, ... and that ranges and empty nodes stand in their places."""

    def __init__(self) -> None:
        self.count = 0
        self.covered = 0
        self.nodes = 0

    def add(self, id: str) -> None:
        """Take the next line's id, or raise a ValueError."""
        if WORD_ID.fullmatch(id) and int(id) == self.count + 1:
            self.count += 1
            self.nodes = 0
        elif match := RANGE_ID.fullmatch(id):
            start, end = map(int, match.groups())
            if start != self.count + 1 or start <= self.covered or end <= start:
                raise ValueError(f"the range {id} does not begin at the next word")
            self.covered = end
        elif (match := EMPTY_ID.fullmatch(id)) and match[1] == str(self.count):
            if int(match[2]) != self.nodes + 1:
                raise ValueError(f"expected the empty node {self.count}.{self.nodes + 1}, got {id}")
            self.nodes += 1
        else:
            raise ValueError(f"expected the word {self.count + 1}, got the id {id!r}")

    def close(self) -> None:
        """Take the end of the sentence, or raise a ValueError."""
        if not self.count:
            raise ValueError("a sentence without words")
        if self.covered > self.count:
            raise ValueError(f"a range ends at {self.covered}, the sentence at word {self.count}")
