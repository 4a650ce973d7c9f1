"""Inference with a hidden Markov model: best paths, sums over all paths."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext import chain
from classicnlp._ext.elementary import logs
from classicnlp._ext.trigrams import Trigrams
from classicnlp.arrays import offsets_of, places_of
from classicnlp.tagging.hmm_model import HMMModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]
    Offsets = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Batch(NamedTuple):
    """Sequences to label.

    Attributes
    ----------
    offsets : int64 array, shape (S + 1,)
        Where each sequence begins among the N places, and the end of the last.
    symbols : int32 array, shape (N,)
        The symbol at each place; numbers from M on are unknown symbols.
    guesses : float64 array, shape (unknown symbols, Y)
        p(unknown symbol | label).
    mask : float64 array, shape (N, Y), or None
        -inf for labels that are not allowed at a place, 0 for the others.
    """

    offsets: Offsets
    symbols: Numbers
    guesses: Floats
    mask: Floats | None

    def one_by_one(self) -> Iterator[Batch]:
        """Yield every sequence by itself."""
        for low, high in pairwise(self.offsets.tolist()):
            mask = None if self.mask is None else self.mask[low:high]
            offsets = np.array([0, high - low], np.int64)
            yield Batch(offsets, self.symbols[low:high], self.guesses, mask)


class Decoder(abc.ABC):
    """What every kind of inference can do; immutable."""

    @abc.abstractmethod
    def decode(self, batch: Batch) -> tuple[Numbers, Floats]:
        """Return the labels of the best paths, shape (N,), and their scores, shape (S,)."""

    @abc.abstractmethod
    def best(self, batch: Batch, k: int) -> tuple[Numbers, Floats]:
        """Return the best paths of a batch of one sequence, a path a row, and their scores."""

    @abc.abstractmethod
    def posteriors(self, batch: Batch) -> tuple[Floats, Floats]:
        """Return p(label | tokens), shape (N, Y), and log p(tokens), shape (S,)."""


def decoder_of(model: HMMModel) -> Decoder:
    """Return what can decode a model."""
    plain = model.transitions.ndim == 2 and model.contexts is None
    return FirstOrder(model) if plain else SecondOrder(model)


class FirstOrder(Decoder):
    """A first-order chain over all labels."""

    def __init__(self, model: HMMModel):
        emissions, side = model.emissions, model.label_count
        symbols = np.repeat(np.arange(model.symbol_count), np.diff(emissions.first))
        self._emissions = np.full((model.symbol_count, side), -np.inf)
        self._emissions[symbols, emissions.labels] = logs(emissions.probabilities)
        self._unknown = logs(emissions.unknown)
        # A symbol that no label has is like one that was never seen.
        self._emissions[np.isneginf(self._emissions).all(axis=1)] = self._unknown
        changes = logs(model.transitions.reshape(-1)).reshape(model.transitions.shape)
        self._transitions = np.ascontiguousarray(changes[:side, :side])
        self._starts = changes[side, :side].copy()
        self._stops = changes[:side, side].copy()

    def decode(self, batch: Batch) -> tuple[Numbers, Floats]:
        scores = self._scores(batch)
        return chain.decode(batch.offsets, scores, self._transitions, self._starts, self._stops)

    def best(self, batch: Batch, k: int) -> tuple[Numbers, Floats]:
        scores = self._scores(batch)
        return chain.decode_best(scores, self._transitions, self._starts, self._stops, k)

    def posteriors(self, batch: Batch) -> tuple[Floats, Floats]:
        scores = self._scores(batch)
        marginals, log_z, _ = chain.posteriors(
            batch.offsets, scores, self._transitions, self._starts, self._stops
        )
        return marginals, log_z

    def _scores(self, batch: Batch) -> Floats:
        """Return log p(symbol | label) for every place and label."""
        if not batch.guesses.size:
            scores = self._emissions.take(batch.symbols, axis=0)
        else:
            known = batch.symbols < len(self._emissions)
            guesses = logs(batch.guesses.reshape(-1))
            scores = np.empty((len(known), len(self._unknown)))
            scores[known] = self._emissions[batch.symbols[known]]
            unknown = batch.symbols[~known] - len(self._emissions)
            scores[~known] = guesses.reshape(-1, len(self._unknown))[unknown]
        if batch.mask is not None:
            scores += batch.mask
            # Where no label that the symbol was seen with is allowed, all allowed ones may be.
            stuck = np.isneginf(scores).all(axis=1)
            scores[stuck] = batch.mask[stuck] + self._unknown
        return scores


class _Candidates(NamedTuple):
    """The labels that may stand at each place, as `Trigrams` takes them."""

    first: Offsets
    labels: Numbers
    entries: Numbers
    probabilities: Floats


class SecondOrder(Decoder):
    """A second-order chain over the labels that each symbol may have; also with contexts."""

    def __init__(self, model: HMMModel):
        self._model = model
        side = model.label_count + 1
        self._trigrams = Trigrams(np.broadcast_to(model.transitions, (side, side, side)))

    def decode(self, batch: Batch) -> tuple[Numbers, Floats]:
        candidates = self._candidates(batch)
        return self._trigrams.decode(batch.offsets, *self._scored(batch, candidates))

    def best(self, batch: Batch, k: int) -> tuple[Numbers, Floats]:
        candidates = self._candidates(batch)
        return self._trigrams.decode_best(*self._scored(batch, candidates), k)

    def posteriors(self, batch: Batch) -> tuple[Floats, Floats]:
        candidates = self._candidates(batch)
        found, log_z, _ = self._trigrams.posteriors(batch.offsets, *self._scored(batch, candidates))
        marginals = np.zeros((len(batch.symbols), self._model.label_count))
        marginals[_places(candidates.first), candidates.labels] = found
        return marginals, log_z

    def _scored(
        self, batch: Batch, candidates: _Candidates
    ) -> tuple[Offsets, Numbers, Floats, Floats | None, Floats | None]:
        """Return candidates with scores, and what contexts change."""
        first, labels, entries, probabilities = candidates
        contexts = self._model.contexts
        if contexts is None:
            return first, labels, logs(probabilities), None, None
        pairs = contexts.pairs(batch.offsets, first, labels, entries, probabilities)
        return first, labels, *pairs

    def _candidates(self, batch: Batch) -> _Candidates:
        emissions, known = self._model.emissions, batch.symbols < self._model.symbol_count
        unknown, guessed = np.nonzero(batch.guesses)
        guess_first = offsets_of(np.bincount(unknown, minlength=len(batch.guesses)))
        # The guesses stand as if behind the candidates of known symbols.
        symbols = np.where(known, batch.symbols, 0)
        starts = emissions.first[symbols]
        widths = emissions.first[symbols + 1] - starts
        others = batch.symbols[~known] - self._model.symbol_count
        starts[~known] = guess_first[others] + len(emissions.labels)
        widths[~known] = guess_first[others + 1] - guess_first[others]
        first = offsets_of(widths)
        source = places_of(starts, widths)
        of_known = np.repeat(known, widths)
        behind = source[~of_known] - len(emissions.labels)
        labels = np.empty(len(source), np.int32)
        labels[of_known] = emissions.labels[source[of_known]]
        labels[~of_known] = guessed[behind]
        probabilities = np.empty(len(source))
        probabilities[of_known] = emissions.probabilities[source[of_known]]
        probabilities[~of_known] = batch.guesses[unknown, guessed][behind]
        entries = np.where(of_known, source, -1).astype(np.int32)
        candidates = _Candidates(first, labels, entries, probabilities)
        if batch.mask is not None or not widths.all():
            return self._allowed(candidates, batch)
        return candidates

    def _allowed(self, candidates: _Candidates, batch: Batch) -> _Candidates:
        """Keep the candidates that are allowed; where none is, take all labels that are."""
        places = _places(candidates.first)
        mask = batch.mask
        if mask is None:
            mask = np.zeros((len(batch.symbols), self._model.label_count))
        kept = mask[places, candidates.labels] == 0
        empty = np.bincount(places[kept], minlength=len(mask)) == 0
        more_places, more_labels = np.nonzero((mask == 0) & empty[:, None])
        places = np.concatenate([places[kept], more_places])
        order = np.argsort(places, kind="stable")
        unknown = self._model.emissions.unknown
        return _Candidates(
            offsets_of(np.bincount(places, minlength=len(mask))),
            np.concatenate([candidates.labels[kept], more_labels]).astype(np.int32)[order],
            np.concatenate([candidates.entries[kept], np.full(len(more_labels), -1)]).astype(
                np.int32
            )[order],
            np.concatenate([candidates.probabilities[kept], unknown[more_labels]])[order],
        )


def _places(first: Offsets) -> NDArray[np.intp]:
    """Return the place of each candidate."""
    return np.repeat(np.arange(len(first) - 1), np.diff(first))
