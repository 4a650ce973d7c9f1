"""Maximum matching with a lexicon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.maxmatch import BACKWARD, BIDIRECTIONAL, FORWARD, MaxMatchCutter
from classicnlp._ext.units import Rules
from classicnlp.lexicon import Lexicon, require_lexicon
from classicnlp.rules import NEUTRAL, flags_of
from classicnlp.segmentation.base import Segmenter
from classicnlp.segmentation.explanation import Place, Reader, Reading, pairs
from classicnlp.segmentation.user_words import UserWords

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIRECTIONS = {"forward": FORWARD, "backward": BACKWARD, "bidirectional": BIDIRECTIONAL}


class MaxMatchSegmenter(Segmenter):
    """Takes the longest word of a lexicon at every place.

    What the lexicon does not know falls apart into characters, except for units such as
    numbers, Latin words and URLs, which are never cut.

    A user's word that is preferred is one more word of the lexicon, for a longer one to beat; a
    bonus means nothing here. One that is forced beats them all.

    Parameters
    ----------
    lexicon : Lexicon
        The words; counts play no part.
    direction : {"bidirectional", "forward", "backward"}
        From the left, from the right, or both: between boundaries that the two share, the
        one with fewer words, then with fewer single characters, then backward.
    rules : iterable of str
        What is never cut: names of `classicnlp.rules.RULES` or of groups of them. Where rules
        part plays no role here, since only words of the lexicon join what they would part.

    Raises
    ------
    ValueError
        If the direction is none of these, or there is no such rule.

    Examples
    --------
    >>> lexicon = Lexicon(["研究", "研究生", "生命", "命", "的", "起源"])
    >>> MaxMatchSegmenter(lexicon, direction="forward").segment("研究生命的起源")
    ['研究生', '命', '的', '起源']
    >>> MaxMatchSegmenter(lexicon).segment("研究生命的起源")
    ['研究', '生命', '的', '起源']
    """

    def __init__(
        self,
        lexicon: Lexicon,
        direction: str = "bidirectional",
        rules: Iterable[str] = NEUTRAL,
    ):
        if direction not in DIRECTIONS:
            raise ValueError(f"direction must be one of {list(DIRECTIONS)}, got {direction!r}")
        self.direction = direction
        self._own = require_lexicon(lexicon, "MaxMatchSegmenter")
        self._take(UserWords(lexicon.alphabet), flags_of(rules))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._own, self.direction, self._user_words, flags_of(self.held_rules))

    def with_rules(self, rules: Iterable[str]) -> MaxMatchSegmenter:
        return _restore(self._own, self.direction, self.user_words, flags_of(rules))

    def confidences_at(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.float64]:
        """Raise a ValueError: maximum matching knows no probabilities."""
        raise ValueError(
            "maximum matching has no probabilities: use an NgramSegmenter or a CharSegmenter"
        )

    def _take(self, user_words: UserWords, flags: int) -> None:
        self._user_words = user_words
        self.lexicon = user_words.changed(self._own) if user_words else self._own
        self._cutter = MaxMatchCutter(
            self.lexicon.dictionary,
            DIRECTIONS[self.direction],
            user_words.forcing_marker(),
            Rules(flags),
        )

    @property
    def _alphabet(self) -> Alphabet:
        return self.lexicon.alphabet

    def _over(self, user_words: UserWords) -> MaxMatchSegmenter:
        return _restore(self._own, self.direction, user_words, flags_of(self.held_rules))

    def _reader(self, text: str) -> Reader:
        return _MatchReader(text, self)


def _restore(
    lexicon: Lexicon, direction: str, user_words: UserWords, flags: int
) -> MaxMatchSegmenter:
    segmenter = MaxMatchSegmenter.__new__(MaxMatchSegmenter)
    segmenter._own, segmenter.direction = lexicon, direction
    segmenter._take(user_words, flags)
    return segmenter


class _MatchReader(Reader):
    """Maximum matching has one reading of a text, and no scores."""

    def __init__(self, text: str, segmenter: MaxMatchSegmenter):
        super().__init__(text, segmenter.user_words, segmenter._cutter.rules)
        self._segmenter = segmenter

    def read(self, required: Place | None = None, excluded: Place | None = None) -> Reading | None:
        if required or excluded:
            return None
        places = pairs(self._segmenter.boundaries(self.text).tolist())
        return self.reading_of([(start, end, 0.0) for start, end in places])

    def unable(self, place: Place) -> str:
        start, end = place
        if self.text[start:end] not in self._segmenter.lexicon:
            return "the lexicon does not have it: give it to with_words()"
        best = self.read()
        assert best is not None
        rivals = [word for word in best.words if word.start < end and word.end > start]
        longest = max(rivals, key=lambda word: word.end - word.start)
        order = "is longer" if len(longest.text) > end - start else "comes before it"
        return f"{longest.text!r} at {longest.start} {order}: policy='force' would change that"
