"""Build classicnlp/models/pku.model and its card from ../shared/data.

    python tools/build_models.py ../shared/data classicnlp/models

The same data and program give the same bytes. The dev figures on the card come from models
trained without the dev part; the model that ships is trained on all of it.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from word_lists import (
    JIEBA,
    MSR,
    MSRA,
    NOVELS,
    OTHER_SEGMENTED,
    RAW,
    WORD_LISTS,
    lexicons_of,
    listed,
    modern_words,
)  # fmt: skip

from classicnlp import __version__, evaluate
from classicnlp.corpus import read_compounds, read_entities, read_lines, read_segmented, read_tagged
from classicnlp.corpus.entities import outermost
from classicnlp.corpus.newspaper import names_of
from classicnlp.lexicon import Entry, Lexicon
from classicnlp.pipeline import Pipeline
from classicnlp.rules import RULES
from classicnlp.segmentation import CharSegmenter, NgramSegmenter
from classicnlp.spans import Span
from classicnlp.tagging import EntityChunker, PosTagger
from classicnlp.tagging.perceptron import Progress
from classicnlp.text import fold

JANUARY = "pfr1998/199801.txt.xz"
FOLDS = [f"pfr1998/199801-02_seg_fold{number}.txt.xz" for number in range(1, 6)]
CONFIRMED = 10  # times that raw text must show a word which only a list names
DEV_SHARE = 10  # one paragraph in so many is set aside for the figures on the card
SEGMENTER_EPOCHS = 20
SEGMENTER_PRUNE = 0.005
# Also those that a text of 1998 goes against, or has no places to decide on: iPhone15, C++.
SEGMENTER_RULES = sorted(RULES)
TAGGER_EPOCHS = 6
TAGGER_RUNS = 3  # of perceptrons whose weights are averaged: 0.0002 of tag accuracy
TAGGER_PRUNE = 0.018  # half the weights, for 0.0002 of tag accuracy
CHUNKER_PRUNE = 0.03  # twice the size of 0.065, for 0.004 F1 on the dev part
TAGGER_MIN_COUNT = 2  # a third of the features, for nothing on the dev part
NAME_EPOCHS = 8  # of the segmenters that cut the text for the chunker to learn from
NAME_FOLDS = 4  # of the text whose words and tags others predict, for the chunker to learn from
SHARED = 14  # characters in a row that tell that two sentences come from the same text
CREATED = "2026-11-21"


def segmented(data: Path) -> list[list[str]]:
    """Read January and February; residues of tags at the ends of words are cleaned away."""
    sentences = []
    for name in FOLDS:
        for words in read_segmented(data / name, strip_compounds=True):
            cleaned = [word.removesuffix("/%") for word in words]
            sentences.append([word for word in cleaned if word])
    return sentences


def text_of(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(word for word, _ in pairs)


def is_held_out(text: str) -> bool:
    """Choose a tenth of all paragraphs; equal ones are never on both sides."""
    return zlib.crc32(text.encode()) % DEV_SHARE == 0


def untagged(
    data: Path, sentences: list[list[str]], tagged: list, segmenter: CharSegmenter
) -> Iterator[list[str]]:
    """Yield words of texts that are not January's: how they are tagged is learnt."""
    january = set(map(text_of, tagged))
    yield from (words for words in sentences if "".join(words) not in january)
    for name in OTHER_SEGMENTED:
        yield from read_segmented(data / name)
    for name in [*RAW, *NOVELS]:
        for chunk in chunks(read_lines(data / name), 5000):
            yield from segmenter.segment_batch(chunk, workers=2)


def dictionary_tags(data: Path) -> dict[str, str]:
    """Read the tags of jieba's dictionary, which help to tag those sentences."""
    rows = (line.split() for line in read_lines(data / JIEBA))
    return {row[0]: row[2] for row in rows if len(row) == 3}


def build_lexicon(data: Path, sentences: list[list[str]], tagged: list) -> Lexicon:
    """Count words in segmented text; add listed words that raw text confirms."""
    counts: Counter[str] = Counter(word for words in sentences for word in words)
    for name in OTHER_SEGMENTED:
        for words in read_segmented(data / name):
            counts.update(words)
    counts = Counter({word: count for word, count in counts.items() if keep(word, count)})
    candidates = {fold(word) for word in counts}
    names = [listed(data, name) for name in WORD_LISTS]
    unseen = {word for words in names for word in words if word not in candidates}
    everything = Lexicon([*counts.items(), *sorted(unseen)])
    raw = count_raw(data, NgramSegmenter(everything))
    confirmed = {word: raw[word] for word in unseen if raw[word] >= CONFIRMED}
    tags: dict[str, Counter[str]] = {}
    for sentence in tagged:
        for word, tag in sentence:
            tags.setdefault(word, Counter())[tag] += 1
    entries = [
        Entry(word, count, majority(tags.get(word))) for word, count in [
            *sorted(counts.items(), key=lambda item: (-item[1], item[0])),
            *sorted(confirmed.items(), key=lambda item: (-item[1], item[0])),
        ]
    ]  # fmt: skip
    return Lexicon(entries)


def keep(word: str, count: int) -> bool:
    """Leave out numbers, and what was seen once."""
    return count > 1 and not any(c.isdecimal() for c in word)


def majority(counts: Counter[str] | None) -> str:
    return min(counts, key=lambda tag: (-counts[tag], tag)) if counts else ""


def count_raw(data: Path, segmenter: NgramSegmenter) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name in RAW:
        for chunk in chunks(read_lines(data / name), 5000):
            for words in segmenter.segment_batch(chunk, workers=2):
                counts.update(words)
    return counts


def named(data: Path) -> list[list[Span]]:
    """Return the names in each tagged paragraph of January, the outermost of nested ones."""
    parsed = (pair for pair in read_compounds(data / JANUARY) if pair[0])
    return [outermost(names_of(words, compounds)) for words, compounds in parsed]


def listed_names(data: Path) -> dict[str, str]:
    """Return the names of another newspaper corpus with the labels that it gives most often.

    Sentences that stand in January, too, are left out: they would tell what is to be found there.
    """
    known = {
        text[i : i + SHARED]
        for words in read_tagged(data / JANUARY)
        for text in [fold(text_of(words))]
        for i in range(len(text) - SHARED + 1)
    }
    counts: dict[str, Counter[str]] = {}
    for sentence in read_entities(data / MSRA, "columns"):
        text = fold(sentence.text)
        if any(text[i : i + SHARED] in known for i in range(len(text) - SHARED + 1)):
            continue
        for span in sentence.spans:
            counts.setdefault(text[span.start : span.end], Counter())[span.label] += 1
    return {name: majority(counts[name]) for name in sorted(counts) if len(name) > 1}


def train_segmenter(
    sentences: list[list[str]],
    lists: list[list[str]],
    epochs: int = SEGMENTER_EPOCHS,
    progress: Progress | None = None,
) -> CharSegmenter:
    segmenter = CharSegmenter(epochs=epochs, prune=SEGMENTER_PRUNE, rules=SEGMENTER_RULES)
    return segmenter.fit(sentences, progress=progress, lexicons=lists, trusted=modern_words())


def train_tagger(
    data: Path, tagged: list, others: Iterable[list[str]], progress: Progress | None = None
) -> PosTagger:
    """Learn tags; ``others`` are sentences without any."""
    return new_tagger(TAGGER_RUNS).fit(
        tagged, progress=progress, unlabelled=others, dictionary=dictionary_tags(data)
    )


def new_tagger(runs: int) -> PosTagger:
    return PosTagger(TAGGER_EPOCHS, min_count=TAGGER_MIN_COUNT, prune=TAGGER_PRUNE, runs=runs)


def predicted_words(
    segmenter: CharSegmenter, tagger: PosTagger, sentences: list, names: list[list[Span]]
) -> tuple[list, list]:
    """Cut and tag paragraphs; return their words, and their names as spans of these words.

    Names that begin or end within a word are lost.
    """
    words, spans = [], []
    for sentence, own in zip(sentences, names, strict=True):
        text = text_of(sentence)
        cut = segmenter.boundaries(text)
        tags = [tagger.tags_[label] for label in tagger.labels_at(text, cut).tolist()]
        place = {boundary: i for i, boundary in enumerate(cut.tolist())}
        pieces = [text[start:end] for start, end in pairwise(cut.tolist())]
        words.append(list(zip(pieces, tags, strict=True)))
        spans.append(
            [
                (place[name.start], place[name.end], name.label)
                for name in own
                if name.start in place and name.end in place
            ]
        )
    return words, spans


def train_chunker(
    segmented: list[list[str]],
    lists: list[list[str]],
    tagged: list,
    names: list[list[Span]],
    listed: dict[str, str],
    progress: Progress | None = None,
) -> EntityChunker:
    """Learn names over words and tags as they come out where nobody knows them.

    Each fold of the paragraphs is cut and tagged by models that learnt from all other text; their
    taggers do without text that has no tags, which would take most of the time.
    """
    sentences, spans = [], []
    for number in range(NAME_FOLDS):
        fold_texts = set(map(text_of, tagged[number::NAME_FOLDS]))
        rest = [s for i, s in enumerate(tagged) if i % NAME_FOLDS != number]
        others = [words for words in segmented if "".join(words) not in fold_texts]
        segmenter = train_segmenter(others, lists, NAME_EPOCHS)
        tagger = new_tagger(1).fit(rest)
        words, found = predicted_words(
            segmenter, tagger, tagged[number::NAME_FOLDS], names[number::NAME_FOLDS]
        )
        sentences += words
        spans += found
    return EntityChunker(prune=CHUNKER_PRUNE).fit(sentences, spans, progress=progress, names=listed)


def chunks(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == size:
            yield chunk
            chunk = []
    yield chunk


def report(epoch: int, epochs: int, message: str) -> None:
    print(f"  epoch {epoch} of {epochs}: {message}", flush=True)


def measure(data: Path) -> tuple[dict[str, float], float]:
    """Train without a tenth of the paragraphs, measure on these: words, tags and names.

    Return the figures, and the temperature of the segmenter's scores.
    """
    sentences = segmented(data)
    dev = [words for words in sentences if is_held_out("".join(words))]
    january = zip(read_tagged(data / JANUARY), named(data), strict=True)
    held_out = [pair for pair in january if is_held_out(text_of(pair[0]))]
    tagged, names = [pairs for pairs, _ in held_out], [spans for _, spans in held_out]
    texts, raw = list(map("".join, dev)), list(map(text_of, tagged))
    nlp = train(data, {*texts, *raw})
    known = {word for words in sentences if not is_held_out("".join(words)) for word in words}
    score = evaluate.segmentation(dev, nlp.segment_batch(texts), known)
    guessed = []
    for pairs in tagged:
        words = [word for word, _ in pairs]
        guessed.append(list(zip(words, nlp.tag_words(words), strict=True)))
    found = nlp.entities_batch(raw)
    assert isinstance(nlp.segmenter, CharSegmenter)
    temperature = nlp.segmenter.calibrate(dev).temperature_
    everything = evaluate.entities(names, found)
    print(everything.report())
    three = evaluate.entities(*([without_nz(own) for own in side] for side in (names, found)))
    figures = {
        "segmentation F1": round(score.f1, 4),
        "segmentation recall of unknown words": round(score.unknown_recall or 0.0, 4),
        "tag accuracy on gold words": round(evaluate.tagging(tagged, guessed).accuracy, 4),
        "F1 of names from raw text (nr, ns, nt)": round(three.f1, 4),
        "F1 of names from raw text (nr, ns, nt, nz)": round(everything.f1, 4),
    }
    return figures, temperature


def without_nz(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.label != "nz"]


def train(
    data: Path,
    without: Container[str] = frozenset(),
    card: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Pipeline:
    """Train the default pipeline, on all paragraphs but those whose texts are in ``without``."""
    sentences = [words for words in segmented(data) if "".join(words) not in without]
    everything = zip(read_tagged(data / JANUARY), named(data), strict=True)
    kept = [pair for pair in everything if text_of(pair[0]) not in without]
    tagged, names = [pairs for pairs, _ in kept], [spans for _, spans in kept]
    lists = lexicons_of(data, sentences)
    segmenter = train_segmenter(sentences, lists, progress=progress)
    others = untagged(data, sentences, tagged, segmenter)
    tagger = train_tagger(data, tagged, others, progress)
    chunker = train_chunker(sentences, lists, tagged, names, listed_names(data), progress)
    return Pipeline(segmenter, tagger, build_lexicon(data, sentences, tagged), card, chunker)


def digest(data: Path) -> dict[str, str]:
    names = [JANUARY, *FOLDS, *OTHER_SEGMENTED, MSR, MSRA, *WORD_LISTS, *RAW, *NOVELS]
    return {name: hashlib.sha256((data / name).read_bytes()).hexdigest()[:16] for name in names}


def main() -> None:
    data, target = Path(sys.argv[1]), Path(sys.argv[2])
    figures, temperature = measure(data)
    print(figures, temperature)
    card = {
        "name": "pku",
        "version": __version__,
        "language": "Chinese",
        "standard": "People's Daily (PKU) segmentation and part-of-speech tags",
        "license": "MIT for the weights and counts; see pku.md for the terms of the data",
        "created": CREATED,
        "figures": figures,
        "trained_on": digest(data),
    }
    pipeline = train(data, card=card, progress=report)
    assert isinstance(pipeline.segmenter, CharSegmenter)
    pipeline.segmenter.temperature_ = temperature  # nothing is left to measure it on
    print(pipeline.lexicon)
    path = target / "pku.model"
    pipeline.save(path)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
