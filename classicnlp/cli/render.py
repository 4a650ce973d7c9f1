"""How an answer is written: words, tokens or names as a line of text or of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import accumulate

from classicnlp.spans import Span, Token

BLANKS = " \t"


def words_line(words: Sequence[str], delimiter: str) -> str:
    """Join words by the delimiter.

    Where the delimiter is white space, words of nothing but spaces and tabs are left out: they
    would read back as separators.
    """
    if delimiter.isspace():
        words = [word for word in words if word.strip(BLANKS)]
    return delimiter.join(words)


def tokens_line(tokens: Sequence[Token], delimiter: str, tag_delimiter: str) -> str:
    """Join ``word/tag`` by the delimiter; blank words are left out as in `words_line`."""
    shown: Iterable[Token] = tokens
    if delimiter.isspace():
        shown = (token for token in tokens if token.text.strip(BLANKS))
    return delimiter.join([token.text + tag_delimiter + token.tag for token in shown])


def words_json(text: str, words: Sequence[str]) -> str:
    """Return the text and its words with their offsets as JSON."""
    ends = accumulate(map(len, words))
    pairs = zip(words, ends, strict=True)
    tokens = [{"text": word, "start": end - len(word), "end": end} for word, end in pairs]
    return json.dumps({"text": text, "tokens": tokens}, ensure_ascii=False)


def tokens_json(text: str, tokens: Sequence[Token]) -> str:
    """Return the text and its tokens with their offsets and tags as JSON."""
    rows = [
        {"text": token.text, "start": token.start, "end": token.end, "tag": token.tag}
        for token in tokens
    ]
    return json.dumps({"text": text, "tokens": rows}, ensure_ascii=False)


def spans_line(text: str, spans: Sequence[Span]) -> str:
    """Return the text with its spans in brackets, their labels behind a stroke.

    >>> spans_line("我在北京", [Span("北京", "LOC", 2, 4)])
    '我在[北京/LOC]'
    """
    parts = []
    end = 0
    for span in spans:
        parts += [text[end : span.start], f"[{span.text}/{span.label}]"]
        end = span.end
    return "".join([*parts, text[end:]])


def spans_list(number: int, spans: Sequence[Span]) -> list[str]:
    """Return a line for each span of the line of that number."""
    return [f"{number}\t{span.start}\t{span.end}\t{span.label}\t{span.text}" for span in spans]


def spans_json(text: str, spans: Sequence[Span]) -> str:
    """Return the text and its spans as JSON."""
    entities = [
        {"start": span.start, "end": span.end, "label": span.label, "text": span.text}
        for span in spans
    ]
    return json.dumps({"text": text, "entities": entities}, ensure_ascii=False)
