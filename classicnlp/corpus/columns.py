"""Columns as CoNLL's shared tasks and CRF++ write them: a token a line, a blank line between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from classicnlp.corpus.blocks import read_blocks
from classicnlp.corpus.lines import FilePath, display_name, write_lines
from classicnlp.corpus.segmented import SEPARATORS
from classicnlp.errors import CorpusError

Row: TypeAlias = tuple[str, ...]


def read_columns(
    path: FilePath, separator: str | None = None, *, comment: str | None = None
) -> Iterator[list[Row]]:
    """Yield the sentences of a file with a token a line, its columns side by side.

    Blank lines end sentences. Every token of a file has the same number of columns, none of them
    empty. This is the training data of CRF++ and Wapiti, too, their labels in the last column.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    separator : str, optional
        What stands between two columns, once. By default columns are separated by runs of spaces
        and tabs, as CRF++ separates them; give ``"\\t"`` where a token may be a space. Every
        other kind of white space, U+3000 for one, is text.
    comment : str, optional
        How a line begins that is to be skipped; by default none is, since ``#`` may be a token.

    Yields
    ------
    list of tuples of str
        The tokens of a sentence, at least one, each a tuple of its columns.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, a line has more or fewer columns than the first, or one is empty.
    ValueError
        The separator or the comment's beginning is empty, or holds a line end.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.txt")
    ...     _ = path.write_text("北 B-LOC\\n京 I-LOC\\n\\n好 O\\n", encoding="utf-8")
    ...     list(read_columns(path))
    [[('北', 'B-LOC'), ('京', 'I-LOC')], [('好', 'O')]]
    """
    return (rows for _, rows in numbered_columns(path, separator, comment))


def write_columns(
    path: FilePath, sentences: Iterable[Iterable[Sequence[str]]], separator: str = "\t"
) -> None:
    """Write sentences a token a line, which `read_columns` gives back with the same separator.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
    sentences : iterable of iterables of sequences of str
        The columns of each token.
    separator : str, default tab
        What stands between two columns.

    Raises
    ------
    ValueError
        A token would not come back as it is: a column is empty or holds the separator or a line
        end, the number of columns differs, or a sentence has no tokens.
    TypeError
        A token is a str instead of its columns.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.txt")
    ...     write_columns(path, [[("北", "B-LOC"), ("京", "I-LOC")]])
    ...     path.read_text(encoding="utf-8")
    '北\\tB-LOC\\n京\\tI-LOC\\n\\n'
    """
    _check_delimiter(separator, "separator")
    write_lines(path, _lines(sentences, separator))


def numbered_columns(
    path: FilePath, separator: str | None = None, comment: str | None = None
) -> Iterator[tuple[int, list[Row]]]:
    """Yield what `read_columns` does, each sentence behind the number of its first line."""
    for delimiter, name in ((separator, "separator"), (comment, "comment")):
        if delimiter is not None:
            _check_delimiter(delimiter, name)
    return _sentences(path, separator, comment)


def _check_delimiter(delimiter: str, name: str) -> None:
    if not delimiter or "\n" in delimiter or "\r" in delimiter:
        raise ValueError(f'{name} must be text without line ends, e.g. "\\t", got {delimiter!r}')


def _sentences(
    path: FilePath, separator: str | None, comment: str | None
) -> Iterator[tuple[int, list[Row]]]:
    split = _splitter(separator)
    width = 0
    for first, lines in read_blocks(path, SEPARATORS if separator is None else ""):
        if comment is None:
            kept, places = lines, None
        else:
            places = [i for i, line in enumerate(lines) if not line.startswith(comment)]
            kept = [lines[place] for place in places]
        rows = [tuple(split(line)) for line in kept]
        if not rows:
            continue
        width = width or len(rows[0])
        if set(map(len, rows)) != {width} or not all(map(all, rows)):
            index, message = _fault(rows, width)
            number = first + (index if places is None else places[index])
            raise CorpusError(message, display_name(path), number)
        yield first + (places[0] if places else 0), rows


def _splitter(separator: str | None) -> Callable[[str], list[str]]:
    """Return what splits a line into its columns."""
    if separator is not None:
        return lambda line: line.split(separator)

    def split_runs(line: str) -> list[str]:
        columns = line.replace("\t", " ").split(" ")
        return columns if all(columns) else [column for column in columns if column]

    return split_runs


def _fault(rows: list[Row], width: int) -> tuple[int, str]:
    """Return which row is the first that is wrong, and what is wrong with it."""
    for index, row in enumerate(rows):
        if len(row) != width:
            columns = "column" if width == 1 else "columns"
            return index, f"expected {width} {columns} as in the first line, got {len(row)}: {row}"
        if "" in row:
            return index, f"column {row.index('') + 1} is empty: {row}"
    raise AssertionError("no row is at fault")


def _lines(sentences: Iterable[Iterable[Sequence[str]]], separator: str) -> Iterator[str]:
    """Yield the lines of sentences, each sentence with a blank line behind it."""
    width = 0
    for number, sentence in enumerate(sentences, 1):
        line = ""
        for row in sentence:
            if isinstance(row, str):
                raise TypeError(f"a token of sentence {number} is a str: pass a tuple of columns")
            width = width or len(row)
            line = separator.join(row)
            if len(row) != width or not all(row) or line.split(separator) != list(row):
                raise ValueError(
                    f"sentence {number}: expected {width} columns, none empty or with "
                    f"{separator!r} in it, got {tuple(row)}"
                )
            yield line
        if not line:
            raise ValueError(f"sentence {number} has no tokens: blank lines cannot hold it")
        yield ""
