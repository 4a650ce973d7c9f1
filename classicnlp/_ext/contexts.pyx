"""What the token before says: p(label | token and label before) and p(token | token and label before, label).

An entry is a token with one of the labels it was seen with. Counts of what came after an entry are
mixed with what is known without it (Witten and Bell, 1991): of n events of y kinds a share of

    n / (n + k y)

is believed, the rest left to the more general distribution. For changes that is p(label | the two
labels before); for tokens p(token | label before, label), in the same way a mixture with
p(token | label).
"""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t

import numpy as np

cdef extern from "vector.h":
    double log_of "classicnlp_log" (double x) noexcept nogil


cdef inline int64_t find(const int32_t* row, int64_t low, int64_t high, int32_t wanted) noexcept nogil:
    """Return where ``wanted`` stands in an ascending stretch, or -1."""
    cdef int64_t middle, end = high
    while low < high:
        middle = (low + high) // 2
        if row[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < end and row[low] == wanted else -1


cdef check_rows(str name, const int64_t[::1] first, Py_ssize_t rows, const int32_t[::1] numbers, Py_ssize_t most,
                const int32_t[::1] counts):
    """Raise a ValueError unless every row ascends within 0 ... most - 1, with a count above 0 for each number."""
    cdef Py_ssize_t r, k
    cdef bint sound = (first.shape[0] == rows + 1 and first[0] == 0 and first[rows] == numbers.shape[0]
                       and counts.shape[0] == numbers.shape[0])
    if sound:
        for r in range(rows):
            if not first[r] <= first[r + 1] <= numbers.shape[0]:
                sound = False
                break
            for k in range(first[r], first[r + 1]):
                sound = sound and 0 <= numbers[k] < most and counts[k] > 0
                sound = sound and (k == first[r] or numbers[k] > numbers[k - 1])
    if not sound:
        raise ValueError(f"the {name} of entries do not fit")


cdef class Contexts:
    """What came after the entries of a corpus, and before them; immutable.

    Parameters
    ----------
    label_count : int
        Y; the number Y is the boundary.
    entry_count : int
        E; the number E is the entry of the boundary before a sequence, -1 that of unknown tokens.
    trust : float
        k, above 0.
    after_first, after_labels, after_counts, after_kinds : int64 and int32 arrays
        Entry e was followed by label c ``after_counts`` times, with ``after_kinds`` different tokens,
        for c in ``after_labels[after_first[e]:after_first[e + 1]]``, ascending; E + 1 rows.
    before_first, before_entries, before_counts : int64 and int32 arrays
        The entries before entry e, ascending, and how often; E rows.
    label_first, label_labels, label_counts : int64 and int32 arrays
        The labels before entry e, ascending, and how often; E rows.
    pair_counts, pair_kinds : int32 array, shape (Y + 1, Y + 1)
        How often a label followed another, and with how many different tokens.

    Raises
    ------
    ValueError
        If the arrays do not fit.
    """

    cdef readonly object arrays
    cdef Py_ssize_t label_count
    cdef Py_ssize_t entry_count
    cdef double trust
    cdef const int64_t[::1] after_first
    cdef const int32_t[::1] after_labels
    cdef const int32_t[::1] after_counts
    cdef const int32_t[::1] after_kinds
    cdef const int64_t[::1] before_first
    cdef const int32_t[::1] before_entries
    cdef const int32_t[::1] before_counts
    cdef const int64_t[::1] label_first
    cdef const int32_t[::1] label_labels
    cdef const int32_t[::1] label_counts
    cdef const int32_t[:, ::1] pair_counts
    cdef const int32_t[:, ::1] pair_kinds
    cdef double[::1] totals  # how often each entry was followed by something

    def __init__(self, Py_ssize_t label_count, Py_ssize_t entry_count, double trust, after_first, after_labels,
                 after_counts, after_kinds, before_first, before_entries, before_counts, label_first, label_labels,
                 label_counts, pair_counts, pair_kinds):
        if label_count < 1 or entry_count < 0 or not 0 < trust < 1e9:
            raise ValueError("expected at least one label, no negative number of entries, and trust above 0")
        self.label_count, self.entry_count, self.trust = label_count, entry_count, trust
        self.after_first, self.after_labels = after_first, after_labels
        self.after_counts, self.after_kinds = after_counts, after_kinds
        self.before_first, self.before_entries, self.before_counts = before_first, before_entries, before_counts
        self.label_first, self.label_labels, self.label_counts = label_first, label_labels, label_counts
        self.pair_counts, self.pair_kinds = pair_counts, pair_kinds
        side = label_count + 1
        check_rows("successors", self.after_first, entry_count + 1, self.after_labels, side, self.after_counts)
        check_rows("successors", self.after_first, entry_count + 1, self.after_labels, side, self.after_kinds)
        check_rows("predecessors", self.before_first, entry_count, self.before_entries, entry_count + 1,
                   self.before_counts)
        check_rows("labels before", self.label_first, entry_count, self.label_labels, side, self.label_counts)
        if pair_counts.shape != (side, side) or pair_kinds.shape != (side, side):
            raise ValueError(f"expected counts of pairs of shape ({side}, {side})")
        if min(pair_counts.min(), pair_kinds.min()) < 0:
            raise ValueError("a count of pairs is negative")
        self.arrays = {
            "after_first": after_first, "after_labels": after_labels, "after_counts": after_counts,
            "after_kinds": after_kinds, "before_first": before_first, "before_entries": before_entries,
            "before_counts": before_counts, "label_first": label_first, "label_labels": label_labels,
            "label_counts": label_counts, "pair_counts": pair_counts, "pair_kinds": pair_kinds,
        }
        sums = np.concatenate([[0], np.cumsum(after_counts, dtype=np.int64)])
        self.totals = (sums[after_first[1:]] - sums[after_first[:entry_count + 1]]).astype(np.float64)

    def pairs(self, const int64_t[::1] offsets not None, const int64_t[::1] first not None,
              const int32_t[::1] labels not None, const int32_t[::1] entries not None,
              const double[::1] emissions not None):
        """Return what `Trigrams` wants to know of the candidates of sequences.

        Parameters
        ----------
        offsets : int64 array, shape (S + 1,)
            Where each sequence begins among the N places, and the end of the last.
        first : int64 array, shape (N + 1,)
            Where the candidates of each place begin among all C.
        labels, entries : int32 array, shape (C,)
            The label and the entry of each candidate.
        emissions : float64 array, shape (C,)
            p(token | label) of each candidate.

        Returns
        -------
        scores : float64 array, shape (P,)
            log p(token | token and label before, label) for each pair of adjacent candidates, in the
            order of `Trigrams`; 0 for the boundary behind the last place.
        keep : float64 array, shape (C + 1,)
        add : float64 array, shape (P,)

        Raises
        ------
        ValueError
            If sizes do not fit, or a number is out of range.
        """
        cdef Py_ssize_t total = self._count_pairs(offsets, first, labels, entries, emissions)
        scores, keeps, adds = np.zeros(total), np.ones(labels.shape[0] + 1), np.zeros(total)
        cdef double[::1] score = scores
        cdef double[::1] keep = keeps
        cdef double[::1] add = adds
        cdef Py_ssize_t s, n, j, k, low, high, from_low, from_high, pair = 0
        cdef int32_t boundary = <int32_t> self.label_count, before, entry_before
        cdef double p
        with nogil:
            for s in range(offsets.shape[0] - 1):
                from_low, from_high = -1, 0
                for n in range(offsets[s], offsets[s + 1] + 1):
                    low, high = -1, 0
                    if n < offsets[s + 1]:
                        low, high = first[n], first[n + 1]
                    for j in range(from_low, from_high):
                        before, entry_before = boundary, <int32_t> self.entry_count
                        if j >= 0:
                            before, entry_before = labels[j], entries[j]
                            keep[j] = self.share_left(entry_before)
                        for k in range(low, high):
                            if k < 0:
                                add[pair] = self.share_of(entry_before, boundary)
                            else:
                                add[pair] = self.share_of(entry_before, labels[k])
                                p = self.token(before, entry_before, labels[k], entries[k], emissions[k])
                                score[pair] = log_of(p) if p > 1e-300 else -INFINITY
                            pair += 1
                    from_low, from_high = low, high
        keep[labels.shape[0]] = self.share_left(<int32_t> self.entry_count)
        return scores, keeps, adds

    cdef double share_left(self, int32_t entry) noexcept nogil:
        """Return the share of the general probabilities of labels after an entry."""
        cdef double left
        if entry < 0 or self.totals[entry] == 0.0:
            return 1.0
        left = self.trust * (self.after_first[entry + 1] - self.after_first[entry])
        return left / (self.totals[entry] + left)

    cdef double share_of(self, int32_t entry, int32_t label) noexcept nogil:
        """Return the share of a label after an entry that comes from its own counts."""
        cdef int64_t place
        if entry < 0:
            return 0.0
        place = find(&self.after_labels[0], self.after_first[entry], self.after_first[entry + 1], label)
        if place < 0:
            return 0.0
        return self.after_counts[place] / (
            self.totals[entry] + self.trust * (self.after_first[entry + 1] - self.after_first[entry]))

    cdef double token(self, int32_t before, int32_t entry_before, int32_t label, int32_t entry,
                      double p) noexcept nogil:
        """Return p(token | token and label before, label) from p(token | label)."""
        cdef int64_t place, own
        cdef double left, n
        if self.pair_counts[before, label] > 0:
            left, n = self.trust * self.pair_kinds[before, label], 0.0
            if entry >= 0:
                own = find(&self.label_labels[0], self.label_first[entry], self.label_first[entry + 1], before)
                n = self.label_counts[own] if own >= 0 else 0.0
            p = (n + left * p) / (self.pair_counts[before, label] + left)
        if entry_before < 0:
            return p
        place = find(&self.after_labels[0], self.after_first[entry_before], self.after_first[entry_before + 1], label)
        if place >= 0:
            left, n = self.trust * self.after_kinds[place], 0.0
            if entry >= 0:
                own = find(&self.before_entries[0], self.before_first[entry], self.before_first[entry + 1],
                           entry_before)
                n = self.before_counts[own] if own >= 0 else 0.0
            p = (n + left * p) / (self.after_counts[place] + left)
        return p

    cdef Py_ssize_t _count_pairs(self, const int64_t[::1] offsets, const int64_t[::1] first, const int32_t[::1] labels,
                                 const int32_t[::1] entries, const double[::1] emissions) except -1:
        """Return how many pairs there are; raise a ValueError if anything is out of range."""
        cdef Py_ssize_t s, n, k, before, here, pairs = 0, count = labels.shape[0], places = first.shape[0] - 1
        cdef bint sound = places >= 0 and offsets.shape[0] > 0 and entries.shape[0] == emissions.shape[0] == count
        sound = sound and offsets[0] == 0 and offsets[offsets.shape[0] - 1] == places
        sound = sound and first[0] == 0 and first[places] == count
        for k in range(count if sound else 0):
            sound = sound and 0 <= labels[k] < self.label_count and -1 <= entries[k] < self.entry_count
        for n in range(places if sound else 0):
            sound = sound and first[n] < first[n + 1]
        for s in range(offsets.shape[0] - 1 if sound else 0):
            if not 0 <= offsets[s] <= offsets[s + 1] <= places:
                sound = False
                break
            before = 1
            for n in range(offsets[s], offsets[s + 1]):
                here = first[n + 1] - first[n]
                pairs += before * here
                before = here
            pairs += before
        if not sound:
            raise ValueError("offsets, candidates and emissions do not fit together")
        return pairs
