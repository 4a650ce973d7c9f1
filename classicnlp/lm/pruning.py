"""Leaving out the n-grams that matter least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.elementary import exps, logs
from classicnlp.lm.automaton import Table
from classicnlp.lm.grams import Level
from classicnlp.lm.smoothing import sum_by
from classicnlp.lm.vocabulary import BEGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LOG_10 = 2.302585092994046


def prune(table: Table, threshold: float) -> Table:
    """Return a table without the n-grams whose loss raises perplexity by less than a part.

    For each n-gram of two words and more that is no context of a longer one and no suffix of one,
    it is asked how far p(. | h) would be from what it is without it, by relative entropy weighted
    with p(h), the back-off weight of h being set anew (Stolcke, 1998). The longest n-grams are
    asked first.
    """
    logs_of = [own.astype(np.float64) * LOG_10 for own in table.logs]
    backoffs = [own.astype(np.float64) * LOG_10 for own in table.backoffs]
    joint = _joint(table, logs_of)
    needed = [np.zeros(len(level), bool) for level in table.levels]
    kept = [np.ones(len(level), bool) for level in table.levels]
    for k in range(len(table.levels) - 1, 0, -1):
        level = table.levels[k]
        loss = _losses(level, logs_of[k], logs_of[k - 1], backoffs[k - 1], joint[k - 1])
        kept[k] = needed[k] | (loss >= threshold)
        needed[k - 1][level.parents[kept[k]]] = True
        needed[k - 1][level.suffixes[kept[k]]] = True
        _reweigh(level, kept[k], logs_of[k], logs_of[k - 1], backoffs[k - 1])
    return _selected(table, kept, backoffs)


def _joint(table: Table, logs_of: list[Floats]) -> list[Floats]:
    """Return log p of each n-gram as a text; ``<s>`` is certain."""
    first = logs_of[0].copy()
    first[BEGIN] = 0.0
    joint = [first]
    for level, own in zip(table.levels[1:], logs_of[1:], strict=True):
        joint.append(joint[-1][level.parents] + own)
    return joint


def _losses(level: Level, own: Floats, shorter: Floats, weights: Floats, joint: Floats) -> Floats:
    """Return by which part perplexity rises without each n-gram."""
    p, lower = _p(own), _p(shorter[level.suffixes])
    contexts = level.parents
    left = 1.0 - sum_by(contexts, p, len(joint))
    left_lower = 1.0 - sum_by(contexts, lower, len(joint))
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = _log(left[contexts] + p) - _log(left_lower[contexts] + lower)
        change = weight - weights[contexts]
        apart = p * (shorter[level.suffixes] + weight - own) + left[contexts] * change
        loss = exps(np.clip(-_p(joint)[contexts] * apart, -700.0, 700.0)) - 1.0
    # Where nothing is left for other words there is nothing to tell by: such n-grams stay.
    return np.where(np.isfinite(loss), loss, np.inf)


def _reweigh(
    level: Level, kept: NDArray[np.bool_], own: Floats, shorter: Floats, weights: Floats
) -> None:
    """Set the back-off weights of contexts that lost n-grams, so that probabilities add up to 1."""
    changed = np.zeros(len(weights), bool)
    changed[level.parents[~kept]] = True
    parents = level.parents[kept]
    p, lower = _p(own[kept]), _p(shorter[level.suffixes[kept]])
    left = 1.0 - sum_by(parents, p, len(weights))
    left_lower = 1.0 - sum_by(parents, lower, len(weights))
    new = _log(np.maximum(left, 0.0)) - _log(left_lower)
    weights[changed] = np.where(left_lower > 0, new, 0.0)[changed]


def _selected(table: Table, kept: list[NDArray[np.bool_]], backoffs: list[Floats]) -> Table:
    """Return the n-grams that stay; orders of which none does stay empty."""
    rows = np.arange(len(table.levels[0]), dtype=np.int32)
    levels = [table.levels[0]]
    for level, keep in zip(table.levels[1:], kept[1:], strict=True):
        levels.append(level.select(keep, rows))
        rows = np.cumsum(keep, dtype=np.int32) - np.int32(1)
    return Table(
        levels,
        [own[keep] for own, keep in zip(table.logs, kept, strict=True)],
        [
            (weights[keep] / LOG_10).astype(np.float32)
            for weights, keep in zip(backoffs, kept, strict=False)
        ],
    )


def _p(values: Floats) -> Floats:
    return exps(np.minimum(values, 0.0))


def _log(values: Floats) -> Floats:
    return logs(np.ascontiguousarray(np.maximum(values, 0.0)))
