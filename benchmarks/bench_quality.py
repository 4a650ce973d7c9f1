"""How well the sequence taggers do on data that they were not trained on.

    python benchmarks/bench_quality.py [--quick]

Parts of speech: gold words of the People's Daily of January 1998; the first 80 % of the paragraphs
train, the next 10 % are the dev part, the last 10 % the test part; settings were chosen on dev.
Names: spans that are right in start, end and type. Of `ner_msra` every tenth sentence is set aside;
sentences that stand beside each other are alike there, so blocks of twenty are set aside, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import common

from classicnlp import evaluate
from classicnlp.corpus import read_entities, read_tagged
from classicnlp.tagging import CRFTagger, EntityTagger, HMMTagger, PerceptronTagger, SequenceTagger

MSRA = "ner_msra/train.bio.xz"
RESUME = "ner_resume/{}.char.bmes"
TAGGERS: list[tuple[str, Callable[[], SequenceTagger], str]] = [
    (
        "CRF, margin 12",
        lambda: CRFTagger(
            "words", min_count=2, l2=0.02, margin=12.0, epochs=5, max_iterations=0, workers=2
        ),
        "0.965",
    ),
    ("perceptron", lambda: PerceptronTagger("words", min_count=2), "0.963"),
    ("HMM, order 2", lambda: HMMTagger(order=2), "0.950"),
]


def measure_tags(quick: bool) -> None:
    sentences = list(read_tagged(common.data_file(common.JANUARY)))
    if quick:
        sentences = sentences[: len(sentences) // 10]
    bounds = [0, len(sentences) * 8 // 10, len(sentences) * 9 // 10, len(sentences)]
    parts = [sentences[low:high] for low, high in pairwise(bounds)]
    X, y = zip(*[unzipped(part) for part in parts], strict=True)
    known = {word for sentence in parts[0] for word, _ in sentence}
    rows = []
    for name, make, target in TAGGERS:
        started = time.perf_counter()
        tagger = make().fit(X[0], y[0])
        spent = time.perf_counter() - started
        cells = [f"{tagger.score(X[1], y[1]):.4f}"]
        started = time.perf_counter()
        labels = tagger.predict(X[2])
        speed = sum(map(len, labels)) / (time.perf_counter() - started) / 1e6
        tagged = [list(zip(*pair, strict=True)) for pair in zip(X[2], labels, strict=True)]
        score = evaluate.tagging(parts[2], tagged, known)
        for figure in (score.accuracy, score.known_accuracy, score.unknown_accuracy):
            cells.append(f"{figure or 0:.4f}")
        rows.append([name, *cells, f"{spent:.0f}", f"{speed:.2f}", target])
    print("Parts of speech on gold words")
    columns = ["", "dev", "test", "known", "unknown", "training s", "M words/s", "target (test)"]
    common.print_table(columns, rows)


def unzipped(sentences: Sequence) -> tuple[list[list[str]], list[list[str]]]:
    words = [[word for word, _ in sentence] for sentence in sentences]
    return words, [[tag for _, tag in sentence] for sentence in sentences]


def measure_names(quick: bool) -> None:
    sentences = list(read_entities(common.data_file(MSRA), "columns"))
    if quick:
        sentences = sentences[: len(sentences) // 10]

    def msra() -> EntityTagger:
        crf = CRFTagger(
            "names", min_count=2, l2=0.05, margin=5.0, epochs=4, max_iterations=0, workers=2
        )
        return EntityTagger(crf)

    def resume() -> EntityTagger:
        return EntityTagger(CRFTagger("names", l2=0.3, workers=2), scheme="BIO")

    def parts_by(size: int) -> tuple[list, list]:
        numbered = list(enumerate(sentences))
        train = [s for i, s in numbered if i // size % 10 != 9]
        return train, [s for i, s in numbered if i // size % 10 == 9]

    given = [
        list(read_entities(common.data_file(RESUME.format(part)), "columns", scheme="BMES"))
        for part in ("train", "dev")
    ]
    rows = []
    for name, make, (train, held_out), target in (
        ("ner_msra, every tenth sentence", msra, parts_by(1), "0.90"),
        ("ner_msra, blocks of twenty", msra, parts_by(20), ""),
        ("ner_resume, its dev part", resume, given, "0.94"),
    ):
        started = time.perf_counter()
        tagger = make().fit(*texts_and_spans(train))
        spent = time.perf_counter() - started
        texts, spans = texts_and_spans(held_out)
        score = evaluate.entities(spans, tagger.entities_batch(texts))
        figures = [f"{figure:.4f}" for figure in (score.precision, score.recall, score.f1)]
        rows.append([name, *figures, f"{spent:.0f}", target])
    print("Names, by a CRF over characters alone (no word list, no other model)")
    common.print_table(["", "precision", "recall", "F1", "training s", "target (F1)"], rows)


def texts_and_spans(sentences: Sequence) -> tuple[list, list]:
    return [s.text for s in sentences], [s.spans for s in sentences]


def main() -> None:
    settings = common.read_settings(__doc__)
    corpus = f"{common.JANUARY}, {MSRA}, {RESUME.format('*')}"
    common.print_header("Quality of sequence taggers", settings, corpus)
    measure_tags(settings.quick)
    measure_names(settings.quick)


if __name__ == "__main__":
    main()
