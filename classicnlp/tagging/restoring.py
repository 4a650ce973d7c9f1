"""Taggers from model files, whichever kind of tagger a file holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias

from classicnlp import store, tagging
from classicnlp.errors import ModelError

if TYPE_CHECKING:
    from classicnlp.tagging.base import SequenceTagger
    from classicnlp.tagging.names import EntityTagger
    from classicnlp.tagging.pos import PosTagger

Tagger: TypeAlias = "SequenceTagger | PosTagger | EntityTagger"

# The classes by the kinds of their files. Only the one that a file needs is imported.
SEQUENCE_TAGGERS = {"crf": "CRFTagger", "hmm": "HMMTagger", "perceptron": "PerceptronTagger"}
TAGGERS = {**SEQUENCE_TAGGERS, "tagger": "PosTagger", "name tagger": "EntityTagger"}


def load(path: str | os.PathLike[str]) -> Tagger:
    """Load a tagger of any kind.

    Parameters
    ----------
    path : str or path
        A file that a tagger was saved to.

    Returns
    -------
    CRFTagger, PerceptronTagger, HMMTagger, PosTagger or EntityTagger
        What the file holds.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelError
        If the file is truncated, altered, of a newer format, or holds no tagger.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> tagger = tagging.PosTagger(epochs=1).fit([[("我", "r"), ("来", "v")]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "my.model")
    ...     tagger.save(path)
    ...     load(path).predict(["我"])
    ['r']
    """
    return restore(store.load(path))


def restore(stored: store.Stored) -> Tagger:
    """Return the tagger that a model file holds.

    Raises
    ------
    ModelError
        If it holds no tagger, or one that is not sound.
    """
    if stored.kind not in TAGGERS:
        raise ModelError(f"{stored.path}: holds a {stored.kind}, where a tagger is needed")
    tagger: Tagger = getattr(tagging, TAGGERS[stored.kind]).from_store(
        stored.parameters, stored.arrays, str(stored.path)
    )
    return tagger


def sequence_tagger(kind: str) -> type[SequenceTagger]:
    """Return the class of sequence taggers of a kind.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in SEQUENCE_TAGGERS:
        known = ", ".join(SEQUENCE_TAGGERS)
        raise ValueError(f"there is no sequence tagger of kind {kind!r}; there are {known}")
    found: type[SequenceTagger] = getattr(tagging, SEQUENCE_TAGGERS[kind])
    return found


def restore_sequence_tagger(
    described: dict[str, Any], arrays: dict[str, store.Array], origin: str
) -> SequenceTagger:
    """Return the sequence tagger that another model's file holds: its kind and its parameters.

    Raises
    ------
    KeyError, TypeError, ValueError
        If there is no such kind, or parameters or arrays are not sound.
    """
    kind = sequence_tagger(described["kind"])
    return kind.from_store(described["parameters"], arrays, origin)
