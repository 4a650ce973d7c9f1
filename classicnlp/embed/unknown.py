"""Words that are not there, and those that may have been meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from classicnlp.text import fold
from classicnlp.wordlist import ABSENT, WordList

MOST_SUGGESTIONS = 3
LONGEST_WORD = 64  # beyond it nobody asks what was meant


class UnknownWordError(KeyError):
    """A word that has no vector.

    Attributes
    ----------
    word : str
    suggestions : tuple of str
        Words that have one and may have been meant.
    """

    def __init__(self, word: str, suggestions: tuple[str, ...] = ()):
        super().__init__(word, suggestions)
        self.word = word
        self.suggestions = suggestions

    def __str__(self) -> str:
        remedy = (
            f"did you mean {', '.join(self.suggestions)}?"
            if self.suggestions
            else "ask `word in vectors` first, or train with subwords"
        )
        return f"{self.word!r} has no vector: {remedy}"


def suggestions(word: str, words: WordList) -> tuple[str, ...]:
    """Return up to three of the words that are like ``word``, found by look-ups alone.

    Examples
    --------
    >>> suggestions("NBA聯賽", WordList(["联赛", "NBA", "篮球"]))
    ('NBA', '联赛')
    """
    tried = list(dict.fromkeys(_variants(word[:LONGEST_WORD])))
    known = [
        variant
        for variant, number in zip(tried, words.numbers_of(tried).tolist(), strict=True)
        if number != ABSENT
    ]
    return tuple(known[:MOST_SUGGESTIONS])


def _variants(word: str) -> Iterator[str]:
    """Yield other spellings, the word with one character less or two exchanged, and its parts."""
    spellings = [word.strip(), unicodedata.normalize("NFKC", word), fold(word)]
    spellings += [change(word) for change in (str.lower, str.upper, str.title, str.capitalize)]
    yield from spellings
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :]
    for length in range(len(word) - 1, 0, -1):
        for start in range(len(word) - length + 1):
            for text in (word, *spellings[:3]):
                yield text[start : start + length]
