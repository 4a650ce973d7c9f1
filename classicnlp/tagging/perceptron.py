"""Training of structured perceptrons over numbered features."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from classicnlp._ext.perceptron import Learner
from classicnlp.checks import require_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEQUENCES_AT_ONCE = 2048
"""How many a kernel learns from before Ctrl-C is heard."""

FORBIDDEN = -(1 << 20)
"""The weight of a transition that never happens; training does not change it."""

Progress = Callable[[int, int, str], None]
Model = TypeVar("Model")


class Sequences(NamedTuple):
    """Labelled sequences as arrays, for training.

    Attributes
    ----------
    offsets : int64 array
        Where each sequence begins among the places, and the end of the last.
    first, features : int64 and int32 arrays
        The features of place i are ``features[first[i]:first[i + 1]]``; -1 stands for none.
    gold : integer array
        The label of each place.
    candidate_first, candidate_labels : int64 and uint8 arrays, or None
        The labels to choose from at each place, the right one among them; None stands for all.
    feature_count, label_count : int
    values : float64 array, optional
        The value of each entry of ``features``; without them all are 1.
    edge_first, edges : int64 and int32 arrays, optional
        The features of the transition into each place.
    """

    offsets: NDArray[np.int64]
    first: NDArray[np.int64]
    features: NDArray[np.int32]
    gold: NDArray[np.integer[Any]]
    candidate_first: NDArray[np.int64] | None
    candidate_labels: NDArray[np.uint8] | None
    feature_count: int
    label_count: int
    values: NDArray[np.float64] | None = None
    edge_first: NDArray[np.int64] | None = None
    edges: NDArray[np.int32] | None = None


class Step(NamedTuple):
    """How far a mistake moves the weights.

    Attributes
    ----------
    rule : str
        One of `classicnlp._ext.perceptron.RULES`.
    margin : float
        By how much the right label must win at each place.
    aggressiveness : float
        The limit C of passive-aggressive steps.
    """

    rule: str = "averaged"
    margin: float = 0.0
    aggressiveness: float = 1.0


class LinearWeights(NamedTuple):
    """The weights of a first-order chain: of features that were used, transitions, starts."""

    features: NDArray[np.int32]  # the numbers of the features that have a row
    rows: NDArray[np.float32]  # shape (len(features), labels)
    transitions: NDArray[np.float32]
    starts: NDArray[np.float32]


def check_training(epochs: int, seed: int, margin: int, runs: int = 1) -> None:
    """Raise an error unless these can be parameters of `train`."""
    require_count(epochs, "epochs", 1)
    require_count(runs, "runs", 1, 100)
    require_count(seed, "seed", 0)
    require_count(margin, "margin", 0, 1 << 20)


def train(
    data: Sequences,
    epochs: int,
    seed: int,
    margin: int,
    forbidden: NDArray[np.bool_] | None = None,
    runs: int = 1,
) -> Iterator[tuple[int, Callable[[], LinearWeights]]]:
    """Train an averaged structured perceptron (Collins, 2002), epoch by epoch.

    With a margin, the right path must beat every other by the margin times the number of their
    different labels (Taskar, Guestrin and Koller, 2003); what is right but not by that much is
    still learnt from.

    Parameters
    ----------
    data : Sequences
        What to learn from.
    epochs : int
        Passes over the data; each in a new random order.
    seed : int
        Seed of the orders.
    margin : int
        By how much the right label must win at each place; one step of learning is 1.
    forbidden : bool array, shape (labels, labels), optional
        Transitions that never happen.
    runs : int
        How many perceptrons are trained side by side, each in orders of its own; what each has to
        say by chance is halved by two, and so on.

    Yields
    ------
    mistakes : int
        Labels that were wrong when they were predicted in this epoch, in all runs.
    average : callable
        Returns the weights averaged over all steps so far and over all runs; to be called before
        the next epoch.
    """
    _check(data)
    data = data._replace(gold=data.gold.astype(np.int32))
    candidates = data.candidate_labels
    if candidates is not None and len(candidates) == len(data.gold) * data.label_count:
        data = data._replace(candidate_first=None, candidate_labels=None)
    no_edges = np.zeros(1, np.int64), np.zeros(0, np.int32)
    learners = [Learner(data.feature_count, data.label_count, *no_edges) for _ in range(runs)]
    if forbidden is not None:
        for learner in learners:
            learner.chain[1:][forbidden] = FORBIDDEN
    generator = np.random.default_rng(seed)
    for _ in range(epochs):
        mistakes = 0
        for learner in learners:
            order = generator.permutation(len(data.offsets) - 1)
            mistakes += learn(learner, data, order, Step(margin=margin))
        yield mistakes, lambda: _mean([_averaged(learner) for learner in learners])


def _averaged(learner: Learner) -> LinearWeights:
    """Return the weights of a perceptron averaged over its steps."""
    features = np.flatnonzero(learner.rows >= 0).astype(np.int32)
    used, step = learner.used, learner.step
    rows = (learner.weights[:used] - learner.sums[:used] / step)[learner.rows[features]]
    links = (learner.chain - learner.chain_sums / step).astype(np.float32)
    return LinearWeights(features, rows.astype(np.float32), links[1:], links[0])


def _mean(runs: list[LinearWeights]) -> LinearWeights:
    """Return the mean of weights; where a run has no row of a feature, it is one of zeros."""
    if len(runs) == 1:
        return runs[0]
    features = np.unique(np.concatenate([run.features for run in runs]))
    rows = np.zeros((len(features), runs[0].rows.shape[1]), np.float32)
    transitions, starts = np.zeros_like(runs[0].transitions), np.zeros_like(runs[0].starts)
    for run in runs:
        rows[np.searchsorted(features, run.features)] += run.rows
        transitions += run.transitions
        starts += run.starts
    count = np.float32(len(runs))
    return LinearWeights(features, rows / count, transitions / count, starts / count)


def learn(learner: Learner, data: Sequences, order: NDArray[np.int64], step: Step) -> int:
    """Learn from sequences in the given order; stop in between if Ctrl-C is pressed.

    Parameters
    ----------
    learner : Learner
        It changes.
    data : Sequences
        What to learn from; quickest if ``gold`` is of type int32.
    order : int64 array
        The numbers of sequences.
    step : Step
        How far a mistake moves the weights.

    Returns
    -------
    int
        How many labels were not right, or did not win by the margin.
    """
    mistakes = 0
    gold = data.gold.astype(np.int32, copy=False)
    for start in range(0, len(order), SEQUENCES_AT_ONCE):
        mistakes += learner.learn(
            data.offsets, data.first, data.features, data.values, gold,
            data.candidate_first, data.candidate_labels, data.edge_first, data.edges,
            order[start : start + SEQUENCES_AT_ONCE], *step,
        )  # fmt: skip
    return mistakes


def best_epoch(
    epochs: Iterator[tuple[int, Callable[[], LinearWeights]]],
    count: int,
    compiled: Callable[[LinearWeights], Model],
    measure: Callable[[Model], float] | None = None,
    progress: Progress | None = None,
) -> Model:
    """Go through the epochs of `train`; return the model of the best one, or of the last.

    Parameters
    ----------
    epochs : iterator
        What `train` yields.
    count : int
        How many epochs there are.
    compiled : callable
        Makes a model of averaged weights.
    measure : callable, optional
        Gives a model's figure on dev data; of two equal figures the earlier epoch's counts.
        Without it the last epoch's model is returned.
    progress : callable, optional
        Called with epoch, number of epochs and a message after each epoch.

    Returns
    -------
    Model
        What ``compiled`` made.
    """
    best: Model | None = None
    highest = -1.0
    for epoch, (mistakes, average) in enumerate(epochs, 1):
        message = f"{mistakes:,} wrong while training"
        if measure is not None:
            model = compiled(average())
            figure = measure(model)
            message += f", dev {figure:.4f}"
            if figure > highest:
                best, highest = model, figure
        elif epoch == count:
            best = compiled(average())
        if progress is not None:
            progress(epoch, count, message)
    assert best is not None  # there is at least one epoch
    return best


def _check(data: Sequences) -> None:
    """Raise a ValueError unless the kernel can trust every number in the data."""
    assert data.candidate_first is not None
    assert data.candidate_labels is not None
    for name, starts, size in (
        ("offsets", data.offsets, len(data.gold)),
        ("first", data.first, len(data.features)),
        ("candidate_first", data.candidate_first, len(data.candidate_labels)),
    ):
        rising = len(starts) and not (np.diff(starts) < 0).any()
        if not rising or starts[0] != 0 or starts[-1] != size:
            raise ValueError(f"{name} must rise from 0 to {size}")
    if len(data.first) != len(data.gold) + 1 or len(data.candidate_first) != len(data.gold) + 1:
        raise ValueError("each place must have features, a label and candidates")
    if (np.diff(data.candidate_first) < 1).any():
        raise ValueError("a place has no candidates")
    if data.features.size and not -1 <= data.features.min() <= data.features.max() < max(
        data.feature_count, 1
    ):
        raise ValueError(f"features must be numbered from 0 to below {data.feature_count}")
    for labels in (data.gold, data.candidate_labels):
        if labels.size and labels.max() >= data.label_count:
            raise ValueError(f"labels must be below {data.label_count}")
