"""What a structured perceptron has learnt, apart from the arrays that it learns in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.perceptron import Learner
from classicnlp.arrays import offsets_of
from classicnlp.tagging.linear import LinearModel, linear_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

Edges: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.int32]]"
"""The pairs of labels that features of transitions have a weight for: ``edge_first`` and pairs."""


class Learnt(NamedTuple):
    """What a learner has learnt, of the features that a mistake has touched.

    Attributes
    ----------
    features : int64 array
        Their numbers, ascending.
    first, labels, weights, sums : int64, uint16, float32 and float64 arrays
        The labels of ``features[i]`` are ``labels[first[i]:first[i + 1]]``; their weights, and
        for averaging the sums of every change of a weight times its step.
    chain, chain_sums : float64 arrays, shape (1 + labels, labels)
        The same of first labels, then of transitions from row to column.
    edge_first, edge_pairs, edge_weights, edge_sums : int64, int32 and float64 arrays
        The same of features of transitions, by pair of labels.
    step : int
        How many sequences were learnt from, counted from 1.
    """

    features: NDArray[np.int64]
    first: NDArray[np.int64]
    labels: NDArray[np.uint16]
    weights: NDArray[np.float32]
    sums: NDArray[np.float64]
    chain: NDArray[np.float64]
    chain_sums: NDArray[np.float64]
    edge_first: NDArray[np.int64]
    edge_pairs: NDArray[np.int32]
    edge_weights: NDArray[np.float64]
    edge_sums: NDArray[np.float64]
    step: int

    @classmethod
    def by(cls, learner: Learner, edges: Edges) -> Learnt:
        """Copy what a learner has learnt."""
        rows = learner.rows
        features = np.flatnonzero(rows >= 0)
        weights = learner.weights[rows[features]]
        sums = learner.sums[rows[features]]
        touched = (weights != 0) | (sums != 0)
        edge_first, edge_pairs = edges
        return cls(
            features,
            offsets_of(touched.sum(axis=1)),
            np.nonzero(touched)[1].astype(np.uint16),
            weights[touched],
            sums[touched],
            learner.chain.copy(),
            learner.chain_sums.copy(),
            edge_first,
            edge_pairs,
            learner.edge_weights.copy()[: len(edge_pairs)],
            learner.edge_sums.copy()[: len(edge_pairs)],
            learner.step,
        )

    @classmethod
    def averaged(
        cls,
        model: LinearModel,
        features: NDArray[np.int64],
        labels: NDArray[np.int64],
        weights: NDArray[np.float32],
    ) -> Learnt:
        """Start from the weights of a model as if they had been learnt at once.

        Parameters
        ----------
        model : LinearModel
        features, labels, weights : arrays
            Feature, label and weight of every weight that is not 0, in this order.
        """
        count = len(model.cells)
        chain = np.vstack([model.starts, model.transitions])
        return cls(
            np.arange(count),
            offsets_of(np.bincount(features, minlength=count)),
            labels.astype(np.uint16),
            weights,
            np.zeros(len(weights)),
            np.where(np.isfinite(chain), chain, 0.0),  # what a scheme forbids was not learnt
            np.zeros_like(chain),
            model.edge_first,
            model.edge_pairs,
            model.edge_weights.astype(np.float64),
            np.zeros(len(model.edge_weights)),
            1,
        )

    def model(self, feature_count: int) -> LinearModel:
        """Return the weights averaged over all steps."""
        widths = np.zeros(feature_count, np.int64)
        widths[self.features] = np.diff(self.first)
        links = self.chain - self.chain_sums / self.step
        edge_weights = (self.edge_weights - self.edge_sums / self.step).astype(np.float32)
        return linear_model(
            offsets_of(widths),
            self.labels,
            (self.weights - self.sums / self.step).astype(np.float32),
            links[1:],
            links[0],
            edges=(self.edge_first, self.edge_pairs, edge_weights),
        )

    def learner(self, feature_count: int, label_count: int, edges: Edges) -> Learner:
        """Return a learner that goes on from here.

        Parameters
        ----------
        feature_count, label_count : int
            How many there are now: these, and new ones with higher numbers.
        edges : edge_first and pairs
            As `edges_with` gave them.
        """
        learner = Learner(feature_count, label_count, *edges)
        learner.step, learner.used = self.step, len(self.features)
        learner.rows[self.features] = np.arange(len(self.features))
        place = np.repeat(np.arange(len(self.features)), np.diff(self.first)), self.labels
        learner.weights[place] = self.weights
        learner.sums[place] = self.sums
        height, width = self.chain.shape
        learner.chain[:height, :width] = self.chain
        learner.chain_sums[:height, :width] = self.chain_sums
        places = np.searchsorted(_keys(edges, label_count), self._edge_keys(label_count))
        learner.edge_weights[places] = self.edge_weights
        learner.edge_sums[places] = self.edge_sums
        return learner

    def edges_with(self, edges: Edges, label_count: int) -> Edges:
        """Return the pairs of labels of old and of further training data.

        Parameters
        ----------
        edges : edge_first and pairs
            Of the further training data.
        label_count : int
            How many labels there are now.
        """
        keys = np.union1d(self._edge_keys(label_count), _keys(edges, label_count))
        square = label_count * label_count
        counts = np.bincount(keys // square, minlength=len(edges[0]) - 1)
        return offsets_of(counts), (keys % square).astype(np.int32)

    def _edge_keys(self, label_count: int) -> NDArray[np.int64]:
        """Return the keys of pairs where the number of labels has grown."""
        before, label = np.divmod(self.edge_pairs.astype(np.int64), self.chain.shape[1])
        return _keys((self.edge_first, before * label_count + label), label_count)


def _keys(edges: tuple[NDArray[np.int64], NDArray[Any]], label_count: int) -> NDArray[np.int64]:
    """Return a number for each pair of each feature of transitions, ascending."""
    first, pairs = edges
    feature = np.repeat(np.arange(len(first) - 1), np.diff(first))
    keys: NDArray[np.int64] = feature * (label_count * label_count) + pairs
    return keys
