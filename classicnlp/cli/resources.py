"""What the subcommands open, imported only when one of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from classicnlp import models, store
from classicnlp.cli.tokens import Takes
from classicnlp.corpus import read_lines
from classicnlp.errors import ModelError

if TYPE_CHECKING:
    from classicnlp.cli.options import UserFiles
    from classicnlp.pipeline import Pipeline
    from classicnlp.segmentation import Segmenter
    from classicnlp.tagging.base import SequenceTagger
    from classicnlp.tagging.names import EntityTagger
    from classicnlp.tagging.pos import PosTagger

Told = TypeVar("Told", "Pipeline", "Segmenter")

PIPELINES = ("pipeline", "segmenter", "ngram segmenter")
"""The kinds of model files that hold a pipeline or a part of one."""


def open_pipeline(name_or_path: str, user_words: UserFiles | None = None) -> Pipeline:
    """Open a model, which then also knows a user's words."""
    from classicnlp.pipeline import load

    return told(load(name_or_path), user_words)


def told(segmenter: Told, user_words: UserFiles | None) -> Told:
    """Return a segmenter or pipeline that knows the words of some files, or lacks them."""
    if user_words is None:
        return segmenter
    from classicnlp.lexicon import Lexicon

    if user_words.words is not None:
        words = Lexicon.from_file(user_words.words)
        segmenter = segmenter.with_words(words, policy=user_words.policy)
    if user_words.forbidden is not None:
        segmenter = segmenter.without_words(list(Lexicon.from_file(user_words.forbidden)))
    return segmenter


def open_tagging_pipeline(name_or_path: str, user_words: UserFiles | None = None) -> Pipeline:
    """Open a model that has a tagger."""
    pipeline = open_pipeline(name_or_path, user_words)
    if pipeline.tagger is None:
        raise ModelError(
            f"{name_or_path}: the model has no tagger; train one with "
            "'classicnlp train tagger --segmenter MODEL'"
        )
    return pipeline


class Labeller(NamedTuple):
    """A tagger of tokens that are given, and what it takes as a token.

    Attributes
    ----------
    tagger : SequenceTagger, PosTagger, EntityTagger
    takes : Takes
    """

    tagger: SequenceTagger | PosTagger | EntityTagger
    takes: Takes


def open_stored(name_or_path: str) -> store.Stored | None:
    """Open a model file that holds no pipeline or part of one; None where it does."""
    path = Path(name_or_path)
    if name_or_path in models.names() or not path.is_file():
        return None
    stored = store.load(path)
    return None if stored.kind in PIPELINES else stored


def open_labeller(name_or_path: str, user_words: UserFiles | None = None) -> Labeller | None:
    """Open a model that labels tokens and does not cut text; None where the model is a pipeline."""
    stored = open_stored(name_or_path)
    if stored is None:
        return None
    from classicnlp.tagging.restoring import restore

    tagger = restore(stored)
    if user_words is not None:
        raise ModelError(
            f"{name_or_path}: a {stored.kind} takes no words: leave --user-words and --forbid out"
        )
    own = stored.parameters.get("tagger", {}).get("parameters", stored.parameters)
    extractor = own.get("extractor", {})
    width = extractor.get("parameters", {}).get("width", 1)
    kind = extractor.get("kind")
    takes = Takes(None if kind == "dictionaries" else width, kind == "characters")
    return Labeller(tagger, takes)


def open_names(name_or_path: str, user_words: UserFiles | None = None) -> Labeller | Pipeline:
    """Open a model that finds names, or that labels tokens with them."""
    from classicnlp.tagging.pos import PosTagger

    labeller = open_labeller(name_or_path, user_words)
    if labeller is not None and not isinstance(labeller.tagger, PosTagger):
        return labeller
    if labeller is None:
        pipeline = open_pipeline(name_or_path, user_words)
        if pipeline.chunker is not None:
            return pipeline
    raise ModelError(
        f"{name_or_path}: the model finds no names; train one with 'classicnlp train ner'"
    )


def open_segmenter(
    name_or_path: str, mode: str, user_words: UserFiles | None = None
) -> Pipeline | Segmenter:
    """Open a model and return its segmenter of the given mode, which then knows a user's words."""
    if mode == "accurate":
        return open_pipeline(name_or_path, user_words)
    from classicnlp.segmentation import MaxMatchSegmenter, NgramSegmenter

    lexicon = open_pipeline(name_or_path).lexicon
    if mode == "dictionary":
        return told(NgramSegmenter(lexicon), user_words)
    return told(MaxMatchSegmenter(lexicon, direction="bidirectional"), user_words)


def read_vocabulary(path: str | None) -> set[str] | None:
    """Read a training vocabulary, a word a line; None where no file is named."""
    if path is None:
        return None
    words = {line.strip(" \t") for line in read_lines(path)}
    words.discard("")
    return words
