"""Smoothed n-gram language models."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.backoff import Automaton
from classicnlp.checks import require_at_least, require_count
from classicnlp.estimator import Estimator
from classicnlp.lm import arpa
from classicnlp.lm.automaton import Table, build, restore, unbuild
from classicnlp.lm.estimation import estimate
from classicnlp.lm.grams import count_grams, rare_as_unknown
from classicnlp.lm.parameters import Unit, check_parameters
from classicnlp.lm.pruning import prune
from classicnlp.lm.scores import Fit, FullScores, WordScore
from classicnlp.lm.scoring import Scorer
from classicnlp.lm.sentences import Sentence, Sentences
from classicnlp.lm.smoothing import Discounts, Smoothing
from classicnlp.lm.tries import USUAL_MEMORY
from classicnlp.lm.vocabulary import BEGIN, SPECIALS, Vocabulary
from classicnlp.storable import Storable

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_BACKING_OFF = (
    "additive smoothing does not back off to shorter contexts, as {} needs: "
    "choose another smoothing"
)


class NgramModel(Storable, Estimator):
    """An n-gram language model: p(word | the order - 1 words before it).

    A sentence is a list of words, or a str, which is cut at blanks (space, tab, line ends, NUL) or,
    with ``unit="char"``, into the characters that are no blanks. The model adds a beginning,
    ``<s>``, and an end, ``</s>``, of which the end has a probability. A word that was not seen is
    ``<unk>``. Logarithms are to base 10, as in ARPA files and in KenLM. In every context the
    probabilities of all words, ``<unk>`` and ``</s>`` add up to 1; a context that was never seen
    counts as the longest end of it that was.

    Parameters
    ----------
    order : int
        The longest n-grams' length, from 1 to 8.
    smoothing : str
        ``"kneser-ney"``: modified and interpolated (Chen and Goodman, 1998), with counts and
        discounts as in KenLM's lmplz (Heafield and others, 2013); ``"witten-bell"`` (Witten and
        Bell, 1991); ``"absolute"``: absolute discounting (Ney, Essen and Kneser, 1994);
        ``"jelinek-mercer"``: interpolation with weights (Jelinek and Mercer, 1980); ``"add-k"``:
        a number added to every count; ``"maximum-likelihood"``: relative frequencies, none left
        for what was not seen.
    unit : {"word", "char"}
        What a sentence that is a str is cut into.
    pseudocount : float
        What ``"add-k"`` adds.
    weights : sequence of float, optional
        Of ``"jelinek-mercer"``: how much the relative frequencies of each order count, from order 1
        on, each from 0 to below 1. By default they are learnt, for contexts by how often they
        occur: from the held-out text that `fit` is given, or else from the training text, each
        word seen as if it had not occurred (deleted interpolation).
    cutoffs : sequence of int
        N-grams that occur at most so often are left out, from order 1 on; the last number is for
        all higher orders. They must not fall. As ``lmplz --prune``.
    min_count : int
        Words that occur less often are counted as ``<unk>``.
    fallback_discounts : (float, float, float)
        What ``"kneser-ney"`` takes from counts of 1, 2, and 3 and more where the text is too
        small to say (some count of 1, 2 or 3 does not occur), as ``lmplz --discount_fallback``;
        ``"absolute"`` takes the first.
    workers : int
        Threads that count; the model is the same with any number.
    memory : int
        How many bytes the counting may take, at least 2**20; what goes beyond lies in temporary
        files. The model itself takes what it takes.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        The words by number: ``<unk>``, ``<s>``, ``</s>``, and the others as they first occurred.
    sizes_ : tuple of int
        How many n-grams of each order the model has, ``<s>`` among those of order 1.
    discounts_ : tuple of (float, float, float) or None
        Of each order, for ``"kneser-ney"`` and ``"absolute"``.
    weights_ : tuple of arrays or None
        Of each order, for ``"jelinek-mercer"``: the weight for contexts that occur 0 times, once,
        2 or 3 times, 4 to 7 times, and so on.

    Examples
    --------
    >>> model = NgramModel(order=2).fit([["我", "爱", "北京"], ["我", "爱", "你"]])
    >>> round(10 ** model.log_prob("爱", ["我"]), 3)
    0.583
    >>> model.score(["我", "爱", "你"]) > model.score(["你", "爱", "我"])
    True
    """

    kind = "n-gram model"

    def __init__(
        self,
        order: int = 3,
        smoothing: Smoothing = "kneser-ney",
        unit: Unit = "word",
        pseudocount: float = 1.0,
        weights: Sequence[float] | None = None,
        cutoffs: Sequence[int] = (0,),
        min_count: int = 1,
        fallback_discounts: Discounts = (0.5, 1.0, 1.5),
        workers: int = 1,
        memory: int = USUAL_MEMORY,
    ):
        self.order = order
        self.smoothing = smoothing
        self.unit = unit
        self.pseudocount = pseudocount
        self.weights = weights
        self.cutoffs = cutoffs
        self.min_count = min_count
        self.fallback_discounts = fallback_discounts
        self.workers = workers
        self.memory = memory

    # Learning.

    def fit(
        self, sentences: Sentences, y: None = None, held_out: Sentences | None = None
    ) -> NgramModel:
        """Learn from sentences.

        Parameters
        ----------
        sentences : iterable of str, of lists of words, of paths; or one path
            Of a file each line is a sentence; ``.gz``, ``.xz`` and ``.bz2`` are decompressed. It is
            read once, so that a generator will do.
        y : None
            Not used.
        held_out : the same, optional
            Sentences to learn the weights of ``"jelinek-mercer"`` from.

        Returns
        -------
        NgramModel
            Itself.

        Raises
        ------
        TypeError
            If there are things that are no sentences.
        ValueError
            If there are no sentences, one holds ``<s>`` or ``</s>``, or a parameter is out of
            range.
        """
        check_parameters(self)
        grams = count_grams(sentences, self.order, self.unit, self.workers, self.memory)
        if grams.counts[0][BEGIN] == 0:
            raise ValueError("there are no sentences to learn from")
        if self.min_count > 1:
            grams = rare_as_unknown(grams, self.min_count)
        others = None
        if held_out is not None:
            others = count_grams(held_out, self.order, self.unit, self.workers, self.memory)
        learnt = estimate(grams, self, others)
        self._set(Vocabulary(learnt.words), build(learnt.table, self._flat), learnt.sizes)
        self.discounts_ = learnt.discounts
        self.weights_ = learnt.weights
        return self

    # Asking.

    def log_prob(self, word: str, context: Sequence[str] = ()) -> float:
        """Return log10 p(word | context).

        Parameters
        ----------
        word : str
            ``"</s>"`` asks for the end of the sentence.
        context : sequence of str
            The words before it, of which the last order - 1 matter; ``"<s>"`` may be the first.

        Returns
        -------
        float
            -inf for a word that is impossible.
        """
        return self._scorer.log_prob(word, context)

    def score(self, sentence: Sentence, bos: bool = True, eos: bool = True) -> float:
        """Return log10 p(sentence).

        Parameters
        ----------
        sentence : str or list of words
        bos : bool
            Whether it begins where a sentence begins; else it begins without a context.
        eos : bool
            Whether it ends where a sentence ends.

        Returns
        -------
        float
        """
        return float(self.score_batch([sentence], bos, eos)[0])

    def full_scores(
        self, sentence: Sentence, bos: bool = True, eos: bool = True
    ) -> list[WordScore]:
        """Return the score of every word of a sentence, and of its end.

        Parameters
        ----------
        sentence : str or list of words
        bos, eos : bool
            As in `score`.

        Returns
        -------
        list of WordScore
        """
        found = self.full_scores_batch([sentence], bos, eos)
        columns = (found.log_probs.tolist(), found.lengths.tolist(), found.unknown.tolist())
        return [WordScore(*row) for row in zip(*columns, strict=True)]

    def score_batch(
        self, sentences: Sentences, bos: bool = True, eos: bool = True, workers: int = 1
    ) -> NDArray[np.float64]:
        """Return log10 p of each of many sentences: `score` of one by one, but much faster.

        Parameters
        ----------
        sentences : iterable of str, of lists of words, of paths; or one path
            Of a file each line is a sentence.
        bos, eos : bool
            As in `score`.
        workers : int
            Threads; the result is the same with any number.

        Returns
        -------
        float64 array, shape (sentences,)
        """
        return self._scorer.sums(sentences, bos, eos, workers)

    def full_scores_batch(
        self, sentences: Sentences, bos: bool = True, eos: bool = True, workers: int = 1
    ) -> FullScores:
        """Return the scores of all words of many sentences, as arrays.

        Parameters
        ----------
        sentences : iterable of str, of lists of words, of paths; or one path
        bos, eos : bool
            As in `score`.
        workers : int
            Threads; the result is the same with any number.

        Returns
        -------
        FullScores
        """
        return self._scorer.full(sentences, bos, eos, workers)

    def perplexity(self, texts: Sentences, workers: int = 1) -> float:
        """Return the perplexity of a text: 10 ** (-log10 p / (words + sentences)).

        Unknown words are counted with the probability of ``<unk>``, as KenLM does.

        Parameters
        ----------
        texts : iterable of str, of lists of words, of paths; or one path
            Its sentences.
        workers : int
            Threads.

        Returns
        -------
        float
            inf if a word is impossible.

        Raises
        ------
        ValueError
            If there are no sentences.
        """
        return self.measure(texts, workers).perplexity

    def measure(self, texts: Sentences, workers: int = 1) -> Fit:
        """Return how well the model foretells a text: its perplexity and what that comes from.

        Parameters
        ----------
        texts : iterable of str, of lists of words, of paths; or one path
        workers : int
            Threads.

        Returns
        -------
        Fit

        Raises
        ------
        ValueError
            If there are no sentences.
        """
        return self._scorer.measure(texts, workers)

    def generate(
        self, length: int = 100, seed: int = 0, context: Sequence[str] = (SPECIALS[BEGIN],)
    ) -> list[str]:
        """Return words drawn from the model, up to the end of the sentence.

        Parameters
        ----------
        length : int
            How many words at most.
        seed : int
            The same seed gives the same words.
        context : sequence of str
            What stands before them; by default the beginning of a sentence.

        Returns
        -------
        list of str
            Without ``</s>``. ``<unk>`` is never among them.

        Examples
        --------
        >>> model = NgramModel(order=2).fit([["我", "爱", "北京"], ["你", "好"]])
        >>> model.generate(seed=2)
        ['我', '爱', '北京']
        """
        length, seed = require_count(length, "length", 0), require_count(seed, "seed", 0)
        return self._scorer.draw(length, seed, context)

    # Changing and exchanging.

    def prune(self, threshold: float) -> NgramModel:
        """Return a smaller model, without the n-grams that matter least (Stolcke, 1998).

        Parameters
        ----------
        threshold : float
            N-grams go whose loss raises the perplexity of the model's own text by less than this
            part, such as 1e-8.

        Returns
        -------
        NgramModel
            A new one; this one stays as it is.

        Raises
        ------
        ValueError
            If the smoothing is ``"add-k"``.
        """
        threshold = require_at_least(threshold, "threshold", 0)
        if self._flat:
            raise ValueError(NO_BACKING_OFF.format("pruning"))
        table = prune(unbuild(self._fitted()), threshold)
        return self._with_table(list(self.vocabulary_), table)

    def to_arpa(self, path: str | os.PathLike[str]) -> None:
        """Write the model as an ARPA file, which KenLM and SRILM read.

        Parameters
        ----------
        path : str or path
            The file, compressed if it ends in ``.gz``, ``.xz`` or ``.bz2``; written whole or not at
            all.

        Raises
        ------
        ValueError
            If the smoothing is ``"add-k"``, or a word is empty or holds a blank, which such files
            cannot tell apart.
        """
        automaton = self._fitted()
        if self._flat:
            raise ValueError(NO_BACKING_OFF.format("an ARPA file"))
        arpa.write(path, self.vocabulary_, unbuild(automaton))

    @classmethod
    def from_arpa(cls, path: str | os.PathLike[str], unit: Unit = "word") -> NgramModel:
        """Read an ARPA file, as KenLM, SRILM and others write them.

        Parameters
        ----------
        path : str or path
            The file; ``.gz``, ``.xz`` and ``.bz2`` are decompressed.
        unit : {"word", "char"}
            What a sentence that is a str is to be cut into.

        Returns
        -------
        NgramModel
            A model to score with, whose `smoothing` says nothing.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        CorpusError
            If the file is no ARPA file; with the line.
        """
        words, table = arpa.read(path)
        return cls(order=len(table.levels), unit=unit)._with_table(words, table)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        automaton = self._fitted()
        params = self.get_params()
        for name in ("workers", "memory"):
            del params[name]  # which leave no trace in what is learnt
        for name in ("weights", "cutoffs", "fallback_discounts"):
            if params[name] is not None:
                params[name] = list(params[name])
        arrays = {
            # The first name of all: so the buckets begin where a page of memory does.
            **store.nested("automaton", automaton.arrays),
            **store.nested("vocabulary", self.vocabulary_.to_arrays()),
        }
        if self.weights_ is not None:
            arrays["weights"] = np.array(self.weights_)
        learnt = {"discounts": self.discounts_, "sizes": list(self.sizes_)}
        return {"params": params, **learnt}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        params = parameters["params"]
        for name in ("weights", "cutoffs", "fallback_discounts"):
            if params[name] is not None:
                params[name] = tuple(params[name])
        model = cls(**params)
        check_parameters(model)
        vocabulary = Vocabulary.from_arrays(store.within("vocabulary", arrays))
        automaton = restore(store.within("automaton", arrays), model.order, model._flat)
        if len(vocabulary) != automaton.words:
            raise ValueError("there is not one probability for each word")
        model._set(vocabulary, automaton, [int(size) for size in parameters["sizes"]])
        discounts = parameters["discounts"]
        if discounts is not None:
            model.discounts_ = tuple((float(a), float(b), float(c)) for a, b, c in discounts)
        if "weights" in arrays:
            model.weights_ = tuple(arrays["weights"])
        return model

    def __getstate__(self) -> dict[str, Any]:
        state = dict(vars(self))
        if self._automaton is not None:
            for name in ("_automaton", "vocabulary_"):
                del state[name]  # kernels, which a model file has as arrays
            state["stored"] = self.to_store()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        stored = state.pop("stored", None)
        if stored is not None:
            parameters, arrays = stored
            vars(self).update(vars(self.from_store(parameters, arrays, "a pickle")))
        vars(self).update(state)

    # Within.

    _automaton: Automaton | None = None
    vocabulary_: Vocabulary
    sizes_: tuple[int, ...]
    discounts_: tuple[Discounts, ...] | None = None
    weights_: tuple[NDArray[np.float64], ...] | None = None

    @property
    def _flat(self) -> bool:
        return self.smoothing == "add-k"

    def _fitted(self) -> Automaton:
        if self._automaton is None:
            raise self._not_fitted("fit(), from_arpa() or load()")
        return self._automaton

    @property
    def _scorer(self) -> Scorer:
        automaton = self._fitted()
        return Scorer(self.vocabulary_, automaton, self.unit)

    def _set(self, vocabulary: Vocabulary, automaton: Automaton, sizes: Sequence[int]) -> None:
        self.vocabulary_ = vocabulary
        self.sizes_ = tuple(sizes)
        self._automaton = automaton
        self.discounts_ = None
        self.weights_ = None

    def _with_table(self, words: Sequence[str], table: Table) -> NgramModel:
        """Return a model of the same parameters with other n-grams."""
        model = type(self)(**self.get_params())
        model._set(Vocabulary(words), build(table), list(map(len, table.levels)))
        model.discounts_, model.weights_ = self.discounts_, self.weights_
        return model
