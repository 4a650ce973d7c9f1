"""Which rules a segmented text follows, and which of its words go over the seams of scripts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.trie import Trie
from classicnlp._ext.units import BREAK_MARK, INSIDE_MARK, Rules, unit_marks
from classicnlp.arrays import offsets_of
from classicnlp.lexicon import build_trie
from classicnlp.rules import RULES, flags_of, rules_named
from classicnlp.text import CharacterClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERATED = 0.03  # the share of places where a text may go against a rule that it follows
ENOUGH = 20  # places to judge a rule by
LONGEST_MIXED = 32


class Evidence(NamedTuple):
    """At how many places of a segmented text a rule decides, and at how many wrongly."""

    places: int
    wrong: int

    @property
    def holds(self) -> bool:
        """Whether the text follows the rule, or has too few places to tell."""
        return self.places < ENOUGH or self.wrong <= TOLERATED * self.places


class SegmentedText:
    """Segmented sentences as one text, a line a sentence, with its classes and boundaries."""

    def __init__(self, sentences: Iterable[Sequence[str]], alphabet: Alphabet):
        self.words = [w for words in sentences for w in itertools.chain(words, ["\n"]) if w]
        self.text = "".join(self.words)
        self.alphabet = alphabet
        self.classes = alphabet.classes(self.text)
        self.offsets = offsets_of(map(len, self.words))
        self.begins = np.zeros(len(self.text) + 1, np.bool_)
        self.begins[self.offsets] = True

    def marks(self, rules: Rules) -> NDArray[np.uint8]:
        """Return the marks that rules make."""
        return unit_marks(self.text, self.classes, rules)


def learn(
    sentences: Iterable[Sequence[str]],
    alphabet: Alphabet,
    rules: Iterable[str] | None = None,
) -> Rules:
    """Return the rules that a segmented text follows, with its mixed words.

    A rule holds where at most three places in a hundred go against it; one that has less than
    twenty places to decide on holds, too.

    Parameters
    ----------
    sentences : iterable of sequences of str
        The words of each sentence.
    alphabet : Alphabet
        Of the words to look up.
    rules : iterable of str, optional
        The rules that are to hold whatever the text does.

    Returns
    -------
    Rules
    """
    text = SegmentedText(sentences, alphabet)
    held = frozenset(RULES) if rules is None else rules_named(rules)
    mixed = mixed_words(text, held)
    if rules is None:
        # Twice, for a rule that does not hold may keep another from what it would decide.
        for _ in range(2):
            found = evidence(text, held, mixed)
            held = frozenset(name for name in held if found[name].holds)
            mixed = mixed_words(text, held)
    return Rules(flags_of(held), mixed)


def evidence(text: SegmentedText, rules: frozenset[str], mixed: Trie | None) -> dict[str, Evidence]:
    """Count, for each rule, the places that it decides and the others leave open."""
    whole = text.marks(Rules(flags_of(rules), mixed))
    begins = text.begins[:-1]
    found = {}
    for name in sorted(rules):
        without = text.marks(Rules(flags_of(rules - {name}), mixed))
        joined = (whole & INSIDE_MARK != 0) & (without & INSIDE_MARK == 0)
        parted = (whole & BREAK_MARK != 0) & (without & BREAK_MARK == 0)
        wrong = np.count_nonzero(joined & begins) + np.count_nonzero(parted & ~begins)
        places = np.count_nonzero(joined) + np.count_nonzero(parted)
        found[name] = Evidence(int(places), int(wrong))
    return found


def mixed_words(text: SegmentedText, rules: frozenset[str]) -> Trie | None:
    """Return the words that join Chinese characters with letters or digits where no rule does.

    One that occurs more often as something else than as a word stays out.
    """
    bits = np.zeros(len(CharacterClass), np.uint8)
    bits[CharacterClass.HAN] = 1
    bits[[CharacterClass.LATIN, CharacterClass.LETTER, CharacterClass.DIGIT]] = 2
    starts, ends = text.offsets[:-1], text.offsets[1:]
    scripts = np.bitwise_or.reduceat(bits[text.classes], starts)
    outside = text.marks(Rules(flags_of(rules))) & INSIDE_MARK == 0
    units = np.add.reduceat(outside.astype(np.int64), starts)
    mixed = np.flatnonzero((scripts == 3) & (units > 1) & (ends - starts <= LONGEST_MIXED))
    folded = text.alphabet.fold(text.text)
    counts = Counter(text.alphabet.fold(text.words[i]) for i in mixed.tolist())
    words = sorted(word for word, count in counts.items() if 2 * count > folded.count(word))
    return build_trie(words, text.alphabet)[0] if words else None
