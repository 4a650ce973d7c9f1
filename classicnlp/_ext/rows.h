/* Sums of the rows of features, for the perceptron. */

#ifndef CLASSICNLP_ROWS_H
#define CLASSICNLP_ROWS_H

#include "vector.h"

/* A tile of columns stays in registers while row after row is added. */
static inline __attribute__((always_inline)) void classicnlp_rows_tile(
    const float *const *rows, const float *values, int64_t count, int64_t start, double *scores, int width)
{
    float sums[16];
    for (int y = 0; y < width; y++) sums[y] = 0.0f;
    for (int64_t k = 0; k < count; k++) {
        const float *row = rows[k] + start;
        if (values)
            for (int y = 0; y < width; y++) sums[y] += values[k] * row[y];
        else
            for (int y = 0; y < width; y++) sums[y] += row[y];
    }
    for (int y = 0; y < width; y++) scores[start + y] = sums[y];
}

/* The last tile does some columns again rather than the rest one by one. */
static inline __attribute__((always_inline)) void classicnlp_rows_by(
    const float *const *rows, const float *values, int64_t count, int64_t labels, double *scores, int width)
{
    for (int64_t y = 0; y < labels; y += width)
        classicnlp_rows_tile(rows, values, count, y > labels - width ? labels - width : y, scores, width);
}

/* scores[y] = sum over k of values[k] * rows[k][y]; without values all are 1 */
CLASSICNLP_CLONES static void classicnlp_sum_rows(
    const float *const *rows, const float *values, int64_t count, int64_t labels, double *scores)
{
    if (labels >= 16)
        classicnlp_rows_by(rows, values, count, labels, scores, 16);
    else if (labels >= 4)
        classicnlp_rows_by(rows, values, count, labels, scores, 4);
    else
        classicnlp_rows_by(rows, values, count, labels, scores, 1);
}

#endif
