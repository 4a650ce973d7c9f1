"""Features of words for the compiled tagger: equal keys where what a template sees is equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.word_features import CONTEXT, LOCAL, TEMPLATES_OF_WORDS, word_features
from classicnlp.arrays import offsets_of
from classicnlp.text import default_alphabet
from tests.conftest import code_points
from tests.reference import features as reference

# Few words, few characters and few classes, so that contexts come again.
words = st.tuples(st.text(alphabet="中国a1，", min_size=1, max_size=4), st.integers(0, 2))
sentences = st.lists(st.lists(words, max_size=6), max_size=5)
Sentences = list[list[tuple[str, int]]]


def keys_of(texts: Sentences) -> list[list[int]]:
    """Return the keys of all words of all sentences."""
    alphabet = default_alphabet()
    flat = [word for sentence in texts for word, _ in sentence]
    joined = "".join(flat)
    keys = word_features(
        alphabet.symbols(joined),
        alphabet.classes(joined),
        offsets_of(map(len, flat)),
        offsets_of(map(len, texts)),
        np.array([number for sentence in texts for _, number in sentence], np.int32),
    )
    assert keys.shape == (len(flat), len(TEMPLATES_OF_WORDS))
    return keys.tolist()


def contexts_of(texts: Sentences) -> list[list[reference.Context]]:
    alphabet = default_alphabet()
    return [
        row
        for sentence in texts
        for row in reference.word_contexts(
            [word for word, _ in sentence],
            [alphabet.classes(word).tolist() for word, _ in sentence],
            [number for _, number in sentence],
        )
    ]


@given(sentences)
def test_words_have_equal_keys_exactly_where_their_contexts_are_equal(texts: Sentences) -> None:
    keys, contexts = keys_of(texts), contexts_of(texts)
    assert [[key == 0 for key in row] for row in keys] == [
        [context == () for context in row] for row in contexts
    ]
    pairs = {
        (key, context)
        for key_row, context_row in zip(keys, contexts, strict=True)
        for key, context in zip(key_row, context_row, strict=True)
    }
    assert len(pairs) == len({key for key, _ in pairs}) == len({context for _, context in pairs})


def test_small_numbers_of_one_template_are_none_of_another() -> None:
    """The symbols of frequent characters, classes and shapes are all small numbers."""
    characters = [default_alphabet().fold(chr(c)) for c in range(0x4E00, 0x4F00)]
    keys = keys_of([[(character, i)] for i, character in enumerate(characters)])
    columns = [set(column) - {0} for column in zip(*keys, strict=True)]
    assert sum(map(len, columns)) == len(set().union(*columns))


@given(sentences, sentences)
def test_a_sentence_has_the_same_keys_wherever_it_stands(
    before: Sentences, texts: Sentences
) -> None:
    count = sum(len(sentence) for sentence in before)
    assert keys_of(before + texts)[count:] == keys_of(texts)


@given(st.lists(st.lists(code_points, min_size=1, max_size=3).map("".join), max_size=5))
def test_words_that_fold_alike_have_the_same_keys_if_their_classes_are_alike(
    given_words: list[str],
) -> None:
    alphabet = default_alphabet()
    alike = [
        w for w in given_words if (alphabet.classes(w) == alphabet.classes(alphabet.fold(w))).all()
    ]
    folded = [alphabet.fold(word) for word in alike]
    assert keys_of([[(w, 1) for w in alike]]) == keys_of([[(w, 1) for w in folded]])


@given(sentences)
def test_local_features_do_not_depend_on_neighbours(texts: Sentences) -> None:
    alone = keys_of([[word] for sentence in texts for word in sentence])
    together = keys_of(texts)
    assert len(CONTEXT) + len(LOCAL) == len(TEMPLATES_OF_WORDS)
    assert [row[len(CONTEXT) :] for row in together] == [row[len(CONTEXT) :] for row in alone]


@pytest.mark.parametrize(
    ("change", "saying"),
    [
        ({"word_offsets": np.array([0, 2])}, "number of symbols"),
        ({"classes": np.zeros(2, np.uint8)}, "number of symbols"),
        ({"offsets": np.array([0, 2])}, "number of words"),
        ({"word_offsets": np.array([0, 0, 3]), "offsets": np.array([0, 2])}, "no word is empty"),
        ({"word_classes": np.zeros(2, np.int32)}, "a class for each word"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, Any], saying: str) -> None:
    sound: dict[str, Any] = {
        "symbols": np.zeros(3, np.int32), "classes": np.zeros(3, np.uint8),
        "word_offsets": np.array([0, 3]), "offsets": np.array([0, 1]),
        "word_classes": np.zeros(1, np.int32),
    }  # fmt: skip
    with pytest.raises(ValueError, match=saying):
        word_features(**{**sound, **change})
