"""Spans over words with tags, such as names, by an averaged structured perceptron."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.chunks import (
    TEMPLATES_OF_CHUNKS,
    Chunker,
    NameTable,
    chunk_features,
    spans_of_labels,
)
from classicnlp._ext.features import number
from classicnlp._ext.table import fill_table
from classicnlp.arrays import offsets_of, places_of
from classicnlp.checks import as_names, require_count, require_share
from classicnlp.estimator import Estimator
from classicnlp.spans import Span
from classicnlp.storable import Storable, tables_of
from classicnlp.tagging.name_lists import NameList
from classicnlp.tagging.perceptron import (
    LinearWeights,
    Progress,
    Sequences,
    best_epoch,
    check_training,
    train,
)
from classicnlp.text import default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_WEIGHT = 8000
LARGEST_TRANSITION = 1 << 22
FORBIDDEN_TRANSITION = -(1 << 23)
FOLDS = 4  # of the training data, when the names of one are looked up among those of the others
ROLES = "BIES"
MOST_LABELS = 63

TaggedWord: TypeAlias = tuple[str, str]
WordSpan: TypeAlias = tuple[int, int, str]
"""First word, the word behind the last one, label."""
Sentences: TypeAlias = Iterable[Sequence[TaggedWord]]
Spans: TypeAlias = Iterable[Iterable[WordSpan]]


class EntityChunker(Storable, Estimator):
    """Finds names, or any other spans that do not overlap, over words that have tags.

    A first-order chain over the roles of words in spans (BIOES), only legal sequences of them, with
    features of the word and its tag, of their neighbours, of its characters, and of what lists of
    names know about it, learnt by a structured perceptron (Collins, 2002). The names of the
    training data are such a list; for training it is made without the sentences at hand.

    Words should come from the segmenter and tagger that will be used later, trained on other
    sentences: then their mistakes are learnt as well.

    Parameters
    ----------
    epochs : int
        Passes over the training data.
    seed : int
        Seed of the order of the sentences in each pass.
    margin : int
        By how much, in steps of learning, a right label has to win for nothing to be learnt.
    known_from : int
        Words seen at least as often with a tag get only labels that they were seen with.
    prune : float
        Weights that are smaller than this, relative to the largest, are left out.
    rare : float
        Roles in spans that a smaller share of a tag's words, or of a frequent word's occurrences
        had are not learnt: nearly all words of such tags need not be looked at.

    Attributes
    ----------
    labels_ : tuple of str
        The labels of spans, in order of their number.
    tags_ : tuple of str
        The tags of words, in order of their number.

    Examples
    --------
    >>> sentences = [[("张", "nr"), ("三", "nr"), ("来", "v")], [("我", "r"), ("在", "p")]] * 5
    >>> spans = [[(0, 2, "PER")], []] * 5
    >>> chunker = EntityChunker(epochs=5).fit(sentences, spans)
    >>> chunker.predict([("我", "r"), ("张", "nr"), ("三", "nr"), ("在", "p")])
    [(1, 3, 'PER')]
    """

    kind = "chunker"
    _chunker: Chunker | None = None

    def __init__(
        self,
        epochs: int = 12,
        seed: int = 0,
        margin: int = 60,
        known_from: int = 100,
        prune: float = 0.045,
        rare: float = 0.0002,
    ):
        self.epochs = epochs
        self.seed = seed
        self.margin = margin
        self.known_from = known_from
        self.prune = prune
        self.rare = rare

    def fit(
        self,
        sentences: Sentences,
        spans: Spans,
        dev: tuple[Sentences, Spans] | None = None,
        progress: Progress | None = None,
        names: Mapping[str, str] | None = None,
    ) -> EntityChunker:
        """Learn from tagged sentences and the spans in them.

        Parameters
        ----------
        sentences : iterable of sequences of (word, tag)
            The tagged words of each sentence; no word is empty.
        spans : iterable of iterables of (int, int, str)
            For each sentence its spans, which do not overlap: the first word, the word behind the
            last one, and the label.
        dev : (sentences, spans), optional
            What to measure each epoch on; the epoch with the best F1 is kept.
        progress : callable, optional
            Called with epoch, number of epochs and a message after each epoch.
        names : mapping of str to str, optional
            Names known from elsewhere, of two characters and more, and what kinds they are of. The
            kinds need not be the labels.

        Returns
        -------
        EntityChunker
            Itself.

        Raises
        ------
        TypeError, ValueError
            If there is nothing to learn from, the lengths differ, a span does not fit its sentence
            (the message names the sentence), or there are more than 63 labels.
        """
        self._check_params()
        corpus = _Corpus.of(sentences, spans)
        if not len(corpus.gold):
            raise ValueError("there are no words to learn from: the training data is empty")
        alphabet = default_alphabet()
        lists = NameList(alphabet, len(corpus.labels), names)
        text, word_offsets = "".join(corpus.words), offsets_of(map(len, corpus.words))
        symbols = alphabet.symbols(text)
        marks = lists.marks_of_others(corpus.names, symbols, word_offsets, corpus.offsets, FOLDS)
        keys, known = chunk_features(
            symbols, alphabet.classes(text), word_offsets, corpus.offsets, corpus.tag_numbers, marks
        )
        features, distinct, _ = number(keys.reshape(-1))
        choices = _Choices(known, corpus, self.known_from, self.rare)
        table = lists.table(lists.count(list(chain.from_iterable(corpus.names))))
        held_out = None if dev is None else _Corpus.of(*dev)
        self.tags_, self.labels_ = corpus.tags, corpus.labels

        def compiled(learnt: LinearWeights) -> Chunker:
            return _compile(alphabet, distinct, choices, learnt, table, self.prune)

        self._chunker = best_epoch(
            train(
                _sequences(corpus, features, len(distinct), choices),
                self.epochs,
                self.seed,
                self.margin,
                ~_legal(len(corpus.labels)),
            ),
            self.epochs,
            compiled,
            None if held_out is None else (lambda chunker: self._f1(chunker, held_out)),
            progress,
        )
        return self

    def predict(self, sentence: Sequence[TaggedWord]) -> list[WordSpan]:
        """Return the spans of a sentence, from left to right.

        Parameters
        ----------
        sentence : sequence of (word, tag)
            The tagged words of one sentence; no word is empty.

        Returns
        -------
        list of (int, int, str)
            The first word, the word behind the last one, and the label of each.

        Raises
        ------
        TypeError, ValueError
            If a word is no str or empty, or nothing was learnt yet.
        """
        chunker = self._fitted()
        words = _checked_words(sentence)
        boundaries = offsets_of(map(len, words), np.int32)
        numbers = self.tag_numbers([tag for _, tag in sentence])
        marks = chunker.label("".join(words), boundaries, numbers)
        places = np.arange(len(words) + 1, dtype=np.int32)
        return [(start, end, self.labels_[k]) for start, end, k in spans_of_labels(marks, places)]

    def spans_at(
        self, text: str, boundaries: NDArray[np.int32], tags: NDArray[np.uint16]
    ) -> list[Span]:
        """Return the spans of a text that is cut and tagged.

        Parameters
        ----------
        text : str
            Any text.
        boundaries : int32 array
            0, the places between words, ``len(text)``.
        tags : uint16 array
            The number of each word's tag, as `tag_numbers` gives them; ``len(tags_) + 1 + k`` makes
            the word a span of label k by itself.

        Returns
        -------
        list of Span
            From left to right; each begins and ends at a boundary.

        Raises
        ------
        ValueError
            If the boundaries are not those of a cut of ``text``, or the tags do not fit.
        """
        return [
            Span(text[start:end], self.labels_[k], start, end)
            for start, end, k in self._fitted().spans(text, boundaries, tags)
        ]

    def tag_numbers(self, tags: Iterable[str]) -> NDArray[np.uint16]:
        """Return the number of each tag; ``len(tags_)`` stands for all that are not known."""
        numbers = {tag: i for i, tag in enumerate(self.tags_)}
        unknown = len(self.tags_)
        return np.array([numbers.get(tag, unknown) for tag in tags], np.uint16)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        chunker = self._fitted()
        arrays = {**store.nested("alphabet", chunker.alphabet.arrays), **chunker.arrays}
        names = {"labels": list(self.labels_), "tags": list(self.tags_)}
        return {**self.get_params(), **names}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> EntityChunker:
        rest = dict(parameters)
        labels = as_names(rest.pop("labels"), "labels")
        tags = as_names(rest.pop("tags"), "tags")
        chunker = cls(**rest)
        chunker._check_params()
        tables = tables_of(arrays)
        names = NameTable(*(tables.pop(f"name_{part}") for part in ("slots", "kinds", "reach")))
        kernel = Chunker(alphabet, **tables, names=names)
        if len(labels) != kernel.kinds or len(tags) != kernel.tags:
            raise ValueError("there is not one name for each label and each tag")
        chunker.labels_, chunker.tags_, chunker._chunker = labels, tags, kernel
        return chunker

    def _check_params(self) -> None:
        check_training(self.epochs, self.seed, self.margin)
        require_count(self.known_from, "known_from", 1)
        require_share(self.prune, "prune")
        require_share(self.rare, "rare")

    def _fitted(self) -> Chunker:
        if self._chunker is None:
            raise self._not_fitted()
        return self._chunker

    def _f1(self, chunker: Chunker, gold: _Corpus) -> float:
        from classicnlp.evaluate import entities

        self._chunker = chunker
        return entities(gold.spans, [self.predict(sentence) for sentence in gold.sentences]).f1


class _Corpus(NamedTuple):
    """Tagged sentences and their spans, as they came and as arrays."""

    sentences: list[Sequence[TaggedWord]]
    spans: list[list[WordSpan]]
    labels: tuple[str, ...]
    tags: tuple[str, ...]
    words: list[str]
    names: list[list[tuple[str, int]]]  # of each sentence: its spans' texts and label numbers
    offsets: NDArray[np.int64]
    tag_numbers: NDArray[np.uint16]
    gold: NDArray[np.uint8]

    @classmethod
    def of(cls, sentences: Sentences, spans: Spans) -> _Corpus:
        sentences = [list(sentence) for sentence in sentences]
        listed = [list(own) for own in spans]
        if len(sentences) != len(listed):
            raise ValueError(f"there are {len(sentences)} sentences, but spans for {len(listed)}")
        labels = tuple(sorted({label for own in listed for _, _, label in own}))
        if len(labels) > MOST_LABELS:
            raise ValueError(f"at most {MOST_LABELS} labels can be learnt, got {len(labels)}")
        numbers = {label: i for i, label in enumerate(labels)}
        words: list[str] = []
        names = []
        gold: list[int] = []
        for place, (sentence, own) in enumerate(zip(sentences, listed, strict=True), 1):
            try:
                texts = _checked_words(sentence)
                gold += _roles(len(texts), own, numbers)
            except (TypeError, ValueError) as error:
                raise type(error)(f"sentence {place}: {error}") from None
            words += texts
            names.append([("".join(texts[a:b]), numbers[label]) for a, b, label in own])
        tags = tuple(sorted({tag for sentence in sentences for _, tag in sentence}))
        tag_number = {tag: i for i, tag in enumerate(tags)}
        tag_numbers = np.fromiter(
            (tag_number[tag] for sentence in sentences for _, tag in sentence),
            np.uint16,
            len(words),
        )
        return cls(
            sentences, listed, labels, tags, words, names, offsets_of(map(len, sentences)),
            tag_numbers, np.array(gold, np.uint8),
        )  # fmt: skip


def _checked_words(sentence: Sequence[TaggedWord]) -> list[str]:
    """Return the words of a sentence."""
    words = []
    for item in sentence:
        if isinstance(item, str) or len(item) != 2:
            raise TypeError(f"expected pairs of word and tag, got {item!r}")
        word, tag = item
        if not isinstance(word, str) or not isinstance(tag, str):
            raise TypeError(f"a word and its tag must be str, got {item!r}")
        if not word:
            raise ValueError("a word must have at least one character")
        words.append(word)
    return words


def _roles(length: int, spans: list[WordSpan], numbers: Mapping[str, int]) -> list[int]:
    """Return the labels of a sentence's words as the kernel counts them."""
    from classicnlp.corpus.schemes import labels_of

    marks = labels_of(length, spans, "BIOES")
    return [
        0 if mark == "O" else 4 * numbers[mark[2:]] + 1 + ROLES.index(mark[0]) for mark in marks
    ]


def _legal(label_count: int) -> NDArray[np.bool_]:
    """Return which role of a label may follow which, by row and column."""
    from classicnlp.corpus.schemes import legal_transitions

    roles = [f"{role}-{label}" for label in range(label_count) for role in ROLES]
    return legal_transitions(["O", *roles], "BIOES").transitions


class _Choices:
    """Which words may have which labels: as tables, and place by place for training."""

    def __init__(self, keys: NDArray[np.uint64], corpus: _Corpus, known_from: int, rare: float):
        width = 4 * len(corpus.labels) + 1
        ids, distinct, counts = number(keys)
        known = counts >= known_from
        self.keys = distinct[known]
        rank = np.cumsum(known) - 1
        often = known[ids]
        tags = corpus.tag_numbers.astype(np.int64)
        # A row for each frequent word, then one for each tag; the last one is for unknown tags.
        rows = np.where(often, rank[ids], len(self.keys) + tags)
        unknown = np.full(len(tags), len(self.keys) + len(corpus.tags))
        owners = np.concatenate([rank[ids[often]], len(self.keys) + tags, unknown])
        labels = np.concatenate([corpus.gold[often], np.tile(corpus.gold, 2)])
        first, pool = _rows(owners, labels, len(self.keys) + len(corpus.tags) + 1, width, rare)
        self.first, self.tag_first = first[: len(self.keys) + 1], first[len(self.keys) :]
        self.labels, self.tag_labels = pool[: self.first[-1]], pool[self.first[-1] :]
        self.tag_first = self.tag_first - self.tag_first[0]
        allowed = np.zeros((len(first) - 1, width), np.bool_)
        allowed[np.repeat(np.arange(len(first) - 1), np.diff(first)), pool] = True
        self.gold = _without(corpus.gold, ~allowed[rows, corpus.gold])
        # Behind each sentence stands a place that is outside, so that no span stays open.
        ends = corpus.offsets[1:]
        widths = np.insert(np.diff(first)[rows], ends, 1)
        self.place_first = offsets_of(widths)
        begins = np.insert(first[rows], ends, 0)  # every row begins with the outside
        self.place_labels = pool[places_of(begins, widths)]


def _rows(
    owner: NDArray[np.int64], label: NDArray[np.uint8], count: int, width: int, rare: float
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return the labels of each owner in ascending order, 0 first, one row after another."""
    seen, times = np.unique(owner * width + label, return_counts=True)
    kept = times >= rare * np.bincount(owner, minlength=count)[seen // width]
    seen = np.union1d(seen[kept], np.arange(count) * width)
    widths = np.bincount(seen // width, minlength=count)
    return offsets_of(widths, np.int32), (seen % width).astype(np.uint8)


def _without(gold: NDArray[np.uint8], refused: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return labels without the spans that have a word whose label is refused."""
    begins = (gold > 0) & ((gold - 1) % 4 % 3 == 0)
    span = np.cumsum(begins)
    lost = np.zeros(len(gold) + 1, np.bool_)
    lost[span[refused]] = True
    return np.where(lost[span], 0, gold).astype(np.uint8)


def _sequences(
    corpus: _Corpus, features: NDArray[np.int32], feature_count: int, choices: _Choices
) -> Sequences:
    """Return the training data, with a place that is outside behind each sentence."""
    ends = corpus.offsets[1:]
    widths = np.insert(np.full(len(corpus.gold), len(TEMPLATES_OF_CHUNKS)), ends, 0)
    return Sequences(
        corpus.offsets + np.arange(len(corpus.offsets)),
        offsets_of(widths),
        features,
        np.insert(choices.gold, ends, 0),
        choices.place_first,
        choices.place_labels,
        feature_count,
        4 * len(corpus.labels) + 1,
    )


def _compile(
    alphabet: Alphabet,
    keys: NDArray[np.uint64],
    choices: _Choices,
    learnt: LinearWeights,
    names: NameTable,
    prune: float,
) -> Chunker:
    """Keep of each feature the weights that matter, as small integers behind a table."""
    largest = max(float(np.abs(learnt.rows).max(initial=0.0)), 1e-9)
    scale = LARGEST_WEIGHT / largest
    kept = np.abs(learnt.rows) >= prune * largest
    label = np.nonzero(kept)[1]
    cells = np.round(learnt.rows[kept] * scale).astype(np.int32) * 256 + label
    widths = kept.sum(axis=1)
    used = widths > 0
    slots, order = fill_table(keys[learnt.features[used]], offsets_of(widths[used]))
    word_slots, word_order = fill_table(choices.keys, choices.first.astype(np.int64))
    legal = _legal(len(learnt.starts) // 4)
    links = np.clip(
        np.round(np.vstack([learnt.starts, learnt.transitions]) * scale),
        -LARGEST_TRANSITION,
        LARGEST_TRANSITION,
    ).astype(np.int32)
    # A sentence begins as if behind a word that is outside.
    links[~np.vstack([legal[0], legal])] = FORBIDDEN_TRANSITION
    return Chunker(
        alphabet,
        slots,
        cells[order].astype(np.int32),
        word_slots,
        choices.labels[word_order],
        choices.tag_first,
        choices.tag_labels,
        links[1:],
        links[0],
        names,
    )
