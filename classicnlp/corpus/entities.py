"""Named entities in whichever format they are written: a text and spans of its characters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from classicnlp.corpus.json_objects import read_json_objects
from classicnlp.corpus.labelled_rows import LabelledRows, read_labelled_columns, read_uner
from classicnlp.corpus.lines import FilePath, display_name, write_lines
from classicnlp.corpus.newspaper import names_of
from classicnlp.corpus.schemes import (
    LabelError,
    LabelledSpan,
    Scheme,
    as_triple,
    check_scheme,
    spans_of,
)
from classicnlp.corpus.tagged import Compound, TaggedWord, read_compounds
from classicnlp.errors import CorpusError
from classicnlp.spans import Span

EntityFormat: TypeAlias = Literal["columns", "weibo", "uner", "cluener", "jsonl", "pfr", "slash"]

ENTITY_FORMATS = ("columns", "weibo", "uner", "cluener", "jsonl", "pfr", "slash")


class EntitySentence(NamedTuple):
    """A text and the entities in it, ``span.text == text[span.start:span.end]``."""

    text: str
    spans: list[Span]


def read_entities(
    path: FilePath,
    format: EntityFormat = "columns",
    *,
    scheme: Scheme = "BIO",
    separator: str | None = None,
    repair: bool = True,
    nested: bool = False,
) -> Iterator[EntitySentence]:
    """Yield the sentences of a file with their entities.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    format : {"columns", "weibo", "uner", "cluener", "jsonl", "pfr", "slash"}
        ``"columns"``: a character or word a line, the first column, and its label, the last one,
        as by `read_columns`; the text is the tokens joined. ``"weibo"``: the same with each
        character's place in its word behind it (``科0``), which is dropped. ``"uner"``: the
        columns of Universal NER, words with IOB2 labels; the text is its comment. ``"cluener"``:
        JSON objects ``{"text", "label": {type: {name: [[first, last], ...]}}}``. ``"jsonl"``: the
        JSON Lines of `write_entities`. ``"pfr"``, ``"slash"``: the names that tags and brackets of
        the People's Daily corpus mark, as by `classicnlp.corpus.newspaper.names_of`.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        The scheme of the labels of ``"columns"`` and ``"weibo"``.
    separator : str, optional
        What separates their columns, as in `read_columns`.
    repair : bool, default True
        Whether to read illegal sequences of labels, too, as `classicnlp.corpus.schemes` says.
    nested : bool, default False
        Whether to give entities that overlap others, as far as the format has them; by default
        only the `outermost` ones.

    Yields
    ------
    EntitySentence
        Text and spans, by start, the longer before the shorter.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8 or not in the format, a label is none of the scheme, ``repair`` is
        off and a sequence of labels illegal, or a span does not fit its text.
    ValueError
        There is no such format or scheme.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.txt")
    ...     _ = path.write_text("在 O\\n北 B-LOC\\n京 I-LOC\\n", encoding="utf-8")
    ...     list(read_entities(path))
    [EntitySentence(text='在北京', spans=[Span(text='北京', label='LOC', start=1, end=3)])]
    """
    check_scheme(scheme)
    sentences: Iterator[EntitySentence]
    if format == "columns" or format == "weibo":
        tokens = read_labelled_columns(path, separator, strip_places=format == "weibo")
        sentences = (_from_labels(path, rows, scheme, repair) for rows in tokens)
    elif format == "uner":
        sentences = (_from_labels(path, rows, "BIO", repair) for rows in read_uner(path))
    elif format == "cluener" or format == "jsonl":
        parse = _parse_cluener if format == "cluener" else _parse_own
        sentences = _from_objects(path, parse)
    elif format == "pfr" or format == "slash":
        sentences = (_from_tags(*parsed) for parsed in read_compounds(path, format))
    else:
        raise ValueError(f"no such format: {format!r}; choose one of {', '.join(ENTITY_FORMATS)}")
    if nested:
        return sentences
    return (EntitySentence(text, outermost(spans)) for text, spans in sentences)


def write_entities(
    path: FilePath, sentences: Iterable[tuple[str, Iterable[LabelledSpan | Span]]]
) -> None:
    """Write texts with their entities as JSON Lines: all of them or nothing.

    Parameters
    ----------
    path : path-like
        The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
    sentences : iterable of (str, iterable of Span or (int, int, str))
        The texts, and the spans with their labels. What is written comes back from
        ``read_entities(path, "jsonl", nested=True)``, the spans in order.

    Raises
    ------
    ValueError
        A span is empty, has no label, reaches beyond its text, or has another text.
    TypeError
        A text is not a str or a span not a span.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "names.jsonl")
    ...     write_entities(path, [("在北京", [(1, 3, "LOC")])])
    ...     path.read_text(encoding="utf-8")
    '{"text": "在北京", "entities": [{"start": 1, "end": 3, "label": "LOC"}]}\\n'
    """
    write_lines(path, (_json_line(text, spans) for text, spans in sentences))


def outermost(spans: Iterable[Span]) -> list[Span]:
    """Return spans none of which overlap: of those that do the first, and of these the longest.

    Parameters
    ----------
    spans : iterable of Span
        The spans, in any order.

    Returns
    -------
    list of Span
        Those kept, from left to right.

    Examples
    --------
    >>> spans = [Span("北京", "LOC", 0, 2), Span("北京大学", "ORG", 0, 4), Span("北", "LOC", 5, 6)]
    >>> [span.text for span in outermost(spans)]
    ['北京大学', '北']
    """
    kept: list[Span] = []
    for span in sorted(spans, key=_extent):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _extent(span: Span) -> tuple[int, int]:
    """The order of spans: by start, the longer before the shorter."""
    return span.start, -span.end


def _from_labels(
    path: FilePath, rows: LabelledRows, scheme: Scheme, repair: bool
) -> EntitySentence:
    """Turn spans of tokens into spans of characters."""
    try:
        found = spans_of(rows.labels, scheme, repair=repair)
    except LabelError as error:
        line = rows.line + min(error.place, len(rows.labels) - 1)
        raise CorpusError(str(error), display_name(path), line) from None
    words = [row[0] for row in rows.rows]
    text = "".join(words) if rows.text is None else rows.text
    try:
        bounds = _aligned(words, text) if found or rows.text is not None else []
    except ValueError as error:
        raise CorpusError(str(error), display_name(path), rows.line) from None
    spans = []
    for first, behind, label in found:
        start, end = bounds[first][0], bounds[behind - 1][1]
        spans.append(Span(text[start:end], label, start, end))
    return EntitySentence(text, spans)


def _aligned(words: list[str], text: str) -> list[tuple[int, int]]:
    """Return start and end of each word in a text that has white space besides."""
    bounds = []
    end = 0
    for word in words:
        start = end
        while not text.startswith(word, start):
            if not text[start : start + 1].isspace():
                raise ValueError(f"word {word!r} is not found in {text!r} behind character {end}")
            start += 1
        end = start + len(word)
        bounds.append((start, end))
    if text[end:].strip():
        raise ValueError(f"{text[end:]!r} of the text is in no word")
    return bounds


def _from_tags(words: list[TaggedWord], compounds: list[Compound]) -> EntitySentence:
    return EntitySentence("".join(word for word, _ in words), names_of(words, compounds))


def _from_objects(
    path: FilePath, parse: Callable[[dict[str, Any]], EntitySentence]
) -> Iterator[EntitySentence]:
    """Parse every object; what is wrong with one becomes a CorpusError with its line."""
    for line, found in read_json_objects(path):
        try:
            sentence = parse(found)
        except ValueError as error:
            raise CorpusError(str(error), display_name(path), line) from None
        sentence.spans.sort(key=_extent)
        yield sentence


def _parse_own(found: dict[str, Any]) -> EntitySentence:
    """Parse ``{"text": ..., "entities": [{"start", "end", "label"}, ...]}``."""
    text = _text(found)
    entities = found.get("entities")
    if not isinstance(entities, list):
        raise ValueError(f'expected a list "entities", got {entities!r}')
    spans = []
    for entity in entities:
        if not isinstance(entity, dict):
            raise ValueError(f"expected an object with start, end and label, got {entity!r}")
        start, end, label = (entity.get(name) for name in ("start", "end", "label"))
        spans.append(_span(text, start, end, label, entity.get("text")))
    return EntitySentence(text, spans)


def _parse_cluener(found: dict[str, Any]) -> EntitySentence:
    """Parse ``{"text": ..., "label": {type: {name: [[first, last], ...]}}}``."""
    text = _text(found)
    try:
        spans = [
            # Its last character belongs to a name: an end behind it is one further.
            _span(text, first, last + 1, label, name)
            for label, names in found["label"].items()
            for name, places in names.items()
            for first, last in places
        ]
    except (KeyError, AttributeError, TypeError) as error:
        raise ValueError(
            'expected an object "label" that has an object for each type, and in it a list of '
            "[first, last] for each name"
        ) from error
    return EntitySentence(text, spans)


def _text(found: dict[str, Any]) -> str:
    text = found.get("text")
    if not isinstance(text, str):
        raise ValueError(f'expected a str "text", got {text!r}')
    return text


def _span(text: str, start: object, end: object, label: object, name: object) -> Span:
    """Return a span if it fits its text."""
    if type(start) is not int or type(end) is not int or not isinstance(label, str) or not label:
        raise ValueError(
            f"expected two whole numbers and a label, got {start!r}, {end!r}, {label!r}"
        )
    if not 0 <= start < end <= len(text):
        raise ValueError(f"span {start} to {end} does not lie in a text of {len(text)} characters")
    if name is not None and name != text[start:end]:
        raise ValueError(f"{name!r} is not at {start} to {end}, where {text[start:end]!r} is")
    return Span(text[start:end], label, start, end)


def _json_line(text: str, spans: Iterable[LabelledSpan | Span]) -> str:
    if not isinstance(text, str):
        raise TypeError(f"expected a text (str), got {type(text).__name__}")
    checked = []
    for span in spans:
        name = span.text if isinstance(span, Span) else None
        checked.append(_span(text, *as_triple(span), name))
    entities = [
        {"start": span.start, "end": span.end, "label": span.label}
        for span in sorted(checked, key=_extent)
    ]
    sentence = {"text": text, "entities": entities}
    line = json.dumps(sentence, ensure_ascii=False)
    # UTF-8 has no lone surrogates; JSON's escapes do.
    return line if _encodable(line) else json.dumps(sentence)


def _encodable(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
