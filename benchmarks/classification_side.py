"""The peers' half of `bench_classification.py`, in the peers' environment.

It reads from standard input a JSON list of texts and labels to learn from and to measure on, and
prints in a line of JSON the accuracy and the seconds of training.
"""

from __future__ import annotations

import json
import logging
import sys
import time

import jieba
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectPercentile, chi2
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC


def main() -> None:
    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    texts, labels, new_texts, new_labels = json.load(sys.stdin)
    line = make_pipeline(
        make_union(
            TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, sublinear_tf=True),
            TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
        ),
        SelectPercentile(chi2, percentile=50),
        LinearSVC(C=0.3, random_state=0),
    )
    start = time.perf_counter()
    line.fit(texts, labels)
    seconds = time.perf_counter() - start
    print(json.dumps([line.score(new_texts, new_labels), seconds]))


if __name__ == "__main__":
    main()
