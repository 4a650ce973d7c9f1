"""The words of a corpus in whichever format it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from classicnlp.corpus.lines import FilePath
from classicnlp.corpus.segmented import read_segmented
from classicnlp.corpus.tagged import read_tagged

WordFormat: TypeAlias = Literal["words", "bracketed", "pfr", "slash", "underscore"]

WORD_FORMATS = ("words", "bracketed", "pfr", "slash", "underscore")


def read_words(path: FilePath, format: WordFormat = "words") -> Iterator[list[str]]:
    """Yield the sentences of a segmented or tagged file as lists of words.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`; lines without words are skipped.
    format : {"words", "bracketed", "pfr", "slash", "underscore"}
        ``"words"``: separated by spaces or tabs; ``"bracketed"``: the same with brackets around
        compounds; the others as for `read_tagged`.

    Yields
    ------
    list of str
        The words of a line.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, or a line is not in the format.
    ValueError
        There is no such format.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "tags.txt")
    ...     _ = path.write_text("我/r  爱/v  北京/ns\\n", encoding="utf-8")
    ...     list(read_words(path, "slash"))
    [['我', '爱', '北京']]
    """
    if format == "words" or format == "bracketed":
        return read_segmented(path, strip_compounds=format == "bracketed")
    if format not in WORD_FORMATS:
        raise ValueError(f"no such format: {format!r}; choose one of {', '.join(WORD_FORMATS)}")
    return ([word for word, _ in sentence] for sentence in read_tagged(path, format))
