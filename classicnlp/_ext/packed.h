/* Windows: the symbols at a place and after it, packed so that they compare as numbers.

   A symbol takes `bits` bits, a 64-bit word as many symbols as fit whole, the first one highest; a window is one to four
   words. Where a sequence ends before the window does, the rest is 0, which is no symbol: so the shorter n-grams stand
   right before the longer ones that they begin, and whoever sorts windows of the highest order has sorted all orders. */

#ifndef CLASSICNLP_PACKED_H
#define CLASSICNLP_PACKED_H

#include <stdint.h>
#include <string.h>

/* So few windows are sorted by insertion. */
#define CLASSICNLP_FEW 24
/* 2,048 places that are written to side by side still find room in the nearer caches. */
#define CLASSICNLP_DIGIT_BITS 11

/* What is left of a sorted run's part that is in memory. */
typedef struct {
    const uint64_t *windows;
    const int64_t *counts;
    int64_t left;
} classicnlp_source;

/* How far the first word of a window is shifted to the right to give its bucket. */
static inline int classicnlp_bucket_shift(int order, int bits)
{
    int used = bits * (order < 64 / bits ? order : 64 / bits);
    return used < CLASSICNLP_DIGIT_BITS ? 0 : used - CLASSICNLP_DIGIT_BITS;
}

#define WORDS 1
#include "packed_sort.h"
#undef WORDS
#define WORDS 2
#include "packed_sort.h"
#undef WORDS
#define WORDS 3
#include "packed_sort.h"
#undef WORDS
#define WORDS 4
#include "packed_sort.h"
#undef WORDS

#define CLASSICNLP_CHOOSE(words, name, ...)                        \
    ((words) == 1   ? classicnlp_##name##_1(__VA_ARGS__)           \
     : (words) == 2 ? classicnlp_##name##_2(__VA_ARGS__)           \
     : (words) == 3 ? classicnlp_##name##_3(__VA_ARGS__)           \
                    : classicnlp_##name##_4(__VA_ARGS__))

static void classicnlp_spread(
    int words, const int32_t *symbols, int64_t total, int64_t starts, int order, int bits, int32_t low, int32_t high,
    int64_t *places, uint64_t *windows)
{
    CLASSICNLP_CHOOSE(words, spread, symbols, total, starts, order, bits, low, high, places, windows);
}

static int64_t classicnlp_sort(
    int words, uint64_t *windows, const int64_t *ends, int64_t buckets, uint64_t *scratch, int64_t *counts)
{
    return CLASSICNLP_CHOOSE(words, sort, windows, ends, buckets, scratch, counts);
}

static void classicnlp_enter(int words, classicnlp_source **heap, int64_t size, classicnlp_source *source)
{
    CLASSICNLP_CHOOSE(words, enter, heap, size, source);
}

static void classicnlp_sift(int words, classicnlp_source **heap, int64_t size)
{
    CLASSICNLP_CHOOSE(words, sift, heap, size);
}

static int64_t classicnlp_merge(
    int words, classicnlp_source **heap, int64_t size, uint64_t *windows, int64_t *counts, int64_t used, int64_t room)
{
    return CLASSICNLP_CHOOSE(words, merge, heap, size, windows, counts, used, room);
}

#endif
