"""What taggers with a linear score share: weights of features and transitions, prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from classicnlp import store
from classicnlp._ext import chain
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.linear import check_cells, edge_scores, emissions
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array, as_names
from classicnlp.corpus.schemes import Scheme, legal_transitions
from classicnlp.tagging.base import (
    TOKENS_AT_ONCE,
    Allowed,
    Labels,
    SequenceTagger,
    Tokens,
    check_sequences,
    chunks,
)
from classicnlp.tagging.cells import lay_out
from classicnlp.tagging.constraints import mask_of
from classicnlp.tagging.features import FeatureExtractor, restore_extractor
from classicnlp.tagging.observations import Observations

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LinearModel(NamedTuple):
    """Weights of a first-order chain.

    Attributes
    ----------
    cells : int32 array, shape (features,)
        The first cell of each feature, as in `Cells`.
    rows : float32 array, shape (rows, labels)
        The weights of the features that have a row.
    weights, weight_labels : float32 and uint16 arrays
        Weight and label of the cells behind the rows.
    transitions : float64 array, shape (labels, labels)
        From row to column.
    starts, stops : float64 arrays, shape (labels,)
        Weights of the first and of the last label of a sequence.
    edge_first, edge_pairs, edge_weights : int64, int32 and float32 arrays
        The pairs (from-label times the number of labels plus to-label) of each feature of
        transitions, and their weights.
    """

    cells: NDArray[np.int32]
    rows: NDArray[np.float32]
    weights: NDArray[np.float32]
    weight_labels: NDArray[np.uint16]
    transitions: NDArray[np.float64]
    starts: NDArray[np.float64]
    stops: NDArray[np.float64]
    edge_first: NDArray[np.int64]
    edge_pairs: NDArray[np.int32]
    edge_weights: NDArray[np.float32]

    def checked(self) -> LinearModel:
        """Return itself if no look-up can leave its arrays; raise a ValueError otherwise."""
        labels = len(self.starts)
        if self.rows.ndim != 2 or self.rows.shape[1] != labels or labels == 0:
            raise ValueError("the rows do not have a weight for each label")
        if self.transitions.shape != (labels, labels) or len(self.stops) != labels:
            raise ValueError("the transitions are not those of the labels")
        if len(self.weights) != len(self.weight_labels):
            raise ValueError("there is not one label for each weight")
        check_cells(self.cells, len(self.rows), labels, self.weight_labels)
        first = self.edge_first
        if not len(first) or first[0] != 0 or (np.diff(first) < 0).any():
            raise ValueError("edge_first must rise from 0")
        if not first[-1] == len(self.edge_pairs) == len(self.edge_weights):
            raise ValueError("there is not one weight for each pair of labels")
        if len(self.edge_pairs) and not (
            0 <= self.edge_pairs.min() <= self.edge_pairs.max() < labels * labels
        ):
            raise ValueError(f"a pair of labels must be below {labels * labels}")
        return self


def linear_model(
    pair_first: NDArray[np.int64],
    pair_labels: NDArray[np.uint16],
    pair_weights: NDArray[np.float32],
    transitions: NDArray[np.float64],
    starts: NDArray[np.float64] | None = None,
    stops: NDArray[np.float64] | None = None,
    edges: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]] | None = None,
) -> LinearModel:
    """Lay out weights that are given feature by feature and label by label.

    Parameters
    ----------
    pair_first : int64 array, shape (features + 1,)
        The labels of feature f are ``pair_labels[pair_first[f]:pair_first[f + 1]]``, ascending.
    pair_labels, pair_weights : uint16 and float32 arrays
    transitions : float64 array, shape (labels, labels)
    starts, stops : float64 arrays, shape (labels,), optional
    edges : edge_first, edge_pairs, edge_weights, optional

    Returns
    -------
    LinearModel
    """
    count = len(transitions)
    cells = lay_out(pair_first, pair_labels, count)
    weights = np.zeros(cells.rows * count + len(cells.labels), np.float32)
    weights[cells.pairs] = pair_weights
    split = cells.rows * count
    if edges is None:
        edges = np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
    return LinearModel(
        cells.first,
        weights[:split].reshape(-1, count),
        weights[split:],
        cells.labels,
        np.ascontiguousarray(transitions, np.float64),
        np.zeros(count) if starts is None else np.ascontiguousarray(starts, np.float64),
        np.zeros(count) if stops is None else np.ascontiguousarray(stops, np.float64),
        *edges,
    )


def forbid_illegal(model: LinearModel, labels: Sequence[str], scheme: Scheme) -> LinearModel:
    """Return the model with -inf for whatever a label scheme does not allow.

    Parameters
    ----------
    model : LinearModel
    labels : sequence of str
        The names of its labels.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}

    Raises
    ------
    ValueError
        If a label does not belong to the scheme.
    """
    legal = legal_transitions(labels, scheme)
    parts = (model.transitions, model.starts, model.stops)
    limited = [np.where(may, part, -np.inf) for may, part in zip(legal, parts, strict=True)]
    return model._replace(transitions=limited[0], starts=limited[1], stops=limited[2])


class _Scored(NamedTuple):
    """The scores of a chunk of sequences, as the chain kernel takes them."""

    offsets: NDArray[np.int64]
    emissions: NDArray[np.float64]
    transitions: NDArray[np.float64]

    def one_by_one(self) -> Iterator[_Scored]:
        """Yield every sequence by itself."""
        for low, high in pairwise(self.offsets.tolist()):
            transitions = self.transitions
            if transitions.ndim == 3:
                transitions = transitions[low:high]
            offsets = np.array([0, high - low], np.int64)
            yield _Scored(offsets, self.emissions[low:high], transitions)


class HeldOut(NamedTuple):
    """Sequences to measure on: features, the sequences, and the numbers of their labels."""

    seen: Observations
    sequences: Sequence[Tokens]
    gold: NDArray[np.int32]


class LinearTagger(SequenceTagger):
    """Scores a path by the sum of the weights of its features and transitions.

    A subclass's `fit` sets ``labels_``, ``_extractor`` and ``_model``.

    Attributes
    ----------
    transitions_ : float64 array, shape (labels, labels)
        The weights of transitions, from row to column.
    """

    _extractor: FeatureExtractor
    _model: LinearModel | None = None
    scheme: Scheme | None
    _no_path = (
        "the labels that are allowed at one of its places cannot follow those allowed before it"
    )

    @property
    def transitions_(self) -> NDArray[np.float64]:
        """The weights of transitions, shape (labels, labels), from row to column."""
        return self._fitted().transitions.copy()

    def top_features(self, k: int = 20, label: str | None = None) -> list[tuple[str, str, float]]:
        """Return the features with the largest weights, positive or negative.

        Parameters
        ----------
        k : int
            How many at most.
        label : str, optional
            Only weights of this label.

        Returns
        -------
        list of (feature, label, weight)
            By falling absolute weight.

        Raises
        ------
        ValueError
            If there is no such label.
        """
        if label is not None and label not in self.labels_:
            raise ValueError(f"no such label: {label!r}; there are {', '.join(self.labels_)}")
        feature, column, weights = self._state_weights()
        if label is not None:
            of_label = column == self.labels_.index(label)
            feature, column, weights = feature[of_label], column[of_label], weights[of_label]
        order = np.argsort(-np.abs(weights), kind="stable")[:k]
        names = self._extractor.names(feature[order])
        numbers = zip(column[order].tolist(), weights[order].tolist(), strict=True)
        return [
            (name, self.labels_[y], weight)
            for name, (y, weight) in zip(names, numbers, strict=True)
        ]

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        model = self._fitted()
        parameters, arrays = self._extractor.to_store()
        arrays = {
            **store.nested("model", model._asdict()),
            **store.nested("features", arrays),
        }
        extractor = {"kind": self._extractor.kind, "parameters": parameters}
        names = {"labels": list(self.labels_), "extractor": extractor}
        params = self.get_params(deep=False)
        params.pop("workers", None)  # a matter of the machine: it changes nothing in the model
        if not isinstance(params["features"], str):
            params["features"] = None  # the extractor says it all
        return {"params": params, **names}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        described = parameters["extractor"]
        extractor = restore_extractor(
            described["kind"], described["parameters"], store.within("features", arrays)
        )
        params = dict(parameters["params"])
        if params["features"] is None:
            params["features"] = extractor
        tagger = cls(**params)
        tagger._check_params()
        tagger._extractor = extractor
        tagger.labels_ = as_names(parameters["labels"], "labels")
        given = store.within("model", arrays)
        types = {
            "cells": np.int32, "weight_labels": np.uint16,
            "edge_first": np.int64, "edge_pairs": np.int32,
        }  # fmt: skip
        for name, dtype in types.items():
            given[name] = as_array(given[name], dtype, name)
        tagger._model = LinearModel(**given).checked()
        if len(tagger.labels_) != len(tagger._model.starts):
            raise ValueError("there is not one name for each label")
        none = extractor.transform([])
        if none.feature_count > len(tagger._model.cells):
            raise ValueError("there are no cells for some features")
        if none.edge_count >= len(tagger._model.edge_first):
            raise ValueError("there are no pairs for some features of transitions")
        return tagger

    def _fitted(self) -> LinearModel:
        if self._model is None:
            raise self._not_fitted()
        return self._model

    def _finished(self, model: LinearModel) -> LinearModel:
        """Return a model that was learnt, without what the label scheme forbids."""
        return model if self.scheme is None else forbid_illegal(model, self.labels_, self.scheme)

    def _ends(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        model = self._fitted()
        return model.starts, model.stops

    def _check_labels(self, labels: Sequence[str]) -> None:
        """Raise a ValueError, before training rather than after, if a label is not the scheme's."""
        if self.scheme is not None:
            legal_transitions(labels, self.scheme)

    def _batches(self, X: Sequence[Tokens], allowed: Allowed | None) -> Iterator[_Scored]:
        model = self._fitted()
        X = check_sequences(X)
        at_once, done = _at_once(len(model.edge_pairs), len(model.starts)), 0
        for sequences, choices in chunks(X, allowed, at_once):
            seen = self._extractor.transform(sequences, done)
            yield self._score_of(seen, sequences, choices, done)
            done += len(sequences)

    def _decode(self, batch: _Scored) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        return chain.decode(*batch, *self._ends())

    def _posteriors(self, batch: _Scored) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        marginals, log_z, _ = chain.posteriors(*batch, *self._ends())
        return marginals, log_z

    def _best(self, batch: _Scored, k: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        return chain.decode_best(batch.emissions, batch.transitions, *self._ends(), k)

    def _accuracy(self, held_out: list[HeldOut]) -> float:
        """Return the share of right labels."""
        right = total = 0
        for seen, sequences, gold in held_out:
            paths, _ = self._decode(self._score_of(seen, sequences))
            right += int((paths == gold).sum())
            total += len(gold)
        return right / total if total else 0.0

    def _score_of(
        self,
        seen: Observations,
        sequences: Sequence[Tokens],
        allowed: Allowed | None = None,
        before: int = 0,
    ) -> _Scored:
        model = self._fitted()
        scores = emissions(
            seen.first, seen.features, seen.values,
            model.cells, model.rows, model.weights, model.weight_labels,
        )  # fmt: skip
        if allowed is not None:
            scores += mask_of(allowed, self.labels_, offsets_of(map(len, sequences)), before)
        transitions = model.transitions
        if seen.edge_first is not None and len(model.edge_pairs):
            assert seen.edges is not None
            transitions = edge_scores(
                seen.edge_first, seen.edges,
                model.edge_first, model.edge_pairs, model.edge_weights, transitions,
            )  # fmt: skip
        return _Scored(seen.offsets, scores, transitions)

    def _forget_unused(self) -> None:
        """Drop weights that are 0, and features that have no others."""
        model = self._fitted()
        feature, label, weight = self._state_weights()
        used = np.zeros(len(model.cells), bool)
        used[feature] = True
        if len(weight) == model.rows.size + len(model.weights) and used.all():
            return
        order = np.lexsort((label, feature))
        numbers = np.cumsum(used) - 1
        pair_first = offsets_of(np.bincount(numbers[feature], minlength=int(used.sum())))
        self._extractor.keep(used)
        self._model = linear_model(
            pair_first,
            label[order].astype(np.uint16),
            weight[order],
            model.transitions,
            model.starts,
            model.stops,
            (model.edge_first, model.edge_pairs, model.edge_weights),
        )

    def _state_weights(
        self,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Return feature, label and weight of every weight of the model that is not 0."""
        model = self._fitted()
        row_cells = model.rows.size
        count = model.rows.shape[1]
        flat = np.concatenate([model.rows.reshape(-1), model.weights])
        label = np.concatenate(
            [
                np.arange(row_cells, dtype=np.int64) % max(count, 1),
                model.weight_labels.astype(np.int64) & 0x7FFF,
            ]
        )
        used = np.flatnonzero(model.cells >= 0)
        order = used[np.argsort(model.cells[used], kind="stable")]
        feature = order[np.searchsorted(model.cells[order], np.arange(len(flat)), "right") - 1]
        present = flat != 0
        return feature[present], label[present], flat[present]


def held_out(
    extractor: FeatureExtractor,
    labels: Sequence[str],
    X: Sequence[Tokens],
    y: Sequence[Labels],
) -> list[HeldOut]:
    """Return sequences to measure on, chunk by chunk; a label that is unknown is never right.

    Their features are the same after every step of training, and so are looked up only once.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    result, start = [], 0
    at_once = _at_once(extractor.transform([]).edge_count, len(labels))
    for sequences, _ in chunks(X, None, at_once):
        here = y[start : start + len(sequences)]
        gold = [numbers.get(label, -1) for sequence in here for label in sequence]
        seen = extractor.transform(sequences, start)
        result.append(HeldOut(seen, sequences, np.array(gold, np.int32)))
        start += len(sequences)
    return result


def _at_once(edges: int, labels: int) -> int:
    """Return how many tokens to look at; with edges every place has a table of transitions."""
    return TOKENS_AT_ONCE // labels if edges else TOKENS_AT_ONCE
