"""Smoothed n-gram models from dictionaries of counts, by the formulas of the papers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

Gram = tuple[str, ...]
Sentence = Sequence[str]


class Reference:
    """p(word | context) by recursion over ever shorter contexts.

    `own` gives what a context itself says of a word, and `rest` what it leaves to the context
    without its first word; a context that was never followed by anything says nothing.
    """

    def __init__(self, sentences: Sequence[Sentence], order: int):
        self.order = order
        self.counts: list[Counter[Gram]] = [Counter() for _ in range(order + 1)]
        for sentence in sentences:
            words = ("<s>", *sentence, "</s>")
            for end in range(1, len(words)):
                for n in range(1, min(order, end + 1) + 1):
                    self.counts[n][words[end - n + 1 : end + 1]] += 1
        self.words = sorted({"<unk>", "</s>", *(w for s in sentences for w in s)})
        self.prepare()

    def prepare(self) -> None:
        """Change the counts before they are used."""

    def followers(self, context: Gram) -> dict[str, int]:
        """Return how often each word follows a context."""
        n = len(context) + 1
        return {g[-1]: c for g, c in self.counts[n].items() if g[:-1] == context}

    def own(self, word: str, followers: dict[str, int], n: int) -> float:
        raise NotImplementedError

    def rest(self, followers: dict[str, int], n: int) -> float:
        raise NotImplementedError

    def p(self, word: str, context: Gram) -> float:
        context = context[max(len(context) - self.order + 1, 0) :]
        followers = self.followers(context)
        if not followers:
            return self.p(word, context[1:])
        n = len(context) + 1
        lower = self.p(word, context[1:]) if context else 1 / len(self.words)
        return self.own(word, followers, n) + self.rest(followers, n) * lower

    def log10(self, sentence: Sentence) -> float:
        """Return log10 p(sentence)."""
        words = ["<s>", *(word if word in self.words else "<unk>" for word in sentence), "</s>"]
        pairs = [(words[i], tuple(words[:i])) for i in range(1, len(words))]
        return sum(math.log10(p) if (p := self.p(*pair)) else -math.inf for pair in pairs)


class MaximumLikelihood(Reference):
    def own(self, word: str, followers: dict[str, int], n: int) -> float:
        return followers.get(word, 0) / sum(followers.values())

    def rest(self, followers: dict[str, int], n: int) -> float:
        return 0.0


class AddK(Reference):
    k = 0.5

    def p(self, word: str, context: Gram) -> float:
        context = context[max(len(context) - self.order + 1, 0) :]
        followers = self.followers(context)
        if not followers and context:
            return self.p(word, context[1:])
        total = sum(followers.values()) + self.k * len(self.words)
        return (followers.get(word, 0) + self.k) / total


class JelinekMercer(Reference):
    weights = (0.9, 0.6, 0.3, 0.2, 0.4)

    def own(self, word: str, followers: dict[str, int], n: int) -> float:
        return self.weights[n - 1] * followers.get(word, 0) / sum(followers.values())

    def rest(self, followers: dict[str, int], n: int) -> float:
        return 1 - self.weights[n - 1]


class WittenBell(Reference):
    def own(self, word: str, followers: dict[str, int], n: int) -> float:
        return followers.get(word, 0) / (sum(followers.values()) + len(followers))

    def rest(self, followers: dict[str, int], n: int) -> float:
        return len(followers) / (sum(followers.values()) + len(followers))


class Discounting(Reference):
    """Something is taken from counts of 1, 2, and 3 and more; `fallback` where it is unknown."""

    fallback = (0.5, 1.0, 1.5)

    def discounts(self, n: int) -> Sequence[float]:
        raise NotImplementedError

    def taken(self, count: int, n: int) -> float:
        return self.discounts(n)[min(count, 3) - 1] if count else 0.0

    def own(self, word: str, followers: dict[str, int], n: int) -> float:
        count = followers.get(word, 0)
        return (count - self.taken(count, n)) / sum(followers.values())

    def rest(self, followers: dict[str, int], n: int) -> float:
        return sum(self.taken(c, n) for c in followers.values()) / sum(followers.values())


class Absolute(Discounting):
    def discounts(self, n: int) -> Sequence[float]:
        of = Counter(self.counts[n].values())
        d = of[1] / (of[1] + 2 * of[2]) if of[1] and of[2] else self.fallback[0]
        return (d, d, d)


class KneserNey(Discounting):
    """Modified and interpolated (Chen and Goodman, 1998)."""

    def prepare(self) -> None:
        for n in range(1, self.order):
            preceding = Counter(g[1:] for g in self.counts[n + 1])
            for gram in self.counts[n]:
                if gram[0] != "<s>":
                    self.counts[n][gram] = preceding[gram]

    def discounts(self, n: int) -> Sequence[float]:
        of = Counter(self.counts[n].values())
        if not (of[1] and of[2] and of[3]):
            return self.fallback
        y = of[1] / (of[1] + 2 * of[2])
        found = tuple(j - (j + 1) * y * of[j + 1] / of[j] for j in (1, 2, 3))
        return found if min(found) >= 0 else self.fallback


REFERENCES: dict[str, type[Reference]] = {
    "kneser-ney": KneserNey,
    "witten-bell": WittenBell,
    "absolute": Absolute,
    "jelinek-mercer": JelinekMercer,
    "add-k": AddK,
    "maximum-likelihood": MaximumLikelihood,
}
