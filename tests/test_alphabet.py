"""The text seam: symbols and classes from every kind of str."""

from __future__ import annotations

import pickle
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.alphabet import PAGES, Alphabet
from classicnlp.text import CharacterClass, default_alphabet

ANY_TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF))
SURROGATES = "\ud800\udfff"


def tiny() -> Alphabet:
    """Return an alphabet in which "a" and "A" are symbol 1, "中" is symbol 2."""
    pages = np.zeros((3, 256), np.uint32)
    pages[1, [ord("a"), ord("A")]] = 1 | CharacterClass.LATIN << 24
    pages[2, ord("中") & 255] = 2 | CharacterClass.HAN << 24
    index = np.zeros(PAGES, np.uint16)
    index[0], index[ord("中") >> 8] = 1, 2
    return Alphabet(index, pages.reshape(-1), np.array([0, ord("a"), ord("中")], np.uint32))


def test_symbols_of_a_tiny_alphabet() -> None:
    assert tiny().symbols("aA中b\U00020000").tolist() == [1, 1, 2, 3 + ord("b"), 3 + 0x20000]


def test_classes_of_a_tiny_alphabet() -> None:
    assert tiny().classes("a中b").tolist() == [CharacterClass.LATIN, CharacterClass.HAN, 0]


@pytest.mark.parametrize(
    "text", ["", "a", "é", "中", "\U0001f600", SURROGATES, "a\0b", "中\0\U0010ffff"]
)
def test_every_kind_of_str_is_read_alike(text: str) -> None:
    alphabet = default_alphabet()
    one_by_one = [alphabet.symbols(c)[0] for c in text]
    assert alphabet.symbols(text).tolist() == one_by_one
    # The astral character makes the str one of four-byte units.
    assert alphabet.symbols(text + "\U0001f600").tolist()[:-1] == one_by_one
    assert alphabet.classes(text + "\U0001f600").tolist()[:-1] == alphabet.classes(text).tolist()


@given(ANY_TEXT)
def test_folding_keeps_length_and_symbols(text: str) -> None:
    alphabet = default_alphabet()
    folded = alphabet.fold(text)
    assert len(folded) == len(text)
    assert alphabet.fold(folded) == folded
    assert alphabet.symbols(folded).tolist() == alphabet.symbols(text).tolist()


@given(ANY_TEXT)
def test_the_exact_alphabet_folds_nothing(text: str) -> None:
    exact = default_alphabet().exact()
    assert exact.fold(text) == text
    assert exact.exact() is exact
    assert exact.classes(text).tolist() == default_alphabet().classes(text).tolist()


def test_different_characters_have_different_symbols_in_the_exact_alphabet() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    symbols = default_alphabet().exact().symbols(everything)
    assert len(np.unique(symbols)) == len(everything)
    assert symbols.min() > 0


def test_classes_agree_with_unicode() -> None:
    classes = dict(
        enumerate(default_alphabet().classes("".join(map(chr, range(0x110000)))).tolist())
    )
    assert all(classes[c] == CharacterClass.HAN for c in range(0x4E00, 0x9FA6))
    digits = [c for c in range(0x110000) if unicodedata.category(chr(c)) == "Nd"]
    assert {classes[c] for c in digits} == {CharacterClass.DIGIT}
    assert classes[ord(" ")] == classes[ord("\n")] == classes[0x3000] == CharacterClass.SPACE


def test_it_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(tiny()))
    assert copy.symbols("aA中b").tolist() == tiny().symbols("aA中b").tolist()


@pytest.mark.parametrize(
    ("index", "pages", "letters", "message"),
    [
        ([0] * 5, [0] * 256, [0], "index must have shape"),
        ([1] * PAGES, [0] * 256, [0], "pages must be whole"),
        ([0] * PAGES, [0] * 255, [0], "pages must be whole"),
        ([0] * PAGES, [0] * 256, [], "letters must hold"),
        ([0] * PAGES, [0] * 256, [0, 0x110000], "letters must hold"),
        ([0] * PAGES, [7] * 256, [0, 1], "a symbol that letters does not have"),
        ([0] * PAGES, [9 << 24] * 256, [0, 1], "a class that does not exist"),
        ([np.nan] * PAGES, [0] * 256, [0], "index must hold integers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(index, pages, letters, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Alphabet(index, pages, letters)


def test_only_a_str_is_a_text() -> None:
    with pytest.raises(TypeError):
        default_alphabet().symbols(None)
