/* Scaled forward-backward (Rabiner, 1989) over LANES sequences at once.

   Each lane of a vector belongs to another sequence, so that a step has no horizontal sum, and the
   next step of one sequence need not wait: seven others are under way. Arrays are laid out
   [place][label][lane]. Sequences that end earlier than the longest of their group are padded;
   what stands beyond their ends is multiplied by zero where it would count. */

#ifndef CLASSICNLP_FORWARD_BACKWARD_H
#define CLASSICNLP_FORWARD_BACKWARD_H

#include "vector.h"

#define CLASSICNLP_LANES 8
typedef double lanes __attribute__((vector_size(8 * CLASSICNLP_LANES), aligned(8), may_alias));

CLASSICNLP_INLINE double sum_of(lanes x)
{
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

/* Forward-backward's arrays for a group of sequences. */
typedef struct {
    int64_t places;           /* of the longest sequence */
    const int64_t *lengths;   /* of each lane's sequence */
    const double *matrix;     /* exp(transitions), [from][to] */
    double *scores;           /* emission scores; becomes exp, then exp * beta / scale */
    double *alpha;
    double *marginals;
    double *scales;           /* [place][lane] */
    double *beta;             /* two rows of [label][lane] */
    double *pairs;            /* [from][to], without lanes: wants to be multiplied by the matrix */
} classicnlp_group;

/* scores = exp(scores - maximum of the place); adds the maxima of real places to log_z */
CLASSICNLP_INLINE void exponentials(
    const classicnlp_group *g, int64_t labels, double *log_z)
{
    for (int64_t t = 0; t < g->places; t++) {
        double *row = g->scores + t * labels * CLASSICNLP_LANES;
        double most[CLASSICNLP_LANES];
        for (int l = 0; l < CLASSICNLP_LANES; l++) most[l] = row[l];
        for (int64_t y = 1; y < labels; y++)
            for (int l = 0; l < CLASSICNLP_LANES; l++) {
                double score = row[y * CLASSICNLP_LANES + l];
                most[l] = score > most[l] ? score : most[l];
            }
        for (int64_t y = 0; y < labels; y++)
            for (int l = 0; l < CLASSICNLP_LANES; l++) row[y * CLASSICNLP_LANES + l] -= most[l];
        for (int l = 0; l < CLASSICNLP_LANES; l++) log_z[l] += t < g->lengths[l] ? most[l] : 0.0;
    }
    for (int64_t k = 0; k < g->places * labels * CLASSICNLP_LANES; k++) g->scores[k] = classicnlp_exp(g->scores[k]);
}

/* sum[y] = sum over i of x[i] * matrix[i * down + y * right], for `width` labels y at once */
CLASSICNLP_INLINE void product_tile(
    const lanes *x, const double *matrix, int64_t labels, int64_t down, int64_t right, int width, lanes *result)
{
    lanes sums[4];
    for (int y = 0; y < width; y++) sums[y] = x[0] * matrix[y * right];
    for (int64_t i = 1; i < labels; i++)
        for (int y = 0; y < width; y++) sums[y] += x[i] * matrix[i * down + y * right];
    for (int y = 0; y < width; y++) result[y] = sums[y];
}

CLASSICNLP_INLINE void product(
    const lanes *x, const double *matrix, int64_t labels, int64_t down, int64_t right, lanes *result)
{
    int64_t y = 0;
    for (; y + 4 <= labels; y += 4)
        product_tile(x, matrix + y * right, labels, down, right, 4, result + y);
    for (; y < labels; y++)
        product_tile(x, matrix + y * right, labels, down, right, 1, result + y);
}

CLASSICNLP_INLINE void forward(const classicnlp_group *g, int64_t labels)
{
    for (int64_t t = 0; t < g->places; t++) {
        const lanes *e = (const lanes *)g->scores + t * labels;
        lanes *row = (lanes *)g->alpha + t * labels;
        lanes sum, inverse;
        if (t == 0) {
            for (int64_t y = 0; y < labels; y++) row[y] = e[y];
        } else {
            product(row - labels, g->matrix, labels, labels, 1, row);
            for (int64_t y = 0; y < labels; y++) row[y] *= e[y];
        }
        sum = row[0];
        for (int64_t y = 1; y < labels; y++) sum += row[y];
        inverse = 1.0 / sum;
        for (int64_t y = 0; y < labels; y++) row[y] *= inverse;
        ((lanes *)g->scales)[t] = sum;
    }
}

CLASSICNLP_INLINE void backward(const classicnlp_group *g, int64_t labels)
{
    lanes *beta = (lanes *)g->beta;
    for (int64_t y = 0; y < labels; y++) beta[y] = (lanes){1, 1, 1, 1, 1, 1, 1, 1};
    for (int64_t t = g->places - 1; t >= 0; t--) {
        lanes *e = (lanes *)g->scores + t * labels;
        const lanes *alpha = (const lanes *)g->alpha + t * labels;
        lanes *marginals = (lanes *)g->marginals + t * labels;
        double real[CLASSICNLP_LANES], last[CLASSICNLP_LANES];
        lanes scale;
        for (int64_t y = 0; y < labels; y++) marginals[y] = alpha[y] * beta[y];
        if (t == 0) break;
        for (int l = 0; l < CLASSICNLP_LANES; l++) {
            real[l] = t < g->lengths[l] ? 1.0 : 0.0;
            last[l] = t < g->lengths[l] ? 0.0 : 1.0;  /* the place before is the last one, or beyond */
        }
        scale = *(lanes *)real / ((lanes *)g->scales)[t];
        for (int64_t y = 0; y < labels; y++) e[y] = e[y] * beta[y] * scale;
        product(e, g->matrix, labels, 1, labels, beta);
        for (int64_t y = 0; y < labels; y++) beta[y] += *(lanes *)last;
    }
}

CLASSICNLP_INLINE void pairs_tile(
    const classicnlp_group *g, int64_t labels, int64_t i0, int64_t y0, int rows, int width)
{
    lanes sums[4][4];
    for (int i = 0; i < rows; i++)
        for (int y = 0; y < width; y++) sums[i][y] = (lanes){0, 0, 0, 0, 0, 0, 0, 0};
    for (int64_t t = 1; t < g->places; t++) {
        const lanes *alpha = (const lanes *)g->alpha + (t - 1) * labels + i0;
        const lanes *weighted = (const lanes *)g->scores + t * labels + y0;
        for (int i = 0; i < rows; i++)
            for (int y = 0; y < width; y++) sums[i][y] += alpha[i] * weighted[y];
    }
    for (int i = 0; i < rows; i++)
        for (int y = 0; y < width; y++) g->pairs[(i0 + i) * labels + y0 + y] += sum_of(sums[i][y]);
}

/* pairs[i, y] += sum over t of alpha[t - 1, i] weighted[t, y] */
CLASSICNLP_INLINE void add_pairs(const classicnlp_group *g, int64_t labels)
{
    int64_t i = 0;
    for (; i + 4 <= labels; i += 4) {
        int64_t y = 0;
        for (; y + 4 <= labels; y += 4) pairs_tile(g, labels, i, y, 4, 4);
        for (; y < labels; y++) pairs_tile(g, labels, i, y, 4, 1);
    }
    for (; i < labels; i++)
        for (int64_t y = 0; y < labels; y++) pairs_tile(g, labels, i, y, 1, 1);
}

/* Logarithms are dear: take one of a product of scales while it is far from the end of the range. */
CLASSICNLP_INLINE void add_logarithms(const classicnlp_group *g, double *log_z)
{
    for (int l = 0; l < CLASSICNLP_LANES; l++) {
        double product = 1.0;
        for (int64_t t = 0; t < g->lengths[l]; t++) {
            double scale = g->scales[t * CLASSICNLP_LANES + l];
            if (scale < 1e-100)
                log_z[l] += classicnlp_log(scale);
            else
                product *= scale;
            if (product < 1e-150 || product > 1e150) {
                log_z[l] += classicnlp_log(product);
                product = 1.0;
            }
        }
        log_z[l] += classicnlp_log(product);
    }
}

CLASSICNLP_INLINE double group_of(const classicnlp_group *g, int64_t labels)
{
    double log_z[CLASSICNLP_LANES] = {0, 0, 0, 0, 0, 0, 0, 0};
    exponentials(g, labels, log_z);
    forward(g, labels);
    backward(g, labels);
    add_pairs(g, labels);
    add_logarithms(g, log_z);
    return sum_of(*(lanes *)log_z);
}

/* Turn the scores of a group into marginal probabilities; add to the pairs; return the sum of log Z. */
CLASSICNLP_CLONES static double classicnlp_forward_backward(const classicnlp_group *group, int64_t labels)
{
    if (labels == 4) return group_of(group, 4);
    return group_of(group, labels);
}

/* Where transitions depend on the place: `build` writes exp(transitions into place t), laid out
   [from][to][lane], and `count` is given the probability of each transition into place t. */
typedef struct {
    void *context;
    void (*build)(void *context, int64_t t, double *matrix);
    void (*count)(void *context, int64_t t, const double *pairs);
    double *matrix;  /* [from][to][lane] */
    double *step;    /* the same, for count */
    double *sums;    /* the same, over all places */
} classicnlp_edges;

CLASSICNLP_INLINE void forward_with_edges(
    const classicnlp_group *g, int64_t labels, const classicnlp_edges *edges)
{
    const lanes *matrix = (const lanes *)edges->matrix;
    for (int64_t t = 0; t < g->places; t++) {
        const lanes *e = (const lanes *)g->scores + t * labels;
        lanes *row = (lanes *)g->alpha + t * labels;
        lanes sum, inverse;
        for (int64_t y = 0; y < labels; y++) row[y] = e[y];
        if (t > 0) {
            edges->build(edges->context, t, edges->matrix);
            for (int64_t y = 0; y < labels; y++) {
                sum = (row - labels)[0] * matrix[y];
                for (int64_t i = 1; i < labels; i++) sum += (row - labels)[i] * matrix[i * labels + y];
                row[y] *= sum;
            }
        }
        sum = row[0];
        for (int64_t y = 1; y < labels; y++) sum += row[y];
        inverse = 1.0 / sum;
        for (int64_t y = 0; y < labels; y++) row[y] *= inverse;
        ((lanes *)g->scales)[t] = sum;
    }
}

CLASSICNLP_INLINE void backward_with_edges(
    const classicnlp_group *g, int64_t labels, const classicnlp_edges *edges)
{
    const lanes *matrix = (const lanes *)edges->matrix;
    lanes *beta = (lanes *)g->beta, *pairs = (lanes *)edges->step, *sums = (lanes *)edges->sums;
    for (int64_t y = 0; y < labels; y++) beta[y] = (lanes){1, 1, 1, 1, 1, 1, 1, 1};
    for (int64_t k = 0; k < labels * labels; k++) sums[k] = (lanes){0, 0, 0, 0, 0, 0, 0, 0};
    for (int64_t t = g->places - 1; t >= 0; t--) {
        lanes *e = (lanes *)g->scores + t * labels;
        const lanes *alpha = (const lanes *)g->alpha + t * labels;
        lanes *marginals = (lanes *)g->marginals + t * labels;
        double real[CLASSICNLP_LANES], last[CLASSICNLP_LANES];
        lanes scale;
        for (int64_t y = 0; y < labels; y++) marginals[y] = alpha[y] * beta[y];
        if (t == 0) break;
        for (int l = 0; l < CLASSICNLP_LANES; l++) {
            real[l] = t < g->lengths[l] ? 1.0 : 0.0;
            last[l] = t < g->lengths[l] ? 0.0 : 1.0;
        }
        scale = *(lanes *)real / ((lanes *)g->scales)[t];
        for (int64_t y = 0; y < labels; y++) e[y] = e[y] * beta[y] * scale;
        edges->build(edges->context, t, edges->matrix);
        for (int64_t i = 0; i < labels; i++) {
            lanes sum = *(lanes *)last;
            for (int64_t y = 0; y < labels; y++) {
                lanes weighted = matrix[i * labels + y] * e[y];
                lanes pair = (alpha - labels)[i] * weighted;
                pairs[i * labels + y] = pair;
                sums[i * labels + y] += pair;
                sum += weighted;
            }
            beta[i] = sum;
        }
        edges->count(edges->context, t, edges->step);
    }
    for (int64_t k = 0; k < labels * labels; k++) g->pairs[k] += sum_of(sums[k]);
}

/* The same as classicnlp_forward_backward; the pairs are complete. */
CLASSICNLP_CLONES static double classicnlp_forward_backward_with_edges(
    const classicnlp_group *group, int64_t labels, const classicnlp_edges *edges)
{
    double log_z[CLASSICNLP_LANES] = {0, 0, 0, 0, 0, 0, 0, 0};
    exponentials(group, labels, log_z);
    forward_with_edges(group, labels, edges);
    backward_with_edges(group, labels, edges);
    add_logarithms(group, log_z);
    return sum_of(*(lanes *)log_z);
}

#endif
