"""What a peer makes of texts; `bench_pipeline.py` runs it in the peers' environment.

    python predict_side.py MEASUREMENT TEXTS PREDICTED [DICTIONARY OR MODEL]

Writes a line of JSON for each line of TEXTS: a list of words, or of pairs of word and tag.
"""

from __future__ import annotations

import os
import sys

from peer_side import CUTTERS
from timing import read_texts
from train_side import write


def main() -> None:
    os.dup2(2, 1)  # some peers print
    measurement, texts, target, *rest = sys.argv[1:]
    cut = CUTTERS[measurement](rest[0] if rest else "")
    write(
        target, ([plain(piece) for piece in cut(text)] for text in read_texts(texts, whole=False))
    )


def plain(piece) -> str | tuple[str, str]:
    """Return a word, or word and tag, whatever the peer calls a pair."""
    if isinstance(piece, str):
        return piece
    word, tag = piece
    return word, tag


if __name__ == "__main__":
    main()
