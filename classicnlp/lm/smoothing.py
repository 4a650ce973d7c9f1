"""How much of a context's probability its words keep, and how much goes to the shorter context.

Every smoothing here is an interpolation: p(w | h) = own(w | h) + rest(h) p(w | h'), where h' is the
context h without its first word, and below the empty context all words are equally likely. A
smoothing is the own shares of all n-grams and the rests of all contexts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from classicnlp.lm.grams import Grams, Level
from classicnlp.lm.vocabulary import BEGIN, SPECIALS, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Smoothing: TypeAlias = Literal[
    "kneser-ney", "witten-bell", "absolute", "jelinek-mercer", "add-k", "maximum-likelihood"
]
SMOOTHINGS: tuple[Smoothing, ...] = (
    "kneser-ney", "witten-bell", "absolute", "jelinek-mercer", "add-k", "maximum-likelihood",
)  # fmt: skip

Discounts: TypeAlias = tuple[float, float, float]
"""What is taken from counts of 1, of 2, and of 3 and more."""


class Shares(NamedTuple):
    """Of one order: the n-grams' own shares, and the rests of their contexts."""

    own: Floats
    rests: Floats


def sum_by(rows: NDArray[np.int32], weights: Any, size: int) -> Floats:
    """Return the sums of weights that belong to each row, exact for whole numbers below 2**53."""
    # Of nothing at all bincount makes whole numbers.
    return np.bincount(rows, weights, minlength=size).astype(np.float64, copy=False)


def used_counts(grams: Grams) -> list[NDArray[np.int64]]:
    """Return the counts without that of ``<s>``, which no context predicts."""
    first = grams.counts[0].copy()
    first[BEGIN] = 0
    return [first, *grams.counts[1:]]


def adjusted_counts(grams: Grams) -> list[NDArray[np.int64]]:
    """Return the counts of Kneser and Ney: how many different words precede an n-gram.

    N-grams of the highest order keep their counts, and so do those that begin with ``<s>``, which
    nothing precedes (Chen and Goodman, 1998; Heafield and others, 2013).
    """
    adjusted = used_counts(grams)
    begin = np.arange(len(grams.levels[0])) == BEGIN
    for k in range(grams.order - 1):
        if k:
            begin = begin[grams.levels[k].parents]
        above = grams.levels[k + 1]
        preceding = np.bincount(above.suffixes, minlength=len(grams.levels[k]))
        adjusted[k] = np.where(begin, adjusted[k], preceding)
    return adjusted


def estimated_discounts(counts: NDArray[np.int64]) -> Discounts | None:
    """Return Chen and Goodman's discounts by how many counts are 1, 2, 3 and 4.

    With Y = n1 / (n1 + 2 n2) they are D1 = 1 - 2 Y n2 / n1, D2 = 2 - 3 Y n3 / n2 and
    D3+ = 3 - 4 Y n4 / n3 (Chen and Goodman, 1998, equation 26).

    Returns
    -------
    (float, float, float) or None
        None where one cannot be had: no count is 1, 2 or 3, or one comes out negative.

    Examples
    --------
    >>> estimated_discounts(np.repeat([1, 2, 3, 4], [8, 4, 2, 1]))
    (0.5, 1.25, 2.0)
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6).tolist()
    if 0 in n[1:4]:
        return None
    share = n[1] / (n[1] + 2.0 * n[2])
    first, second, third = (j - (j + 1) * share * n[j + 1] / n[j] for j in (1, 2, 3))
    # They are never more than the counts themselves.
    return (first, second, third) if min(first, second, third) >= 0 else None


def discounted(
    level: Level, counts: NDArray[np.int64], discounts: Discounts, contexts: int
) -> Shares:
    """Return shares of counts from which something is taken, which goes to the rests."""
    by_count = np.array([0.0, *discounts])
    taken = by_count[np.minimum(counts, 3)]
    total = sum_by(level.parents, counts, contexts)
    rests = _ratio(sum_by(level.parents, taken, contexts), total)
    return Shares((counts - taken) / np.maximum(total, 1)[level.parents], rests)


def kneser_ney(grams: Grams, fallback: Discounts) -> tuple[list[Shares], list[Discounts]]:
    """Return shares by the modified smoothing of Kneser and Ney, and each order's discounts."""
    shares, discounts = [], []
    for k, counts in enumerate(adjusted_counts(grams)):
        own = estimated_discounts(counts) or fallback
        discounts.append(own)
        shares.append(discounted(grams.levels[k], counts, own, _contexts(grams, k)))
    return shares, discounts


def absolute(grams: Grams, fallback: float) -> tuple[list[Shares], list[Discounts]]:
    """Return shares by absolute discounting, n1 / (n1 + 2 n2) (Ney, Essen and Kneser, 1994)."""
    shares, discounts = [], []
    for k, counts in enumerate(used_counts(grams)):
        n = np.bincount(np.minimum(counts, 3), minlength=4).tolist()
        discount = n[1] / (n[1] + 2.0 * n[2]) if n[1] and n[2] else fallback
        discounts.append((discount, discount, discount))
        shares.append(discounted(grams.levels[k], counts, discounts[-1], _contexts(grams, k)))
    return shares, discounts


def witten_bell(grams: Grams) -> list[Shares]:
    """Return shares by which rests grow with the different words (Witten and Bell, 1991)."""
    shares = []
    for k, counts in enumerate(used_counts(grams)):
        level, contexts = grams.levels[k], _contexts(grams, k)
        different = sum_by(level.parents, counts > 0, contexts)
        total = sum_by(level.parents, counts, contexts) + different
        shares.append(
            Shares(counts / np.maximum(total, 1)[level.parents], _ratio(different, total))
        )
    return shares


def interpolated(grams: Grams, weights: Sequence[Floats]) -> list[Shares]:
    """Return shares of which relative frequencies have the given weight in each context."""
    shares = []
    for k, counts in enumerate(used_counts(grams)):
        level = grams.levels[k]
        total = sum_by(level.parents, counts, _contexts(grams, k))
        weight = np.where(total > 0, weights[k], 0.0)
        frequencies = counts / np.maximum(total, 1)[level.parents]
        shares.append(Shares(frequencies * weight[level.parents], 1.0 - weight))
    return shares


def additive(grams: Grams, pseudocount: float, words: int) -> list[Shares]:
    """Return shares with a number added to every count; the rest is for all words alike."""
    shares = []
    for k, counts in enumerate(used_counts(grams)):
        level = grams.levels[k]
        total = sum_by(level.parents, counts, _contexts(grams, k)) + pseudocount * words
        total[total == 0] = 1.0
        own = (counts + pseudocount) / total[level.parents]
        if k == 0:
            own[BEGIN] = 0.0
        shares.append(Shares(own, pseudocount / total))
    return shares


def maximum_likelihood(grams: Grams) -> list[Shares]:
    """Return relative frequencies; nothing is left for words that were not seen in a context."""
    ones = [np.ones(_contexts(grams, k)) for k in range(grams.order)]
    return interpolated(grams, ones)


def without_rare(
    grams: Grams, shares: Sequence[Shares], cutoffs: Sequence[int], flat: bool
) -> tuple[list[Shares], list[NDArray[np.bool_]]]:
    """Give the shares of n-grams that occur at most so often to the rests of their contexts.

    With ``flat`` rests are what each missing word has, and it is shared among more of them.
    """
    result, kept = [], []
    before = len(grams.words) - 1
    for k, (own, rests) in enumerate(shares):
        keep = grams.counts[k] > cutoffs[k]
        if k == 0:
            keep[: len(SPECIALS)] = True
            words = int(np.count_nonzero(keep)) - 1
        kept.append(keep)
        if keep.all() and words == before:
            result.append(Shares(own, rests))
            continue
        parents = grams.levels[k].parents
        lost = sum_by(parents, np.where(keep, 0.0, own), len(rests))
        if not flat:
            result.append(Shares(own, rests + lost))
        elif k == 0:
            own = own.copy()
            own[UNKNOWN] += lost[0]
            result.append(Shares(own, rests))
        else:
            missing = before - np.bincount(parents, minlength=len(rests))
            room = words - sum_by(parents, keep, len(rests))
            result.append(Shares(own, (rests * missing + lost) / np.maximum(room, 1)))
    return result, kept


def probabilities(levels: Sequence[Level], shares: Sequence[Shares], words: int) -> list[Floats]:
    """Return p(last word | words before) of all n-grams; that of ``<s>`` is 0.

    Parameters
    ----------
    levels : sequence of Level
    shares : sequence of Shares
    words : int
        How many words there are to predict, ``<unk>`` and ``</s>`` among them.
    """
    found: list[Floats] = []
    lower = np.full(1, 1.0 / words)
    for level, (own, rests) in zip(levels, shares, strict=True):
        p = own + rests[level.parents] * lower[level.suffixes]
        if not found:
            p[BEGIN] = 0.0
        found.append(p)
        lower = p
    return found


def _contexts(grams: Grams, k: int) -> int:
    return len(grams.levels[k - 1]) if k else 1


def _ratio(part: Floats, total: Floats) -> Floats:
    """Return part / total, and 1 where there is nothing: a context that was never followed."""
    return np.divide(part, total, out=np.ones_like(total), where=total > 0)
