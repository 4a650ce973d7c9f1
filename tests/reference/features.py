"""Features spelt out: templates as tuples and as strings, dictionaries as strings, numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

Context = tuple[object, ...]


def word_contexts(
    words: Sequence[str], kinds: Sequence[Sequence[int]], numbers: Sequence[int]
) -> list[list[Context]]:
    """Return what each of the 31 templates sees at each word; () where it sees nothing.

    ``kinds`` are the classes of the words' characters, ``numbers`` the ambiguity classes of the
    words. The ends of the sentence are the words "<" and ">", and their characters and classes
    are too.
    """
    padded = ["<", "<", *words, ">", ">"]
    around = ["<", *numbers, ">"]
    rows = []
    for i, (word, classes) in enumerate(zip(words, kinds, strict=True)):
        before2, before, here, after, after2 = padded[i : i + 5]
        class_before, class_here, class_after = around[i : i + 3]
        clause = last_of_clause(words, kinds, i)
        last, last_before, first_after = word[-1], before[-1], after[0]
        seen: list[Context] = [
            (before,), (after,), (before, here), (here, after), (before, after),
            (before2,), (after2,), (last_before,), (first_after,), (last_before, first_after),
            (class_before,), (class_after,), (class_before, class_here),
            (class_here, class_after), (class_before, class_here, class_after),
            (here, class_before), (here, class_after), (before, class_here), (class_here, after),
            (here, clause), (class_here, clause),
            (here,), (class_here,),
            (word[0],), (word[:2],) if len(word) > 1 else (), (word[:3],) if len(word) > 2 else (),
            (last,), (word[-2:],) if len(word) > 1 else (), (word[-3:],) if len(word) > 2 else (),
            (min(len(word), 6), classes[0], classes[-1]), (last, len(word)),
        ]  # fmt: skip
        rows.append([(t, *context) if context else () for t, context in enumerate(seen)])
    return rows


def last_of_clause(words: Sequence[str], kinds: Sequence[Sequence[int]], place: int) -> str:
    """Return the last word before the next punctuation mark or white space behind a place."""
    ends = (i for i in range(place + 1, len(words)) if kinds[i][0] in (6, 7))
    return words[next(ends, len(words)) - 1]


def mix(key: int) -> int:
    """Return the finaliser of splitmix64 (Steele, Lea and Flood, 2014)."""
    key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    key = (key ^ (key >> 27)) * 0x94D049BB133111EB % 2**64
    return key ^ (key >> 31)


def text_key(text: str) -> int:
    """Return the key of a text."""
    state = 0x243F6A8885A308D3
    for character in text:
        state = (state ^ ord(character)) * 0x9E3779B97F4A7C15 % 2**64
        state ^= state >> 32
    return mix(state) or 1


def number(keys: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Return ids by first occurrence (-1 for key 0), the distinct keys, and their counts."""
    distinct = list(dict.fromkeys(key for key in keys if key))
    places = {key: i for i, key in enumerate(distinct)}
    return [places.get(key, -1) for key in keys], distinct, [keys.count(key) for key in distinct]


def vocabulary(names: Iterable[str], min_count: int) -> list[str]:
    """Return the names that occur often enough: those 16 times by count, then the others."""
    counts = Counter(names)
    kept = [name for name in counts if counts[name] >= min_count]
    frequent = sorted((name for name in kept if counts[name] >= 16), key=lambda name: -counts[name])
    return frequent + [name for name in kept if counts[name] < 16]


def around(values: Sequence[str | None], place: int) -> str | None:
    """Return the value at a place, or what CRF++ has before the first and after the last."""
    if place < 0:
        return f"_B{place}"
    return values[place] if place < len(values) else f"_B+{place - len(values) + 1}"


def expand(line: str, tokens: Sequence[Sequence[str]], place: int) -> str:
    """Return a line of a template at a place, its macros replaced, as CRF++ and Wapiti do."""

    def value(match: re.Match[str]) -> str:
        command, row, column, pattern = match.groups()
        text = around([token[int(column)] for token in tokens], place + int(row)) or ""
        if command in "tT":
            text = "true" if re.search(pattern, text) else "false"
        elif command in "mM":
            found = re.search(pattern, text)
            text = found[0] if found else ""
        return text.lower() if command.isupper() else text

    return re.sub(r'%([xXtTmM])\[(-?\d+),(\d+)(?:,"([^"]*)")?\]', value, line)


def template_names(
    template: str, tokens: Sequence[Sequence[str]], kinds: str = "U*"
) -> list[list[str]]:
    """Return the features of each token by the lines that begin with one of ``kinds``."""
    lines = [line.strip() for line in template.split("\n")]
    return [
        [expand(line, tokens, place) for line in lines if line and line[0] in kinds]
        for place in range(len(tokens))
    ]


def named_names(
    templates: Sequence[str], columns: Mapping[str, Sequence[str | None]], length: int
) -> list[list[str]]:
    """Return the features of each place by templates such as "char[-1]/char[0]".

    ``columns`` has what is in a column of each place, None where there is nothing.
    """
    rows = []
    for place in range(length):
        row = []
        for template in templates:
            items = re.findall(r"(\w+)\[(-?\d+)\]", template)
            values = [around(columns[column], place + int(distance)) for column, distance in items]
            if None not in values:
                row.append(f"{template}=" + "/".join(str(value) for value in values))
        rows.append(row)
    return rows


def character_columns(text: str, classes: Sequence[str]) -> dict[str, list[str | None]]:
    """Return the columns of the characters of a folded text."""
    return {
        "char": list(text),
        "class": list(classes),
        "repeat1": ["yes" if i > 0 and text[i] == text[i - 1] else None for i in range(len(text))],
        "repeat2": ["yes" if i > 1 and text[i] == text[i - 2] else None for i in range(len(text))],
    }


def doubling(word: str) -> str | None:
    """Return how a word doubles: its pattern, in which equal letters stand for equal characters."""
    for pattern in ("AA", "AAB", "ABB", "ABA", "AABB", "ABAB"):
        if len(word) == len(pattern):
            pairs = [(i, j) for i in range(len(word)) for j in range(i) if pattern[i] == pattern[j]]
            if all(word[i] == word[j] for i, j in pairs):
                return pattern
    return None


def word_columns(
    words: Sequence[str], classes: Sequence[Sequence[str]]
) -> dict[str, list[str | None]]:
    """Return the columns of some folded words; ``classes`` has those of their characters."""
    columns: dict[str, list[str | None]] = {"word": list(words)}
    for n in range(1, 5):
        columns[f"prefix{n}"] = [word[:n] if len(word) >= n else None for word in words]
        columns[f"suffix{n}"] = [word[-n:] if len(word) >= n else None for word in words]
    columns["length"] = [str(min(len(word), 8)) for word in words]
    columns["shape"] = [
        f"{min(len(word), 6)} {kinds[0]} {kinds[-1]}"
        for word, kinds in zip(words, classes, strict=True)
    ]
    columns["pattern"] = [
        " ".join(f"{kind}×{min(len(list(run)), 4)}" for kind, run in groupby(kinds))
        for kinds in classes
    ]
    columns["doubled"] = [doubling(word) for word in words]
    return columns


def ambiguity_class(counts: Mapping[str, int]) -> str:
    """Return the class of a word that had these labels so often."""
    total = sum(counts.values())
    falling = sorted((label for label in counts if counts[label]), key=lambda x: (-counts[x], x))
    if not falling:
        return "?"
    shown = [label for label in falling[:4] if counts[label] >= total / 100]
    share = counts[shown[0]] / total
    shown[0] += ">.95" if share > 0.95 else ">.75" if share > 0.75 else ""
    return ("rare " if total < 4 else "") + "|".join(shown)


def ambiguity_columns(
    sequences: Sequence[Sequence[str]], labels: Sequence[Sequence[str]], folds: int
) -> list[list[str | None]]:
    """Return the classes of the words of each sequence, learnt from those of other folds."""
    columns: list[list[str | None]] = []
    for number, sequence in enumerate(sequences):
        counts: dict[str, Counter[str]] = {word: Counter() for word in sequence}
        for other, (words, own) in enumerate(zip(sequences, labels, strict=True)):
            if other % folds != number % folds:
                for word, label in zip(words, own, strict=True):
                    counts.setdefault(word, Counter())[label] += 1
        columns.append([ambiguity_class(counts[word]) for word in sequence])
    return columns


def attributes(token: Any, prefix: str = "") -> Iterator[tuple[str, float]]:
    """Yield the names and values of a token's features that are not 0, as python-crfsuite does."""
    if isinstance(token, Mapping):
        for key, value in token.items():
            if isinstance(value, str):
                yield f"{prefix}{key}:{value}", 1.0
            elif isinstance(value, (Mapping, list, tuple, set, frozenset)):
                yield from attributes(value, f"{prefix}{key}:")
            elif value != 0 and math.isfinite(value):
                yield prefix + key, float(value)
    else:
        items = sorted(token) if isinstance(token, (set, frozenset)) else token
        for item in items:
            yield prefix + item, 1.0
