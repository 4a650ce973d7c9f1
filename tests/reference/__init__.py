"""Naive Python twins of the kernels: written for reading, and to be right.

Also how the tests make a kernel's objects from plain lists of words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.dictionary import Dictionary
from classicnlp._ext.lexical import GOES_ON_BIT, WordGroups, keys_of, place_keys
from classicnlp._ext.trie import Trie, build_nodes
from classicnlp.text import default_alphabet


def make_trie(words: Sequence[str], alphabet: Alphabet | None = None) -> Trie:
    """Return a trie in which each word has its number; of equal words the first counts."""
    alphabet = alphabet or default_alphabet()
    symbols = alphabet.symbols("".join(words))
    used = np.unique(symbols)
    listed, rare = used[used < alphabet.size], used[used >= alphabet.size]
    table = np.zeros(alphabet.size, np.uint16)
    table[listed] = np.arange(1, len(listed) + 1)
    codes = np.searchsorted(used, symbols) + 1
    offsets = np.cumsum([0, *map(len, words)])
    nodes, values, _ = build_nodes(
        codes.astype(np.uint16), offsets, np.arange(len(words), dtype=np.int32), len(used)
    )
    return Trie(alphabet, table, rare, nodes, values, len(words))


def make_dictionary(
    words: Sequence[str], added: Sequence[str] = (), removed: Sequence[str] = ()
) -> Dictionary:
    """Return a dictionary of ``words`` with an overlay that adds and removes some."""
    overlay = make_trie([*added, *removed]) if added or removed else None
    flags = np.array([0] * len(added) + [1] * len(removed), np.uint8)
    longest = max(map(len, [*words, *added, *removed]), default=0)
    return Dictionary(make_trie(words), overlay, flags, longest)


def make_groups(groups: Mapping[str, Collection[int]]) -> WordGroups:
    """Return folded words, each in the groups given by number.

    Words of one character and those with a character without a rank are left out.
    """
    alphabet = default_alphabet()
    notes: dict[str, int] = {}
    for word, own in groups.items():
        if len(word) > 1 and (alphabet.symbols(word) < alphabet.size).all():
            notes[word] = notes.get(word, 0) | sum(1 << group for group in own)
            for end in range(2, len(word)):
                notes[word[:end]] = notes.get(word[:end], 0) | GOES_ON_BIT
    offsets = np.cumsum([0, *map(len, notes)])
    keys = keys_of(alphabet.symbols("".join(notes)), offsets)
    table, displacements, places = place_keys(keys)
    table[places] |= np.array(list(notes.values()), np.uint32)
    return WordGroups(table, displacements)
