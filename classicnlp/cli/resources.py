"""What the subcommands open, imported only when one of them runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from classicnlp.corpus import read_lines
from classicnlp.errors import ModelError

if TYPE_CHECKING:
    from classicnlp.pipeline import Pipeline


class BatchSegmenter(Protocol):
    """Whatever cuts a list of texts into words."""

    def segment_batch(self, texts: list[str], workers: int = 1) -> list[list[str]]:
        """Return the words of every text."""
        ...


def open_pipeline(name_or_path: str, user_words: str | None = None) -> Pipeline:
    """Open a model, which then also knows the words of a file."""
    from classicnlp.pipeline import load

    pipeline = load(name_or_path)
    if user_words is not None:
        from classicnlp.lexicon import Lexicon

        pipeline = pipeline.with_words(Lexicon.from_file(user_words))
    return pipeline


def open_tagging_pipeline(name_or_path: str, user_words: str | None = None) -> Pipeline:
    """Open a model that has a tagger."""
    pipeline = open_pipeline(name_or_path, user_words)
    if pipeline.tagger is None:
        raise ModelError(
            f"{name_or_path}: the model has no tagger; train one with "
            "'classicnlp train tagger --segmenter MODEL'"
        )
    return pipeline


def open_segmenter(name_or_path: str, mode: str, user_words: str | None = None) -> BatchSegmenter:
    """Open a model and return its segmenter of the given mode."""
    pipeline = open_pipeline(name_or_path, user_words)
    if mode == "accurate":
        return pipeline
    from classicnlp.segmentation import MaxMatchSegmenter, NgramSegmenter

    if mode == "dictionary":
        return NgramSegmenter(pipeline.lexicon)
    return MaxMatchSegmenter(pipeline.lexicon, direction="bidirectional")


def read_vocabulary(path: str | None) -> set[str] | None:
    """Read a training vocabulary, a word a line; None where no file is named."""
    if path is None:
        return None
    words = {line.strip(" \t") for line in read_lines(path)}
    words.discard("")
    return words
