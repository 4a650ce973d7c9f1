"""What both kinds of training do around the training itself."""

from __future__ import annotations

import errno
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from classicnlp.cli.sentences import read_sentences
from classicnlp.errors import CorpusError

Sentence = TypeVar("Sentence")


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
    """Raise a FileNotFoundError before minutes of training end in one."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))


def say(arguments: Namespace, message: str) -> None:
    """Print a message on standard error unless silence is wished for."""
    if not arguments.quiet:
        print(message, file=sys.stderr, flush=True)
