"""Why a text is cut as it is: the best reading, the next best, and what stands against a word."""

from __future__ import annotations

import abc
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from classicnlp._ext.units import Rules
from classicnlp.errors import require_text
from classicnlp.text import CharacterClass, character_classes, units_by

if TYPE_CHECKING:
    from classicnlp.segmentation.user_words import UserWords

Place = tuple[int, int]


class WordScore(NamedTuple):
    """A word of a reading, and what it adds to the reading's score."""

    text: str
    start: int
    end: int
    score: float


class Reading(NamedTuple):
    """One way to cut a text; of two the one with the higher score is the better."""

    words: tuple[WordScore, ...]
    score: float

    def has(self, place: Place) -> bool:
        """Whether one of its words is the one from place[0] to place[1]."""
        return any((word.start, word.end) == place for word in self.words)

    def __str__(self) -> str:
        words = " ".join(f"{word.text}({word.score:.2f})" for word in self.words)
        return f"{self.score:9.2f}  {words}"


class Occurrence(NamedTuple):
    """A place at which a wanted word stands in the text.

    Attributes
    ----------
    text, start, end
        The word as it stands there, and where.
    came_out : bool
        Whether the text is cut so that it is a word.
    reading : Reading or None
        The best way to cut the text that has the word; None if there is none.
    margin : float or None
        By how much that scores higher than the best way that lacks the word, in nats; None where
        one of the two does not exist. If negative, a bonus larger by that much brings the word
        out; if positive, one smaller by that much makes it fall apart.
    rule : str
        What settles the matter whatever the scores are; "" if nothing does.
    """

    text: str
    start: int
    end: int
    came_out: bool
    reading: Reading | None
    margin: float | None
    rule: str

    def __str__(self) -> str:
        verdict = "is a word" if self.came_out else "is no word"
        lines = [
            f"{self.text!r} at {self.start} {verdict}" + (f": {self.rule}" if self.rule else "")
        ]
        if self.reading is not None and not self.came_out:
            lines.append(f"  best with it: {self.reading}")
        if self.margin is not None and not self.rule:
            lines.append(f"  {_advice(self.came_out, self.margin)}")
        return "\n".join(lines)


def _advice(came_out: bool, margin: float) -> str:
    if came_out:
        return f"it wins by {margin:.2f} nats"
    return f"it lacks {-margin:.2f} nats: a bonus larger by more than that brings it out"


@dataclass(frozen=True)
class Explanation:
    """Why a text is cut as it is; ``str()`` of it is for people to read.

    Attributes
    ----------
    text : str
        The text.
    best : Reading
        How it is cut. Scores are in nats; only differences between readings of one text mean
        something. Where a segmenter has no scores they are 0.
    runner_up : Reading or None
        The best of all other ways to cut it.
    want : str or None
        The word that was asked for.
    occurrences : tuple of Occurrence
        The places where it stands in the text, variants of its characters included.
    """

    text: str
    best: Reading
    runner_up: Reading | None
    want: str | None
    occurrences: tuple[Occurrence, ...]

    def __str__(self) -> str:
        lines = [f"best:     {self.best}"]
        if self.runner_up is not None:
            lines.append(f"next:     {self.runner_up}")
        if self.want is not None and not self.occurrences:
            lines.append(f"{self.want!r} does not stand in the text")
        lines += map(str, self.occurrences)
        return "\n".join(lines)


class Reader(abc.ABC):
    """A text and a segmenter's opinion of every way to cut it that its rules allow."""

    def __init__(self, text: str, user_words: UserWords, rules: Rules):
        self.text = text
        self.rules = rules
        self.user_words = user_words

    @abc.abstractmethod
    def read(self, required: Place | None = None, excluded: Place | None = None) -> Reading | None:
        """Return the best way to cut the text, of those that have one word and lack another."""

    def unable(self, place: Place) -> str:
        """Return why the segmenter has no reading with the word at a place."""
        return "no way to cut the text has it"

    def reading_of(self, words: list[tuple[int, int, float]]) -> Reading:
        """Return a reading of words given by start, end and score."""
        scored = tuple(WordScore(self.text[i:j], i, j, score) for i, j, score in words)
        return Reading(scored, sum(word.score for word in scored))

    def runner_up(self, best: Reading) -> Reading | None:
        """Return the best reading but one: it lacks at least one word of the best."""
        others = (self.read(excluded=(word.start, word.end)) for word in best.words)
        return max(
            (other for other in others if other), key=lambda other: other.score, default=None
        )

    def occurrence(self, place: Place, best: Reading) -> Occurrence:
        """Return what there is to say of the word at a place."""
        came_out = best.has(place)
        rule = self.rule(place, best)
        reading = best if came_out else None if rule else self.read(required=place)
        margin = None
        if reading is None and not rule:
            rule = self.unable(place)
        if reading is not None:
            against = self.read(excluded=place) if came_out else best
            margin = None if against is None else reading.score - against.score
        return Occurrence(self.text[slice(*place)], *place, came_out, reading, margin, rule)

    def rule(self, place: Place, best: Reading) -> str:
        """Return what settles whether the word at a place comes out, whatever the scores; or ""."""
        start, end = place
        word = self.text[start:end]
        if self.user_words.forces(word) and best.has(place):
            return "it is forced"
        for unit in units_by(self.text, self.rules):
            if unit.start < start < unit.end or unit.start < end < unit.end:
                whole = self.text[unit.start : unit.end]
                return f"it would begin or end inside {whole!r}, which is never cut"
        for other in best.words:
            overlaps = other.start < end and other.end > start and (other.start, other.end) != place
            if overlaps and self.user_words.forces(other.text):
                return f"{other.text!r} at {other.start} is forced"
        if self.user_words.forbids(word):
            return "without_words() forbids it"
        if CharacterClass.SPACE in character_classes(word) and not best.has(place):
            return "it has white space in it: give it to with_words()"
        return ""


def explain(reader: Reader, want: str | None) -> Explanation:
    """Return why the reader's text is cut as it is, and what stands for and against a word."""
    text = reader.text
    best = reader.read() if text else Reading((), 0.0)
    assert best is not None, "without conditions there is always a way"
    occurrences = []
    if want is not None:
        for place in places(text, require_text(want, "explain"), reader.user_words):
            occurrences.append(reader.occurrence(place, best))
    return Explanation(text, best, reader.runner_up(best), want, tuple(occurrences))


def places(text: str, word: str, user_words: UserWords) -> list[Place]:
    """Return where a word stands in a text, variants of its characters included."""
    if not word:
        raise ValueError("expected a word to explain, got an empty str")
    folded, wanted = user_words.alphabet.fold(text), user_words.alphabet.fold(word)
    starts = [i for i in range(len(text)) if folded.startswith(wanted, i)]
    return [(i, i + len(word)) for i in starts]


def pairs(boundaries: list[int]) -> list[Place]:
    """Return start and end of each word between boundaries."""
    return list(itertools.pairwise(boundaries))
