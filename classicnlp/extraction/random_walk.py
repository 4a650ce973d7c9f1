"""PageRank: how important the nodes of a graph are to who walks along its links at random."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp._ext.graph import walk
from classicnlp.checks import require_at_least, require_count, require_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAMPING = 0.85
TOLERANCE = 1e-8
MAX_ITERATIONS = 200


class Ranks(NamedTuple):
    """How important nodes are, and whether that is final.

    Attributes
    ----------
    ranks : float64 array, shape (nodes,)
        They add up to 1.
    iterations : int
        Steps of the power iteration.
    residual : float
        By how much the last step changed the ranks, in all.
    converged : bool
        Whether that is below the tolerance.
    """

    ranks: NDArray[np.float64]
    iterations: int
    residual: float
    converged: bool


def pagerank(
    links: Any,
    damping: float = DAMPING,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Ranks:
    """Return the PageRank of the nodes of a graph (Page and Brin, 1998).

    With probability ``damping`` the walk follows a link of the node where it is, chosen by weight;
    otherwise, and from a node without links, it goes to any node.

    Parameters
    ----------
    links : array or sparse matrix, shape (nodes, nodes)
        The weight of the link from each node (row) to each other (column), 0 for none.
    damping : float
        From 0 to below 1.
    tolerance : float
        The iteration ends when a step changes the ranks by less, in all; above 0.
    max_iterations : int
        Steps at most; where they do not suffice there is a warning.

    Returns
    -------
    Ranks

    Raises
    ------
    ValueError
        If the matrix is not square, a weight is below 0 or not finite, or a parameter is out of
        range.

    Examples
    --------
    >>> links = [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    >>> found = pagerank(links)
    >>> found.ranks.round(4).tolist(), found.converged
    ([0.4865, 0.2568, 0.2568], True)
    """
    sparse = import_module("scipy.sparse")
    check_walk(damping, tolerance, max_iterations)
    matrix = sparse.csr_array(links, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"links must be a square matrix, got shape {matrix.shape}")
    incoming = matrix.T.tocsr()
    incoming.sum_duplicates()
    ranks, iterations, residual = walk(
        incoming.indptr, incoming.indices, incoming.data, damping, tolerance, max_iterations
    )
    converged = residual < tolerance
    if not converged:
        warn_of_walks(1, max_iterations)
    return Ranks(ranks, iterations, residual, converged)


def check_walk(damping: float, tolerance: float, max_iterations: int) -> None:
    """Raise an error unless the parameters of a walk are in range."""
    require_share(damping, "damping")
    require_at_least(tolerance, "tolerance", 0.0)
    if tolerance == 0:
        raise ValueError("tolerance must be above 0, got 0")
    require_count(max_iterations, "max_iterations", 1, (1 << 31) - 1)


def warn_of_walks(count: int, max_iterations: int) -> None:
    """Warn that some ranks are not final."""
    warnings.warn(
        f"{count} random walk{'s have' if count > 1 else ' has'} not converged after "
        f"{max_iterations} iterations: raise max_iterations or tolerance",
        stacklevel=3,
    )
