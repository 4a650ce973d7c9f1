"""How good vectors are: agreement with people on similarity, analogies solved."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp.corpus.lines import display_name, read_lines
from classicnlp.errors import CorpusError
from classicnlp.evaluate.scores import Score, figure_lines, ratio
from classicnlp.wordlist import ABSENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.keyed_vectors import KeyedVectors
    from classicnlp.embed.similar import Method, Restrict

SECTION = ":"
COMMENT = "#"


@dataclass(frozen=True, slots=True)
class SimilarityScore(Score):
    """How well similarities agree with what people say.

    Attributes
    ----------
    spearman : float or None
        The rank correlation, -1 ... 1; None where there are not two different ranks.
    pairs : int
        How many were compared.
    unknown : int
        How many more there were, of which a word is not known.
    """

    spearman: float | None
    pairs: int
    unknown: int

    def report(self) -> str:
        """Return the figures for people to read, a line each."""
        explanation = f"{self.pairs} pairs, {self.unknown} more with an unknown word"
        shown = math.nan if self.spearman is None else self.spearman
        return figure_lines([("Spearman", shown, explanation)])


@dataclass(frozen=True, slots=True)
class SectionScore:
    """How many analogies of a section are solved.

    Attributes
    ----------
    name : str
    solved, asked : int
    unknown : int
        How many more there were, of which a word is not known.
    """

    name: str
    solved: int
    asked: int
    unknown: int

    @property
    def accuracy(self) -> float:
        """Solved of asked, 0.0 where none was asked."""
        return ratio(self.solved, self.asked)


@dataclass(frozen=True, slots=True)
class AnalogyScore(Score):
    """How many analogies are solved.

    Attributes
    ----------
    sections : tuple of SectionScore
    """

    sections: tuple[SectionScore, ...]

    @property
    def total(self) -> SectionScore:
        """All sections as one."""
        return SectionScore(
            "total",
            sum(section.solved for section in self.sections),
            sum(section.asked for section in self.sections),
            sum(section.unknown for section in self.sections),
        )

    @property
    def accuracy(self) -> float:
        """Solved of asked, over all sections."""
        return self.total.accuracy

    def report(self) -> str:
        """Return the figures for people to read, a line each."""
        return figure_lines(
            [
                (
                    section.name,
                    section.accuracy,
                    f"{section.solved} of {section.asked}, "
                    f"{section.unknown} more with an unknown word",
                )
                for section in (*self.sections, self.total)
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return {
            section.name: {
                "accuracy": section.accuracy,
                "solved": section.solved,
                "asked": section.asked,
                "unknown": section.unknown,
            }
            for section in (*self.sections, self.total)
        }


def evaluate_similarity(
    vectors: KeyedVectors, pairs: str | os.PathLike[str] | Iterable[tuple[str, str, float]]
) -> SimilarityScore:
    """Compare cosines with people's scores; see `KeyedVectors.evaluate_similarity`."""
    given = list(_read_pairs(pairs) if isinstance(pairs, (str, os.PathLike)) else pairs)
    known = [pair for pair in given if all(vectors.get(word) is not None for word in pair[:2])]
    cosines = [vectors.similarity(first, second) for first, second, _ in known]
    scores = [float(score) for _, _, score in known]
    return SimilarityScore(spearman(cosines, scores), len(known), len(given) - len(known))


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return the rank correlation of two lists of numbers, equal ones with their mean rank.

    Examples
    --------
    >>> spearman([1, 2, 3, 4], [10, 30, 20, 40])
    0.8
    """
    if len(first) != len(second):
        raise ValueError(f"expected as many numbers, got {len(first)} and {len(second)}")
    x, y = _doubled_ranks(first), _doubled_ranks(second)
    spread = int((x * x).sum()) * int((y * y).sum())
    return int((x * y).sum()) / math.sqrt(spread) if spread else None


def _doubled_ranks(numbers: Sequence[float]) -> NDArray[np.int64]:
    """Return twice the ranks less their mean: whole numbers, whose sums are exact."""
    _, places, counts = np.unique(
        np.asarray(numbers, float), return_inverse=True, return_counts=True
    )
    doubled = 2 * np.cumsum(counts) - counts + 1
    return doubled[places.ravel()].astype(np.int64) - (len(numbers) + 1)


def _read_pairs(path: str | os.PathLike[str]) -> Iterator[tuple[str, str, float]]:
    for number, line in enumerate(read_lines(path), 1):
        fields = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or line.startswith(COMMENT):
            continue
        try:
            first, second, score = fields
            value = float(score)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            message = f"expected two words and a score between tabs, got {line!r}"
            raise CorpusError(message, display_name(path), number)
        yield first, second, value


def evaluate_analogies(
    vectors: KeyedVectors,
    questions: str | os.PathLike[str] | Mapping[str, Iterable[Sequence[str]]],
    method: Method,
    restrict: Restrict,
    workers: int,
) -> AnalogyScore:
    """Solve analogies; see `KeyedVectors.evaluate_analogies`."""
    if isinstance(questions, (str, os.PathLike)):
        sections = _read_questions(questions)
    else:
        sections = {name: [tuple(question) for question in own] for name, own in questions.items()}
    scores = []
    for name, own in sections.items():
        for question in own:
            if len(question) != 4:
                raise ValueError(f"an analogy has four words, got {question!r}")
        known = [question for question in own if _all_known(vectors, question)]
        answers = vectors.analogies(
            [(a, b, c) for a, b, c, _ in known], 1, method, restrict, workers
        )
        solved = sum(
            bool(answer) and answer[0].word == question[3]
            for answer, question in zip(answers, known, strict=True)
        )
        scores.append(SectionScore(name, solved, len(known), len(own) - len(known)))
    return AnalogyScore(tuple(scores))


def _all_known(vectors: KeyedVectors, words: Sequence[str]) -> bool:
    return bool((vectors.words.numbers_of(list(words)) != ABSENT).all())


def _read_questions(path: str | os.PathLike[str]) -> dict[str, list[tuple[str, ...]]]:
    sections: dict[str, list[tuple[str, ...]]] = {}
    name = ""
    for number, line in enumerate(read_lines(path), 1):
        words = tuple(line.split())
        if line.startswith(SECTION):
            name = line.removeprefix(SECTION).strip()
            sections.setdefault(name, [])
        elif len(words) == 4:
            sections.setdefault(name, []).append(words)
        elif words:
            message = f"expected four words or ': section', got {line!r}"
            raise CorpusError(message, display_name(path), number)
    return sections
