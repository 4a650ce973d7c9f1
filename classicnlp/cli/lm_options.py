"""What the subcommands of ``classicnlp lm`` share."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.corpus import read_lines

if TYPE_CHECKING:
    from classicnlp.lm import NgramModel

ARPA = ".arpa"
UNITS = ("word", "char")


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


def open_language_model(path: str, unit: str | None) -> NgramModel:
    """Open a model file or an ARPA file."""
    from classicnlp.lm import NgramModel

    model = NgramModel.from_arpa(path) if is_arpa(path) else NgramModel.load(path)
    return model if unit is None else model.set_params(unit=unit)


def is_arpa(path: str) -> bool:
    """Return whether a file is named as an ARPA file."""
    return ARPA in Path(path).suffixes[-2:]


def lines_of(files: list[str]) -> Iterator[str]:
    """Yield the lines of all files."""
    return (line for path in files for line in read_lines(path))
