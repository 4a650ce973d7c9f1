"""Keywords beside jieba.analyse and cppjieba: how fast, and how many of the authors' are found.

    python benchmarks/bench_keywords.py [--quick]

Documents are lines of modern prose put together to 1,300 characters; all return 20 keywords. The
quality is on abstracts whose authors gave keywords: settings were chosen on those with an even
number, the table is of the others.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import common
from timing import read_texts, run_round

from classicnlp.extraction import (
    FrequencyExtractor,
    IdfTable,
    KeywordExtractor,
    TextRankExtractor,
    TfidfExtractor,
    pagerank,
)

ABSTRACTS = "keywords/csl/dev.tsv"
DOCUMENT = 1_300  # characters
KEYWORDS = 20
AT = (3, 5, 10)
PEERS = {
    "jieba TF-IDF": "jieba-tfidf",
    "jieba TextRank": "jieba-textrank",
    "cppjieba TF-IDF": "cppjieba-tfidf",
}
GRAPHS = 20


def documents_file(count: int) -> Path:
    """Return a file of documents, a line each."""

    def make() -> str:
        documents: list[str] = []
        document: list[str] = []
        size = 0
        for line in common.read_xz(common.PROSE, 3 * count * DOCUMENT // 2).split("\n"):
            document.append(line)
            size += len(line)
            if size >= DOCUMENT:
                documents.append("".join(document))
                document, size = [], 0
        return "\n".join(documents[:count])

    return common.cached(f"documents_{count}.txt", make)


# How fast.


def ours(name: str, extractor: KeywordExtractor, path: Path, target: str = "") -> common.Own:
    texts = read_texts(path, whole=False)
    produced = sum(map(len, extractor.extract_batch(texts, KEYWORDS)))
    megabytes = common.megabytes_of(path)
    return common.Own(
        name, megabytes, produced, target, work=lambda: extractor.extract_batch(texts, KEYWORDS)
    )


def peer(name: str, path: Path) -> list[common.Peer]:
    if not common.PEERS_PYTHON.exists():
        print(f"  {name} is left out: run `python benchmarks/peers.py` to install the peers")
        return []
    process = subprocess.Popen(
        [*peer_command("time", PEERS[name]), str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    contestant = common.Peer(name, common.megabytes_of(path), process=process)
    contestant.produced = contestant._answer()
    return [contestant]


def peer_command(*arguments: str) -> list[str]:
    return [str(common.PEERS_PYTHON), str(common.BENCHMARKS / "peer_keywords.py"), *arguments]


def answer_of(*arguments: str) -> list:
    """Return what a job of the peers prints."""
    done = subprocess.run(peer_command(*arguments), capture_output=True, text=True, check=True)
    answer: list = json.loads(done.stdout)
    return answer


def print_times(settings: common.Settings) -> None:
    count = 200 if settings.quick else 2_000
    path, few, fewer = documents_file(count), documents_file(count // 10), documents_file(20)
    tfidf = [
        ours("TF-IDF", TfidfExtractor(), path, "30 x jieba, 4 x cppjieba"),
        ours("TF-IDF, no phrases", TfidfExtractor(phrases=False), path),
        ours("TF", FrequencyExtractor(), path),
        *peer("cppjieba TF-IDF", path),
        *peer("jieba TF-IDF", few),
    ]
    common.compare(
        f"TF-IDF, {count:,} documents", tfidf, ["jieba TF-IDF", "cppjieba TF-IDF"], settings
    )
    textrank = [
        ours("TextRank", TextRankExtractor(), path, "60 x jieba"),
        ours("TextRank, no phrases", TextRankExtractor(phrases=False), path),
        *peer("jieba TextRank", fewer),
    ]
    common.compare(f"TextRank, {count:,} documents", textrank, ["jieba TextRank"], settings)


# How good.


def read_abstracts() -> tuple[list[str], list[set[str]]]:
    lines = common.data_file(ABSTRACTS).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [row[1] for row in rows], [set(row[2].split("_")) for row in rows]


def f1_at(found: Sequence[Sequence[str]], gold: Sequence[set[str]], k: int) -> tuple[float, ...]:
    """Return precision, recall and F1 of the first ``k`` keywords of all documents together."""
    right = sum(len(set(own[:k]) & wanted) for own, wanted in zip(found, gold, strict=True))
    precision = right / max(sum(len(own[:k]) for own in found), 1)
    recall = right / sum(map(len, gold))
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def print_quality() -> None:
    texts, gold = read_abstracts()
    own_idf = IdfTable.from_documents(texts[::2])
    extractors: dict[str, KeywordExtractor] = {
        "TF": FrequencyExtractor(),
        "TF-IDF": TfidfExtractor(),
        "TF-IDF, counted in the other abstracts": TfidfExtractor(idf=own_idf),
        "TextRank": TextRankExtractor(),
        "TF, no phrases": FrequencyExtractor(phrases=False),
        "TF-IDF, no phrases": TfidfExtractor(phrases=False),
        "TextRank, no phrases": TextRankExtractor(phrases=False),
    }
    found: dict[str, Callable[[], list[list[str]]]] = {
        name: lambda extractor=extractor: words_of(extractor, texts)
        for name, extractor in extractors.items()
    }
    if common.PEERS_PYTHON.exists():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "abstracts.txt"
            path.write_text("\n".join(texts), encoding="utf-8")
            for name, job in PEERS.items():
                answer = answer_of("extract", job, str(path))
                found[name] = lambda answer=answer: answer
    rows = []
    for name, words in found.items():
        measured, wanted = words()[1::2], gold[1::2]
        precision, recall, f1 = f1_at(measured, wanted, 5)
        others = [f"{f1_at(measured, wanted, k)[2]:.4f}" for k in AT if k != 5]
        rows.append([name, f"{precision:.4f}", f"{recall:.4f}", f"{f1:.4f}", *others, ""])
    print(f"Exact matches with the authors' keywords, {len(gold[1::2])} abstracts")
    common.print_table(["", "P at 5", "R at 5", "F1 at 5", "F1 at 3", "F1 at 10", ""], rows)


def words_of(extractor: KeywordExtractor, texts: Sequence[str]) -> list[list[str]]:
    return [[one.word for one in own] for own in extractor.extract_batch(texts, max(AT))]


# Beside networkx.


def print_pagerank() -> None:
    texts, _ = read_abstracts()
    graphs = [TextRankExtractor().graph(text).links.tocoo() for text in texts[:GRAPHS]]
    links = [
        list(zip(one.row.tolist(), one.col.tolist(), one.data.tolist(), strict=True))
        for one in graphs
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graphs.json"
        path.write_text(json.dumps(links), encoding="utf-8")
        theirs = answer_of("pagerank", str(path))
    for tolerance in (1e-8, 1e-12):
        mine = [pagerank(one, tolerance=tolerance) for one in graphs]
        furthest = max(
            abs(a - b)
            for own, other in zip(mine, theirs, strict=True)
            for a, b in zip(own.ranks.tolist(), other, strict=True)
        )
        steps = sum(own.iterations for own in mine) / len(mine)
        print(
            f"PageRank of {GRAPHS} graphs, tolerance {tolerance:g}: {steps:.0f} iterations, "
            f"at most {furthest:.1e} from networkx"
        )
    seconds = min(run_round(lambda: [pagerank(one) for one in graphs], 0.2))
    print(f"{seconds / GRAPHS * 1e6:.0f} microseconds a graph\n")


def main() -> None:
    settings = common.read_settings(__doc__)
    common.print_header(
        "bench_keywords.py: keywords", settings, "modern prose; CSL abstracts (dev)"
    )
    print_times(settings)
    print_quality()
    if common.PEERS_PYTHON.exists():
        print_pagerank()


if __name__ == "__main__":
    main()
