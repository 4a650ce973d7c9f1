"""What all kinds of training do around the training itself."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from classicnlp import store
from classicnlp.cli.sentences import read_sentences
from classicnlp.errors import CorpusError
from classicnlp.storable import Storable

Sentence = TypeVar("Sentence")

STANDARD_INPUT = "-"


def read_training(
    arguments: Namespace, read: Callable[[str], Iterator[Sentence]]
) -> tuple[list[Sentence], list[Sentence]]:
    """Read the sentences to train on and those to measure on, which may be none."""
    check_folder(arguments.out)
    sentences = read_sentences(arguments.train, read)
    if arguments.dev is not None:
        return sentences, read_sentences(arguments.dev, read)
    if arguments.dev_fraction is None:
        return sentences, []
    held_out = max(1, round(len(sentences) * arguments.dev_fraction))
    if held_out >= len(sentences):
        message = f"{len(sentences)} sentences are too few to set some aside"
        raise CorpusError(message, arguments.train[0])
    return sentences[:-held_out], sentences[-held_out:]


def check_folder(path: str) -> None:
    """Raise an OSError before minutes of training end in one."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    if Path(path).is_dir():
        raise IsADirectoryError(errno.EISDIR, f"{os.strerror(errno.EISDIR)}: name a file", path)


def learn_and_save(
    arguments: Namespace, learn: Callable[[], object], save: Callable[[], object]
) -> None:
    """Train and save; on Ctrl-C save what was learnt until then."""
    try:
        learn()
    except KeyboardInterrupt:
        try:
            save()
        except ValueError:
            raise KeyboardInterrupt("interrupted before anything was learnt") from None
        raise KeyboardInterrupt(
            f"interrupted: {arguments.out} holds what was learnt until then"
        ) from None
    save()
    say(arguments, f"saved {arguments.out}")


def save_with_card(
    model: Storable, arguments: Namespace, figures: dict[str, float] | None = None
) -> None:
    """Save a model with a card that names what it was trained on, and how good it is on dev."""
    card: dict[str, Any] = {
        "trained on": {
            Path(path).name: _digest(path) for path in arguments.train if path != STANDARD_INPUT
        }
    }
    if figures is not None:
        card["figures"] = {name: round(figure, 4) for name, figure in figures.items()}
    parameters, arrays = model.to_store()
    store.save(arguments.out, model.kind, parameters, arrays, card)


def say(arguments: Namespace, message: str) -> None:
    """Print a message on standard error unless silence is wished for."""
    if not arguments.quiet:
        print(message, file=sys.stderr, flush=True)


def _digest(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
