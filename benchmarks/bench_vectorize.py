"""Raw reviews to a TF-IDF matrix, ready words to counts, beside scikit-learn over (r)jieba.

    python benchmarks/bench_vectorize.py [--quick]

The reviews of online_shopping, a fifth of them with --quick. All learn the vocabulary and return
the matrix. Memory is the peak of a process that does just that, with the reviews and the model.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import common

import classicnlp as cn
from classicnlp.segmentation import NgramSegmenter
from classicnlp.vectorize import CountVectorizer, TfidfVectorizer

REVIEWS = "classify/online_shopping/train.csv.xz"
PEERS = (
    ("jieba + scikit-learn", "jieba"),
    ("rjieba + scikit-learn", "rjieba"),
    ("rjieba, no HMM + scikit-learn", "rjieba-without-hmm"),
)


def reviews(quick: bool) -> list[str]:
    rows = csv.DictReader(io.StringIO(common.read_xz(REVIEWS), newline=""))
    return [row["review"] for row in rows][:: 5 if quick else 1]


def side(python: Path | str, job: str, path: Path) -> subprocess.Popen[str]:
    """Start a process that does a job."""
    command = [str(python), str(common.BENCHMARKS / "vectorize_side.py"), job, str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def peer(name: str, job: str, path: Path, size: float) -> list[common.Peer]:
    """Return a peer that is loaded and has done its job once."""
    if not common.PEERS_PYTHON.exists():
        print(f"  {name} is left out: run `python benchmarks/peers.py` to install the peers")
        return []
    contestant = common.Peer(name, size, process=side(common.PEERS_PYTHON, job, path))
    contestant.produced = contestant._answer()
    return [contestant]


def documents_file(name: str, documents: list[str] | list[list[str]]) -> Path:
    """Return a file with a JSON value a line."""
    lines = [json.dumps(document, ensure_ascii=False) for document in documents]
    return common.cached(f"{name}_{len(lines)}.jsonl", lambda: "\n".join(lines))


def run(
    title: str, own: list[common.Own], peers: list[common.Peer], settings: common.Settings
) -> None:
    """Time all in turns; print speeds and the peaks of the peers' memory."""
    contestants = [*own, *peers]
    for _ in range(settings.rounds):
        for contestant in contestants:
            contestant.seconds += contestant.run(settings.budget)
    common.print_speeds(title, contestants, [peer.name for peer in peers])
    for contestant in peers:
        assert contestant.process is not None
        rest, _ = contestant.process.communicate()
        print_side(contestant.name, rest)


def print_side(name: str, rest: str) -> None:
    """Print what a process says at its end."""
    memory, busy = json.loads(rest)
    print(f"  {name}: {busy:.2f} s of the processor, peak of memory {memory / 1e6:,.0f} MB")


def main() -> None:
    settings = common.read_settings(__doc__)
    texts = reviews(settings.quick)
    size = sum(len(text.encode()) for text in texts) / 1e6
    common.print_header(
        "bench_vectorize.py: documents to vectors", settings,
        f"{len(texts):,} reviews of online_shopping, {size:.1f} MB",
    )  # fmt: skip
    path = documents_file("reviews", texts)
    dictionary = NgramSegmenter(cn.load().lexicon)
    own = [
        common.Own(
            name, size, target=target,
            work=lambda options=options: TfidfVectorizer(**options).fit_transform(texts),
        )
        for name, options, target in (
            ("TfidfVectorizer", {}, "30 x jieba, 4 x rjieba"),
            ("TfidfVectorizer, 2 threads", {"workers": 2}, ""),
            ("TfidfVectorizer, dictionary", {"segmenter": dictionary}, ""),
            ("TfidfVectorizer, words 1-2", {"ngram_range": (1, 2)}, ""),
            ("TfidfVectorizer, characters 1-2", {"analyzer": "char", "ngram_range": (1, 2)}, ""),
        )
    ]  # fmt: skip
    peers = [found for name, job in PEERS for found in peer(name, job, path, size)]
    run("raw reviews to a TF-IDF matrix", own, peers, settings)
    rest, _ = side(sys.executable, "ours", path).communicate("1\n" * settings.rounds)
    print_side("TfidfVectorizer", rest.splitlines()[-1])
    print()
    words = cn.load().segment_batch(texts)
    ready = documents_file("ready", words)
    count = common.Own(
        "CountVectorizer", size, target="3 x",
        work=lambda: CountVectorizer(fold=False).fit_transform(words),
    )  # fmt: skip
    run("ready words to counts", [count], peer("scikit-learn", "ready", ready, size), settings)


if __name__ == "__main__":
    main()
