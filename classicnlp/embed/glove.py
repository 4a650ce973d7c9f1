"""GloVe: vectors of words from how often words occur near each other."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.glove import Trainer
from classicnlp._ext.word2vec import LANES
from classicnlp.checks import as_array, require_at_least, require_count
from classicnlp.embed.keyed_vectors import KeyedVectors
from classicnlp.embed.matrices import padded, random_rows, zeros
from classicnlp.embed.pairs import count_pairs
from classicnlp.embed.passes import Report, Watch, bounds, check_finite, over_pieces, seed_of
from classicnlp.embed.reading import Sentences, read_text
from classicnlp.estimator import Estimator
from classicnlp.lm.sequences import Cutting
from classicnlp.storable import Storable
from classicnlp.wordlist import WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DIMENSIONS = 1 << 14
MOST_WINDOW = 10_000
BIASES = 2  # numbers of a row behind its vector
PIECE = 1 << 14  # pairs at once
GOLDEN = (math.sqrt(5) - 1) / 2


class GloVe(Storable, Estimator):
    """Vectors of words whose products are the logarithms of how often words occur together.

    Parameters
    ----------
    dimensions : int
        How many numbers a vector has.
    window : int
        How far two words may be apart to occur together, within a sentence; at a distance of k they
        count 1 / k.
    min_count : int
        Rarer words are left out, as if they were not in the text.
    epochs : int
        Passes over all pairs of words.
    learning_rate : float
        Of AdaGrad.
    most : float
        Pairs that occur so often, or more, have weight 1.
    exponent : float
        Rarer ones have weight (count / most) ** exponent.
    seed : int
        Of the vectors at the start, and of the order of pairs.
    workers : int
        Threads. One gives the same bytes each time, on processors whose vectors are equally wide.
    memory : int
        How many bytes the counts of pairs may take; more go to a temporary file.
    folder : path, optional
        Where that goes, by default the system's folder for such files.
    segmenter : segmenter or pipeline, optional
        What cuts sentences that are str; by default blanks do.

    Attributes
    ----------
    vectors_ : KeyedVectors
        Of each word, the most frequent first, the sum of its vectors as a word and as a context.
    context_vectors_ : KeyedVectors
        The vectors as a context.
    counts_ : int64 array
        How often each word occurred.
    pairs_ : int
        How many pairs of words occurred together.

    Notes
    -----
    After Pennington and others (2014). Pairs are not shuffled in memory, but visited at a stride of
    about the golden section of their number, which leads to other rows each time.

    Examples
    --------
    >>> text = [["我", "爱", "北京"], ["我", "爱", "上海"], ["他", "去", "北京"]] * 20
    >>> model = GloVe(dimensions=8, min_count=1).fit(text)
    >>> len(model.vectors_), model.pairs_
    (6, 8)
    """

    kind = "GloVe"

    def __init__(
        self,
        dimensions: int = 100,
        window: int = 15,
        min_count: int = 5,
        epochs: int = 15,
        learning_rate: float = 0.05,
        most: float = 100.0,
        exponent: float = 0.75,
        seed: int = 0,
        workers: int = 1,
        memory: int = 1 << 32,
        folder: str | os.PathLike[str] | None = None,
        segmenter: Cutting | None = None,
    ):
        self.dimensions = dimensions
        self.window = window
        self.min_count = min_count
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.most = most
        self.exponent = exponent
        self.seed = seed
        self.workers = workers
        self.memory = memory
        self.folder = folder
        self.segmenter = segmenter
        self._learnt: tuple[WordList, NDArray[np.float32], NDArray[np.float32]] | None = None

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
            Called now and then with a `Progress`, which counts pairs.

        Returns
        -------
        GloVe
            Itself.

        Raises
        ------
        TypeError
            If there are things that are no sentences.
        ValueError
            If no two words occur together, a parameter is out of range, or training diverges.
        KeyboardInterrupt
            On Ctrl-C; what was learnt until then is kept.
        """
        self._check_params()
        text = read_text(sentences, self.min_count, self.segmenter, self.workers)
        pairs = count_pairs(
            text.ids,
            len(text.words),
            self.window,
            workers=self.workers,
            memory=self.memory,
            folder=self.folder,
        )
        if not len(pairs):
            raise ValueError(
                f"no two words that occur min_count = {self.min_count} times stand in one "
                "sentence: there is nothing to learn from"
            )
        words, contexts = (self._matrix(len(text.words), number) for number in range(2))
        words[:, self.dimensions + 1] = contexts[:, self.dimensions] = 1
        self._learnt = None
        self.counts_, self.pairs_ = text.counts, len(pairs)
        try:
            self._learn(pairs, words, contexts, progress)
        except KeyboardInterrupt:
            self._keep(WordList(text.words), words, contexts)
            raise
        check_finite(words, contexts)
        self._keep(WordList(text.words), words, contexts)
        return self

    def _matrix(self, rows: int, number: int) -> NDArray[np.float32]:
        """Return rows of small random numbers, and of the squares that AdaGrad begins with."""
        width = self.dimensions + BIASES
        half = padded(width)
        matrix = zeros(rows, 2 * half)
        matrix[:, :half] = random_rows(rows, width, 0.5 / width, seed_of(self.seed, number))
        matrix[:, half:] = 1
        return matrix

    def _learn(
        self,
        pairs: NDArray[np.int32],
        words: NDArray[np.float32],
        contexts: NDArray[np.float32],
        progress: Report | None,
    ) -> None:
        count = len(pairs)
        trainer = Trainer(
            words,
            contexts,
            pairs,
            dimensions=self.dimensions,
            most=self.most,
            exponent=self.exponent,
            lanes=LANES[-1],
        )
        watch = Watch(self.epochs, self.epochs * count, lambda share: self.learning_rate, progress)
        pieces = bounds(count, PIECE)
        for epoch in range(self.epochs):
            stride = stride_over(count, epoch)
            start = seed_of(self.seed, 2, epoch) % count

            def work(piece: int, start: int = start, stride: int = stride) -> None:
                low, high = pieces[piece]
                place = (start + low * stride) % count
                loss = trainer.train(place, stride, high - low, self.learning_rate)
                # Each pair is fitted in both directions.
                watch.add(high - low, (loss, 2 * (high - low)))

            def tick(epoch: int = epoch) -> None:
                watch.tell(epoch + 1)

            over_pieces(work, range(len(pieces)), self.workers, tick)
            watch.tell(epoch + 1, now=True)

    def _keep(
        self, words: WordList, rows: NDArray[np.float32], contexts: NDArray[np.float32]
    ) -> None:
        """Take over matrices, and make vectors of them."""
        self._learnt = (words, rows, contexts)
        width = self.dimensions
        self.vectors_ = KeyedVectors(words, rows[:, :width] + contexts[:, :width])
        self.context_vectors_ = KeyedVectors(words, contexts[:, :width])

    def _check_params(self) -> None:
        require_count(self.dimensions, "dimensions", 1, MOST_DIMENSIONS)
        require_count(self.window, "window", 1, MOST_WINDOW)
        require_count(self.min_count, "min_count", 1)
        require_count(self.epochs, "epochs", 1)
        require_count(self.seed, "seed", 0)
        require_count(self.workers, "workers", 1)
        require_count(self.memory, "memory", 0)
        require_at_least(self.learning_rate, "learning_rate", 0)
        require_at_least(self.most, "most", 1e-9)
        require_at_least(self.exponent, "exponent", 0)

    def _fitted(self) -> tuple[WordList, NDArray[np.float32], NDArray[np.float32]]:
        if self._learnt is None:
            raise self._not_fitted()
        return self._learnt

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file; the segmenter is not in it."""
        words, rows, contexts = self._fitted()
        params = {**self.get_params(deep=False), "segmenter": None, "folder": None}
        arrays = {
            **store.nested("words", words.to_arrays()),
            "counts": self.counts_,
            "rows": rows,
            "contexts": contexts,
        }
        return {"params": params, "pairs": self.pairs_}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        model = cls(**parameters["params"])
        model._check_params()
        words = WordList.from_arrays(store.within("words", arrays))
        model.counts_ = as_array(arrays["counts"], np.int64, "counts")
        model.pairs_ = require_count(parameters["pairs"], "pairs", 1)
        rows, contexts = arrays["rows"], arrays["contexts"]
        shape = (len(words), 2 * padded(model.dimensions + BIASES))
        if (
            not len(words)
            or model.counts_.shape != shape[:1]
            or {rows.dtype, contexts.dtype} != {np.dtype(np.float32)}
            or (rows.shape, contexts.shape) != (shape, shape)
        ):
            raise ValueError("the matrices do not fit the words")
        model._keep(words, rows, contexts)
        return model


def stride_over(count: int, epoch: int) -> int:
    """Return a stride that leads to every one of ``count`` things, each epoch another.

    >>> stride_over(10, 0), stride_over(10, 1), stride_over(1, 0)
    (7, 9, 1)
    """
    stride = int(count * GOLDEN) + epoch + 1
    while math.gcd(stride, count) != 1:
        stride += 1
    return stride % count or 1
