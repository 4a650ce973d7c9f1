"""One training of word vectors, for `bench_word2vec.py`, by the program that runs it.

    python word2vec_side.py classicnlp|gensim|fasttext TEXT VECTORS OPTIONS

OPTIONS are JSON. It prints in a line of JSON the seconds that the training took, from the file to
the vectors: of the clock, and of processors.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def by_classicnlp(text: str, options: dict[str, Any]) -> Callable[[str], object]:
    from classicnlp.embed import Word2Vec

    objective = "hierarchical-softmax" if options["tree"] else "negative-sampling"
    model = Word2Vec(
        options["dimensions"], 5, options["architecture"], objective, epochs=options["epochs"],
        seed=options["seed"], workers=options["threads"],
    ).fit(Path(text))  # fmt: skip
    return model.vectors_.to_file


def by_gensim(text: str, options: dict[str, Any]) -> Callable[[str], object]:
    from gensim.models import Word2Vec

    model = Word2Vec(
        corpus_file=text, vector_size=options["dimensions"], window=5, min_count=5, sample=1e-3,
        sg=options["architecture"] == "skip-gram", hs=options["tree"],
        negative=0 if options["tree"] else 5, workers=options["threads"], seed=options["seed"],
        epochs=options["epochs"],
    )  # fmt: skip
    return model.wv.save_word2vec_format


def by_fasttext(text: str, options: dict[str, Any]) -> Callable[[str], object]:
    import fasttext

    model = fasttext.train_unsupervised(
        text, {"skip-gram": "skipgram", "cbow": "cbow"}[options["architecture"]], lr=0.025,
        dim=options["dimensions"], ws=5, minCount=5, t=1e-3, maxn=0, neg=5,
        loss="hs" if options["tree"] else "ns", epoch=options["epochs"], thread=options["threads"],
        verbose=0,
    )  # fmt: skip

    def save(path: str) -> None:
        words = model.get_words()
        with Path(path).open("w", encoding="utf-8") as file:
            file.write(f"{len(words)} {options['dimensions']}\n")
            for word in words:
                numbers = " ".join(map(str, model.get_word_vector(word).tolist()))
                file.write(f"{word} {numbers}\n")

    return save


def main() -> None:
    name, text, vectors, options = sys.argv[1:]
    train = {"classicnlp": by_classicnlp, "gensim": by_gensim, "fasttext": by_fasttext}[name]
    if name == "gensim":
        import gensim.models  # noqa: F401
    elif name == "classicnlp":
        import classicnlp.embed  # noqa: F401
    clock, processor = time.perf_counter(), time.process_time()
    save = train(text, json.loads(options))
    seconds = time.perf_counter() - clock, time.process_time() - processor
    save(vectors)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
