"""The package's own errors, and the check that every face makes on its text."""

from __future__ import annotations

import os


class ModelError(ValueError):
    """A model file that cannot be used: truncated, altered, foreign, or of a newer format."""


class CorpusError(ValueError):
    """A data file with a line that cannot be read.

    Attributes
    ----------
    path : str
        The file, or ``"<stdin>"``.
    line : int or None
        The line, counted from 1; None where the whole file is meant.
    """

    def __init__(self, message: str, path: str | os.PathLike[str], line: int | None = None):
        self.path = os.fspath(path)
        self.line = line
        place = self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {message}")


def require_text(text: object, caller: str) -> str:
    """Return ``text`` if it is a str, else raise a TypeError that says what to pass."""
    if isinstance(text, str):
        return text
    raise TypeError(wrong_text(text, caller))


def wrong_text(text: object, caller: str) -> str:
    """Say what ``caller`` wanted in place of ``text``."""
    kind = type(text).__name__
    if isinstance(text, (bytes, bytearray)):
        remedy = 'decode it first, e.g. data.decode("utf-8")'
    elif isinstance(text, (list, tuple)):
        remedy = (
            f"for several texts call {caller}_batch"
            if caller == "segment"
            else "pass one text at a time"
        )
    elif text is None:
        remedy = "pass an empty str for no text"
    else:
        remedy = "pass the text itself"
    return f"{caller}() takes a str, got {kind}: {remedy}"
