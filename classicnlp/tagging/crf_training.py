"""Training of conditional random fields over numbered features."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.crf import Objective, Online, Worker, interleave
from classicnlp._ext.lbfgs import dot
from classicnlp.arrays import offsets_of, places_of
from classicnlp.tagging.cells import lay_out
from classicnlp.tagging.linear import LinearModel, linear_model
from classicnlp.tagging.minimise import Iteration, minimise
from classicnlp.tagging.observations import Observations
from classicnlp.tagging.pairs import edge_pairs, pairs_before, state_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

NEAR = 512  # sequences among which those of like length are put together
GROUPS_AT_ONCE = 16  # a share of the work that a thread takes


class CrfTraining:
    """Labelled sequences, ready to train a linear-chain CRF on (Lafferty et al., 2001).

    The objective is CRFsuite's (Okazaki, 2007): the negative log likelihood of the labels plus
    l1 |w| plus l2 |w|², over the weights of pairs of feature and label and of pairs of labels.

    Parameters
    ----------
    observations : Observations
    gold : int32 array, shape (places,)
        The right labels, numbered from 0.
    label_count : int
    l2 : float
        Weight of the L2 penalty, from 0.
    all_states : bool
        Whether features have weights for labels, too, that they do not occur with.
    all_transitions : bool
        The same for transitions.
    margin : float
        By how much right labels have to win over wrong ones, each (softmax-margin).
    workers : int
        Threads; the result does not depend on their number.
    """

    def __init__(
        self,
        observations: Observations,
        gold: NDArray[np.int32],
        label_count: int,
        l2: float = 1.0,
        all_states: bool = False,
        all_transitions: bool = True,
        margin: float = 0.0,
        workers: int = 1,
    ):
        self.l2 = l2
        self.label_count = label_count
        self._margin = margin * len(gold)
        self.states = state_pairs(observations, gold, label_count, all_states)
        self._edges = edge_pairs(observations, gold, label_count)
        into = pairs_before(observations.offsets, gold, label_count)
        square = label_count * label_count
        transitions = np.bincount(into[into >= 0], minlength=square).reshape(-1, label_count)
        self.learnt_transitions = (
            np.ones_like(transitions, bool) if all_transitions else transitions > 0
        )
        # Four labels, those of BMES, are added up without a look at which a feature has.
        row_from = 1 if label_count == 4 else None
        cells = lay_out(
            self.states.first, self.states.labels.astype(np.uint16), label_count, row_from
        )
        self._cells = cells
        self._splits = np.cumsum([len(self.states.labels), len(self._edges.labels)])
        self._observed = np.concatenate(
            [self.states.observed, self._edges.observed, transitions[self.learnt_transitions]]
        )
        order = _order(observations.offsets)
        places = interleave(observations.offsets, order)
        first, entries = _taken(observations.first, places)
        edge_first, edges = observations.edge_first, observations.edges
        if edge_first is not None and edges is not None:
            edge_first, edge_entries = _taken(edge_first, places)
            edges = edges[edge_entries]
        values = observations.values
        self._objective = Objective(
            np.diff(observations.offsets)[order], first,
            cells.first[observations.features[entries]],
            None if values is None else values[entries], cells.rows, label_count,
            cells.labels, cells.pairs, edge_first, edges, self._edges.first, self._edges.labels,
            gold[places], into[places] // label_count, margin,
        )  # fmt: skip
        self._feature_counts = np.bincount(
            observations.features, minlength=observations.feature_count
        )
        self._workers = [Worker(self._objective) for _ in range(workers)]
        self._pool = ThreadPoolExecutor(workers) if workers > 1 else None

    @property
    def size(self) -> int:
        """The number of weights."""
        return len(self._observed)

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def evaluate(self, weights: Vector, gradient: Vector) -> float:
        """Write the gradient of the smooth objective at ``weights``; return its value."""
        states, edges, _ = np.split(weights, self._splits)
        self._objective.set_weights(states, edges, self._transitions(weights))
        self._share_out(
            lambda worker, low, high: self._workers[worker].evaluate(low, high),
            self._objective.groups,
            GROUPS_AT_ONCE,
        )
        first, *others = self._workers
        for other in others:
            self.by_pieces(partial(first.take, other), self._objective.cell_count)
        self.by_pieces(
            partial(self._objective.collect, first, weights, self.l2, self._observed, gradient),
            len(states),
        )
        pairs, edge_counts = first.expected()
        behind = len(states)
        gradient[behind:] = np.concatenate([edge_counts, pairs[self.learnt_transitions]])
        gradient[behind:] += 2.0 * self.l2 * weights[behind:] - self._observed[behind:]
        for worker in self._workers:
            worker.forget()
        log_z = float(np.add.accumulate(self._objective.group_values)[-1])
        return log_z + self._margin - dot(weights, self._observed) + self.l2 * dot(weights, weights)

    def by_pieces(self, work: Callable[[int, int], None], count: int) -> None:
        """Call ``work`` for ranges that make up 0 ... count - 1, a range for each thread."""
        share = -(-count // len(self._workers)) if count else 1
        self._share_out(lambda _, low, high: work(low, high), count, share)

    def _share_out(self, work: Callable[[int, int, int], None], count: int, share: int) -> None:
        """Call work(worker, low, high) for ranges of ``share``, as the workers get to them."""
        starts = iter(range(0, count, share))
        lock = threading.Lock()

        def run(worker: int) -> None:
            while True:
                with lock:
                    low = next(starts, None)
                if low is None:
                    return
                work(worker, low, min(low + share, count))

        if self._pool is None:
            run(0)
        else:
            list(self._pool.map(run, range(len(self._workers))))

    def online(self, weights: Vector, epochs: int, rate: float, seed: int) -> Iterator[Vector]:
        """Learn group by group by AdaGrad (Duchi, Hazan and Singer, 2011).

        Parameters
        ----------
        weights : float64 array
            Where to start; not changed.
        epochs : int
            Passes over the data, each in a new random order.
        rate : float
            Length of a parameter's first step.
        seed : int
            Seed of the orders.

        Yields
        ------
        float64 array
            The weights after each epoch.
        """
        states, edges, _ = np.split(weights, self._splits)
        transitions = self._transitions(weights)
        self._objective.set_weights(states, edges, transitions)
        shares = 2.0 * self.l2 / np.maximum(self._feature_counts, 1)
        widths = np.diff(self.states.first)
        cell_shares = np.zeros(self._objective.cell_count + 1, np.float32)
        cell_shares[self._cells.pairs] = np.repeat(shares, widths)
        groups = self._objective.groups
        online = Online(
            self._workers[0], transitions, self.learnt_transitions, cell_shares,
            2.0 * self.l2 / max(groups, 1), rate,
        )  # fmt: skip
        generator = np.random.default_rng(seed)
        for _ in range(epochs):
            order = generator.permutation(groups)
            for start in range(0, groups, GROUPS_AT_ONCE):  # so that Ctrl-C is heard in between
                online.learn(order[start : start + GROUPS_AT_ONCE])
            weights = np.empty(self.size)
            states, edges, _ = np.split(weights, self._splits)
            self._objective.get_weights(states, edges)
            weights[self._splits[1] :] = transitions[self.learnt_transitions]
            yield weights

    def batch(self, weights: Vector, l1: float) -> Iterator[Iteration]:
        """Minimise the objective by L-BFGS, or OWL-QN with ``l1``, from the given weights."""
        return minimise(self.evaluate, weights, l1, self.by_pieces)

    def model(self, weights: Vector) -> LinearModel:
        """Return the model with the given weights."""
        states, edges, _ = np.split(weights, self._splits)
        return linear_model(
            self.states.first,
            self.states.labels.astype(np.uint16),
            states.astype(np.float32),
            self._transitions(weights),
            edges=(self._edges.first, self._edges.labels, edges.astype(np.float32)),
        )

    def _transitions(self, weights: Vector) -> Vector:
        transitions = np.zeros(self.learnt_transitions.shape)
        transitions[self.learnt_transitions] = weights[self._splits[1] :]
        return transitions


def _taken(
    first: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where rows begin once they are put into the order of ``places``, and their entries."""
    counts = np.diff(first)[places]
    return offsets_of(counts), places_of(first[places], counts)


def _order(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sequences in an order in which those that are side by side are of like length.

    The order changes within stretches only, so that features that first occur near each other,
    and have numbers near each other, stay together.
    """
    lengths = np.diff(offsets)
    stretches = [
        low + np.argsort(lengths[low : low + NEAR], kind="stable")
        for low in range(0, len(lengths), NEAR)
    ]
    return np.concatenate(stretches) if stretches else np.zeros(0, np.int64)
