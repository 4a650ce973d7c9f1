"""Characters and stretches of text: classes, folding, units that are never cut, sentences."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.units import Rules, unit_marks
from classicnlp.errors import require_text
from classicnlp.rules import NEUTRAL, flags_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHABET_FILE = Path(__file__).parent / "models" / "alphabet.model"
TERMINATORS = frozenset("。！？!?…\n\r\u2028\u2029\x85；;")
CLOSERS = frozenset("”’」』）)】》〉〕］\"'")


class CharacterClass(IntEnum):
    """What a character is, as far as segmentation cares."""

    OTHER = 0
    HAN = 1
    KANA = 2
    LATIN = 3
    LETTER = 4
    DIGIT = 5
    PUNCTUATION = 6
    SPACE = 7
    EXTEND = 8


class Run(NamedTuple):
    """A stretch ``text[start:end]`` and the class of its (first) character."""

    start: int
    end: int
    kind: CharacterClass


@functools.cache
def default_alphabet() -> Alphabet:
    """Return the alphabet that folds width, case and traditional script.

    Examples
    --------
    >>> default_alphabet().fold("ＡＢＣ，漢語")
    'abc,汉语'
    """
    return load_alphabet(store.load(ALPHABET_FILE, "alphabet").arrays)


def load_alphabet(arrays: dict[str, store.Array]) -> Alphabet:
    """Return an alphabet from its stored arrays; the packaged one if they are equal to its own."""
    return Alphabet(arrays["index"], arrays["pages"], arrays["letters"])


def fold(text: str) -> str:
    """Replace each character by the one that stands for it and its variants.

    Full width becomes half width, upper case lower case, traditional script simplified, one
    code point to one, so that offsets in the result are offsets in ``text``. Segmenters look
    words up in this form; what they return is the text as it was.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The folded text, as long as ``text``.

    Examples
    --------
    >>> fold("ＮＢＡ總決賽")
    'nba总决赛'
    """
    return default_alphabet().fold(require_text(text, "fold"))


def character_classes(text: str) -> NDArray[np.uint8]:
    """Return the `CharacterClass` of each character.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    uint8 array, shape (len(text),)

    Examples
    --------
    >>> [CharacterClass(kind).name for kind in character_classes("中a1，")]
    ['HAN', 'LATIN', 'DIGIT', 'PUNCTUATION']
    """
    return default_alphabet().classes(require_text(text, "character_classes"))


def runs(text: str) -> list[Run]:
    """Cut ``text`` into maximal stretches of one character class.

    Examples
    --------
    >>> [text.kind.name for text in runs("买iPhone15，好！")]
    ['HAN', 'LATIN', 'DIGIT', 'PUNCTUATION', 'HAN', 'PUNCTUATION']
    """
    classes = character_classes(text)
    starts = np.flatnonzero(np.diff(classes, prepend=255))
    return _spans(starts, classes)


def units(text: str, rules: Iterable[str] = NEUTRAL) -> list[Run]:
    """Cut ``text`` into the stretches that no segmenter with these rules cuts.

    Most are single characters. Longer ones are what rules join, such as URLs, words of letters
    and digits, and numbers; and always runs of white space, and characters with their
    combining marks.

    Parameters
    ----------
    text : str
        Any text.
    rules : iterable of str
        Names of `classicnlp.rules.RULES` or of groups of them.

    Returns
    -------
    list of Run

    Examples
    --------
    >>> text = "见https://a.cn/x，或a.b@c.com，3.14%！"
    >>> [text[unit.start:unit.end] for unit in units(text)]
    ['见', 'https://a.cn/x', '，', '或', 'a.b@c.com', '，', '3.14%', '！']
    """
    return units_by(text, Rules(flags_of(rules)))


def units_by(text: str, rules: Rules) -> list[Run]:
    """Cut ``text`` into its units, as rules and the mixed words that come with them have it."""
    classes = character_classes(text)
    marks = unit_marks(text, classes, rules)
    inside = 2
    return _spans(np.flatnonzero(marks & inside == 0), classes)


def _spans(starts: NDArray[np.intp], classes: NDArray[np.uint8]) -> list[Run]:
    ends = np.append(starts[1:], len(classes))[: len(starts)]
    return [
        Run(start, end, CharacterClass(classes[start]))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def split_sentences(text: str) -> list[str]:
    """Cut ``text`` after each end of a sentence; joined, the pieces are the text.

    A sentence ends with 。！？；… or a line break, together with the repetitions, closing
    quotes and brackets that follow. An ASCII full stop does not end one: it stands in numbers,
    names and URLs.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        The sentences; empty for an empty text.

    Examples
    --------
    >>> split_sentences("他说：“走吧！”天黑了……我们3.5公里外见。")
    ['他说：“走吧！”', '天黑了……', '我们3.5公里外见。']
    """
    require_text(text, "split_sentences")
    sentences = []
    start = i = 0
    while i < len(text):
        if text[i] not in TERMINATORS:
            i += 1
            continue
        while i < len(text) and (text[i] in TERMINATORS or text[i] in CLOSERS):
            i += 1
        sentences.append(text[start:i])
        start = i
    if start < len(text):
        sentences.append(text[start:])
    return sentences
