"""From the tags of the People's Daily standard to the universal parts of speech."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal, TypeAlias

Tagset: TypeAlias = Literal["own", "universal"]
TAGSETS = ("own", "universal")

UNIVERSAL = MappingProxyType({
    "a": "ADJ", "Ag": "ADJ", "ad": "ADV", "an": "NOUN", "b": "ADJ", "Bg": "ADJ", "c": "CCONJ",
    "d": "ADV", "Dg": "ADV", "e": "INTJ", "f": "ADP", "h": "PART", "i": "VERB", "j": "PROPN",
    "k": "PART", "l": "NOUN", "m": "NUM", "Mg": "NUM", "n": "NOUN", "na": "NOUN", "Ng": "NOUN",
    "nr": "PROPN", "ns": "PROPN", "nt": "PROPN", "nx": "X", "nz": "PROPN", "o": "INTJ",
    "p": "ADP", "q": "NOUN", "r": "PRON", "Rg": "PRON", "s": "NOUN", "t": "NOUN", "Tg": "NOUN",
    "u": "PART", "v": "VERB", "vd": "ADV", "Vg": "VERB", "vn": "NOUN", "vvn": "NOUN",
    "w": "PUNCT", "y": "PART", "Yg": "PART", "z": "ADJ",
})  # fmt: skip
"""The universal part of speech of each of the 44 tags of the January corpus."""

UNKNOWN = "X"


def universal(tag: str) -> str:
    """Return the universal part of speech (Nivre et al., 2020) of a tag of the PKU set.

    One tag has one answer, the commonest in the Chinese GSD treebank where that says enough; what
    the treebank tells apart and the tag does not (conjunctions, auxiliary verbs, determiners)
    stays together.

    Parameters
    ----------
    tag : str
        A tag of the People's Daily corpus, such as ``"vn"``.

    Returns
    -------
    str
        One of the 17 UPOS tags; ``"X"`` for a tag that the set does not have.

    Examples
    --------
    >>> [universal(tag) for tag in ("nr", "vn", "u", "?")]
    ['PROPN', 'NOUN', 'PART', 'X']
    """
    return UNIVERSAL.get(tag, UNKNOWN)


def names_in(tagset: Tagset, tags: Iterable[str]) -> tuple[str, ...]:
    """Return what to call each tag: by its own name, or by its universal part of speech.

    Raises
    ------
    ValueError
        If there is no such tag set.
    """
    if tagset not in TAGSETS:
        raise ValueError(f"tagset must be one of {', '.join(TAGSETS)}; got {tagset!r}")
    return tuple(map(universal, tags)) if tagset == "universal" else tuple(tags)
