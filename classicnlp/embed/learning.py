"""What word2vec changes, and how it goes over a text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp._ext.huffman import paths
from classicnlp._ext.noise import alias_table
from classicnlp._ext.word2vec import LANES, Trainer
from classicnlp.embed.copies import Copies
from classicnlp.embed.passes import Watch, bounds, over_pieces, seed_of
from classicnlp.embed.reading import Text
from classicnlp.wordlist import WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.word2vec import Word2Vec

PIECE = 1 << 14  # numbers of a text at once: its end is a sentence's end
PIECES_A_ROUND = 16  # that all copies together go over before they are joined
LEAST_SHARE = 1e-4  # of the learning rate: it does not fall below


class Learnt:
    """Words, how often they occur, and the two matrices."""

    def __init__(
        self,
        words: WordList,
        counts: NDArray[np.int64],
        inputs: NDArray[np.float32],
        outputs: NDArray[np.float32],
        shape: tuple[Any, ...],
    ):
        self.words = words
        self.counts = counts
        self.inputs = inputs
        self.outputs = outputs
        self.shape = shape


def kept_of(counts: NDArray[np.int64], subsample: float) -> NDArray[np.uint64]:
    """Return how many of 2**32 occurrences of each word are kept.

    >>> (kept_of(np.array([99, 1]), 0.01) / 2**32).round(3).tolist()
    [0.111, 1.0]
    """
    if subsample == 0:
        return np.full(len(counts), 1 << 32, np.uint64)
    shares = np.maximum(counts, 1) / max(counts.sum(), 1)
    ratios = subsample / shares
    kept: NDArray[np.uint64] = (np.minimum(np.sqrt(ratios) + ratios, 1) * 2**32).astype(np.uint64)
    return kept


def fall_of(rate: float, total: int) -> float:
    """Return how much a learning rate falls with each of so many numbers."""
    return rate * (1 - LEAST_SHARE) / max(total, 1)


class Training:
    """A text, and what is learnt from it."""

    def __init__(
        self,
        model: Word2Vec,
        text: Text,
        learnt: Learnt,
        parts: tuple[NDArray[np.int32], NDArray[np.int64]] | None,
        watch: Watch,
    ):
        self._ids, self._watch = text.ids, watch
        self._fall = fall_of(model.learning_rate, model.epochs * len(text.ids))
        self._start, self._seed, self._workers = model.learning_rate, model.seed, model.workers
        self._pieces = bounds(len(text.ids), PIECE)
        self._matrices = (learnt.inputs, learnt.outputs)
        self._exponent = model.noise_exponent
        counts = text.counts
        tree = paths(counts) if model.objective == "hierarchical-softmax" else None
        self._settings = (
            kept_of(counts, model.subsample),
            alias_table(counts.astype(np.float64) ** self._exponent),
            tree,
            parts,
        )
        self._options = {
            "window": model.window,
            "negatives": 0 if tree is not None else model.negatives,
            "together": model.architecture == "cbow",
            "lanes": LANES[-1],
        }
        self._copies: Copies | None = None
        if model.deterministic and model.workers > 1:
            self._copies = Copies(self._matrices, self._steps(text.counts), model.workers)
        pairs = [self._matrices] if self._copies is None else self._copies.pairs
        self._trainers = [self._trainer(*pair) for pair in pairs]

    def _trainer(self, inputs: NDArray[np.float32], outputs: NDArray[np.float32]) -> Trainer:
        return Trainer(inputs, outputs, *self._settings, **self._options)  # type: ignore[arg-type]

    def _steps(self, counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return about how many steps change each row while the text is gone over once."""
        keep, _, tree, parts = self._settings
        around = self._options["window"] + 1
        share = np.count_nonzero(self._ids >= 0) / counts.sum()
        visits = counts * (keep / 2**32) * share * around
        inputs, outputs = self._matrices
        of_inputs = visits if parts is None else _summed(visits, *parts, len(inputs))
        if tree is not None:
            return of_inputs, _summed(visits, tree[0], tree[2], len(outputs))
        weights = counts.astype(np.float64) ** self._exponent
        noise = self._options["negatives"] * visits.sum() * weights / weights.sum()
        return of_inputs, visits + noise

    def go_over(self, epoch: int) -> None:
        """Learn from the whole text once."""
        if self._copies is not None:
            self._go_over_apart(epoch, self._copies)
            return

        def work(piece: int) -> None:
            self._train(self._trainers[0], epoch, piece)

        pieces = range(len(self._pieces))
        over_pieces(work, pieces, self._workers, lambda: self._watch.tell(epoch + 1))

    def _train(self, trainer: Trainer, epoch: int, piece: int) -> None:
        """Learn from a piece."""
        low, high = self._pieces[piece]
        ids = self._ids[low:high]
        done = epoch * len(self._ids) + low
        rate, least = self._start - self._fall * done, self._start * LEAST_SHARE
        seed = seed_of(self._seed, epoch, piece)
        loss, measured, _ = trainer.train(ids, rate, self._fall, least, seed)
        self._watch.add(int(np.count_nonzero(ids >= 0)), (loss, measured))

    def _go_over_apart(self, epoch: int, copies: Copies) -> None:
        """Learn from the whole text once, each copy from pieces of its own."""
        workers, count = self._workers, len(self._pieces)
        # Copies must not drift apart: rounds are short, and of a small text a small part.
        of_round = max(1, min(PIECES_A_ROUND, count // 8) // workers)
        rate = self._start - self._fall * epoch * len(self._ids)

        def work(copy: int, first: int) -> None:
            for piece in range(first, min(first + of_round, count)):
                self._train(self._trainers[copy], epoch, piece)

        with ThreadPoolExecutor(workers) as pool:
            for first in range(0, count, workers * of_round):
                starts = [first + copy * of_round for copy in range(workers)]
                list(pool.map(work, range(workers), starts))
                copies.join(pool, rate * of_round / count)
                self._watch.tell(epoch + 1)


def _summed(
    visits: NDArray[np.float64], rows: NDArray[np.int32], offsets: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Return of each row the visits of all words that it is a row of."""
    each = np.repeat(visits, np.diff(offsets))
    return np.bincount(rows, each, count).astype(np.float64)
