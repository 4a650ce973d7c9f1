"""Units and boundaries by regular expressions: what rules join and part whatever a model says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

from classicnlp.text import CharacterClass, character_classes

LETTER_OF_CLASS = {
    CharacterClass.OTHER: "o",
    CharacterClass.HAN: "h",
    CharacterClass.KANA: "k",
    CharacterClass.LATIN: "a",
    CharacterClass.LETTER: "a",
    CharacterClass.DIGIT: "0",
    CharacterClass.PUNCTUATION: "p",
    CharacterClass.SPACE: "s",
    CharacterClass.EXTEND: "e",
}

# In the half-width, lower-case form of a text.
SCHEME = re.compile(r"https?://|ftp://|www\.")
EMAIL = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
MEASURES = frozenset(
    ["kb", "mb", "gb", "tb", "kv", "kw", "mw", "hz", "khz", "mhz", "ghz", "bps", "kbps", "mbps",
     "gbps", "km", "cm", "mm", "nm", "kg", "mg", "ml", "kj", "mah", "kwh", "db"]
)  # fmt: skip
SMALL = frozenset("²³¹") | {chr(c) for c in range(0x2070, 0x209D)}
ASCII_SIGNS = frozenset("#$&*+<=>@\\^_`|~")
SIGNS = (
    ASCII_SIGNS | frozenset("～〜") | {chr(c) for c in [*range(0xA2, 0xA6), *range(0x20A0, 0x20D0)]}
)
SIGNS |= frozenset("￠￡￥")
# In the shapes of a text, with the joints and small digits told apart.
MARKS = re.compile(r"e*")
RUN = re.compile(r"s+|k[ke]*")

# Characters before which a number does not always end.
OPEN = frozenset("月日时時点點号號型中兆军軍亚亞万萬亿億")

URL_CHARACTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()*+,-./:;=?@[]_~"
)
ZERO_WIDTH_JOINER = "\u200d"


def units(text: str, rules: Collection[str]) -> list[str]:
    """Cut a text into units."""
    inside, _ = Scan(text, rules).result()
    places = [*(i for i in range(len(text)) if i not in inside), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(places)]


def parts(text: str, rules: Collection[str]) -> set[int]:
    """Return the places where rules part."""
    return Scan(text, rules).result()[1]


def plain(character: str) -> str:
    """Return the ASCII form of a full-width character, in lower case."""
    if "\uff01" <= character <= "\uff5e":
        character = chr(ord(character) - 0xFEE0)
    return character.lower() if "A" <= character <= "Z" else character


class Scan:
    """One scan of a text from the left."""

    def __init__(self, text: str, rules: Collection[str]):
        kinds = [CharacterClass(k) for k in character_classes(text).tolist()]
        self.text, self.rules = text, rules
        self.flat = "".join(map(plain, text))
        self.shapes = "".join(LETTER_OF_CLASS[kind] for kind in kinds)
        self.latin = [kind == CharacterClass.LATIN for kind in kinds]
        self.coded = "".join(map(coded, self.flat, self.shapes))
        self.inside: set[int] = set()
        self.parted: set[int] = set()
        self.low = 0

    def result(self) -> tuple[set[int], set[int]]:
        i = 0
        while i < len(self.text):
            if self.shapes[i] in "hp":
                i += 1
            elif self.shapes[i] in "a0":
                i = self.low = self.address(i) or self.word(i) or self.number(i)
            else:
                i = self.other(i)
        if "sign" in self.rules:
            for i, shape in enumerate(self.shapes):
                if shape == "p" and self.text[i] in ASCII_SIGNS and not {i, i + 1} & self.inside:
                    self.part(*(place for place in (i, i + 1) if self.beside_han(place, i)))
        return self.inside, self.parted - self.inside - {0, len(self.text)}

    def join(self, start: int, end: int) -> None:
        self.inside |= set(range(start + 1, end))

    def part(self, *places: int) -> None:
        self.parted |= set(places)

    def beside_han(self, place: int, sign: int) -> bool:
        return self.shape(place if place > sign else place - 1) == "h"

    def shape(self, i: int) -> str:
        return self.shapes[i] if 0 <= i < len(self.shapes) else "s"

    def at(self, i: int) -> str:
        return self.flat[i] if 0 <= i < len(self.flat) else ""

    def keep_marks(self, start: int, end: int) -> None:
        self.inside |= {i for i in range(start + 1, end) if self.shapes[i] == "e"}

    def matched(self, pattern: str, string: str, start: int) -> int:
        """Return where the pattern's match at ``start`` ends; 0 for none."""
        found = re.compile(pattern).match(string, start)
        return found.end() if found else 0

    def other(self, i: int) -> int:
        """Take a run of white space or kana, or a character with its marks."""
        if self.shapes[i] == "s" or (self.shapes[i] == "k" and "kana" in self.rules):
            end = RUN.match(self.shapes, i).end()  # type: ignore[union-attr]
            self.join(i, end)
            return end
        start = i
        if self.shapes[i] == "e" and i and self.shapes[i - 1] != "s":
            start -= i - 1 not in self.inside and i not in self.inside and self.alone(i - 1)
        end = cluster_end(self.text, self.shapes, start)
        self.join(start, end)
        c = ord(self.text[start])
        pictures = [(0x2100, 0x214F), (0x2190, 0x259F), (0x2600, 0x2BFF), (0x3200, 0x33FF)]
        pictures.append((0x1F000, 0x1FBFF))
        if "emoji" in self.rules and any(a <= c <= b for a, b in pictures):
            self.part(start, end)
        return end

    def alone(self, i: int) -> bool:
        return i not in self.inside and i + 1 not in self.inside

    def address(self, i: int) -> int:
        end = 0
        if "url" in self.rules:
            end = url_end(self.text, self.flat, i)
        if not end and "email" in self.rules:
            found = EMAIL.match(self.flat, i)
            end = found.end() if found else 0
        if end:
            end = MARKS.match(self.shapes, end).end()  # type: ignore[union-attr]
            self.join(i, end)
            self.part(i, end)
        return end

    def word(self, i: int) -> int:
        end = self.word_end(i)
        if not end:
            return 0
        start, measure = i, self.measure(i, end)
        if measure:
            self.join(i, measure)
            self.join(measure, end)
            self.part(measure)
        else:
            lead = self.lead(i)
            start -= bool(lead)
            if "word" in self.rules or lead:
                self.join(start, end)
            else:
                self.keep_marks(start, end)
            if lead and lead in "@#":
                self.part(start, end)
        if "apart" in self.rules and end > start + 1:
            if self.shape(start - 1) in "hp":
                self.part(start)
            if self.shape(end) in "hp":
                self.part(end)
        return end

    def word_end(self, i: int) -> int:
        joints = "(?<=a)'(?=a)"
        after = "[a0]" if "alnum" in self.rules else "a"
        if "compound" in self.rules:
            joints += f"|(?<=[a0])[-—.](?={after})"
        if "alnum" in self.rules:
            prefix = "(?:0[0e²]*(?:(?<=0)-(?=a))?)?" if "compound" in self.rules else "(?:0[0e²]*)?"
            pattern = f"{prefix}a(?:[a0e²]|{joints})*"
        else:
            pattern = f"a(?:[ae]|{joints})*"
        end = self.matched(pattern, self.coded, i)
        if not end or "symbol" not in self.rules:
            return end
        more = "[0]*" if "alnum" in self.rules else ""
        if self.flat[end : end + 2] == "++":
            return self.matched(more, self.shapes, end + 2) or end + 2
        if self.at(end) == "+" and self.at(end + 1) != "=" and self.shape(end + 1) not in "a0":
            return end + 1
        sharp = self.at(end) == "#" and end == i + 1 and self.at(i - 1) != "#"
        return end + 1 if sharp and self.shape(end + 1) not in "a0" else end

    def measure(self, i: int, end: int) -> int:
        """Return where a unit of measure begins after the digits of a word, or 0."""
        found = re.compile("0+").match(self.shapes, i)
        if "measure" not in self.rules or not found:
            return 0
        start = stop = found.end()
        while stop < end and self.text[stop] not in SMALL:
            stop += 1
        if any(c not in SMALL for c in self.text[stop:end]):
            return 0
        name = self.flat[start:stop]
        if name == "m" and stop < end and self.latin[start]:
            return start
        return start if name in MEASURES and all(self.latin[start:stop]) else 0

    def lead(self, i: int) -> str:
        """Return the character before the word at i if it begins it: .NET, @user, #tag."""
        c, before = self.at(i - 1), self.shape(i - 2)
        if not c or i - 1 < self.low or before in "a0e":
            return ""
        if c == "." and "symbol" in self.rules and self.shapes[i] == "a" and self.at(i - 2) != ".":
            return c
        if c == "@" and "handle" in self.rules:
            return c
        return c if c == "#" and "handle" in self.rules and before != "h" else ""

    def number(self, i: int) -> int:
        digits = end = self.number_end(i)
        ordinal = "ordinal" in self.rules and self.at(i - 1) == "第" and i - 1 >= self.low
        minus = "minus" in self.rules and self.at(i - 1) in ("-", "\u2212") and i - 1 >= self.low
        minus = minus and self.shape(i - 2) not in "a0e"
        end = MARKS.match(self.shapes, end).end()  # type: ignore[union-attr]
        start = i - (ordinal or minus)
        period = self.period_end(i, end)
        if end == digits and not ordinal:
            if period > end and "date" in self.rules:
                end = period
            elif "myriad" in self.rules:
                end = self.matched("[万萬亿億]{0,2}", self.flat, end)
        if "digits" in self.rules or end > digits or start < i:
            self.join(start, end)
        else:
            self.keep_marks(start, end)
        if "count" in self.rules:
            if self.shape(start - 1) == "h":
                self.part(start)
            if max(end, period) == digits and self.shape(end) == "h" and self.at(end) not in OPEN:
                self.part(end)
        if "sign" in self.rules:
            if self.at(i - 1) in SIGNS and start == i:
                self.part(start)
            if self.at(end) in SIGNS:
                self.part(end)
        return end

    def number_end(self, i: int) -> int:
        flat = "".join(
            "0" if s == "0" else "\0" if c == "0" else c
            for c, s in zip(self.flat, self.shapes, strict=True)
        )
        if "clock" in self.rules:
            end = self.matched("0{1,2}(?::00(?!0)){1,2}(?!日)", flat, i)
            if self.matched("0{1,2}(?::00(?!0)){2}", flat, i) != end:
                end = self.matched("0{1,2}(?::00(?!0)){2}(?!日)", flat, i) or (
                    0 if self.matched("0{1,2}(?::00(?!0)){2}", flat, i) else end
                )
            end = end or self.matched("0000-00?(?!0)-00?(?!0)(?!-)", flat, i)
            if end and not self.matched("00{4}", flat, i):
                return end
        joints = ["(?!)"]
        if "decimal" in self.rules:
            joints += ["[.·]0+", ",000(?!0)"]
        if "ratio" in self.rules:
            joints.append("[/\u2236]0+")
        end = self.matched(f"0+(?:{'|'.join(joints)})*", flat, i)
        while end < len(self.text) and self.text[end] in SMALL:
            end += 1
        return end + ("percent" in self.rules and self.at(end) in ("%", "\u2030"))

    def period_end(self, i: int, end: int) -> int:
        number, after = self.flat[i:end], self.at(end + 1)
        if self.at(i - 1) == "第" or set(self.shapes[i:end]) != {"0"}:
            return end
        if self.at(end) == "年":
            tens = (ord(number[0]) - 48) * 10 + ord(number[1]) - 48 if len(number) == 4 else 0
            return end + (17 <= tens <= 20 and not (after and after in "代度级級"))
        if len(number) > 2 or not self.at(end):
            return end
        if self.at(end) == "月":
            return end + 1 + (after == "份")
        if self.at(end) == "日":
            return end + (not (after and after in "内內元圓円本"))
        if self.at(end) in "时時":
            return end + (not (after and after in "代间間期"))
        clock = self.at(i - 1) in ("时", "時") and self.at(i - 2) != "小"
        return end + (clock and self.at(end) == "分" and after not in ("钟", "鐘"))


def coded(character: str, shape: str) -> str:
    """Return the shape of a character, with joints and small digits told apart."""
    if shape in "a0e":
        return shape
    if character in SMALL:
        return "²"
    if character in "'\u2019":
        return "'"
    if character in "\u2010\u2011\u2013\u2014":
        return "—"
    return "-" if character == "-" else "." if character in "./&_" else "x"


def url_end(text: str, flat: str, start: int) -> int:
    """Return the end of a URL without the punctuation that belongs to the sentence around it."""
    found = SCHEME.match(flat, start)
    first = end = found.end() if found else 0
    while end and end < len(text) and text[end] in URL_CHARACTERS:
        end += 1
    trailing = ".,;:!?'" if "(" in text[first:end] else ".,;:!?')"
    end = first + len(text[first:end].rstrip(trailing))
    return end if end > first else 0


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
