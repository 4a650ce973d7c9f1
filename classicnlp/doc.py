"""What a pipeline makes of a text: arrays inside, tokens and sentences as views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from classicnlp._ext.tokens import make_tokens
from classicnlp.spans import Span, Token
from classicnlp.text import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Doc(Sequence[Token]):
    """A text cut into words once; every other layer refers to the same words.

    Attributes
    ----------
    text : str
        The text as it was given.
    boundaries : int32 array
        0, the places between words, ``len(text)``.
    labels : uint16 array
        For each word the place of its tag in ``tag_names``.
    tag_names : tuple of str
        The tags that there are.
    find_entities : callable or None
        What finds the names in a `Doc`, when they are first asked for.
    """

    find_entities: Callable[[Doc], list[Span]] | None = None

    def __init__(
        self,
        text: str,
        boundaries: NDArray[np.int32],
        labels: NDArray[np.uint16],
        tag_names: tuple[str, ...],
    ):
        self.text = text
        self.boundaries = boundaries
        self.labels = labels
        self.tag_names = tag_names

    @property
    def words(self) -> list[str]:
        """The words; joined, they are the text."""
        return [token.text for token in self]

    @property
    def tokens(self) -> list[Token]:
        """The words with their tags ("" without a tagger) and places."""
        return make_tokens(Token, self.text, self.boundaries, self.labels, self.tag_names)

    @cached_property
    def entities(self) -> list[Span]:
        """The names, from left to right; each begins and ends with a word.

        Raises
        ------
        ValueError
            If the pipeline that made this has nothing that finds names.
        """
        if self.find_entities is None:
            raise ValueError(
                "no names can be found in this Doc: the pipeline that made it has no chunker; "
                "give it one by Pipeline.with_chunker(), or load a model that has one"
            )
        return self.find_entities(self)

    @property
    def sentences(self) -> list[list[Token]]:
        """The tokens by sentence.

        A sentence ends with the token in which 。！？；… or a line break ends it.
        """
        ends = np.cumsum([len(sentence) for sentence in split_sentences(self.text)])
        sentences: list[list[Token]] = [[] for _ in ends]
        # Tokens ascend, and so do the sentences that they end in.
        numbers = np.searchsorted(ends, self.boundaries[:-1], "right")
        for token, number in zip(self, numbers.tolist(), strict=True):
            sentences[number].append(token)
        return [sentence for sentence in sentences if sentence]

    def __len__(self) -> int:
        return len(self.boundaries) - 1

    @overload
    def __getitem__(self, index: int) -> Token: ...
    @overload
    def __getitem__(self, index: slice) -> list[Token]: ...
    def __getitem__(self, index: int | slice) -> Token | list[Token]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        start, end = self.boundaries[place : place + 2].tolist()
        return Token(self.text[start:end], self.tag_names[self.labels[place]], start, end)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: the names that there are, not the model that finds them."""
        state = {name: value for name, value in vars(self).items() if name != "find_entities"}
        return state if self.find_entities is None else {**state, "entities": self.entities}

    def __repr__(self) -> str:
        return f"<Doc of {len(self)} tokens: {self.text[:20]!r}{'…' * (len(self.text) > 20)}>"
