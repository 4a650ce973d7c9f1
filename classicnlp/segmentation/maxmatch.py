"""Maximum matching with a lexicon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from classicnlp._ext.maxmatch import BACKWARD, BIDIRECTIONAL, FORWARD, MaxMatchCutter
from classicnlp._ext.units import Rules
from classicnlp.lexicon import Lexicon, require_lexicon
from classicnlp.rules import NEUTRAL, flags_of
from classicnlp.segmentation.base import Segmenter

DIRECTIONS = {"forward": FORWARD, "backward": BACKWARD, "bidirectional": BIDIRECTIONAL}


class MaxMatchSegmenter(Segmenter):
    """Takes the longest word of a lexicon at every place.

    What the lexicon does not know falls apart into characters, except for units such as
    numbers, Latin words and URLs, which are never cut.

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
        self.lexicon = require_lexicon(lexicon, "MaxMatchSegmenter")
        self.direction = direction
        flags = Rules(flags_of(rules))
        self._cutter = MaxMatchCutter(lexicon.dictionary, DIRECTIONS[direction], flags)

    def with_rules(self, rules: Iterable[str]) -> MaxMatchSegmenter:
        """Return a segmenter with just these rules and the same lexicon."""
        return MaxMatchSegmenter(self.lexicon, self.direction, rules)

    def __reduce__(self) -> tuple[Any, ...]:
        return MaxMatchSegmenter, (self.lexicon, self.direction, self.held_rules)
