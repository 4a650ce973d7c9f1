"""The peers' half of `bench_ngram.py`, in the peers' environment.

    python peer_ngram.py count-vectorizer|counter FILE

It prints in a line of JSON how many different n-grams there are. For each line on standard input, a
budget in seconds, it then prints a list of run times, and at the end its peak of memory in bytes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from timing import run_round

ORDERS = (1, 4)


def count_vectorizer(lines: list[str]) -> int:
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer="char", ngram_range=ORDERS, lowercase=False)
    vectorizer.fit_transform(lines)
    return len(vectorizer.vocabulary_)


def counter(lines: list[str]) -> int:
    counts: Counter[str] = Counter()
    for order in range(ORDERS[0], ORDERS[1] + 1):
        for line in lines:
            counts.update([line[i : i + order] for i in range(len(line) - order + 1)])
    return len(counts)


def peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    job, path = sys.argv[1:]
    count = {"count-vectorizer": count_vectorizer, "counter": counter}[job]
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    if count is count_vectorizer:
        count(lines[:100])  # imports scikit-learn
    print(json.dumps(0), flush=True)
    distinct = []
    for line in sys.stdin:
        seconds = run_round(lambda: distinct.append(count(lines)), float(line))
        print(json.dumps(seconds), flush=True)
    print(json.dumps([distinct[-1], peak()]), flush=True)


if __name__ == "__main__":
    main()
