"""Words as points in a plane, drawn by matplotlib, an optional extra."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp.checks import require_count
from classicnlp.files import replacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.keyed_vectors import KeyedVectors

INSTALL = "plot() draws with matplotlib: pip install 'classicnlp[plot]'"
FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC",
    "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei",
    "PingFang SC", "Hiragino Sans GB", "Heiti TC", "Arial Unicode MS",
)  # fmt: skip
"""Those to look at before all others; the first comes with matplotlib, without Chinese."""
PLACEHOLDERS = "Last Resort"  # a font that has every character, as a box

INCHES = (8.0, 8.0)
COLOURS = 10


def project(vectors: NDArray[Any], dimensions: int) -> NDArray[np.float64]:
    """Return vectors on their principal axes; see `KeyedVectors.project`."""
    count = require_count(dimensions, "dimensions", 1)
    centred = vectors.astype(np.float64)
    centred -= centred.mean(axis=0) if len(centred) else 0.0
    left, spread, _ = np.linalg.svd(centred, full_matrices=False)
    points = np.zeros((len(vectors), count))
    known = min(count, len(spread))
    points[:, :known] = left[:, :known] * spread[:known]
    for axis in points.T:
        if len(axis) and axis[np.abs(axis).argmax()] < 0:
            axis *= -1.0
    return points


def plot(
    vectors: KeyedVectors,
    words: Iterable[str],
    path: str | os.PathLike[str] | None,
    font: str | os.PathLike[str] | None,
    groups: Sequence[int] | None,
) -> Any:
    """Draw words; see `KeyedVectors.plot`."""
    chosen = list(words)
    if groups is not None and len(groups) != len(chosen):
        raise ValueError(f"expected a group for each of {len(chosen)} words, got {len(groups)}")
    points = vectors.project(chosen)
    try:
        figures = import_module("matplotlib.figure")
    except ImportError as error:
        raise ImportError(INSTALL) from error
    properties = _font(chosen, font)
    figure = figures.Figure(figsize=INCHES, layout="constrained")
    axes = figure.add_subplot()
    colours = [f"C{group % COLOURS}" for group in groups] if groups is not None else "C0"
    axes.scatter(points[:, 0], points[:, 1], c=colours, s=12)
    for word, (x, y) in zip(chosen, points.tolist(), strict=True):
        axes.annotate(
            word, (x, y), xytext=(3, 3), textcoords="offset points", fontproperties=properties,
            parse_math=False,
        )  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])
    if path is not None:
        kind = Path(path).suffix.removeprefix(".")
        if kind not in figure.canvas.get_supported_filetypes():
            known = ", ".join(sorted(figure.canvas.get_supported_filetypes()))
            raise ValueError(f"a picture cannot be {kind!r}: name a file that ends in {known}")
        with replacing(path) as file:
            figure.savefig(file, format=kind)
    return figure


def _font(words: Sequence[str], wanted: str | os.PathLike[str] | None) -> Any:
    """Return the font that is named, or one that has the characters of all words."""
    manager = import_module("matplotlib.font_manager")
    if wanted is not None:
        if Path(wanted).is_file():
            return manager.FontProperties(fname=os.fspath(wanted))
        # A ValueError of its own where there is no such font.
        path = manager.findfont(os.fspath(wanted), fallback_to_default=False)
        return manager.FontProperties(fname=path)
    needed = {ord(character) for word in words for character in word if not character.isspace()}
    for path in _font_files(manager):
        try:
            characters = import_module("matplotlib.ft2font").FT2Font(path).get_charmap()
        except (OSError, RuntimeError):
            continue
        if needed <= characters.keys():
            return manager.FontProperties(fname=path)
    raise ValueError(
        "no font on this machine has all characters of the words: install one, such as Noto Sans "
        "CJK (Debian: apt install fonts-noto-cjk), or name a file with font="
    )


def _font_files(manager: Any) -> Iterator[str]:
    """Yield the files of fonts, the well-known ones first."""
    known = sorted(manager.fontManager.ttflist, key=lambda entry: (entry.name, entry.fname))
    for name in FONTS:
        yield from (entry.fname for entry in known if entry.name == name)
    others = (entry for entry in known if entry.name not in FONTS)
    yield from (entry.fname for entry in others if not entry.name.startswith(PLACEHOLDERS))
