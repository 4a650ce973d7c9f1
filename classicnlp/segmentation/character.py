"""Segmentation by tagging characters as beginning, middle, end of a word, or a word alone."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.bmes import BmesCutter, BmesWordsCutter
from classicnlp._ext.features import number
from classicnlp._ext.lexical import WordGroups
from classicnlp._ext.trie import Trie
from classicnlp._ext.units import Rules
from classicnlp.calibration import best_scale, log_loss
from classicnlp.checks import require_at_least, require_count, require_share
from classicnlp.estimator import Estimator
from classicnlp.lexicon import Lexicon, Words
from classicnlp.rules import RULES, flags_of, rules_named
from classicnlp.segmentation import conventions
from classicnlp.segmentation.base import Segmenter
from classicnlp.segmentation.explanation import Place, Reader, Reading
from classicnlp.segmentation.features import characters_of, features_of
from classicnlp.segmentation.groups import GroupedWords
from classicnlp.segmentation.label_paths import LabelPaths
from classicnlp.segmentation.tables import cutter_of
from classicnlp.segmentation.user_words import MOST_BONUS, UserWords
from classicnlp.storable import Storable, tables_of
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

LABELS = "BMES"
LEARNT = ("temperature", "held_rules")  # what a model file has beside the parameters
STEPS = 200  # a step of weights in tables is the largest weight divided by this
TEMPERATURE = 20.0  # of a model that was fitted without data set aside: steps to a nat
COLDEST, HOTTEST = 2.0, 200.0
CALIBRATION = 1000  # sentences: enough for a single number


class CharSegmenter(Segmenter, Storable, Estimator):
    """Segments by an averaged structured perceptron over characters.

    Each character is tagged B, M, E or S from the characters around it and their kinds (Zhao,
    Huang, Li and Lu, 2010), and from the words of the training data, and of other lists, that
    begin, end and lie around it, learnt by a structured perceptron (Collins, 2002) with a margin.
    Unlike a dictionary it recognises words that it has never seen.

    Parameters
    ----------
    epochs : int
        Passes over the training data.
    seed : int
        Seed of the order of the sentences in each pass.
    margin : int
        By how much, in steps of learning, a right label has to win for nothing to be learnt.
    min_count : int
        Features seen less often in the training data are left out.
    prune : float
        Features all of whose weights, relative to the largest, are below this are left out.
    folds : int
        The training data is cut into so many parts; each is learnt with the words of the others
        for a lexicon, so that unknown words are met in training, too.
    rules : iterable of str, optional
        What is joined and parted whatever the weights say: names of `classicnlp.rules.RULES`
        or of groups of them. By default the rules that the training data follows.

    Examples
    --------
    >>> sentences = [["我", "爱", "北京"], ["北京", "欢迎", "你"], ["你", "爱", "我"]] * 5
    >>> segmenter = CharSegmenter(epochs=5).fit(sentences)
    >>> segmenter.segment("我爱北京")
    ['我', '爱', '北京']
    """

    kind = "segmenter"
    _cutter: BmesCutter | BmesWordsCutter

    def __init__(
        self,
        epochs: int = 20,
        seed: int = 0,
        margin: int = 20,
        min_count: int = 1,
        prune: float = 0.008,
        folds: int = 10,
        rules: Iterable[str] | None = None,
    ):
        self.epochs = epochs
        self.seed = seed
        self.margin = margin
        self.min_count = min_count
        self.prune = prune
        self.folds = folds
        self.rules = rules

    def fit(
        self,
        sentences: Iterable[Sequence[str]],
        dev: Iterable[Sequence[str]] | None = None,
        progress: Progress | None = None,
        lexicons: Iterable[Words] | None = None,
        trusted: Words = (),
    ) -> CharSegmenter:
        """Learn from segmented sentences.

        Parameters
        ----------
        sentences : iterable of sequences of str
            The words of each sentence.
        dev : iterable of sequences of str, optional
            Sentences to measure each epoch on; the epoch with the best F1 is kept.
        progress : callable, optional
            Called with epoch, number of epochs and a message after each epoch.
        lexicons : iterable of iterables, mappings or Lexicon objects, optional
            Up to six lists of words that may be cut by another standard: how far to trust each is
            learnt. By default one, `Lexicon.embedded`; ``[]`` learns from the sentences alone.
        trusted : iterable, mapping or Lexicon, optional
            Words by the standard of the training data that are too new to stand in it; each gets a
            fixed bonus. With them there may be five other lists.

        Returns
        -------
        CharSegmenter
            Itself.

        Raises
        ------
        TypeError
            If a word is no str, or a lexicon no collection of words.
        ValueError
            If there are no words to learn from, or too many lexicons.
        """
        self._check_params()
        alphabet = default_alphabet()
        kept = [[word for word in words if word] for words in sentences]
        characters = characters_of(alphabet, ["".join(words) for words in kept])
        if not len(characters.symbols):
            raise ValueError("there are no words to learn from: the training data is empty")
        lists = [Lexicon.embedded()] if lexicons is None else list(lexicons)
        words = GroupedWords(alphabet, kept, lists, self.folds, trusted)
        found = features_of(characters, words.codes_of(characters))
        data, keys = _prepare(kept, characters.offsets, found, self.min_count)
        rules = conventions.learn(kept, alphabet, self.rules)
        held_out = [list(words) for words in dev] if dev is not None else []
        self._cutter = best_epoch(
            train(data, self.epochs, self.seed, self.margin, _forbidden()),
            self.epochs,
            lambda learnt: _compile(alphabet, keys, learnt, words, self.prune, rules),
            (lambda cutter: _f1(cutter, held_out)) if held_out else None,
            progress,
        )
        self._user_words = None
        self.temperature_ = TEMPERATURE
        return self.calibrate(held_out) if held_out else self

    def calibrate(self, sentences: Iterable[Sequence[str]]) -> CharSegmenter:
        """Learn from sentences set aside what differences of scores mean, for `confidences`.

        Parameters
        ----------
        sentences : iterable of sequences of str
            The words of sentences that are not in the training data.

        Returns
        -------
        CharSegmenter
            Itself.
        """
        self.temperature_ = _calibrated(self, [list(words) for words in sentences])
        return self

    def confidences_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return how probable the words between ``boundaries`` are, which `boundaries` gave.

        How much a difference of scores means was learnt from data set aside (`fit` with ``dev``).
        """
        return self._paths(text).confidences(boundaries, 1 / self.temperature_)

    def _paths(
        self, text: str, required: Place | None = None, excluded: Place | None = None
    ) -> LabelPaths:
        cutter = self._fitted()
        marker = cutter.marker if isinstance(cutter, BmesWordsCutter) else None
        return LabelPaths(text, self._tables(), marker, required, excluded)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        cutter = self._tables()
        if self._user_words:
            raise ValueError(
                "a segmenter with a user's words is not saved: save the one it came from, "
                "and the words with Lexicon.save()"
            )
        arrays = {
            **store.nested("alphabet", cutter.alphabet.arrays),
            "words": cutter.groups.table,
            "word_displacements": cutter.groups.displacements,
            **cutter.arrays,
        }
        if cutter.rules.mixed is not None:
            arrays |= store.nested("mixed", cutter.rules.mixed.arrays)
        parameters = {**self.get_params(), "temperature": self.temperature_}
        if self.rules is not None:
            parameters["rules"] = sorted(rules_named(self.rules))
        parameters["held_rules"] = sorted(self.held_rules)
        return parameters, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> CharSegmenter:
        segmenter = cls(**{name: parameters[name] for name in parameters if name not in LEARNT})
        segmenter._check_params()
        temperature = parameters.get("temperature", TEMPERATURE)
        segmenter.temperature_ = require_at_least(temperature, "temperature", 1)
        # A model from before there were rules has none of its own.
        held = flags_of(parameters.get("held_rules", RULES))
        trie = store.within("mixed", arrays)
        mixed = Trie(alphabet, **trie, size=int(trie["values"].max()) + 1) if trie else None
        tables = tables_of({name: a for name, a in arrays.items() if "/" not in name})
        groups = WordGroups(tables.pop("words"), tables.pop("word_displacements"))
        segmenter._cutter = BmesCutter(alphabet, **tables, groups=groups, rules=Rules(held, mixed))
        return segmenter

    def _check_params(self) -> None:
        check_training(self.epochs, self.seed, self.margin)
        require_count(self.min_count, "min_count", 1)
        require_share(self.prune, "prune")
        require_count(self.folds, "folds", 2)
        if self.rules is not None:
            rules_named(self.rules)

    def _fitted(self) -> BmesCutter | BmesWordsCutter:
        return self._cutter

    def _tables(self) -> BmesCutter:
        """Return the cutter whose tables all segmenters with a user's words share."""
        cutter = self._fitted()
        return cutter.base if isinstance(cutter, BmesWordsCutter) else cutter

    @property
    def _alphabet(self) -> Alphabet:
        return self._tables().alphabet

    def _over(self, user_words: UserWords) -> CharSegmenter:
        tables = self._tables()
        segmenter = copy.copy(self)
        segmenter._user_words = user_words
        segmenter._cutter = tables
        if user_words:
            marker = user_words.marker(_preference, self.temperature_)
            segmenter._cutter = BmesWordsCutter(tables, marker)
        return segmenter

    def with_rules(self, rules: Iterable[str]) -> CharSegmenter:
        tables = self._tables()
        segmenter = copy.copy(self)
        segmenter._cutter = BmesCutter(
            tables.alphabet,
            **tables.arrays,
            groups=tables.groups,
            rules=Rules(flags_of(rules), tables.rules.mixed),
        )
        return segmenter._over(self.user_words)

    def _reader(self, text: str) -> Reader:
        return _LabelReader(text, self)

    def __getattr__(self, name: str) -> Any:
        if name == "_cutter":
            raise self._not_fitted()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class _LabelReader(Reader):
    """Reads a text along paths of labels; a score is theirs over the temperature."""

    def __init__(self, text: str, segmenter: CharSegmenter):
        super().__init__(text, segmenter.user_words, segmenter._tables().rules)
        self._segmenter = segmenter

    def read(self, required: Place | None = None, excluded: Place | None = None) -> Reading | None:
        words = self._segmenter._paths(self.text, required, excluded).best()
        unit = self._segmenter.temperature_
        reading = self.reading_of([(start, end, score / unit) for start, end, score in words])
        return None if excluded and reading.has(excluded) else reading


def _f1(cutter: BmesCutter, gold: list[list[str]]) -> float:
    from classicnlp.evaluate import segmentation as score

    return score(gold, cutter.segment_batch(["".join(words) for words in gold])).f1


def _preference(word: str) -> float:
    """Return the bonus of a preferred word: 2 nats for two characters, 8 for each further one.

    The longer a word, the less likely that it stands somewhere by chance. Short words that may be
    two, as in 说 的 话, stay two where the model is sure of it.
    """
    return min(2.0 + 8.0 * max(len(word) - 2, 0), MOST_BONUS)


def _calibrated(segmenter: CharSegmenter, gold: list[list[str]]) -> float:
    """Return the temperature at which confidences say best which words are right.

    That of the least log loss over the words predicted for the gold sentences, to within 5 %.
    """
    cuts, right = [], []
    for words in gold[:CALIBRATION]:
        text = "".join(words)
        boundaries = segmenter.boundaries(text)
        wanted = set(itertools.pairwise(itertools.accumulate(map(len, words), initial=0)))
        right += [place in wanted for place in itertools.pairwise(boundaries.tolist())]
        cuts.append((segmenter._paths(text), boundaries))
    correct = np.array(right, bool)

    def loss(temperature: float) -> float:
        shares = [paths.confidences(boundaries, 1 / temperature) for paths, boundaries in cuts]
        confidence = np.concatenate(shares)
        return log_loss(np.where(correct, confidence, 1 - confidence))

    return best_scale(loss, COLDEST, HOTTEST)


def _forbidden() -> NDArray[np.bool_]:
    """Return which label may not follow which: words begin with B or S and end with E or S."""
    # Who only segments never opens the room of corpora.
    from classicnlp.corpus.schemes import legal_transitions

    return ~legal_transitions(list(LABELS), "BMES").transitions


def labels_of(words: Iterable[str]) -> NDArray[np.uint8]:
    """Return the BMES labels (0 to 3) of the characters of some words.

    Examples
    --------
    >>> "".join(LABELS[label] for label in labels_of(["中华", "人", "共和国"]))
    'BESBME'
    """
    labels = bytearray()
    for word in words:
        n = len(word)
        labels += b"\3" if n == 1 else b"\0" + b"\1" * (n - 2) + b"\2"
    return np.frombuffer(bytes(labels), np.uint8)


def _prepare(
    sentences: Sequence[Sequence[str]],
    offsets: NDArray[np.int64],
    found: NDArray[np.uint64],
    min_count: int,
) -> tuple[Sequences, NDArray[np.uint64]]:
    total, templates = found.shape
    features, distinct, counts = number(found.reshape(-1))
    if min_count > 1:
        features[(features >= 0) & (counts[features] < min_count)] = -1
    data = Sequences(
        offsets,
        np.arange(0, templates * (total + 1), templates, dtype=np.int64),
        features,
        labels_of(word for words in sentences for word in words),
        np.arange(0, 4 * (total + 1), 4, dtype=np.int64),
        np.tile(np.arange(4, dtype=np.uint8), total),
        len(distinct),
        4,
    )
    return data, distinct


def _compile(
    alphabet: Alphabet,
    keys: NDArray[np.uint64],
    learnt: LinearWeights,
    words: GroupedWords,
    prune: float,
    rules: Rules,
) -> BmesCutter:
    """Fold the weights of features into tables."""
    largest = float(np.abs(learnt.rows).max(initial=0.0)) or 1.0
    kept = np.abs(learnt.rows).max(axis=1, initial=0.0) >= prune * largest
    learnt = learnt._replace(features=learnt.features[kept], rows=learnt.rows[kept])
    return cutter_of(alphabet, keys, learnt, words, largest / STEPS, _forbidden(), rules)
