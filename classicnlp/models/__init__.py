"""The models that ship with the package; each has a card beside it (``pku.md``)."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
NOT_PIPELINES = {"alphabet", "idf"}


def names() -> list[str]:
    """Return the names that `classicnlp.load` knows.

    Examples
    --------
    >>> "pku" in names()
    True
    """
    found = (path.stem for path in FOLDER.glob("*.model"))
    return sorted(name for name in found if name not in NOT_PIPELINES)


def path_of(name: str) -> Path:
    """Return the file of an embedded model."""
    return FOLDER / f"{name}.model"
