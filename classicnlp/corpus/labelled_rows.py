"""Files of columns whose tokens carry a label: plain ones, Weibo's, and those of Universal NER."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from classicnlp.corpus.blocks import read_blocks
from classicnlp.corpus.columns import Row, numbered_columns
from classicnlp.corpus.lines import FilePath, display_name
from classicnlp.errors import CorpusError

UNER_WIDTH = 5
TEXT_COMMENT = "# text = "
PLACED = re.compile(r"(.+?)[0-9]+", re.DOTALL)


class LabelledRows(NamedTuple):
    """The tokens of a sentence, their labels, and where they stand in the file."""

    line: int
    """The line of the first token; each of the others stands a line further."""
    rows: list[Row]
    """The columns of each token without its label; the first of them is its text."""
    labels: list[str]
    text: str | None
    """The sentence as the file writes it, if it does."""


def read_labelled_columns(
    path: FilePath, separator: str | None = None, *, strip_places: bool = False
) -> Iterator[LabelledRows]:
    """Yield the sentences of a file of columns with the label in the last one.

    Parameters
    ----------
    path : path-like
        The file, read as by `classicnlp.corpus.read_columns`.
    separator : str, optional
        What separates columns, as there.
    strip_places : bool, default False
        Whether the first column is a character with its place in its word, ``科0 技1``, as in the
        Weibo corpus (Peng and Dredze, 2015; segmented by He and Sun, 2017); the place is dropped.

    Yields
    ------
    LabelledRows
        Tokens and labels.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8 or not such columns, or there is only one of them; or a character
        has no place.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.txt")
    ...     _ = path.write_text("科0\\tO\\n技1\\tO\\n", encoding="utf-8")
    ...     next(read_labelled_columns(path, strip_places=True)).rows
    [('科',), ('技',)]
    """
    for line, table in numbered_columns(path, separator):
        if len(table[0]) == 1:
            message = f"expected a token and a label, got one column: {table[0]}"
            raise CorpusError(message, display_name(path), line)
        rows = [columns[:-1] for columns in table]
        if strip_places:
            rows = _without_places(rows, path, line)
        yield LabelledRows(line, rows, [columns[-1] for columns in table], None)


def read_uner(path: FilePath) -> Iterator[LabelledRows]:
    """Yield the sentences of a file of Universal NER (Mayhew et al., 2024): words, IOB2 labels.

    Five columns separated by tabs: number, word, label, another label or ``-``, annotator or ``-``;
    above them comments as in CoNLL-U.

    Parameters
    ----------
    path : path-like
        The file, read as by `classicnlp.corpus.read_lines`.

    Yields
    ------
    LabelledRows
        Words and labels, and the text if a comment ``# text = ...`` tells it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, a line has not five columns with something in each, or words are not
        numbered 1, 2, ...

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.iob2")
    ...     lines = "# text = 在北京", "1\\t在\\tO\\t-\\t-", "2\\t北京\\tB-LOC\\t-\\t-"
    ...     _ = path.write_text("\\n".join(lines), encoding="utf-8")
    ...     next(read_uner(path))
    LabelledRows(line=2, rows=[('在',), ('北京',)], labels=['O', 'B-LOC'], text='在北京')
    """
    for first, lines in read_blocks(path):
        above = next((i for i, line in enumerate(lines) if line[0] != "#"), len(lines))
        texts = [line for line in lines[:above] if line.startswith(TEXT_COMMENT)]
        rows: list[Row] = []
        labels = []
        for index, line in enumerate(lines[above:]):
            columns = line.split("\t")
            if len(columns) != UNER_WIDTH or "" in columns or columns[0] != str(index + 1):
                message = f"expected five columns, the first of them {index + 1}, got {line!r}"
                raise CorpusError(message, display_name(path), first + above + index)
            rows.append((columns[1],))
            labels.append(columns[2])
        if not rows:
            raise CorpusError("a sentence without words", display_name(path), first)
        text = texts[0].removeprefix(TEXT_COMMENT) if texts else None
        yield LabelledRows(first + above, rows, labels, text)


def _without_places(rows: list[Row], path: FilePath, line: int) -> list[Row]:
    """Take the digits off that follow each token; a digit that begins one is its character."""
    stripped: list[Row] = []
    for number, columns in enumerate(rows, line):
        match = PLACED.fullmatch(columns[0])
        if match is None:
            message = f"{columns[0]!r} is not a character with its place in its word, such as 科0"
            raise CorpusError(message, display_name(path), number)
        stripped.append((match[1], *columns[1:]))
    return stripped
