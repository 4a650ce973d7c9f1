"""What pipelines with words of their own cost; `bench_pipeline.py` runs it in a fresh process.

    python with_words_side.py COUNT

Makes as many pipelines from the default one, each with two words, keeps and uses them all, and
prints a line of JSON: the seconds to make them, and the MB by which the resident memory grew.
"""

from __future__ import annotations

import gc
import json
import sys
import time

from start_side import SENTENCE, memory

import classicnlp as cn


def main() -> None:
    count = int(sys.argv[1])
    nlp = cn.load()
    nlp.with_words({"云计算": "n"}).tag(SENTENCE)
    gc.collect()
    before = memory()["Rss"]
    started = time.perf_counter()
    made = [nlp.with_words({f"云计算{i}号": "n", f"李小福{i}": "nr"}) for i in range(count)]
    spent = time.perf_counter() - started
    for pipeline in made:
        pipeline.tag(SENTENCE)
    print(json.dumps({"seconds": spent, "grown": memory()["Rss"] - before}))


if __name__ == "__main__":
    main()
