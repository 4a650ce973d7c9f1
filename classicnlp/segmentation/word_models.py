"""Language models of words as the costs of a word graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.interning import text_keys
from classicnlp._ext.lattice import LatticeCutter
from classicnlp._ext.wordcosts import WordCosts
from classicnlp.lexicon import Entry, Lexicon
from classicnlp.lm import NgramModel
from classicnlp.lm.automaton import Table, begin_state
from classicnlp.lm.estimation import log10_of
from classicnlp.lm.grams import Level
from classicnlp.lm.vocabulary import BEGIN, END, SPECIALS, UNKNOWN
from classicnlp.segmentation.explanation import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.segmentation.ngram import Pair


def checked_model(model: object) -> NgramModel:
    """Return a model of words that has learnt something, or say what it lacks."""
    if not isinstance(model, NgramModel):
        raise TypeError(
            f"language_model must be an NgramModel, got {type(model).__name__}: learn one with "
            "NgramModel().fit(sentences), or read one with NgramModel.from_arpa(path)"
        )
    if model.unit != "word":
        raise ValueError("the language model must be one of words, with unit='word'")
    model._fitted()
    return model


def model_of_sentences(
    sentences: Sequence[Sequence[str]], order: int, alphabet: Alphabet
) -> NgramModel:
    """Return a model of sentences whose words are one if the alphabet folds them into one."""
    folded = {word: alphabet.fold(word) for sentence in sentences for word in sentence}
    # What is spelled as a bound of sentences is a word here, though none that a model can have.
    folded |= dict.fromkeys(SPECIALS, SPECIALS[UNKNOWN])
    return NgramModel(order).fit([[folded[word] for word in sentence] for sentence in sentences])


def model_of_pairs(
    bigrams: Mapping[Pair, int], lexicon: Lexicon, total: float, interpolation: float
) -> NgramModel:
    """Return a model of the second order of counts: λ · c(v w) / c(v) + (1 - λ) · c(w) / N.

    Parameters
    ----------
    bigrams : mapping from (word, word) to int
        ``""`` stands for the bounds of a text. Those with words that are not in the lexicon are
        left out.
    lexicon : Lexicon
        Has the counts of single words.
    total : float
        N.
    interpolation : float
        λ.
    """
    joint: dict[tuple[int, int], int] = {}
    numbers: dict[str, int] = {}  # of the words that pairs have, folded
    words = list(SPECIALS)
    for pair, count in sorted(bigrams.items()):
        if count <= 0 or any(word and (word not in lexicon or word in SPECIALS) for word in pair):
            continue
        before, after = (
            numbers.setdefault(lexicon.alphabet.fold(word), len(SPECIALS) + len(numbers))
            if word
            else bound
            for word, bound in zip(pair, (BEGIN, END), strict=True)
        )
        joint[before, after] = joint.get((before, after), 0) + count
    words += numbers
    seen = sorted(joint)
    parents, last = np.array(seen, np.int32).reshape(-1, 2).T.copy()
    counts = np.array([joint[pair] for pair in seen], np.float64)
    contexts = np.bincount(parents, counts, minlength=len(words))
    alone = np.array(
        [0.5, 0.0, max(contexts[BEGIN], 1.0), *(max(lexicon.count(word), 1) for word in numbers)]
    )
    alone /= total
    p = interpolation * counts / contexts[parents] + (1 - interpolation) * alone[last]
    backoffs = log10_of(np.where(contexts > 0, 1 - interpolation, 1.0))
    below = np.zeros(len(words), np.int32)
    levels = [
        Level(below, np.arange(len(words), dtype=np.int32), below),
        Level(parents, last, last),
    ]
    table = Table(levels, [log10_of(alone), log10_of(p)], [backoffs])
    return NgramModel(2, "jelinek-mercer")._with_table(words, table)


def word_costs(model: NgramModel, lexicon: Lexicon) -> WordCosts:
    """Return what the words of a lexicon's base cost by a model.

    Of several words of the model that the lexicon folds into one, that which is spelled as there
    counts, or else the first.
    """
    base = Lexicon._made(lexicon._base)
    numbers = model.vocabulary_.numbers(text_keys(list(base)))
    numbers[numbers < len(SPECIALS)] = -1
    find = base.dictionary.trie.find
    for number, word in enumerate(model.vocabulary_):
        place = find(word) if number >= len(SPECIALS) else -1
        if place >= 0 and numbers[place] < 0:
            numbers[place] = number
    automaton = model._fitted()
    return WordCosts(automaton, numbers, begin_state(automaton), END)


def with_parts(
    costs: WordCosts, base: LatticeCutter, entries: Sequence[Entry], discounts: NDArray[np.int64]
) -> WordCosts:
    """Return costs that have users' words without a count cost less than the way to write them."""
    first, parts = [0], []
    for entry in entries:
        if entry.count == 0:
            ends = base.n_best(entry.word, 1)[0][1].tolist()
            words = {(i, j): (word, cost) for i, j, word, cost in base.graph(entry.word).tolist()}
            parts += [words[place] for place in pairs([0, *ends])]
        first.append(len(parts))
    return costs.with_parts(
        np.array(first, np.int32),
        np.array(parts, np.int32).reshape(-1, 2),
        discounts.astype(np.int32),
    )
