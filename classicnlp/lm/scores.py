"""What a language model answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class WordScore(NamedTuple):
    """How probable a word is after those before it.

    Attributes
    ----------
    log_prob : float
        log10 p(word | words before).
    length : int
        The length of the n-gram by which it was found; 1 where no context helped.
    unknown : bool
        Whether the model does not have the word.
    """

    log_prob: float
    length: int
    unknown: bool


class FullScores(NamedTuple):
    """The scores of the words of many sentences, one sentence's after another's.

    Attributes
    ----------
    log_probs : float32 array, shape (n,)
        log10 p(word | words before).
    lengths : uint8 array, shape (n,)
        The lengths of the n-grams by which words were found.
    unknown : bool array, shape (n,)
        Whether the model does not have the word.
    offsets : int64 array, shape (sentences + 1,)
        Where each sentence begins, and where the last ends.
    """

    log_probs: NDArray[np.float32]
    lengths: NDArray[np.uint8]
    unknown: NDArray[np.bool_]
    offsets: NDArray[np.int64]


class Fit(NamedTuple):
    """How well a model foretells a text.

    Attributes
    ----------
    perplexity : float
        10 ** (-log_prob / (words + sentences)): each sentence's end counts as a word.
    perplexity_of_known : float
        The same without the unknown words.
    log_prob : float
        log10 p(text).
    sentences : int
    words : int
        Without the ends of sentences.
    unknown : int
        How many of the words the model does not have.
    """

    perplexity: float
    perplexity_of_known: float
    log_prob: float
    sentences: int
    words: int
    unknown: int
