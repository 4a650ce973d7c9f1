"""How an answer is written: words or tokens as a line of text or of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classicnlp.spans import Token

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
