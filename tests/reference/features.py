"""The templates of characters and of words, spelt out as tuples."""

from __future__ import annotations

from collections.abc import Sequence

Context = tuple[object, ...]


def character_keys(symbols: Sequence[int]) -> list[list[int]]:
    """Return the six keys of each character: template, first symbol, second symbol packed."""
    padded = [0, *symbols, 0]
    return [
        [
            (template << 42) | (a << 21) | b
            for template, a, b in (
                (1, before, 0),
                (2, here, 0),
                (3, after, 0),
                (4, before, here),
                (5, here, after),
                (6, before, after),
            )
        ]
        for before, here, after in zip(padded, symbols, padded[2:], strict=False)
    ]


def word_contexts(words: Sequence[str], kinds: Sequence[Sequence[int]]) -> list[list[Context]]:
    """Return what each of the 19 templates sees at each word; () where it sees nothing.

    ``kinds`` are the classes of the words' characters. The ends of the sentence are the words
    "<" and ">", and their characters are too.
    """
    padded = ["<", "<", *words, ">", ">"]
    rows = []
    for i, (word, classes) in enumerate(zip(words, kinds, strict=True)):
        before2, before, here, after, after2 = padded[i : i + 5]
        last, last_before, first_after = word[-1], before[-1], after[0]
        seen: list[Context] = [
            (before,), (here,), (after,), (before, here), (here, after), (before, after),
            (before2,), (after2,),
            (word[0],), (word[:2],) if len(word) > 1 else (), (word[:3],) if len(word) > 2 else (),
            (last,), (word[-2:],) if len(word) > 1 else (), (word[-3:],) if len(word) > 2 else (),
            (min(len(word), 6), classes[0], classes[-1]),
            (last_before,), (first_after,), (last, len(word)), (last_before, first_after),
        ]  # fmt: skip
        rows.append([(t, *context) if context else () for t, context in enumerate(seen)])
    return rows


def number(keys: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Return ids by first occurrence (-1 for key 0), the distinct keys, and their counts."""
    distinct = list(dict.fromkeys(key for key in keys if key))
    places = {key: i for i, key in enumerate(distinct)}
    return [places.get(key, -1) for key in keys], distinct, [keys.count(key) for key in distinct]
