"""Sequences drawn from a hidden Markov model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from classicnlp import store
from classicnlp.arrays import offsets_of
from classicnlp.tagging.hmm_model import TRUST, HMMModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class _Rows:
    """Numbers with weights, in rows to draw from."""

    def __init__(
        self, rows: NDArray[np.int64], count: int, numbers: NDArray[np.int64], weights: Floats
    ):
        order = np.argsort(rows, kind="stable")
        self.first = offsets_of(np.bincount(rows, minlength=count))
        self.numbers = numbers[order]
        self.weights = weights[order]

    def draw(self, row: int, uniform: float) -> int:
        low, high = int(self.first[row]), int(self.first[row + 1])
        return int(self.numbers[low + _drawn(self.weights[low:high], uniform)])


def _drawn(weights: Floats, uniform: float) -> int:
    """Return the number at which the sum of weights passes a share of the whole sum."""
    sums = np.add.accumulate(weights)
    return min(int(np.searchsorted(sums, uniform * sums[-1], "right")), len(sums) - 1)


class Sampler:
    """Draws symbols and labels; a sequence does not end by itself.

    Parameters
    ----------
    model : HMMModel
    seed : int
    """

    def __init__(self, model: HMMModel, seed: int):
        self._model = model
        self._random = np.random.default_rng(seed)
        emissions = model.emissions
        entries = np.arange(len(emissions.labels))
        self._labels = emissions.labels.astype(np.int64)
        self._symbols = np.repeat(np.arange(model.symbol_count), np.diff(emissions.first))
        self._of_label = _Rows(self._labels, model.label_count, entries, emissions.probabilities)
        if model.contexts is not None:
            self._index(model.contexts.arrays)

    def _index(self, counts: Mapping[str, store.Array]) -> None:
        """Lay out what came after each entry, and after each label, by the label that came."""
        side, before = self._model.label_count + 1, counts["before_entries"].astype(np.int64)
        here = np.repeat(np.arange(len(self._labels)), np.diff(counts["before_first"]))
        after = np.repeat(np.arange(len(self._labels) + 1), np.diff(counts["after_first"]))
        keys = after * side + counts["after_labels"]
        self._place = {key: place for place, key in enumerate(keys.tolist())}
        places = np.searchsorted(keys, before * side + self._labels[here])
        self._of_entry = _Rows(places, len(keys), here, counts["before_counts"].astype(np.float64))
        here = np.repeat(np.arange(len(self._labels)), np.diff(counts["label_first"]))
        pairs = counts["label_labels"] * side + self._labels[here]
        self._of_pair = _Rows(pairs, side * side, here, counts["label_counts"].astype(np.float64))

    def draw(self, length: int) -> tuple[list[int], list[int]]:
        """Return the symbols and labels of one sequence, shorter if nothing can follow its last."""
        boundary, table = self._model.label_count, self._model.transitions
        before, last, entry = boundary, boundary, len(self._labels)
        entries: list[int] = []
        for _ in range(length):
            row = table[last] if table.ndim == 2 else table[before, last]
            weights = self._label_weights(row[:boundary], entry)
            if not weights.any():
                break
            label = _drawn(weights, self._random.random())
            entry = self._draw_entry(last, entry, label)
            before, last = last, label
            entries.append(entry)
        return self._symbols[entries].tolist(), self._labels[entries].tolist()

    def _label_weights(self, probabilities: Floats, entry: int) -> Floats:
        """Return weights in proportion to p(label | labels before, entry before)."""
        if self._model.contexts is None:
            return probabilities
        counts = self._model.contexts.arrays
        low, high = counts["after_first"][entry : entry + 2].tolist()
        if low == high:
            return probabilities
        weights = np.append(probabilities * TRUST * (high - low), 0.0)
        weights[counts["after_labels"][low:high]] += counts["after_counts"][low:high]
        return weights[:-1]

    def _draw_entry(self, label_before: int, entry_before: int, label: int) -> int:
        """Draw from p(token | token and label before, label), one distribution after the other."""
        if self._model.contexts is not None:
            counts, side = self._model.contexts.arrays, self._model.label_count + 1
            place = self._place.get(entry_before * side + label)
            if place is not None and self._believed(
                counts["after_counts"][place], counts["after_kinds"][place]
            ):
                return self._of_entry.draw(place, self._random.random())
            pair = label_before, label
            if self._believed(counts["pair_counts"][pair], counts["pair_kinds"][pair]):
                row = label_before * side + label
                return self._of_pair.draw(row, self._random.random())
        return self._of_label.draw(label, self._random.random())

    def _believed(self, events: int, kinds: int) -> bool:
        """Return True as often as the events have a share in the mixture."""
        return bool(self._random.random() * (events + TRUST * kinds) < events)
