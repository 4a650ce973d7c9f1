"""Our half of `bench_ngram.py` where memory is measured: a process of its own.

    python count_side.py FILE UNIT MEMORY WORKERS

It counts orders 1-4 once and prints in a line of JSON seconds, peak of memory in bytes, and how
many different n-grams there are.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from peer_ngram import peak

from classicnlp.lm import count_ngrams


def main() -> None:
    path, unit, memory, workers = sys.argv[1:]
    start = time.perf_counter()
    counts = count_ngrams(
        Path(path), (1, 2, 3, 4), unit=unit, boundaries=unit == "word",
        memory=int(memory), workers=int(workers),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, peak(), len(counts)]))


if __name__ == "__main__":
    main()
