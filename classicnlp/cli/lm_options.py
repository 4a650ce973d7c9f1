"""What the subcommands of ``classicnlp lm`` share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.corpus import read_lines

if TYPE_CHECKING:
    from classicnlp.lm import NgramModel

ARPA = ".arpa"
UNITS = ("word", "char")
LINES_AT_ONCE = 10_000
SIZES = {"B": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def add_unit(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add what a line is cut into."""
    shown = "%(default)s" if default else "the model's own"
    parser.add_argument(
        "--unit",
        choices=UNITS,
        default=default,
        help=f"word: between blanks; char: characters that are no blanks; default: {shown}",
    )


def add_language_model(parser: argparse.ArgumentParser) -> None:
    """Add the model to ask, and how."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="FILE",
        help="a file of 'classicnlp lm train', or an ARPA file (.arpa, .arpa.gz, ...)",
    )
    add_unit(parser, None)


def add_memory(parser: argparse.ArgumentParser) -> None:
    """Add how much memory counting may take."""
    parser.add_argument(
        "--memory",
        type=size,
        default=size("1G"),
        metavar="SIZE",
        help="how much memory to use, such as 500M or 4G; what goes beyond it lies in temporary "
        "files; default: 1G",
    )


def open_language_model(path: str, unit: str | None) -> NgramModel:
    """Open a model file or an ARPA file."""
    from classicnlp.lm import NgramModel

    model = NgramModel.from_arpa(path) if is_arpa(path) else NgramModel.load(path)
    return model if unit is None else model.set_params(unit=unit)


def is_arpa(path: str) -> bool:
    """Return whether a file is named as an ARPA file."""
    return ARPA in Path(path).suffixes[-2:]


def lines_of(files: list[str], advance: Callable[[int], object]) -> Iterator[str]:
    """Yield the lines of all files; now and then ``advance`` is told how many more there were."""
    for path in files:
        number = 0
        for number, line in enumerate(read_lines(path), 1):
            if number % LINES_AT_ONCE == 0:
                advance(LINES_AT_ONCE)
            yield line
        advance(number % LINES_AT_ONCE)


def size(text: str) -> int:
    """Return the bytes that ``text`` stands for.

    >>> size("500M"), size("1.5G")
    (524288000, 1610612736)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([BKMGT]?)", text.upper())
    value = 0 if match is None else int(float(match[1]) * (1 << SIZES[match[2] or "B"]))
    if value < 1 << SIZES["M"]:
        raise argparse.ArgumentTypeError(f"expected a size from 1M on, such as 500M, got {text!r}")
    return value
