"""How rare words are: inverse document frequencies, embedded, counted or given."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import models, store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.elementary import logs
from classicnlp._ext.interning import Numbering, text_keys
from classicnlp._ext.wordtable import WordTable
from classicnlp.checks import require_count
from classicnlp.corpus.lines import FilePath, display_name, read_lines
from classicnlp.errors import CorpusError, require_text
from classicnlp.extraction.content import Cutting, content_finder, cut, cutting
from classicnlp.storable import Storable
from classicnlp.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHARACTERS_AT_ONCE = 1 << 20


class IdfTable(Storable):
    """The inverse document frequency of words; immutable.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Distinct keys of folded words.
    values : float32 array, shape (n,)
        How rare each is.
    missing : float
        How rare all other words are.
    documents : int
        In how many documents the words were counted; 0 if nobody knows.

    Examples
    --------
    >>> table = IdfTable.embedded()
    >>> table["光合作用"] > table["国家"], "光合作用" in table
    (True, True)
    """

    kind = "idf table"

    def __init__(
        self,
        keys: NDArray[np.uint64],
        values: NDArray[np.floating[Any]],
        missing: float,
        documents: int = 0,
    ):
        self.documents = require_count(documents, "documents", 0)
        # As they are in a file, so that a table that was saved and loaded has the same numbers.
        self._table = WordTable(keys, np.asarray(values, np.float32), float(np.float32(missing)))

    @classmethod
    @functools.cache
    def embedded(cls) -> IdfTable:
        """Return the table that ships with the package (``models/idf.md``)."""
        return cls.load(models.path_of("idf"))

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[str],
        pipeline: Cutting | None = None,
        min_documents: int = 1,
        workers: int = 1,
    ) -> Self:
        """Count in how many documents each word occurs.

        The inverse document frequency of a word that occurs in df of N documents is
        log((1 + N) / (1 + df)) + 1 (Sparck Jones, 1972; smoothed as in scikit-learn).

        Parameters
        ----------
        documents : iterable of str
            Raw texts; they are read once, a part at a time.
        pipeline : Pipeline or Segmenter, optional
            What cuts them into words; by default the embedded model.
        min_documents : int
            Words that occur in fewer documents are left out; they and all others that the table
            does not have count as if they were in one document fewer.
        workers : int
            Threads for cutting; the result is the same for any number.

        Returns
        -------
        IdfTable

        Raises
        ------
        TypeError
            If the documents are one str, or one of them is none.
        ValueError
            If there are no documents.

        Examples
        --------
        >>> table = IdfTable.from_documents(["春天来了", "春天走了", "花开了"])
        >>> round(table["春天"], 4), round(table["花"], 4), round(table["秋天"], 4)
        (1.2877, 1.6931, 2.3863)
        """
        require_count(min_documents, "min_documents", 1)
        cutter = cutting(pipeline)
        finder = content_finder(())
        numbering = Numbering()
        total = 0
        for batch in batches_of(documents):
            cuts = cut(cutter, batch, workers)
            words = [finder.terms(*pair)[2] for pair in zip(batch, cuts, strict=True)]
            numbering.add(np.concatenate(words))
            total += len(batch)
        if not total:
            raise ValueError("there are no documents to count words in")
        counts = numbering.counts()
        kept = np.flatnonzero(counts >= min_documents)
        keys = numbering.keys()[kept]
        order = np.argsort(keys)
        values = smoothed(counts[kept][order], total)
        return cls(keys[order], values, smoothed(np.array([min_documents - 1]), total)[0], total)

    @classmethod
    def from_mapping(cls, idf: Mapping[str, float], missing: float | None = None) -> Self:
        """Make a table of words and how rare they are.

        Parameters
        ----------
        idf : mapping from str to float
            Of words that fold to the same the last counts.
        missing : float, optional
            How rare all other words are; by default the median.

        Returns
        -------
        IdfTable

        Raises
        ------
        ValueError
            If there are no words, or a number is not finite.

        Examples
        --------
        >>> IdfTable.from_mapping({"的": 0.1, "量子": 9.5})["量子"]
        9.5
        """
        if not idf:
            raise ValueError("an idf table needs words: the mapping is empty")
        by_word = {fold(require_text(word, "from_mapping")): float(idf[word]) for word in idf}
        keys = text_keys(list(by_word))
        order = np.argsort(keys)
        values = np.array(list(by_word.values()))
        if missing is None:
            missing = statistics.median(by_word.values())
        return cls(keys[order], values[order], missing)

    @classmethod
    def from_file(cls, path: FilePath) -> Self:
        """Read lines of a word and its inverse document frequency, with a space or tab between.

        Parameters
        ----------
        path : str or path
            UTF-8; ``.gz``, ``.xz`` and ``.bz2`` are decompressed. jieba's IDF files are such.

        Returns
        -------
        IdfTable
            Words that it does not have get the median.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        CorpusError
            If a line is no word with a finite number, or there is none.
        """
        idf: dict[str, float] = {}
        for number, line in enumerate(read_lines(path), 1):
            if not line.strip():
                continue
            word, _, value = line.strip().replace("\t", " ").rpartition(" ")
            try:
                idf[word.strip()] = float(value)
                sound = bool(word) and np.isfinite(idf[word.strip()])
            except ValueError:
                sound = False
            if not sound:
                raise CorpusError(
                    f"expected a word and a number, got {line!r}", display_name(path), number
                )
        if not idf:
            raise CorpusError("there are no words in it", display_name(path))
        return cls.from_mapping(idf)

    @property
    def missing(self) -> float:
        """How rare a word is that the table does not have."""
        return self._table.missing

    @property
    def table(self) -> WordTable:
        """What kernels look words up in."""
        return self._table

    def __len__(self) -> int:
        return len(self._table.keys)

    def __getitem__(self, word: str) -> float:
        """Return how rare ``word`` is, whether the table has it or not."""
        return float(self._table.look_up(text_keys([fold(word)]))[0])

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and bool(text_keys([fold(word)])[0] in self._table.keys)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IdfTable):
            return NotImplemented
        mine, theirs = self._table, other._table
        return (
            np.array_equal(mine.keys, theirs.keys)
            and np.array_equal(mine.values, theirs.values)
            and (mine.missing, self.documents) == (theirs.missing, other.documents)
        )

    def __repr__(self) -> str:
        return f"<IdfTable of {len(self):,} words in {self.documents:,} documents>"

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        values = self._table.values.astype(np.float32)
        parameters = {"missing": self.missing, "documents": self.documents}
        return parameters, {"keys": self._table.keys, "values": values}

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        return cls(arrays["keys"], arrays["values"], **parameters)


def smoothed(counts: NDArray[np.int64], documents: int) -> NDArray[np.float64]:
    """Return the inverse document frequency of words that so many of the documents have."""
    values: NDArray[np.float64] = logs((1 + documents) / (1 + counts)) + 1
    return values


def batches_of(documents: Iterable[str]) -> Iterator[list[str]]:
    """Yield the documents in lists of about a million characters."""
    if isinstance(documents, (str, bytes)):
        raise TypeError("several documents are needed, got one text: put it in a list")
    batch: list[str] = []
    room = CHARACTERS_AT_ONCE
    for document in documents:
        batch.append(require_text(document, "fit"))
        room -= len(document) + 1
        if room <= 0:
            yield batch
            batch, room = [], CHARACTERS_AT_ONCE
    if batch:
        yield batch
