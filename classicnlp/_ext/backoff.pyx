"""Look-up in back-off language models: a table of n-grams, and an automaton over contexts.

An n-gram of two words and more is an entry: its key is the state of its context and its last
word, its value log10 p and the state that follows. Entries stand four to a bucket, a line of the
cache; one that does not fit goes to the next, and the bucket has a mark. A value is one 64-bit
number, the log in its low half and the state in its high half.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

import numpy as np

cdef extern from "backoff.h":
    enum:
        ENTRIES "CLASSICNLP_ENTRIES"
    const uint64_t WENT_ON "CLASSICNLP_WENT_ON"
    uint64_t bucket_of "classicnlp_bucket_of" (uint64_t key, uint64_t bucket_count) noexcept nogil
    void score_all "classicnlp_score" (
        const Machine* m, const int32_t* ids, const int64_t* offsets, int64_t sentences,
        const uint32_t* begin, int alike, float* logs, uint8_t* lengths, uint32_t* ends) noexcept nogil
    float walk_on "classicnlp_walk" (const Machine* m, uint32_t* state, int32_t word) noexcept nogil
    float forget_all "classicnlp_forget" (const Machine* m, uint32_t state) noexcept nogil

cdef extern from "prefetch.h":
    void prefetch "CLASSICNLP_PREFETCH" (const void* address) noexcept nogil

cdef enum:
    AHEAD = 16

MOST_ENTRIES = 1 << 33
FILLED = 0.55  # of a table: fuller ones send more searches on to a second bucket


def fill_buckets(const uint64_t[::1] keys not None, const uint64_t[::1] steps not None,
                 uint64_t[:, ::1] buckets not None):
    """Put entries into empty buckets, in their order.

    Parameters
    ----------
    keys : uint64 array, shape (n,)
        Distinct, none 0.
    steps : uint64 array, shape (n,)
        The value of each.
    buckets : uint64 array, shape (count, 8)
        Zeros; changed in place.

    Raises
    ------
    ValueError
        If there is no room for all, or one key is there twice.
    """
    cdef Py_ssize_t i, n = keys.shape[0], k
    cdef uint64_t count = buckets.shape[0], bucket
    cdef bint sound = steps.shape[0] == n and buckets.shape[1] == 2 * ENTRIES and n < <Py_ssize_t> (ENTRIES * count)
    if not sound or count >= <uint64_t> 1 << 32:
        raise ValueError(f"{count} buckets do not fit {n} keys and {steps.shape[0]} values")
    with nogil:
        for i in range(n):
            if i + AHEAD < n:
                prefetch(&buckets[bucket_of(keys[i + AHEAD], count), 0])
            bucket = bucket_of(keys[i], count)
            k = 0
            while sound:
                if buckets[bucket, k] == 0:
                    break
                sound = buckets[bucket, k] & ~WENT_ON != keys[i]
                k += 1
                if k == ENTRIES:
                    buckets[bucket, ENTRIES - 1] |= WENT_ON
                    k = 0
                    bucket = bucket + 1 if bucket + 1 < count else 0
            sound = sound and 0 < keys[i] < WENT_ON
            if not sound:
                break
            buckets[bucket, k] = keys[i]
            buckets[bucket, ENTRIES + k] = steps[i]
    if not sound:
        raise ValueError("keys must be distinct, above 0 and below 2**63")


cdef class Automaton:
    """A back-off model that scores sentences of word numbers.

    Parameters
    ----------
    buckets : uint64 array, shape (count, 8)
        What `fill_buckets` filled.
    states : uint64 array, shape (states,)
        Of each context its back-off weight (log10) and the state of the next shorter one, a lower
        number.
    unigrams : uint64 array, shape (words,)
        Of each word log10 p and the state that follows.
    starts : uint32 array
        The number of the first state of one word, of two words ...
    flat : bool
        Whether a word without an entry has the back-off weight as its probability, whatever it is,
        as in additive smoothing.
    """

    def __init__(self, const uint64_t[:, ::1] buckets not None, const uint64_t[::1] states not None,
                 const uint64_t[::1] unigrams not None, const uint32_t[::1] starts not None, bint flat):
        cdef Py_ssize_t i
        cdef bint sound = True
        if not buckets.shape[0] or buckets.shape[1] != 2 * ENTRIES or not states.shape[0] or not unigrams.shape[0]:
            raise ValueError("a model needs a bucket, a state and a word")
        if buckets.shape[0] >= 1 << 32 or states.shape[0] >= 1 << 31 or unigrams.shape[0] >= 1 << 31:
            raise ValueError("a model has at most 2**31 states and words, and 2**32 buckets")
        if starts.shape[0] >= 255:
            raise ValueError("a model has at most 255 orders")
        for i in range(1, states.shape[0]):
            # Thus every way by shorter contexts ends.
            sound = sound and states[i] >> 32 < <uint64_t> i
        if not sound:
            raise ValueError("a state must send to one with a lower number")
        self.arrays = {name: np.asarray(view) for name, view in (
            ("buckets", buckets), ("states", states), ("unigrams", unigrams), ("starts", starts))}
        self.words = unigrams.shape[0]
        self.buckets, self.states, self.unigrams, self.starts = buckets, states, unigrams, starts
        self.machine.buckets = <const Bucket*> &buckets[0, 0]
        self.machine.states = <const Step*> &states[0]
        self.machine.unigrams = <const Step*> &unigrams[0]
        self.machine.starts = &starts[0] if starts.shape[0] else NULL
        self.machine.bucket_count = buckets.shape[0]
        self.machine.state_count = <uint32_t> states.shape[0]
        self.machine.orders = <int32_t> starts.shape[0]
        self.machine.flat = flat

    def __reduce__(self):
        a = self.arrays
        return Automaton, (a["buckets"], a["states"], a["unigrams"], a["starts"], bool(self.machine.flat))

    def score(self, const int32_t[::1] ids not None, const int64_t[::1] offsets not None,
              const uint32_t[::1] begin not None, uint8_t[::1] lengths=None):
        """Return log10 p of every word, given those before it in its sentence.

        Parameters
        ----------
        ids : int32 array, shape (n,)
            The words of all sentences.
        offsets : int64 array, shape (sentences + 1,)
            Where each sentence begins, and where the last ends.
        begin : uint32 array, shape (sentences,) or (1,)
            The state before the first word of each sentence, or of all.
        lengths : uint8 array, shape (n,), optional
            Gets the length of the n-gram by which each word was found.

        Returns
        -------
        logs : float32 array, shape (n,)
        ends : uint32 array, shape (sentences,)
            The state after each sentence.
        """
        cdef Py_ssize_t i, n = ids.shape[0], sentences = offsets.shape[0] - 1
        cdef uint32_t outside = 0, words = <uint32_t> self.words
        cdef bint sound = sentences >= 0 and offsets[0] == 0 and offsets[sentences] == n
        for i in range(sentences if sound else 0):
            sound = sound and offsets[i] <= offsets[i + 1]
        if not sound:
            raise ValueError(f"offsets must rise from 0 to {n}")
        if begin.shape[0] != 1 and begin.shape[0] != sentences or lengths is not None and lengths.shape[0] != n:
            raise ValueError("there must be one state for each sentence, and one length for each word")
        for i in range(begin.shape[0]):
            sound = sound and begin[i] < self.machine.state_count
        for i in range(n):
            outside |= <uint32_t> ids[i] >= words  # without branches, many at once
        if outside or not sound:
            raise ValueError(f"words must be below {self.words}, states below {self.machine.state_count}")
        logs, ends = np.empty(n, np.float32), np.empty(sentences, np.uint32)
        cdef float[::1] out = logs
        cdef uint32_t[::1] last = ends
        cdef uint8_t* found = &lengths[0] if lengths is not None and n else NULL
        if sentences:
            with nogil:
                score_all(&self.machine, &ids[0] if n else NULL, &offsets[0], sentences, &begin[0],
                          begin.shape[0] == 1, &out[0] if n else NULL, found, &last[0])
        return logs, ends

    cdef float walk(self, uint32_t* state, int32_t word) noexcept nogil:
        """Return log10 p of a word after a state, and move on to the next state; both must exist."""
        return walk_on(&self.machine, state, word)

    cdef float forget(self, uint32_t state) noexcept nogil:
        """Return the back-off weights on the way from a state to the empty context, added."""
        return forget_all(&self.machine, state)


def sums(const float[::1] logs not None, const int64_t[::1] offsets not None):
    """Return the sum of each sentence's logs, added from left to right.

    Parameters
    ----------
    logs : float32 array, shape (n,)
    offsets : int64 array, shape (sentences + 1,)
        Rises from 0 to n.

    Returns
    -------
    float64 array, shape (sentences,)
    """
    cdef Py_ssize_t s, i, n = logs.shape[0], sentences = offsets.shape[0] - 1
    cdef double total
    if sentences < 0 or offsets[0] != 0 or offsets[sentences] != n or (np.diff(offsets) < 0).any():
        raise ValueError(f"offsets must rise from 0 to {n}")
    totals = np.empty(sentences)
    cdef double[::1] out = totals
    with nogil:
        for s in range(sentences):
            total = 0.0
            for i in range(offsets[s], offsets[s + 1]):
                total += logs[i]
            out[s] = total
    return totals
