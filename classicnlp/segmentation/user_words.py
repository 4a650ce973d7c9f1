"""A user's words: preferred, forced or forbidden; of one word, what was said last counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.userwords import FORBID, FORCE, LARGEST_REWARD, PREFER, WordMarker
from classicnlp.checks import require_within
from classicnlp.lexicon import Entry, Lexicon, Words, entries
from classicnlp.text import CharacterClass, character_classes

POLICIES = {"prefer": PREFER, "force": FORCE}
MOST_BONUS = 1000.0


class Rule(NamedTuple):
    """What a user said of a word; ``bonus`` is None for the segmenter's own."""

    entry: Entry
    policy: int
    bonus: float | None = None


class UserWords:
    """What a user said of words; immutable.

    Parameters
    ----------
    alphabet : Alphabet
        By whose folding two words are the same word.
    rules : mapping from folded word to Rule, optional
    """

    __slots__ = ("alphabet", "rules")

    def __init__(self, alphabet: Alphabet, rules: Mapping[str, Rule] | None = None):
        self.alphabet = alphabet
        self.rules = dict(rules or {})

    def __iter__(self) -> Iterator[str]:
        return (rule.entry.word for rule in self.rules.values() if rule.policy != FORBID)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self.rules)

    def with_words(
        self, words: Words, policy: str = "prefer", bonus: float | None = None
    ) -> UserWords:
        """Return these rules and one more for each of ``words``."""
        if policy not in POLICIES:
            raise ValueError(f"policy must be one of {list(POLICIES)}, got {policy!r}")
        if bonus is not None:
            bonus = require_within(bonus, "bonus", -MOST_BONUS, MOST_BONUS)
            if policy == "force":
                raise ValueError("a forced word needs no bonus: it always comes out")
        return self._adding(Rule(entry, POLICIES[policy], bonus) for entry in entries(words))

    def without_words(self, words: Iterable[str]) -> UserWords:
        """Return these rules and one for each of ``words`` that forbids it."""
        if isinstance(words, str):
            raise TypeError("without_words() takes a list of words, got one str: put it in a list")
        return self._adding(Rule(Entry(entry.word), FORBID) for entry in entries(words))

    def _adding(self, given: Iterable[Rule]) -> UserWords:
        rules = dict(self.rules)
        for rule in given:
            rules[self.alphabet.fold(rule.entry.word)] = rule
        return UserWords(self.alphabet, rules)

    def forbids(self, word: str) -> bool:
        """Whether the word is forbidden."""
        rule = self.rules.get(self.alphabet.fold(word))
        return rule is not None and rule.policy == FORBID

    def forces(self, word: str) -> bool:
        """Whether the word comes out wherever it occurs."""
        rule = self.rules.get(self.alphabet.fold(word))
        return rule is not None and effective(rule) == FORCE

    def changed(self, lexicon: Lexicon) -> Lexicon:
        """Return the lexicon with the words that are not forbidden, and without those that are."""
        wanted = [rule.entry for rule in self.rules.values() if rule.policy != FORBID]
        banned = [rule.entry.word for rule in self.rules.values() if rule.policy == FORBID]
        return lexicon.with_words(wanted).without_words(banned)

    def bonus_of(self, word: str, default: float) -> float:
        """Return the bonus of a preferred word, in nats; 0 of any other."""
        rule = self.rules.get(self.alphabet.fold(word))
        if rule is None or rule.policy != PREFER:
            return 0.0
        return default if rule.bonus is None else rule.bonus

    def marker(self, preference: Callable[[str], float], unit: float) -> WordMarker:
        """Return a kernel for all rules, for a model whose scores are ``unit`` to a nat.

        ``preference`` says what a preferred word is worth unless the user does, in nats.
        """
        rules = []
        for rule in self.rules.values():
            word, bonus = rule.entry.word, rule.bonus
            reward = round(unit * (preference(word) if bonus is None else bonus))
            reward = min(max(reward, -LARGEST_REWARD), LARGEST_REWARD)
            rules.append((word, effective(rule), reward))
        return WordMarker(self.alphabet, rules)

    def forcing_marker(self) -> WordMarker | None:
        """Return a kernel for what a lexicon cannot say; None where there is no such rule.

        These are forced words, and forbidden single characters: any text has those.
        """
        rules = [(rule.entry.word, effective(rule), 0) for rule in self.rules.values()]
        kept = [
            (word, policy, bonus)
            for word, policy, bonus in rules
            if policy == FORCE or (policy == FORBID and len(word) == 1)
        ]
        return WordMarker(self.alphabet, kept) if kept else None


def effective(rule: Rule) -> int:
    """Return the policy of a rule; a preferred word with white space in it is forced.

    No model says anything about white space, which nothing could outweigh.
    """
    word = rule.entry.word
    if rule.policy != PREFER or word.isalnum():  # as nearly all are, and looked at sooner
        return rule.policy
    return FORCE if CharacterClass.SPACE in character_classes(word) else PREFER
