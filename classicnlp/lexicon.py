"""Words with counts and tags: immutable, memory-mapped, cheap to add to and to take from."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp import models, store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.dictionary import Dictionary
from classicnlp._ext.trie import LONGEST_KEY, Trie, build_nodes
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array, as_names, require_count
from classicnlp.errors import CorpusError, require_text
from classicnlp.storable import Storable
from classicnlp.text import default_alphabet, load_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAG = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
LARGEST_COUNT = (1 << 62) - 1


class Entry(NamedTuple):
    """A word, how often it was seen (0: not known), and its tag ("": none)."""

    word: str
    count: int = 0  # type: ignore[assignment]  # hides tuple.count, which nobody misses
    tag: str = ""


class Lexicon(Storable):
    """An immutable set of words with a count and a tag each.

    Words that fold to the same form (full and half width, upper and lower case, traditional
    and simplified) are one word: their counts add up, and the first spelling is kept.

    Parameters
    ----------
    words : iterable of str or Entry or tuple, or mapping, optional
        Words alone; (word, count) or (word, count, tag); or a mapping from words to counts,
        to tags or to (count, tag).
    fold : bool
        Whether variants of a character are the same character to look-ups.

    Raises
    ------
    TypeError
        If a word is no str.
    ValueError
        If a word is empty or longer than 4,096 characters, or a count is negative.

    Examples
    --------
    >>> lexicon = Lexicon({"清华大学": 12, "北京": 40})
    >>> "清華大學" in lexicon, "大学" in lexicon
    (True, False)
    >>> lexicon.count("北京")
    40
    >>> longer = lexicon.with_words({"大学": "n"}).without_words(["北京"])
    >>> list(longer)
    ['清华大学', '大学']
    """

    kind = "lexicon"

    def __init__(self, words: Words = (), *, fold: bool = True):
        alphabet = default_alphabet()
        self._base = _build(list(entries(words)), alphabet if fold else alphabet.exact())
        self._overlay: _Overlay | None = None

    @classmethod
    def _made(cls, base: _Base, overlay: _Overlay | None = None) -> Lexicon:
        lexicon = cls.__new__(cls)
        lexicon._base = base
        lexicon._overlay = overlay
        return lexicon

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], *, fold: bool = True) -> Lexicon:
        """Read lines ``word [count] [tag]``, separated by spaces or by tabs.

        In a line with a tab only tabs separate, so that words may hold spaces. Blank lines and
        lines that begin with ``# `` are skipped; a byte-order mark and CRLF are tolerated. A
        word that stands twice has its counts added.

        Parameters
        ----------
        path : str or path
            The file (also .gz, .xz or .bz2), ``"-"`` for standard input.
        fold : bool
            As for the constructor.

        Raises
        ------
        CorpusError
            If a line cannot be read; it names file and line.
        """
        return cls(_read_entries(path), fold=fold)

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Write lines ``word<TAB>count<TAB>tag`` that `from_file` reads.

        Raises
        ------
        ValueError
            If a word or tag cannot stand in such a line, e.g. one with a line break in it.
        """
        from classicnlp.corpus.lines import atomic_writer

        with atomic_writer(path) as file:
            for entry in self.items():
                file.write(_written(entry) + "\n")

    def __len__(self) -> int:
        if self._overlay is None:
            return self._base.size
        base = self._base.trie
        known = sum(base.find(entry.word) >= 0 for entry in self._overlay.entries)
        return base.size - known + int((self._overlay.removed == 0).sum())

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._find(word) >= 0

    def __iter__(self) -> Iterator[str]:
        return (entry.word for entry in self.items())

    def __repr__(self) -> str:
        return f"<Lexicon of {len(self):,} words>"

    def items(self) -> Iterator[Entry]:
        """Iterate over all entries: the base's in their order, then what was added."""
        overlay = self._overlay
        for number in range(self._base.size):
            entry = self._base.entry(number)
            if overlay is None or overlay.trie.find(entry.word) < 0:
                yield entry
        if overlay is not None:
            for entry, removed in zip(overlay.entries, overlay.removed, strict=True):
                if not removed:
                    yield entry

    def get(self, word: str) -> Entry | None:
        """Return the entry of ``word``, or None."""
        number = self._find(require_text(word, "get"))
        if number < 0:
            return None
        if number < self._base.size:
            return self._base.entry(number)
        assert self._overlay is not None
        return self._overlay.entries[number - self._base.size]

    def count(self, word: str) -> int:
        """Return how often ``word`` was seen; 0 if it is not known."""
        entry = self.get(word)
        return entry.count if entry else 0

    def tag(self, word: str) -> str:
        """Return the tag of ``word``; "" if it has none."""
        entry = self.get(word)
        return entry.tag if entry else ""

    def prefixes(self, text: str, start: int = 0) -> list[str]:
        """Return every word that begins at ``text[start]``, shortest first, as in the text.

        Examples
        --------
        >>> Lexicon(["中", "中华", "中华人民"]).prefixes("爱中华", 1)
        ['中', '中华']
        """
        require_text(text, "prefixes")
        ends = dict.fromkeys((end for end, _ in self._base.trie.prefixes(text, start)), True)
        if self._overlay is not None:
            for end, value in self._overlay.trie.prefixes(text, start):
                ends[end] = not self._overlay.removed[value]
        return [text[start:end] for end, wanted in sorted(ends.items()) if wanted]

    def with_words(self, words: Words) -> Lexicon:
        """Return a lexicon that also has ``words``; one that was there before is replaced.

        The new lexicon shares this one's arrays; its cost is that of the words that differ
        from the base.

        Parameters
        ----------
        words : iterable, mapping or Lexicon
            As for the constructor. A word without a count makes a segmenter prefer it to its
            parts; a count makes it one word among others.

        Returns
        -------
        Lexicon
        """
        return self._changed((entry, False) for entry in self._merged(entries(words)))

    def without_words(self, words: Iterable[str]) -> Lexicon:
        """Return a lexicon that lacks ``words``; those that are not in it are ignored."""
        if isinstance(words, str):
            raise TypeError("without_words() takes a list of words, got one str: put it in a list")
        return self._changed((Entry(_checked_word(word)), True) for word in words)

    def merge(self, other: Lexicon) -> Lexicon:
        """Return a lexicon of the words of both; counts of common words add up."""
        merged = [*self.items(), *other.items()]
        return Lexicon._made(_build(merged, self._base.trie.alphabet))

    @classmethod
    def embedded(cls) -> Lexicon:
        """Return the lexicon that ships with the package: words that corpora and raw text have.

        Returns
        -------
        Lexicon
            The same object each time.

        Examples
        --------
        >>> "手机" in Lexicon.embedded()
        True
        """
        return _embedded()

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        whole = self if self._overlay is None else self.merge(Lexicon())
        base = whole._base
        arrays = {
            **store.nested("alphabet", base.trie.alphabet.arrays),
            **store.nested("trie", base.trie.arrays),
            "counts": _narrow(base.counts),
            "tags": base.tags,
            "letters": base.letters,
            "offsets": _narrow(base.offsets),
        }
        return {"tag_names": list(base.tag_names), "longest": base.longest}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Lexicon:
        base = _Base(
            Trie(alphabet, size=len(arrays["counts"]), **store.within("trie", arrays)),
            as_array(arrays["counts"], np.int64, "counts"),
            as_array(arrays["tags"], np.uint16, "tags"),
            as_names(parameters["tag_names"], "tag_names"),
            as_array(arrays["letters"], np.uint8, "letters"),
            as_array(arrays["offsets"], np.int64, "offsets"),
            require_count(parameters["longest"], "longest", 0, LONGEST_KEY),
        )
        base.check()
        return cls._made(base)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._base, self._overlay)

    # What segmenters need.

    @functools.cached_property
    def dictionary(self) -> Dictionary:
        """The tries, for kernels."""
        overlay = self._overlay
        if overlay is None:
            return Dictionary(self._base.trie, None, np.zeros(0, np.uint8), self._base.longest)
        longest = max(self._base.longest, *(len(entry.word) for entry in overlay.entries))
        return Dictionary(self._base.trie, overlay.trie, overlay.removed, longest)

    @property
    def base_counts(self) -> NDArray[np.int64]:
        """The counts of the words that are in the shared base, by number."""
        return self._base.counts

    @property
    def overlay_entries(self) -> tuple[Entry, ...]:
        """The entries that this lexicon adds to, replaces in, or takes from its base."""
        return self._overlay.entries if self._overlay else ()

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet whose symbols the words are looked up by."""
        return self._base.trie.alphabet

    def _find(self, word: str) -> int:
        """Return the number of a word, -1 if it is not in the lexicon."""
        if self._overlay is not None:
            number = self._overlay.trie.find(word)
            if number >= 0:
                return -1 if self._overlay.removed[number] else self._base.size + number
        return self._base.trie.find(word)

    def _merged(self, given: Iterable[Entry]) -> Iterable[Entry]:
        """Merge entries of one word as the constructor does, without building a trie for them."""
        merged: dict[str, Entry] = {}
        for entry in given:
            key = self.alphabet.fold(entry.word)
            first = merged.get(key)
            if first is not None:
                counts = first.count + entry.count
                entry = _checked_entry(first.word, [counts, first.tag or entry.tag])
            merged[key] = entry
        return merged.values()

    def _changed(self, changes: Iterable[tuple[Entry, bool]]) -> Lexicon:
        alphabet = self._base.trie.alphabet
        merged: dict[str, tuple[Entry, bool]] = {}
        if self._overlay is not None:
            for entry, removed in zip(self._overlay.entries, self._overlay.removed, strict=True):
                merged[alphabet.fold(entry.word)] = (entry, bool(removed))
        for entry, removed in changes:
            merged[alphabet.fold(entry.word)] = (entry, removed)
        if not merged:
            return self
        kept = tuple(entry for entry, _ in merged.values())
        flags = np.array([removed for _, removed in merged.values()], np.uint8)
        trie, _ = build_trie([entry.word for entry in kept], alphabet)
        return Lexicon._made(self._base, _Overlay(kept, flags, trie))


Words: TypeAlias = (
    "Lexicon | Mapping[str, int] | Mapping[str, str] | Mapping[str, tuple[int, str]]"
    " | Iterable[str | tuple[str, int] | tuple[str, int, str]]"
)


class _Base(NamedTuple):
    trie: Trie
    counts: NDArray[Any]
    tags: NDArray[np.uint16]
    tag_names: tuple[str, ...]
    letters: NDArray[np.uint8]  # all words in UTF-8, one after another
    offsets: NDArray[Any]
    longest: int

    @property
    def size(self) -> int:
        return self.trie.size

    def entry(self, number: int) -> Entry:
        start, end = self.offsets[number : number + 2]
        word = self.letters[start:end].tobytes().decode("utf-8", "surrogatepass")
        return Entry(word, int(self.counts[number]), self.tag_names[self.tags[number]])

    def check(self) -> None:
        """Raise a ValueError if an array could lead outside another."""
        n = self.trie.size
        if self.counts.shape != (n,) or self.tags.shape != (n,) or self.offsets.shape != (n + 1,):
            raise ValueError("the arrays do not have one item for each word")
        if n and int(self.tags.max()) >= len(self.tag_names):
            raise ValueError("a tag has no name")
        if n and int(self.counts.min()) < 0:
            raise ValueError("a count is negative")
        rising = int(self.offsets[0]) == 0 and bool((np.diff(self.offsets) > 0).all())
        if not rising or int(self.offsets[-1]) != len(self.letters):
            raise ValueError("the words' offsets do not fit")
        letters = self.letters.tobytes()
        letters.decode("utf-8", "surrogatepass")
        if n and bool(((self.letters[self.offsets[:-1]] & 0xC0) == 0x80).any()):
            raise ValueError("a word begins within a character")


class _Overlay(NamedTuple):
    entries: tuple[Entry, ...]
    removed: NDArray[np.uint8]
    trie: Trie


def _narrow(numbers: NDArray[np.int64]) -> NDArray[Any]:
    """Halve the width of numbers that allow it."""
    return numbers.astype(np.int32) if int(numbers.max(initial=0)) < 1 << 31 else numbers


def _restore(base: _Base, overlay: _Overlay | None) -> Lexicon:
    return Lexicon._made(base, overlay)


def entries(words: Words) -> Iterator[Entry]:
    """Yield an `Entry` for each word in any of the forms that `Lexicon` takes."""
    if isinstance(words, str):
        raise TypeError("expected a collection of words, got one str: put it in a list")
    if isinstance(words, Lexicon):
        yield from words.items()
        return
    pairs: Iterable[Any] = words.items() if isinstance(words, Mapping) else words
    for item in pairs:
        if isinstance(item, str):
            yield Entry(_checked_word(item))
            continue
        if not isinstance(item, tuple) or not item:
            raise TypeError(f"expected a word or (word, count, tag), got {item!r}")
        word, *rest = item
        if len(rest) == 1 and isinstance(rest[0], (tuple, list)):
            rest = list(rest[0])
        yield _checked_entry(word, rest)


def _checked_entry(word: Any, rest: list[Any]) -> Entry:
    count, tag = 0, ""
    if len(rest) > 2:
        raise TypeError(f"expected a word, a count and a tag, got {(word, *rest)!r}")
    for value in rest:
        if isinstance(value, str):
            tag = value
        elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            count = int(value)
        elif value is not None:
            raise TypeError(f"expected a count or a tag for {word!r}, got {value!r}")
    if not 0 <= count <= LARGEST_COUNT:
        raise ValueError(f"the count of {word!r} must be in 0 ... 2**62 - 1, got {count}")
    return Entry(_checked_word(word), count, tag)


def _checked_word(word: Any) -> str:
    if not isinstance(word, str):
        raise TypeError(f"a word must be a str, got {type(word).__name__}")
    if not word:
        raise ValueError("a word must have at least one character")
    if len(word) > LONGEST_KEY:
        raise ValueError(f"a word has at most {LONGEST_KEY} characters, got {len(word)}")
    return str(word)


def _read_entries(path: str | os.PathLike[str]) -> Iterator[Entry]:
    from classicnlp.corpus.lines import display_name, read_lines

    name = display_name(path)
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip() or line.startswith("# ") or line == "#":
            continue
        try:
            yield _parse_line(line)
        except ValueError as error:
            raise CorpusError(str(error), name, number) from None


def _check_sums(given: list[Entry], number: NDArray[np.int32]) -> None:
    """Raise a ValueError if the counts of one word add up to more than a count may be."""
    sums: dict[int, int] = {}
    for entry, place in zip(given, number.tolist(), strict=True):
        sums[place] = sums.get(place, 0) + entry.count
        if sums[place] > LARGEST_COUNT:
            raise ValueError(f"the counts of {entry.word!r} add up to more than 2**62 - 1")


def _written(entry: Entry) -> str:
    """Return the line of an entry, if it reads back the same."""
    line = f"{entry.word}\t{entry.count}" + (f"\t{entry.tag}" if entry.tag else "")
    try:
        line.encode()
        sound = not set(line) & set("\r\n") and not line.startswith(("# ", "\ufeff"))
        sound = sound and _parse_line(line) == entry
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(
            f"the word {entry.word!r} with the tag {entry.tag!r} cannot stand in a line of a "
            "dictionary file: leave it out, or use save()"
        )
    return line


def _parse_line(line: str) -> Entry:
    tabbed = "\t" in line
    fields = [field.strip() for field in line.split("\t")] if tabbed else line.split()
    while fields and not fields[-1]:
        fields.pop()
    if len(fields) > 3:
        hint = "" if tabbed else "; a word with spaces needs tabs between the fields"
        raise ValueError(f"expected `word [count] [tag]`, got {len(fields)} fields{hint}")
    word, *rest = fields
    count, tag = "0", ""
    if rest and (rest[0].isdecimal() or len(rest) == 2):
        count = rest.pop(0)
    if rest:
        tag = rest[0]
    if not count.isdecimal():
        swapped = " (are count and tag swapped?)" if tag.isdecimal() else ""
        raise ValueError(f"the count must be a whole number, got {count!r}{swapped}")
    if tag and not TAG.fullmatch(tag):
        raise ValueError(f"the tag must be letters, as in `n` or `nr`, got {tag!r}")
    return _checked_entry(word, [int(count), tag])


def require_lexicon(value: object, caller: str) -> Lexicon:
    """Return ``value`` if it is a Lexicon, else raise a TypeError that says how to make one."""
    if isinstance(value, Lexicon):
        return value
    kind = type(value).__name__
    raise TypeError(
        f"{caller}() takes a Lexicon, got {kind}: make one with Lexicon(words) or "
        "Lexicon.from_file(path)"
    )


def build_trie(words: list[str], alphabet: Alphabet) -> tuple[Trie, NDArray[np.int32]]:
    """Return a trie whose values number the distinct words, and the number of each word given."""
    symbols = alphabet.symbols("".join(words))
    offsets = offsets_of(map(len, words))
    used = np.unique(symbols)
    ranked, rare = used[used < alphabet.size], used[used >= alphabet.size]
    codes = np.zeros(int(ranked[-1]) + 1 if len(ranked) else 1, np.uint16)
    codes[ranked] = np.arange(1, len(ranked) + 1)
    coded = np.empty(len(symbols), np.uint16)
    known = symbols < len(codes)
    coded[known] = codes[symbols[known]]
    coded[~known] = len(ranked) + 1 + np.searchsorted(rare, symbols[~known])
    numbers = np.arange(len(words), dtype=np.int32)
    nodes, values, first = build_nodes(coded, offsets, numbers, len(ranked) + len(rare))
    distinct = first == numbers
    renumbered = (np.cumsum(distinct) - 1).astype(np.int32)
    ends = values >= 0
    values[ends] = renumbered[values[ends]]
    trie = Trie(alphabet, codes, rare.astype(np.int32), nodes, values, int(distinct.sum()))
    return trie, renumbered[first]


def _build(given: list[Entry], alphabet: Alphabet) -> _Base:
    trie, number = build_trie([entry.word for entry in given], alphabet)
    counts = np.zeros(trie.size, np.int64)
    np.add.at(counts, number, np.fromiter((entry.count for entry in given), np.int64, len(given)))
    if sum(entry.count for entry in given) > LARGEST_COUNT:
        _check_sums(given, number)
    tag_names = tuple(dict.fromkeys(["", *(entry.tag for entry in given)]))
    if len(tag_names) > 1 << 16:
        raise ValueError(f"a lexicon holds at most 65,535 different tags, got {len(tag_names) - 1}")
    numbers_of_tags = {tag: i for i, tag in enumerate(tag_names)}
    tags = np.zeros(trie.size, np.uint16)
    encoded: list[bytes] = []
    for entry, place in zip(given, number.tolist(), strict=True):
        if place == len(encoded):
            encoded.append(entry.word.encode("utf-8", "surrogatepass"))
        if not tags[place]:
            tags[place] = numbers_of_tags[entry.tag]
    offsets = offsets_of(map(len, encoded))
    letters = np.frombuffer(b"".join(encoded), np.uint8)
    longest = max((len(entry.word) for entry in given), default=0)
    for array in (counts, tags, letters, offsets):
        array.flags.writeable = False
    return _Base(trie, counts, tags, tag_names, letters, offsets, longest)


@functools.lru_cache(maxsize=1)
def _embedded() -> Lexicon:
    stored = store.load(models.path_of("pku"))
    alphabet = load_alphabet(store.within("alphabet", stored.arrays))
    arrays = store.within("lexicon", stored.arrays)
    return Lexicon.from_store(stored.parameters["lexicon"], arrays, str(stored.path), alphabet)
