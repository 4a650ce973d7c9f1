"""Segmentation by tagging characters as beginning, middle, end of a word, or a word alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.bmes import SYMBOL_LIMIT, BmesCutter, fill_pairs
from classicnlp._ext.features import character_features, number
from classicnlp._ext.trie import Trie
from classicnlp._ext.units import Rules
from classicnlp.arrays import offsets_of
from classicnlp.checks import require_count, require_share
from classicnlp.estimator import Estimator
from classicnlp.lexicon import Lexicon, Words, build_trie
from classicnlp.rules import RULES, flags_of, names_of, rules_named
from classicnlp.segmentation import conventions
from classicnlp.segmentation.base import Segmenter
from classicnlp.storable import Storable, tables_of
from classicnlp.tagging.perceptron import LinearWeights, Progress, Sequences, best_epoch, train
from classicnlp.text import CharacterClass, default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABELS = "BMES"
TEMPLATES = 6
LARGEST_WEIGHT = 8000  # six weights and a transition add up far below 2**28


class CharSegmenter(Segmenter, Storable, Estimator):
    """Segments by an averaged structured perceptron over characters.

    Each character is tagged B, M, E or S from the characters around it: six templates of one
    and two characters (Zhao, Huang, Li and Lu, 2010), learnt by a structured perceptron
    (Collins, 2002). Unlike a dictionary it recognises words that it has never seen.

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
    _cutter: BmesCutter

    def __init__(
        self,
        epochs: int = 20,
        seed: int = 0,
        margin: int = 10,
        min_count: int = 1,
        prune: float = 0.008,
        rules: Iterable[str] | None = None,
    ):
        self.epochs = epochs
        self.seed = seed
        self.margin = margin
        self.min_count = min_count
        self.prune = prune
        self.rules = rules
        self.user_words: Lexicon | None = None

    def fit(
        self,
        sentences: Iterable[Sequence[str]],
        dev: Iterable[Sequence[str]] | None = None,
        progress: Progress | None = None,
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

        Returns
        -------
        CharSegmenter
            Itself.

        Raises
        ------
        ValueError
            If there are no words to learn from.
        """
        self._check_params()
        alphabet = default_alphabet()
        sentences = [list(words) for words in sentences]
        data, keys = _prepare(sentences, alphabet, self.min_count)
        rules = conventions.learn(sentences, alphabet, self.rules)
        held_out = [list(words) for words in dev] if dev is not None else []
        self._cutter = best_epoch(
            train(data, self.epochs, self.seed, self.margin, _forbidden()),
            self.epochs,
            lambda learnt: _compile(alphabet, keys, learnt, self.prune, rules),
            (lambda cutter: _f1(cutter, held_out)) if held_out else None,
            progress,
        )
        return self

    def with_words(self, words: Words) -> CharSegmenter:
        """Return a segmenter that makes a word of each of ``words`` wherever it occurs.

        Of overlapping ones the leftmost counts, and of those the longest; none begins or ends
        within a number, a Latin word or a URL. The new segmenter shares this one's tables.

        Parameters
        ----------
        words : iterable, mapping or Lexicon
            As for `Lexicon`.

        Returns
        -------
        CharSegmenter
        """
        cutter = self._fitted()
        lexicon = (Lexicon() if self.user_words is None else self.user_words).with_words(words)
        trie, _ = build_trie(list(lexicon), cutter.alphabet)
        return self._over(cutter.rules, trie, lexicon)

    def with_rules(self, rules: Iterable[str]) -> CharSegmenter:
        """Return a segmenter with just these rules; it shares this one's tables.

        Parameters
        ----------
        rules : iterable of str
            Names of `classicnlp.rules.RULES` or of groups of them.

        Returns
        -------
        CharSegmenter
        """
        cutter = self._fitted()
        return self._over(Rules(flags_of(rules), cutter.rules.mixed), cutter.words, self.user_words)

    def _over(self, rules: Rules, words: Trie | None, lexicon: Lexicon | None) -> CharSegmenter:
        cutter = self._fitted()
        segmenter = CharSegmenter(**self.get_params())
        segmenter.user_words = lexicon
        tables: dict[str, Any] = dict(cutter.arrays)
        segmenter._cutter = BmesCutter(cutter.alphabet, **tables, rules=rules, words=words)
        return segmenter

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        cutter = self._fitted()
        if cutter.words is not None:
            raise ValueError(
                "a segmenter with a user's words is not saved: save the one it came from, "
                "and the words with Lexicon.save()"
            )
        arrays = {**store.nested("alphabet", cutter.alphabet.arrays), **cutter.arrays}
        parameters = self.get_params()
        if self.rules is not None:
            parameters["rules"] = sorted(rules_named(self.rules))
        parameters["held_rules"] = sorted(names_of(cutter.rules.flags))
        if cutter.rules.mixed is not None:
            arrays |= store.nested("mixed", cutter.rules.mixed.arrays)
        return parameters, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> CharSegmenter:
        # A model from before there were rules has none of its own.
        held = parameters.get("held_rules", list(RULES))
        segmenter = cls(**{name: parameters[name] for name in parameters if name != "held_rules"})
        segmenter._check_params()
        trie = store.within("mixed", arrays)
        mixed = Trie(alphabet, **trie, size=int(trie["values"].max()) + 1) if trie else None
        rules = Rules(flags_of(held), mixed)
        segmenter._cutter = BmesCutter(alphabet, **tables_of(arrays), rules=rules)
        return segmenter

    def _check_params(self) -> None:
        require_count(self.epochs, "epochs", 1)
        require_count(self.seed, "seed", 0)
        require_count(self.margin, "margin", 0, 1 << 20)
        require_count(self.min_count, "min_count", 1)
        require_share(self.prune, "prune")
        if self.rules is not None:
            rules_named(self.rules)

    def _fitted(self) -> BmesCutter:
        return self._cutter

    def __getattr__(self, name: str) -> Any:
        if name == "_cutter":
            raise self._not_fitted()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _f1(cutter: BmesCutter, gold: list[list[str]]) -> float:
    from classicnlp.evaluate import segmentation as score

    return score(gold, cutter.segment_batch(["".join(words) for words in gold])).f1


def _forbidden() -> NDArray[np.bool_]:
    """Return which label may not follow which: words begin with B or S and end with E or S."""
    legal = {"B": "ME", "M": "ME", "E": "BS", "S": "BS"}
    return np.array([[b not in legal[a] for b in LABELS] for a in LABELS])


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


def clipped_symbols(alphabet: Alphabet, text: str) -> NDArray[np.int32]:
    """Return the symbols of a text for tagging: white space is an edge, rare characters are one."""
    symbols = np.minimum(alphabet.symbols(text), alphabet.size)
    symbols[alphabet.classes(text) == CharacterClass.SPACE] = 0
    return symbols


def _prepare(
    sentences: Iterable[Sequence[str]], alphabet: Alphabet, min_count: int
) -> tuple[Sequences, NDArray[np.uint64]]:
    kept = [[word for word in words if word] for words in sentences]
    texts = ["".join(words) for words in kept]
    offsets = offsets_of(map(len, texts))
    total = int(offsets[-1])
    if not total:
        raise ValueError("there are no words to learn from: the training data is empty")
    keys = character_features(clipped_symbols(alphabet, "".join(texts)), offsets)
    features, distinct, counts = number(keys.reshape(-1))
    if min_count > 1:
        features[(features >= 0) & (counts[features] < min_count)] = -1
    data = Sequences(
        offsets,
        np.arange(0, TEMPLATES * (total + 1), TEMPLATES, dtype=np.int64),
        features,
        labels_of(word for words in kept for word in words),
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
    prune: float,
    rules: Rules,
) -> BmesCutter:
    """Fold the weights of features into tables of rows."""
    largest = max(float(np.abs(learnt.rows).max(initial=0.0)), 1e-9)
    scale = LARGEST_WEIGHT / largest
    kept = np.abs(learnt.rows).max(axis=1) >= prune * largest
    rows = np.round(learnt.rows[kept] * scale).astype(np.int16)
    key = keys[learnt.features[kept]]
    template = (key >> np.uint64(42)).astype(np.int64)
    first = ((key >> np.uint64(21)) & np.uint64(0x1FFFFF)).astype(np.int64)
    second = (key & np.uint64(0x1FFFFF)).astype(np.int64)
    if alphabet.size >= SYMBOL_LIMIT:
        raise ValueError(f"the alphabet has too many symbols for tables: {alphabet.size}")
    unigrams = np.zeros((alphabet.size + 1, 12), np.int16)
    for t in (1, 2, 3):
        of_template = template == t
        unigrams[first[of_template], 4 * t - 4 : 4 * t] = rows[of_template]
    pair = ((first << 16) | second).astype(np.uint32)
    distinct, place = np.unique(pair[(template == 4) | (template == 5)], return_inverse=True)
    pair_rows = np.zeros((len(distinct), 8), np.int16)
    of_pairs = template[(template == 4) | (template == 5)]
    rows_of_pairs = rows[(template == 4) | (template == 5)]
    pair_rows[place[of_pairs == 4], :4] = rows_of_pairs[of_pairs == 4]
    pair_rows[place[of_pairs == 5], 4:] = rows_of_pairs[of_pairs == 5]
    pairs, pair_weights = fill_pairs(distinct, pair_rows)
    order = np.argsort(pair[template == 6])
    skips, skip_weights = fill_pairs(pair[template == 6][order], rows[template == 6][order])
    transitions = np.where(_forbidden(), 0, np.round(learnt.transitions * scale)).astype(np.int32)
    starts = np.round(learnt.starts * scale).astype(np.int32)
    return BmesCutter(
        alphabet,
        unigrams,
        pairs,
        pair_weights,
        skips,
        skip_weights,
        transitions,
        starts,
        rules=rules,
    )
