"""What every segmenter offers: words or boundaries, of one text or of many."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.cutter import Cutter
from classicnlp.checks import require_count
from classicnlp.errors import require_text
from classicnlp.lexicon import Words
from classicnlp.rules import names_of
from classicnlp.segmentation.explanation import Explanation, Reader, explain
from classicnlp.segmentation.user_words import UserWords

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp._ext.bmes import BmesCutter, BmesWordsCutter
    from classicnlp._ext.dictionary import DictionaryCutter

CHUNK_CHARACTERS = 1 << 16

Result = TypeVar("Result")


class Segmenter(abc.ABC):
    """Cuts texts into words; the words of a text, joined, are the text.

    A segmenter is immutable once it is made, and any number of threads may use it at once.
    """

    _cutter: BmesCutter | BmesWordsCutter | DictionaryCutter

    def cutter(self) -> Cutter:
        """Return the kernel that cuts, for another that goes on with the words."""
        return self._cutter

    def __call__(self, text: str) -> list[str]:
        return self.segment(text)

    def segment(self, text: str) -> list[str]:
        """Return the words of ``text``.

        Parameters
        ----------
        text : str
            Any text; white space is kept, each run of it as a word of its own.

        Returns
        -------
        list of str
            Words that, joined, are ``text``.

        Raises
        ------
        TypeError
            If ``text`` is no str.
        """
        return self._cutter.segment(text)

    def boundaries(self, text: str) -> NDArray[np.int32]:
        """Return where words begin and end, without making strings.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        int32 array
            0, the places between words, ``len(text)``, in code points; ``[0]`` for no text.
        """
        return self._cutter.boundaries(text)

    def segment_batch(self, texts: Iterable[str], workers: int = 1) -> list[list[str]]:
        """Return the words of each text, in order.

        Parameters
        ----------
        texts : iterable of str
            The texts.
        workers : int
            Threads to use; the result is the same for any number.

        Returns
        -------
        list of list of str
        """
        return in_chunks(self._cutter.segment_batch, checked_texts(texts, "segment"), workers)

    def boundaries_batch(self, texts: Iterable[str], workers: int = 1) -> list[NDArray[np.int32]]:
        """Return the boundaries of each text, in order; otherwise as `segment_batch`."""
        return in_chunks(self._cutter.boundaries_batch, checked_texts(texts, "boundaries"), workers)

    def with_words(self, words: Words, policy: str = "prefer", bonus: float | None = None) -> Self:
        """Return a segmenter that also knows ``words``; it shares this one's arrays.

        What is said of a word later counts, and different words may have different policies.
        Words may hold anything: white space, punctuation, Latin, digits. Width, case and script
        do not matter. No word begins or ends inside a unit (a number, a Latin word, a URL); but
        one goes across a place where a rule only parts.

        Parameters
        ----------
        words : iterable, mapping or Lexicon
            As for `Lexicon`.
        policy : {"prefer", "force"}
            ``"prefer"``: a reading with the word gets a bonus, so that the word comes out unless
            the rest of the sentence speaks strongly against it. ``"force"``: it is a word
            wherever it occurs; of forced words that overlap the leftmost counts, and of those
            the longest. A preferred word with white space in it is forced too, since no model
            has an opinion of white space.
        bonus : float, optional
            How much a preferred word is worth, in nats (3 nats make it 20 times as likely), from
            -1000 to 1000; by default what suits the segmenter.

        Returns
        -------
        Segmenter
            Of the same type.

        Raises
        ------
        TypeError
            If ``words`` is one str, or holds anything but words.
        ValueError
            If the policy or a word is not one, or the bonus is out of range.
        """
        return self._over(self.user_words.with_words(words, policy, bonus))

    def without_words(self, words: Iterable[str]) -> Self:
        """Return a segmenter that never cuts out ``words``; it shares this one's arrays.

        Where one of them stands the text is cut in the next best way. Only where no other way
        exists (a unit by itself, a character that no longer word covers) it remains a word.

        Parameters
        ----------
        words : iterable of str
            What is said of a word later counts: `with_words` makes it possible again.

        Returns
        -------
        Segmenter
            Of the same type.
        """
        return self._over(self.user_words.without_words(words))

    @property
    def held_rules(self) -> frozenset[str]:
        """The rules that this segmenter keeps to: keys of `classicnlp.rules.RULES`."""
        return names_of(self._cutter.rules.flags)

    @abc.abstractmethod
    def with_rules(self, rules: Iterable[str]) -> Self:
        """Return a segmenter with just these rules; it shares this one's arrays.

        What a user said of words stays.

        Parameters
        ----------
        rules : iterable of str
            Names of `classicnlp.rules.RULES`, such as ``date``, or of groups of them, such as
            ``number``.

        Returns
        -------
        Segmenter
            Of the same type.

        Raises
        ------
        TypeError
            If ``rules`` is one str, or holds anything but names.
        ValueError
            If there is no such rule.
        """

    def explain(self, text: str, want: str | None = None) -> Explanation:
        """Return why ``text`` is cut as it is, and why ``want`` is, or is not, a word of it.

        It is meant for sentences: the time grows with the square of the length.

        Parameters
        ----------
        text : str
            Any text.
        want : str, optional
            A word that stands in it.

        Returns
        -------
        Explanation
            With the best reading, the next best, and for each place where ``want`` stands what
            a reading with it is worth; ``print`` shows it.
        """
        return explain(self._reader(require_text(text, "explain")), want)

    def confidences(self, text: str) -> NDArray[np.float64]:
        """Return how probable each word of ``text`` is, given the text.

        The share that the readings with the word have among all readings, weighed by their scores.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        float64 array
            A probability for each word that `segment` returns; 1 for a run of white space.

        Raises
        ------
        ValueError
            If the segmenter has no probabilities.
        """
        boundaries = self.boundaries(require_text(text, "confidences"))
        return self.confidences_at(text, boundaries)

    @abc.abstractmethod
    def confidences_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return how probable the words between ``boundaries`` are, which `boundaries` gave."""

    @property
    def user_words(self) -> UserWords:
        """What a user said of words."""
        return self._user_words or UserWords(self._alphabet)

    _user_words: UserWords | None = None

    @property
    @abc.abstractmethod
    def _alphabet(self) -> Alphabet:
        """By what words are looked up."""

    @abc.abstractmethod
    def _over(self, user_words: UserWords) -> Self:
        """Return this segmenter with what a user said of words."""

    @abc.abstractmethod
    def _reader(self, text: str) -> Reader:
        """Return what `explain` asks."""


def checked_texts(texts: Iterable[str], caller: str) -> list[str]:
    """Return the texts as a list, unless they are one text."""
    if isinstance(texts, (str, bytes)):
        kind = type(texts).__name__
        raise TypeError(
            f"{caller}_batch() takes several texts, got one {kind}: "
            f"put it in a list, or call {caller}()"
        )
    try:
        return list(texts)
    except TypeError:
        kind = type(texts).__name__
        raise TypeError(
            f"{caller}_batch() takes several texts, got {kind}: pass a list of str"
        ) from None


def in_chunks(
    work: Callable[[list[str]], list[Result]], texts: list[str], workers: int
) -> list[Result]:
    """Apply ``work`` to the texts in pieces of some size, with ``workers`` threads."""
    if require_count(workers, "workers", 1) == 1:
        return work(texts)
    from concurrent.futures import ThreadPoolExecutor

    chunks: list[list[str]] = [[]]
    room = CHUNK_CHARACTERS
    for text in texts:
        if room <= 0:
            chunks.append([])
            room = CHUNK_CHARACTERS
        chunks[-1].append(text)
        room -= len(text) + 1 if isinstance(text, str) else 1
    with ThreadPoolExecutor(workers) as pool:
        return [result for results in pool.map(work, chunks) for result in results]
