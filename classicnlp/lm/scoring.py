"""Asking an automaton: the scores of sentences, the fit of a text, sentences drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.backoff import Automaton, sums
from classicnlp._ext.elementary import exps
from classicnlp._ext.interning import text_keys
from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp.checks import require_count
from classicnlp.lm.automaton import begin_state
from classicnlp.lm.scores import Fit, FullScores
from classicnlp.lm.sentences import Sentences, Words, read_words
from classicnlp.lm.vocabulary import BEGIN, END, SPECIALS, UNKNOWN, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOG_10 = 2.302585092994046
END_KEY = int(text_keys(SPECIALS[END : END + 1])[0])
WORDS_A_CHUNK = 1 << 15


class Scorer:
    """A learnt model as it is asked.

    Parameters
    ----------
    vocabulary : Vocabulary
    automaton : Automaton
        Of as many words.
    unit : {"word", "char"}
        What a str is cut into.
    """

    def __init__(self, vocabulary: Vocabulary, automaton: Automaton, unit: str):
        self._vocabulary = vocabulary
        self._automaton = automaton
        self._unit = unit

    def log_prob(self, word: str, context: Sequence[str]) -> float:
        """Return log10 p(word | context)."""
        state = self._state(self._numbers(context))
        found, _ = self._automaton.score(
            self._numbers([word]), _bounds(1), np.array([state], np.uint32)
        )
        return float(found[0])

    def parts(
        self, sentences: Sentences, bos: bool, eos: bool, workers: int, full: bool
    ) -> Iterator[FullScores]:
        """Yield the scores of all sentences, some of them at a time.

        Unless ``full``, there are neither lengths nor unknown words.
        """
        workers = require_count(workers, "workers", 1)
        begin = np.array([begin_state(self._automaton) if bos else 0], np.uint32)

        def scored(part: Words) -> FullScores:
            ids = self._vocabulary.numbers(part.keys)
            np.putmask(ids, ids == BEGIN, UNKNOWN)  # within a sentence it is no word
            lengths = np.zeros(len(ids) if full else 0, np.uint8)
            found, _ = self._automaton.score(ids, part.offsets, begin, lengths if full else None)
            unknown = ids == UNKNOWN if full else np.zeros(0, np.bool_)
            return FullScores(found, lengths, unknown, part.offsets)

        parts = read_words(sentences, self._unit, WORDS_A_CHUNK, END_KEY if eos else 0)
        if workers == 1:
            yield from map(scored, parts)
            return
        with ThreadPoolExecutor(workers) as pool:
            while some := list(islice(parts, 4 * workers)):
                yield from pool.map(scored, some)

    def sums(self, sentences: Sentences, bos: bool, eos: bool, workers: int) -> NDArray[np.float64]:
        """Return log10 p of each sentence."""
        parts = self.parts(sentences, bos, eos, workers, False)
        return np.concatenate(
            [np.zeros(0), *(sums(part.log_probs, part.offsets) for part in parts)]
        )

    def full(self, sentences: Sentences, bos: bool, eos: bool, workers: int) -> FullScores:
        """Return the scores of all words of all sentences."""
        parts = list(self.parts(sentences, bos, eos, workers, True))
        lengths = [np.diff(part.offsets) for part in parts]
        return FullScores(
            np.concatenate([np.zeros(0, np.float32), *(part.log_probs for part in parts)]),
            np.concatenate([np.zeros(0, np.uint8), *(part.lengths for part in parts)]),
            np.concatenate([np.zeros(0, np.bool_), *(part.unknown for part in parts)]),
            np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0, np.int64), *lengths]))]),
        )

    def measure(self, texts: Sentences, workers: int) -> Fit:
        """Return how well the model foretells a text."""
        total = of_known = 0.0
        sentences = words = unknown = 0
        for part in self.parts(texts, True, True, workers, True):
            count = len(part.offsets) - 1
            sentences += count
            words += len(part.log_probs) - count
            whole = known = _sum(part.log_probs, part.offsets)
            if part.unknown.any():
                unknown += int(np.count_nonzero(part.unknown))
                known = _sum(np.where(part.unknown, np.float32(0), part.log_probs), part.offsets)
            total += whole
            of_known += known
        if not sentences:
            raise ValueError("there are no sentences to measure on")
        places = words + sentences
        return Fit(
            _power(-total / places), _power(-of_known / max(places - unknown, 1)),
            total, sentences, words, unknown,
        )  # fmt: skip

    def draw(self, length: int, seed: int, context: Sequence[str]) -> list[str]:
        """Return words drawn at random, up to the end of a sentence."""
        random = np.random.default_rng(seed)
        state = self._state(self._numbers(context))
        every = np.arange(len(self._vocabulary), dtype=np.int32)
        words: list[str] = []
        while len(words) < length:
            found, after = self._automaton.score(
                every, np.arange(len(every) + 1), np.array([state], np.uint32)
            )
            p = exps(np.maximum(found.astype(np.float64), -300.0) * LOG_10)
            p[[UNKNOWN, BEGIN]] = 0.0
            total = np.cumsum(p)
            number = int(np.searchsorted(total, random.random() * total[-1], "right"))
            if total[-1] <= 0.0 or number == END:
                break
            words.append(self._vocabulary[number])
            state = int(after[number])
        return words

    def _numbers(self, words: Sequence[str]) -> NDArray[np.int32]:
        if isinstance(words, str):
            raise TypeError(f"expected words, got a str: pass a list, [{words!r}]")
        return self._vocabulary.numbers(text_keys(list(words)))

    def _state(self, ids: NDArray[np.int32]) -> int:
        """Return the state after some words; ``<s>`` begins anew."""
        begins = np.flatnonzero(ids == BEGIN)
        state = begin_state(self._automaton) if len(begins) else 0
        rest = ids[begins[-1] + 1 :] if len(begins) else ids
        rest = rest[max(len(rest) - HIGHEST_ORDER, 0) :]
        _, after = self._automaton.score(rest, _bounds(len(rest)), np.array([state], np.uint32))
        return int(after[0])


def _bounds(length: int) -> NDArray[np.int64]:
    return np.array([0, length], np.int64)


def _sum(log_probs: NDArray[np.float32], offsets: NDArray[np.int64]) -> float:
    """Return the sum of the sentences' sums, added in their order."""
    return float(sums(log_probs, offsets).cumsum()[-1])


def _power(exponent: float) -> float:
    return float("inf") if exponent > 300 else 10.0**exponent
