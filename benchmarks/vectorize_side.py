"""One side of `bench_vectorize.py` and `bench_chi_square.py`, in a process of its own.

    python vectorize_side.py JOB FILE

It does the job once and prints in a line of JSON how many entries its matrix has, or the sum of all
statistics. For each line on standard input, a budget in seconds, it then prints a list of run
times, and at the end its peak of memory in bytes and the fewest seconds of the processor that a run
took, which say more than the clock where others are at work, too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from peer_ngram import peak
from timing import run_round

ROWS, COLUMNS, ENTRIES, CLASSES = 1_000_000, 100_000, 20, 10

Job = Callable[[], float]


def documents_of(path: str) -> list:
    """Return the documents of a file: a JSON str or list of words a line."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").split("\n")]


def ours(path: str) -> Job:
    from classicnlp.vectorize import TfidfVectorizer

    documents = documents_of(path)
    return lambda: TfidfVectorizer().fit_transform(documents).nnz


def with_jieba(path: str) -> Job:
    import logging

    import jieba

    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    return tfidf_over(path, jieba.lcut)


def with_rjieba(path: str) -> Job:
    import rjieba

    jieba = rjieba.Jieba()
    return tfidf_over(path, jieba.cut)


def with_rjieba_without_hmm(path: str) -> Job:
    import rjieba

    jieba = rjieba.Jieba()
    return tfidf_over(path, lambda text: jieba.cut(text, False))


def tfidf_over(path: str, cut: Callable[[str], list[str]]) -> Job:
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = documents_of(path)

    def run() -> int:
        vectorizer = TfidfVectorizer(tokenizer=cut, token_pattern=None)
        return vectorizer.fit_transform(documents).nnz

    return run


def ready(path: str) -> Job:
    from sklearn.feature_extraction.text import CountVectorizer

    documents = documents_of(path)
    return lambda: CountVectorizer(analyzer=list).fit_transform(documents).nnz


def table() -> tuple:
    """Return a matrix like one of documents, few columns with many entries, and classes."""
    from scipy import sparse

    source = np.random.default_rng(0)
    columns = (COLUMNS * source.random(ROWS * ENTRIES) ** 3).astype(np.int32)
    values = source.integers(1, 4, ROWS * ENTRIES).astype(np.float64)
    ends = np.arange(0, ROWS * ENTRIES + 1, ENTRIES)
    matrix = sparse.csr_matrix((values, columns, ends), shape=(ROWS, COLUMNS))
    return matrix, source.integers(0, CLASSES, ROWS)


def chi_square(path: str) -> Job:
    from sklearn.feature_selection import chi2

    X, y = table()
    return lambda: float(np.nansum(chi2(X, y)[0]))


JOBS = {
    "ours": ours,
    "jieba": with_jieba,
    "rjieba": with_rjieba,
    "rjieba-without-hmm": with_rjieba_without_hmm,
    "ready": ready,
    "chi-square": chi_square,
}


def main() -> None:
    job, path = sys.argv[1:]
    do = JOBS[job](path)
    busy = []

    def work() -> float:
        begun = time.process_time()
        result = do()
        busy.append(time.process_time() - begun)
        return result

    print(json.dumps(work()), flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), flush=True)
    print(json.dumps([peak(), min(busy)]))


if __name__ == "__main__":
    main()
