"""The peers' half of `bench_keyed_vectors.py`, in the peers' environment.

    python peer_vectors.py single|batch|load|vectors.txt|vectors.bin FOLDER BATCH K

It prints a line when it is loaded and warm. For each line on standard input, a budget in seconds,
it then prints a list of run times.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from timing import run_round


def gensim_vectors(folder: Path):
    from gensim.models import KeyedVectors

    vectors = np.load(folder / "vectors.npy")
    keyed = KeyedVectors(vectors.shape[1])
    keyed.add_vectors([f"w{i}" for i in range(len(vectors))], vectors)
    return keyed


def work_of(job: str, folder: Path, batch: int, k: int) -> Callable[[], object]:
    if job == "batch":
        import faiss

        vectors = np.load(folder / "vectors.npy")
        faiss.normalize_L2(vectors)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return lambda: index.search(vectors[:batch], k + 1)
    from gensim.models import KeyedVectors

    if job.startswith("vectors."):
        return lambda: KeyedVectors.load_word2vec_format(
            str(folder / job), binary=job.endswith("bin")
        )
    keyed = gensim_vectors(folder)
    if job == "single":
        return lambda: keyed.most_similar("w7", topn=k)
    path = str(folder / "gensim.kv")
    keyed.save(path)
    return lambda: KeyedVectors.load(path, mmap="r")


def main() -> None:
    job, folder, batch, k = sys.argv[1:]
    work = work_of(job, Path(folder), int(batch), int(k))
    work()
    print(json.dumps(0), flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), flush=True)


if __name__ == "__main__":
    main()
