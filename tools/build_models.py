"""Build classicnlp/models/pku.model and its card from ../shared/data.

    python tools/build_models.py ../shared/data classicnlp/models

The same data and program give the same bytes. The dev figures on the card come from models
trained without the dev part; the model that ships is trained on all of it.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from classicnlp import __version__, evaluate
from classicnlp.corpus import read_compounds, read_entities, read_lines, read_segmented, read_tagged
from classicnlp.corpus.entities import outermost
from classicnlp.corpus.newspaper import names_of
from classicnlp.lexicon import Entry, Lexicon
from classicnlp.pipeline import Pipeline
from classicnlp.segmentation import CharSegmenter, NgramSegmenter
from classicnlp.spans import Span
from classicnlp.tagging import EntityChunker, PosTagger
from classicnlp.text import CharacterClass, character_classes, fold

JANUARY = "pfr1998/199801.txt.xz"
MSRA = "ner_msra/train.bio.xz"
FOLDS = [f"pfr1998/199801-02_seg_fold{number}.txt.xz" for number in range(1, 6)]
OTHER_SEGMENTED = ["sxu/train.txt.xz", "cnc/train.txt.xz"]
WORD_LISTS = [
    "lexicon/jieba/dict.txt.xz",
    "lexicon/cedict/cedict_1_0_ts_utf-8_mdbg.txt.xz",
    *(f"lexicon/thuocl/THUOCL_{name}.txt" for name in (
        "IT", "animal", "caijing", "car", "chengyu", "diming", "food", "law", "lishimingren",
        "medical")),
]  # fmt: skip
RAW = [
    "raw/modern_prose.txt.xz",
    "raw/laws.md.txt.xz",
    "classify/online_shopping/train.csv.xz",
    "classify/thucnews_title/train.txt",
    "classify/waimai/waimai_10k.csv",
    "classify/csl_category/train.tsv",
    "keywords/csl/dev.tsv",
]
CONFIRMED = 10  # times that raw text must show a word which only a list names
DEV_EVERY = 10  # every tenth paragraph is set aside for the figures on the card
# Chosen on the dev part: half the size for 0.0001 F1, and for 0.0005 of tag accuracy.
SEGMENTER_PRUNE = 0.018
TAGGER_PRUNE = 0.033
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


def split(sentences: list) -> tuple[list, list]:
    dev = sentences[DEV_EVERY - 1 :: DEV_EVERY]
    train = [s for i, s in enumerate(sentences) if i % DEV_EVERY != DEV_EVERY - 1]
    return train, dev


def listed_words(data: Path) -> Iterator[str]:
    """Yield the headwords of the word lists."""
    for name in WORD_LISTS:
        for line in read_lines(data / name):
            if "cedict" in name:
                if not line.startswith("#"):
                    yield line.split(" ", 2)[1]
            elif line.strip():
                yield line.split()[0]


def is_plain(word: str) -> bool:
    """Tell whether a listed word is 2 to 8 Han characters."""
    return 2 <= len(word) <= 8 and bool((character_classes(word) == CharacterClass.HAN).all())


def build_lexicon(data: Path, sentences: list[list[str]], tagged: list) -> Lexicon:
    """Count words in segmented text; add listed words that raw text confirms."""
    counts: Counter[str] = Counter(word for words in sentences for word in words)
    for name in OTHER_SEGMENTED:
        for words in read_segmented(data / name):
            counts.update(words)
    counts = Counter({word: count for word, count in counts.items() if keep(word, count)})
    candidates = {fold(word) for word in counts}
    listed = {w for w in map(fold, listed_words(data)) if is_plain(w) and w not in candidates}
    everything = Lexicon([*counts.items(), *sorted(listed)])
    raw = count_raw(data, NgramSegmenter(everything))
    confirmed = {word: raw[word] for word in listed if raw[word] >= CONFIRMED}
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
        for text in [fold("".join(word for word, _ in words))]
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


def predicted_words(
    segmenter: CharSegmenter, tagger: PosTagger, sentences: list, names: list[list[Span]]
) -> tuple[list, list]:
    """Cut and tag paragraphs; return their words, and their names as spans of these words.

    Names that begin or end within a word are lost.
    """
    words, spans = [], []
    for sentence, own in zip(sentences, names, strict=True):
        text = "".join(word for word, _ in sentence)
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
    tagged: list,
    names: list[list[Span]],
    listed: dict[str, str],
    progress: Callable[[int, int, str], None] | None = None,
) -> EntityChunker:
    """Learn names over words and tags as they come out where nobody knows them.

    Each fold of the paragraphs is cut and tagged by models that learnt from all other text.
    """
    sentences, spans = [], []
    for number in range(NAME_FOLDS):
        fold_texts = {"".join(word for word, _ in s) for s in tagged[number::NAME_FOLDS]}
        rest = [s for i, s in enumerate(tagged) if i % NAME_FOLDS != number]
        segmenter = CharSegmenter(prune=SEGMENTER_PRUNE).fit(
            [words for words in segmented if "".join(words) not in fold_texts]
        )
        tagger = PosTagger(prune=TAGGER_PRUNE).fit(rest)
        words, found = predicted_words(
            segmenter, tagger, tagged[number::NAME_FOLDS], names[number::NAME_FOLDS]
        )
        sentences += words
        spans += found
    return EntityChunker().fit(sentences, spans, progress=progress, names=listed)


def measure_names(data: Path) -> dict[str, float]:
    """Train on nine tenths, find names in the raw text of the rest: every tenth paragraph."""
    _, dev = split(list(zip(read_tagged(data / JANUARY), named(data), strict=True)))
    texts = ["".join(word for word, _ in words) for words, _ in dev]
    found = train(data, frozenset(texts)).entities_batch(texts)
    everything = evaluate.entities([names for _, names in dev], found)
    print(everything.report())
    three = evaluate.entities(
        *([[name for name in own if name.label != "nz"] for own in side]
          for side in ([names for _, names in dev], found))
    )  # fmt: skip
    return {
        "F1 of names from raw text (nr, ns, nt)": round(three.f1, 4),
        "F1 of names from raw text (nr, ns, nt, nz)": round(everything.f1, 4),
    }


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


def measure(sentences: list[list[str]], tagged: list) -> dict[str, float]:
    """Train on nine tenths, measure on the rest: every tenth paragraph of each."""
    train, dev = split(sentences)
    segmenter = CharSegmenter(prune=SEGMENTER_PRUNE).fit(train)
    known = {word for words in train for word in words}
    predicted = segmenter.segment_batch(["".join(words) for words in dev])
    score = evaluate.segmentation(dev, predicted, known)
    tag_train, tag_dev = split(tagged)
    tagger = PosTagger(prune=TAGGER_PRUNE).fit(tag_train)
    guessed = []
    for sentence in tag_dev:
        words = [word for word, _ in sentence]
        guessed.append(list(zip(words, tagger.predict(words), strict=True)))
    accuracy = evaluate.tagging(tag_dev, guessed)
    return {
        "segmentation F1": round(score.f1, 4),
        "segmentation recall of unknown words": round(score.unknown_recall or 0.0, 4),
        "tag accuracy on gold words": round(accuracy.accuracy, 4),
    }


def train(
    data: Path,
    without: Container[str] = frozenset(),
    card: Mapping[str, Any] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Pipeline:
    """Train the default pipeline, on all paragraphs but those whose texts are in ``without``."""
    sentences = [words for words in segmented(data) if "".join(words) not in without]
    everything = zip(read_tagged(data / JANUARY), named(data), strict=True)
    kept = [pair for pair in everything if "".join(word for word, _ in pair[0]) not in without]
    tagged, names = [words for words, _ in kept], [spans for _, spans in kept]
    segmenter = CharSegmenter(prune=SEGMENTER_PRUNE).fit(sentences, progress=progress)
    tagger = PosTagger(prune=TAGGER_PRUNE).fit(tagged, progress=progress)
    chunker = train_chunker(sentences, tagged, names, listed_names(data), progress)
    return Pipeline(segmenter, tagger, build_lexicon(data, sentences, tagged), card, chunker)


def digest(data: Path) -> dict[str, str]:
    names = [JANUARY, MSRA, *FOLDS, *OTHER_SEGMENTED, *WORD_LISTS, *RAW]
    return {name: hashlib.sha256((data / name).read_bytes()).hexdigest()[:16] for name in names}


def main() -> None:
    data, target = Path(sys.argv[1]), Path(sys.argv[2])
    sentences = segmented(data)
    tagged = list(read_tagged(data / JANUARY))
    print(f"{len(sentences):,} sentences to segment, {len(tagged):,} tagged")
    figures = {**measure(sentences, tagged), **measure_names(data)}
    print(figures)
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
    print(pipeline.lexicon)
    path = target / "pku.model"
    pipeline.save(path)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
