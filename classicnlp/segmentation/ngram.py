"""Segmentation along the cheapest path of the word graph, by a language model of any order."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.lattice import MOST_PATHS, LatticeCutter
from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp._ext.units import Rules
from classicnlp._ext.wordcosts import SCALE
from classicnlp.checks import require_count
from classicnlp.errors import require_text
from classicnlp.lexicon import Lexicon, require_lexicon
from classicnlp.rules import NEUTRAL, flags_of
from classicnlp.segmentation import conventions
from classicnlp.segmentation.base import Segmenter
from classicnlp.segmentation.explanation import Place, Reader, Reading
from classicnlp.segmentation.user_words import UserWords
from classicnlp.storable import Storable
from classicnlp.text import CharacterClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp._ext.wordcosts import WordCosts
    from classicnlp.lm import NgramModel

Pair: TypeAlias = tuple[str, str]

PREFERENCE = 3.0
"""The bonus of a preferred word, in nats: 20 times as likely as written with other words."""


class Node(NamedTuple):
    """A word of a word graph: where it lies, what it costs, whether the lexicon knows it."""

    word: str
    start: int
    end: int
    cost: float
    known: bool


class Candidate(NamedTuple):
    """One way to cut a text, and its cost in nats."""

    words: list[str]
    cost: float


class WordGraph:
    """All words that a text may be cut into, for inspection.

    Attributes
    ----------
    text : str
        The text.
    nodes : list of Node
        The words, by start and then by end; their cost is that of the word by itself.
    """

    def __init__(self, text: str, nodes: list[Node]):
        self.text = text
        self.nodes = nodes

    @property
    def edges(self) -> list[tuple[int, int]]:
        """The pairs of numbers of nodes of which the second begins where the first ends."""
        begins: dict[int, list[int]] = {}
        for number, node in enumerate(self.nodes):
            begins.setdefault(node.start, []).append(number)
        return [
            (number, following)
            for number, node in enumerate(self.nodes)
            for following in begins.get(node.end, [])
        ]

    def __repr__(self) -> str:
        return f"<WordGraph of {len(self.nodes)} words over {len(self.text)} characters>"


class NgramSegmenter(Segmenter, Storable):
    """Cuts a text into the most probable words.

    Every word of the lexicon that occurs in the text costs the negative logarithm of its
    probability; the cheapest path of words through the text is its segmentation. With a language
    model the probability of a word depends on the words before it, as many as the model's order
    has; the search is exact. A word that the model does not have costs as much as its count in the
    lexicon says, a unit that is no word its unknown cost, both besides what backing off to the
    empty context costs; the words after it have no context.

    A word that was added to a lexicon without a count costs a little less than the cheapest
    way to write it with the other words, so that it wins wherever nothing else competes; with a
    language model, less than these words cost there, and it leaves the context that they leave. Of
    two paths of equal cost the one whose last differing word is longer wins.

    To a user's word (`with_words`) that is preferred a bonus is given on top, by default 3 nats;
    but no word costs less than nothing. One that comes with a count costs as much as this
    count says, whatever stands before it, and gets a bonus only if one is named. A single
    character that is forbidden is as dear as can be, so that it stands by itself only where no
    longer word covers it.

    Parameters
    ----------
    lexicon : Lexicon, optional
        Words and counts; a word that was never counted is taken to be seen once. May be left
        out if `fit` is to count one.
    bigrams : mapping from (word, word) to int, optional
        How often one word follows another, to make a language model of, in which a word's
        probability is interpolated with its own (Jelinek and Mercer, 1980):
        λ · c(v w) / c(v) + (1 - λ) · c(w) / N. ``""`` stands for the beginning and the end of a
        text. Pairs with words that are not in the lexicon are left out.
    language_model : NgramModel, optional
        A model of words, of any order and smoothing, instead of bigrams.
    interpolation : float
        λ, in 0 ... 1 (exclusive).
    unknown_costs : mapping from CharacterClass to float, optional
        What a character or unit that is no word costs, in nats, by the class of its first
        character; by default as much as a word seen half a time.
    rules : iterable of str, optional
        What is never cut: names of `classicnlp.rules.RULES` or of groups of them. By default
        the rules that the text given to `fit` follows; without it, those that no standard
        contradicts.

    Examples
    --------
    >>> words = {"商品": 9, "和": 40, "和服": 3, "服务": 8, "务": 1}
    >>> segmenter = NgramSegmenter(Lexicon(words))
    >>> segmenter.segment("商品和服务")
    ['商品', '和', '服务']
    >>> [candidate.words for candidate in segmenter.n_best("商品和服务", 2)]
    [['商品', '和', '服务'], ['商品', '和服', '务']]
    """

    kind = "ngram segmenter"

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        bigrams: Mapping[Pair, int] | None = None,
        *,
        language_model: NgramModel | None = None,
        interpolation: float = 0.8,
        unknown_costs: Mapping[CharacterClass, float] | None = None,
        rules: Iterable[str] | None = None,
    ):
        if not 0 < interpolation < 1:
            raise ValueError(f"interpolation must be between 0 and 1, got {interpolation}")
        if bigrams is not None and language_model is not None:
            raise ValueError("give bigrams or a language model, not both")
        self._own = Lexicon() if lexicon is None else require_lexicon(lexicon, "NgramSegmenter")
        self.lexicon = self._own
        self.interpolation = interpolation
        self.unknown_costs = unknown_costs
        self.rules = rules
        self._flags = flags_of(NEUTRAL if rules is None else rules)
        self.language_model = language_model
        if bigrams is not None:
            from classicnlp.segmentation.word_models import model_of_pairs

            self.language_model = model_of_pairs(
                bigrams, self._own, self._sum_of_counts(), interpolation
            )
        self._prepare(self._word_costs())

    def fit(self, sentences: Iterable[Sequence[str]], order: int = 2) -> NgramSegmenter:
        """Count the words of segmented sentences, and learn a language model from them.

        Parameters
        ----------
        sentences : iterable of sequences of str
            The words of each sentence.
        order : int
            Of the language model, smoothed after Kneser and Ney, from 1 to 8; with 1 there is
            none, and counts of words are all.

        Returns
        -------
        NgramSegmenter
            Itself, with a lexicon of the words counted.

        Raises
        ------
        ValueError
            If the order is out of range.
        """
        require_count(order, "order", 1, HIGHEST_ORDER)
        sentences = [[word for word in sentence if word] for sentence in sentences]
        words = Counter(itertools.chain.from_iterable(sentences))
        self._own = self.lexicon = Lexicon(words)
        self._user_words = None
        if self.rules is None and words:
            self._flags = conventions.learn(sentences, self.lexicon.alphabet).flags
        self.language_model = None
        if order > 1 and words:
            from classicnlp.segmentation.word_models import model_of_sentences

            self.language_model = model_of_sentences(sentences, order, self.lexicon.alphabet)
        self._prepare(self._word_costs())
        return self

    def with_rules(self, rules: Iterable[str]) -> NgramSegmenter:
        return self._over(self.user_words, flags_of(rules))

    def n_best(self, text: str, k: int = 5) -> list[Candidate]:
        """Return the ``k`` cheapest ways to cut ``text``, cheapest first.

        Parameters
        ----------
        text : str
            Any text.
        k : int
            How many are wanted; there may be fewer.

        Returns
        -------
        list of Candidate
        """
        require_count(k, "k", 1, MOST_PATHS)
        paths = self._lattice_cutter.n_best(require_text(text, "n_best"), k)
        return [Candidate(_cut(text, ends), cost / SCALE) for cost, ends in paths]

    def confidences_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return how probable the words between ``boundaries`` are, which `boundaries` gave.

        As the costs have it, which no data set aside has corrected: often too near 0 or 1.
        """
        if not text:
            return np.zeros(0)
        return self._lattice_cutter.confidences(text, boundaries[1:])

    def lattice(self, text: str) -> WordGraph:
        """Return the graph of all words that ``text`` may be cut into.

        Examples
        --------
        >>> graph = NgramSegmenter(Lexicon({"中": 1, "中国": 5, "国人": 1})).lattice("中国人")
        >>> [(node.word, node.known) for node in graph.nodes]
        [('中', True), ('中国', True), ('国', False), ('国人', True), ('人', False)]
        >>> graph.edges
        [(0, 2), (0, 3), (1, 4), (2, 4)]
        """
        table = self._lattice_cutter.graph(require_text(text, "lattice"))
        nodes = [
            Node(text[start:end], start, end, cost / SCALE, word >= 0)
            for start, end, word, cost in table.tolist()
        ]
        return WordGraph(text, nodes)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        if self.lexicon.overlay_entries:
            raise ValueError(
                "a segmenter with added or removed words is not saved: "
                "make one from lexicon.merge(Lexicon()) first"
            )
        parameters, own = self.lexicon.to_store()
        alphabet = store.nested("alphabet", store.within("alphabet", own))
        lexicon = {name: array for name, array in own.items() if name not in alphabet}
        arrays = alphabet | store.nested("lexicon", lexicon)
        if self.language_model is not None:
            parameters["language_model"], learnt = self.language_model.to_store()
            arrays |= store.nested("language_model", learnt)
        parameters["interpolation"] = self.interpolation
        costs = self.unknown_costs
        parameters["unknown_costs"] = (
            None if costs is None else {CharacterClass(kind).name: costs[kind] for kind in costs}
        )
        parameters["rules"] = sorted(self.held_rules)
        return parameters, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> NgramSegmenter:
        lexicon = Lexicon.from_store(parameters, store.within("lexicon", arrays), origin, alphabet)
        costs = parameters["unknown_costs"]
        if costs is not None and not isinstance(costs, dict):
            raise ValueError("unknown_costs must be an object")
        if costs is not None:
            costs = {CharacterClass[name]: cost for name, cost in costs.items()}
        language_model = None
        if "language_model" in parameters:
            from classicnlp.lm import NgramModel

            language_model = NgramModel.from_store(
                parameters["language_model"], store.within("language_model", arrays), origin
            )
        return cls(
            lexicon,
            language_model=language_model,
            interpolation=parameters["interpolation"],
            unknown_costs=costs,
            rules=parameters.get("rules"),
        )

    def __getstate__(self) -> dict[str, Any]:
        return {
            "_own": self._own,
            "lexicon": self.lexicon,
            "_user_words": self._user_words,
            "language_model": self.language_model,
            "interpolation": self.interpolation,
            "unknown_costs": self.unknown_costs,
            "rules": self.rules,
            "_flags": self._flags,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare(self._word_costs())

    # Costs.

    def _word_costs(self) -> WordCosts | None:
        """Return what words cost by the language model."""
        if self.language_model is None:
            return None
        from classicnlp.segmentation.word_models import checked_model, word_costs

        return word_costs(checked_model(self.language_model), self._own)

    def _prepare(self, costs: WordCosts | None, base: LatticeCutter | None = None) -> None:
        self._costs_of_words = costs
        rules = Rules(self._flags)
        counts = self.lexicon.base_counts
        self._total = self._sum_of_counts()
        base_costs = self._cost(counts)
        if base is None:
            dictionary = Lexicon._made(self.lexicon._base).dictionary
            base = LatticeCutter(dictionary, base_costs, self._unknown(), costs, rules=rules)
        self._base_cutter = base
        entries = self.lexicon.overlay_entries
        if entries:
            words = self.user_words
            added = self._cost(np.array([entry.count for entry in entries], np.int64))
            discounts = np.zeros(len(entries), np.int64)
            for i, entry in enumerate(entries):
                if entry.count == 0:
                    added[i] = base.n_best(entry.word, 1)[0][0]
                bonus = words.bonus_of(entry.word, 0.0 if entry.count else PREFERENCE)
                discounts[i] = round(bonus * SCALE) + (entry.count == 0)
            added = np.maximum(added - discounts, 0)
            dictionary = self.lexicon.dictionary
            if costs is not None:
                from classicnlp.segmentation.word_models import with_parts

                costs = with_parts(costs, base, entries, discounts)
            marker = words.forcing_marker()
            base = LatticeCutter(dictionary, added, self._unknown(), costs, base, marker, rules)
        self._cutter = self._lattice_cutter = base

    @property
    def _alphabet(self) -> Alphabet:
        return self.lexicon.alphabet

    def _over(self, user_words: UserWords, flags: int | None = None) -> NgramSegmenter:
        segmenter = NgramSegmenter.__new__(NgramSegmenter)
        segmenter._own = self._own
        segmenter.lexicon = user_words.changed(self._own)
        segmenter._user_words = user_words
        segmenter.language_model = self.language_model
        segmenter.interpolation = self.interpolation
        segmenter.unknown_costs = self.unknown_costs
        segmenter.rules = self.rules
        segmenter._flags = self._flags if flags is None else flags
        base = self._base_cutter if segmenter._flags == self._flags else None
        segmenter._prepare(self._costs_of_words, base)
        return segmenter

    def _reader(self, text: str) -> Reader:
        return _PathReader(text, self)

    def _sum_of_counts(self) -> float:
        """Return N, the number of words counted; at least one for each word of the lexicon."""
        counts = self.lexicon.base_counts
        return max(float(counts.sum(dtype=np.float64)), len(counts), 1)

    def _cost(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the negative log probabilities of words, in units of 1 / SCALE nat."""
        nats = math.log(self._total) - np.log(np.maximum(counts, 1))
        return np.round(np.maximum(nats, 0) * SCALE).astype(np.int64)

    def _unknown(self) -> NDArray[np.int32]:
        costs = np.full(len(CharacterClass), math.log(2 * self._total))
        for kind, cost in (self.unknown_costs or {}).items():
            if not 0 <= cost <= 1000:
                raise ValueError(f"an unknown cost must be in 0 ... 1000 nats, got {cost}")
            costs[CharacterClass(kind)] = cost
        return np.round(costs * SCALE).astype(np.int32)


def _cut(text: str, ends: NDArray[np.int32]) -> list[str]:
    return [text[start:end] for start, end in itertools.pairwise([0, *ends.tolist()])]


class _PathReader(Reader):
    """Reads a text along paths of its word graph; a score is the negative cost."""

    def __init__(self, text: str, segmenter: NgramSegmenter):
        super().__init__(text, segmenter.user_words, segmenter._cutter.rules)
        self._segmenter = segmenter

    def read(self, required: Place | None = None, excluded: Place | None = None) -> Reading | None:
        rows = self._segmenter._lattice_cutter.path(self.text, required, excluded).tolist()
        if not rows:
            return None
        return self.reading_of([(start, end, -cost / SCALE) for start, end, cost in rows])

    def unable(self, place: Place) -> str:
        if self.text[slice(*place)] in self._segmenter.lexicon:
            return "no way to cut the text has it"
        return "the lexicon does not have it: give it to with_words()"
