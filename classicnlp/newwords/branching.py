"""How firmly the characters of an n-gram hold together, and how freely its neighbours change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp._ext.elementary import logs
from classicnlp.text import CharacterClass, default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.lm import NgramCounts

LEAST_COUNT = 2
"""Of the n-grams that are counted: how many occur once is what the others leave over."""


class Limits(NamedTuple):
    """What an n-gram must reach to be a candidate."""

    length: int
    least: int
    pmi: float
    entropy: float
    not_first: str
    not_last: str


class Candidates(NamedTuple):
    """N-grams with their statistics, side by side.

    Attributes
    ----------
    texts : list of str
    counts : int64 array
    pmi, left, right : float64 arrays
        Cohesion and the entropies of the neighbours, in nats.
    """

    texts: list[str]
    counts: NDArray[np.int64]
    pmi: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]

    def chosen(self, places: NDArray[Any]) -> Candidates:
        """Return some of the candidates."""
        texts = [self.texts[i] for i in places.tolist()]
        return Candidates(texts, *(array[places] for array in self[1:]))


def candidates(counts: NgramCounts, limits: Limits) -> Candidates:
    """Return the n-grams of two characters and more that reach the limits.

    Parameters
    ----------
    counts : NgramCounts
        Of characters, up to one order more than the longest candidate, without boundaries; of
        those that occur twice or more.
    limits : Limits

    Returns
    -------
    Candidates
        Shorter ones first, those of one length in the order of the counts.
    """
    found = []
    parents, suffixes = [], []
    for order in range(1, limits.length + 2):
        parents.append(counts.parents(order))
        suffixes.append(counts.suffixes(order))
        if order > 2:
            found.append(_of_order(counts, order - 1, parents, suffixes, limits))
    return Candidates(
        [text for own in found for text in own.texts],
        *(np.concatenate(arrays) for arrays in list(zip(*found, strict=True))[1:]),
    )


def _of_order(
    counts: NgramCounts,
    order: int,
    parents: list[NDArray[np.int64]],
    suffixes: list[NDArray[np.int64]],
    limits: Limits,
) -> Candidates:
    """Return the candidates of one length."""
    own, longer = counts.counts(order), counts.counts(order + 1)
    rows = np.flatnonzero(own >= limits.least)
    pmi = _least_pmi(counts, order, rows, parents, suffixes)
    kept = pmi >= limits.pmi
    rows, pmi = rows[kept], pmi[kept]
    right = _entropy(own, longer, parents[order])[rows]
    left = _entropy(own, longer, suffixes[order])[rows]
    texts, possible = _texts(counts.vocabulary, counts.ids(order)[rows], limits)
    whole = Candidates(texts, own[rows], pmi, left, right)
    return whole.chosen(np.flatnonzero(possible & (np.minimum(left, right) >= limits.entropy)))


def _least_pmi(
    counts: NgramCounts,
    order: int,
    rows: NDArray[np.int64],
    parents: list[NDArray[np.int64]],
    suffixes: list[NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return log(p(w) / (p(a) p(b))) of the split of w into a and b where it is smallest."""
    heads, tails = [rows], [rows]  # of falling length
    for k in range(order, 1, -1):
        heads.append(parents[k - 1][heads[-1]])
        tails.append(suffixes[k - 1][tails[-1]])
    most = np.zeros(len(rows))
    for k in range(1, order):
        head = counts.counts(k)[heads[order - k]].astype(np.float64)
        most = np.maximum(most, head * counts.counts(order - k)[tails[k]])
    joint = counts.counts(order)[rows].astype(np.float64) * counts.total(1)
    return np.asarray(logs(joint / most))


def _entropy(
    counts: NDArray[np.int64], longer: NDArray[np.int64], owners: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return for each n-gram the entropy of its neighbours on one side, in nats.

    H = log c - (sum of c_i log c_i) / c over neighbours that occur c_i times. One that occurs
    once adds nothing to the sum, and neither does the edge of a line, of which each is taken
    for a neighbour of its own (as in accessor variety); so only the rest has to be known.
    """
    weights = longer.astype(np.float64)
    weights *= logs(weights)
    total = counts.astype(np.float64)
    within = np.bincount(owners, weights, minlength=len(counts))
    # One neighbour alone may come out a bit below 0.
    return np.maximum(logs(total) - within / total, 0.0)


def _texts(
    vocabulary: list[str], ids: NDArray[np.int32], limits: Limits
) -> tuple[list[str], NDArray[np.bool_]]:
    """Return n-grams as texts, and which of them the characters let be words."""
    characters = "".join(vocabulary)
    # Number 0 is no symbol, and has no character.
    letters = np.frombuffer("\0".encode("utf-32-le") + characters.encode("utf-32-le"), np.uint32)
    han = np.append(False, default_alphabet().classes(characters) == CharacterClass.HAN)
    first, last = (
        np.array([letter in excluded for letter in ["", *characters]])
        for excluded in (set(limits.not_first), set(limits.not_last))
    )
    order = ids.shape[1]
    whole = letters[ids].tobytes().decode("utf-32-le")
    texts = [whole[start : start + order] for start in range(0, len(whole), order)]
    return texts, han[ids].any(axis=1) & ~first[ids[:, 0]] & ~last[ids[:, -1]]
