"""L-BFGS and OWL-QN on functions whose minimum is known, and beside scipy's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize

from classicnlp._ext import lbfgs
from classicnlp.tagging.minimise import minimise

Vector = np.ndarray


def quadratic(size: int, seed: int) -> tuple[Callable[[Vector, Vector], float], Vector]:
    generator = np.random.default_rng(seed)
    curvatures, minimum = generator.uniform(0.1, 30, size), generator.normal(size=size)

    def evaluate(x: Vector, gradient: Vector) -> float:
        gradient[:] = curvatures * (x - minimum)
        return float(0.5 * (curvatures * (x - minimum) ** 2).sum())

    return evaluate, minimum


def rosenbrock(x: Vector, gradient: Vector) -> float:
    """Rosenbrock's valley (1960)."""
    a, b = 1 - x[0], x[1] - x[0] ** 2
    gradient[:] = [-2 * a - 400 * x[0] * b, 200 * b]
    return float(a**2 + 100 * b**2)


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 4095, 4096, 4097, 9000])
def test_finds_the_minimum_of_a_quadratic(size: int) -> None:
    evaluate, minimum = quadratic(size, size)
    *_, last = minimise(evaluate, np.zeros(size))
    np.testing.assert_allclose(last.x, minimum, atol=1e-4)


def test_follows_rosenbrocks_valley() -> None:
    *_, last = minimise(rosenbrock, np.array([-1.2, 1.0]))
    np.testing.assert_allclose(last.x, [1.0, 1.0], atol=1e-4)
    assert last.evaluations < 80


def test_values_never_rise() -> None:
    evaluate, _ = quadratic(300, 3)
    values = [iteration.value for iteration in minimise(evaluate, np.zeros(300))]
    assert all(after <= before for before, after in pairwise(values))


def test_needs_about_as_many_evaluations_as_scipy() -> None:
    evaluate, _ = quadratic(500, 5)
    reached = next(i for i in minimise(evaluate, np.zeros(500)) if i.value < 1e-3)

    def both(x: Vector) -> tuple[float, Vector]:
        gradient = np.empty_like(x)
        return evaluate(x, gradient), gradient

    scipys = minimize(both, np.zeros(500), jac=True, method="L-BFGS-B", options={"maxcor": 6})
    assert reached.evaluations <= 2 * scipys.nfev + 5


@pytest.mark.parametrize("l1", [0.01, 0.5, 3.0])
def test_l1_gives_the_soft_threshold(l1: float) -> None:
    """The minimum of c/2 (x - m)² + l1 |x| is m moved towards 0 by l1 / c, or 0."""
    generator = np.random.default_rng(8)
    curvatures, minimum = generator.uniform(0.5, 4, 200), generator.normal(size=200)

    def evaluate(x: Vector, gradient: Vector) -> float:
        gradient[:] = curvatures * (x - minimum)
        return float(0.5 * (curvatures * (x - minimum) ** 2).sum())

    *_, last = minimise(evaluate, np.zeros(200), l1)
    expected = np.sign(minimum) * np.maximum(np.abs(minimum) - l1 / curvatures, 0)
    np.testing.assert_allclose(last.x, expected, atol=1e-4)
    assert ((last.x == 0) == (expected == 0)).mean() > 0.98


def test_ends_at_once_where_it_is_flat() -> None:
    def flat(x: Vector, gradient: Vector) -> float:
        gradient[:] = 0
        return 1.0

    assert len(list(minimise(flat, np.zeros(3)))) == 1


def test_a_value_that_is_not_a_number_is_no_decrease() -> None:
    def cliff(x: Vector, gradient: Vector) -> float:
        gradient[:] = 2 * (x - 3)
        return float("nan") if x[0] > 4 else float(((x - 3) ** 2).sum())

    *_, last = minimise(cliff, np.array([-100.0]))
    assert last.x[0] == pytest.approx(3.0, abs=1e-4)


def test_pieces_may_be_worked_on_in_any_order() -> None:
    evaluate, _ = quadratic(20_000, 2)

    def backwards(work: Callable[[int, int], None], count: int) -> None:
        for low in reversed(range(0, count, 2)):
            work(low, min(low + 2, count))

    plain = [i.x.tobytes() for i in minimise(evaluate, np.zeros(20_000))]
    pieces = [i.x.tobytes() for i in minimise(evaluate, np.zeros(20_000), 0.0, backwards)]
    assert plain == pieces


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 4096, 4097])
def test_sums(size: int) -> None:
    generator = np.random.default_rng(size)
    a, b = generator.normal(size=(2, size))
    assert lbfgs.dot(a, b) == pytest.approx(float(a @ b), abs=1e-9)
    assert lbfgs.absolute_sum(a) == pytest.approx(float(np.abs(a).sum()))


def test_dot_wants_equal_lengths() -> None:
    with pytest.raises(ValueError, match="one length, got 2 and 3"):
        lbfgs.dot(np.zeros(2), np.zeros(3))
