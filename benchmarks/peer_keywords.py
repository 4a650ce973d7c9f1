"""The peers' half of `bench_keywords.py`, in the peers' environment.

    python peer_keywords.py time METHOD FILE
    python peer_keywords.py extract METHOD FILE
    python peer_keywords.py pagerank FILE

A document is a line. ``time`` says in a line of JSON how many keywords a run produces; for each
line on standard input, a budget in seconds, it then prints a list of run times. ``extract`` prints
the keywords of each document as a list of lists; ``pagerank`` networkx's ranks of the nodes of
graphs, each a list of links (source, target, weight).
"""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from timing import over, read_texts, run_round

KEYWORDS = 20
CACHE = Path(__file__).resolve().parent / ".data"


def jieba_method(name: str) -> Callable[[str], list[str]]:
    import jieba
    import jieba.analyse

    jieba.setLogLevel(logging.ERROR)
    return functools.partial(getattr(jieba.analyse, name), topK=KEYWORDS)


def cppjieba_tfidf() -> Callable[[str], list]:
    import cppjieba_py_dat

    extract = cppjieba_py_dat.Jieba(dat_cache_dir=str(CACHE)).extract_keywords
    return lambda text: extract(text, KEYWORDS)


METHODS: dict[str, Callable[[], Callable[[str], list]]] = {
    "jieba-tfidf": functools.partial(jieba_method, "extract_tags"),
    "jieba-textrank": functools.partial(jieba_method, "textrank"),
    "cppjieba-tfidf": cppjieba_tfidf,
}


def word_of(keyword: object) -> str:
    """Return the word of a keyword that may come with its weight and places."""
    return keyword if isinstance(keyword, str) else keyword[0]  # type: ignore[index]


def pagerank(path: str) -> list[list[float]]:
    import networkx

    ranks = []
    for links in json.loads(Path(path).read_text(encoding="utf-8")):
        graph = networkx.DiGraph()
        graph.add_weighted_edges_from(links)
        found = networkx.pagerank(graph, tol=1e-14, max_iter=10_000)
        ranks.append([found[node] for node in sorted(found)])
    return ranks


def main() -> None:
    # Some peers print; only our lines may reach the other side.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    job, *rest = sys.argv[1:]
    if job == "pagerank":
        print(json.dumps(pagerank(rest[0])), file=answers, flush=True)
        return
    method, path = rest
    extract = METHODS[method]()
    texts = read_texts(path, whole=False)
    if job == "extract":
        found = [list(map(word_of, extract(text))) for text in texts]
        print(json.dumps(found), file=answers, flush=True)
        return
    work, produced = over(texts, extract)
    print(json.dumps(produced), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
