"""Files whose sentences are runs of lines with blank lines between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from classicnlp.corpus.lines import FilePath, read_lines

Block: TypeAlias = tuple[int, list[str]]
"""The number of a run's first line, counted from 1, and its lines."""


def read_blocks(path: FilePath, blanks: str = "") -> Iterator[Block]:
    """Yield the runs of lines that blank lines separate.

    Parameters
    ----------
    path : path-like
        The file, read as by `read_lines`.
    blanks : str, default none
        The characters that a blank line may hold.

    Yields
    ------
    (int, list of str)
        The number of the run's first line and its lines, at least one of them.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    CorpusError
        The file is not UTF-8.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt")
    ...     _ = path.write_text("\\n我\\n爱\\n\\n\\n北京\\n", encoding="utf-8")
    ...     list(read_blocks(path))
    [(2, ['我', '爱']), (6, ['北京'])]
    """
    block: list[str] = []
    number = 0
    for number, line in enumerate(read_lines(path), 1):
        if line.strip(blanks) if blanks else line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block
