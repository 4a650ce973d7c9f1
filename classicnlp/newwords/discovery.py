"""Finding words in raw text that no dictionary has."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex, overload

import numpy as np

from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp.checks import require_at_least, require_count
from classicnlp.errors import require_text
from classicnlp.lexicon import Entry, Lexicon, require_lexicon
from classicnlp.lm import count_ngrams
from classicnlp.newwords.blocks import Item, Spool, blocks, word_characters
from classicnlp.newwords.branching import LEAST_COUNT, Candidates, Limits, candidates
from classicnlp.newwords.evidence import edge_shares, is_term

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.lm.sequences import Cutting
    from classicnlp.pipeline import Pipeline

NOT_FIRST = "的了着们吗呢吧啊呀嘛曰矣是在于到为将把被让与和而且则却又也就都我你他她它这等"
"""Characters that few words begin with: of all strings in prose and novels that hold together and
begin with one of them less than a tenth are words."""

NOT_LAST = "的了吗呢吧啊呀嘛曰矣不也又就都很把被与和而我你他她它这那该各"
"""Characters that few words end with, in the same sense."""

AT_ONCE = 1 << 12  # words that are made, or tagged


class NewWord(NamedTuple):
    """A word that was found in raw text.

    Attributes
    ----------
    text : str
    count : int
        How often it occurs, as a part of longer words too.
    pmi : float
        Cohesion, in nats: how much more often it occurs than its two parts would meet by chance,
        where it is split so that this is least.
    left_entropy, right_entropy : float
        How freely the character before it, and behind it, changes, in nats.
    score : float
        What the words are ranked by.
    """

    text: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody misses
    pmi: float
    left_entropy: float
    right_entropy: float
    score: float


class NewWords(list[NewWord]):
    """New words, the best first: a list that makes a lexicon; a slice of it does, too.

    Examples
    --------
    >>> words = NewWords([NewWord("云计算", 12, 5.0, 2.1, 1.9, 3.2)])
    >>> words[:1].to_lexicon(tag="n").get("云计算")
    Entry(word='云计算', count=12, tag='n')
    """

    @overload
    def __getitem__(self, place: SupportsIndex, /) -> NewWord: ...
    @overload
    def __getitem__(self, place: slice, /) -> NewWords: ...
    def __getitem__(self, place: SupportsIndex | slice, /) -> NewWord | NewWords:
        found = super().__getitem__(place)
        return NewWords(found) if isinstance(found, list) else found

    def to_lexicon(self, tag: str = "") -> Lexicon:
        """Return a lexicon of the words with their counts.

        Parameters
        ----------
        tag : str
            The tag of each; by default none.

        Returns
        -------
        Lexicon
            What `with_words` of segmenters and pipelines takes. Words that fold to the same form
            are one.
        """
        require_text(tag, "to_lexicon")
        return Lexicon([Entry(word.text, word.count, tag) for word in self])


def discover(
    texts: Iterable[Item] | os.PathLike[str],
    max_length: int = 6,
    min_count: int = 5,
    known: Lexicon | None = None,
    *,
    top: int | None = None,
    min_pmi: float = 1.0,
    min_entropy: float = 0.5,
    not_first: str = NOT_FIRST,
    not_last: str = NOT_LAST,
    segmenter: Cutting | None = None,
    tagger: Pipeline | None = None,
    workers: int = 1,
    memory: int = 1 << 30,
    folder: str | os.PathLike[str] | None = None,
    progress: Callable[[int], object] | None = None,
) -> NewWords:
    """Find words in raw text: strings that hold together inside and change their neighbours.

    A string of Han characters, or of these and Latin letters, is scored by its cohesion for each
    place where it could be split, times the freedom of its neighbours on the side where they are
    less free::

        score = pmi / (length - 1) * min(left_entropy, right_entropy)

    Neighbours beyond punctuation, digits and line ends count as different each time. With a
    segmenter the score is multiplied by the share of the occurrences at both ends of which the
    segmenter cuts, so that what lies across words sinks; with a tagger free phrases are left out.

    Parameters
    ----------
    texts : iterable of str or of paths, or a path
        A str is a line, or several with line feeds between; a `pathlib.Path` names a UTF-8 file
        (.gz, .xz and .bz2 are decompressed, ``Path("-")`` is standard input). They are gone
        through once.
    max_length : int
        How many characters a word has at most, 2 ... 7; it has at least two.
    min_count : int
        How often a word must occur, from 2 on.
    known : Lexicon, optional
        Words to leave out, such as ``Lexicon.embedded()``; by default none are.
    top : int, optional
        How many words to return; by default all that reach the limits.
    min_pmi : float
        The least cohesion, in nats.
    min_entropy : float
        The least entropy on either side, in nats.
    not_first, not_last : str
        Characters that no word is to begin, or to end, with; ``""`` for none.
    segmenter : segmenter or pipeline, optional
        Its opinion of where words end.
    tagger : Pipeline, optional
        One with a tagger of the Peking University tags. Each string is tagged by itself, and left
        out where it is several words that make no name or term: with a function word, a number,
        a pronoun or a longer verb among them, or with no noun at the end.
    workers : int
        Threads; the result is the same for any number.
    memory : int
        Bytes for counting, at least 2**20; beyond it sorted runs go to temporary files. The
        statistics take some 30 bytes more for each n-gram that occurs twice or more.
    folder : path, optional
        Where temporary files go; with a segmenter the text goes there, too, to be read again. They
        have no name, so that none can be left behind.
    progress : callable, optional
        Called with the number of characters that were read since.

    Returns
    -------
    NewWords
        A list of `NewWord`, by falling score; of equal ones the more frequent first, then by
        code points.

    Raises
    ------
    TypeError
        If a text is neither str nor path, or ``known`` is no lexicon.
    ValueError
        If an argument is out of range, or the pipeline has no tagger.
    CorpusError
        If a file is not UTF-8.
    OSError
        If a file cannot be read, or the disk is full.

    References
    ----------
    Pointwise mutual information of characters: Sproat and Shih (1990); the least over all splits
    of longer strings, together with the entropy of the neighbours on both sides: Matrix67 (2012).
    An internal and a contextual measure combined: Luo and Sun (2003). Entropy as a sign of word
    boundaries: Jin and Tanaka-Ishii (2006). Ends of lines that count as different neighbours:
    Feng, Chen, Deng and Zheng (2004).

    Examples
    --------
    >>> lines = ["他爱云计算。", "云计算很新", "学云计算吧", "说云计算，懂云计算", "云和计算"]
    >>> words = discover(lines, min_count=4)
    >>> [(word.text, word.count) for word in words]
    [('云计算', 5)]
    """
    limits = Limits(
        require_count(max_length, "max_length", 2, HIGHEST_ORDER - 1),
        require_count(min_count, "min_count", LEAST_COUNT),
        require_at_least(min_pmi, "min_pmi", 0),
        require_at_least(min_entropy, "min_entropy", 0),
        require_text(not_first, "not_first"),
        require_text(not_last, "not_last"),
    )
    most = None if top is None else require_count(top, "top", 0)
    require_count(workers, "workers", 1)
    if known is not None:
        require_lexicon(known, "discover")
    if tagger is not None:
        tagger.tag("")  # one without a tagger says so now
    with contextlib.ExitStack() as stack:
        given = blocks(texts)
        if segmenter is not None:
            spool = stack.enter_context(Spool(folder))
            given = spool.kept(given)
        counts = count_ngrams(
            _read(given, progress), limits.length + 1, LEAST_COUNT,
            workers=workers, memory=memory, folder=folder,
        )  # fmt: skip
        found = candidates(counts, limits)
        del counts  # and its memory
        if known is not None:
            new = [i for i, text in enumerate(found.texts) if text not in known]
            found = found.chosen(np.array(new, np.intp))
        scores = _scores(found)
        if segmenter is not None:
            scores *= edge_shares(spool, found.texts, segmenter, workers)
    ranked = _ranked(found, scores)
    if tagger is not None:
        ranked = _terms(ranked, tagger, workers)
    return NewWords(itertools.islice(ranked, most))


def _read(given: Iterable[str], progress: Callable[[int], object] | None) -> Iterator[str]:
    """Yield the characters of blocks that words are made of."""
    for block in given:
        yield word_characters(block)
        if progress is not None:
            progress(len(block))


def _scores(found: Candidates) -> NDArray[np.float64]:
    """Return the cohesion for each place to split at, times the lower entropy."""
    places = np.fromiter((len(text) - 1 for text in found.texts), np.int64, len(found.texts))
    scores: NDArray[np.float64] = found.pmi / places * np.minimum(found.left, found.right)
    return scores


def _ranked(found: Candidates, scores: NDArray[np.float64]) -> Iterator[NewWord]:
    """Yield all candidates, the best first; no more words are made than are asked for."""
    order = np.lexsort((np.array(found.texts, np.str_), -found.counts, -scores))
    for start in range(0, len(order), AT_ONCE):
        places = order[start : start + AT_ONCE]
        texts, *columns = found.chosen(places)
        yield from map(NewWord, texts, *(column.tolist() for column in (*columns, scores[places])))


def _terms(words: Iterator[NewWord], tagger: Pipeline, workers: int) -> Iterator[NewWord]:
    """Yield what a tagger takes for names and terms; no more are tagged than are asked for."""
    while some := list(itertools.islice(words, AT_ONCE)):
        tagged = tagger.tag_batch([word.text for word in some], workers)
        yield from (word for word, tokens in zip(some, tagged, strict=True) if is_term(tokens))
