"""New words by their definitions: every substring of every line with all that stands beside it."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence

from classicnlp.text import CharacterClass, character_classes

WORD_CLASSES = (CharacterClass.HAN, CharacterClass.LATIN)


def runs(text: str) -> list[str]:
    """Return the stretches of Han characters and Latin letters."""
    marked = [kind in WORD_CLASSES for kind in character_classes(text)]
    groups = itertools.groupby(zip(text, marked, strict=True), lambda pair: pair[1])
    return ["".join(letter for letter, _ in group) for inside, group in groups if inside]


def entropy(neighbours: Counter[object]) -> float:
    """Return the entropy of a distribution, in nats."""
    total = neighbours.total()
    return -sum(count / total * math.log(count / total) for count in neighbours.values())


def candidates(
    texts: Sequence[str], length: int, least: int
) -> dict[str, tuple[int, float, float, float]]:
    """Return count, least PMI, left and right entropy of all strings that occur often enough."""
    counts: Counter[str] = Counter()
    left: dict[str, Counter[object]] = {}
    right: dict[str, Counter[object]] = {}
    edge = itertools.count()
    for run in (run for text in texts for run in runs(text)):
        for start, end in itertools.combinations(range(len(run) + 1), 2):
            if end - start > length:
                continue
            word = run[start:end]
            counts[word] += 1
            before = run[start - 1] if start else next(edge)
            behind = run[end] if end < len(run) else next(edge)
            left.setdefault(word, Counter())[before] += 1
            right.setdefault(word, Counter())[behind] += 1
    total = sum(count for word, count in counts.items() if len(word) == 1)
    found = {}
    for word, count in counts.items():
        letters = character_classes(word).tolist()
        if len(word) == 1 or count < least or CharacterClass.HAN not in letters:
            continue
        pmi = min(
            math.log(count * total / (counts[word[:i]] * counts[word[i:]]))
            for i in range(1, len(word))
        )
        found[word] = (count, pmi, entropy(left[word]), entropy(right[word]))
    return found
