"""Where learning a hidden Markov model from bare sequences begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp.checks import require_count
from classicnlp.tagging.base import Tokens
from classicnlp.tagging.hmm_model import HMMModel
from classicnlp.tagging.hmm_symbols import Symbols
from classicnlp.tagging.hmm_training import Parameters, Sequences, model_of, normalised
from classicnlp.tagging.unknown_words import UnknownWords

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXACT = 1e-6  # how far from 1 given probabilities may add up


class Start(NamedTuple):
    """Data as numbers, and the parameters to begin with."""

    names: tuple[str, ...]
    symbols: Symbols
    unknown: UnknownWords | None
    parameters: Parameters
    data: Sequences


def from_nothing(X: Sequence[Tokens], labels: int | Sequence[str], order: int, seed: int) -> Start:
    """Return random parameters under which all labels are nearly alike."""
    names, symbols = label_names(labels), Symbols.learn(X)
    data = _data(symbols, X)
    random = np.random.default_rng(seed)
    shape = (len(names) + 1,) * order
    transitions = normalised(0.5 + random.random((*shape, len(names))), -1)
    occurrences = np.bincount(data.symbols, minlength=symbols.count)
    emissions = (0.5 + random.random((symbols.count, len(names)))) * occurrences[:, None]
    parameters = _endless(transitions, normalised(emissions, 0))
    return Start(names, symbols, None, parameters, data)


def from_model(
    X: Sequence[Tokens],
    model: HMMModel,
    names: tuple[str, ...],
    symbols: Symbols,
    unknown: UnknownWords | None,
) -> Start:
    """Return the parameters of a model, with the probabilities of what it does not know guessed.

    Symbols that do not occur in ``X`` keep their probabilities.
    """
    before = symbols.count
    symbols = symbols.union(Symbols.learn(X))
    data = _data(symbols, X)
    emissions = np.tile(model.emissions.unknown, (symbols.count, 1))
    owners = np.repeat(np.arange(before), np.diff(model.emissions.first))
    emissions[:before] = 0.0
    emissions[owners, model.emissions.labels] = model.emissions.probabilities
    if unknown is not None and symbols.words is not None:
        emissions[before:] = unknown.guess(symbols.words[before:])
    occur = np.bincount(data.symbols, minlength=symbols.count) > 0
    fixed = np.where(occur[:, None], 0.0, emissions)
    parameters = Parameters(model.transitions, emissions, model.ends, fixed)
    return Start(names, symbols, unknown, parameters, data)


def label_names(labels: int | Sequence[str]) -> tuple[str, ...]:
    """Return the names of labels; of so many labels, their numbers.

    Raises
    ------
    TypeError, ValueError
        If they are no names, there is none, or two are the same.

    Examples
    --------
    >>> label_names(3), label_names("BMES")
    (('0', '1', '2'), ('B', 'M', 'E', 'S'))
    """
    if isinstance(labels, (int, np.integer)):
        return tuple(map(str, range(require_count(labels, "labels", 1))))
    names = tuple(labels)
    if not names or not all(isinstance(name, str) for name in names):
        raise TypeError(f"labels must be a number or a list of str, got {labels!r}")
    if len(set(names)) != len(names):
        raise ValueError("labels must differ from each other")
    return names


def _data(symbols: Symbols, X: Sequence[Tokens]) -> Sequences:
    seen = symbols.encode(X)
    return Sequences(seen.offsets, seen.symbols)


def given_model(starts: Any, transitions: Any, emissions: Any) -> HMMModel:
    """Return a first-order model of given probabilities; ends have none.

    Raises
    ------
    ValueError
        If shapes do not fit, or probabilities do not add up to 1.
    """
    starts = _probabilities(starts, "starts", 1)
    transitions = _probabilities(transitions, "transitions", 2)
    emissions = _probabilities(emissions, "emissions", 2)
    count = len(starts)
    if transitions.shape != (count, count) or len(emissions) != count:
        raise ValueError(
            "expected starts, transitions and emissions of shapes (labels,), (labels, labels) and "
            f"(labels, symbols), got {starts.shape}, {transitions.shape} and {emissions.shape}"
        )
    parameters = _endless(np.vstack([transitions, starts]), emissions.T)
    return model_of(parameters, 1.0 / (emissions.shape[1] + 1))


def _endless(transitions: Floats, emissions: Floats) -> Parameters:
    """Return parameters without probabilities of ends; the last row is the boundary's."""
    certain = np.ones((*transitions.shape[:-1], 1))
    table = np.concatenate([transitions, certain], axis=-1)
    emissions = np.ascontiguousarray(emissions)
    return Parameters(table, emissions, False, np.zeros_like(emissions))


def _probabilities(value: Any, name: str, dimensions: int) -> Floats:
    """Return an array whose rows are distributions."""
    array = np.asarray(value, np.float64)
    if array.ndim != dimensions or not array.size:
        raise ValueError(f"{name} must have {dimensions} dimensions, got shape {array.shape}")
    if not (np.isfinite(array).all() and array.min() >= 0):
        raise ValueError(f"{name} must be numbers from 0 to 1")
    if (np.abs(array.sum(axis=-1) - 1) > EXACT).any():
        raise ValueError(f"every row of {name} must add up to 1")
    return array
