"""Word vectors beside gensim and faiss: similar words, batches, loading, text.

    python benchmarks/bench_keyed_vectors.py [--quick]

400,000 vectors of 300 numbers, drawn around 2,000 centres so that words have neighbours, as real
ones have. All answers are exact; gensim computes every cosine for every question, faiss
(IndexFlatIP) and NumPy do so in batches. Ours runs on one thread where nothing is said, NumPy on
all that the machine has.
"""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from pathlib import Path

import common
import numpy as np

from classicnlp.embed import KeyedVectors

WORDS, DIMENSIONS, CENTRES = 400_000, 300, 2_000
BATCH = 256
K = 10


def drawn(count: int) -> np.ndarray:
    """Return vectors that lie around centres, of different lengths."""
    generator = np.random.default_rng(0)
    centres = generator.standard_normal((CENTRES, DIMENSIONS), np.float32)
    vectors = generator.standard_normal((count, DIMENSIONS), np.float32)
    vectors += centres[generator.integers(0, CENTRES, count)]
    vectors *= generator.gamma(4, 0.1, (count, 1)).astype(np.float32)
    return vectors


def peer(job: str, name: str, size: float, folder: Path, threads: int) -> list[common.Peer]:
    """Return a peer that does a job with what lies in a folder, loaded, or none."""
    if not common.PEERS_PYTHON.exists():
        print(f"  {name} is left out: run `python benchmarks/peers.py` to install the peers")
        return []
    script = common.BENCHMARKS / "peer_vectors.py"
    process = subprocess.Popen(
        [str(common.PEERS_PYTHON), str(script), job, str(folder), str(BATCH), str(K)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)},
    )  # fmt: skip
    contestant = common.Peer(name, size, process=process)
    try:
        contestant._answer()
    except RuntimeError:
        print(f"  {name} is left out: it is not in the peers' environment")
        return []
    return [contestant]


def own(name: str, size: float, work: common.Work, target: str = "") -> common.Own:
    work()
    return common.Own(name, size, work=work, target=target)


def by_products(units: np.ndarray) -> None:
    """Find the best by NumPy's product of matrices, 64 questions at a time."""
    for start in range(0, BATCH, 64):
        cosines = units[start : start + 64] @ units.T
        best = np.argpartition(cosines, -K - 1, axis=1)[:, -K - 1 :]
        np.take_along_axis(cosines, best, axis=1).sort(axis=1)


def print_times(title: str, contestants: list[common.Contestant], beside: str) -> None:
    """Print milliseconds for each thing done."""
    print(title)
    bases = {contestant.name: contestant.best / contestant.size for contestant in contestants}
    rows = []
    for contestant in contestants:
        times = (contestant.best, contestant.median, contestant.worst)
        row = [
            contestant.name,
            *(common.shown(1e3 * seconds / contestant.size) for seconds in times),
        ]
        if beside in bases:
            row.append(f"{bases[beside] / bases[contestant.name]:.2f}")
        rows.append([*row, contestant.target])
    columns = ["ms", "best", "median", "worst", *([f"x {beside}"] if beside in bases else [])]
    common.print_table([*columns, "target"], rows)


def measure(folder: Path, settings: common.Settings) -> None:
    count = WORDS // 10 if settings.quick else WORDS
    words = [f"w{i}" for i in range(count)]
    vectors = KeyedVectors(words, drawn(count))
    path, half = folder / "words.vectors", folder / "half.vectors"
    vectors.save(path)
    vectors.astype("float16").save(half)
    np.save(folder / "vectors.npy", vectors.vectors)
    del vectors
    mapped, halved = KeyedVectors.load(path), KeyedVectors.load(half)
    sizes = ", ".join(
        f"{name} {file.stat().st_size / 1e6:,.0f} MB"
        for name, file in (("float32", path), ("float16", half))
    )
    print(f"files of ours: {sizes}\n")

    single: list[common.Contestant] = [
        own("most_similar", 1, lambda: mapped.most_similar("w7", k=K), "20"),
        own("most_similar, float16", 1, lambda: halved.most_similar("w7", k=K)),
        own("analogy", 1, lambda: mapped.analogy("w7", "w8", "w9", k=K)),
        own("analogy, multiply", 1, lambda: mapped.analogy("w7", "w8", "w9", K, "multiply")),
        *peer("single", "gensim, 1 thread", 1, folder, 1),
        *peer("single", "gensim, 2 threads", 1, folder, 2),
    ]
    common.alternate(single, settings)
    print_times("one question", single, "gensim, 1 thread")

    asked = words[:BATCH]
    batches: list[common.Contestant] = [
        own(
            f"most_similar_batch, {workers} thread{'s'[: workers - 1]}", BATCH,
            functools.partial(mapped.most_similar_batch, asked, K, workers=workers),
        )
        for workers in (1, 2)
    ]  # fmt: skip
    units = mapped.vectors / np.linalg.norm(mapped.vectors, axis=1)[:, None]
    batches.append(own("numpy, its product", BATCH, functools.partial(by_products, units)))
    for threads in (1, 2):
        name = f"faiss, {threads} thread{'s'[: threads - 1]}"
        batches += peer("batch", name, BATCH, folder, threads)
    common.alternate(batches, settings)
    print_times(f"each of {BATCH} questions in a batch", batches, "faiss, 1 thread")
    best = min(contestant.best for contestant in batches[:2]) / BATCH
    print(
        f"a question of a batch goes over {count * 320 / best / 1e9:,.0f} GB/s of codes, "
        f"as if {count * DIMENSIONS * 4 / best / 1e9:,.0f} GB/s of vectors\n"
    )

    loading: list[common.Contestant] = [
        own("KeyedVectors.load", 1, lambda: KeyedVectors.load(path), "50"),
        *peer("load", "gensim, mapped", 1, folder, 1),
    ]
    common.alternate(loading, settings)
    print_times("loading", loading, "gensim, mapped")
    measure_text(folder, settings)


def measure_text(folder: Path, settings: common.Settings) -> None:
    count = WORDS // 100 if settings.quick else WORDS // 20
    vectors = KeyedVectors((f"w{i}" for i in range(count)), drawn(count))
    vectors.to_file(folder / "vectors.txt")
    vectors.to_file(folder / "vectors.bin", "word2vec-binary")
    for name in ("vectors.txt", "vectors.bin"):
        size = count / 1e3
        contestants: list[common.Contestant] = [
            own("from_file", size, functools.partial(KeyedVectors.from_file, folder / name)),
            *peer(name, "gensim", size, folder, 1),
        ]
        common.alternate(contestants, settings)
        common.print_speeds(
            f"reading {name}, {count:,} words", contestants, ["gensim"], "k words/s"
        )


def main() -> None:
    settings = common.read_settings(__doc__)
    count = WORDS // 10 if settings.quick else WORDS
    common.print_header(
        "bench_keyed_vectors.py: word vectors beside gensim and faiss",
        settings,
        f"{count:,} vectors of {DIMENSIONS} numbers, drawn around {CENTRES:,} centres",
    )
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), settings)


if __name__ == "__main__":
    main()
