"""Segmented text: a sentence a line, its words separated by white space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from classicnlp.corpus.lines import FilePath, display_name, read_lines, write_lines
from classicnlp.errors import CorpusError

SEPARATORS = " \t"


def read_segmented(
    path: FilePath,
    *,
    separators: str = SEPARATORS,
    keep_blank: bool = False,
    strip_compounds: bool = False,
) -> Iterator[list[str]]:
    """Yield the sentences of a segmented file as lists of words.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    separators : str, default space and tab
        The characters that separate words, in runs of any length. Every other kind of white space
        is text, so that an ideographic space may be a word; pass ``" \\t\\u3000"`` where it
        separates.
    keep_blank : bool, default False
        Whether a line without words gives an empty list; by default it is skipped.
    strip_compounds : bool, default False
        Whether to remove the brackets that wrap compounds, as in ``[中央 人民 广播 电台]``. A
        bracket that stands alone is a word and stays.

    Yields
    ------
    list of str
        The words of a line.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, or ``strip_compounds`` is set and a bracket has no partner.
    ValueError
        ``separators`` is empty.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "words.txt")
    ...     _ = path.write_text("我  来到  北京\\n\\n[清华 大学] 在 海淀\\n", encoding="utf-8")
    ...     list(read_segmented(path, strip_compounds=True))
    [['我', '来到', '北京'], ['清华', '大学', '在', '海淀']]
    """
    if not separators:
        raise ValueError('separators is empty: pass the characters that separate words, e.g. " "')
    return _sentences(path, separators, keep_blank, strip_compounds)


def write_segmented(path: FilePath, sentences: Iterable[Sequence[str]]) -> None:
    """Write sentences a line each, their words separated by one space: all of them or nothing.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
    sentences : iterable of sequences of str
        The words; a sentence without words gives an empty line.

    Raises
    ------
    ValueError
        A word would not come back as it is: it is empty or contains a space, tab or line end.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "words.txt")
    ...     write_segmented(path, [["我", "来到", "北京"]])
    ...     path.read_text(encoding="utf-8")
    '我 来到 北京\\n'
    """
    write_lines(path, map(_joined, sentences))


def split_words(line: str, separators: str = SEPARATORS) -> list[str]:
    """Split a line at runs of the given characters and at no other white space.

    Parameters
    ----------
    line : str
        The line.
    separators : str, default space and tab
        The characters that separate words.

    Returns
    -------
    list of str
        The words, none of them empty.

    Examples
    --------
    >>> split_words(" 我  来到\\t北京\\u3000")
    ['我', '来到', '北京\\u3000']
    """
    first = separators[0]
    for other in separators[1:]:
        line = line.replace(other, first)
    return [word for word in line.split(first) if word]


def _sentences(
    path: FilePath, separators: str, keep_blank: bool, strip_compounds: bool
) -> Iterator[list[str]]:
    for number, line in enumerate(read_lines(path), 1):
        words = split_words(line, separators)
        if strip_compounds and ("[" in line or "]" in line):
            try:
                words = _without_brackets(words)
            except ValueError as error:
                raise CorpusError(str(error), display_name(path), number) from None
        if words or keep_blank:
            yield words


def _without_brackets(words: list[str]) -> list[str]:
    """Remove the brackets that wrap compounds; those that stand alone are words."""
    plain = []
    opened: list[str] = []
    for word in words:
        bare = word
        while len(bare) > 1 and bare[0] == "[":
            bare = bare[1:]
            opened.append(word)
        while len(bare) > 1 and bare[-1] == "]":
            bare = bare[:-1]
            if not opened:
                raise ValueError(f"{word!r} closes a compound that no '[' opened")
            opened.pop()
        plain.append(bare)
    if opened:
        raise ValueError(f"{opened[-1]!r} opens a compound that no ']' closes")
    return plain


def _joined(words: Sequence[str]) -> str:
    """Join the words of a sentence if they can be told apart again."""
    line = " ".join(words)
    if split_words(line) != list(words):
        bad = next(word for word in words if split_words(word) != [word])
        raise ValueError(f"not a word that spaces can separate: {bad!r} in {list(words)!r}")
    return line
