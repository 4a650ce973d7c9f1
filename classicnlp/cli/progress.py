"""Progress on standard error, for those who watch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

INSTALL = "classicnlp: for a progress bar: pip install 'classicnlp[progress]' (or use --quiet)"


@contextmanager
def line_bar(quiet: bool, unit: str = "lines") -> Iterator[Callable[[int], object]]:
    """Show a bar that the yielded function moves on by so many lines, or other units.

    There is none where standard error is no terminal; where tqdm, an optional extra, is not
    installed, a line tells how to have one.
    """
    if quiet or not sys.stderr.isatty():
        yield _ignore
        return
    try:
        tqdm = import_module("tqdm")
    except ImportError:
        print(INSTALL, file=sys.stderr)
        yield _ignore
        return
    with tqdm.tqdm(unit=f" {unit}", unit_scale=True, file=sys.stderr) as bar:
        yield bar.update


def epoch_lines(quiet: bool, unit: str = "epoch") -> Callable[[int, int, str], None] | None:
    """Return a function that prints a line for each epoch, or other unit, of training."""

    def print_epoch(number: int, most: int, message: str) -> None:
        print(f"{unit} {number}/{most}  {message}", file=sys.stderr, flush=True)

    return None if quiet else print_epoch


def _ignore(count: int) -> None:
    pass
