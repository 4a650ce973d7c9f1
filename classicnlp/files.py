"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file beside ``path`` that takes its name once it is complete.

    If the block raises, the new file is removed and an old one stays as it was. An existing file
    keeps its permissions, a symbolic link its place.

    Parameters
    ----------
    path : str or path
        The file.

    Yields
    ------
    BinaryIO
        The open file.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """
    target = Path(path).resolve()
    if not target.parent.is_dir():
        # Else the message would name a file of our own invention.
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    beside = target.with_name(f".classicnlp-{os.urandom(8).hex()}.partial")
    try:
        with beside.open("xb") as file:
            yield file
            if not file.closed:  # by a text layer over it
                file.flush()
                os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
