/* The emission scores of a linear model: weights of features, gathered from rows and cells. */

#ifndef CLASSICNLP_LINEAR_H
#define CLASSICNLP_LINEAR_H

#include "prefetch.h"
#include "vector.h"

#define CLASSICNLP_LAST 0x8000  /* the mark of a feature's last cell */

/* Where the weights lie: first those in rows, a row being `labels` cells, then cells by themselves. */
typedef struct {
    int64_t labels;
    const int32_t *cells;      /* the first cell of each feature, -1 for none */
    int64_t row_cells;         /* how many cells belong to rows */
    const float *rows;
    const float *weights;      /* of the cells behind the rows */
    const uint16_t *names;     /* their labels */
} classicnlp_weights;

CLASSICNLP_INLINE void classicnlp_emission(
    const classicnlp_weights *w, int64_t labels, const int32_t *features, const double *values, int64_t count,
    double *scores)
{
    for (int64_t y = 0; y < labels; y++) scores[y] = 0.0;
    for (int64_t k = 0; k < count; k++) {
        int64_t cell = w->cells[features[k]];
        double value = values ? values[k] : 1.0;
        if (cell < 0) continue;
        if (cell < w->row_cells) {
            const float *row = w->rows + cell;
            for (int64_t y = 0; y < labels; y++) scores[y] += value * row[y];
        } else {
            const uint16_t *name = w->names + (cell - w->row_cells);
            const float *weight = w->weights + (cell - w->row_cells);
            for (; !(*name & CLASSICNLP_LAST); name++, weight++) scores[*name] += value * *weight;
            scores[*name & ~CLASSICNLP_LAST] += value * *weight;
        }
    }
}

/* Ask for the cells of a place's features; before that, for their numbers. */
static inline void classicnlp_ask(const classicnlp_weights *w, const int32_t *features, int64_t count)
{
    for (int64_t k = 0; k < count; k++) {
        int64_t cell = w->cells[features[k]];
        if (cell >= w->row_cells) {
            CLASSICNLP_PREFETCH(w->names + (cell - w->row_cells));
            CLASSICNLP_PREFETCH(w->weights + (cell - w->row_cells));
        } else if (cell >= 0)
            classicnlp_prefetch(w->rows + cell, w->labels * (int64_t)sizeof(float));
    }
}

/* For each place t, scores[t, y] = sum of values * weights of label y of its features. Cells are asked
   for some places ahead: to have them there is most of the work. */
CLASSICNLP_CLONES static void classicnlp_emissions(
    const classicnlp_weights *w, const int64_t *first, const int32_t *features, const double *values,
    int64_t places, double *scores)
{
    for (int64_t t = 0; t < places; t++) {
        int64_t low = first[t], count = first[t + 1] - low;
        if (t + 2 < places)
            for (int64_t k = first[t + 2]; k < first[t + 3]; k++) CLASSICNLP_PREFETCH(w->cells + features[k]);
        if (t + 1 < places) classicnlp_ask(w, features + first[t + 1], first[t + 2] - first[t + 1]);
        if (w->labels == 4)
            classicnlp_emission(w, 4, features + low, values ? values + low : 0, count, scores + t * 4);
        else
            classicnlp_emission(w, w->labels, features + low, values ? values + low : 0, count, scores + t * w->labels);
    }
}

#endif
