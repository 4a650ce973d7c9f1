"""Build classicnlp/models/alphabet.model: ranks, folds and classes of all code points.

    python tools/build_alphabet.py ../shared/data classicnlp/models/alphabet.model

Ranks are character frequencies in the segmented corpora and raw text. Traditional and variant
characters fold to what they are most often aligned with in CC-CEDICT's headword pairs and in
the two scripts of UD Chinese GSD; width and case fold by Unicode's own data. Every fold is one
code point to one code point.
"""

from __future__ import annotations

import lzma
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from classicnlp import store
from classicnlp.text import CharacterClass

FREQUENT = 3  # a character seen less often has no rank of its own
CLASS_SHIFT = 24


def open_text(path: Path) -> Iterator[str]:
    with (
        lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8") as file
    ):
        yield from file


def aligned_scripts(data: Path) -> dict[str, Counter[str]]:
    """Count, for each traditional character, the simplified ones it stands opposite to."""
    opposite: dict[str, Counter[str]] = defaultdict(Counter)
    for line in open_text(data / "lexicon/cedict/cedict_1_0_ts_utf-8_mdbg.txt.xz"):
        if line.startswith("#"):
            continue
        traditional, simplified = line.split(" ", 2)[:2]
        if len(traditional) == len(simplified):
            for t, s in zip(traditional, simplified, strict=True):
                opposite[t][s] += 1
    for t, s in gsd_word_pairs(data):
        for a, b in zip(t, s, strict=True):
            opposite[a][b] += 1
    return opposite


def gsd_word_pairs(data: Path) -> Iterator[tuple[str, str]]:
    """Pair the words of GSD's traditional sentences with those of its simplified twins."""
    traditional = list(conllu_words(data / "ud/gsd_v1.4/zh-ud-train.conllu"))
    simplified = list(conllu_words(data / "uner/gsdsimp/zh_gsdsimp-ud-train.iob2"))
    by_shape: dict[tuple[int, ...], list[list[str]]] = defaultdict(list)
    for words in simplified:
        by_shape[tuple(map(len, words))].append(words)
    for words in traditional:
        twins = by_shape.get(tuple(map(len, words)), [])
        if len(twins) == 1 and len(words) > 5:
            yield from zip(words, twins[0], strict=True)


def conllu_words(path: Path) -> Iterator[list[str]]:
    words: list[str] = []
    for line in open_text(path):
        fields = line.rstrip("\n").split("\t")
        if line.startswith("#"):
            continue
        if len(fields) > 1:
            if fields[0].isdecimal():
                words.append(fields[1])
        elif words:
            yield words
            words = []


def is_ideograph(character: str) -> bool:
    return "IDEOGRAPH" in unicodedata.name(character, "")


def variant_folds(data: Path) -> dict[int, int]:
    """Choose one simplified character for each traditional one: the most frequent opposite."""
    folds = {}
    for t, counts in aligned_scripts(data).items():
        best, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if best != t and count > counts[t] and is_ideograph(t) and is_ideograph(best):
            folds[ord(t)] = ord(best)
    return folds


def width_and_case(c: int) -> int:
    """Fold full width, half-width kana, compatibility ideographs and letter case."""
    text = chr(c)
    if 0xFF01 <= c <= 0xFF5E or 0xFF65 <= c <= 0xFFEE or 0xF900 <= c <= 0xFAFF or c == 0x3000:
        wide = unicodedata.normalize("NFKC", text)
        text = wide if len(wide) == 1 else text
    lower = text.lower()
    return ord(lower) if len(lower) == 1 else ord(text)


def folds_of_all(data: Path) -> dict[int, int]:
    """Compose the folds until they are idempotent: folding a folded character changes nothing."""
    variants = variant_folds(data)
    folds: dict[int, int] = {}
    for c in range(0x110000):
        if 0xD800 <= c < 0xE000:
            continue
        seen, target = {c}, c
        while True:
            step = width_and_case(target)
            step = variants.get(step, step)
            if step in seen:
                break
            seen.add(step)
            target = step
        if target != c:
            folds[c] = target
    return {c: folds.get(target, target) for c, target in folds.items() if folds.get(target) != c}


def is_extension(c: int, category: str) -> bool:
    """Tell whether the character belongs to the one before it."""
    return (
        category in ("Mn", "Mc", "Me")
        or c == 0x200D
        or 0xFE00 <= c <= 0xFE0F
        or 0xE0100 <= c <= 0xE01EF
        or 0x1F3FB <= c <= 0x1F3FF
    )


def class_of(c: int) -> CharacterClass:
    text = chr(c)
    category = unicodedata.category(text)
    name = unicodedata.name(text, "")
    if is_extension(c, category):
        return CharacterClass.EXTEND
    if text.isspace():
        return CharacterClass.SPACE
    if ("IDEOGRAPH" in name and category in ("Lo", "Nl", "Lm")) or c == 0x3005:
        return CharacterClass.HAN  # the ideographic comma and full stop are punctuation
    if category == "Nd":
        return CharacterClass.DIGIT
    if category.startswith("L"):
        if "HIRAGANA" in name or "KATAKANA" in name:
            return CharacterClass.KANA
        return CharacterClass.LATIN if "LATIN" in name else CharacterClass.LETTER
    if category.startswith("P") or category in ("Sm", "Sc", "Sk"):
        return CharacterClass.PUNCTUATION
    return CharacterClass.OTHER


def count_characters(data: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name in ("pfr1998/199801.txt.xz", "sxu/train.txt.xz", "cnc/train.txt.xz",
                 "raw/modern_prose.txt.xz", "ner_msra/train.bio.xz",
                 "classify/online_shopping/train.csv.xz"):  # fmt: skip
        for line in open_text(data / name):
            counts.update(line)
    for path in sorted((data / "classify").rglob("*.t*")):
        for line in open_text(path):
            counts.update(line)
    return counts


def build(data: Path) -> dict[str, np.ndarray]:
    folds = folds_of_all(data)
    folded: Counter[int] = Counter()
    for character, count in count_characters(data).items():
        c = ord(character)
        folded[folds.get(c, c)] += count
    ranked = [c for c, count in folded.items() if count >= FREQUENT]
    ranked.sort(key=lambda c: (-folded[c], c))
    listed = set(ranked)
    ranked += sorted({target for target in folds.values() if target not in listed})
    symbol = {c: rank for rank, c in enumerate(ranked, 1)}
    entries = np.zeros(0x110000, np.uint32)
    for c in range(0x110000):
        entries[c] = symbol.get(folds.get(c, c), 0) | (int(class_of(c)) << CLASS_SHIFT)
    pages, index = np.unique(entries.reshape(-1, 256), axis=0, return_inverse=True)
    letters = np.array([0, *ranked], np.uint32)
    return {
        "index": index.reshape(-1).astype(np.uint16),
        "pages": pages.reshape(-1).astype(np.uint32),
        "letters": letters,
    }


def main() -> None:
    data, target = Path(sys.argv[1]), Path(sys.argv[2])
    arrays = build(data)
    store.save(target, "alphabet", {"unicode": unicodedata.unidata_version}, arrays)
    print(f"{target}: {arrays['letters'].size - 1} symbols, {arrays['pages'].size // 256} pages")


if __name__ == "__main__":
    main()
