/* Sums over all paths through a chain of labels: forward-backward, scaled (Rabiner, 1989).

   With e[t, y] = exp(E[t, y] - its maximum over y), M = exp(A - its maximum) and scales c[t]:

       alpha[t, y] = e[t, y] / c[t] * sum over i of alpha[t - 1, i] M[i, y]       adds up to 1
       weighted[t, y] = e[t, y] beta[t, y] / c[t]
       beta[t - 1, i] = sum over y of M[i, y] weighted[t, y]                      beta[T - 1, y] = 1
       p(y at t) = alpha[t, y] beta[t, y]
       p(i at t - 1, y at t) = alpha[t - 1, i] M[i, y] weighted[t, y]

   No logarithm of a sum is taken for a label. The price is range: a label whose share falls below
   the smallest number is lost, though masks or weights later on may leave no other. So a sequence
   where a label that can be reached has a share below CLASSICNLP_TINY is done again in logarithms. */

#ifndef CLASSICNLP_CHAIN_SUMS_H
#define CLASSICNLP_CHAIN_SUMS_H

#include "chain.h"

#define CLASSICNLP_TINY 1e-200
#define CLASSICNLP_PLACES 16  /* whose pairs are added up at once, in registers */

/* Room for one sequence of T places and Y labels. */
typedef struct {
    double *matrix;      /* (Y, Y): M */
    double *transposed;  /* (Y, Y) */
    double *expected;    /* (Y, Y): sums of alpha[t - 1, i] weighted[t, y], where all places share A */
    double *e;           /* (T, Y); in the end the marginals */
    double *alpha;       /* (T, Y) */
    double *scales;      /* (T,): c */
    double *beta;        /* (Y,) */
    double *row;         /* (Y,) */
    double *low;         /* (Y,) */
    double *weighted;    /* (CLASSICNLP_PLACES, Y) */
    double shift;        /* the maximum of A, where all places share it */
} classicnlp_room;

CLASSICNLP_INLINE double classicnlp_exp_or_zero(double x)
{
    double value = classicnlp_exp(x);
    return x < -690.0 ? 0.0 : value;
}

/* The order of the additions is fixed, so that the sum is, but four of them need not wait for each other. */
CLASSICNLP_INLINE double classicnlp_sum(const double *row, int64_t labels)
{
    double lanes[4] = {0.0, 0.0, 0.0, 0.0};
    int64_t y = 0;
    for (; y + 4 <= labels; y += 4)
        for (int lane = 0; lane < 4; lane++) lanes[lane] += row[y + lane];
    for (; y < labels; y++) lanes[0] += row[y];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

CLASSICNLP_INLINE double classicnlp_most(const double *row, int64_t count)
{
    double lanes[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    int64_t y = 0;
    for (; y + 4 <= count; y += 4)
        for (int lane = 0; lane < 4; lane++) lanes[lane] = row[y + lane] > lanes[lane] ? row[y + lane] : lanes[lane];
    for (; y < count; y++) lanes[0] = row[y] > lanes[0] ? row[y] : lanes[0];
    for (int lane = 1; lane < 4; lane++) lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
    return lanes[0];
}

/* out = exp(scores - their maximum); returns the maximum, 0 where all are -inf */
CLASSICNLP_INLINE double classicnlp_exponentials(const double *scores, int64_t count, double *out)
{
    double most = classicnlp_most(scores, count);
    most = most == -INFINITY ? 0.0 : most;
    for (int64_t k = 0; k < count; k++) out[k] = classicnlp_exp_or_zero(scores[k] - most);
    return most;
}

/* result[y] = sum over i of x[i * step] matrix[i, y]. Even and odd i have sums of their own, so that
   one addition need not wait for the other. */
CLASSICNLP_INLINE void classicnlp_product_tile(
    const double *x, int64_t step, const double *matrix, int64_t rows, int64_t labels, double *result, int width)
{
    double even[CLASSICNLP_TILE], odd[CLASSICNLP_TILE];
    int64_t i = 0;
    for (int y = 0; y < width; y++) even[y] = odd[y] = 0.0;
    for (; i + 2 <= rows; i += 2) {
        const double *row = matrix + i * labels, *next = row + labels;
        for (int y = 0; y < width; y++) {
            even[y] += x[i * step] * row[y];
            odd[y] += x[(i + 1) * step] * next[y];
        }
    }
    if (i < rows)
        for (int y = 0; y < width; y++) even[y] += x[i * step] * matrix[i * labels + y];
    for (int y = 0; y < width; y++) result[y] = even[y] + odd[y];
}

CLASSICNLP_INLINE void classicnlp_product_by(
    const double *x, int64_t step, const double *matrix, int64_t rows, int64_t labels, double *result, int width)
{
    for (int64_t y = 0; y < labels; y += width) {
        if (y > labels - width) y = labels - width;  /* see classicnlp_tops_by */
        classicnlp_product_tile(x, step, matrix + y, rows, labels, result + y, width);
    }
}

CLASSICNLP_INLINE void classicnlp_product(
    const double *x, int64_t step, const double *matrix, int64_t rows, int64_t labels, double *result)
{
    if (labels >= 16)
        classicnlp_product_by(x, step, matrix, rows, labels, result, 16);
    else if (labels >= 8)
        classicnlp_product_by(x, step, matrix, rows, labels, result, 8);
    else if (labels >= 4)
        classicnlp_product_by(x, step, matrix, rows, labels, result, 4);
    else
        classicnlp_product_by(x, step, matrix, rows, labels, result, 1);
}

/* The scores of the labels at a place, with those of the first or last label where it is that. */
CLASSICNLP_INLINE void classicnlp_emissions(
    const classicnlp_chain *chain, const double *emissions, int64_t t, int64_t length, int64_t labels,
    double *row)
{
    for (int64_t y = 0; y < labels; y++) row[y] = emissions[t * labels + y];
    if (t == 0)
        for (int64_t y = 0; y < labels; y++) row[y] += chain->starts[y];
    if (t == length - 1)
        for (int64_t y = 0; y < labels; y++) row[y] += chain->stops[y];
}

/* M of the change into place t; returns what was taken off A. */
CLASSICNLP_INLINE double classicnlp_matrix(
    const classicnlp_chain *chain, int64_t t, int64_t labels, const classicnlp_room *room)
{
    return classicnlp_exponentials(chain->transitions + t * chain->stride, labels * labels, room->matrix);
}

CLASSICNLP_INLINE void classicnlp_transpose(int64_t labels, const classicnlp_room *room)
{
    for (int64_t i = 0; i < labels; i++)
        for (int64_t y = 0; y < labels; y++)
            room->transposed[y * labels + i] = room->matrix[i * labels + y];
}

/* Once before all sequences. */
CLASSICNLP_CLONES static void classicnlp_prepare(const classicnlp_chain *chain, classicnlp_room *room)
{
    room->shift = 0.0;
    for (int64_t k = 0; k < chain->labels * chain->labels; k++) room->expected[k] = 0.0;
    if (chain->stride) return;
    room->shift = classicnlp_matrix(chain, 0, chain->labels, room);
    classicnlp_transpose(chain->labels, room);
}

CLASSICNLP_INLINE double classicnlp_forward_by(
    const classicnlp_chain *chain, const double *emissions, int64_t length, int64_t labels,
    const classicnlp_room *room)
{
    double total = 0.0, product = 1.0;
    for (int64_t y = 0; y < labels; y++) room->low[y] = 1.0;
    for (int64_t t = 0; t < length; t++) {
        double *e = room->e + t * labels, *alpha = room->alpha + t * labels, sum, inverse;
        classicnlp_emissions(chain, emissions, t, length, labels, room->row);
        total += classicnlp_exponentials(room->row, labels, e);
        if (t == 0)
            for (int64_t y = 0; y < labels; y++) alpha[y] = e[y];
        else {
            total += chain->stride ? classicnlp_matrix(chain, t, labels, room) : room->shift;
            classicnlp_product(alpha - labels, 1, room->matrix, labels, labels, alpha);
            for (int64_t y = 0; y < labels; y++) alpha[y] *= e[y];
        }
        for (int64_t y = 0; y < labels; y++) room->low[y] = alpha[y] < room->low[y] ? alpha[y] : room->low[y];
        sum = classicnlp_sum(alpha, labels);
        room->scales[t] = sum;
        inverse = 1.0 / sum;
        for (int64_t y = 0; y < labels; y++) alpha[y] *= inverse;
        /* Logarithms are dear: one of a product, as long as it is far from the end of the range. */
        product *= sum;
        if (!(product > 1e-100 && product < 1e100)) {
            total += classicnlp_log(product);
            product = 1.0;
        }
    }
    return total + classicnlp_log(product);
}

CLASSICNLP_INLINE int classicnlp_is_tiny(const classicnlp_room *room, int64_t labels, int64_t t, int64_t y)
{
    return !(room->alpha[t * labels + y] * room->scales[t] >= CLASSICNLP_TINY);
}

/* Whether a label that can be reached has too small a share of a place, or none. */
static int classicnlp_lost(
    const classicnlp_chain *chain, const double *emissions, int64_t length, const classicnlp_room *room)
{
    int64_t labels = chain->labels, last = length * labels - 1;
    double *reached = room->beta, *row = room->row;
    while (last > 0 && !classicnlp_is_tiny(room, labels, last / labels, last % labels)) last--;
    for (int64_t t = 0; t <= last / labels; t++) {
        const double *matrix = chain->transitions + t * chain->stride;
        classicnlp_emissions(chain, emissions, t, length, labels, row);
        for (int64_t y = 0; t > 0 && y < labels; y++) {
            double from = -INFINITY;
            for (int64_t i = 0; i < labels; i++)
                from = reached[i] + matrix[i * labels + y] > from ? reached[i] + matrix[i * labels + y] : from;
            row[y] += from;
        }
        for (int64_t y = 0; y < labels; y++) {
            reached[y] = row[y] > -INFINITY ? 0.0 : -INFINITY;
            if (reached[y] == 0.0 && classicnlp_is_tiny(room, labels, t, y)) return 1;
        }
    }
    return 0;
}

CLASSICNLP_CLONES static double classicnlp_forward_of(
    const classicnlp_chain *chain, const double *emissions, int64_t length, const classicnlp_room *room)
{
    if (chain->labels == 4) return classicnlp_forward_by(chain, emissions, length, 4, room);
    return classicnlp_forward_by(chain, emissions, length, chain->labels, room);
}

/* Write e, alpha and the scales of a sequence of at least one place; *log_z is its log Z. Returns 0
   where the range does not suffice, or no path is allowed. */
static int classicnlp_forward(
    const classicnlp_chain *chain, const double *emissions, int64_t length, const classicnlp_room *room,
    double *log_z)
{
    int64_t labels = chain->labels;
    int tiny = 0;
    *log_z = classicnlp_forward_of(chain, emissions, length, room);
    for (int64_t y = 0; y < labels; y++) tiny |= !(room->low[y] >= CLASSICNLP_TINY);
    if (tiny && classicnlp_lost(chain, emissions, length, room)) return 0;
    return classicnlp_sum(room->alpha + (length - 1) * labels, labels) > 0.0;
}

/* pairs[i, y] += sum over some places, from right to left, of alpha[t - 1, i] weighted[t, y] */
CLASSICNLP_INLINE void classicnlp_add_pairs(
    const double *before, const double *weighted, int64_t places, int64_t labels, double *row, double *pairs)
{
    for (int64_t i = 0; i < labels; i++) {
        classicnlp_product(before + i, -labels, weighted, places, labels, row);
        for (int64_t y = 0; y < labels; y++) pairs[i * labels + y] += row[y];
    }
}

/* The same for one place with a matrix of its own, which is multiplied in. */
CLASSICNLP_INLINE void classicnlp_add_own_pairs(
    const double *before, const double *weighted, const double *matrix, int64_t labels, double *pairs)
{
    for (int64_t i = 0; i < labels; i++)
        for (int64_t y = 0; y < labels; y++)
            pairs[i * labels + y] += before[i] * weighted[y] * matrix[i * labels + y];
}

CLASSICNLP_INLINE void classicnlp_backward_by(
    const classicnlp_chain *chain, int64_t length, int64_t labels, const classicnlp_room *room, double *pairs)
{
    double *beta = room->beta;
    int64_t waiting = 0;  /* places whose pairs are not added up yet */
    for (int64_t y = 0; y < labels; y++) beta[y] = 1.0;
    for (int64_t t = length - 1; t >= 0; t--) {
        const double *alpha = room->alpha + t * labels;
        double *e = room->e + t * labels, *weighted = room->weighted + waiting * labels;
        double inverse = 1.0 / room->scales[t];
        for (int64_t y = 0; y < labels; y++) {
            /* The beta of a label that cannot be reached means nothing, and may grow without end. */
            weighted[y] = alpha[y] > 0.0 ? e[y] * beta[y] * inverse : 0.0;
            e[y] = alpha[y] * beta[y];
        }
        if (t == 0) return;
        if (chain->stride) {
            classicnlp_matrix(chain, t, labels, room);
            classicnlp_transpose(labels, room);
            classicnlp_add_own_pairs(alpha - labels, weighted, room->matrix, labels, pairs);
        } else if (++waiting == CLASSICNLP_PLACES || t == 1) {
            classicnlp_add_pairs(alpha + (waiting - 2) * labels, room->weighted, waiting, labels,
                                 room->row, room->expected);
            waiting = 0;
        }
        classicnlp_product(weighted, 1, room->transposed, labels, labels, beta);
    }
}

/* Turn e, which classicnlp_forward wrote, into marginals; add up the pairs. */
CLASSICNLP_CLONES static void classicnlp_backward(
    const classicnlp_chain *chain, int64_t length, const classicnlp_room *room, double *pairs)
{
    if (chain->labels == 4)
        classicnlp_backward_by(chain, length, 4, room, pairs);
    else
        classicnlp_backward_by(chain, length, chain->labels, room, pairs);
}

#endif
