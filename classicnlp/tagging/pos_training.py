"""From tagged sentences to what a perceptron learns from, and from its weights to tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.features import COLUMNS_OF_WORDS, word_columns
from classicnlp._ext.interning import find, number, slots_of
from classicnlp._ext.table import fill_table
from classicnlp._ext.word_features import CONTEXT, LOCAL, TEMPLATES_OF_WORDS, word_features
from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of, places_of
from classicnlp.tagging.perceptron import LinearWeights, Sequences
from classicnlp.tagging.word_classes import NO_HINTS, UNSEEN, Hints, LabelCounts, learn_word_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

TaggedWord: TypeAlias = tuple[str, str]

LARGEST_WEIGHT = 512
LARGEST_CELL = 127
LEAST_SHARE = 0.005
"""A tag that a word has less often than that is a slip, or so rare that it costs more than it is
worth."""


class Vocabulary(NamedTuple):
    """The words of the training data, and behind them others that there are hints for.

    Attributes
    ----------
    keys : uint64 array, shape (words,)
    classes : int32 array, shape (words,)
        The ambiguity class of each.
    local : uint64 array, shape (words of the training data, LOCAL)
        The keys of the features that each has by itself.
    first, labels : int64 arrays
        The labels that word i may have are ``labels[first[i]:first[i + 1]]``; a word without any
        may have all open labels.
    open : uint8 array
        The open labels.
    """

    keys: NDArray[np.uint64]
    classes: NDArray[np.int32]
    local: NDArray[np.uint64]
    first: NDArray[np.int64]
    labels: NDArray[np.int64]
    open: NDArray[np.uint8]


class TrainingData(NamedTuple):
    """Sequences for the perceptron, the keys of their features, and the words in them."""

    alphabet: Alphabet
    sequences: Sequences
    keys: NDArray[np.uint64]
    words: Vocabulary


class _Text(NamedTuple):
    """Words one after another, as the feature kernel takes them."""

    symbols: NDArray[np.int32]
    classes: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, words: list[str], alphabet: Alphabet) -> _Text:
        text = "".join(words)
        return cls(alphabet.symbols(text), alphabet.classes(text), offsets_of(map(len, words)))


def prepare(
    sentences: list[list[TaggedWord]],
    tags: tuple[str, ...],
    alphabet: Alphabet,
    known_from: int,
    min_count: int,
    hints: Hints = NO_HINTS,
) -> TrainingData:
    """Turn sentences into features, gold labels and candidates.

    Parameters
    ----------
    sentences : list of lists of (word, tag)
        No word is empty.
    tags : tuple of str
        All tags there are.
    alphabet : Alphabet
    known_from : int
        Words seen at least as often have candidates of their own.
    min_count : int
        Features that occur less often are left out.
    hints : Hints
        Classes for words that the sentences do not have.
    """
    words = [word for sentence in sentences for word, _ in sentence]
    numbers = {tag: i for i, tag in enumerate(tags)}
    labels = (numbers[tag] for sentence in sentences for _, tag in sentence)
    gold = np.fromiter(labels, np.int64, len(words))
    offsets = offsets_of(map(len, sentences))
    text = _Text.of(words, alphabet)
    ids, word_keys, counts = number(word_keys_of(words, alphabet))
    numbers_of_words = ids.astype(np.int64)
    sequences = np.repeat(np.arange(len(sentences)), np.diff(offsets))
    classes, seen = learn_word_classes(
        word_keys, numbers_of_words, gold, sequences, len(tags), hints
    )
    every = word_features(*text, offsets, classes.places)
    features, keys = _frequent(every.reshape(-1), min_count)
    candidates = _Candidates(seen, counts >= known_from, numbers_of_words, gold)
    places = np.arange(0, len(features) + 1, len(TEMPLATES_OF_WORDS), dtype=np.int64)
    data = Sequences(
        offsets, places, features, gold, candidates.place_first, candidates.place_labels,
        len(keys), len(tags),
    )  # fmt: skip
    _, places_of_words = np.unique(ids, return_index=True)
    distinct = _Text.of([words[place] for place in places_of_words.tolist()], alphabet)
    alone = np.arange(len(word_keys) + 1)
    local = word_features(*distinct, alone, classes.words)[:, len(CONTEXT) :]
    other = (classes.hinted != UNSEEN) & ~np.isin(hints.keys, word_keys)
    vocabulary = Vocabulary(
        np.append(word_keys, hints.keys[other]),
        np.append(classes.words, classes.hinted[other]),
        local,
        np.append(candidates.first, np.full(other.sum(), len(candidates.labels))),
        candidates.labels,
        candidates.open,
    )
    return TrainingData(alphabet, data, keys, vocabulary)


def word_keys_of(words: list[str], alphabet: Alphabet) -> NDArray[np.uint64]:
    """Return the key of each word."""
    column = np.array([COLUMNS_OF_WORDS.index("word")], np.int32)
    return word_columns(*_Text.of(words, alphabet), column).reshape(-1)


def _frequent(
    keys: NDArray[np.uint64], min_count: int
) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Number the keys that occur often enough, -1 for others; return numbers and distinct keys."""
    ids, distinct, counts = number(keys)
    kept = counts >= min_count
    numbers = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.int32)
    return numbers[ids], distinct[kept]


class _Candidates:
    """Which words may have which labels, and so each place of the training data."""

    def __init__(
        self,
        seen: LabelCounts,
        known: NDArray[np.bool_],
        words: NDArray[np.int64],
        gold: NDArray[np.int64],
    ):
        # What rare words were tagged with, unknown words may be tagged with.
        rare = gold[~known[words]]
        self.open = np.unique(rare if rare.size else gold).astype(np.uint8)
        of_known = known[seen.words]
        common = of_known & (seen.shares() >= LEAST_SHARE)
        self.labels = seen.labels[common]
        self.first = offsets_of(np.bincount(seen.words[common], minlength=len(known)))
        # Where the right label is none of the common ones, learning needs all that were seen.
        everything = offsets_of(np.bincount(seen.words[of_known], minlength=len(known)))
        pool = np.concatenate([self.labels, seen.labels[of_known], self.open])
        starts = np.concatenate([self.first[:-1], len(self.labels) + everything[:-1]])
        starts = np.append(starts, len(pool) - len(self.open))
        widths = np.concatenate([np.diff(self.first), np.diff(everything), [len(self.open)]])
        count = int(seen.labels.max()) + 1
        usual = np.isin(words * count + gold, seen.words[common] * count + self.labels)
        rows = np.where(known[words], np.where(usual, words, len(known) + words), 2 * len(known))
        self.place_first = offsets_of(widths[rows])
        self.place_labels = pool[places_of(starts[rows], widths[rows])].astype(np.uint8)


def compiled(data: TrainingData, learnt: LinearWeights, prune: float) -> WordTagger:
    """Keep the weights that matter, as small integers behind tables.

    Parameters
    ----------
    data : TrainingData
    learnt : LinearWeights
    prune : float
        Weights of features that are smaller, relative to the largest, are left out.
    """
    largest = max(float(np.abs(learnt.rows).max(initial=0.0)), 1e-9)
    scale = LARGEST_WEIGHT / largest
    word_slots, word_cells = _word_table(data, learnt, scale)
    feature_slots, feature_cells = _feature_table(data, learnt, scale, prune * largest)
    return WordTagger(
        data.alphabet,
        feature_slots,
        feature_cells,
        word_slots,
        word_cells,
        data.words.open,
        np.round(learnt.transitions * scale).astype(np.int32),
        np.round(learnt.starts * scale).astype(np.int32),
    )


def _word_table(
    data: TrainingData, learnt: LinearWeights, scale: float
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the table of words: classes, labels, and what each word by itself weighs for them."""
    words = data.words
    row_of = np.full(len(data.keys) + 1, len(learnt.features), np.int64)
    row_of[learnt.features] = np.arange(len(learnt.features))
    rows = np.vstack([learnt.rows, np.zeros((1, learnt.rows.shape[1]), np.float32)])
    owners = np.repeat(np.arange(len(words.keys)), np.diff(words.first))
    slots = slots_of(data.keys)
    sums = np.zeros(len(owners))
    for keys in words.local.T:
        ids = find(slots, data.keys, np.ascontiguousarray(keys))
        sums += rows[row_of[ids[owners]], words.labels]
    first = words.first + np.arange(len(words.first))
    cells = np.empty(first[-1], np.int64)
    cells[first[:-1]] = words.classes
    own = np.ones(len(cells), bool)
    own[first[:-1]] = False
    cells[own] = np.round(sums * scale).astype(np.int64) * 256 + words.labels
    word_slots, order = fill_table(words.keys, first)
    return word_slots, cells[order].astype(np.int32)


def _feature_table(
    data: TrainingData, learnt: LinearWeights, scale: float, least: float
) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """Return the table of features; a weight beyond a cell's range takes several cells."""
    keys = data.keys[learnt.features]
    known = np.flatnonzero(np.diff(data.words.first))
    folded = np.isin(keys, data.words.local[known, LOCAL.index("W0")])
    kept = (np.abs(learnt.rows) >= max(least, 0.5 / scale)) & ~folded[:, None]
    feature, label = np.nonzero(kept)
    weights = np.round(learnt.rows[kept] * scale).astype(np.int64)
    parts = -(-np.abs(weights) // LARGEST_CELL)
    part = places_of(np.zeros(len(parts), np.int64), parts)
    rest = np.repeat(np.abs(weights), parts) - part * LARGEST_CELL
    values = np.minimum(rest, LARGEST_CELL) * np.repeat(np.sign(weights), parts)
    cells = np.repeat(label, parts) * 256 + (values & 255)
    widths = np.bincount(np.repeat(feature, parts), minlength=len(keys))
    slots, order = fill_table(keys[widths > 0], offsets_of(widths[widths > 0]))
    return slots, cells[order].astype(np.uint16)
