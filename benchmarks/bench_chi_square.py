"""A chi-square test of 100,000 features over a million documents, beside scikit-learn.

    python benchmarks/bench_chi_square.py [--quick]

The matrix is made at random, the same on both sides: twenty entries a row, most of them in few
columns, ten classes. --quick only takes fewer rounds.
"""

from __future__ import annotations

import common
import numpy as np
from bench_vectorize import peer, print_side
from vectorize_side import COLUMNS, ENTRIES, ROWS, table

from classicnlp.vectorize import chi_square


def main() -> None:
    settings = common.read_settings(__doc__)
    common.print_header(
        "bench_chi_square.py: which features depend on the class", settings,
        f"random, {ROWS:,} x {COLUMNS:,}, {ROWS * ENTRIES:,} entries",
    )  # fmt: skip
    X, y = table()
    size = X.nnz / 1e6
    own = common.Own("chi_square", size, target="1 x", work=lambda: chi_square(X, y))
    peers = peer("scikit-learn", "chi-square", common.CACHE, size)
    contestants = [own, *peers]
    for _ in range(settings.rounds):
        for contestant in contestants:
            contestant.seconds += contestant.run(settings.budget)
    common.print_speeds("all statistics and p-values", contestants, ["scikit-learn"], "M entries/s")
    total = float(np.nansum(chi_square(X, y).statistics))
    for contestant in peers:
        assert contestant.process is not None
        rest, _ = contestant.process.communicate()
        print_side("scikit-learn", rest)
        print(f"  sums of all statistics differ by {abs(total / contestant.produced - 1):.1e}")


if __name__ == "__main__":
    main()
