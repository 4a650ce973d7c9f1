"""Learning a hidden Markov model from bare sequences (Baum, Petrie, Soules and Weiss, 1970)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.elementary import logs
from classicnlp._ext.hmm import HiddenMarkovModel
from classicnlp._ext.trigrams import Trigrams
from classicnlp.arrays import offsets_of, places_of
from classicnlp.tagging.hmm_model import HMMModel
from classicnlp.tagging.hmm_smoothing import Emissions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_BLOCKS = 16  # of sequences; threads share them out
LEAST_TOKENS = 4096  # of a block
COUNTS_PER_TOKEN = 4  # at most, of a block: else to add them up would take longer than to count


class Parameters(NamedTuple):
    """What training changes.

    Attributes
    ----------
    transitions : float64 array, shape (Y + 1,) * (order + 1)
        p(label | labels before); the number Y is the boundary.
    emissions : float64 array, shape (M, Y)
        p(symbol | label).
    ends : bool
        Whether ends of sequences have probabilities; if not, the boundary is certain to come.
    fixed : float64 array, shape (M, Y)
        Probabilities of symbols that do not occur in the data, to stay as they are; 0 for others.
    """

    transitions: Floats
    emissions: Floats
    ends: bool
    fixed: Floats


class Step(NamedTuple):
    """One iteration: the log likelihood before it, and the parameters after it."""

    log_likelihood: float
    parameters: Parameters


class Sequences(NamedTuple):
    """Sequences of symbols, those of sequence s from ``offsets[s]`` to ``offsets[s + 1]``."""

    offsets: NDArray[np.int64]
    symbols: NDArray[np.int32]


class _Expected(NamedTuple):
    """Expected counts, in the shapes of the parameters, and each sequence's log likelihood."""

    log_likelihoods: Floats
    transitions: Floats
    emissions: Floats


def model_of(parameters: Parameters, unknown: float) -> HMMModel:
    """Return a model in which unknown symbols have the same probability under every label."""
    symbols, labels = np.nonzero(parameters.emissions)
    count, label_count = parameters.emissions.shape
    emissions = Emissions(
        offsets_of(np.bincount(symbols, minlength=count)),
        labels.astype(np.int32),
        parameters.emissions[symbols, labels],
        np.full(label_count, unknown),
    )
    return HMMModel(parameters.transitions, parameters.ends, emissions)


def train(parameters: Parameters, data: Sequences, workers: int) -> Iterator[Step]:
    """Yield iterations for ever. The result does not depend on the number of threads.

    Raises
    ------
    ValueError
        If a sequence is impossible.
    """
    blocks = _blocks(data, parameters.emissions.size)
    expect = _expect_first_order if parameters.transitions.ndim == 2 else _expect_second_order
    with ThreadPoolExecutor(workers) as pool:
        while True:
            found = list(pool.map(expect, repeat(parameters), blocks))
            logarithms = np.concatenate([expected.log_likelihoods for expected in found])
            impossible = np.flatnonzero(np.isneginf(logarithms))
            if len(impossible):
                raise ValueError(
                    f"sequence {impossible[0] + 1} is impossible, or less likely than numbers can "
                    "tell: start with probabilities above 0 for all that occurs in it"
                )
            parameters = _maximised(parameters, found)
            yield Step(math.fsum(logarithms.tolist()), parameters)


def _blocks(data: Sequences, counts: int) -> list[Sequences]:
    """Cut the data into runs of sequences, as many as it takes, whatever the number of threads."""
    tokens = int(data.offsets[-1])
    least = max(LEAST_TOKENS, counts // COUNTS_PER_TOKEN)
    number = max(1, min(MOST_BLOCKS, tokens // least))
    targets = np.arange(1, number) * tokens // number
    cuts = np.searchsorted(data.offsets, targets).tolist()
    bounds = [0, *cuts, len(data.offsets) - 1]
    blocks = []
    for low, high in pairwise(bounds):
        offsets = data.offsets[low : high + 1]
        blocks.append(Sequences(offsets - offsets[0], data.symbols[offsets[0] : offsets[-1]]))
    return blocks


def _expect_first_order(parameters: Parameters, data: Sequences) -> _Expected:
    table, count = parameters.transitions, len(parameters.transitions) - 1
    model = HiddenMarkovModel(
        table[count, :count].copy(),
        np.ascontiguousarray(table[:count, :count]),
        parameters.emissions,
        table[:count, count].copy(),
    )
    logarithms, starts, changes, emissions, stops = model.expect(*data)
    transitions = np.zeros_like(table)
    transitions[count, :count], transitions[:count, count] = starts, stops
    transitions[:count, :count] = changes
    return _Expected(logarithms, transitions, emissions)


def _expect_second_order(parameters: Parameters, data: Sequences) -> _Expected:
    symbol, label = np.nonzero(parameters.emissions)
    rows = offsets_of(np.bincount(symbol, minlength=len(parameters.emissions)))
    widths = np.diff(rows)[data.symbols]
    first = offsets_of(widths)
    source = places_of(rows[data.symbols], widths)
    scores = logs(parameters.emissions[symbol, label])[source]
    found, logarithms, transitions = Trigrams(parameters.transitions).posteriors(
        data.offsets, first, label.astype(np.int32)[source], scores, counting=True
    )
    counts = np.zeros_like(parameters.emissions)
    counts[symbol, label] = np.bincount(source, found, minlength=len(symbol))
    return _Expected(logarithms, transitions, counts)


def _maximised(before: Parameters, found: list[_Expected]) -> Parameters:
    """Return the parameters that make what is expected most likely; what never occurs stays."""
    transitions, emissions = (np.zeros_like(array) for array in before[:2])
    for expected in found:
        transitions += expected.transitions
        emissions += expected.emissions
    free = 1.0 - _sums(before.fixed, 0)
    emissions = normalised(emissions, 0, before.emissions - before.fixed) * free + before.fixed
    if before.ends:
        table = normalised(transitions, -1, before.transitions)
    else:
        inner = normalised(transitions[..., :-1], -1, before.transitions[..., :-1])
        table = np.concatenate([inner, before.transitions[..., -1:]], axis=-1)
    return before._replace(transitions=table, emissions=emissions)


def _sums(numbers: Floats, axis: int) -> Floats:
    """Add up along an axis, one after another: NumPy's own sums depend on the processor."""
    return np.take(np.add.accumulate(numbers, axis=axis), [-1], axis=axis)


def normalised(counts: Floats, axis: int, otherwise: Floats | None = None) -> Floats:
    """Divide by the sums along an axis; where they are 0, return what stands in ``otherwise``."""
    totals = _sums(counts, axis)
    if otherwise is None:
        return counts / totals
    return np.where(totals > 0, counts / np.where(totals > 0, totals, 1.0), otherwise)
