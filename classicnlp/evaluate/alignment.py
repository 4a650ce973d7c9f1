"""Gold and predicted sentences side by side, compared by offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, zip_longest
from typing import TypeVar

Item = TypeVar("Item")

CONTEXT = 5


def paired(
    gold: Iterable[Iterable[Item]], predicted: Iterable[Iterable[Item]]
) -> Iterator[tuple[int, list[Item], list[Item]]]:
    """Yield sentence number, gold sentence and predicted sentence; both must have as many."""
    missing = object()
    for number, (left, right) in enumerate(zip_longest(gold, predicted, fillvalue=missing), 1):
        for sentence, side, other in ((left, "gold", "predicted"), (right, "predicted", "gold")):
            if sentence is missing:
                raise ValueError(
                    f"{side} has {number - 1} sentences, {other} has more: pass as many of each"
                )
            if isinstance(sentence, str):
                raise TypeError(
                    f"sentence {number} of {side} is a str: pass a list of its words, "
                    "and a list of such lists in all"
                )
        assert isinstance(left, Iterable)
        assert isinstance(right, Iterable)
        yield number, list(left), list(right)


def check_same_text(number: int, gold: Sequence[str], predicted: Sequence[str]) -> None:
    """Raise a ValueError unless both lists are words of one and the same text."""
    gold_text = _text(number, gold, "gold")
    predicted_text = _text(number, predicted, "predicted")
    if gold_text == predicted_text:
        return
    pairs = zip_longest(gold_text, predicted_text)
    place = next(index for index, (left, right) in enumerate(pairs) if left != right)
    near = slice(max(place - CONTEXT, 0), place + CONTEXT)
    raise ValueError(
        f"sentence {number}: the texts differ at character {place} (counted from 0): "
        f"gold has {gold_text[near]!r}, predicted has {predicted_text[near]!r}"
    )


def spans(words: Sequence[str]) -> list[tuple[int, int]]:
    """Return (start, end) of every word in the text that the words make up."""
    ends = list(accumulate(map(len, words)))
    return list(zip(chain((0,), ends), ends, strict=False))


def vocabulary(known_words: Iterable[str] | None) -> frozenset[str] | None:
    """Return the known words as a set, None where none are given."""
    if isinstance(known_words, str):
        raise TypeError("known_words is a str: pass a set or list of words")
    return None if known_words is None else frozenset(known_words)


def _text(number: int, words: Sequence[str], side: str) -> str:
    """Join a sentence's words, each of which must be a str with something in it."""
    try:
        text = "".join(words)
    except TypeError:
        kind = next(type(word).__name__ for word in words if not isinstance(word, str))
        raise TypeError(
            f"sentence {number} of {side} has a {kind} where a word (str) was expected"
        ) from None
    if "" in words:
        raise ValueError(f"sentence {number} of {side} has an empty word")
    return text
