"""Linear-chain conditional random fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp.checks import require_at_least, require_count
from classicnlp.corpus.schemes import Scheme, check_scheme
from classicnlp.tagging.base import (
    Labelled,
    Labels,
    Tokens,
    check_labelled,
    label_numbers,
)
from classicnlp.tagging.crf_training import CrfTraining
from classicnlp.tagging.features import FeatureExtractor, extractor_for
from classicnlp.tagging.linear import LinearTagger, held_out
from classicnlp.tagging.perceptron import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERIOD = 10  # iterations over which the improvement is measured, as in CRFsuite


class _State(NamedTuple):
    """Weights that training has come to, and what to say about them."""

    weights: NDArray[np.float64]
    message: str


class CRFTagger(LinearTagger):
    """A linear-chain conditional random field (Lafferty, McCallum and Pereira, 2001).

    The probability of the labels of a whole sequence is learnt, so that marginals and n best
    paths have probabilities, too. Training starts with a few passes of AdaGrad, which come close
    to the optimum, and goes on with L-BFGS, which gets there.

    Parameters
    ----------
    features : str or FeatureExtractor
        How tokens become features: ``"auto"``, ``"characters"``, ``"names"``, ``"words"``,
        ``"dictionaries"``, the text of a template, or an extractor; see
        `classicnlp.tagging.features`.
    min_count : int
        Features seen less often in the training data are left out.
    l1, l2 : float
        Weights of the penalties l1 |w| and l2 |w|², from 0 (CRFsuite's c1 and c2).
    epochs : int
        Passes of AdaGrad (Duchi, Hazan and Singer, 2011) before L-BFGS, from 0.
    rate : float
        Length of the first step that AdaGrad takes with a weight, above 0.
    max_iterations : int
        Of L-BFGS (Liu and Nocedal, 1989), from 0; with ``l1`` of OWL-QN (Andrew and Gao, 2007).
    tolerance : float
        L-BFGS ends when ten iterations improve the objective by less than this share of it.
    all_possible_states : bool
        Whether features have weights for labels that they never occur with in training.
    all_possible_transitions : bool
        The same for transitions.
    margin : float
        By how much the right label has to win at each place, from 0. Above 0 this is
        softmax-margin training (Gimpel and Smith, 2010), often more accurate; probabilities are
        then less well calibrated.
    scheme : str, optional
        A label scheme (``"BIO"``, ``"BIOES"``, ``"BMES"`` …): predictions never break its rules.
    seed : int
        Seed of the order in which AdaGrad sees the data.
    workers : int
        Threads; the result is the same with any number.

    Attributes
    ----------
    labels_ : tuple of str
        The labels, in order of their numbers.
    objective_ : float
        The value that training came to.

    Examples
    --------
    >>> X = [["我", "爱", "北京"], ["北京", "欢迎", "你"], ["你", "爱", "我"]]
    >>> y = [["r", "v", "ns"], ["ns", "v", "r"], ["r", "v", "r"]]
    >>> tagger = CRFTagger(features="words", l2=0.1).fit(X, y)
    >>> tagger.predict([["我", "欢迎", "你"]])
    [['r', 'v', 'r']]
    >>> tagger.predict_marginals([["我"]])[0].sum().round(6).tolist()
    1.0
    """

    kind = "crf"

    def __init__(
        self,
        features: str | FeatureExtractor = "auto",
        min_count: int = 1,
        l1: float = 0.0,
        l2: float = 0.3,
        epochs: int = 3,
        rate: float = 0.5,
        max_iterations: int = 100,
        tolerance: float = 1e-3,
        all_possible_states: bool = False,
        all_possible_transitions: bool = True,
        margin: float = 0.0,
        scheme: Scheme | None = None,
        seed: int = 0,
        workers: int = 1,
    ):
        self.features = features
        self.min_count = min_count
        self.l1 = l1
        self.l2 = l2
        self.epochs = epochs
        self.rate = rate
        self.max_iterations = max_iterations
        self.tolerance = tolerance
        self.all_possible_states = all_possible_states
        self.all_possible_transitions = all_possible_transitions
        self.margin = margin
        self.scheme = scheme
        self.seed = seed
        self.workers = workers

    def fit(
        self,
        X: Sequence[Tokens],
        y: Sequence[Labels],
        dev: Labelled | None = None,
        progress: Progress | None = None,
    ) -> CRFTagger:
        """Learn from labelled sequences.

        On Ctrl-C the tagger keeps what it has learnt so far, and KeyboardInterrupt is raised.

        Parameters
        ----------
        X : sequence of sequences of tokens
        y : sequence of sequences of str
            The label of each token.
        dev : (X, y), optional
            Sequences to measure on after each pass and iteration; the best weights are kept.
        progress : callable, optional
            Called with the number of the pass or iteration, how many there are at most, and a
            message with objective, gradient norm and accuracy on ``dev``.

        Returns
        -------
        CRFTagger
            Itself.

        Raises
        ------
        ValueError
            If there is nothing to learn from, lengths differ, or a value is infinite or NaN.
        """
        self._check_params()
        X, y = check_labelled(X, y)
        if dev is not None:
            dev = check_labelled(*dev)
        labels, gold = label_numbers(y)
        self._check_labels(labels)
        extractor = extractor_for(self.features, X)
        observations = extractor.fit_transform(X, self.min_count, y).check()
        dev_part = [] if dev is None else held_out(extractor, labels, *dev)
        training = CrfTraining(
            observations, gold, len(labels), self.l2,
            self.all_possible_states, self.all_possible_transitions, self.margin, self.workers,
        )  # fmt: skip
        self.labels_, self._extractor = labels, extractor
        best, highest = np.zeros(training.size), -1.0
        most = self.epochs + self.max_iterations
        try:
            for number, state in enumerate(self._states(training), 1):
                message, figure = state.message, highest
                if dev is not None:
                    self._model = self._finished(training.model(state.weights))
                    figure = self._accuracy(dev_part)
                    message += f", dev {figure:.4f}"
                if dev is None or figure > highest:
                    best, highest = state.weights, figure
                if progress is not None:
                    progress(number, most, message)
        finally:
            training.close()
            self._model = self._finished(training.model(best))
            self._forget_unused()
        return self

    def log_likelihood(self, X: Sequence[Tokens], y: Sequence[Labels]) -> float:
        """Return the sum over the sequences of log p(labels | tokens).

        Parameters
        ----------
        X : sequence of sequences of tokens
        y : sequence of sequences of str
            Labels that the tagger knows.

        Returns
        -------
        float
            At most 0; -inf if the scheme forbids a transition of the given labels.

        Raises
        ------
        ValueError
            If lengths differ, or a label is unknown.
        """
        X, y = check_labelled(X, y)
        _, gold = label_numbers(y, self._fitted() and self.labels_)
        starts, stops = self._ends()
        total, done = 0.0, 0
        for scored in self._batches(X, None):
            here = gold[done : done + len(scored.emissions)]
            done += len(here)
            _, log_z = self._posteriors(scored)
            total -= float(log_z.sum())
            offsets = scored.offsets[np.flatnonzero(np.diff(scored.offsets, append=-1) != 0)]
            first, last = offsets[:-1], offsets[1:] - 1
            inner = np.ones(len(here), bool)
            inner[first] = False
            places = np.flatnonzero(inner)
            steps = scored.transitions
            if steps.ndim == 3:
                total += float(steps[places, here[places - 1], here[places]].sum())
            else:
                total += float(steps[here[places - 1], here[places]].sum())
            total += float(scored.emissions[np.arange(len(here)), here].sum())
            total += float(starts[here[first]].sum() + stops[here[last]].sum())
        return total

    def _states(self, training: CrfTraining) -> Iterator[_State]:
        """Train; yield after each pass of AdaGrad and each iteration of L-BFGS."""
        weights = np.zeros(training.size)
        for learnt in training.online(weights, self.epochs, self.rate, self.seed):
            weights = learnt
            yield _State(weights, "AdaGrad")
        if self.max_iterations == 0:
            self.objective_ = training.evaluate(weights, np.empty(training.size))
            return
        values: list[float] = []
        for number, iteration in enumerate(training.batch(weights, self.l1)):
            self.objective_ = iteration.value
            values.append(iteration.value)
            if number == 0:
                continue  # the point that the search starts from
            yield _State(
                iteration.x.copy(),
                f"L-BFGS, objective {iteration.value:.2f}, gradient {iteration.gradient_norm:.2f}",
            )
            if number == self.max_iterations:
                return
            if number >= PERIOD:
                improvement = values[-1 - PERIOD] - values[-1]
                if improvement <= self.tolerance * abs(values[-1]):
                    return

    def _check_params(self) -> None:
        require_count(self.min_count, "min_count", 1)
        require_count(self.epochs, "epochs", 0)
        require_count(self.max_iterations, "max_iterations", 0)
        require_count(self.seed, "seed", 0)
        require_count(self.workers, "workers", 1, 256)
        if self.scheme is not None:
            check_scheme(self.scheme)
        for name in ("l1", "l2", "rate", "tolerance", "margin"):
            require_at_least(getattr(self, name), name, 0.0)
