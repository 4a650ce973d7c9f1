"""Classes of headlines and reviews: chi-square selection and a linear SVM.

    python benchmarks/bench_classification.py [--quick]

Of each set every tenth document, from the tenth on, is the test; percentile and C were chosen on
the tenth before it, and the test was looked at once they were. --quick takes a fifth of the
reviews. Beside it, the same machine over scikit-learn's own features of jieba's words and of
characters.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import time
from collections.abc import Callable

import common

from classicnlp.vectorize import DocumentClassifier

TITLES = "classify/thucnews_title/train.txt"
REVIEWS = "classify/online_shopping/train.csv.xz"
Documents = tuple[list[str], list[str]]


def titles(quick: bool) -> Documents:
    lines = common.data_file(TITLES).read_text(encoding="utf-8").splitlines()
    texts, labels = zip(*(line.split("\t") for line in lines), strict=True)
    return list(texts), list(labels)


def reviews(quick: bool) -> Documents:
    table = csv.DictReader(io.StringIO(common.read_xz(REVIEWS), newline=""))
    rows = list(table)[:: 5 if quick else 1]
    return [row["review"] for row in rows], [row["cat"] for row in rows]


def parts(documents: Documents) -> tuple[Documents, Documents]:
    """Return what to learn from and what to measure on."""
    numbers = range(len(documents[0]))
    return tuple(
        tuple([column[i] for i in numbers if (i % 10 == 9) is test] for column in documents)
        for test in (False, True)
    )


def peer(train: Documents, test: Documents) -> list[str]:
    """Return accuracy and seconds of the peer, if it is installed."""
    if not common.PEERS_PYTHON.exists():
        return ["", ""]
    command = [str(common.PEERS_PYTHON), str(common.BENCHMARKS / "classification_side.py")]
    done = subprocess.run(
        command, input=json.dumps([*train, *test]), capture_output=True, text=True, check=True
    )
    accuracy, seconds = json.loads(done.stdout)
    return [f"{accuracy:.4f}", f"{seconds:.1f}"]


def main() -> None:
    settings = common.read_settings(__doc__)
    common.print_header(
        "bench_classification.py: the classes of documents", settings, f"{TITLES}, {REVIEWS}"
    )
    kinds: list[tuple[str, Callable[[bool], Documents]]] = [
        ("headlines, 10 classes", titles), ("reviews, 10 categories", reviews),
    ]  # fmt: skip
    rows = []
    for name, read in kinds:
        train, test = parts(read(settings.quick))
        start = time.perf_counter()
        classifier = DocumentClassifier().fit(*train)
        seconds = time.perf_counter() - start
        size = f"{len(train[0]):,} / {len(test[0]):,}"
        own = [f"{classifier.score(*test):.4f}", f"{seconds:.1f}"]
        rows.append([name, size, *own, *peer(train, test), "0.88"])
    columns = ["accuracy on the test", "train / test", "classicnlp", "training s"]
    common.print_table([*columns, "jieba + scikit-learn", "training s", "target"], rows)


if __name__ == "__main__":
    main()
