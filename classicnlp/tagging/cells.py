"""Where the weights of features lie: in rows for all labels, or label by label."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.linear import LAST
from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LABELS = LAST


class Cells(NamedTuple):
    """A place for the weight of every pair of a feature and a label.

    Features that come with many labels have a row of cells, one for each label; adding such a row
    takes no look at labels. These rows come first. The others have a cell for each of their own
    labels, one after another.

    Attributes
    ----------
    first : int32 array, shape (features,)
        The first cell of each feature, -1 for a feature without labels.
    rows : int
        How many rows there are.
    labels : uint16 array
        The labels of the cells behind the rows, the last one of a feature plus LAST.
    pairs : int32 array
        The cell of each pair, in the order of features and labels.
    """

    first: NDArray[np.int32]
    rows: int
    labels: NDArray[np.uint16]
    pairs: NDArray[np.int32]


def lay_out(
    pair_first: NDArray[np.int64],
    pair_labels: NDArray[np.uint16],
    label_count: int,
    row_from: int | None = None,
) -> Cells:
    """Find cells for pairs of features and labels.

    Parameters
    ----------
    pair_first : int64 array, shape (features + 1,)
        The labels of feature f are ``pair_labels[pair_first[f]:pair_first[f + 1]]``, ascending.
    pair_labels : uint16 array
    label_count : int
    row_from : int, optional
        Features with as many labels or more have a row.

    Returns
    -------
    Cells

    Examples
    --------
    >>> cells = lay_out(np.array([0, 3, 4]), np.array([0, 1, 2, 1], np.uint16), 3)
    >>> cells.first.tolist(), cells.rows, cells.pairs.tolist()
    ([0, 3], 1, [0, 1, 2, 3])
    """
    widths = np.diff(pair_first)
    if row_from is None:
        # Measured: from here on adding a row is quicker than looking at labels one by one.
        row_from = min(max(3, label_count // 5), label_count)
    in_row = widths >= row_from
    rows = int(in_row.sum())
    row_cells = rows * label_count
    behind = row_cells + offsets_of(np.where(in_row, 0, widths))
    if behind[-1] >= 1 << 31:
        raise ValueError(f"{behind[-1]:,} weights are too many: raise min_count")
    first = np.where(in_row, (np.cumsum(in_row) - 1) * label_count, behind[:-1])
    feature = np.repeat(np.arange(len(widths)), widths)
    within = np.arange(len(pair_labels)) - pair_first[feature]
    pairs = first[feature] + np.where(in_row[feature], pair_labels, within)
    single = ~in_row[feature]
    labels = pair_labels[single].astype(np.uint16)
    labels[(within == widths[feature] - 1)[single]] |= LAST
    first[widths == 0] = -1
    return Cells(first.astype(np.int32), rows, labels, pairs.astype(np.int32))
