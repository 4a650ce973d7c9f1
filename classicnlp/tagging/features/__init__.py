"""Features of tokens: by templates over columns, as dictionaries, of characters, of words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

from classicnlp import store
from classicnlp.tagging.features.base import FeatureExtractor, Token
from classicnlp.tagging.features.characters import CharacterFeatures
from classicnlp.tagging.features.dictionaries import DictFeatures
from classicnlp.tagging.features.templates import TemplateFeatures, default_template
from classicnlp.tagging.features.words import WordFeatures

__all__ = [
    "CharacterFeatures",
    "DictFeatures",
    "FeatureExtractor",
    "Features",
    "TemplateFeatures",
    "Token",
    "WordFeatures",
    "extractor_for",
    "restore_extractor",
]

Features: TypeAlias = str | FeatureExtractor
"""What taggers take as ``features``: a name, a template's text, or an extractor."""

KINDS: dict[str, type[FeatureExtractor]] = {
    extractor.kind: extractor
    for extractor in (CharacterFeatures, DictFeatures, TemplateFeatures, WordFeatures)
}


def extractor_for(
    features: Features, sequences: Sequence[Sequence[Token]] = ()
) -> FeatureExtractor:
    """Return a new extractor, which has learnt nothing yet.

    Parameters
    ----------
    features : str or FeatureExtractor
        ``"characters"`` (six templates), ``"names"`` (characters, a wider window), ``"words"``
        (the set "tagged" of `WordFeatures`), ``"dictionaries"``; the text of a template of CRF++
        or Wapiti; ``"auto"``, which is "dictionaries" if the first token is a dictionary, list or
        set, a default template if it is a tuple of columns, "characters" if every token is one
        character, else "words"; or an extractor, whose parameters are taken.
    sequences : list of sequences of tokens
        The training data, which "auto" looks at.

    Returns
    -------
    FeatureExtractor

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or there is no token for "auto" to look at.

    Examples
    --------
    >>> extractor_for("auto", [["我", "来"], ["北", "京"]])
    CharacterFeatures()
    >>> extractor_for("auto", [[{"w": "我"}]])
    DictFeatures()
    >>> extractor_for("U00:%x[0,0]")
    TemplateFeatures(template='U00:%x[0,0]')
    """
    if isinstance(features, FeatureExtractor):
        return type(features)(**features.get_params())
    if not isinstance(features, str):
        kind = type(features).__name__
        raise TypeError(f"features must be a str or a FeatureExtractor, got {kind}")
    if features == "auto":
        return _fitting(sequences)
    if features == "names":
        return CharacterFeatures("names")
    if features == "words":
        return WordFeatures("tagged")
    if features in KINDS and features != "templates":
        return KINDS[features]()
    if "%" in features or "\n" in features or features[:1] in ("U", "B", "*"):
        return TemplateFeatures(features)
    raise ValueError(
        "features must be 'auto', 'characters', 'names', 'words', 'dictionaries' or the text of "
        f"a template such as 'U00:%x[0,0]', got {features!r}"
    )


def restore_extractor(
    kind: str, parameters: dict[str, Any], arrays: dict[str, store.Array]
) -> FeatureExtractor:
    """Return the extractor of which ``to_store`` gave parameters and arrays.

    Raises
    ------
    KeyError, TypeError, ValueError
        If there is no such kind, or parameters or arrays are not sound.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind of features {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind].from_store(parameters, arrays)


def _fitting(sequences: Sequence[Sequence[Token]]) -> FeatureExtractor:
    """Return the extractor that takes such tokens."""
    token = next(iter(chain.from_iterable(sequences)), None)
    if token is None:
        raise ValueError("there are no tokens to tell the kind of features from: name it")
    if isinstance(token, (dict, list, set, frozenset)):
        return DictFeatures()
    if isinstance(token, tuple):
        return TemplateFeatures(default_template(len(token)))
    if not isinstance(token, str):
        kind = type(token).__name__
        raise TypeError(
            "a token must be a str, a tuple of columns, a dictionary or a list of features, "
            f"got {kind}"
        )
    if all(_of_characters(sequence) for sequence in sequences):
        return CharacterFeatures()
    return WordFeatures("tagged")


def _of_characters(sequence: Sequence[Token]) -> bool:
    if isinstance(sequence, str):
        return True
    return all(isinstance(token, str) and len(token) == 1 for token in sequence)
