/* Sorting the entries of a sparse row by column: a column and a count in one 64-bit word, the column high. */

#ifndef CLASSICNLP_ROW_SORT_H
#define CLASSICNLP_ROW_SORT_H

#include <stdint.h>

enum { CLASSICNLP_FEW = 12 };  /* up to so many, insertion is faster than merging */

static inline void classicnlp_sort_few(uint64_t *entries, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        uint64_t moved = entries[i];
        int64_t place = i;
        while (place > 0 && moved < entries[place - 1]) {
            entries[place] = entries[place - 1];
            place--;
        }
        entries[place] = moved;
    }
}

static inline void classicnlp_merge_two(
    const uint64_t *left, const uint64_t *middle, const uint64_t *right, uint64_t *out)
{
    const uint64_t *a = left, *b = middle;
    while (a < middle && b < right) {
        /* Without a branch: which one is smaller cannot be foretold. */
        int first = *a <= *b;
        *out++ = first ? *a : *b;
        a += first;
        b += !first;
    }
    while (a < middle) *out++ = *a++;
    while (b < right) *out++ = *b++;
}

/* Sort n entries, merging runs; scratch has room for n, too. Return where the result is: one of the two. */
static inline uint64_t *classicnlp_sort_entries(uint64_t *entries, int64_t n, uint64_t *scratch)
{
    for (int64_t i = 0; i < n; i += CLASSICNLP_FEW)
        classicnlp_sort_few(entries + i, n - i < CLASSICNLP_FEW ? n - i : CLASSICNLP_FEW);
    for (int64_t width = CLASSICNLP_FEW; width < n; width *= 2) {
        for (int64_t i = 0; i < n; i += 2 * width) {
            int64_t middle = i + width < n ? i + width : n, right = i + 2 * width < n ? i + 2 * width : n;
            classicnlp_merge_two(entries + i, entries + middle, entries + right, scratch + i);
        }
        uint64_t *sorted = scratch;
        scratch = entries;
        entries = sorted;
    }
    return entries;
}

#endif
