"""The weights of Jelinek and Mercer's interpolation, learnt by expectation maximisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.elementary import logs
from classicnlp._ext.interning import find, slots_of
from classicnlp.lm.grams import Grams, gram_keys
from classicnlp.lm.smoothing import used_counts
from classicnlp.lm.vocabulary import BEGIN, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

CLASSES = 40  # of contexts, by how often they occur: 0, 1, 2-3, 4-7 ...
MOST_EVENTS = 1_000_000
ITERATIONS = 40
ENOUGH = 1e-5  # gain of log p a word


class Events(NamedTuple):
    """Words in their contexts, and how often a context of each length was followed by the word.

    Attributes
    ----------
    weights : float64 array, shape (events,)
        How often the event occurs.
    frequencies : float64 array, shape (order, events)
        The relative frequency of the word after the context of 0, 1 ... words.
    classes : int64 array, shape (order, events)
        The class of the context; 0 where it is longer than there are words, or was never seen.
    """

    weights: Floats
    frequencies: Floats
    classes: Integers


def class_of(counts: Integers) -> Integers:
    """Return the class of contexts that occur so often: 0, 1 for 1, 2 for 2 and 3, 3 for 4 to 7.

    Examples
    --------
    >>> class_of(np.array([0, 1, 2, 3, 4, 1000])).tolist()
    [0, 1, 2, 2, 3, 10]
    """
    return np.frexp(counts)[1].astype(np.int64)


def context_counts(grams: Grams) -> list[Integers]:
    """Return how often each context is followed by a word: an array for each order of n-grams."""
    totals = []
    for k, counts in enumerate(used_counts(grams)):
        size = len(grams.levels[k - 1]) if k else 1
        totals.append(np.bincount(grams.levels[k].parents, counts, minlength=size).astype(np.int64))
    return totals


def deleted_events(grams: Grams) -> Events:
    """Return the events of the training text, each seen as if it had not occurred there.

    One is taken from the counts of the word and of the context (leave one out; Ney, Essen and
    Kneser, 1994), which is deleted interpolation with as many parts as the text has words.
    """
    counts, totals = used_counts(grams), context_counts(grams)
    parts = []
    for k, rows in _longest(grams):
        chain = rows.astype(np.int32)
        events = _room(grams.order, counts[k][rows])
        for j in range(k, -1, -1):
            level = grams.levels[j]
            seen, followed = counts[j][chain] - 1, totals[j][level.parents[chain]] - 1
            _note(events, j, seen, followed)
            chain = level.suffixes[chain]
        parts.append(events)
    return _joined(parts)


def held_out_events(grams: Grams, held_out: Grams) -> Events:
    """Return the events of another text; words that the training text does not have are unknown."""
    counts, totals = used_counts(grams), context_counts(grams)
    numbers = {word: number for number, word in enumerate(grams.words)}
    rows = [np.array([numbers.get(word, UNKNOWN) for word in held_out.words], np.int32)]
    for k in range(1, grams.order):
        keys = gram_keys(grams.levels[k].parents, grams.levels[k].last)
        own = held_out.levels[k]
        wanted = gram_keys(rows[k - 1][own.parents], rows[0][own.last])
        rows.append(find(slots_of(keys), keys, wanted))
    occurrences = used_counts(held_out)
    parts = []
    for k, chosen in _longest(held_out):
        chain = chosen.astype(np.int32)
        events = _room(grams.order, occurrences[k][chosen])
        for j in range(k, -1, -1):
            level = held_out.levels[j]
            found = rows[j][chain]
            seen = np.where(found >= 0, counts[j][found], 0)
            contexts = rows[j - 1][level.parents[chain]] if j else np.zeros(len(chain), np.int32)
            followed = np.where(contexts >= 0, totals[j][contexts], 0)
            _note(events, j, seen, followed)
            chain = level.suffixes[chain]
        parts.append(events)
    return _joined(parts)


def learn_weights(events: Events, words: int) -> list[Floats]:
    """Return for each order the weight of each class of contexts (Jelinek and Mercer, 1980).

    Parameters
    ----------
    events : Events
    words : int
        How many words there are to predict.
    """
    order = len(events.frequencies)
    weights = [np.full(CLASSES, 0.5) for _ in range(order)]
    for one in weights:
        one[0] = 0.0
    total = max(float(events.weights.sum()), 1.0)
    before = -np.inf
    for _ in range(ITERATIONS):
        chosen = [weights[j][events.classes[j]] for j in range(order)]
        mixed = [np.full(len(events.weights), 1.0 / words)]
        for own, frequencies in zip(chosen, events.frequencies, strict=True):
            mixed.append(own * frequencies + (1.0 - own) * mixed[-1])
        # A running sum: its result does not depend on the machine.
        likelihood = float(np.cumsum(events.weights * logs(mixed[-1]))[-1]) / total
        reached = events.weights / mixed[-1]
        for j in range(order - 1, -1, -1):
            taken = np.bincount(
                events.classes[j], reached * chosen[j] * events.frequencies[j], minlength=CLASSES
            )
            passed = np.bincount(events.classes[j], reached * mixed[j + 1], minlength=CLASSES)
            np.divide(taken, passed, out=weights[j], where=passed > 0)
            weights[j][0] = 0.0
            reached = reached * (1.0 - chosen[j])
        if likelihood - before < ENOUGH:
            break
        before = likelihood
    return weights


def weights_of_contexts(grams: Grams, weights: Sequence[Floats]) -> list[Floats]:
    """Return the weight of each context, by its class."""
    totals = context_counts(grams)
    return [by_class[class_of(total)] for by_class, total in zip(weights, totals, strict=True)]


def _longest(grams: Grams) -> list[tuple[int, NDArray[np.int64]]]:
    """Return the n-grams that are the longest at some place: order - 1, and rows.

    If there are more than are needed, they are evenly chosen ones.
    """
    found = []
    begin = np.arange(len(grams.levels[0])) == BEGIN
    for k in range(1, grams.order - 1):
        begin = begin[grams.levels[k].parents]
        found.append((k, np.flatnonzero(begin)))
    found.append((grams.order - 1, np.flatnonzero(used_counts(grams)[-1] > 0)))
    step = -(-sum(len(rows) for _, rows in found) // MOST_EVENTS) or 1
    return [(k, rows[::step]) for k, rows in found]


def _room(order: int, weights: Integers) -> Events:
    shape = (order, len(weights))
    return Events(weights.astype(np.float64), np.zeros(shape), np.zeros(shape, np.int64))


def _note(events: Events, j: int, seen: Integers, followed: Integers) -> None:
    events.frequencies[j] = seen / np.maximum(followed, 1)
    events.classes[j] = class_of(np.maximum(followed, 0))


def _joined(parts: list[Events]) -> Events:
    return Events(
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.frequencies for part in parts], axis=1),
        np.concatenate([part.classes for part in parts], axis=1),
    )
