"""Timing, the same for us and for the peers: needs nothing but the standard library."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path

Work = Callable[[], object]


def run_round(work: Work, budget: float) -> list[float]:
    """Return the wall seconds of runs of ``work``: as many as fit the budget, at least one.

    The garbage collector is off meanwhile, as in `timeit`: the peers that return millions of
    tuples would otherwise pay for its passes.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    seconds: list[float] = []
    try:
        while not seconds or sum(seconds) + min(seconds) < budget:
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    finally:
        gc.enable()
        gc.unfreeze()
    return seconds


def read_texts(path: str | Path, whole: bool) -> list[str]:
    """Read a file as one text, or as one text a line."""
    content = Path(path).read_text(encoding="utf-8")
    return [content] if whole else content.split("\n")


def over(
    texts: Sequence[str], cut: Callable[[str], Sequence[object]], keep: bool = False
) -> tuple[Work, int]:
    """Return a function that cuts every text, and how many pieces it makes: the warm-up.

    Each result is dropped at once, or kept until the last text is cut: then memory has to be
    found for all of them, as in ``[cut(text) for text in texts]``.
    """

    def drop_each() -> None:
        for text in texts:
            cut(text)

    def keep_all() -> None:
        _ = [cut(text) for text in texts]

    return keep_all if keep else drop_each, sum(len(cut(text)) for text in texts)
