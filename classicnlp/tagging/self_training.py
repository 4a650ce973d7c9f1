"""Hints for words that tagged text does not show, measured on text without tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.interning import number
from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of
from classicnlp.tagging.pos_training import TaggedWord, word_keys_of
from classicnlp.tagging.word_classes import NO_HINTS, Hints

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_COUNT = 3
WORDS_AT_ONCE = 200_000


def dictionary_hints(dictionary: Mapping[str, str], alphabet: Alphabet) -> Hints:
    """Return the tags that a dictionary gives to words as hints; no model need hold them.

    Parameters
    ----------
    dictionary : mapping from str to str
        Words to tags, of whatever tag set.
    alphabet : Alphabet
    """
    numbers = {tag: i for i, tag in enumerate(sorted(set(dictionary.values())), 1)}
    words = sorted(word for word in dictionary if word)
    keys = word_keys_of(words, alphabet)
    codes = np.array([numbers[dictionary[word]] for word in words], np.int64)
    keys, places = np.unique(keys, return_index=True)
    return Hints(keys, np.tile(codes[places], (3, 1)))


def self_trained_hints(
    sentences: list[list[TaggedWord]],
    unlabelled: Iterable[Sequence[str]],
    learn: Callable[[list[list[TaggedWord]]], WordTagger],
    label_count: int,
    alphabet: Alphabet,
    listed: Hints = NO_HINTS,
) -> Hints:
    """Tag text by two taggers, each learnt from half of the sentences; return its words' tags.

    The hint for a word is the label that it got most often; words that the text has less than three
    times, and that are not listed, get none. What a tagger says of a word that its own training
    data has is no news about words that it does not know. So each half of the sentences is told
    what the other half's tagger has found.

    Parameters
    ----------
    sentences : list of lists of (word, tag)
    unlabelled : iterable of sequences of str
        The words of each sentence.
    learn : callable
        Makes a tagger of sentences.
    label_count : int
        How many labels the taggers know.
    alphabet : Alphabet
    listed : Hints
        Words that are believed to be some if the text has them once.
    """
    taggers = [learn(sentences[half::2]) for half in (1, 0)]
    keys: list[NDArray[np.uint64]] = []
    labels: list[NDArray[np.uint8]] = []
    for words, boundaries in _chunks(unlabelled):
        text = "".join(words)
        keys.append(word_keys_of(words, alphabet))
        labels.append(np.stack([tagger.tag(text, boundaries) for tagger in taggers]))
    if not keys:
        return Hints(np.zeros(0, np.uint64), np.zeros((3, 0), np.int64))
    ids, distinct, counts = number(np.concatenate(keys))
    rows = ids.astype(np.int64) * label_count
    even, odd = (
        np.bincount(rows + of_one, minlength=len(distinct) * label_count)
        for of_one in np.concatenate(labels, axis=1)
    )
    tables = np.stack([even, odd, even + odd]).reshape(3, len(distinct), label_count)
    often = (counts >= LEAST_COUNT) | np.isin(distinct, listed.keys)
    return Hints(distinct[often], tables.argmax(axis=2)[:, often] + 1)


def _chunks(
    unlabelled: Iterable[Sequence[str]],
) -> Iterable[tuple[list[str], NDArray[np.int32]]]:
    """Yield many words at once, a full stop between sentences that end without one."""
    words: list[str] = []
    for sentence in unlabelled:
        words += [word for word in sentence if word]
        if words and words[-1] != "。":
            words.append("。")
        if len(words) >= WORDS_AT_ONCE:
            yield words, offsets_of(map(len, words), np.int32)
            words = []
    if words:
        yield words, offsets_of(map(len, words), np.int32)
