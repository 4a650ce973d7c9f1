"""Part-of-speech tagging of words by an averaged structured perceptron."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.features import TEMPLATES_OF_WORDS, number, word_features
from classicnlp._ext.words import WordTagger, fill_table
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_names, require_count, require_share
from classicnlp.estimator import Estimator
from classicnlp.storable import Storable, tables_of
from classicnlp.tagging.perceptron import LinearWeights, Progress, Sequences, best_epoch, train
from classicnlp.text import default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_WEIGHT = 8000
TaggedWord = tuple[str, str]


class PosTagger(Storable, Estimator):
    """Tags the words of a sentence with their parts of speech.

    A first-order chain over tags with features of the word, its neighbours, its first and last
    characters, its length and character classes, learnt by a structured perceptron (Collins,
    2002). A word that was seen often gets only tags that it was seen with.

    Parameters
    ----------
    epochs : int
        Passes over the training data.
    seed : int
        Seed of the order of the sentences in each pass.
    margin : int
        By how much, in steps of learning, a right tag has to win for nothing to be learnt.
    known_from : int
        Words seen at least as often get only tags that they were seen with.
    prune : float
        Weights that are smaller than this, relative to the largest, are left out.

    Attributes
    ----------
    tags_ : tuple of str
        The tags, in order of their number.

    Examples
    --------
    >>> sentences = [[("我", "r"), ("爱", "v"), ("你", "r")], [("你", "r"), ("来", "v")]] * 5
    >>> PosTagger(epochs=5).fit(sentences).predict(["你", "爱", "我"])
    ['r', 'v', 'r']
    """

    kind = "tagger"
    _tagger: WordTagger | None = None

    def __init__(
        self,
        epochs: int = 8,
        seed: int = 0,
        margin: int = 20,
        known_from: int = 20,
        prune: float = 0.02,
    ):
        self.epochs = epochs
        self.seed = seed
        self.margin = margin
        self.known_from = known_from
        self.prune = prune

    def fit(
        self,
        sentences: Iterable[Sequence[TaggedWord]],
        dev: Iterable[Sequence[TaggedWord]] | None = None,
        progress: Progress | None = None,
    ) -> PosTagger:
        """Learn from tagged sentences.

        Parameters
        ----------
        sentences : iterable of sequences of (word, tag)
            The tagged words of each sentence.
        dev : iterable of sequences of (word, tag), optional
            Sentences to measure each epoch on; the most accurate epoch is kept.
        progress : callable, optional
            Called with epoch, number of epochs and a message after each epoch.

        Returns
        -------
        PosTagger
            Itself.

        Raises
        ------
        ValueError
            If there are no words to learn from, or more than 256 tags.
        """
        self._check_params()
        kept = [[(word, tag) for word, tag in sentence if word] for sentence in sentences]
        if not any(kept):
            raise ValueError("there are no words to learn from: the training data is empty")
        alphabet = default_alphabet()
        tags = tuple(sorted({tag for sentence in kept for _, tag in sentence}))
        if len(tags) > 256:
            raise ValueError(f"at most 256 different tags can be learnt, got {len(tags)}")
        data, keys, words = _prepare(kept, tags, alphabet, self.known_from)
        held_out = [list(sentence) for sentence in dev] if dev is not None else []
        self._tagger = best_epoch(
            train(data, self.epochs, self.seed, self.margin),
            self.epochs,
            lambda learnt: _compile(alphabet, keys, words, learnt, self.prune),
            (lambda tagger: _accuracy(tagger, tags, held_out)) if held_out else None,
            progress,
        )
        self.tags_ = tags
        return self

    def predict(self, words: Sequence[str]) -> list[str]:
        """Return the tag of each word of a sentence.

        Parameters
        ----------
        words : sequence of str
            The words of one sentence; none is empty.

        Returns
        -------
        list of str

        Raises
        ------
        TypeError
            If ``words`` is one str, or holds anything but str.
        ValueError
            If a word is empty.
        """
        if isinstance(words, str):
            raise TypeError(
                "predict() takes the words of a sentence, got one str: segment it first"
            )
        try:
            words = list(words)
        except TypeError:
            kind = type(words).__name__
            raise TypeError(f"predict() takes a list of words, got {kind}") from None
        for word in words:
            if not isinstance(word, str):
                raise TypeError(f"a word must be a str, got {type(word).__name__}")
            if not word:
                raise ValueError("a word must have at least one character")
        text, boundaries = _joined(words)
        return [self.tags_[label] for label in self.labels_at(text, boundaries).tolist()]

    def labels_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.uint8]:
        """Return the numbers of the tags of the words of ``text`` between ``boundaries``."""
        return self._fitted().tag(text, boundaries)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        tagger = self._fitted()
        arrays = {**store.nested("alphabet", tagger.alphabet.arrays), **tagger.arrays}
        return {**self.get_params(), "tags": list(self.tags_)}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> PosTagger:
        rest = dict(parameters)
        names = as_names(rest.pop("tags"), "tags")
        tagger = cls(**rest)
        tagger._check_params()
        tagger.tags_ = names
        tagger._tagger = WordTagger(alphabet, **tables_of(arrays))
        if len(names) != len(arrays["starts"]):
            raise ValueError("there is not one name for each tag")
        return tagger

    def _check_params(self) -> None:
        require_count(self.epochs, "epochs", 1)
        require_count(self.seed, "seed", 0)
        require_count(self.margin, "margin", 0, 1 << 20)
        require_count(self.known_from, "known_from", 1)
        require_share(self.prune, "prune")

    def _fitted(self) -> WordTagger:
        if self._tagger is None:
            raise self._not_fitted()
        return self._tagger


def _joined(words: Sequence[str]) -> tuple[str, NDArray[np.int32]]:
    """Return the text of some words, and where each begins and ends."""
    return "".join(words), offsets_of(map(len, words), np.int32)


def _accuracy(tagger: WordTagger, tags: Sequence[str], gold: list[list[TaggedWord]]) -> float:
    from classicnlp.evaluate import tagging as score

    predicted = []
    for sentence in gold:
        words = [word for word, _ in sentence]
        labels = tagger.tag(*_joined(words)).tolist()
        predicted.append([(word, tags[label]) for word, label in zip(words, labels, strict=True)])
    return score(gold, predicted).accuracy


class _WordLabels:
    """Which words may have which labels: as arrays for training and for tables."""

    def __init__(
        self, keys: NDArray[np.uint64], gold: NDArray[np.uint8], labels: int, known_from: int
    ):
        ids, distinct, counts = number(keys)
        seen = np.unique(ids.astype(np.int64) * labels + gold)
        known = counts >= known_from
        # What rare words were tagged with, unknown words may be tagged with.
        self.open = np.unique(gold[~known[ids]]).astype(np.uint8)
        if not self.open.size:
            self.open = np.unique(gold)
        word, label = seen // labels, (seen % labels).astype(np.uint8)
        of_known = known[word]
        self.keys = distinct[known]
        widths = np.bincount(word[of_known], minlength=len(distinct))[known]
        self.first = offsets_of(widths, np.int32)
        self.labels = label[of_known]
        # For training: the row of each known word, the open labels behind the last.
        row = np.where(known, np.cumsum(known) - 1, len(self.keys))[ids]
        widths = np.append(widths, len(self.open))
        starts = np.append(self.first[:-1], len(self.labels))
        pool = np.concatenate([self.labels, self.open])
        place_widths = widths[row]
        self.place_first = offsets_of(place_widths)
        within = np.arange(self.place_first[-1]) - np.repeat(self.place_first[:-1], place_widths)
        self.place_labels = pool[np.repeat(starts[row], place_widths) + within]


def _prepare(
    sentences: list[list[TaggedWord]], tags: tuple[str, ...], alphabet: Alphabet, known_from: int
) -> tuple[Sequences, NDArray[np.uint64], _WordLabels]:
    words = [word for sentence in sentences for word, _ in sentence]
    text = "".join(words)
    word_offsets = offsets_of(map(len, words))
    offsets = offsets_of(map(len, sentences))
    numbers = {tag: i for i, tag in enumerate(tags)}
    gold = np.fromiter(
        (numbers[tag] for sentence in sentences for _, tag in sentence), np.uint8, len(words)
    )
    keys, word_keys = word_features(
        alphabet.symbols(text), alphabet.classes(text), word_offsets, offsets
    )
    features, distinct, _ = number(keys.reshape(-1))
    word_labels = _WordLabels(word_keys, gold, len(tags), known_from)
    templates = len(TEMPLATES_OF_WORDS)
    data = Sequences(
        offsets,
        np.arange(0, templates * (len(words) + 1), templates, dtype=np.int64),
        features,
        gold,
        word_labels.place_first,
        word_labels.place_labels,
        len(distinct),
        len(tags),
    )
    return data, distinct, word_labels


def _compile(
    alphabet: Alphabet,
    keys: NDArray[np.uint64],
    words: _WordLabels,
    learnt: LinearWeights,
    prune: float,
) -> WordTagger:
    """Keep of each feature the weights that matter, as small integers behind a table."""
    largest = max(float(np.abs(learnt.rows).max(initial=0.0)), 1e-9)
    scale = LARGEST_WEIGHT / largest
    kept = np.abs(learnt.rows) >= prune * largest
    label = np.nonzero(kept)[1]
    weights = np.round(learnt.rows[kept] * scale).astype(np.int16)
    widths = kept.sum(axis=1)
    used = widths > 0
    first = offsets_of(widths[used], np.int32)
    slots, slot_first, order = fill_table(keys[learnt.features[used]], first)
    word_slots, word_first, word_order = fill_table(words.keys, words.first)
    return WordTagger(
        alphabet,
        slots,
        slot_first,
        label.astype(np.uint8)[order],
        weights[order],
        word_slots,
        word_first,
        words.labels[word_order],
        words.open,
        np.round(learnt.transitions * scale).astype(np.int32),
        np.round(learnt.starts * scale).astype(np.int32),
    )
