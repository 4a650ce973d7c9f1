"""`make demo`: segment and tag real text with the embedded model."""

from __future__ import annotations

import time
from pathlib import Path

import classicnlp as cn

CORPORA = Path(__file__).parent.parent / "corpora" / "tagged"
SENTENCES = [
    "我来到北京清华大学。",
    "研究生命的起源，结婚的和尚未结婚的都来了。",
    "她用手机扫了二维码，花了3.5元买了一杯豆浆。",
    "中文自動分詞是資訊處理的基礎。",
]


def main() -> None:
    start = time.perf_counter()
    nlp = cn.load()
    print(f"model: {nlp.card['name']}, {nlp.card['standard']}")
    for sentence in SENTENCES:
        print("  " + " ".join(f"{token.text}/{token.tag}" for token in nlp.tag(sentence)))
    gold = [
        list(words) for path in sorted(CORPORA.glob("*.txt"))
        for words in cn.corpus.read_tagged(path, format="slash")
    ]  # fmt: skip
    texts = ["".join(word for word, _ in sentence) for sentence in gold]
    began = time.perf_counter()
    tagged = nlp.tag_batch(texts)
    seconds = time.perf_counter() - began
    words = [[word for word, _ in sentence] for sentence in gold]
    score = cn.evaluate.segmentation(words, [[t.text for t in tokens] for tokens in tagged])
    joint = cn.evaluate.joint(gold, tagged)
    characters = sum(map(len, texts))
    print(
        f"our own {len(gold)} sentences in corpora/: F1 {score.f1:.3f} for words, "
        f"{joint.f1:.3f} for words with tags; {characters:,} characters in {seconds:.3f} s"
    )
    print(f"all in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
