/* Four scores, of the labels B, M, E and S, added at once. */

#ifndef CLASSICNLP_SCORES_H
#define CLASSICNLP_SCORES_H

#include <stdint.h>
#include <string.h>

typedef int16_t classicnlp_scores __attribute__((vector_size(8)));
typedef int8_t classicnlp_bytes __attribute__((vector_size(4)));

/* Four weights of 16 bits. */
static inline classicnlp_scores classicnlp_wide(const int16_t* row)
{
    classicnlp_scores scores;
    memcpy(&scores, row, sizeof scores);
    return scores;
}

/* Four weights of 8 bits in one number, the first the lowest. */
static inline classicnlp_scores classicnlp_packed(uint32_t row)
{
    classicnlp_bytes bytes;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    row = __builtin_bswap32(row);
#endif
    memcpy(&bytes, &row, sizeof bytes);
    return __builtin_convertvector(bytes, classicnlp_scores);
}

static inline classicnlp_scores classicnlp_plus(classicnlp_scores a, classicnlp_scores b)
{
    return a + b;
}

static inline void classicnlp_put(int16_t* target, classicnlp_scores scores)
{
    memcpy(target, &scores, sizeof scores);
}

#endif
