"""Names, and whatever else stands in raw text as a span with a label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeAlias

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp.corpus.schemes import (
    LabelledSpan,
    Scheme,
    as_triple,
    check_scheme,
    labels_of,
    legal_transitions,
    spans_of,
)
from classicnlp.errors import require_text
from classicnlp.estimator import Estimator
from classicnlp.segmentation.base import checked_texts, in_chunks
from classicnlp.spans import Span
from classicnlp.storable import Storable
from classicnlp.tagging.base import Labels, SequenceTagger
from classicnlp.tagging.crf import CRFTagger
from classicnlp.tagging.perceptron import Progress
from classicnlp.tagging.restoring import restore_sequence_tagger
from classicnlp.text import split_sentences

Texts: TypeAlias = Sequence[str]
Spans: TypeAlias = "Sequence[Iterable[Span | LabelledSpan]]"
"""The spans of each text, as `Span` or as (start, end, label)."""
Piece: TypeAlias = tuple[int, int]
"""Where a stretch of a text begins and ends."""

MOST_CHARACTERS = 1_000  # tagged at once; names do not depend on what is farther away
LINE = re.compile(r"[^\n\r\u2028\u2029\x85]+")


class EntityTagger(Storable, Estimator):
    """Finds names, or any other spans that do not overlap, in raw text.

    The characters of the text get labels from a sequence tagger, and the labels make the spans.
    A long text is cut at line breaks and at ends of sentences for that.

    Parameters
    ----------
    tagger : SequenceTagger, optional
        What learns to label characters, itself left as it is; by default
        ``CRFTagger(features="names")``.
    scheme : {"BIOES", "BIO", "BMES", "BILOU", "IOB1"}
        How labels mark spans. A tagger that has a parameter ``scheme`` gets this one, and never
        breaks its rules; what another breaks is read as `classicnlp.corpus.schemes` says.

    Attributes
    ----------
    tagger_ : SequenceTagger
        The tagger that has learnt.

    Examples
    --------
    >>> texts = ["张三在北京", "他和李四在上海", "他来了"]
    >>> spans = [[(0, 2, "PER"), (3, 5, "LOC")], [(2, 4, "PER"), (5, 7, "LOC")], []]
    >>> tagger = EntityTagger(CRFTagger(features="names", l2=0.1)).fit(texts, spans)
    >>> tagger.entities("他在北京")
    [Span(text='北京', label='LOC', start=2, end=4)]
    """

    kind = "name tagger"

    def __init__(self, tagger: SequenceTagger | None = None, scheme: Scheme = "BIOES"):
        self.tagger = tagger
        self.scheme = scheme

    @property
    def labels_(self) -> tuple[str, ...]:
        """The labels that spans may have, in alphabetical order."""
        marks = self._fitted().labels_
        return tuple(sorted({label.partition("-")[2] for label in marks if label != "O"}))

    def fit(
        self,
        texts: Texts,
        spans: Spans,
        dev: tuple[Texts, Spans] | None = None,
        progress: Progress | None = None,
    ) -> EntityTagger:
        """Learn from texts and the spans in them.

        On Ctrl-C what the tagger has learnt so far is kept, and KeyboardInterrupt is raised.

        Parameters
        ----------
        texts : sequence of str
        spans : sequence of iterables of Span or (int, int, str)
            For each text its spans, which do not overlap: start, end and label, in code points.
        dev : (texts, spans), optional
            What to measure on while training.
        progress : callable, optional
            Called with the number of the pass over the data, how many there are at most, and a
            message.

        Returns
        -------
        EntityTagger
            Itself.

        Raises
        ------
        TypeError, ValueError
            If there is nothing to learn from, the lengths differ, or a span does not fit its text;
            the message names the text.
        """
        check_scheme(self.scheme)
        tagger = self._fresh_tagger()
        X, y = _labelled(texts, spans, self.scheme)
        held_out = None if dev is None else _labelled(*dev, self.scheme)
        try:
            tagger.fit(X, y, dev=held_out, progress=progress)
        except KeyboardInterrupt:
            if hasattr(tagger, "labels_"):
                self.tagger_ = tagger
            raise
        self.tagger_ = tagger
        return self

    def entities(self, text: str) -> list[Span]:
        """Return the spans found in a text, from left to right.

        Parameters
        ----------
        text : str
            Any text, of any length.

        Returns
        -------
        list of Span
            Text, label, start and end of each, in code points: ``text[start:end]`` is its text.

        Raises
        ------
        TypeError
            If ``text`` is no str.
        ValueError
            If nothing was learnt yet.
        """
        return self._find([require_text(text, "entities")])[0]

    def entities_batch(self, texts: Iterable[str], workers: int = 1) -> list[list[Span]]:
        """Return the spans of each text, in order; otherwise as `entities`.

        Parameters
        ----------
        texts : iterable of str
        workers : int
            Threads; the result is the same for any number.

        Returns
        -------
        list of lists of Span
        """
        return in_chunks(self._find, checked_texts(texts, "entities"), workers)

    def score(self, texts: Texts, spans: Spans) -> float:
        """Return F1 over exact spans with their labels.

        Parameters
        ----------
        texts, spans
            As for `fit`; `classicnlp.evaluate.entities` has precision, recall and types, too.

        Returns
        -------
        float
            From 0.0 to 1.0.
        """
        from classicnlp.evaluate import entities

        texts, spans = _paired(texts, spans)
        return entities(spans, self.entities_batch(texts)).f1

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        tagger = self._fitted()
        parameters, arrays = tagger.to_store()
        described = {"kind": tagger.kind, "parameters": parameters}
        return {"scheme": self.scheme, "tagger": described}, store.nested("tagger", arrays)

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> EntityTagger:
        tagger = restore_sequence_tagger(
            parameters["tagger"], store.within("tagger", arrays), origin
        )
        legal_transitions(tagger.labels_, parameters["scheme"])  # refuses labels of other schemes
        entity_tagger = cls(_unfitted(tagger), parameters["scheme"])
        entity_tagger.tagger_ = tagger
        return entity_tagger

    def _fresh_tagger(self) -> SequenceTagger:
        """Return a tagger that has learnt nothing yet and keeps to the scheme if it can."""
        if self.tagger is None:
            return CRFTagger(features="names", scheme=self.scheme)
        if not isinstance(self.tagger, SequenceTagger):
            kind = type(self.tagger).__name__
            raise TypeError(f"tagger must be a SequenceTagger such as CRFTagger, got {kind}")
        tagger = _unfitted(self.tagger)
        params = tagger.get_params()
        if params.get("scheme") not in (None, self.scheme):
            raise ValueError(
                f"the tagger's scheme is {params['scheme']!r}, but here it is {self.scheme!r}"
            )
        return tagger.set_params(scheme=self.scheme) if "scheme" in params else tagger

    def _fitted(self) -> SequenceTagger:
        if not hasattr(self, "tagger_"):
            raise self._not_fitted()
        return self.tagger_

    def _find(self, texts: list[str]) -> list[list[Span]]:
        tagger = self._fitted()
        cut = [_pieces(require_text(text, "entities")) for text in texts]
        labels = iter(
            tagger.predict(
                [
                    list(text[start:end])
                    for text, pieces in zip(texts, cut, strict=True)
                    for start, end in pieces
                ]
            )
        )
        return [
            self._spans(text, pieces, list(islice(labels, len(pieces))))
            for text, pieces in zip(texts, cut, strict=True)
        ]

    def _spans(self, text: str, pieces: list[Piece], labels: list[list[str]]) -> list[Span]:
        """Return the spans that the labels of a text's pieces mark."""
        return [
            Span(text[start + low : start + high], label, start + low, start + high)
            for (start, _), marks in zip(pieces, labels, strict=True)
            for low, high, label in spans_of(marks, self.scheme)
        ]


def _unfitted(tagger: SequenceTagger) -> SequenceTagger:
    """Return a tagger with the same parameters that has learnt nothing."""
    return type(tagger)(**tagger.get_params(deep=False))


def _pieces(text: str) -> list[Piece]:
    """Return the stretches of a text that are tagged one by one, from left to right.

    They are its lines, without line breaks and empty ones; a line that is too long is cut where
    the next sentence would make a piece too long.
    """
    pieces = []
    for line in LINE.finditer(text):
        start, end = line.span()
        if end - start <= MOST_CHARACTERS:
            pieces.append((start, end))
            continue
        for part in chain.from_iterable(map(_parts, split_sentences(line[0]))):
            end = start + len(part)
            if pieces and pieces[-1][1] == start and end - pieces[-1][0] <= MOST_CHARACTERS:
                pieces[-1] = pieces[-1][0], end
            else:
                pieces.append((start, end))
            start = end
    return pieces


def _parts(sentence: str) -> Iterator[str]:
    """Cut what is too long for one piece, behind something that is no letter if there is any."""
    start = 0
    while len(sentence) - start > MOST_CHARACTERS:
        end = start + MOST_CHARACTERS
        cut = next((i for i in range(end, start, -1) if not sentence[i - 1].isalnum()), end)
        yield sentence[start:cut]
        start = cut
    yield sentence[start:]


def _paired(texts: Texts, spans: Spans) -> tuple[list[str], list[list[Span | LabelledSpan]]]:
    """Return as many lists of spans as texts."""
    texts = checked_texts(texts, "entities")
    try:
        listed = [list(own) for own in spans]
    except TypeError:
        raise TypeError("spans must be a list with the spans of each text") from None
    if len(texts) != len(listed):
        raise ValueError(f"there are {len(texts)} texts, but spans for {len(listed)}")
    return texts, listed


def _labelled(texts: Texts, spans: Spans, scheme: Scheme) -> tuple[list[Labels], list[Labels]]:
    """Return the characters of the pieces of texts, and their labels."""
    X: list[Labels] = []
    y: list[Labels] = []
    for number, (text, own) in enumerate(zip(*_paired(texts, spans), strict=True), 1):
        try:
            length = len(require_text(text, "fit"))
            triples = [_fitting(text, span) for span in own]
            labels = labels_of(length, triples, scheme)
        except (TypeError, ValueError) as error:
            raise type(error)(f"text {number}: {error}") from None
        for start, end in _joined(_pieces(text), triples):
            X.append(list(text[start:end]))
            y.append(labels[start:end])
    return X, y


def _joined(pieces: list[Piece], spans: list[LabelledSpan]) -> list[Piece]:
    """Join the pieces between which a span would be cut."""
    inside = {place for start, end, _ in spans for place in range(start + 1, end)}
    joined: list[Piece] = []
    for start, end in pieces:
        if joined and start in inside:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _fitting(text: str, span: Span | LabelledSpan) -> LabelledSpan:
    """Return start, end and label of a span if it can belong to the text."""
    start, end, label = as_triple(span)
    if not label:
        raise ValueError(f"span {(start, end)} has no label")
    if isinstance(span, Span) and span.text != text[start:end]:
        raise ValueError(f"{span.text!r} is not at {start} to {end}, but {text[start:end]!r}")
    return start, end, label
