"""Ambiguity classes of words, and hints from text without tags."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from classicnlp._ext.words import WordTagger
from classicnlp.tagging import PosTagger
from classicnlp.tagging.calibration import calibrated
from classicnlp.tagging.pos_training import word_keys_of
from classicnlp.tagging.self_training import dictionary_hints, self_trained_hints
from classicnlp.tagging.word_classes import (
    FOLDS,
    GRADES,
    LEAST_PERCENT,
    MOST_LABELS,
    SHARES,
    UNSEEN,
    Hints,
    codes_of,
    count_labels,
    learn_word_classes,
)
from classicnlp.text import default_alphabet
from tests.conftest import Tagged

LABELS = 6


def class_of(labels: list[int]) -> tuple[object, ...]:
    """Say what a class tells of a word that had these labels, the naive way."""
    counts = Counter(labels)
    falling = sorted(counts, key=lambda label: (-counts[label], label))
    shown = [label for label in falling if 100 * counts[label] >= LEAST_PERCENT * len(labels)]
    share = counts[falling[0]] / len(labels)
    return (
        tuple(shown[:MOST_LABELS]),
        sum(share >= limit for limit in SHARES),
        sum(len(labels) >= least for least in GRADES),
    )


def test_words_have_equal_codes_exactly_where_their_classes_are_equal() -> None:
    generator = np.random.default_rng(0)
    words = generator.integers(0, 300, 4000) * generator.integers(0, 2, 4000)
    labels = np.minimum(generator.geometric(0.5, 4000) - 1, LABELS - 1)
    codes = codes_of(count_labels(words, labels, 300, LABELS)[0], LABELS).tolist()
    had: dict[int, list[int]] = {}
    for word, label in zip(words.tolist(), labels.tolist(), strict=True):
        had.setdefault(word, []).append(label)
    assert [code == 0 for code in codes] == [word not in had for word in range(300)]
    pairs = {(codes[word], class_of(own)) for word, own in had.items()}
    assert len(pairs) == len({code for code, _ in pairs}) == len({own for _, own in pairs})


def test_a_place_has_the_class_that_the_other_folds_give() -> None:
    generator = np.random.default_rng(1)
    words = generator.integers(0, 40, 600)
    labels = generator.integers(0, 3, 600)
    sequences = np.sort(generator.integers(0, 37, 600))
    keys = np.arange(1, 41, dtype=np.uint64)
    classes, _ = learn_word_classes(keys, words, labels, sequences, 3)
    numbers: dict[object, int] = {(): UNSEEN}
    for place in range(600):
        others = (words == words[place]) & (sequences % FOLDS != sequences[place] % FOLDS)
        own = class_of(labels[others].tolist()) if others.any() else ()
        assert numbers.setdefault(own, int(classes.places[place])) == classes.places[place]
    assert len(set(numbers.values())) == len(numbers)
    for word in range(40):
        own = class_of(labels[words == word].tolist())
        assert numbers.get(own, classes.words[word]) == classes.words[word]


def test_hints_are_for_words_that_other_folds_do_not_have() -> None:
    # Word 0 stands in two folds; 1 in sequence 0 only, 2 in sequence 1 only.
    words, sequences = np.array([0, 1, 0, 2]), np.array([0, 0, 1, 1])
    keys = np.array([10, 11, 12], np.uint64)
    codes = np.array([[5, 1, 1, 7], [5, 2, 2, 7], [9, 9, 2, 1]])
    hints = Hints(np.array([10, 11, 12, 13], np.uint64), codes)
    classes, _ = learn_word_classes(keys, words, np.zeros(4, np.int64), sequences, 1, hints)
    seen, even, again, odd = classes.places.tolist()
    assert seen == again != UNSEEN
    assert len({seen, even, odd, UNSEEN}) == 4
    # In other texts: code 9 was nowhere learnt from, code 1 was at the even place, 2 at the odd.
    assert classes.hinted.tolist() == [UNSEEN, UNSEEN, odd, even]


def test_a_dictionary_hints_at_its_tags() -> None:
    alphabet = default_alphabet()
    hints = dictionary_hints({"我": "r", "你": "r", "来": "v", "": "x"}, alphabet)
    codes = hints.of(word_keys_of(["你", "来", "我", "他"], alphabet))
    assert codes.tolist() == [[1, 2, 1, 0]] * 3


def test_each_half_is_told_what_the_other_halfs_tagger_found() -> None:
    """One half has X after 我, the other Y after 我; new words show which tagger tagged them."""
    sentences = [[("我", "r"), ("爱", "x")], [("我", "r"), ("爱", "y")]] * 6
    learn = {"x": None, "y": None}

    def learnt(half: list[list[tuple[str, str]]]) -> WordTagger:
        tag = half[0][1][1]
        assert {sentence[1][1] for sentence in half} == {tag}
        learn[tag] = PosTagger(epochs=3, min_count=1).fit(half)._fitted()  # type: ignore[assignment]
        return learn[tag]  # type: ignore[return-value]

    unlabelled = [["我", "恨", "怕"], [], ["我", "恨", "怕"], ["恨"]]
    hints = self_trained_hints(sentences, unlabelled, learnt, 3, default_alphabet())
    assert all(tagger is not None for tagger in learn.values())
    often, seldom = hints.of(word_keys_of(["恨", "怕"], default_alphabet())).T
    assert (often > 0).all()
    assert (seldom == 0).all()
    listed = dictionary_hints({"怕": "v", "想": "v"}, default_alphabet())
    more = self_trained_hints(sentences, unlabelled, learnt, 3, default_alphabet(), listed)
    seldom, never = more.of(word_keys_of(["怕", "想"], default_alphabet())).T
    assert (seldom > 0).all()
    assert (never == 0).all()


def test_unlabelled_text_helps_with_words_that_tagged_text_does_not_have(tagged: Tagged) -> None:
    known = [sentence for sentence in tagged if all(word != "北京" for word, _ in sentence)]
    tagger = PosTagger(epochs=3, known_from=3)
    unlabelled = [["他", "来到", "广州"], ["", "我", "在", "广州"]]
    dictionary = {"广州": "ns", "深圳": "ns"}
    first = tagger.fit(known, unlabelled=iter(unlabelled), dictionary=dictionary)._fitted().arrays
    again = tagger.fit(known, unlabelled=unlabelled, dictionary=dictionary)._fitted().arrays
    assert all((first[name] == again[name]).all() for name in first)
    plain = PosTagger(epochs=3, known_from=3).fit(known)._fitted().arrays
    assert first["word_cells"].size >= plain["word_cells"].size
    with pytest.raises(ValueError, match="a dictionary helps to tag unlabelled sentences"):
        tagger.fit(known, dictionary=dictionary)


def test_probabilities_fit_held_out_data_best_at_the_chosen_sharpness(tagged: Tagged) -> None:
    rest, dev = tagged[:-8], tagged[-8:]
    fitted = PosTagger(epochs=4, known_from=3).fit(rest, dev=dev)
    kernel, tags = fitted._fitted(), fitted.tags_
    assert calibrated(kernel, tags, dev).sharpness == kernel.sharpness

    def loss(sharpness: float) -> float:
        fitted._tagger = WordTagger(kernel.alphabet, **kernel.arrays, sharpness=sharpness)
        total = 0.0
        for sentence in dev:
            rows = fitted.marginals([word for word, _ in sentence])
            total -= sum(
                np.log(max(row[tag], 1e-6))
                for row, (_, tag) in zip(rows, sentence, strict=True)
                if tag in row
            )
        return total

    best = loss(kernel.sharpness)
    assert all(best <= loss(kernel.sharpness * factor) + 1e-9 for factor in (0.5, 0.9, 1.1, 2.0))
