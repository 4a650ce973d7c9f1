"""Count how rare words are for classicnlp/models/idf.model, from ../shared/data.

    python tools/document_frequencies.py ../shared/data classicnlp/models

The same data, program and default model give the same bytes. The abstracts with keywords, on which
keywords are measured, are left out.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from word_lists import MSR, NOVELS, OTHER_SEGMENTED

from classicnlp import __version__, store
from classicnlp.corpus import read_lines, read_segmented
from classicnlp.extraction import IdfTable

DOCUMENT = 1_500  # characters, of texts that say not where a document ends
LAWS_SHARE = 4  # one document of statutes in so many, so that they are no more than the rest
MIN_DOCUMENTS = 10
SEGMENTED = [
    *(f"pfr1998/199801-02_seg_fold{number}.txt.xz" for number in range(1, 6)),
    *OTHER_SEGMENTED,
    MSR,
]


def documents(data: Path) -> Iterator[str]:
    """Yield the texts at hand in documents of about the same length."""
    yield from joined(read_lines(data / "raw/modern_prose.txt.xz"))
    yield from islice(joined(read_lines(data / "raw/laws.md.txt.xz")), 0, None, LAWS_SHARE)
    for name in NOVELS:
        yield from joined(read_lines(data / name))
    for name in SEGMENTED:
        yield from joined(map("".join, read_segmented(data / name)))
    for name, column in (("online_shopping/train.csv.xz", 2), ("waimai/waimai_10k.csv", 1)):
        rows = csv.reader(line + "\n" for line in read_lines(data / "classify" / name))
        yield from joined(row[column] for row in islice(rows, 1, None))
    for name, column in (("thucnews_title/train.txt", 0), ("csl_category/train.tsv", 1)):
        lines = read_lines(data / "classify" / name)
        yield from joined(line.split("\t")[column] for line in lines)


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield documents of several lines."""
    document: list[str] = []
    size = 0
    for line in lines:
        document.append(line)
        size += len(line)
        if size >= DOCUMENT:
            yield "\n".join(document)
            document, size = [], 0
    if document:
        yield "\n".join(document)


def main() -> None:
    data, folder = map(Path, sys.argv[1:])
    table = IdfTable.from_documents(documents(data), min_documents=MIN_DOCUMENTS)
    card = {
        "name": "idf",
        "program": f"classicnlp {__version__}, tools/document_frequencies.py",
        "documents": table.documents,
        "words": len(table),
        "license": "MIT for the counts; see idf.md for the terms of the data",
    }
    store.save(folder / "idf.model", IdfTable.kind, *table.to_store(), card)
    print(table)


if __name__ == "__main__":
    main()
