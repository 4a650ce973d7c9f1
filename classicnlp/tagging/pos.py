"""Part-of-speech tagging of words by an averaged structured perceptron."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.cutter import Cutter
from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_names, require_count, require_share
from classicnlp.estimator import Estimator
from classicnlp.spans import Token
from classicnlp.storable import Storable, tables_of
from classicnlp.tagging.calibration import calibrated
from classicnlp.tagging.perceptron import Progress, best_epoch, check_training, train
from classicnlp.tagging.pos_training import TaggedWord, compiled, prepare
from classicnlp.tagging.self_training import dictionary_hints, self_trained_hints
from classicnlp.tagging.universal import Tagset, names_in
from classicnlp.tagging.word_classes import NO_HINTS, Hints
from classicnlp.text import default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALIBRATION_EVERY = 10


class PosTagger(Storable, Estimator):
    """Tags the words of a sentence with their parts of speech.

    A first-order chain over tags with features of the word, its neighbours, the last word of its
    clause, its first and last characters, its length and character classes, and of the tags that
    the word and its neighbours had in other parts of the training data; learnt by a structured
    perceptron (Collins, 2002). A word that was seen often gets only tags that it was seen with.

    Parameters
    ----------
    epochs : int
        Passes over the training data.
    seed : int
        Seed of the order of the sentences in each pass.
    margin : int
        By how much, in steps of learning, a right tag has to win for nothing to be learnt.
    known_from : int
        Words seen at least as often get only tags that they were seen with, by one in 200 at least.
    min_count : int
        Features that occur less often are not learnt.
    prune : float
        Weights that are smaller than this, relative to the largest, are left out.
    runs : int
        How many perceptrons are trained, each in an order of its own; their weights are averaged.

    Attributes
    ----------
    tags_ : tuple of str
        The tags, in order of their number.

    Examples
    --------
    >>> sentences = [[("我", "r"), ("爱", "v"), ("你", "r")], [("你", "r"), ("来", "v")]] * 6
    >>> PosTagger(epochs=5).fit(sentences).predict(["你", "爱", "我"])
    ['r', 'v', 'r']
    """

    kind = "tagger"
    _tagger: WordTagger | None = None

    def __init__(
        self,
        epochs: int = 8,
        seed: int = 0,
        margin: int = 30,
        known_from: int = 6,
        min_count: int = 1,
        prune: float = 0.02,
        runs: int = 1,
    ):
        self.epochs = epochs
        self.seed = seed
        self.margin = margin
        self.known_from = known_from
        self.min_count = min_count
        self.prune = prune
        self.runs = runs

    def fit(
        self,
        sentences: Iterable[Sequence[TaggedWord]],
        dev: Iterable[Sequence[TaggedWord]] | None = None,
        progress: Progress | None = None,
        *,
        unlabelled: Iterable[Sequence[str]] | None = None,
        dictionary: Mapping[str, str] | None = None,
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
        unlabelled : iterable of sequences of str, optional
            The words of sentences without tags. They are tagged by two taggers, each trained on
            half of the sentences; how the words that the sentences do not have were tagged there
            becomes a feature of theirs, if the dictionary has them or they occur three times.
        dictionary : mapping from str to str, optional
            Tags of words, of whatever tag set, that help to tag the unlabelled sentences. The
            dictionary itself does not become part of the tagger.

        Returns
        -------
        PosTagger
            Itself.

        Raises
        ------
        ValueError
            If there are no words to learn from, more than 256 tags, or a dictionary without
            unlabelled sentences.
        """
        self._check_params()
        kept = [[(word, tag) for word, tag in sentence if word] for sentence in sentences]
        if not any(kept):
            raise ValueError("there are no words to learn from: the training data is empty")
        tags = tuple(sorted({tag for sentence in kept for _, tag in sentence}))
        if len(tags) > 256:
            raise ValueError(f"at most 256 different tags can be learnt, got {len(tags)}")
        if dictionary is not None and unlabelled is None:
            raise ValueError("a dictionary helps to tag unlabelled sentences: give some")
        held_out = [list(sentence) for sentence in dev] if dev is not None else []
        hints = NO_HINTS
        if unlabelled is not None:
            hints = self._hints(kept, tags, unlabelled, dictionary or {})
        tagger = self._learnt(kept, tags, hints, held_out, progress)
        if held_out:
            self._tagger = calibrated(tagger, tags, held_out)
        else:
            every = CALIBRATION_EVERY
            rest = [sentence for i, sentence in enumerate(kept) if i % every != every - 1]
            apart = self._learnt(rest, tags) if len(rest) < len(kept) else tagger
            sharpness = calibrated(apart, tags, kept[every - 1 :: every]).sharpness
            self._tagger = WordTagger(tagger.alphabet, **tagger.arrays, sharpness=sharpness)
        self.tags_ = tags
        return self

    def _hints(
        self,
        sentences: list[list[TaggedWord]],
        tags: tuple[str, ...],
        unlabelled: Iterable[Sequence[str]],
        dictionary: Mapping[str, str],
    ) -> Hints:
        alphabet = default_alphabet()
        listed = dictionary_hints(dictionary, alphabet)
        return self_trained_hints(
            sentences,
            unlabelled,
            lambda half: self._learnt(half, tags, listed),
            len(tags),
            alphabet,
            listed,
        )

    def _learnt(
        self,
        sentences: list[list[TaggedWord]],
        tags: tuple[str, ...],
        hints: Hints = NO_HINTS,
        held_out: Sequence[list[TaggedWord]] = (),
        progress: Progress | None = None,
    ) -> WordTagger:
        alphabet = default_alphabet()
        data = prepare(sentences, tags, alphabet, self.known_from, self.min_count, hints)
        return best_epoch(
            train(data.sequences, self.epochs, self.seed, self.margin, runs=self.runs),
            self.epochs,
            lambda learnt: compiled(data, learnt, self.prune),
            (lambda tagger: _accuracy(tagger, tags, held_out)) if held_out else None,
            progress,
        )

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
        text, boundaries = joined_words(words, "predict")
        return [self.tags_[label] for label in self.labels_at(text, boundaries).tolist()]

    def marginals(self, words: Sequence[str]) -> list[dict[str, float]]:
        """Return the probabilities of the tags of each word of a sentence.

        They are those of forward-backward, sharpened or flattened so that they fit held-out data:
        of words with a probability near 0.9 about nine in ten have that tag.

        Parameters
        ----------
        words : sequence of str
            The words of one sentence; none is empty.

        Returns
        -------
        list of dict from str to float
            For each word the tags that come into question, the likeliest first; their
            probabilities add up to 1.

        Raises
        ------
        TypeError, ValueError
            As `predict` does.

        Examples
        --------
        >>> sentences = [[("他", "r"), ("会", "v")], [("开", "v"), ("会", "n")]] * 5
        >>> first, second = PosTagger(epochs=3).fit(sentences).marginals(["他", "会"])
        >>> max(second, key=second.get), abs(sum(second.values()) - 1) < 1e-9
        ('v', True)
        """
        text, boundaries = joined_words(words, "marginals")
        _, first, labels, probabilities = self._fitted().marginals(text, boundaries)
        result = []
        for low, high in itertools.pairwise(first.tolist()):
            own = sorted(range(low, high), key=lambda cell: -probabilities[cell])
            result.append({self.tags_[labels[cell]]: float(probabilities[cell]) for cell in own})
        return result

    def marginals_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the probability of the tag that `labels_at` gives to each word.

        Parameters
        ----------
        text : str
        boundaries : int32 array
            0, where words begin and end, ``len(text)``; ascending.

        Returns
        -------
        float64 array, one shorter than ``boundaries``
        """
        path, first, labels, probabilities = self._fitted().marginals(text, boundaries)
        of_path = labels == np.repeat(path, np.diff(first))
        chosen: NDArray[np.float64] = probabilities[of_path]
        return chosen

    def tokens_of(
        self, cutter: Cutter, texts: Iterable[str], tagset: Tagset = "own"
    ) -> list[list[Token]]:
        """Return the tagged words of each text.

        Parameters
        ----------
        cutter : Cutter
            A segmenter's kernel, which cuts the texts.
        texts : iterable of str
        tagset : {"own", "universal"}
            By what names to call the tags.

        Returns
        -------
        list of lists of Token
        """
        names = names_in(tagset, self.tags_)
        return self._fitted().tokens_batch(Token, cutter, texts, names)

    def labels_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.uint8]:
        """Return the numbers of the tags of the words of ``text`` between ``boundaries``."""
        return self._fitted().tag(text, boundaries)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        tagger = self._fitted()
        arrays = {**store.nested("alphabet", tagger.alphabet.arrays), **tagger.arrays}
        parameters = {"tags": list(self.tags_), "sharpness": tagger.sharpness}
        return {**self.get_params(), **parameters}, arrays

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
        sharpness = rest.pop("sharpness")
        tagger = cls(**rest)
        tagger._check_params()
        tagger.tags_ = names
        tagger._tagger = WordTagger(alphabet, **tables_of(arrays), sharpness=sharpness)
        if len(names) != len(arrays["starts"]):
            raise ValueError("there is not one name for each tag")
        return tagger

    def _check_params(self) -> None:
        check_training(self.epochs, self.seed, self.margin, self.runs)
        require_count(self.known_from, "known_from", 1)
        require_count(self.min_count, "min_count", 1)
        require_share(self.prune, "prune")

    def _fitted(self) -> WordTagger:
        if self._tagger is None:
            raise self._not_fitted()
        return self._tagger


def joined_words(words: Sequence[str], caller: str) -> tuple[str, NDArray[np.int32]]:
    """Return the text of some words, and where each begins and ends; ``caller`` is for errors."""
    if isinstance(words, str):
        raise TypeError(f"{caller}() takes the words of a sentence, got one str: segment it first")
    try:
        words = list(words)
    except TypeError:
        kind = type(words).__name__
        raise TypeError(f"{caller}() takes a list of words, got {kind}") from None
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"a word must be a str, got {type(word).__name__}")
        if not word:
            raise ValueError("a word must have at least one character")
    return "".join(words), offsets_of(map(len, words), np.int32)


def _accuracy(tagger: WordTagger, tags: Sequence[str], gold: Sequence[list[TaggedWord]]) -> float:
    from classicnlp.evaluate import tagging as score

    predicted = []
    for sentence in gold:
        words = [word for word, _ in sentence]
        labels = tagger.tag(*joined_words(words, "fit")).tolist()
        predicted.append([(word, tags[label]) for word, label in zip(words, labels, strict=True)])
    return score(gold, predicted).accuracy
