/* Vectors in eight bits a number: how far their products can be from the true ones is known, so
   that a search may read a quarter of the memory and yet miss nothing. */

#ifndef CLASSICNLP_SKETCH_H
#define CLASSICNLP_SKETCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vector.h"

#define CLASSICNLP_LANES 8  /* sums of a product: fixed, so that every machine adds in one order */
#define CLASSICNLP_TILE 16  /* rows that are widened together and stay in the nearest cache */

/* A half-precision number; times 2**112 the exponent of a half is that of a float, and what is
   subnormal becomes normal. */
CLASSICNLP_INLINE double classicnlp_of_half(uint16_t half)
{
    uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    float number;
    memcpy(&number, &bits, 4);
    number *= 5192296858534827628530496329220096.0f;
    return half & 0x8000 ? -number : number;
}

#define CLASSICNLP_DOT(name, type, widened)                                                  \
    CLASSICNLP_CLONES double name(const type *row, const double *query, ptrdiff_t width)     \
    {                                                                                        \
        double sums[CLASSICNLP_LANES] = {0.0};                                               \
        ptrdiff_t j, lane;                                                                   \
        for (j = 0; j + CLASSICNLP_LANES <= width; j += CLASSICNLP_LANES)                    \
            for (lane = 0; lane < CLASSICNLP_LANES; lane++)                                  \
                sums[lane] += widened(row[j + lane]) * query[j + lane];                      \
        for (lane = 0; j < width; j++, lane++)                                               \
            sums[lane] += widened(row[j]) * query[j];                                        \
        return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])); \
    }

static CLASSICNLP_DOT(classicnlp_dot_double, double, )
static CLASSICNLP_DOT(classicnlp_dot_single, float, (double))
static CLASSICNLP_DOT(classicnlp_dot_half, uint16_t, classicnlp_of_half)

/* Products of two rows with all queries. */
CLASSICNLP_INLINE void classicnlp_two_rows(const int16_t *row, ptrdiff_t width, const int16_t *queries,
                                           ptrdiff_t count, int32_t *out, ptrdiff_t stride)
{
    const int16_t *below = row + width, *a, *b, *c, *d;
    ptrdiff_t i, j;
    int32_t r0, r1, r2, r3, s0, s1, s2, s3;
    for (i = 0; i + 4 <= count; i += 4) {
        a = queries + i * width;
        b = a + width;
        c = b + width;
        d = c + width;
        r0 = r1 = r2 = r3 = s0 = s1 = s2 = s3 = 0;
        for (j = 0; j < width; j++) {
            r0 += (int32_t)row[j] * a[j];
            r1 += (int32_t)row[j] * b[j];
            r2 += (int32_t)row[j] * c[j];
            r3 += (int32_t)row[j] * d[j];
            s0 += (int32_t)below[j] * a[j];
            s1 += (int32_t)below[j] * b[j];
            s2 += (int32_t)below[j] * c[j];
            s3 += (int32_t)below[j] * d[j];
        }
        out[i * stride] = r0, out[(i + 1) * stride] = r1, out[(i + 2) * stride] = r2, out[(i + 3) * stride] = r3;
        out[i * stride + 1] = s0, out[(i + 1) * stride + 1] = s1;
        out[(i + 2) * stride + 1] = s2, out[(i + 3) * stride + 1] = s3;
    }
    for (; i < count; i++) {
        a = queries + i * width;
        r0 = s0 = 0;
        for (j = 0; j < width; j++) {
            r0 += (int32_t)row[j] * a[j];
            s0 += (int32_t)below[j] * a[j];
        }
        out[i * stride] = r0, out[i * stride + 1] = s0;
    }
}

/* Products of all rows with all queries: out[i * stride + row]. `wide` has room for a tile of rows,
   and out for an even number of them. */
static CLASSICNLP_CLONES void classicnlp_products(const int8_t *codes, ptrdiff_t rows, ptrdiff_t width,
                                                  const int16_t *queries, ptrdiff_t count, int16_t *wide,
                                                  int32_t *out, ptrdiff_t stride)
{
    ptrdiff_t start, tile, j, row;
    for (start = 0; start < rows; start += CLASSICNLP_TILE) {
        tile = rows - start < CLASSICNLP_TILE ? rows - start : CLASSICNLP_TILE;
        for (j = 0; j < tile * width; j++)
            wide[j] = codes[start * width + j];
        if (tile % 2)
            memset(wide + tile * width, 0, (size_t)width * sizeof *wide);
        for (row = 0; row < tile; row += 2)
            classicnlp_two_rows(wide + row * width, width, queries, count, out + start + row, stride);
    }
}

/* Between what the cosines are that the products stand for. */
static CLASSICNLP_CLONES void classicnlp_bounds(const int32_t *products, const float *scales, const float *errors,
                                                ptrdiff_t rows, float factor, float doubt,
                                                float *restrict lower, float *restrict upper)
{
    float cosine, error;
    ptrdiff_t j;
    for (j = 0; j < rows; j++) {
        cosine = (float)products[j] * scales[j] * factor;
        error = errors[j] + doubt;
        lower[j] = cosine - error;
        upper[j] = cosine + error;
    }
}

/* Where, from `start` on, the first number stands that is not below a cut; `count` if none is. */
static inline ptrdiff_t classicnlp_first_from(const float *numbers, ptrdiff_t start, ptrdiff_t count, float cut)
{
    ptrdiff_t j = start, lane;
    int any;
    for (; j + CLASSICNLP_TILE <= count; j += CLASSICNLP_TILE) {
        any = 0;
        for (lane = 0; lane < CLASSICNLP_TILE; lane++)
            any |= numbers[j + lane] >= cut;
        if (any)
            break;
    }
    while (j < count && !(numbers[j] >= cut))
        j++;
    return j;
}

#endif
