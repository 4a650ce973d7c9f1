"""The kernels between documents and matrices, against their naive twins."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

import classicnlp as cn
from classicnlp._ext.bag import KEPT, Bag, characters, cut_words, folds_of, given
from classicnlp._ext.chisquare import class_sums
from classicnlp._ext.counted import NORMS, add_column_sums, count_rows, sort_rows, weigh_rows
from classicnlp._ext.interning import text_keys
from classicnlp.arrays import offsets_of
from classicnlp.segmentation import MaxMatchSegmenter
from classicnlp.text import default_alphabet
from tests.conftest import nasty_texts
from tests.reference import vectors as naive

ALPHABET = default_alphabet()
FOLDS = {True: folds_of(ALPHABET), False: None}
SEGMENTER = MaxMatchSegmenter(cn.Lexicon(["北京", "我爱", "iPhone", "\ud800我"]))

ranges = st.integers(1, 3).flatmap(lambda low: st.tuples(st.just(low), st.integers(low, low + 2)))
some_documents = st.lists(nasty_texts, max_size=6)


def check_bag(bag: Bag, grams: list[list[str]], low: int, high: int) -> None:
    """Compare the n-grams of a bag, by key and by name, with those expected."""
    keys, offsets = bag.keys(low, high)
    flat = [gram for document in grams for gram in document]
    assert offsets.tolist() == offsets_of(map(len, grams)).tolist()
    assert keys.tolist() == text_keys(flat).tolist()
    places = np.arange(random.Random(len(flat)).randrange(2), len(flat), 2)
    letters, lengths = bag.names(low, high, places)
    joined = letters.tobytes().decode("utf-32-le", "surrogatepass")
    assert joined == "".join(flat[place] for place in places)
    assert lengths.tolist() == [len(flat[place]) for place in places]


@examples(some_documents, ranges, st.booleans(), st.sampled_from(["letters", "signs", "all"]))
def test_words_that_a_segmenter_cuts(
    documents: list[str], ngrams: tuple[int, int], folded: bool, kept: str
) -> None:
    wanted = {"letters": naive.is_word, "signs": lambda w: not naive.is_blank(w), "all": len}[kept]
    words = [[w for w in SEGMENTER.segment(text) if wanted(w)] for text in documents]
    if folded:
        words = [list(map(cn.fold, own)) for own in words]
    bag = cut_words(SEGMENTER.cutter(), tuple(documents), ALPHABET, FOLDS[folded], KEPT[kept])
    assert len(bag) == sum(map(len, words))
    check_bag(bag, [naive.word_grams(own, *ngrams) for own in words], *ngrams)


@examples(some_documents, ranges, st.booleans())
def test_characters(documents: list[str], ngrams: tuple[int, int], folded: bool) -> None:
    texts = list(map(cn.fold, documents)) if folded else documents
    bag = characters(tuple(documents), ALPHABET, FOLDS[folded])
    check_bag(bag, [naive.character_grams(text, *ngrams) for text in texts], *ngrams)


def test_blanks_are_those_of_python() -> None:
    for c in map(chr, range(0x110000)):
        if c.isspace() or ord(c) in (0x200B, 0x180E, 0x2060, 0xFEFF):
            bag = characters((c + c,), ALPHABET, None)
            assert len(bag) == (1 if c.isspace() else 2), hex(ord(c))


@examples(
    st.lists(st.lists(nasty_texts, max_size=6), max_size=4),
    ranges,
    st.booleans(),
    st.sampled_from(sorted(KEPT)),
)
def test_words_that_are_given(
    documents: list[list[str]], ngrams: tuple[int, int], folded: bool, kept: str
) -> None:
    wanted = {
        "letters": naive.is_word,
        "signs": lambda w: not naive.is_blank(w),
        "all": lambda w: True,
    }[kept]
    words = [[cn.fold(w) if folded else w for w in own if wanted(w)] for own in documents]
    bag = given(tuple(documents), ALPHABET, FOLDS[folded], KEPT[kept])
    check_bag(bag, [naive.word_grams(own, *ngrams) for own in words], *ngrams)
    tuples = tuple(map(tuple, documents))
    assert given(tuples, ALPHABET, FOLDS[folded], KEPT[kept]).keys(1, 1)[0].tolist() == (
        bag.keys(1, 1)[0].tolist()
    )


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65])
def test_dropping_words(size: int) -> None:
    source = random.Random(size)
    documents = [source.choices("abc𠮷", k=source.randrange(size + 1)) for _ in range(size)]
    bag = given(tuple(documents), ALPHABET, None, KEPT["all"])
    flat = [word for document in documents for word in document]
    bag.drop(np.array([word in "b𠮷" for word in flat], np.uint8))
    kept = [[word for word in document if word not in "b𠮷"] for document in documents]
    check_bag(bag, [naive.word_grams(document, 1, 3) for document in kept], 1, 3)
    with pytest.raises(ValueError, match=rf"expected {len(bag)} marks, got {len(bag) + 1}"):
        bag.drop(np.zeros(len(bag) + 1, np.uint8))


def test_what_a_bag_refuses() -> None:
    bag = given((["a", "b"], ["c"]), ALPHABET, None, KEPT["all"])
    for low, high in ((0, 1), (2, 1), (-1, -1)):
        with pytest.raises(ValueError, match="from 1 to n words"):
            bag.keys(low, high)
        with pytest.raises(ValueError, match="from 1 to n words"):
            bag.names(low, high, np.zeros(1, np.int64))
    for places in ([-1], [1, 1], [2, 1]):
        with pytest.raises(ValueError, match="places must rise"):
            bag.names(1, 1, np.array(places))
    with pytest.raises(ValueError, match="there are 4 n-grams, got place 4"):
        bag.names(1, 2, np.array([0, 4]))
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(bag)
    assert len(Bag()) == 0
    assert bag.keys(1, 2**31 - 1)[1].tolist() == [0, 3, 4]
    with pytest.raises(ValueError, match="letters of 65536 code points, got 2"):
        characters(("a",), ALPHABET, np.zeros(2, np.uint32))
    with pytest.raises(TypeError, match="a word must be a str, got NoneType"):
        given((["a", None],), ALPHABET, None, 0)  # type: ignore[list-item]
    with pytest.raises(TypeError, match="a str or a list of words, got int"):
        given((3,), ALPHABET, None, 0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a str or a list of words, got list"):
        characters((["a"],), ALPHABET, None)  # type: ignore[arg-type]


# --- rows ------------------------------------------------------------------------------------


def random_rows(seed: int, size: int) -> tuple[list[list[int]], int]:
    """Return documents of numbers, long and short ones, and how many numbers there are."""
    source = random.Random(seed)
    lengths = [0, 1, 23, 24, 25, 47, 48, 49, 500, *(source.randrange(90) for _ in range(9))]
    source.shuffle(lengths)
    return [[source.randrange(-1, size) for _ in range(length)] for length in lengths], size


@pytest.mark.parametrize("size", [1, 5, 64, 1000])
def test_counting_and_sorting_rows(size: int) -> None:
    documents, size = random_rows(size, size)
    flat = np.array([number for document in documents for number in document], np.int32)
    rows, columns, counts = count_rows(flat, offsets_of(map(len, documents)), size)
    expected = naive.count_rows(documents)
    for i, row in enumerate(expected):
        own = slice(rows[i], rows[i + 1])
        # In the order of their first occurrence, as in a dict.
        assert list(zip(columns[own], counts[own], strict=True)) == list(row.items())
    sums = np.zeros((2, size), np.int64)
    add_column_sums(columns, counts, sums)
    assert sums[0].tolist() == [sum(c in row for row in expected) for c in range(size)]
    assert sums[1].tolist() == [sum(row.get(c, 0) for row in expected) for c in range(size)]
    numbers = np.random.default_rng(size).permutation(size).astype(np.int32)
    numbers[numbers >= size - size // 3] = -1
    for renumbered in (None, numbers):
        new_columns, new_counts = columns.copy(), counts.copy()
        new_rows = sort_rows(rows, new_columns, new_counts, renumbered)
        for i, row in enumerate(expected):
            named = row if renumbered is None else {int(numbers[c]): n for c, n in row.items()}
            own = slice(new_rows[i], new_rows[i + 1])
            found = list(zip(new_columns[own], new_counts[own], strict=True))
            assert found == sorted((c, n) for c, n in named.items() if c >= 0)


def test_counts_below_0_are_sorted_too() -> None:
    columns, counts = np.array([3, 1], np.int32), np.array([-5, 2**31 - 1], np.int32)
    sort_rows(np.array([0, 2]), columns, counts, None)
    assert (columns.tolist(), counts.tolist()) == ([1, 3], [2**31 - 1, -5])


@pytest.mark.parametrize("norm", [None, "l1", "l2"])
@pytest.mark.parametrize("sublinear", [False, True])
@pytest.mark.parametrize("weighed", [False, True])
def test_weighing_rows(norm: str | None, sublinear: bool, weighed: bool) -> None:
    documents, size = random_rows(7, 40)
    flat = np.array([number for document in documents for number in document], np.int32)
    table = count_rows(flat, offsets_of(map(len, documents)), size)
    weights = np.linspace(0, 3, size) if weighed else None
    found = weigh_rows(*table, weights, sublinear, NORMS[norm], False)
    narrow = weigh_rows(*table, weights, sublinear, NORMS[norm], True)
    assert (found.dtype, narrow.dtype) == (np.float64, np.float32)
    expected = []
    for row in naive.count_rows(documents):
        given_weights = None if weights is None else weights.tolist()
        expected += naive.weigh_row(row, given_weights, sublinear, norm).values()
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    np.testing.assert_allclose(narrow, expected, rtol=1e-6)


def test_what_is_no_matrix_is_refused() -> None:
    ids, rows = np.array([0, 1, 1], np.int32), np.array([0, 2, 3])
    for wrong in ([], [1, 3], [0, 2], [0, 4], [0, 3, 2, 3]):
        with pytest.raises(ValueError, match="rows must rise from 0 to 3"):
            count_rows(ids, np.array(wrong, np.int64), 2)
        with pytest.raises(ValueError, match="rows must rise from 0 to 3"):
            sort_rows(np.array(wrong, np.int64), ids.copy(), ids.copy(), None)
        with pytest.raises(ValueError, match="rows must rise from 0 to 3"):
            weigh_rows(np.array(wrong, np.int64), ids, ids, None, False, 0, False)
    with pytest.raises(ValueError, match=r"columns must be in -1 ... 0"):
        count_rows(ids, rows, 1)
    with pytest.raises(ValueError, match=r"columns must be in 0 ... 0"):
        sort_rows(rows, ids.copy(), ids.copy(), np.zeros(1, np.int32))
    with pytest.raises(ValueError, match=r"columns must be in 0 ... 0"):
        weigh_rows(rows, ids, ids, np.ones(1), False, 0, False)
    with pytest.raises(ValueError, match=r"columns must be in 0 ... 0"):
        add_column_sums(ids, ids, np.zeros((2, 1), np.int64))
    with pytest.raises(ValueError, match="expected two rows of sums, got 1"):
        add_column_sums(ids, ids, np.zeros((1, 2), np.int64))
    with pytest.raises(ValueError, match="expected 3 counts, got 2"):
        sort_rows(rows, ids.copy(), ids[:2].copy(), None)


# --- sums by class ---------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_sums_by_class(dtype: type) -> None:
    source = np.random.default_rng(4)
    dense = source.integers(0, 4, (65, 30)) * source.integers(0, 2, (65, 30))
    classes = source.integers(0, 4, 65).astype(np.int32)
    counts = (dense > 0).sum(axis=1)
    columns = np.nonzero(dense)[1].astype(np.int32)
    found = class_sums(offsets_of(counts), columns, dense[dense > 0].astype(dtype), classes, 30, 4)
    expected = [dense[classes == label].sum(axis=0) for label in range(4)]
    assert found.T.tolist() == np.array(expected).tolist()


def test_what_cannot_be_summed() -> None:
    rows, columns = np.array([0, 1, 2]), np.array([0, 1], np.int32)
    values, classes = np.ones(2), np.array([0, 1], np.int32)
    assert class_sums(rows, columns, values, classes, 2, 2).tolist() == [[1, 0], [0, 1]]
    for arguments in (
        (rows[:2], columns, values, classes, 2, 2),
        (rows, columns, values[:1], classes, 2, 2),
        (rows, columns, values, classes, 1, 2),
        (rows, columns, values, classes, 2, 1),
        (np.array([0, 2, 1]), columns, values, classes, 2, 2),
        (np.array([1, 1, 2]), columns, values, classes, 2, 2),
    ):
        with pytest.raises(ValueError, match="expected a matrix of 2 rows"):
            class_sums(*arguments)
    for value in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="finite numbers that are not negative"):
            class_sums(rows, columns, np.array([1.0, value]), classes, 2, 2)
