"""L-BFGS and OWL-QN, for objectives with millions of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext import lbfgs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MEMORY = 6  # steps remembered, as in CRFsuite
SUFFICIENT = 1e-4  # of the decrease that the gradient promises
CURVATURE = 0.9
LONGEST_SEARCH = 20  # evaluations in one iteration

Evaluate = Callable[["Vector", "Vector"], float]
"""Takes x, writes the gradient to its second argument, returns the value."""

ByPieces = Callable[[Callable[[int, int], None], int], None]
"""Calls a function for ranges that make up 0 ... n - 1, in one thread or in several."""


class Iteration(NamedTuple):
    """Where the search stands after an iteration.

    Attributes
    ----------
    x : float64 array
        The parameters; they change with the next iteration.
    value : float
        Of the objective, the L1 penalty included.
    gradient_norm : float
        Of the (pseudo-)gradient.
    evaluations : int
        How often the objective was evaluated so far.
    """

    x: Vector
    value: float
    gradient_norm: float
    evaluations: int


def in_one_go(work: Callable[[int, int], None], count: int) -> None:
    """Call ``work`` for the whole range."""
    work(0, count)


def minimise(
    evaluate: Evaluate, x: Vector, l1: float = 0.0, by_pieces: ByPieces = in_one_go
) -> Iterator[Iteration]:
    """Minimise a smooth function plus l1 times the sum of |x|, iteration by iteration.

    L-BFGS (Liu and Nocedal, 1989) with backtracking until the strong of Wolfe's conditions that
    matter hold; with ``l1`` its orthant-wise variant OWL-QN (Andrew and Gao, 2007). It ends by
    itself only where no step makes the value smaller.

    Parameters
    ----------
    evaluate : callable
        Takes x, writes the gradient of the smooth part to its second argument, returns its value.
    x : float64 array, shape (n,)
        Where to start; not changed.
    l1 : float
        Weight of the L1 penalty, from 0.
    by_pieces : callable
        How to work on long vectors, for threads.

    Yields
    ------
    Iteration
        The first before any step.

    Examples
    --------
    >>> def bowl(x, gradient):
    ...     gradient[:] = 2 * (x - 3)
    ...     return float(((x - 3) ** 2).sum())
    >>> steps = list(minimise(bowl, np.zeros(2)))
    >>> steps[-1].x.round(6).tolist()
    [3.0, 3.0]
    """
    search = _Search(evaluate, x, l1, by_pieces)
    yield search.state()
    while search.advance():
        yield search.state()


class _Search:
    """The vectors of a search, each allocated once."""

    def __init__(self, evaluate: Evaluate, x: Vector, l1: float, by_pieces: ByPieces):
        size = len(x)
        self.evaluate, self.l1, self.by_pieces = evaluate, l1, by_pieces
        self.x = x.astype(np.float64, copy=True)
        self.next_x = np.empty(size)
        self.gradient, self.next_gradient = np.empty(size), np.empty(size)
        self.pseudo = np.empty(size) if l1 else self.gradient
        self.orthant = np.empty(size) if l1 else None
        self.direction = np.empty(size)
        self.pieces = -(-size // lbfgs.PIECE)
        self.history = np.zeros((2 * MEMORY, size), np.float32)
        self.sums = np.zeros((self.pieces, 3, 2 * MEMORY))
        self.products = np.zeros((2 * MEMORY, 2 * MEMORY))
        self.steps: list[int] = []  # rows of the remembered steps, the oldest first
        self.evaluations = 0
        self.value = self._evaluate(self.x, self.gradient)
        self._derive_pseudo_gradient()

    def state(self) -> Iteration:
        norm = float(np.sqrt(lbfgs.dot(self.pseudo, self.pseudo)))
        return Iteration(self.x, self.value, norm, self.evaluations)

    def advance(self) -> bool:
        """Take a step; False if none was found that makes the value smaller."""
        self._find_direction()
        slope = lbfgs.dot(self.direction, self.pseudo)
        if not slope < 0.0:
            if not self.steps:
                return False
            self.steps.clear()  # a memory that points uphill is worse than none
            self._find_direction()
            slope = lbfgs.dot(self.direction, self.pseudo)
            if not slope < 0.0:
                return False
        length = 1.0 if self.steps else 1.0 / float(np.sqrt(-slope))
        if not self._search_line(length, slope):
            if not self.steps:
                return False
            self.steps.clear()
            return self.advance()
        self._remember()
        self.x, self.next_x = self.next_x, self.x
        self.gradient, self.next_gradient = self.next_gradient, self.gradient
        self._derive_pseudo_gradient()
        return True

    def _evaluate(self, x: Vector, gradient: Vector) -> float:
        self.evaluations += 1
        value = self.evaluate(x, gradient)
        if self.l1:
            value += self.l1 * lbfgs.absolute_sum(x)
        return value

    def _derive_pseudo_gradient(self) -> None:
        if self.l1:
            lbfgs.penalised(self.x, self.l1, self.gradient, self.pseudo)
        else:
            self.pseudo = self.gradient

    def _find_direction(self) -> None:
        """direction = -H pseudo, H the inverse Hessian that the remembered steps suggest."""
        newest = self.steps[-1] if self.steps else -1
        rows = len(self.products) if len(self.steps) == MEMORY else 2 * len(self.steps)
        self.by_pieces(
            lambda low, high: lbfgs.inner_products(
                self.history, rows, newest, self.pseudo, self.sums, low, high
            ),
            self.pieces,
        )
        total = _sum_of_pieces(self.sums)
        if newest >= 0:
            self.products[newest, :rows] = self.products[:rows, newest] = total[1, :rows]
            self.products[newest + 1, :rows] = self.products[:rows, newest + 1] = total[2, :rows]
        coefficients, scale = _two_loops(self.products, total[0], self.steps)
        self.by_pieces(
            lambda low, high: lbfgs.combine(
                self.history, coefficients, self.pseudo, scale, self.direction, low, high
            ),
            self.pieces,
        )
        if self.orthant is not None:
            lbfgs.restrict(self.direction, self.pseudo, self.x, self.orthant)

    def _search_line(self, length: float, slope: float) -> bool:
        """Find a step along the direction; the result is in next_x and next_gradient."""
        start = self.value
        for _ in range(LONGEST_SEARCH):
            lbfgs.step(self.x, self.direction, length, self.orthant, self.next_x)
            value = self._evaluate(self.next_x, self.next_gradient)
            promised = length * slope
            if self.l1:
                # The projection bends the step, and with it what the gradient promises.
                promised = lbfgs.dot(self.next_x - self.x, self.pseudo)
            if not (value <= start + SUFFICIENT * promised and value < start):
                length *= 0.5  # NaN is no decrease either
            elif not self.l1 and lbfgs.dot(self.direction, self.next_gradient) < CURVATURE * slope:
                length *= 2.1
            else:
                self.value = value
                return True
        return False

    def _remember(self) -> None:
        """Keep s and y of this step, in place of the oldest."""
        row = 2 * len(self.steps) if len(self.steps) < MEMORY else self.steps.pop(0)
        self.by_pieces(
            lambda low, high: lbfgs.remember(
                self.history, row, self.next_x, self.x, self.next_gradient, self.gradient, low, high
            ),
            self.pieces,
        )
        self.steps.append(row)


def _sum_of_pieces(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up the pieces one after another: numpy's own order depends on the machine."""
    return np.add.accumulate(sums, axis=0)[-1] if len(sums) else np.zeros(sums.shape[1:])


def _two_loops(
    products: NDArray[np.float64], with_gradient: NDArray[np.float64], steps: list[int]
) -> tuple[Vector, float]:
    """Return the coefficients of the history and of the gradient in the direction.

    The two loops of L-BFGS, on coordinates: q = sum of c[r] history[r] + g gradient, whose inner
    products with the history follow from those that are known.
    """
    coefficients = np.zeros(len(products))
    scale = -1.0
    # A step along which the gradient did not rise says nothing about curvature.
    steps = [row for row in steps if products[row, row + 1] > 0.0]

    def with_q(row: int) -> float:
        total = scale * float(with_gradient[row])
        for r, c in enumerate(coefficients.tolist()):
            total += c * float(products[r, row])
        return total

    alphas = []
    for row in reversed(steps):
        alpha = with_q(row) / float(products[row, row + 1])
        coefficients[row + 1] -= alpha
        alphas.append(alpha)
    if steps:
        s, y = steps[-1], steps[-1] + 1
        gamma = float(products[s, y]) / float(products[y, y])
        coefficients *= gamma
        scale *= gamma
    for row, alpha in zip(steps, reversed(alphas), strict=True):
        beta = with_q(row + 1) / float(products[row, row + 1])
        coefficients[row] += alpha - beta
    return coefficients, scale
