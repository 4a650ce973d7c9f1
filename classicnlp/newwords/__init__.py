"""New words: what raw text uses as a word, found by counting alone."""

from __future__ import annotations

from classicnlp.newwords.discovery import NOT_FIRST, NOT_LAST, NewWord, NewWords, discover

__all__ = ["NOT_FIRST", "NOT_LAST", "NewWord", "NewWords", "discover"]
