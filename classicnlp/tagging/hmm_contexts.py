"""Counting what tokens stand beside, for hidden Markov models that look at the token before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.contexts import Contexts
from classicnlp.arrays import offsets_of
from classicnlp.tagging.hmm_model import TRUST
from classicnlp.tagging.hmm_smoothing import Emissions, histories

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]


def count_contexts(
    offsets: NDArray[np.int64], symbols: Numbers, labels: Numbers, emissions: Emissions
) -> Contexts:
    """Return what came before and after every pair of symbol and label.

    Parameters
    ----------
    offsets : int64 array, shape (S + 1,)
        Where each sequence begins among the N places, and the end of the last.
    symbols, labels : int32 array, shape (N,)
    emissions : Emissions
        Its pairs of symbol and label are the entries; all pairs that occur are among them.
    """
    count = len(emissions.unknown)
    entry_count = len(emissions.labels)
    owners = np.repeat(np.arange(len(emissions.first) - 1), np.diff(emissions.first))
    keys = owners * count + emissions.labels
    entries = np.searchsorted(keys, symbols.astype(np.int64) * count + labels).astype(np.int32)
    # Entry E is the boundary before a sequence; a place's end has no entry but the label Y.
    _, before, here = histories(offsets, entries, entry_count)
    label_of = np.append(emissions.labels, count).astype(np.int64)
    label_before, label = label_of[before], label_of[here]
    token = here < entry_count

    after, after_counts = np.unique(before * (count + 1) + label, return_counts=True)
    pairs, pair_counts = np.unique(
        here[token] * (entry_count + 1) + before[token], return_counts=True
    )
    pair_here, pair_before = pairs // (entry_count + 1), pairs % (entry_count + 1)
    kinds = np.bincount(
        np.searchsorted(after, pair_before * (count + 1) + label_of[pair_here]),
        minlength=len(after),
    )
    by_label, by_label_counts = np.unique(
        here[token] * (count + 1) + label_before[token], return_counts=True
    )
    side = (count + 1, count + 1)
    flat = label_before[token] * (count + 1) + label[token]
    kinds_flat = by_label % (count + 1) * (count + 1) + label_of[by_label // (count + 1)]
    return Contexts(
        count,
        entry_count,
        TRUST,
        *_rows(after // (count + 1), entry_count + 1, after % (count + 1), after_counts),
        np.maximum(kinds, 1).astype(np.int32),  # the end is of one kind
        *_rows(pair_here, entry_count, pair_before, pair_counts),
        *_rows(by_label // (count + 1), entry_count, by_label % (count + 1), by_label_counts),
        np.bincount(flat, minlength=(count + 1) ** 2).reshape(side).astype(np.int32),
        np.bincount(kinds_flat, minlength=(count + 1) ** 2).reshape(side).astype(np.int32),
    )


def _rows(
    rows: NDArray[np.int64], count: int, numbers: NDArray[np.int64], counts: NDArray[np.intp]
) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    """Return where each of ``count`` rows begins, its numbers, and how often each occurred."""
    first = offsets_of(np.bincount(rows, minlength=count))
    return first, numbers.astype(np.int32), counts.astype(np.int32)
