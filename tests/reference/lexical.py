"""What lists of words say about the characters of a text: every word tried at every place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from classicnlp.text import default_alphabet

LONGEST = 7
PLACES = {2: (1, 2), 3: (3, 4, 5), 4: (6, 7, 8, 9)}
FIRST, INNER, LAST = 10, 11, 12


def length_code(length: int) -> int:
    """Return 1, 2 and 3 for words of two, three and four, 4 for longer ones, 0 for none."""
    return min(length, 5) - 1 if length else 0


def spans_of(words: Collection[str], text: str) -> list[tuple[int, int]]:
    """Return (start, end) of every word of two or more characters in a text."""
    places = range(len(text) + 1)
    return [(a, b) for a in places for b in places[a + 2 : a + LONGEST + 1] if text[a:b] in words]


def cover(found: Sequence[tuple[int, int]], place: int) -> int:
    """Return the code of the longest word around a place, the leftmost of two as long.

    Words longer than four count as equally long: one that ends here comes first, then one that
    goes on, then one that begins here.
    """
    around = [(b - a, place - a) for a, b in found if a <= place < b]
    long = [FIRST if at == 0 else LAST if at == n - 1 else INNER for n, at in around if n > 4]
    if long:
        return max(long)
    if not around:
        return 0
    length, at = max(around)
    return PLACES[length][at]


def codes_at(found: Sequence[tuple[int, int]], place: int) -> tuple[int, int, int]:
    """Return what the words at these spans say about a place: begins, ends, covers."""
    begun = max((b - a for a, b in found if a == place), default=0)
    ended = max((b - a for a, b in found if b == place + 1), default=0)
    return length_code(begun), length_code(ended), cover(found, place)


def codes_of(groups: Mapping[str, Collection[int]], text: str, count: int) -> list[list[list[int]]]:
    """Return three codes at each character of a folded text in each group: begins, ends, covers.

    ``groups`` has the groups of each folded word, ``count`` is how many there are. Words of
    characters that the alphabet does not rank are not found.
    """
    alphabet = default_alphabet()
    words = [
        word for word in groups if word in text and (alphabet.symbols(word) < alphabet.size).all()
    ]
    lists = [{word for word in words if group in groups[word]} for group in range(count)]
    found = [spans_of(listed, text) for listed in lists]
    return [
        [[codes_at(spans, place)[kind] for spans in found] for kind in range(3)]
        for place in range(len(text))
    ]
