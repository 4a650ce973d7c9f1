"""Label sequences in which some words count for more: the best one, and the sums over all.

Characters are labelled B, M, E or S. Besides the scores of labels and of steps from label to label
some words [start, end) of the text have a reward, which a path earns only if it has exactly that
word. A path that enters the middle of a word has forgotten where the word began; so where a word
with a reward begins, B does not lead to M and E as usual. Its continuation is followed by itself as
far as the longest rewarded word from there: at each place it may end, with the reward of the word
that this makes, and behind the last it merges with all other words that go on there.

A place inside a unit has UNIT_INSIDE among its marks: no word begins there. At a BREAK one must; but
a word with a reward goes across the BREAK of a rule, though not across the edge of a forced word.
Time is linear in the length of the stretch times that of the longest rewarded word.

Of two paths of the same score the one whose last differing word is the shorter wins, and where the
last words are alike but for being one character or more (E before S) so it is decided there.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memmove

import numpy as np

from classicnlp._ext.units cimport BREAK, UNIT_INSIDE
from classicnlp._ext.userwords cimport JOINED, Match

from classicnlp._ext.userwords import LARGEST_REWARD, NEVER
from classicnlp.checks import as_array

cdef extern from "vector.h":
    double exp_of "classicnlp_exp" (double x) noexcept nogil
    double log_sum "classicnlp_log_of_sum" (double a, double b) noexcept nogil

cdef int64_t LOWEST = -(<int64_t> 1 << 62)
cdef double NOTHING = -1e300  # the logarithm of 0, to be added to without care


cdef inline bint spanned(const Stretch* x, int32_t i) noexcept nogil:
    """Whether a word may go across the place between the characters i - 1 and i."""
    return 0 < i < x.length and (x.marks[i] & UNIT_INSIDE or not x.marks[i] & BREAK)


cdef inline bint crossed(const Stretch* x, int32_t i) noexcept nogil:
    """Whether a word with a reward may go across the place: where rules part, but no forced word has an edge."""
    return spanned(x, i) or 0 < i < x.length and not (x.marks[i - 1] | x.marks[i]) & JOINED


cdef inline bint cut_at(const Stretch* x, int32_t i) noexcept nogil:
    """Whether there may be a boundary between the characters i - 1 and i."""
    return i <= 0 or i >= x.length or not x.marks[i] & UNIT_INSIDE


cdef inline int32_t go(const Stretch* x, int32_t a, int32_t b) noexcept nogil:
    return x.go[LABELS * a + b]


cdef inline int32_t at(const Stretch* x, int32_t i, int32_t label) noexcept nogil:
    return x.scores[LABELS * <Py_ssize_t> i + label]


cdef inline Py_ssize_t matches_from(const Stretch* x, Py_ssize_t* place, int32_t i) noexcept nogil:
    """Step to the matches that begin at i; return behind which they end."""
    cdef Py_ssize_t stop
    while place[0] < x.matches_count and x.matches[place[0]].start - x.origin < i:
        place[0] += 1
    stop = place[0]
    while stop < x.matches_count and x.matches[stop].start - x.origin == i:
        stop += 1
    # What ends outside is no word of this stretch.
    while stop > place[0] and x.matches[stop - 1].end - x.origin > x.length:
        stop -= 1
    return stop


cdef struct Way:
    # The best path to a label at a place, and where the word of that label began.
    int64_t score
    int32_t start


cdef inline void prefer(Way* best, int64_t score, int32_t start) noexcept nogil:
    if score > best.score or score == best.score and start > best.start:
        best[0] = Way(score, start)


cdef Py_ssize_t best_words(const Stretch* x, int32_t* ends, int64_t* score) noexcept nogil:
    """Write where the words of the best path end, and its score; return how many, -1 for no memory."""
    cdef int32_t n = x.length, i, start
    cdef Way* closing = <Way*> PyMem_RawMalloc(n * (2 * sizeof(Way) + sizeof(int32_t) + 1))
    cdef Way* going  # closing and going: what rewarded words bring to E and to M at each place
    cdef int32_t* began
    cdef uint8_t* after_single
    cdef Way m = Way(LOWEST, -1), following, word
    cdef int64_t b = LOWEST, e = LOWEST, s = LOWEST, following_b, following_s
    cdef Py_ssize_t place = 0, stop, count
    if closing == NULL:
        return -1
    going = closing + n
    began = <int32_t*> (going + n)
    after_single = <uint8_t*> (began + n)
    for i in range(n):
        closing[i] = going[i] = Way(LOWEST, -1)
    for i in range(n):
        following_b = following_s = LOWEST
        following = word = Way(LOWEST, -1)
        after_single[i] = 0
        stop = matches_from(x, &place, i)
        if cut_at(x, i):
            if i == 0:
                following_b, following_s = x.starts[B], x.starts[S]
            else:
                after_single[i] = s + go(x, S, B) > e + go(x, E, B)
                after_single[i] |= (s + go(x, S, S) > e + go(x, E, S)) << S
                following_b = max(e + go(x, E, B), s + go(x, S, B))
                following_s = max(e + go(x, E, S), s + go(x, S, S))
            following_s = following_s + at(x, i, S) if cut_at(x, i + 1) else LOWEST
            if place < stop and x.matches[place].end - x.origin == i + 1:
                following_s = max(following_s + x.matches[place].reward, LOWEST)
                place += 1
            following_b = following_b + at(x, i, B) if place < stop or spanned(x, i + 1) else LOWEST
        if cut_at(x, i + 1):
            word = closing[i]
        if spanned(x, i):
            if spanned(x, i + 1):
                following = going[i]
                prefer(&following, b + go(x, B, M) + at(x, i, M), i - 1)
                prefer(&following, m.score + go(x, M, M) + at(x, i, M), m.start)
            if cut_at(x, i + 1):
                prefer(&word, b + go(x, B, E) + at(x, i, E), i - 1)
                prefer(&word, m.score + go(x, M, E) + at(x, i, E), m.start)
        began[i] = word.start
        b, m, e, s = following_b, following, max(word.score, LOWEST), following_s
        if place < stop:
            if following_b > LOWEST:
                follow(x, i, b, x.matches + place, x.matches + stop, closing, going)
            b = LOWEST
    score[0] = max(e, s)
    count = 0
    start = n
    while start > 0:
        i = start - 1
        count += 1
        ends[n - count] = start
        if e >= s:
            start = began[i]
            e, s = 0, after_single[start] & 1
        else:
            start = i
            e, s = 0, after_single[start] >> S & 1
    memmove(ends, ends + n - count, count * sizeof(int32_t))
    PyMem_RawFree(closing)
    return count


cdef void follow(const Stretch* x, int32_t start, int64_t score, const Match* match, const Match* stop,
                 Way* closing, Way* going) noexcept nogil:
    """Follow the word that begins at ``start`` to the end of its longest match."""
    cdef int32_t last = (stop - 1).end - x.origin - 1, i, label = B
    cdef int64_t reward
    cdef bint parted = False, matched
    for i in range(start + 1, last + 1):
        if not crossed(x, i):
            return
        parted |= not spanned(x, i)
        matched = match.end - x.origin == i + 1
        if cut_at(x, i + 1) and (matched or not parted):
            reward = match.reward if matched else 0
            prefer(&closing[i], score + go(x, label, E) + at(x, i, E) + reward, start)
        match += matched
        score += go(x, label, M) + at(x, i, M)
        label = M
    if spanned(x, last + 1) and not parted:
        prefer(&going[last], score, start)


cdef struct Sums:
    # Logarithms of sums over all paths up to and with a label (forth), and of all that may follow
    # it (back); arrays of shape (length, 4).
    double* weights  # scaled scores, with the rewards of words of one character
    double* forth
    double* back
    int64_t* first  # the first match of several characters from each place; length + 1 of them
    double go[16]
    double scale


cdef bint open_sums(const Stretch* x, double scale, Sums* sums) noexcept nogil:
    """Make room and scale the scores; False for no memory."""
    cdef Py_ssize_t n = x.length, i, place = 0, stop
    cdef double* block = <double*> PyMem_RawMalloc((3 * LABELS * n + n + 1) * sizeof(double))
    if block == NULL:
        return False
    sums.weights = block
    sums.forth = block + LABELS * n
    sums.back = sums.forth + LABELS * n
    sums.first = <int64_t*> (sums.back + LABELS * n)
    sums.scale = scale
    for i in range(LABELS * LABELS):
        sums.go[i] = scale * x.go[i]
    for i in range(LABELS * n):
        sums.weights[i] = scale * x.scores[i]
        sums.forth[i] = sums.back[i] = NOTHING
    for i in range(n):
        stop = matches_from(x, &place, <int32_t> i)
        if place < stop and x.matches[place].end - x.origin == i + 1:
            sums.weights[LABELS * i + S] += scale * x.matches[place].reward
            place += 1
        sums.first[i] = place if place < stop else -1
    return True


cdef inline double both(const double* paths, const double* go, int32_t a, int32_t b, int32_t to) noexcept nogil:
    """Return the sum of the paths to labels a and b, lengthened by the step to another."""
    return log_sum(paths[a] + go[LABELS * a + to], paths[b] + go[LABELS * b + to])


cdef void sum_forth(const Stretch* x, Sums* sums) noexcept nogil:
    cdef int32_t i
    cdef double* here = sums.forth
    cdef double* before
    cdef const double* weights = sums.weights
    cdef double b
    here[B] = sums.scale * x.starts[B] + weights[B]
    here[S] = sums.scale * x.starts[S] + weights[S]
    for i in range(x.length):
        if i > 0:
            before = here
            here += LABELS
            weights += LABELS
            if cut_at(x, i):
                here[B] = weights[B] + both(before, sums.go, E, S, B)
                here[S] = weights[S] + both(before, sums.go, E, S, S)
            if spanned(x, i):
                b = before[B]
                if sums.first[i - 1] >= 0:
                    before[B] = NOTHING  # has been followed by itself
                # What rewarded words bring is there already.
                here[M] = log_sum(here[M], weights[M] + both(before, sums.go, B, M, M))
                here[E] = log_sum(here[E], weights[E] + both(before, sums.go, B, M, E))
                before[B] = b
        if sums.first[i] >= 0:
            follow_sum(x, i, sums, True)


cdef void sum_back(const Stretch* x, Sums* sums) noexcept nogil:
    cdef int32_t i
    cdef double* here = sums.back + LABELS * <Py_ssize_t> (x.length - 1)
    cdef double after[LABELS]
    cdef const double* weights
    cdef int32_t y
    here[E] = here[S] = 0.0
    for i in range(x.length - 2, -1, -1):
        weights = sums.weights + LABELS * <Py_ssize_t> (i + 1)
        for y in range(LABELS):
            after[y] = here[y] + weights[y]
        here -= LABELS
        for y in range(LABELS):
            if y == E or y == S:
                if cut_at(x, i + 1):
                    here[y] = log_sum(after[B] + sums.go[LABELS * y + B], after[S] + sums.go[LABELS * y + S])
            elif spanned(x, i + 1) and not (y == B and sums.first[i] >= 0):
                here[y] = log_sum(after[M] + sums.go[LABELS * y + M], after[E] + sums.go[LABELS * y + E])
        if sums.first[i] >= 0:
            follow_sum(x, i, sums, False)


cdef void follow_sum(const Stretch* x, int32_t start, Sums* sums, bint forth) noexcept nogil:
    """Follow the word that begins at ``start`` to the end of its longest match.

    Forth, what it brings is added to E and M where it arrives; back, what follows there is
    added to B where it began.
    """
    cdef Py_ssize_t first = <Py_ssize_t> sums.first[start], stop = matches_from(x, &first, start), place = 0
    cdef const Match* match = x.matches + first
    cdef double* begin = (sums.forth if forth else sums.back) + LABELS * <Py_ssize_t> start + B
    cdef double score = begin[0] if forth else 0.0, whole
    cdef int32_t last = x.matches[stop - 1].end - x.origin - 1, i, label = B
    cdef bint parted = False, matched
    for i in range(start + 1, last + 1):
        if not crossed(x, i):
            return
        parted |= not spanned(x, i)
        matched = match.end - x.origin == i + 1
        place = LABELS * <Py_ssize_t> i
        whole = score + sums.go[LABELS * label + E] + sums.weights[place + E]
        if matched:
            whole += sums.scale * match.reward
            match += 1
        score += sums.go[LABELS * label + M] + sums.weights[place + M]
        label = M
        if parted and not matched:
            continue
        if forth:
            sums.forth[place + E] = log_sum(sums.forth[place + E], whole)
        else:
            begin[0] = log_sum(begin[0], whole + sums.back[place + E])
    if parted:
        return
    if forth:
        sums.forth[place + M] = log_sum(sums.forth[place + M], score)
    else:
        begin[0] = log_sum(begin[0], score + sums.back[place + M])


cdef double reward_of(const Stretch* x, int32_t start, int32_t end) noexcept nogil:
    """Return the reward of a word, found by bisection of the matches."""
    cdef Py_ssize_t low = 0, high = x.matches_count, middle
    cdef const Match* match
    while low < high:
        middle = (low + high) // 2
        match = x.matches + middle
        if match.start - x.origin < start or match.start - x.origin == start and match.end - x.origin < end:
            low = middle + 1
        else:
            high = middle
    if low < x.matches_count:
        match = x.matches + low
        if match.start - x.origin == start and match.end - x.origin == end:
            return <double> match.reward
    return 0.0


cdef bint word_confidences(const Stretch* x, double scale, const int32_t* ends, Py_ssize_t count,
                           double* out) noexcept nogil:
    """Write the share of all paths, weighed by exp(scale * score), that have each word; False for no memory."""
    cdef Sums sums
    cdef Py_ssize_t k, last = LABELS * <Py_ssize_t> (x.length - 1)
    cdef int32_t start = 0, i, label
    cdef double everything, score
    if not open_sums(x, scale, &sums):
        return False
    sum_forth(x, &sums)
    sum_back(x, &sums)
    everything = log_sum(sums.forth[last + E], sums.forth[last + S])
    for k in range(count):
        i = start
        label = S if ends[k] == start + 1 else B
        score = sums.forth[LABELS * <Py_ssize_t> start + label]
        for i in range(start + 1, ends[k]):
            score += sums.go[LABELS * label + (E if i + 1 == ends[k] else M)]
            label = E if i + 1 == ends[k] else M
            score += sums.weights[LABELS * <Py_ssize_t> i + label]
        if label == E:
            score += scale * reward_of(x, start, ends[k])
        score += sums.back[LABELS * <Py_ssize_t> (ends[k] - 1) + label] - everything
        out[k] = exp_of(min(score, 0.0))
        start = ends[k]
    PyMem_RawFree(sums.weights)
    return True


cdef void word_scores(const Stretch* x, const int32_t* ends, Py_ssize_t count, double* out) noexcept nogil:
    """Write what each word of a path adds to its score: labels, steps into them, reward."""
    cdef Py_ssize_t k
    cdef int32_t start = 0, before = S, i, label
    cdef double score
    for k in range(count):
        score = 0.0
        for i in range(start, ends[k]):
            label = (S if ends[k] == start + 1 else B) if i == start else E if i + 1 == ends[k] else M
            score += at(x, i, label) + (x.starts[label] if i == 0 else go(x, before, label))
            before = label
        out[k] = score + reward_of(x, start, ends[k])
        start = ends[k]


cdef class Spans:
    """A text scored for the labels B, M, E, S, with marks and matches: its best words and what else there is.

    Parameters
    ----------
    scores : int32 array, shape (n, 4)
    transitions : int32 array, shape (4, 4)
        From row to column; only steps that make words are looked at.
    starts : int32 array, shape (4,)
    marks : uint8 array, shape (n,)
        UNIT_INSIDE (2) where no word may begin, BREAK (4) where one must, unless a word of
        ``matches`` goes on; JOINED (8) in words at whose edges none does.
    matches : int64 array, shape (matches, 3)
        Start, end and reward of words that count for more, or less, by start and then by end.

    Raises
    ------
    ValueError
        If shapes do not fit, or a number is out of its range.
    """

    cdef Stretch x
    cdef const int32_t[:, ::1] scores
    cdef const int32_t[:, ::1] transitions
    cdef const int32_t[::1] starts
    cdef const uint8_t[::1] marks
    cdef Match* matches

    def __cinit__(self, scores, transitions, starts, marks, matches):
        cdef Py_ssize_t k
        cdef const int64_t[:, ::1] rows
        scores = as_array(scores, np.int32, "scores")
        transitions = as_array(transitions, np.int32, "transitions")
        starts = as_array(starts, np.int32, "starts")
        marks = as_array(marks, np.uint8, "marks")
        matches = as_array(matches, np.int64, "matches")
        if scores.ndim != 2 or scores.shape[1] != LABELS or not 0 < scores.shape[0] < 1 << 28:
            raise ValueError(f"scores must have 4 columns and a row at least, got shape {scores.shape}")
        if transitions.shape != (LABELS, LABELS) or starts.shape != (LABELS,):
            raise ValueError("transitions must have shape (4, 4) and starts (4,)")
        if marks.shape != (len(scores),) or matches.ndim != 2 or matches.shape[1] != 3:
            raise ValueError(f"expected {len(scores)} marks, and matches of three columns")
        check_matches(matches, len(scores))
        self.scores, self.transitions, self.starts, self.marks = scores, transitions, starts, marks
        rows = matches
        self.matches = <Match*> PyMem_RawMalloc((rows.shape[0] + 1) * sizeof(Match))
        if self.matches == NULL:
            raise MemoryError()
        for k in range(rows.shape[0]):
            self.matches[k] = Match(<int32_t> rows[k, 0], <int32_t> rows[k, 1], rows[k, 2])
        self.x = Stretch(<int32_t> len(scores), &self.scores[0, 0], &self.transitions[0, 0], &self.starts[0],
                         &self.marks[0], self.matches, rows.shape[0], 0)

    def __dealloc__(self):
        PyMem_RawFree(self.matches)

    def best(self):
        """Return where the words of the best path end, an int32 array, and its score."""
        cdef int64_t score = 0
        cdef Py_ssize_t count
        ends = np.empty(self.x.length, np.int32)
        cdef int32_t[::1] out = ends
        with nogil:
            count = best_words(&self.x, &out[0], &score)
        if count < 0:
            raise MemoryError()
        return ends[:count].copy(), score

    def confidences(self, ends, double scale):
        """Return the share of all paths, weighed by exp(scale * score), that have each word: a float64 array.

        ``ends`` are those of a path that marks allow, as `best` returns them.
        """
        cdef const int32_t[::1] words = self.checked(ends)
        cdef bint complete
        if not 0 < scale < 1e6:
            raise ValueError(f"scale must be positive, got {scale}")
        shares = np.empty(words.shape[0])
        cdef double[::1] out = shares
        with nogil:
            complete = word_confidences(&self.x, scale, &words[0], words.shape[0], &out[0])
        if not complete:
            raise MemoryError()
        return shares

    def word_scores(self, ends):
        """Return what each word adds to the score of a path, a float64 array; the sum is the path's score."""
        cdef const int32_t[::1] words = self.checked(ends)
        scores = np.empty(words.shape[0])
        cdef double[::1] out = scores
        with nogil:
            word_scores(&self.x, &words[0], words.shape[0], &out[0])
        return scores

    def checked(self, ends):
        """Return ends as an array if they rise from above 0 to the length."""
        ends = as_array(ends, np.int32, "ends")
        rising = ends.ndim == 1 and (np.diff(ends, prepend=0) > 0).all()
        if not rising or not ends.size or ends[ends.size - 1] != self.x.length:
            raise ValueError(f"ends must rise from above 0 to {self.x.length}")
        return ends


def check_matches(matches, length):
    """Raise a ValueError unless matches lie in a text, ascend, and have rewards that sums have room for."""
    if not len(matches):
        return
    starts, ends, rewards = matches.T
    if starts.min() < 0 or ends.max() > length or (ends <= starts).any():
        raise ValueError(f"matches must lie in 0 ... {length} and have a character at least")
    if (np.diff(starts * (length + 1) + ends) <= 0).any():
        raise ValueError("matches must ascend by start and then by end")
    if rewards.min() < NEVER or rewards.max() > LARGEST_REWARD:
        raise ValueError(f"rewards must lie in {NEVER} ... {LARGEST_REWARD}")
