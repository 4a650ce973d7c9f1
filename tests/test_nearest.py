"""The kernel that finds the nearest vectors, beside every cosine computed and sorted."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext import nearest as kernel
from classicnlp._ext.nearest import MOST_DIMENSIONS, Rows, Shortlists
from classicnlp.embed.nearest import Index
from tests.reference import nearest as reference

WIDTHS = (1, 7, 8, 9, 31, 32, 33, 64, 65)
TYPES = ("float32", "float16")


def random_vectors(seed: int, count: int, width: int, dtype: str = "float32") -> np.ndarray:
    generator = np.random.default_rng(seed)
    vectors = generator.standard_normal((count, width)) * generator.choice(
        [1e-3, 1, 30], (count, 1)
    )
    return vectors.astype(dtype)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("width", WIDTHS)
def test_products_and_lengths(width: int, dtype: str) -> None:
    vectors = random_vectors(width, 20, width, dtype)
    queries = random_vectors(width + 1, 2, width).astype(np.float64)
    rows = np.array([3, 19, 0, 3, 7], np.int32)
    found = Rows(vectors).dots(rows, np.array([0, 2, 5]), queries)
    wide = vectors.astype(np.float64).tolist()
    owners = [0, 0, 1, 1, 1]
    expected = [
        float(reference.product(wide[row], queries[owner].tolist()))
        for row, owner in zip(rows, owners, strict=True)
    ]
    assert found.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12)
    lengths = Rows(vectors).lengths()
    exact = [float(reference.product(row, row)) ** 0.5 for row in wide]
    assert lengths.tolist() == pytest.approx(exact, rel=1e-14)
    assert lengths.tolist() == kernel.lengths_of(vectors.astype(np.float64)).tolist()


def test_every_half_is_read_as_numpy_reads_it() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)].reshape(-1, 1)
    rows = np.arange(len(halves), dtype=np.int32)
    found = Rows(halves).dots(rows, np.array([0, len(rows)]), np.ones((1, 1)))
    assert (found == halves[:, 0].astype(np.float64)).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_bounds_hold_the_cosine(width: int, dtype: str) -> None:
    vectors = random_vectors(width, 37, width, dtype)
    vectors[5] = 0
    vectors[6, 1:] = 0  # one number alone has all of the length
    rows = Rows(vectors)
    lengths = rows.lengths()
    codes, scales, errors = rows.sketch(lengths)
    assert codes.shape == (37, -(-width // 32) * 32)
    assert np.abs(codes.astype(int)).max() == 127
    queries = np.concatenate([random_vectors(9, 5, width), np.zeros((1, width))]).astype(np.float64)
    sketched = kernel.sketch_queries(queries, kernel.lengths_of(queries))
    exact = np.array(
        [[reference.cosine(row, query) for row in vectors.tolist()] for query in queries.tolist()]
    )
    for start, stop in ((0, 37), (36, 37), (4, 21), (3, 3)):
        lower, upper = kernel.bounds(codes, scales, errors, *sketched, start, stop)
        assert lower.shape == upper.shape == (6, stop - start)
        assert (lower <= exact[:, start:stop]).all()
        assert (upper >= exact[:, start:stop]).all()
        assert (upper - lower < 0.2).all()


def test_the_widest_vectors_overflow_nothing() -> None:
    vectors = np.ones((2, MOST_DIMENSIONS), np.float32)
    vectors[1] = -1
    index = Index(vectors)
    found = index.nearest(vectors.astype(np.float64), 2)
    assert found.numbers.tolist() == [[0, 1], [1, 0]]
    assert found.scores.tolist() == [[1.0, -1.0], [1.0, -1.0]]
    with pytest.raises(ValueError, match="at most 65,536 dimensions"):
        Rows(np.ones((1, MOST_DIMENSIONS + 1), np.float32))


@given(
    st.integers(1, 70), st.sampled_from([1, 2, 5, 33]), st.integers(1, 80), st.integers(0, 1 << 30)
)
def test_nearest_are_the_best_of_all(count: int, width: int, k: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Few different numbers: many vectors are equal or point the same way, and some are zeros.
    vectors = generator.integers(-1, 2, (count, width)).astype(np.float32)
    query = generator.integers(-2, 3, (1, width)).astype(np.float64)
    found = Index(vectors).nearest(query, k)
    expected = reference.nearest(vectors.tolist(), query[0].tolist(), k)
    scores = [score for _, score in expected]
    known = found.numbers[0] >= 0
    assert known.sum() == len(expected) == min(k, count)
    assert np.isnan(found.scores[0][~known]).all()
    assert found.scores[0][known].tolist() == pytest.approx(scores, abs=1e-12)
    cosines = dict(reference.nearest(vectors.tolist(), query[0].tolist(), count))
    rows = found.numbers[0][known].tolist()
    assert [cosines[row] for row in rows] == pytest.approx(scores, abs=1e-12)
    assert len(set(rows)) == len(rows)


def test_of_equal_vectors_the_first_come_first() -> None:
    vectors = np.tile(np.array([[3.0, 4.0]], np.float32), (500, 1))
    found = Index(vectors).nearest(
        np.array([[3.0, 4.0], [0.0, 0.0]]), 3, np.array([[1], [-1]], np.int32)
    )
    assert found.numbers.tolist() == [[0, 2, 3], [0, 1, 2]]
    assert found.scores.tolist() == [[1.0] * 3, [0.0] * 3]


@pytest.mark.parametrize("dtype", TYPES)
def test_many_queries_are_one_by_one_and_threads_change_nothing(dtype: str) -> None:
    index = Index(random_vectors(1, 3000, 40, dtype))
    queries = random_vectors(2, 200, 40).astype(np.float64)
    together = index.nearest(queries, 7)
    for workers in (2, 3):
        threaded = index.nearest(queries, 7, workers=workers)
        assert (threaded.numbers == together.numbers).all()
        assert (threaded.scores == together.scores).all()
    for i in (0, 63, 64, 65, 199):
        alone = index.nearest(queries[i : i + 1], 7)
        assert (alone.numbers[0] == together.numbers[i]).all()
        assert (alone.scores[0] == together.scores[i]).all()
    few = Index(index.vectors[:3])
    assert (few.nearest(queries, 2).scores[65] == few.nearest(queries[65:66], 2).scores[0]).all()


def test_multiplied_is_the_formula() -> None:
    vectors = random_vectors(3, 300, 20)
    terms = vectors[:6].astype(np.float64).reshape(2, 3, 20)
    found = Index(vectors).multiplied(terms, 300)
    for numbers, scores, own in zip(found.numbers, found.scores, terms, strict=True):
        expected = [reference.multiplied(vectors.tolist(), own.tolist(), i) for i in range(300)]
        assert scores.tolist() == pytest.approx(sorted(expected, reverse=True), rel=1e-9)
        assert [expected[i] for i in numbers] == pytest.approx(scores.tolist(), rel=1e-9)
    best = Index(vectors).multiplied(terms, 5)
    assert (best.numbers == found.numbers[:, :5]).all()
    assert (best.scores == found.scores[:, :5]).all()


@pytest.mark.parametrize("dtype", TYPES)
def test_sums_by_label(dtype: str) -> None:
    vectors = random_vectors(4, 50, 9, dtype)
    vectors[3] = 0
    labels = np.arange(50, dtype=np.int32) % 4
    rows = Rows(vectors)
    lengths = rows.lengths()
    found = rows.sums(lengths, labels, 5)
    units = vectors.astype(np.float64) / np.where(lengths > 0, lengths, 1)[:, None]
    for label in range(5):
        assert found[label].tolist() == pytest.approx(units[labels == label].sum(0).tolist())


def test_shortlists_keep_what_may_be_among_the_best() -> None:
    generator = np.random.default_rng(5)
    middles = generator.random((3, 4000)).astype(np.float32)
    widths = (generator.random((3, 4000)) * 0.01).astype(np.float32)
    lists = Shortlists(3, 4)
    for start in range(0, 4000, 171):
        part = slice(start, start + 171)
        lower, upper = middles[:, part] - widths[:, part], middles[:, part] + widths[:, part]
        lists.add(np.ascontiguousarray(lower), np.ascontiguousarray(upper), start)
    rows, offsets = lists.finish()
    for i in range(3):
        lower, upper = middles[i] - widths[i], middles[i] + widths[i]
        cut = np.sort(lower)[-4]
        assert rows[offsets[i] : offsets[i + 1]].tolist() == np.flatnonzero(upper >= cut).tolist()


def test_what_is_refused() -> None:
    vectors = np.ones((4, 3), np.float32)
    rows = Rows(vectors)
    lengths = rows.lengths()
    codes, scales, errors = rows.sketch(lengths)
    queries = np.ones((1, 3))
    sketched = kernel.sketch_queries(queries, np.ones(1))
    none = np.zeros(1, np.int32)
    for call in (
        lambda: rows.dots(np.array([4], np.int32), np.array([0, 1]), queries),
        lambda: rows.dots(np.array([-1], np.int32), np.array([0, 1]), queries),
        lambda: rows.dots(none, np.array([0, 2]), queries),
        lambda: rows.dots(none, np.array([1, 1]), queries),
        lambda: rows.dots(none, np.array([0, 1]), np.ones((1, 4))),
        lambda: rows.sketch(np.ones(3)),
        lambda: rows.sums(lengths, np.full(4, 2, np.int32), 2),
        lambda: rows.sums(lengths, none, 2),
        lambda: kernel.sketch_queries(queries, np.ones(2)),
        lambda: kernel.bounds(codes, scales, errors, *sketched, 0, 5),
        lambda: kernel.bounds(codes, scales, errors, *sketched, -1, 2),
        lambda: kernel.bounds(codes, scales[:3], errors, *sketched, 0, 2),
        lambda: kernel.bounds(codes[:, :3].copy(), scales, errors, *sketched, 0, 2),
        lambda: kernel.bounds(codes, scales, errors, sketched[0], scales, errors, 0, 2),
        lambda: Shortlists(1, 0),
        lambda: Shortlists(-1, 1),
        lambda: Shortlists(1, 1).add(np.ones((2, 1), np.float32), np.ones((2, 1), np.float32), 0),
        lambda: Shortlists(1, 1).add(np.ones((1, 1), np.float32), np.ones((1, 1), np.float32), -1),
    ):
        with pytest.raises(ValueError, match=r"expected|must"):
            call()
    for view in (rows, Shortlists(1, 1)):
        with pytest.raises(TypeError, match=r"pickled or copied"):
            copy.copy(view)


def test_wild_numbers_end_in_no_crash() -> None:
    """A file that was altered may hold anything."""
    vectors = np.full((40, 5), np.nan, np.float32)
    vectors[::3] = np.inf
    index = Index(vectors)
    with np.errstate(all="ignore"):
        found = index.nearest(np.ones((2, 5)), 3)
    assert found.numbers.shape == (2, 3)
    codes = np.full((40, 32), -128, np.int8)
    wild = np.full(40, np.nan, np.float32)
    sketched = kernel.sketch_queries(np.ones((1, 5)), np.ones(1))
    lower, upper = kernel.bounds(codes, wild, wild, *sketched, 0, 40)
    lists = Shortlists(1, 3)
    lists.add(lower, upper, 0)
    assert lists.finish()[1].tolist() == [0, 0]
