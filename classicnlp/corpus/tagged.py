"""Tagged text: word/tag, word_TAG, and the People's Daily format with its compounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from classicnlp.corpus.lines import FilePath, display_name, read_lines, write_lines
from classicnlp.corpus.segmented import split_words
from classicnlp.errors import CorpusError

TaggedWord: TypeAlias = tuple[str, str]
TagFormat: TypeAlias = Literal["pfr", "slash", "underscore"]

TAG_FORMATS = ("pfr", "slash", "underscore")
LINE_ID = re.compile(r"[0-9]{8}-[0-9]{2}-[0-9]{3}-[0-9]{3}/m")


class Compound(NamedTuple):
    """A bracketed compound: the tokens from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    label: str


ParsedLine: TypeAlias = tuple[list[TaggedWord], list[Compound]]


def read_tagged(path: FilePath, format: TagFormat = "pfr") -> Iterator[list[TaggedWord]]:
    """Yield the sentences of a tagged file as lists of (word, tag).

    Tokens are separated by runs of spaces and tabs; lines without tokens are skipped. In all
    formats the *last* separator of a token divides it, so that ``//w`` is the word ``/``.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    format : {"pfr", "slash", "underscore"}
        ``"slash"``: ``word/tag``; brackets that wrap compounds, ``[中央/n 电视台/n]nt``, are
        removed, while ``[/w`` and ``]/w`` are words. ``"pfr"``: the same after a line id such as
        ``19980101-01-001-001/m``, which is dropped (the People's Daily corpus of Peking
        University, Yu et al. 2002). ``"underscore"``: ``word_TAG``.

    Yields
    ------
    list of (str, str)
        The words of a line with their tags.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, or a token is not in the format.
    ValueError
        There is no such format.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "tags.txt")
    ...     _ = path.write_text("我/r  爱/v  [清华/nz  大学/n]nt\\n", encoding="utf-8")
    ...     list(read_tagged(path, "slash"))
    [[('我', 'r'), ('爱', 'v'), ('清华', 'nz'), ('大学', 'n')]]
    """
    parse = _parser(format)
    return (tokens for tokens, _ in _parsed_lines(path, parse) if tokens)


def read_compounds(
    path: FilePath, format: Literal["pfr", "slash"] = "pfr"
) -> Iterator[tuple[list[TaggedWord], list[Compound]]]:
    """Yield the sentences of a tagged file together with their bracketed compounds.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_tagged`.
    format : {"pfr", "slash"}
        The format, as for `read_tagged`.

    Yields
    ------
    (list of (str, str), list of Compound)
        The tagged words, and the compounds by their first token, the outer before the inner.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8, or a token is not in the format.
    ValueError
        There is no such format, or it has no compounds.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "tags.txt")
    ...     _ = path.write_text("我/r  爱/v  [清华/nz  大学/n]nt\\n", encoding="utf-8")
    ...     [compounds for _, compounds in read_compounds(path, "slash")]
    [[Compound(start=2, end=4, label='nt')]]
    """
    if format not in ("pfr", "slash"):
        raise ValueError(f"the format {format!r} has no compounds: choose 'pfr' or 'slash'")
    parse = _parser(format)
    return (parsed for parsed in _parsed_lines(path, parse) if parsed[0])


def write_tagged(
    path: FilePath,
    sentences: Iterable[Iterable[TaggedWord]],
    format: Literal["slash", "underscore"] = "slash",
) -> None:
    """Write tagged sentences a line each, tokens separated by one space: all of them or nothing.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
    sentences : iterable of iterables of (str, str)
        The words with their tags.
    format : {"slash", "underscore"}
        ``word/tag`` or ``word_TAG``.

    Raises
    ------
    ValueError
        A token would not come back as it is, or there is no such format.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "tags.txt")
    ...     write_tagged(path, [[("我", "r"), ("爱", "v")]])
    ...     path.read_text(encoding="utf-8")
    '我/r 爱/v\\n'
    """
    if format not in ("slash", "underscore"):
        raise ValueError(f"cannot write the format {format!r}: choose 'slash' or 'underscore'")
    separator = "/" if format == "slash" else "_"
    write_lines(path, (_joined(sentence, separator) for sentence in sentences))


def parse_pfr_line(line: str) -> ParsedLine:
    """Parse a line of the People's Daily corpus.

    Parameters
    ----------
    line : str
        A line id, then tokens ``word/tag``, some of them in brackets. A blank line has no tokens.

    Returns
    -------
    (list of (str, str), list of Compound)
        The tagged words without the id, and the compounds.

    Raises
    ------
    ValueError
        The id is missing, a token is not ``word/tag``, or a bracket has no partner.

    Examples
    --------
    >>> parse_pfr_line("19980101-01-001-006/m  向/p  [香港/ns  行政区/n]ns")
    ([('向', 'p'), ('香港', 'ns'), ('行政区', 'n')], [Compound(start=1, end=3, label='ns')])
    """
    tokens = split_words(line)
    if tokens and not LINE_ID.fullmatch(tokens[0]):
        raise ValueError(
            f"token {tokens[0]!r} is not a line id: expected one such as 19980101-01-001-001/m "
            "(for lines without ids use the format 'slash')"
        )
    words, compounds, unclosed = _parse_bracketed(tokens[1:])
    if unclosed:
        raise ValueError(
            f"token {tokens[1 + unclosed[-1]]!r} opens a compound that is never closed: "
            "expected ']' and a label after a later tag"
        )
    return words, compounds


def parse_slash_line(line: str) -> ParsedLine:
    """Parse a line of ``word/tag`` tokens.

    Parameters
    ----------
    line : str
        The tokens. An opening bracket that nothing closes is a part of its word.

    Returns
    -------
    (list of (str, str), list of Compound)
        The tagged words and the compounds.

    Raises
    ------
    ValueError
        A token is not ``word/tag``, or a closing bracket has no partner.

    Examples
    --------
    >>> parse_slash_line("[/w  笑/v  ]/w  [清华/nz  大学/n]nt  [捂脸/v")[0]
    [('[', 'w'), ('笑', 'v'), (']', 'w'), ('清华', 'nz'), ('大学', 'n'), ('[捂脸', 'v')]
    """
    words, compounds, unclosed = _parse_bracketed(split_words(line))
    for index in unclosed:
        word, tag = words[index]
        words[index] = "[" + word, tag
    return words, compounds


def parse_underscore_line(line: str) -> ParsedLine:
    """Parse a line of ``word_TAG`` tokens.

    Parameters
    ----------
    line : str
        The tokens.

    Returns
    -------
    (list of (str, str), list of Compound)
        The tagged words; the second list is empty, since the format has no compounds.

    Raises
    ------
    ValueError
        A token is not ``word_TAG``.

    Examples
    --------
    >>> parse_underscore_line("戾气_NN __PU")
    ([('戾气', 'NN'), ('_', 'PU')], [])
    """
    return [_divided(token, "_") for token in split_words(line)], []


def _parser(format: str) -> Callable[[str], ParsedLine]:
    """Return the parser of a format's lines."""
    if format == "pfr":
        return parse_pfr_line
    if format == "slash":
        return parse_slash_line
    if format == "underscore":
        return parse_underscore_line
    raise ValueError(f"no such format: {format!r}; choose one of {', '.join(TAG_FORMATS)}")


def _parsed_lines(path: FilePath, parse: Callable[[str], ParsedLine]) -> Iterator[ParsedLine]:
    """Parse every line; what is wrong with one becomes a CorpusError with its place."""
    for number, line in enumerate(read_lines(path), 1):
        try:
            parsed = parse(line)
        except ValueError as error:
            raise CorpusError(str(error), display_name(path), number) from None
        yield parsed


def _divided(token: str, separator: str) -> TaggedWord:
    """Divide a token at its last separator."""
    word, _, tag = token.rpartition(separator)
    if not word or not tag:
        example = "中国/ns" if separator == "/" else "中国_NR"
        raise ValueError(
            f"token {token!r} is not a word and a tag: "
            f"expected {separator!r} between them, as in {example}"
        )
    return word, tag


def _parse_bracketed(tokens: Sequence[str]) -> tuple[list[TaggedWord], list[Compound], list[int]]:
    """Divide ``word/tag`` tokens and take the brackets off.

    Returns the tagged words, the compounds, and the token of every bracket that nothing closed.
    """
    words = []
    compounds = []
    opened: list[int] = []
    for index, token in enumerate(tokens):
        word, tag = _divided(token, "/")
        while len(word) > 1 and word[0] == "[":
            word = word[1:]
            opened.append(index)
        if "]" in tag:
            tag, *labels = tag.split("]")
            for label in labels:
                compounds.append(_closed(token, opened, index, tag, label))
        words.append((word, tag))
    compounds.sort(key=lambda compound: (compound.start, -compound.end))
    return words, compounds, opened


def _closed(token: str, opened: list[int], index: int, tag: str, label: str) -> Compound:
    """Close the innermost open compound at token ``index``."""
    if not tag or not label:
        raise ValueError(f"token {token!r} is not word/tag]label: expected e.g. 电视台/n]nt")
    if not opened:
        raise ValueError(f"token {token!r} closes a compound that no '[' opened")
    return Compound(opened.pop(), index + 1, label)


def _joined(sentence: Iterable[TaggedWord], separator: str) -> str:
    """Join the tokens of a sentence if they can be told apart again."""
    tokens = []
    for word, tag in sentence:
        token = word + separator + tag
        bad_tag = separator in tag or (separator == "/" and "]" in tag)
        if not word or not tag or bad_tag or split_words(token) != [token]:
            raise ValueError(f"not a token that {separator!r} and spaces can hold: {(word, tag)!r}")
        tokens.append(token)
    return " ".join(tokens)
