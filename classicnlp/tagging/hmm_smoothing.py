"""From counts of labelled sequences to the probabilities of a hidden Markov model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Probabilities = NDArray[np.float64]

Smoothing: TypeAlias = Literal["add-k", "absolute", "interpolation"]
SMOOTHINGS = ("add-k", "absolute", "interpolation")


class Emissions(NamedTuple):
    """The labels that M symbols may have.

    Attributes
    ----------
    first : int64 array, shape (M + 1,)
        Those of symbol m are ``labels[first[m]:first[m + 1]]``, ascending.
    labels : int32 array, shape (E,)
    probabilities : float64 array, shape (E,)
        p(symbol | label).
    unknown : float64 array, shape (Y,)
        p(a symbol that was not seen | label): what one such symbol gets.
    """

    first: NDArray[np.int64]
    labels: NDArray[np.int32]
    probabilities: Probabilities
    unknown: Probabilities


def histories(
    offsets: NDArray[np.int64], numbers: NDArray[np.int32], boundary: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return before the last, last, and next number of every place and every end.

    Parameters
    ----------
    offsets : int64 array, shape (S + 1,)
        Where each sequence begins among the N places, and the end of the last.
    numbers : int32 array, shape (N,)
    boundary : int
        The number around sequences.

    Returns
    -------
    int64 arrays, shape (N + number of sequences that are not empty,)

    Examples
    --------
    >>> [x.tolist() for x in histories(np.array([0, 2, 3]), np.array([5, 6, 7]), 9)]
    [[9, 9, 5, 9, 9], [9, 5, 6, 9, 7], [5, 6, 9, 7, 9]]
    """
    starts = offsets[:-1][np.diff(offsets) > 0]
    # A boundary before every sequence; what stands two before the first number is one, too.
    whole = np.insert(numbers.astype(np.int64), starts, boundary)
    following = np.append(whole[1:], boundary)[: len(whole)]
    before = np.concatenate([[boundary], whole])[: len(whole)]
    return np.where(whole == boundary, boundary, before), whole, following


def transition_counts(
    offsets: NDArray[np.int64], labels: NDArray[np.int32], label_count: int, order: int
) -> Counts:
    """Return how often a label, or the end, followed the ``order`` labels before it.

    Returns
    -------
    int64 array, shape (label_count + 1,) * (order + 1)
        The last number of each axis is the boundary around sequences.
    """
    side = label_count + 1
    before, last, following = histories(offsets, labels, label_count)
    keys = last * side + following
    if order == 2:
        keys += before * side * side
    return np.bincount(keys, minlength=side ** (order + 1)).reshape((side,) * (order + 1))


def smooth_transitions(counts: Counts, smoothing: Smoothing, pseudocount: float) -> Probabilities:
    """Return p(label or end | labels before) from their counts.

    Parameters
    ----------
    counts : int64 array
        As `transition_counts` gives them.
    smoothing : {"add-k", "absolute", "interpolation"}
        ``"add-k"``: every count is larger by ``pseudocount``. ``"absolute"``: a constant is taken
        off every count, and shared out by the distribution that looks one label less far back (Ney,
        Essen and Kneser, 1994). ``"interpolation"``: a mixture of the distributions that look no,
        one and two labels back, with weights by deleted interpolation (Brants, 2000).
    pseudocount : float
        From 0; for ``"add-k"`` alone.

    Returns
    -------
    float64 array
        Of the same shape; every row adds up to 1.
    """
    if smoothing == "add-k":
        return _uniform_where_unseen(counts + np.float64(pseudocount))
    lower = [counts.sum(axis=tuple(range(n))) for n in range(counts.ndim)][::-1]
    if smoothing == "absolute":
        p = np.full(counts.shape[-1], 1.0 / counts.shape[-1])
        for level in lower:
            p = _discounted(level, p)
        return p
    return _interpolated(lower)


def _uniform_where_unseen(weights: Probabilities) -> Probabilities:
    totals = np.add.accumulate(weights, axis=-1)[..., -1:]
    even = 1.0 / weights.shape[-1]
    return np.where(totals > 0, weights / np.where(totals > 0, totals, 1.0), even)


def _discount(counts: Counts) -> float:
    """Return the constant that is best taken off, n1 / (n1 + 2 n2) of those seen once and twice."""
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    return once / (once + 2 * twice) if once and twice else 0.5


def _discounted(counts: Counts, general: Probabilities) -> Probabilities:
    discount = _discount(counts)
    totals = counts.sum(axis=-1, keepdims=True)
    kinds = (counts > 0).sum(axis=-1, keepdims=True)
    seen = totals > 0
    own = np.maximum(counts - discount, 0.0) + discount * kinds * general
    return np.where(seen, own / np.where(seen, totals, 1), general)


def _interpolated(levels: list[Counts]) -> Probabilities:
    """Mix the distributions that look 0, 1, ... labels back."""
    weights = deleted_weights(levels)
    p = mass = np.zeros(1)
    for weight, counts in zip(weights, levels, strict=True):
        totals = counts.sum(axis=-1, keepdims=True)
        seen = totals > 0
        p = p + weight * np.where(seen, counts / np.where(seen, totals, 1), 0.0)
        mass = mass + weight * seen
    # Labels before that never occurred leave the weight of their distribution to the others.
    return p / mass


def deleted_weights(levels: list[Counts]) -> list[float]:
    """Return the weights of distributions, from the general to the particular (Brants, 2000).

    Every event votes for the distribution that would predict it best had it not been counted. Each
    distribution has one vote beforehand, so that none is without weight.

    Parameters
    ----------
    levels : list of int64 arrays
        Counts of the same events, each with one more axis before those of the one before.
    """
    full = levels[-1]
    where = np.nonzero(full)
    events = full[where]
    shares = []
    for counts in levels:
        index = where[full.ndim - counts.ndim :]
        totals = np.broadcast_to(counts.sum(axis=-1, keepdims=True), counts.shape)[index]
        shares.append(np.where(totals > 1, (counts[index] - 1) / np.maximum(totals - 1, 1), 0.0))
    best = np.argmax(shares, axis=0)  # of equals the more general
    votes = np.bincount(best, events, minlength=len(levels))
    return [float((vote + 1) / (events.sum() + len(levels))) for vote in votes]


def smooth_emissions(
    symbols: NDArray[np.int32],
    labels: NDArray[np.int32],
    symbol_count: int,
    label_count: int,
    smoothing: Smoothing,
    pseudocount: float,
    known_from: int | None,
) -> Emissions:
    """Return p(symbol | label) from pairs of symbol and label.

    What smoothing takes from the symbols seen with a label goes to all symbols: with ``"add-k"`` in
    equal parts, else by how often they were seen at all, with a part for those never seen as large
    as that of the symbols seen once (Good, 1953).

    Parameters
    ----------
    symbols, labels : int32 array, shape (N,)
    symbol_count, label_count : int
    smoothing, pseudocount
        As for `smooth_transitions`; the distributions are p(symbol) and p(symbol | label).
    known_from : int or None
        Symbols seen at least as often only get labels that they were seen with.

    Returns
    -------
    Emissions
    """
    pairs = np.bincount(symbols.astype(np.int64) * label_count + labels)
    seen = np.flatnonzero(pairs)
    counts, symbol, label = pairs[seen], seen // label_count, seen % label_count
    of_symbol = np.bincount(symbols, minlength=symbol_count)
    of_label = np.bincount(labels, minlength=label_count)
    own, reserve, general, unseen = _emission_parts(
        counts, symbol, label, of_symbol, of_label, smoothing, pseudocount
    )
    rare = np.flatnonzero(of_symbol < (known_from or len(symbols) + 1))
    p = own + reserve[label] * general[symbol]
    # What rare symbols may have been is given by the reserve alone.
    others = (rare[:, None] * label_count + np.flatnonzero(reserve)).reshape(-1)
    others = np.setdiff1d(others, seen, assume_unique=True)
    keys = np.concatenate([seen, others])
    p = np.concatenate([p, reserve[others % label_count] * general[others // label_count]])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = offsets_of(np.bincount(keys // label_count, minlength=symbol_count))
    unknown = reserve * unseen
    if not unknown.any():
        unknown = np.full(label_count, 1.0 / (len(symbols) + 1))
    return Emissions(first, (keys % label_count).astype(np.int32), p[order], unknown)


def _emission_parts(
    counts: Counts,
    symbol: NDArray[np.int64],
    label: NDArray[np.int64],
    of_symbol: Counts,
    of_label: Counts,
    smoothing: Smoothing,
    pseudocount: float,
) -> tuple[Probabilities, Probabilities, Probabilities, float]:
    """Return each pair's own part of p(symbol | label), what each label leaves to all symbols, and
    how that is shared: the part of each symbol, and that of one not seen."""
    totals = np.maximum(of_label, 1)
    if smoothing == "add-k":
        kinds = len(of_symbol) + 1
        weights = of_label + pseudocount * kinds
        own = counts / weights[label]
        reserve = pseudocount * kinds / np.where(weights > 0, weights, 1.0)
        return own, reserve, np.full(kinds - 1, 1.0 / kinds), 1.0 / kinds
    total = int(of_symbol.sum())
    once = max(int((of_symbol == 1).sum()), 1)
    unseen = once / (total + once)
    general = of_symbol / (total + once)
    if smoothing == "absolute":
        discount = _discount(counts)
        own = np.maximum(counts - discount, 0.0) / totals[label]
        kinds_of_label = np.bincount(label, minlength=len(of_label))
        return own, discount * kinds_of_label / totals, general, unseen
    without = np.where(totals[label] > 1, (counts - 1) / np.maximum(totals[label] - 1, 1), 0.0)
    votes = counts[without > (of_symbol[symbol] - 1) / max(total - 1, 1)].sum()
    weight = float((votes + 1) / (total + 2))
    return weight * counts / totals[label], np.full(len(of_label), 1.0 - weight), general, unseen
