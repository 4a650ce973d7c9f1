"""Our half of `bench_newwords.py` where memory is measured: a process of its own.

    python newwords_side.py FILE plain|model WORKERS

It finds the new words of the file and prints in a line of JSON seconds, those of the processor,
peak of memory in bytes, and how many words there are. The model is loaded before the clock starts.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from peer_ngram import peak

import classicnlp as cn


def main() -> None:
    path, kind, workers = sys.argv[1:]
    nlp = cn.load()
    model = nlp if kind == "model" else None
    start, begun = time.perf_counter(), time.process_time()
    words = cn.newwords.discover(
        Path(path), known=nlp.lexicon, segmenter=model, tagger=model, workers=int(workers)
    )
    seconds, busy = time.perf_counter() - start, time.process_time() - begun
    print(json.dumps([seconds, busy, peak(), len(words)]))


if __name__ == "__main__":
    main()
