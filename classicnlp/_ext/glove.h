/* GloVe: vectors whose products are the logarithms of how often words occur together (Pennington and others,
   2014), fitted by AdaGrad.

   A word's row is its vector, its bias and a 1, a context's row its vector, a 1 and its bias, so that the
   product of rows is that of vectors and both biases. */

#ifndef CLASSICNLP_GLOVE_H
#define CLASSICNLP_GLOVE_H

#include "prefetch.h"
#include "vector.h"
#include "widths.h"

#define CLASSICNLP_CLIP 100.0f   /* no gradient is larger: that of the authors' program */
#define CLASSICNLP_AHEAD 64      /* pairs whose logarithms are taken at once */
#define CLASSICNLP_NEAR 3        /* how many pairs before its turn a row is asked for */

typedef struct {
    int32_t row;
    int32_t column;
    float count;
} classicnlp_pair;

typedef struct {
    float *words;     /* (n, 2 * padded) */
    float *contexts;
    const classicnlp_pair *pairs;
    int64_t pair_count;
    int64_t padded;
    int64_t dimensions;
    double most_log;  /* of the count from which on the weight is 1 */
    double exponent;
} classicnlp_glove;

/* Counts become their logarithms, and get their weights. */
CLASSICNLP_CLONES static void classicnlp_weigh(
    const classicnlp_glove *m, int64_t count, float *logs, float *weights)
{
    for (int64_t i = 0; i < count; i++) {
        double log_count = classicnlp_log((double)logs[i]), above = log_count - m->most_log;
        logs[i] = (float)log_count;
        weights[i] = (float)classicnlp_exp(m->exponent * (above < 0.0 ? above : 0.0));
    }
}

#define NAME(x) classicnlp_glove_##x##_4
#define LANES 4
#define TARGET
#include "glove_lanes.h"

#ifdef CLASSICNLP_WIDER
#define NAME(x) classicnlp_glove_##x##_8
#define LANES 8
#define TARGET CLASSICNLP_TARGET_8
#include "glove_lanes.h"

#define NAME(x) classicnlp_glove_##x##_16
#define LANES 16
#define TARGET CLASSICNLP_TARGET_16
#include "glove_lanes.h"
#endif

/* Fit `count` pairs, from `place` on and each `stride` after the one before, as often as that goes around the
   end; return the sum of their losses. */
static double classicnlp_fit_pairs(
    const classicnlp_glove *m, int lanes, int64_t place, int64_t stride, int64_t count, float rate)
{
#ifdef CLASSICNLP_WIDER
    if (lanes == 16) return classicnlp_glove_fit_16(m, place, stride, count, rate);
    if (lanes == 8) return classicnlp_glove_fit_8(m, place, stride, count, rate);
#endif
    return classicnlp_glove_fit_4(m, place, stride, count, rate);
}

#endif
