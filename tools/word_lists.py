"""The lists of words that the default segmenter learns to use, each as far as it deserves.

Words that only a list names are taken if the text at hand has them: what is in the model was seen
by our own program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from classicnlp._ext.lexical import LONGEST_WORD
from classicnlp.corpus import read_entities, read_lines, read_segmented
from classicnlp.lexicon import build_trie
from classicnlp.text import CharacterClass, character_classes, default_alphabet, fold

JIEBA = "lexicon/jieba/dict.txt.xz"
CEDICT = "lexicon/cedict/cedict_1_0_ts_utf-8_mdbg.txt.xz"
THUOCL = [
    f"lexicon/thuocl/THUOCL_{name}.txt" for name in (
        "IT", "animal", "caijing", "car", "chengyu", "diming", "food", "law", "lishimingren",
        "medical")
]  # fmt: skip
WORD_LISTS = [JIEBA, CEDICT, *THUOCL]
OTHER_SEGMENTED = ["sxu/train.txt.xz", "cnc/train.txt.xz"]
RAW = [
    "raw/modern_prose.txt.xz",
    "raw/laws.md.txt.xz",
    "classify/online_shopping/train.csv.xz",
    "classify/thucnews_title/train.txt",
    "classify/waimai/waimai_10k.csv",
    "classify/csl_category/train.tsv",
    "keywords/csl/dev.tsv",
]
NOVELS = [f"raw/novels/{name}.txt" for name in ("红楼梦", "三国演义", "水浒传", "西游记")]
MSR = "sighan2005/msr_train_last10percent.txt.xz"
MSRA = "ner_msra/train.bio.xz"
MODERN = Path(__file__).with_name("modern_words.txt")
CHUNK = 1 << 20  # characters looked through at once


def listed(data: Path, name: str) -> list[str]:
    """Return the headwords of a word list that are 2 to 8 Han characters, simplified."""
    lines = (line for line in read_lines(data / name) if line.strip() and not line.startswith("#"))
    words = (line.split(" ", 2)[1] if name == CEDICT else line.split()[0] for line in lines)
    return [word for word in map(fold, words) if is_plain(word)]


def is_plain(word: str) -> bool:
    """Tell whether a listed word is 2 to 8 Han characters."""
    return 2 <= len(word) <= 8 and bool((character_classes(word) == CharacterClass.HAN).all())


def modern_words() -> list[str]:
    """Return words too new for the training text that we wrote down ourselves."""
    return MODERN.read_text("utf-8").split()


def lexicons_of(data: Path, sentences: Iterable[list[str]]) -> list[list[str]]:
    """Return the lists of words for `CharSegmenter.fit`; ``sentences`` are its training data."""
    lists = {
        "jieba": listed(data, JIEBA),
        "cedict": listed(data, CEDICT),
        "thuocl": [word for name in THUOCL for word in listed(data, name)],
    }
    candidates = sorted(
        {word for words in lists.values() for word in words if len(word) <= LONGEST_WORD}
    )
    seen = occurring(candidates, texts(data, sentences))
    confirmed = [sorted(seen.intersection(words)) for words in lists.values()]
    others = [
        sorted({fold(word) for words in read_segmented(data / name) for word in words})
        for name in OTHER_SEGMENTED
    ]
    return confirmed + others


def texts(data: Path, sentences: Iterable[list[str]]) -> Iterator[str]:
    """Yield the texts in which listed words are looked for."""
    for name in [*RAW, *NOVELS]:
        yield from read_lines(data / name)
    for name in [*OTHER_SEGMENTED, MSR]:
        yield from map("".join, read_segmented(data / name))
    for sentence in read_entities(data / MSRA, "columns"):
        yield sentence.text
    yield from map("".join, sentences)


def occurring(words: list[str], lines: Iterable[str]) -> set[str]:
    """Return the words that occur in some text, whatever stands around them."""
    trie, numbers = build_trie(words, default_alphabet())
    counts = np.zeros(trie.size, np.int64)
    chunk: list[str] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size > CHUNK:
            counts += np.bincount(trie.all_matches("\n".join(chunk))[2], minlength=trie.size)
            chunk, size = [], 0
    counts += np.bincount(trie.all_matches("\n".join(chunk))[2], minlength=trie.size)
    return {word for word, number in zip(words, numbers.tolist(), strict=True) if counts[number]}
