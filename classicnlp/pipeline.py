"""The pipeline: segmentation, then tags, over one cut of the text."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from classicnlp import models, store
from classicnlp._ext.tokens import make_tokens
from classicnlp.arrays import offsets_of
from classicnlp.doc import Doc
from classicnlp.errors import ModelError, require_text
from classicnlp.lexicon import Lexicon, Words
from classicnlp.segmentation import CharSegmenter, NgramSegmenter
from classicnlp.segmentation.base import checked_texts, in_chunks
from classicnlp.segmentation.explanation import Explanation
from classicnlp.spans import ScoredToken, Span, Token
from classicnlp.tagging import PosTagger
from classicnlp.tagging.chunker import EntityChunker
from classicnlp.tagging.universal import Tagset, names_in
from classicnlp.text import fold, load_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT = "pku"


class Pipeline:
    """Segments and tags texts; immutable, for any number of threads at once.

    Parameters
    ----------
    segmenter : CharSegmenter or NgramSegmenter
        Cuts texts.
    tagger : PosTagger, optional
        Tags the words.
    lexicon : Lexicon, optional
        Words with counts, for whoever wants them; by default the segmenter's own, if any.
    card : mapping, optional
        What the model is: name, data, terms, figures.
    chunker : EntityChunker, optional
        Finds names over the tagged words.

    Examples
    --------
    >>> nlp = load("pku")
    >>> nlp.segment("我来到北京清华大学")
    ['我', '来到', '北京', '清华大学']
    >>> [token.tag for token in nlp.tag("我来到北京")]
    ['r', 'v', 'ns']
    >>> nlp.with_words({"云计算平台": "n"}).segment("他用云计算平台")
    ['他', '用', '云计算平台']
    """

    def __init__(
        self,
        segmenter: CharSegmenter | NgramSegmenter,
        tagger: PosTagger | None = None,
        lexicon: Lexicon | None = None,
        card: Mapping[str, Any] | None = None,
        chunker: EntityChunker | None = None,
    ):
        self.segmenter = segmenter
        self.tagger = tagger
        self.chunker = chunker
        if lexicon is None:
            lexicon = segmenter.lexicon if isinstance(segmenter, NgramSegmenter) else Lexicon()
        self._own_lexicon = lexicon
        self.card = dict(card or {})
        self._user_tags: dict[str, str] = {}
        self._tag_numbers: dict[str, int] = {}
        self._number_tags()

    def __call__(self, text: str) -> Doc:
        """Return a `Doc` of ``text``; its entities are found when they are asked for."""
        doc = self._doc(text, self.boundaries(require_text(text, "Pipeline")))
        if self.chunker is not None and self.tagger is not None:
            doc.find_entities = self._spans
        return doc

    def segment(self, text: str) -> list[str]:
        """Return the words of ``text``; joined, they are the text.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of str

        Raises
        ------
        TypeError
            If ``text`` is no str.
        """
        return self.segmenter.segment(text)

    def boundaries(self, text: str) -> NDArray[np.int32]:
        """Return 0, the places between the words of ``text``, and its length."""
        return self.segmenter.boundaries(text)

    def segment_batch(self, texts: Iterable[str], workers: int = 1) -> list[list[str]]:
        """Return the words of each text, in order; ``workers`` threads share the work."""
        return self.segmenter.segment_batch(texts, workers)

    @overload
    def tag(
        self, text: str, tagset: Tagset = "own", confidence: Literal[False] = False
    ) -> list[Token]: ...
    @overload
    def tag(
        self, text: str, tagset: Tagset = "own", *, confidence: Literal[True]
    ) -> list[ScoredToken]: ...
    def tag(
        self, text: str, tagset: Tagset = "own", confidence: bool = False
    ) -> list[Token] | list[ScoredToken]:
        """Return the words of ``text`` with their tags and places.

        Parameters
        ----------
        text : str
            Any text.
        tagset : {"own", "universal"}
            The model's own tags, or the universal parts of speech that
            `classicnlp.tagging.universal` has for those of the People's Daily.
        confidence : bool
            Whether to say of each token how probable it is: the probability of the word, times
            that of its tag given the words. A tag that came with a user's word is certain.

        Returns
        -------
        list of Token, or of ScoredToken

        Raises
        ------
        TypeError
            If ``text`` is no str.
        ValueError
            If the pipeline has no tagger, or there is no such tag set.
        """
        self._required_tagger()
        tokens = self._tag_all([require_text(text, "tag")], tagset)[0]
        return self._scored(text, tokens) if confidence else tokens

    def _scored(self, text: str, tokens: list[Token]) -> list[ScoredToken]:
        """Return the tokens with the probability that word and tag are right."""
        boundaries = offsets_of([len(token.text) for token in tokens], np.int32)
        words = self.segmenter.confidences_at(text, boundaries)
        tags = self._required_tagger().marginals_at(text, boundaries)
        folded = fold(text)
        return [
            ScoredToken(
                *token, word if folded[token.start : token.end] in self._user_tags else word * tag
            )
            for token, word, tag in zip(tokens, words.tolist(), tags.tolist(), strict=True)
        ]

    def tag_batch(
        self, texts: Iterable[str], workers: int = 1, tagset: Tagset = "own"
    ) -> list[list[Token]]:
        """Return the tagged words of each text, in order; ``workers`` threads share the work."""
        self._required_tagger()
        tag_all = functools.partial(self._tag_all, tagset=tagset)
        return in_chunks(tag_all, checked_texts(texts, "tag"), workers)

    def entities(self, text: str) -> list[Span]:
        """Return the names in ``text``, from left to right.

        They are found over the words and tags that `tag` gives, and begin and end with words. A
        word that was added with the label of a name as its tag is a name by itself.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of Span
            Of the embedded model: persons (``nr``), places (``ns``), organisations (``nt``) and
            other proper names (``nz``).

        Raises
        ------
        TypeError
            If ``text`` is no str.
        ValueError
            If the pipeline has no chunker, or no tagger.

        Examples
        --------
        >>> words = [("张", "nr"), ("三", "nr"), ("来", "v")]
        >>> chunker = EntityChunker(epochs=3).fit([words], [[(0, 2, "nr")]])
        >>> nlp = load("pku").with_chunker(chunker).with_words({"李小福": "nr"})
        >>> nlp.entities("他是李小福")
        [Span(text='李小福', label='nr', start=2, end=5)]
        """
        self._required_chunker()
        return self._spans(self._doc(text, self.boundaries(require_text(text, "entities"))))

    def entities_batch(self, texts: Iterable[str], workers: int = 1) -> list[list[Span]]:
        """Return the names in each text, in order; ``workers`` threads share the work."""
        self._required_chunker()
        return in_chunks(self._find_all, checked_texts(texts, "entities"), workers)

    def tag_words(self, words: Sequence[str]) -> list[str]:
        """Return a tag for each word of a sentence that is cut already.

        Parameters
        ----------
        words : sequence of str
            The words of one sentence; none is empty.

        Returns
        -------
        list of str
        """
        tags = self._required_tagger().predict(words)
        given = self._user_tags
        if not given:
            return tags
        return [given.get(fold(word), tag) for word, tag in zip(words, tags, strict=True)]

    @functools.cached_property
    def lexicon(self) -> Lexicon:
        """The words that the pipeline knows, with counts and tags; a user's words among them."""
        words = self.segmenter.user_words
        return words.changed(self._own_lexicon) if words else self._own_lexicon

    def with_words(
        self, words: Words, policy: str = "prefer", bonus: float | None = None
    ) -> Pipeline:
        """Return a pipeline that also knows ``words``; it shares this one's arrays.

        Those that come with a tag get it wherever they come out.

        Parameters
        ----------
        words : iterable, mapping or Lexicon
            Words; words to tags, as in ``{"云计算": "n"}``; or anything `Lexicon` takes.
        policy : {"prefer", "force"}
            ``"prefer"``: the word comes out unless the rest of the sentence speaks strongly
            against it. ``"force"``: wherever it occurs. See `Segmenter.with_words`.
        bonus : float, optional
            What a preferred word is worth, in nats; by default what suits the segmenter.

        Returns
        -------
        Pipeline
        """
        return self._over(self.segmenter.with_words(words, policy, bonus))

    def without_words(self, words: Iterable[str]) -> Pipeline:
        """Return a pipeline that never cuts out ``words``; see `Segmenter.without_words`."""
        return self._over(self.segmenter.without_words(words))

    def explain(self, text: str, want: str | None = None) -> Explanation:
        """Return why ``text`` is cut as it is, and why ``want`` is, or is not, a word of it.

        Parameters
        ----------
        text : str
            Any text; it is meant for sentences.
        want : str, optional
            A word that stands in it.

        Returns
        -------
        Explanation
            ``print`` shows it.

        Examples
        --------
        >>> nlp = load("pku").with_words(["云计算"], policy="force")
        >>> nlp.explain("他学云计算", want="云计算").occurrences[0].rule
        'it is forced'
        """
        return self.segmenter.explain(text, want)

    @property
    def held_rules(self) -> frozenset[str]:
        """The rules that the segmenter keeps to: keys of `classicnlp.rules.RULES`."""
        return self.segmenter.held_rules

    def with_rules(self, rules: Iterable[str]) -> Pipeline:
        """Return a pipeline whose segmenter has just these rules; it shares this one's arrays.

        Parameters
        ----------
        rules : iterable of str
            Names of `classicnlp.rules.RULES`, such as ``date``, or of groups of them, such as
            ``number``.

        Returns
        -------
        Pipeline

        Examples
        --------
        >>> nlp = load("pku")
        >>> nlp.with_rules(nlp.held_rules - {"email"}).held_rules == nlp.held_rules - {"email"}
        True
        """
        return self._over(self.segmenter.with_rules(rules))

    def with_tagger(self, tagger: PosTagger) -> Pipeline:
        """Return a pipeline with another tagger."""
        return Pipeline(self.segmenter, tagger, self._own_lexicon, self.card, self.chunker)

    def with_chunker(self, chunker: EntityChunker) -> Pipeline:
        """Return a pipeline with another chunker, one that has learnt from this one's tags."""
        return Pipeline(self.segmenter, self.tagger, self._own_lexicon, self.card, chunker)

    def _over(self, segmenter: CharSegmenter | NgramSegmenter) -> Pipeline:
        """Return a pipeline of another segmenter that shares all else."""
        pipeline = Pipeline.__new__(Pipeline)
        pipeline.segmenter = segmenter
        pipeline.tagger = self.tagger
        pipeline.chunker = self.chunker
        pipeline._own_lexicon = self._own_lexicon
        pipeline.card = self.card
        pipeline._tag_numbers = self._tag_numbers
        pipeline._number_tags()
        return pipeline

    def _number_tags(self) -> None:
        """Note what tags a user gave to what words; called while the pipeline is made.

        Numbers of tags are shared with the pipeline that this one came from, if they suffice.
        """
        rules = self.segmenter.user_words.rules.values()
        self._user_tags = {
            fold(rule.entry.word): rule.entry.tag for rule in rules if rule.entry.tag
        }
        names = self.tagger.tags_ if self.tagger else ()
        wanted = dict.fromkeys([*names, *self._user_tags.values()])
        if not wanted.keys() <= self._tag_numbers.keys():
            self._tag_numbers = {name: number for number, name in enumerate(wanted)}
        self._chunker_tags = self._numbered_for_chunker()

    def _numbered_for_chunker(self) -> NDArray[np.uint16]:
        """Return the chunker's number of each tag that words can have here."""
        if self.chunker is None or self.tagger is None:
            return np.zeros(0, np.uint16)
        return self.chunker.tag_numbers(self._tag_numbers or self.tagger.tags_)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a model file that `load` maps into memory."""
        parts: dict[str, Any] = {"segmenter": self.segmenter, "lexicon": self.lexicon}
        if not isinstance(self.segmenter, CharSegmenter):
            raise ValueError("only a pipeline with a CharSegmenter is saved: save its parts")
        if self.tagger is not None:
            parts["tagger"] = self.tagger
        if self.chunker is not None:
            parts["chunker"] = self.chunker
        parameters: dict[str, Any] = {}
        arrays: dict[str, store.Array] = {}
        alphabet: dict[str, store.Array] | None = None
        for name, part in parts.items():
            parameters[name], own = part.to_store()
            part_alphabet = store.within("alphabet", own)
            if alphabet is None:
                alphabet = part_alphabet
                arrays |= store.nested("alphabet", alphabet)
            shared = all(np.array_equal(alphabet[key], part_alphabet[key]) for key in alphabet)
            if shared:
                own = {key: array for key, array in own.items() if not key.startswith("alphabet/")}
            arrays |= store.nested(name, own)
        store.save(path, "pipeline", parameters, arrays, self.card)

    def _doc(self, text: str, boundaries: NDArray[np.int32]) -> Doc:
        if self.tagger is None:
            return Doc(text, boundaries, np.zeros(len(boundaries) - 1, np.uint16), ("",))
        labels = self.tagger.labels_at(text, boundaries).astype(np.uint16)
        names = self.tagger.tags_
        if not self._user_tags:
            return Doc(text, boundaries, labels, names)
        folded = fold(text)
        for i, (start, end) in enumerate(itertools.pairwise(boundaries.tolist())):
            given = self._user_tags.get(folded[start:end])
            if given is not None:
                labels[i] = self._tag_numbers[given]
        return Doc(text, boundaries, labels, tuple(self._tag_numbers))

    def _tag_all(self, texts: list[str], tagset: Tagset) -> list[list[Token]]:
        if not self._user_tags:
            return self._required_tagger().tokens_of(self.segmenter.cutter(), texts, tagset)
        names = names_in(tagset, self._tag_numbers)
        docs = map(self._doc, texts, self.segmenter.boundaries_batch(texts))
        return [make_tokens(Token, doc.text, doc.boundaries, doc.labels, names) for doc in docs]

    def _spans(self, doc: Doc) -> list[Span]:
        """Return the names in a text that this pipeline has cut and tagged."""
        chunker = self._required_chunker()
        numbers = self._chunker_tags[doc.labels]
        alone = {label: len(chunker.tags_) + 1 + k for k, label in enumerate(chunker.labels_)}
        given = {word: alone[tag] for word, tag in self._user_tags.items() if tag in alone}
        if given:
            folded = fold(doc.text)
            for i, (start, end) in enumerate(itertools.pairwise(doc.boundaries.tolist())):
                numbers[i] = given.get(folded[start:end], numbers[i])
        return chunker.spans_at(doc.text, doc.boundaries, numbers)

    def _find_all(self, texts: list[str]) -> list[list[Span]]:
        cuts = self.segmenter.boundaries_batch(texts)
        return [self._spans(self._doc(text, cut)) for text, cut in zip(texts, cuts, strict=True)]

    def _required_chunker(self) -> EntityChunker:
        self._required_tagger()
        if self.chunker is None:
            raise ValueError(
                "this model finds no names: train an EntityChunker and give it to with_chunker(), "
                "or load a model that has one, such as 'pku'"
            )
        return self.chunker

    def _required_tagger(self) -> PosTagger:
        if self.tagger is None:
            raise ValueError(
                "this model has no tagger: train one with `classicnlp train tagger`, "
                "or load a model that has, such as 'pku'"
            )
        return self.tagger


def load(name_or_path: str | os.PathLike[str] = DEFAULT) -> Pipeline:
    """Load an embedded model by its name, or any model file by its path.

    Parameters
    ----------
    name_or_path : str or path
        A name that `classicnlp.models.names` lists, or the path of a file that a pipeline or
        a segmenter was saved to.

    Returns
    -------
    Pipeline
        The same object for the same unchanged file.

    Raises
    ------
    FileNotFoundError
        If there is neither such a name nor such a file.
    ModelError
        If the file is truncated, altered, of a newer format, or holds something else.

    Examples
    --------
    >>> load("pku") is load()
    True
    """
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and name_or_path in models.names():
        path = models.path_of(name_or_path)
    elif not path.is_file():
        known = ", ".join(models.names())
        raise FileNotFoundError(
            f"no model named {str(name_or_path)!r} (there is {known}) and no file of that path"
        )
    status = path.stat()
    return _load(path.resolve(), status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=16)
def _load(path: Path, modified: int, size: int) -> Pipeline:
    """Load a file; the time and size tell a changed one from the one in the cache."""
    stored = store.load(path)
    if stored.kind == "segmenter":
        segmenter = CharSegmenter.from_store(stored.parameters, stored.arrays, str(path))
        return Pipeline(segmenter, card=stored.card)
    if stored.kind == "ngram segmenter":
        by_words = NgramSegmenter.from_store(stored.parameters, stored.arrays, str(path))
        return Pipeline(by_words, card=stored.card)
    if stored.kind != "pipeline":
        raise ModelError(
            f"{path}: holds a {stored.kind}, where a pipeline or a segmenter is needed"
        )
    return _assemble(stored)


def _assemble(stored: store.Stored) -> Pipeline:
    arrays, origin = stored.arrays, str(stored.path)
    try:
        alphabet = load_alphabet(store.within("alphabet", arrays))
        parts = stored.parameters
        for name, part in parts.items():
            if not isinstance(part, dict):
                raise ModelError(f"{origin}: not a sound pipeline: its {name} is no object")
        segmenter = CharSegmenter.from_store(
            parts["segmenter"], store.within("segmenter", arrays), origin, alphabet
        )
        lexicon = Lexicon.from_store(
            parts["lexicon"], store.within("lexicon", arrays), origin, alphabet
        )
        tagger = None
        if "tagger" in parts:
            tagger = PosTagger.from_store(
                parts["tagger"], store.within("tagger", arrays), origin, alphabet
            )
        chunker = None
        if "chunker" in parts:
            chunker = EntityChunker.from_store(
                parts["chunker"], store.within("chunker", arrays), origin, alphabet
            )
    except (KeyError, TypeError) as error:
        raise ModelError(f"{origin}: not a sound pipeline: {error}") from None
    card = {**stored.card, "size_bytes": stored.size}
    return Pipeline(segmenter, tagger, lexicon, card, chunker)
