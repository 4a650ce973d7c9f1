"""From counts to a table of probabilities, by the parameters of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.elementary import logs
from classicnlp.lm import smoothing as methods
from classicnlp.lm.automaton import Table
from classicnlp.lm.grams import Grams, Level
from classicnlp.lm.interpolation import (
    CLASSES,
    deleted_events,
    held_out_events,
    learn_weights,
    weights_of_contexts,
)
from classicnlp.lm.parameters import Parameters
from classicnlp.lm.smoothing import Discounts, Shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ONE_OVER_LOG_10 = 0.4342944819032518


class Estimate(NamedTuple):
    """What was learnt: words, their n-grams with logs, and how they were had."""

    words: list[str]
    table: Table
    sizes: list[int]
    discounts: tuple[Discounts, ...] | None
    weights: tuple[Floats, ...] | None


def estimate(grams: Grams, parameters: Parameters, held_out: Grams | None = None) -> Estimate:
    """Return the smoothed model of some counts.

    Parameters
    ----------
    grams : Grams
    parameters : NgramModel
    held_out : Grams, optional
        The counts of the text to learn weights from.
    """
    discounts: tuple[Discounts, ...] | None = None
    weights: tuple[Floats, ...] | None = None
    name = parameters.smoothing
    size = len(grams.words) - 1  # all but <s>
    if name == "kneser-ney":
        shares, found = methods.kneser_ney(grams, parameters.fallback_discounts)
        discounts = tuple(found)
    elif name == "absolute":
        shares, found = methods.absolute(grams, parameters.fallback_discounts[0])
        discounts = tuple(found)
    elif name == "witten-bell":
        shares = methods.witten_bell(grams)
    elif name == "jelinek-mercer":
        weights = _weights(grams, parameters.weights, held_out, size)
        shares = methods.interpolated(grams, weights_of_contexts(grams, weights))
    elif name == "add-k":
        shares = methods.additive(grams, parameters.pseudocount, size)
    else:
        shares = methods.maximum_likelihood(grams)
    cutoffs = [*parameters.cutoffs, *[parameters.cutoffs[-1]] * grams.order][: grams.order]
    flat = name == "add-k"
    words, table = _table(grams, shares, cutoffs, flat)
    return Estimate(words, table, list(map(len, table.levels)), discounts, weights)


def _weights(
    grams: Grams, given: Sequence[float] | None, held_out: Grams | None, words: int
) -> tuple[Floats, ...]:
    """Return for each order the weight of each class of contexts, given or learnt."""
    if given is not None:
        weights = [np.full(CLASSES, float(weight)) for weight in given]
        for weight in weights:
            weight[0] = 0.0
        return tuple(weights)
    events = deleted_events(grams) if held_out is None else held_out_events(grams, held_out)
    return tuple(learn_weights(events, words))


def _table(
    grams: Grams, shares: Sequence[Shares], cutoffs: Sequence[int], flat: bool
) -> tuple[list[str], Table]:
    """Return the n-grams that stay, and the logs of their probabilities and back-off weights."""
    shares, kept = methods.without_rare(grams, shares, cutoffs, flat)
    words = int(np.count_nonzero(kept[0])) - 1
    found = (
        [share.own for share in shares]
        if flat
        else methods.probabilities(grams.levels, shares, words)
    )
    levels: list[Level] = []
    probabilities, backoffs = [], []
    rows = np.zeros(1, np.int32)
    numbers = rows
    for k, (level, keep) in enumerate(zip(grams.levels, kept, strict=True)):
        whole = bool(keep.all())
        below, rows = rows, np.cumsum(keep, dtype=np.int32) - np.int32(1)
        numbers = numbers if k else rows
        untouched = whole and all(map(np.all, kept[:k]))
        levels.append(level if untouched else level.select(keep, below, numbers))
        probabilities.append(log10_of(found[k] if whole else found[k][keep]))
        if k + 1 < grams.order:
            rests = shares[k + 1].rests
            backoffs.append(log10_of(rests if whole else rests[keep]))
    chosen = [word for word, keep in zip(grams.words, kept[0].tolist(), strict=True) if keep]
    return chosen, Table(levels, probabilities, backoffs)


def log10_of(values: Floats) -> NDArray[np.float32]:
    """Return the logarithms to base 10, the same bits on every machine."""
    return (logs(values) * ONE_OVER_LOG_10).astype(np.float32)
