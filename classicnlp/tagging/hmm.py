"""Tagging by hidden Markov models, learnt from labelled sequences or from bare ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp.checks import require_at_least, require_count
from classicnlp.tagging.base import (
    Labelled,
    Labels,
    Tokens,
    check_labelled,
    check_sequences,
    label_numbers,
)
from classicnlp.tagging.hmm_contexts import count_contexts
from classicnlp.tagging.hmm_learnt import LearntHMM
from classicnlp.tagging.hmm_model import HMMModel
from classicnlp.tagging.hmm_smoothing import (
    SMOOTHINGS,
    Smoothing,
    smooth_emissions,
    smooth_transitions,
    transition_counts,
)
from classicnlp.tagging.hmm_start import from_model, from_nothing, given_model, label_names
from classicnlp.tagging.hmm_symbols import Encoded, Symbols
from classicnlp.tagging.hmm_training import model_of, train
from classicnlp.tagging.perceptron import Progress
from classicnlp.tagging.unknown_words import UnknownWords
from classicnlp.text import default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]

MOST_LABELS = 255  # where a number is kept for each three labels
MOST_LABELS_OF_FIRST_ORDER = 4096


class HMMTagger(LearntHMM):
    """A hidden Markov model of first or second order.

    `fit` counts in labelled sequences (Brants, 2000); `fit_em` learns from bare ones (Baum and
    Welch; Rabiner, 1989). Tokens are words or characters (str), or whole numbers from 0. A token
    only gets labels that it was seen with; words that were not seen get theirs by shape, prefixes
    and suffixes (Huang, Harper and Wang, 2007).

    Parameters
    ----------
    order : {2, 1}
        How many labels before a label its probability depends on.
    contexts : bool
        Whether `fit` lets the probabilities of a label and of a token also depend on the token
        before, and that of a token on the label before (Thede and Harper, 1999; Pla and Molina,
        2004): p(label | labels before, token before) and p(token | label, label before, token
        before). It is what makes part-of-speech tagging accurate. Whole numbers have no contexts,
        nor has what `fit_em` learns.
    smoothing : {"interpolation", "absolute", "add-k"}
        Of the probabilities of labels; see `classicnlp.tagging.hmm_smoothing`.
    emission_smoothing : {"interpolation", "absolute", "add-k"}
        Of the probabilities of tokens.
    pseudocount : float
        What ``"add-k"`` adds to every count, from 0.
    known_from : int or None
        Tokens seen at least as often only get labels that they were seen with; None says that all
        may get all.
    rare_to : int
        Words seen at most as often show what unknown words are like.
    max_iterations : int
        Of `fit_em`, at least 1.
    tolerance : float
        `fit_em` ends when the log likelihood grows by less than this a token.
    seed : int
        Of the random start of `fit_em`.
    workers : int
        Threads of `fit_em`; the result is the same with any number.

    Attributes
    ----------
    labels_ : tuple of str
        The labels, in order of their numbers.
    log_likelihoods_ : list of float
        Of `fit_em`: the log likelihood before each iteration.

    Examples
    --------
    >>> X = [["我", "爱", "北京"], ["北京", "欢迎", "你"], ["你", "爱", "我"]]
    >>> y = [["r", "v", "ns"], ["ns", "v", "r"], ["r", "v", "r"]]
    >>> tagger = HMMTagger().fit(X, y)
    >>> tagger.predict([["我", "欢迎", "你"]])
    [['r', 'v', 'r']]
    """

    def __init__(
        self,
        order: int = 2,
        contexts: bool = True,
        smoothing: Smoothing = "interpolation",
        emission_smoothing: Smoothing = "interpolation",
        pseudocount: float = 1.0,
        known_from: int | None = 1,
        rare_to: int = 8,
        max_iterations: int = 100,
        tolerance: float = 1e-5,
        seed: int = 0,
        workers: int = 1,
    ):
        self.order = order
        self.contexts = contexts
        self.smoothing = smoothing
        self.emission_smoothing = emission_smoothing
        self.pseudocount = pseudocount
        self.known_from = known_from
        self.rare_to = rare_to
        self.max_iterations = max_iterations
        self.tolerance = tolerance
        self.seed = seed
        self.workers = workers

    def fit(
        self,
        X: Sequence[Tokens],
        y: Sequence[Labels],
        dev: Labelled | None = None,
        progress: Progress | None = None,
    ) -> HMMTagger:
        """Learn from labelled sequences.

        Parameters
        ----------
        X : sequence of sequences of tokens
            All str, or all whole numbers.
        y : sequence of sequences of str
            The label of each token.
        dev : (X, y), optional
            Sequences to measure the accuracy on, for ``progress`` to tell.
        progress : callable, optional
            Called once with 1, 1 and a message.

        Returns
        -------
        HMMTagger
            Itself.

        Raises
        ------
        TypeError
            If tokens or labels are of the wrong kind.
        ValueError
            If there is nothing to learn from, or X and y do not have the same lengths.
        """
        self._check_params()
        X, y = check_labelled(X, y)
        if dev is not None:
            dev = check_labelled(*dev)
        names, labels = label_numbers(y)
        symbols = Symbols.learn(X)
        with_contexts = self.contexts and symbols.words is not None
        self._check_labels(names, with_contexts)
        seen = symbols.encode(X)
        emissions = smooth_emissions(
            seen.symbols, labels, symbols.count, len(names),
            self.emission_smoothing, self.pseudocount, self.known_from,
        )  # fmt: skip
        counts = transition_counts(seen.offsets, labels, len(names), self.order)
        contexts = None
        if with_contexts:
            contexts = count_contexts(seen.offsets, seen.symbols, labels, emissions)
        table = smooth_transitions(counts, self.smoothing, self.pseudocount)
        unknown = _unknown_words(symbols, seen, labels, len(names), self.rare_to)
        self._set(names, HMMModel(table, True, emissions, contexts), symbols, unknown)
        if progress is not None:
            message = "counted" if dev is None else f"dev accuracy {self.score(*dev):.4f}"
            progress(1, 1, message)
        return self

    def fit_em(
        self,
        X: Sequence[Tokens],
        initial: HMMTagger | None = None,
        labels: int | Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> HMMTagger:
        """Learn from sequences without labels: every iteration makes them more likely, or ends it.

        On Ctrl-C the tagger keeps what the last complete iteration came to, and KeyboardInterrupt
        is raised.

        Parameters
        ----------
        X : sequence of sequences of tokens
        initial : HMMTagger, optional
            Where to begin: a tagger of the same order that has learnt something, maybe this one.
            Its contexts are not used. Tokens that do not occur in ``X`` keep their probabilities.
            Without it, training begins at random, with all labels nearly alike.
        labels : int or sequence of str, optional
            How many labels there are, or their names, if there is no ``initial`` to have them.
        progress : callable, optional
            Called with iteration, ``max_iterations`` and a message after every iteration.

        Returns
        -------
        HMMTagger
            Itself.

        Raises
        ------
        TypeError
            If tokens are of the wrong kind.
        ValueError
            If there is nothing to learn from, nobody says how many labels there are, the initial
            tagger is of another order, or a sequence is impossible.

        Examples
        --------
        >>> heads_and_tails = [[0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1]] * 4
        >>> coins = HMMTagger(order=1).fit_em(heads_and_tails, labels=["fair", "bent"])
        >>> coins.log_likelihoods_ == sorted(coins.log_likelihoods_)
        True
        """
        self._check_params()
        X = check_sequences(X)
        if initial is not None:
            model = initial._fitted()
            if model.transitions.ndim != self.order + 1:
                raise ValueError(f"the initial tagger must be of order {self.order}, too")
            start = from_model(X, model, initial.labels_, initial._symbols, initial._unknown)
        elif labels is not None:
            names = label_names(labels)
            self._check_labels(names, False)
            start = from_nothing(X, names, self.order, self.seed)
        else:
            raise ValueError("say how many labels there are, as in fit_em(X, labels=8)")
        latest, tokens = start.parameters, len(start.data.symbols)
        self.log_likelihoods_ = []
        try:
            for number, step in enumerate(train(latest, start.data, self.workers), 1):
                latest = step.parameters
                self.log_likelihoods_.append(step.log_likelihood)
                if progress is not None:
                    message = f"log likelihood {step.log_likelihood:.6g}"
                    progress(number, self.max_iterations, message)
                gains = np.diff(self.log_likelihoods_[-2:])
                if number == self.max_iterations or (gains < self.tolerance * tokens).any():
                    break
        finally:
            if self.log_likelihoods_:
                model = model_of(latest, 1.0 / (tokens + 1))
                self._set(start.names, model, start.symbols, start.unknown)
        return self

    @classmethod
    def from_probabilities(
        cls,
        starts: Any,
        transitions: Any,
        emissions: Any,
        labels: int | Sequence[str] | None = None,
        tokens: Sequence[str] | None = None,
    ) -> HMMTagger:
        """Return a tagger of first order with given probabilities.

        Parameters
        ----------
        starts : array, shape (labels,)
            p(first label).
        transitions : array, shape (labels, labels)
            p(next label | label), from row to column.
        emissions : array, shape (labels, tokens)
            p(token | label).
        labels : sequence of str, optional
            Their names; by default ``"0"``, ``"1"`` …
        tokens : sequence of str, optional
            The tokens; by default they are the whole numbers from 0.

        Returns
        -------
        HMMTagger

        Raises
        ------
        TypeError, ValueError
            If shapes do not fit, or probabilities do not add up to 1.

        Examples
        --------
        >>> doctor = HMMTagger.from_probabilities(
        ...     [0.6, 0.4], [[0.7, 0.3], [0.4, 0.6]], [[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]],
        ...     labels=["healthy", "fever"], tokens=["normal", "cold", "dizzy"])
        >>> doctor.predict([["normal", "cold", "dizzy"]])
        [['healthy', 'healthy', 'fever']]
        """
        model = given_model(starts, transitions, emissions)
        names = label_names(model.label_count if labels is None else labels)
        symbols = Symbols(tokens, model.symbol_count)
        if len(names) != model.label_count:
            raise ValueError(f"expected {model.label_count} names of labels, got {len(names)}")
        tagger = cls(order=1)
        tagger._set(names, model, symbols, None)
        return tagger

    def _check_params(self) -> None:
        """Raise a TypeError or ValueError if a parameter of the constructor is unusable."""
        require_count(self.order, "order", 1, 2)
        for name in ("smoothing", "emission_smoothing"):
            value = getattr(self, name)
            if value not in SMOOTHINGS:
                raise ValueError(f"{name} must be one of {', '.join(SMOOTHINGS)}, got {value!r}")
        require_at_least(self.pseudocount, "pseudocount", 0)
        if self.known_from is not None:
            require_count(self.known_from, "known_from", 1)
        require_count(self.rare_to, "rare_to", 1)
        require_count(self.max_iterations, "max_iterations", 1)
        require_at_least(self.tolerance, "tolerance", 0)
        require_count(self.seed, "seed", 0)
        require_count(self.workers, "workers", 1)

    def _check_labels(self, names: Sequence[str], with_contexts: bool) -> None:
        if self.order == 1 and not with_contexts:
            most, remedy = MOST_LABELS_OF_FIRST_ORDER, ""
        else:
            most, remedy = MOST_LABELS, ": set order=1 and contexts=False"
        if len(names) > most:
            raise ValueError(f"at most {most} labels can be learnt, got {len(names)}{remedy}")


def _unknown_words(
    symbols: Symbols, seen: Encoded, labels: Numbers, label_count: int, rare_to: int
) -> UnknownWords | None:
    """Learn what unknown words are like from the rare ones; from all words if none is rare."""
    if symbols.words is None:
        return None
    occurrences = np.bincount(seen.symbols)
    rare = occurrences <= max(rare_to, occurrences.min())
    words: dict[str, dict[int, int]] = {}
    pairs = np.bincount(seen.symbols.astype(np.int64) * label_count + labels)
    for pair in np.flatnonzero(pairs).tolist():
        symbol, label = divmod(pair, label_count)
        if rare[symbol]:
            words.setdefault(symbols.words[symbol], {})[label] = int(pairs[pair])
    return UnknownWords.learn(default_alphabet(), words, np.bincount(labels))
