"""Structured perceptrons that people train on their own data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.perceptron import RULES, Learner
from classicnlp.checks import require_at_least, require_count
from classicnlp.corpus.schemes import Scheme, check_scheme
from classicnlp.tagging.base import (
    Labelled,
    Labels,
    Tokens,
    check_labelled,
    label_numbers,
)
from classicnlp.tagging.features import FeatureExtractor, extractor_for
from classicnlp.tagging.linear import LinearTagger, held_out
from classicnlp.tagging.observations import Observations
from classicnlp.tagging.pairs import edge_pairs
from classicnlp.tagging.perceptron import Progress, Sequences, Step, learn
from classicnlp.tagging.perceptron_weights import Learnt

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PerceptronTagger(LinearTagger):
    """A structured perceptron with averaged weights (Collins, 2002).

    Sequence by sequence, the best path under the present weights is compared with the right one,
    and where they differ weights move towards the right one. It trains much faster than a
    conditional random field and is nearly as accurate; its probabilities mean little.

    Parameters
    ----------
    features : str or FeatureExtractor
        How tokens become features: ``"auto"``, ``"characters"``, ``"names"``, ``"words"``,
        ``"dictionaries"``, the text of a template, or an extractor; see
        `classicnlp.tagging.features`.
    min_count : int
        Features seen less often in the training data are left out.
    epochs : int
        Passes over the training data, each in a new random order.
    algorithm : str
        How far weights move: ``"averaged"`` by 1 (Collins, 2002); ``"passive-aggressive"`` as far
        as is needed, ``"passive-aggressive-1"`` but no further than by ``aggressiveness``,
        ``"passive-aggressive-2"`` less the smaller ``aggressiveness`` is (Crammer et al., 2006).
        All are averaged.
    margin : float, optional
        By how much a right path has to win for nothing to be learnt, for each label that is
        different (Taskar, Guestrin and Koller, 2003); None is 20 for "averaged", else 1.
    aggressiveness : float
        The parameter C of passive-aggressive steps, above 0.
    early_stop : int, optional
        Stop after as many epochs in a row that were not the best on ``dev``.
    scheme : str, optional
        A label scheme (``"BIO"``, ``"BIOES"``, ``"BMES"`` …): predictions never break its rules.
    seed : int
        Seed of the order of the sequences.

    Attributes
    ----------
    labels_ : tuple of str
        The labels, in order of their numbers.
    best_epoch_ : int
        The epoch whose weights `fit` kept.

    Examples
    --------
    >>> X = [["我", "爱", "北京"], ["北京", "欢迎", "你"], ["你", "爱", "我"]]
    >>> y = [["r", "v", "ns"], ["ns", "v", "r"], ["r", "v", "r"]]
    >>> tagger = PerceptronTagger(features="words").fit(X, y)
    >>> tagger.predict([["我", "欢迎", "你"]])
    [['r', 'v', 'r']]
    """

    kind = "perceptron"
    _learnt: Learnt | None = None

    def __init__(
        self,
        features: str | FeatureExtractor = "auto",
        min_count: int = 1,
        epochs: int = 10,
        algorithm: str = "averaged",
        margin: float | None = None,
        aggressiveness: float = 1.0,
        early_stop: int | None = None,
        scheme: Scheme | None = None,
        seed: int = 0,
    ):
        self.features = features
        self.min_count = min_count
        self.epochs = epochs
        self.algorithm = algorithm
        self.margin = margin
        self.aggressiveness = aggressiveness
        self.early_stop = early_stop
        self.scheme = scheme
        self.seed = seed

    def fit(
        self,
        X: Sequence[Tokens],
        y: Sequence[Labels],
        dev: Labelled | None = None,
        progress: Progress | None = None,
    ) -> PerceptronTagger:
        """Learn from labelled sequences.

        On Ctrl-C the tagger keeps what it has learnt so far, and KeyboardInterrupt is raised.

        Parameters
        ----------
        X : sequence of sequences of tokens
        y : sequence of sequences of str
            The label of each token.
        dev : (X, y), optional
            Sequences to measure each epoch on; the most accurate epoch is kept.
        progress : callable, optional
            Called with epoch, number of epochs and a message after each epoch.

        Returns
        -------
        PerceptronTagger
            Itself.

        Raises
        ------
        ValueError
            If there is nothing to learn from, lengths differ, or a value is infinite or NaN.
        """
        self._check_params()
        if self.early_stop is not None and dev is None:
            raise ValueError("early_stop needs dev, the sequences to measure each epoch on")
        X, y = check_labelled(X, y)
        labels, gold = label_numbers(y)
        self._check_labels(labels)
        extractor = extractor_for(self.features, X)
        seen = extractor.fit_transform(X, self.min_count, y).check()
        dev_part = [] if dev is None else held_out(extractor, labels, *check_labelled(*dev))
        edges = edge_pairs(seen, gold, len(labels))[:2]
        learner = Learner(seen.feature_count, len(labels), *edges)
        best: Learnt | None = None
        self.best_epoch_, highest = 0, -1.0
        self.labels_, self._extractor, self._model = labels, extractor, None
        try:
            for epoch, mistakes in self._epochs(learner, _sequences(seen, gold, len(labels))):
                message, figure = f"{mistakes:,} wrong while training", float(epoch)
                if dev is not None:
                    now = Learnt.by(learner, edges)
                    self._model = self._finished(now.model(seen.feature_count))
                    figure = self._accuracy(dev_part)
                    message += f", dev {figure:.4f}"
                if figure > highest:
                    highest, self.best_epoch_ = figure, epoch
                    best = now if dev is not None else None
                if progress is not None:
                    progress(epoch, self.epochs, message)
                if self.early_stop is not None and epoch - self.best_epoch_ >= self.early_stop:
                    break
        finally:
            self._take(best or Learnt.by(learner, edges), seen.feature_count)
        return self

    def partial_fit(
        self, X: Sequence[Tokens], y: Sequence[Labels], labels: Iterable[str] | None = None
    ) -> PerceptronTagger:
        """Learn more: pass once over further sequences, in the order in which they come.

        The first call, and the first after `load`, starts from the weights that the tagger has:
        those of `fit` and earlier calls as they were before averaging, those of a file averaged.
        New features and new labels may come at any time.

        Parameters
        ----------
        X : sequence of sequences of tokens
        y : sequence of sequences of str
        labels : iterable of str, optional
            Labels that are to be known even if no sequence has them yet.

        Returns
        -------
        PerceptronTagger
            Itself.

        Raises
        ------
        ValueError
            If lengths differ, there is no label at all, or a value is infinite or NaN.
        """
        self._check_params()
        X, y = check_labelled(X, y)
        known = self.labels_ if self._model is not None else ()
        more = {label for sequence in y for label in sequence} | set(labels or ())
        names, gold = label_numbers(y, (*known, *sorted(map(str, more - set(known)))))
        self._check_labels(names)
        if self._model is None:
            extractor = extractor_for(self.features, X)
            seen = extractor.fit_transform(X, self.min_count, y).check()
            edges = edge_pairs(seen, gold, len(names))[:2]
            learner = Learner(seen.feature_count, len(names), *edges)
        else:
            learnt = self._so_far()
            extractor = self._extractor.extended(X, self.min_count)
            seen = extractor.transform(X).check()
            edges = learnt.edges_with(edge_pairs(seen, gold, len(names))[:2], len(names))
            learner = learnt.learner(seen.feature_count, len(names), edges)
        self.labels_, self._extractor, self._model = names, extractor, None
        try:
            order = np.arange(len(X), dtype=np.int64)
            learn(learner, _sequences(seen, gold, len(names)), order, self._step())
        finally:
            self._take(Learnt.by(learner, edges), seen.feature_count)
        return self

    def _epochs(self, learner: Learner, data: Sequences) -> Iterator[tuple[int, int]]:
        """Learn; yield after each epoch its number and its mistakes."""
        generator = np.random.default_rng(self.seed)
        for epoch in range(1, self.epochs + 1):
            order = generator.permutation(len(data.offsets) - 1)
            yield epoch, learn(learner, data, order, self._step())

    def _step(self) -> Step:
        margin = self.margin
        if margin is None:
            margin = 20.0 if self.algorithm == "averaged" else 1.0
        return Step(self.algorithm, float(margin), float(self.aggressiveness))

    def _take(self, learnt: Learnt, feature_count: int) -> None:
        """Take what was learnt; forget the features that no mistake has touched."""
        touched = np.zeros(feature_count, bool)
        touched[learnt.features] = True
        self._extractor.keep(touched)
        self._learnt = learnt._replace(features=np.arange(len(learnt.features)))
        self._model = self._finished(self._learnt.model(len(learnt.features)))

    def _so_far(self) -> Learnt:
        """Return the weights before averaging; those of a file were averaged."""
        if self._learnt is not None:
            return self._learnt
        model = self._fitted()
        feature, label, weight = self._state_weights()
        order = np.lexsort((label, feature))
        return Learnt.averaged(model, feature[order], label[order], weight[order])

    def _check_params(self) -> None:
        require_count(self.min_count, "min_count", 1)
        require_count(self.epochs, "epochs", 1)
        require_count(self.seed, "seed", 0)
        if self.algorithm not in RULES:
            raise ValueError(f"algorithm must be one of {', '.join(RULES)}, got {self.algorithm!r}")
        if self.margin is not None:
            require_at_least(self.margin, "margin", 0.0)
        require_at_least(self.aggressiveness, "aggressiveness", 0.0)
        if self.aggressiveness == 0:
            raise ValueError("aggressiveness must be above 0, or nothing is learnt")
        if self.early_stop is not None:
            require_count(self.early_stop, "early_stop", 1)
        if self.scheme is not None:
            check_scheme(self.scheme)


def _sequences(seen: Observations, gold: NDArray[np.int32], label_count: int) -> Sequences:
    return Sequences(
        seen.offsets, seen.first, seen.features, gold, None, None,
        seen.feature_count, label_count, seen.values, seen.edge_first, seen.edges,
    )  # fmt: skip
