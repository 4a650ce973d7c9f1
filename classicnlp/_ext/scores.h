/* Four scores, of the labels B, M, E and S, added at once. */

#ifndef CLASSICNLP_SCORES_H
#define CLASSICNLP_SCORES_H

#include <stdint.h>
#include <string.h>

typedef int16_t classicnlp_scores __attribute__((vector_size(8)));

/* Four weights of 16 bits. */
static inline classicnlp_scores classicnlp_wide(const int16_t* row)
{
    classicnlp_scores scores;
    memcpy(&scores, row, sizeof scores);
    return scores;
}

static inline classicnlp_scores classicnlp_plus(classicnlp_scores a, classicnlp_scores b)
{
    return a + b;
}

/* Four weights of 8 bits stand in one number, B's the lowest, each plus 128. Up to 256 such numbers are
   added in pairs of lanes of 16 bits: B and E, M and S. */
static inline uint64_t classicnlp_spread(uint32_t row)
{
    return (row & 0x00FF00FFu) | (uint64_t)(row >> 8 & 0x00FF00FFu) << 32;
}

/* The scores of a sum of ``count`` spread numbers. */
static inline classicnlp_scores classicnlp_gathered(uint64_t sum, int count)
{
    classicnlp_scores scores = {
        (int16_t)(sum & 0xFFFF), (int16_t)(sum >> 32 & 0xFFFF), (int16_t)(sum >> 16 & 0xFFFF), (int16_t)(sum >> 48),
    };
    return scores - (int16_t)(128 * count);
}

static inline void classicnlp_put(int16_t* target, classicnlp_scores scores)
{
    memcpy(target, &scores, sizeof scores);
}

#endif
