"""word2vec: vectors of words from the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp.checks import as_array, require_at_least, require_count
from classicnlp.embed.keyed_vectors import KeyedVectors
from classicnlp.embed.learning import LEAST_SHARE, Learnt, Training
from classicnlp.embed.matrices import enlarged, padded, random_rows, zeros
from classicnlp.embed.passes import Report, Watch, bounds, check_finite, seed_of
from classicnlp.embed.reading import Sentences, Text, read_text
from classicnlp.embed.subwords import Subwords, Unseen
from classicnlp.estimator import Estimator
from classicnlp.lm.sequences import Cutting
from classicnlp.storable import Storable
from classicnlp.wordlist import WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

Architecture = Literal["skip-gram", "cbow"]
Objective = Literal["negative-sampling", "hierarchical-softmax"]
ARCHITECTURES: tuple[Architecture, ...] = ("skip-gram", "cbow")
OBJECTIVES: tuple[Objective, ...] = ("negative-sampling", "hierarchical-softmax")

MOST_DIMENSIONS = 1 << 14
MOST_WINDOW = 10_000
ROWS_AT_ONCE = 1 << 12


class Word2Vec(Storable, Estimator):
    """Vectors of words, learnt by telling the words around a word from others.

    Parameters
    ----------
    dimensions : int
        How many numbers a vector has.
    window : int
        How many words on each side may count as around a word; how many do is drawn anew for each
        place, so that near ones count more.
    architecture : {"skip-gram", "cbow"}
        Whether each of the words around foretells the word, or their mean does.
    objective : {"negative-sampling", "hierarchical-softmax"}
        Whether the word is told from words drawn at random, or found by its path in a Huffman tree.
    negatives : int
        How many words are drawn at random for each word; all words around it share them.
    noise_exponent : float
        They are drawn by their counts to the power of this.
    subsample : float
        Of a word that is a larger share of the text than this, many occurrences are skipped: all
        but sqrt(subsample / share) + subsample / share of them; 0 skips none.
    min_count : int
        Rarer words are left out, as if they were not in the text.
    epochs : int
        Passes over the text.
    learning_rate : float
        Of the first word; it falls evenly to a ten thousandth of that.
    subwords : (int, int), optional
        The shortest and the longest n-grams of characters, the brackets of ``<word>`` counted, that
        have vectors, too. A word's vector is the mean of its own and theirs, so that a word never
        seen has one as well (Bojanowski and others, 2017).
    buckets : int
        How many vectors all n-grams share.
    seed : int
        Of all random choices.
    workers : int
        Threads. One gives the same bytes each time, on processors whose vectors are equally wide;
        several write over each other now and then, which harms nothing, but no two runs are alike.
    deterministic : bool
        Whether several threads are to give the same bytes each time, too: each has a copy of all
        vectors, and copies are joined now and then. The number of threads changes the result.
    segmenter : segmenter or pipeline, optional
        What cuts sentences that are str; by default blanks do.

    Attributes
    ----------
    vectors_ : KeyedVectors
        The vectors of all words, the most frequent first; with subwords any other word can be asked
        for, too, and has the mean of the vectors of its n-grams.
    context_vectors_ : KeyedVectors or None
        The vectors by which words are foretold; there are none with hierarchical softmax.
    counts_ : int64 array
        How often each word occurred.

    Notes
    -----
    After Mikolov and others (2013), with the noise shared within a window (Ji and others, 2016). A
    sentence of more than 4,096 words is several.

    Examples
    --------
    >>> text = [["我", "爱", "北京"], ["我", "爱", "上海"], ["他", "去", "北京"]] * 20
    >>> model = Word2Vec(dimensions=8, min_count=1, subsample=0).fit(text)
    >>> len(model.vectors_), model.vectors_["北京"].shape
    (6, (8,))
    """

    kind = "word2vec"

    def __init__(
        self,
        dimensions: int = 100,
        window: int = 5,
        architecture: Architecture = "skip-gram",
        objective: Objective = "negative-sampling",
        negatives: int = 5,
        noise_exponent: float = 0.75,
        subsample: float = 1e-3,
        min_count: int = 5,
        epochs: int = 5,
        learning_rate: float = 0.025,
        subwords: tuple[int, int] | None = None,
        buckets: int = 1 << 18,
        seed: int = 0,
        workers: int = 1,
        deterministic: bool = False,
        segmenter: Cutting | None = None,
    ):
        self.dimensions = dimensions
        self.window = window
        self.architecture = architecture
        self.objective = objective
        self.negatives = negatives
        self.noise_exponent = noise_exponent
        self.subsample = subsample
        self.min_count = min_count
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.subwords = subwords
        self.buckets = buckets
        self.seed = seed
        self.workers = workers
        self.deterministic = deterministic
        self.segmenter = segmenter
        self._learnt: Learnt | None = None

    # Learning.

    def fit(self, sentences: Sentences, y: None = None, progress: Report | None = None) -> Self:
        """Learn from sentences.

        Parameters
        ----------
        sentences : iterable of lists of words, of str, of paths; or one path
            A str, or a line of a file (``.gz``, ``.xz`` and ``.bz2`` are decompressed), has words
            between blanks, or is cut by ``segmenter``. It is read once: a generator will do.
        y : None
            Not used.
        progress : callable, optional
            Called now and then with a `Progress`.

        Returns
        -------
        Word2Vec
            Itself.

        Raises
        ------
        TypeError
            If there are things that are no sentences.
        ValueError
            If no word occurs often enough, a parameter is out of range, or training diverges.
        KeyboardInterrupt
            On Ctrl-C; what was learnt until then is kept.
        """
        self._check_params()
        text = read_text(sentences, self.min_count, self.segmenter, self.workers)
        if not text.words:
            raise ValueError(
                f"no word occurs min_count = {self.min_count} times: there is nothing to learn from"
            )
        self._learnt = None
        self._learn(text, self._begin(text), progress)
        return self

    def partial_fit(
        self, sentences: Sentences, y: None = None, progress: Report | None = None
    ) -> Self:
        """Go on learning, from other sentences.

        Words that occur there min_count times and were not known are added. The learning rate
        begins anew. With hierarchical softmax new words make a new tree, whose inner nodes are
        learnt from the beginning.

        Parameters
        ----------
        sentences, y, progress
            As in `fit`.

        Returns
        -------
        Word2Vec
            Itself.

        Raises
        ------
        ValueError
            As in `fit`, and if dimensions, objective, subwords or buckets are not those of before.
        """
        learnt = self._learnt
        if learnt is None:
            return self.fit(sentences, y, progress)
        self._check_params()
        if self._shape() != learnt.shape:
            raise ValueError(
                "dimensions, objective, subwords and buckets cannot change after fit(): they were "
                f"{learnt.shape}, and are {self._shape()}"
            )
        known = list(learnt.words)
        text = read_text(sentences, self.min_count, self.segmenter, self.workers, known)
        counts = text.counts.copy()
        counts[: len(known)] += learnt.counts
        text = text._replace(counts=counts)
        self._learn(text, self._go_on(text, learnt), progress)
        return self

    def _begin(self, text: Text) -> Learnt:
        """Return the matrices before the first word: small random vectors, and zeros."""
        words, width = len(text.words), self.dimensions
        first = 0 if self.subwords is None else self.buckets
        inputs = random_rows(first + words, width, 0.5 / width, seed_of(self.seed))
        return Learnt(WordList(text.words), text.counts, inputs, zeros(words, width), self._shape())

    def _go_on(self, text: Text, learnt: Learnt) -> Learnt:
        """Return the matrices with rows for new words."""
        inputs, outputs = learnt.inputs, learnt.outputs
        fresh, width = len(text.words) - len(learnt.words), self.dimensions
        inputs = enlarged(inputs, len(inputs) + fresh, width)
        if fresh:
            seed = seed_of(self.seed, len(text.words))
            inputs[len(inputs) - fresh :] = random_rows(fresh, width, 0.5 / width, seed)
        if fresh and self.objective == "hierarchical-softmax":
            outputs = zeros(len(text.words), width)
        else:
            outputs = enlarged(outputs, len(text.words), width)
        return Learnt(WordList(text.words), text.counts, inputs, outputs, learnt.shape)

    def _learn(self, text: Text, learnt: Learnt, progress: Report | None) -> None:
        """Change matrices by a text, and keep them, whatever ends this."""

        def rate(share: float) -> float:
            return self.learning_rate * (1 - share * (1 - LEAST_SHARE))

        # Ends of sentences are no words, but time goes on there as well.
        words = self.epochs * int(np.count_nonzero(text.ids >= 0))
        watch = Watch(self.epochs, words, rate, progress)
        training = Training(self, text, learnt, self._parts(text.words), watch)
        try:
            for epoch in range(self.epochs):
                training.go_over(epoch)
                watch.tell(epoch + 1, now=True)
        except KeyboardInterrupt:
            self._keep(learnt)
            raise
        check_finite(learnt.inputs, learnt.outputs)
        self._keep(learnt)

    def _keep(self, learnt: Learnt) -> None:
        """Take over matrices, and make vectors of them."""
        self._learnt = learnt
        words, width = learnt.words, self.dimensions
        self.counts_ = learnt.counts
        parts = self._subwords()
        unseen = None if parts is None else Unseen(parts, learnt.inputs[: self.buckets, :width])
        self.vectors_ = KeyedVectors(words, self._vectors(learnt), unseen)
        self.context_vectors_ = None
        if self.objective == "negative-sampling":
            self.context_vectors_ = KeyedVectors(words, learnt.outputs[: len(words), :width])

    def _vectors(self, learnt: Learnt) -> NDArray[np.float32]:
        """Return the vectors of all words: their own, or the means of their parts."""
        parts = self._parts(learnt.words)
        if parts is None:
            return learnt.inputs[: len(learnt.words), : self.dimensions]
        rows, offsets = parts
        vectors = np.empty((len(learnt.words), self.dimensions), np.float32)
        for low, high in bounds(len(vectors), ROWS_AT_ONCE):
            some = learnt.inputs[rows[offsets[low] : offsets[high]], : self.dimensions]
            sums = np.add.reduceat(some, offsets[low:high] - offsets[low], axis=0)
            vectors[low:high] = sums / np.diff(offsets[low : high + 1])[:, None]
        return vectors

    # What parameters mean.

    def _subwords(self) -> Subwords | None:
        return None if self.subwords is None else Subwords(self.subwords, self.buckets)

    def _parts(self, words: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]] | None:
        parts = self._subwords()
        return None if parts is None else parts.rows(words)

    def _shape(self) -> tuple[Any, ...]:
        """Return what must not change while the same vectors are learnt."""
        subwords = self.subwords
        lengths = None if subwords is None else (*subwords, self.buckets)
        return self.dimensions, self.objective, lengths

    def _check_params(self) -> None:
        require_count(self.dimensions, "dimensions", 1, MOST_DIMENSIONS)
        require_count(self.window, "window", 1, MOST_WINDOW)
        require_count(self.negatives, "negatives", 1, MOST_WINDOW)
        require_count(self.min_count, "min_count", 1)
        require_count(self.epochs, "epochs", 1)
        require_count(self.buckets, "buckets", 1, (1 << 31) - 1)
        require_count(self.seed, "seed", 0)
        require_count(self.workers, "workers", 1)
        require_at_least(self.noise_exponent, "noise_exponent", 0)
        require_at_least(self.subsample, "subsample", 0)
        require_at_least(self.learning_rate, "learning_rate", 0)
        for name, choices in (("architecture", ARCHITECTURES), ("objective", OBJECTIVES)):
            if getattr(self, name) not in choices:
                given = getattr(self, name)
                raise ValueError(f"{name} must be one of {', '.join(choices)}; got {given!r}")
        if self.subwords is not None:
            shortest, longest = self.subwords
            require_count(shortest, "the shortest subwords", 1)
            require_count(longest, "the longest subwords", shortest)

    def _fitted(self) -> Learnt:
        if self._learnt is None:
            raise self._not_fitted()
        return self._learnt

    # Storing.

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file; the segmenter is not in it."""
        learnt = self._fitted()
        params = {**self.get_params(deep=False), "segmenter": None}
        if self.subwords is not None:
            params["subwords"] = list(self.subwords)
        arrays = {
            **store.nested("words", learnt.words.to_arrays()),
            "counts": learnt.counts,
            "inputs": learnt.inputs,
            "outputs": learnt.outputs,
        }
        return {"params": params}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        params = parameters["params"]
        if params["subwords"] is not None:
            params["subwords"] = tuple(params["subwords"])
        model = cls(**params)
        model._check_params()
        words = WordList.from_arrays(store.within("words", arrays))
        counts = as_array(arrays["counts"], np.int64, "counts")
        rows = len(words) + (0 if model.subwords is None else model.buckets)
        width = padded(model.dimensions)
        inputs, outputs = arrays["inputs"], arrays["outputs"]
        if (
            not len(words)
            or counts.shape != (len(words),)
            or {inputs.dtype, outputs.dtype} != {np.dtype(np.float32)}
            or (inputs.shape, outputs.shape) != ((rows, width), (len(words), width))
        ):
            raise ValueError("the matrices do not fit the words")
        model._keep(Learnt(words, counts, inputs, outputs, model._shape()))
        return model
