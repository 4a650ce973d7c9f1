"""What a sequence's labels are known to be or not to be, for taggers to keep to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from classicnlp.corpus.schemes import LabelledSpan, Scheme, as_triple, labels_of, spans_of
from classicnlp.spans import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

AllowedHere: TypeAlias = "Collection[str] | None"
"""The labels to choose from at a place; None for all."""


def mask_of(
    allowed: Sequence[Sequence[AllowedHere] | None],
    labels: Sequence[str],
    offsets: NDArray[np.int64],
    before: int = 0,
) -> NDArray[np.float64]:
    """Return what to add to the scores of labels so that no others than the allowed ones are taken.

    Parameters
    ----------
    allowed : sequence
        For each sequence None, or for each of its places None or the labels to choose from.
    labels : sequence of str
        All Y labels, in the order of their numbers.
    offsets : int64 array, shape (sequences + 1,)
        Where each sequence begins among the N places, and the end of the last.
    before : int
        How many sequences came before these, for messages.

    Returns
    -------
    float64 array, shape (N, Y)
        0 for what is allowed, -inf for what is not.

    Raises
    ------
    TypeError
        If the labels of a place are no collection of str.
    ValueError
        If lengths do not fit, a label is unknown, or a place is left without a label.

    Examples
    --------
    >>> mask_of([None, [None, {"b"}]], ["a", "b"], np.array([0, 1, 3])).tolist()
    [[0.0, 0.0], [0.0, 0.0], [-inf, 0.0]]
    """
    bounds = offsets.tolist()
    if len(allowed) != len(bounds) - 1:
        raise ValueError(f"X has {len(bounds) - 1} sequences, allowed has {len(allowed)}")
    numbers = {label: i for i, label in enumerate(labels)}
    mask = np.zeros((bounds[-1], len(labels)))
    spans = zip(allowed, pairwise(bounds), strict=True)
    for number, (choices, (start, end)) in enumerate(spans, before + 1):
        if choices is None:
            continue
        if len(choices) != end - start:
            raise ValueError(
                f"sequence {number} has {end - start} tokens, allowed has {len(choices)} places"
            )
        for place, choice in enumerate(choices):
            if choice is not None:
                where = f"sequence {number}, place {place + 1}"
                mask[start + place] = -np.inf
                mask[start + place, _numbers_of(choice, numbers, where)] = 0.0
    return mask


def _numbers_of(choice: Collection[str], numbers: dict[str, int], where: str) -> list[int]:
    if isinstance(choice, str) or not isinstance(choice, Collection):
        raise TypeError(f"{where}: expected None or a collection of labels, got {choice!r}")
    try:
        chosen = [numbers[label] for label in choice]
    except (KeyError, TypeError):
        unknown = next(label for label in choice if label not in list(numbers))
        raise ValueError(
            f"{where}: unknown label {unknown!r}; the labels are {', '.join(numbers)}"
        ) from None
    if not chosen:
        raise ValueError(f"{where}: no label is allowed; pass None to allow all")
    return chosen


def fixed_spans(
    length: int,
    spans: Iterable[LabelledSpan | Span],
    labels: Sequence[str],
    scheme: Scheme = "BIO",
) -> list[tuple[str, ...] | None]:
    """Return what to allow at each place of a sequence so that given spans come out exactly.

    The tokens of a span get its labels. A label beside it that would carry it on, or that it would
    carry on, is forbidden. All else is left to the tagger.

    Parameters
    ----------
    length : int
        How many tokens the sequence has.
    spans : iterable of (int, int, str) or Span
        First token, the token behind the last one, and type, in any order; words have the type "".
    labels : sequence of str
        All labels that the tagger knows, its ``labels_``.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        The scheme of the labels.

    Returns
    -------
    list of (tuple of str, or None)
        One sequence's part of ``allowed``.

    Raises
    ------
    ValueError
        If a span is empty or reaches beyond the sequence, two overlap, the tagger does not know
        the labels of one or the labels of another scheme, or a place is left without a label.

    Examples
    --------
    >>> labels = ["B-LOC", "B-PER", "I-LOC", "I-PER", "O"]
    >>> fixed_spans(4, [(1, 3, "PER")], labels)
    [None, ('B-PER',), ('I-PER',), ('B-LOC', 'B-PER', 'I-LOC', 'O')]
    """
    triples = [as_triple(span) for span in spans]
    marked = labels_of(length, triples, scheme)
    inside = {place for start, end, _ in triples for place in range(start, end)}
    allowed: list[tuple[str, ...] | None] = [None] * length
    for place in inside:
        if marked[place] not in labels:
            known = ", ".join(labels)
            raise ValueError(f"the tagger does not know the label {marked[place]!r} but {known}")
        allowed[place] = (marked[place],)
    for start, end, type in triples:
        own = marked[start:end]
        if start > 0 and start - 1 not in inside:
            span = (1, 1 + end - start, type)
            kept = [label for label in labels if span in spans_of([label, *own], scheme)]
            _restrict(allowed, start - 1, kept, labels)
        if end < length and end not in inside:
            span = (0, end - start, type)
            kept = [label for label in labels if span in spans_of([*own, label], scheme)]
            _restrict(allowed, end, kept, labels)
    return allowed


def _restrict(
    allowed: list[tuple[str, ...] | None], place: int, kept: list[str], labels: Sequence[str]
) -> None:
    """Take labels away from a place; leave None where all are allowed."""
    before = allowed[place]
    rest = tuple(label for label in kept if before is None or label in before)
    if not rest:
        raise ValueError(f"place {place + 1}: every label there would change a span beside it")
    if before is not None or len(rest) < len(labels):
        allowed[place] = rest
