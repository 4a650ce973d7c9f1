"""Units by regular expressions: what stands together whatever a model says."""

from __future__ import annotations

import re

from classicnlp.text import CharacterClass, character_classes

LETTER_OF_CLASS = {
    CharacterClass.OTHER: "o",
    CharacterClass.HAN: "h",
    CharacterClass.KANA: "k",
    CharacterClass.LATIN: "a",
    CharacterClass.LETTER: "a",
    CharacterClass.DIGIT: "d",
    CharacterClass.PUNCTUATION: "p",
    CharacterClass.SPACE: "s",
    CharacterClass.EXTEND: "e",
}

# In the half-width, lower-case form of a text.
SCHEME = re.compile(r"https?://|ftp://|www\.")
EMAIL = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
# In the same with 0 for each digit.
NUMBER = re.compile(r"0+([.\xb7]0+|,000(?!0))*[%\u2030]?")
# In the shapes of a text, with ' for what may join two letters.
WORD = re.compile(r"[ad]([ade]|(?<=a)'(?=a))*")
RUN = re.compile(r"s+|k[ke]*")
MARKS = re.compile(r"e*")

URL_CHARACTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()*+,-./:;=?@[]_~"
)
ZERO_WIDTH_JOINER = "\u200d"


def units(text: str) -> list[str]:
    """Cut a text into units."""
    shapes = "".join(LETTER_OF_CLASS[CharacterClass(k)] for k in character_classes(text).tolist())
    flat = "".join(map(plain, text))
    found = []
    start = 0
    while start < len(text):
        end = unit_end(text, flat, shapes, start)
        found.append(text[start:end])
        start = end
    return found


def plain(character: str) -> str:
    """Return the ASCII form of a full-width character, in lower case."""
    if "\uff01" <= character <= "\uff5e":
        character = chr(ord(character) - 0xFEE0)
    return character.lower() if "A" <= character <= "Z" else character


def unit_end(text: str, flat: str, shapes: str, start: int) -> int:
    """Return where the unit that begins at ``start`` ends: the first rule that applies."""
    if shapes[start] in "sk":
        return matched(RUN, shapes, start)
    if shapes[start] not in "ad":
        return cluster_end(text, shapes, start)
    end = (
        url_end(text, flat, start)
        or matched(EMAIL, flat, start)
        or word_end(flat, shapes, start)
        or number_end(flat, shapes, start)
    )
    return matched(MARKS, shapes, end)


def matched(pattern: re.Pattern[str], string: str, start: int) -> int:
    """Return where the pattern's match at ``start`` ends; 0 for none."""
    found = pattern.match(string, start)
    return found.end() if found else 0


def url_end(text: str, flat: str, start: int) -> int:
    """Return the end of a URL without the punctuation that belongs to the sentence around it."""
    first = end = matched(SCHEME, flat, start)
    while end and end < len(text) and text[end] in URL_CHARACTERS:
        end += 1
    trailing = ".,;:!?'" if "(" in text[first:end] else ".,;:!?')"
    end = first + len(text[first:end].rstrip(trailing))
    return end if end > first else 0


def word_end(flat: str, shapes: str, start: int) -> int:
    """Return the end of a run of letters and digits with at least one letter."""
    joints = "'\u2019-"
    joined = "".join(
        "'" if c in joints and s not in "ade" else s for c, s in zip(flat, shapes, strict=True)
    )
    end = matched(WORD, joined, start)
    return end if "a" in shapes[start:end] else 0


def number_end(flat: str, shapes: str, start: int) -> int:
    digits = "".join("0" if s == "d" else c for c, s in zip(flat, shapes, strict=True))
    return matched(NUMBER, digits, start)


def cluster_end(text: str, shapes: str, start: int) -> int:
    """Return the end of a character with its marks and what a joiner joins to it."""
    end = start + 1
    if all("\U0001f1e6" <= c <= "\U0001f1ff" for c in text[start : start + 2].ljust(2)):
        end += 1  # two regional indicators are one flag
    while end < len(text) and (
        shapes[end] == "e" or (shapes[end] == "o" and text[end - 1] == ZERO_WIDTH_JOINER)
    ):
        end += 1
    return end
