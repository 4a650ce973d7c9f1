"""Tokens with a label each, from every format that can train a sequence tagger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from classicnlp.corpus.conllu import ConlluColumn, read_conllu_tags
from classicnlp.corpus.crfsuite import read_crfsuite
from classicnlp.corpus.entities import EntitySentence, read_entities
from classicnlp.corpus.labelled_rows import LabelledRows, read_labelled_columns, read_uner
from classicnlp.corpus.lines import FilePath
from classicnlp.corpus.schemes import Scheme, check_scheme, labels_of
from classicnlp.corpus.tagged import TaggedWord, read_tagged

LabelFormat: TypeAlias = Literal[
    "columns",
    "slash",
    "underscore",
    "pfr",
    "conllu",
    "crfsuite",
    "weibo",
    "uner",
    "cluener",
    "jsonl",
]

LABEL_FORMATS = (
    "columns", "slash", "underscore", "pfr", "conllu", "crfsuite",
    "weibo", "uner", "cluener", "jsonl",
)  # fmt: skip


class LabelledSentence(NamedTuple):
    """The tokens of a sentence and as many labels."""

    tokens: list[Any]
    """Each a str, a tuple of columns, or a dict of attributes: the format says which."""
    labels: list[str]


def read_labelled(
    path: FilePath,
    format: LabelFormat = "columns",
    *,
    separator: str | None = None,
    column: ConlluColumn = "upos",
    scheme: Scheme = "BIO",
) -> Iterator[LabelledSentence]:
    """Yield the sentences of a file as tokens with labels, as taggers are trained on them.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    format : str
        ``"columns"``: CoNLL-like columns and CRF++'s files, the label in the last column; a token
        is a str where there is one other column, else a tuple of the others. ``"slash"``,
        ``"underscore"``, ``"pfr"``: words with their tags, as by `read_tagged`. ``"conllu"``:
        words with their tags. ``"crfsuite"``: dicts of attributes, as by `read_crfsuite`.
        ``"weibo"``: characters, ``"uner"``: words, both with the labels of the file.
        ``"cluener"``, ``"jsonl"``: characters, labelled with the outermost entities that
        `read_entities` gives.
    separator : str, optional
        What separates the columns of ``"columns"`` and ``"weibo"``, as in `read_columns`.
    column : {"upos", "xpos"}
        Which tag of ``"conllu"``.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        The scheme of the labels made for ``"cluener"`` and ``"jsonl"``. Labels that the file has
        stay as they are; see `classicnlp.corpus.schemes.convert`.

    Yields
    ------
    LabelledSentence
        Tokens and labels.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8 or not in the format.
    ValueError
        There is no such format, column of tags or scheme.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "tags.txt")
    ...     _ = path.write_text("我/r 爱/v 北京/ns\\n", encoding="utf-8")
    ...     list(read_labelled(path, "slash"))
    [LabelledSentence(tokens=['我', '爱', '北京'], labels=['r', 'v', 'ns'])]
    """
    check_scheme(scheme)
    if format == "columns" or format == "weibo":
        rows = read_labelled_columns(path, separator, strip_places=format == "weibo")
        return map(_from_rows, rows)
    if format == "slash" or format == "underscore" or format == "pfr":
        return map(_from_tags, read_tagged(path, format))
    if format == "conllu":
        return map(_from_tags, read_conllu_tags(path, column))
    if format == "crfsuite":
        return (LabelledSentence(items, labels) for items, labels in read_crfsuite(path))
    if format == "uner":
        return map(_from_rows, read_uner(path))
    if format == "cluener" or format == "jsonl":
        return (label_characters(sentence, scheme) for sentence in read_entities(path, format))
    raise ValueError(f"no such format: {format!r}; choose one of {', '.join(LABEL_FORMATS)}")


def label_characters(sentence: EntitySentence, scheme: Scheme = "BIO") -> LabelledSentence:
    """Return the characters of a text with labels that mark its entities.

    Parameters
    ----------
    sentence : EntitySentence
        The text and its spans.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        The scheme of the labels.

    Returns
    -------
    LabelledSentence
        Characters and labels.

    Raises
    ------
    ValueError
        Two spans overlap: take the `outermost` ones; or there is no such scheme.

    Examples
    --------
    >>> from classicnlp.spans import Span
    >>> label_characters(EntitySentence("在北京", [Span("北京", "LOC", 1, 3)]), "BMES")
    LabelledSentence(tokens=['在', '北', '京'], labels=['O', 'B-LOC', 'E-LOC'])
    """
    text, spans = sentence
    return LabelledSentence(list(text), labels_of(len(text), spans, scheme))


def _from_rows(labelled: LabelledRows) -> LabelledSentence:
    """Take the tokens out of their rows where these have one column."""
    rows: list[Any] = labelled.rows
    return LabelledSentence(
        [row[0] for row in rows] if len(rows[0]) == 1 else rows, labelled.labels
    )


def _from_tags(pairs: Iterable[TaggedWord]) -> LabelledSentence:
    words, tags = zip(*pairs, strict=True)
    return LabelledSentence(list(words), list(tags))
