/* The labels B, M, E and S (first, inner, last character of a word, a word alone) side by side in vectors. */

#ifndef CLASSICNLP_LABELS_H
#define CLASSICNLP_LABELS_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { CLASSICNLP_B, CLASSICNLP_M, CLASSICNLP_E, CLASSICNLP_S };

#define CLASSICNLP_IMPOSSIBLE (-(1 << 28))  /* twice this and all weights still fit into 32 bits */

typedef uint8_t classicnlp_bytes __attribute__((vector_size(16)));
typedef uint16_t classicnlp_words __attribute__((vector_size(16)));
typedef uint64_t classicnlp_halves __attribute__((vector_size(16)));
typedef int32_t classicnlp_labels __attribute__((vector_size(16)));

#if defined(__clang__) || __GNUC__ >= 12
#define CLASSICNLP_TAKE(v, a, b, c, d) __builtin_shufflevector(v, v, a, b, c, d)
#define CLASSICNLP_INTERLEAVE(v, w) \
    __builtin_shufflevector(v, w, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define CLASSICNLP_INTERLEAVE_WORDS(v, w) __builtin_shufflevector(v, w, 0, 8, 1, 9, 2, 10, 3, 11)
#else
#define CLASSICNLP_TAKE(v, a, b, c, d) __builtin_shuffle(v, (classicnlp_labels) {a, b, c, d})
#define CLASSICNLP_INTERLEAVE(v, w) \
    __builtin_shuffle(v, w, (classicnlp_bytes) {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23})
#define CLASSICNLP_INTERLEAVE_WORDS(v, w) __builtin_shuffle(v, w, (classicnlp_words) {0, 8, 1, 9, 2, 10, 3, 11})
#endif

/* Eight bytes as eight numbers of 16 bits. */
static inline classicnlp_words classicnlp_widened(uint64_t bytes)
{
    const classicnlp_bytes zeros = {0};
    classicnlp_bytes narrow = (classicnlp_bytes) (classicnlp_halves) {bytes, 0};
    return (classicnlp_words) CLASSICNLP_INTERLEAVE(narrow, zeros);
}

/* Four numbers of 16 bits as numbers of 32: each is put into an upper half, and shifted down. */
static inline classicnlp_labels classicnlp_unpacked(uint64_t scores)
{
    const classicnlp_words zeros = {0};
    classicnlp_words narrow = (classicnlp_words) (classicnlp_halves) {scores, 0};
    return (classicnlp_labels) CLASSICNLP_INTERLEAVE_WORDS(zeros, narrow) >> 16;
}

/* Add up four times four bytes; return four numbers of 16 bits. */
static inline uint64_t classicnlp_add_bytes(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    classicnlp_halves sums = (classicnlp_halves) (classicnlp_widened(a | (uint64_t) b << 32)
                                                  + classicnlp_widened(c | (uint64_t) d << 32));
    return sums[0] + sums[1];
}

/* Add up what is found of a character in seven groups, a byte of each number a group: `findings` has 1,024
   rows a group, at begins << 7 | ends << 4 | covers. */
static inline uint64_t classicnlp_add_findings(uint64_t begins, uint64_t ends, uint64_t covers,
                                               const uint64_t *findings)
{
    classicnlp_words rows = classicnlp_widened(begins) << 7 | classicnlp_widened(ends) << 4
        | classicnlp_widened(covers);
    return findings[(size_t) rows[0]] + findings[1024 + (size_t) rows[1]] + findings[2048 + (size_t) rows[2]]
        + findings[3072 + (size_t) rows[3]] + findings[4096 + (size_t) rows[4]]
        + findings[5120 + (size_t) rows[5]] + findings[6144 + (size_t) rows[6]];
}

static inline classicnlp_labels classicnlp_choose(classicnlp_labels mask, classicnlp_labels yes,
                                                  classicnlp_labels no)
{
    return (yes & mask) | (no & ~mask);
}

/* A bit a label: whether it is negative. */
static inline uint8_t classicnlp_signs(classicnlp_labels v)
{
#ifdef __SSE2__
    return (uint8_t) _mm_movemask_ps((__m128) v);
#else
    return (uint8_t) ((v[0] < 0) | (v[1] < 0) << 1 | (v[2] < 0) << 2 | (v[3] < 0) << 3);
#endif
}

/* The labels that marks leave. No boundary within a unit: its places before the last are B or M, after the
   first M or E. At a break comes E or S, and then B or S. */
static inline classicnlp_labels classicnlp_allowed(unsigned inside, unsigned breaks, unsigned inside_next,
                                                   unsigned breaks_next)
{
    int32_t begins = inside ? 0 : -1, goes_on = !inside && breaks ? 0 : -1;
    int32_t ends = inside_next ? 0 : -1, stays = !inside_next && breaks_next ? 0 : -1;
    return (classicnlp_labels) {begins & stays, goes_on & stays, goes_on & ends, begins & ends};
}

/* Find the best sequence of n >= 1 labels. B and S follow E and S; M and E follow B and M: each has a first
   predecessor and a second.

   scores: four numbers a place. marks: of each place, of which the bits `inside` and `breaks` count.
   first_weights, second_weights: from the first and from the second predecessor to each label. back: a bit
   a label is written, whether its second predecessor is the better one. Returns the last label. */
static inline int classicnlp_best_labels(const uint64_t *scores, const uint8_t *marks, unsigned inside,
                                         unsigned breaks, int32_t n, const int32_t *first_weights,
                                         const int32_t *second_weights, const int32_t *start_weights,
                                         uint8_t *back)
{
    const classicnlp_labels impossible = {CLASSICNLP_IMPOSSIBLE, CLASSICNLP_IMPOSSIBLE,
                                          CLASSICNLP_IMPOSSIBLE, CLASSICNLP_IMPOSSIBLE};
    classicnlp_labels firsts, seconds, starts, best = impossible, from_first, from_second, taken, here;
    unsigned seen = marks[0], next;
    int32_t i;
    memcpy(&firsts, first_weights, sizeof firsts);
    memcpy(&seconds, second_weights, sizeof seconds);
    memcpy(&starts, start_weights, sizeof starts);
    for (i = 0; i < n; i++, seen = next) {
        here = classicnlp_unpacked(scores[i]);
        next = i + 1 < n ? marks[i + 1] : 0;
        if ((seen | next) & (inside | breaks))
            here = classicnlp_choose(
                classicnlp_allowed(seen & inside, seen & breaks, next & inside, next & breaks), here, impossible);
        if (i == 0) {
            best = classicnlp_choose((classicnlp_labels) {-1, 0, 0, -1}, starts + here, impossible);
            continue;
        }
        from_first = CLASSICNLP_TAKE(best, 2, 0, 0, 2) + firsts;
        from_second = CLASSICNLP_TAKE(best, 3, 1, 1, 3) + seconds;
        taken = from_second > from_first;
        back[i] = classicnlp_signs(taken);
        best = here + classicnlp_choose(taken, from_second, from_first);
        if ((i & 7) == 0) {
            /* Only differences matter: taking off the best keeps sums small however long the text. */
            from_first = CLASSICNLP_TAKE(best, 1, 0, 3, 2);
            from_first = classicnlp_choose(from_first > best, from_first, best);
            from_second = CLASSICNLP_TAKE(from_first, 2, 3, 0, 1);
            best -= classicnlp_choose(from_second > from_first, from_second, from_first);
            best = classicnlp_choose(best > impossible, best, impossible);
        }
    }
    return best[CLASSICNLP_E] >= best[CLASSICNLP_S] ? CLASSICNLP_E : CLASSICNLP_S;
}

/* Follow the labels from the last to the first; write where words end; return how many. */
static inline int32_t classicnlp_word_ends(const uint8_t *back, int32_t n, int label, int32_t *ends)
{
    int32_t i, count = 0;
    for (i = n - 1; i > 0; i--) {
        ends[n - 1 - count] = i + 1;
        count += label >> 1;
        /* Before B and S (0 and 3) stand E and S, before M and E stand B and M. */
        label = (back[i] >> label & 1) | (~(label ^ label >> 1) & 1) << 1;
    }
    ends[n - 1 - count] = 1;
    count += label >> 1;
    memmove(ends, ends + n - count, (size_t) count * sizeof *ends);
    return count;
}

#endif
