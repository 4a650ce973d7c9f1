"""Spans over tagged words spelt out: features as tuples, marks of names, roles read as spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MOST_WORDS = 8
BEFORE, AFTER = "<", ">"

Context = tuple[object, ...]


def mark_names(words: Sequence[str], kinds: Mapping[str, int]) -> list[int]:
    """Return 4 (kind - 1) plus 1 first, 2 middle, 3 last, 4 alone for words in names, else 0."""
    marks = [0] * len(words)
    place = 0
    while place < len(words):
        stretches = [
            (end, "".join(words[place:end]))
            for end in range(place + 1, min(len(words), place + MOST_WORDS) + 1)
        ]
        found = [(end, kinds[name]) for end, name in stretches if name in kinds and len(name) > 1]
        if not found:
            place += 1
            continue
        end, kind = found[-1]
        roles = [4] if end == place + 1 else [1, *[2] * (end - place - 2), 3]
        marks[place:end] = [4 * (kind - 1) + role for role in roles]
        place = end
    return marks


def chunk_contexts(
    words: Sequence[str],
    kinds: Sequence[Sequence[int]],
    tags: Sequence[int],
    marks: Sequence[int],
) -> list[list[Context]]:
    """Return what each of the 22 templates sees at each word; () where it sees nothing.

    ``kinds`` are the classes of the words' characters.
    """
    padded = [BEFORE, *words, AFTER]
    tagged: list[object] = [None, None, *tags, None, None]
    named = [0, *marks, 0]
    rows = []
    for i, (word, classes) in enumerate(zip(words, kinds, strict=True)):
        before, here, after = padded[i : i + 3]
        tag2, tag1, tag, tag_1, tag_2 = tagged[i : i + 5]
        name1, name, name_1 = named[i : i + 3]
        shape = (min(len(word), 6), classes[0], classes[-1])
        seen: list[Context] = [
            (before,), (here,), (after,), (before, here), (here, after), (here, tag), (tag,),
            (tag1, tag, tag_1), (tag2, tag1, tag), (tag, tag_1, tag_2),
            (word[0], tag), (word[:2],) if len(word) > 1 else (), (word[-1], tag),
            (word[-2:], tag) if len(word) > 1 else (), (word[-1], len(word)),
            (before[-1], tag), (after[-1], tag_1), shape,
            (name, tag), (name1, name), (name, name_1), (name, shape),
        ]  # fmt: skip
        rows.append([(t, *context) if context else () for t, context in enumerate(seen)])
    return rows


def may_follow(before: int, after: int) -> bool:
    """Tell whether a label may follow another: a span goes on until it ends."""
    if before % 4 in (1, 2):
        return after in (before - before % 4 + 2, before - before % 4 + 3)
    return after % 4 in (0, 1)


def spans_of_labels(labels: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the stretches that are one single word, or begin, go on and end alike."""
    spans = []
    for start, label in enumerate(labels):
        if label == 0:
            continue
        kind, role = (label - 1) // 4, (label - 1) % 4 + 1
        if role == 4:
            spans.append((start, start + 1, kind))
        if role != 1:
            continue
        end = start + 1
        while end < len(labels) and labels[end] == 4 * kind + 2:
            end += 1
        if end < len(labels) and labels[end] == 4 * kind + 3:
            spans.append((start, end + 1, kind))
    return spans
