/* The loops of Baum and Welch's training (Rabiner, 1989, section III.C), eight states to a vector.

   Rows of matrices have `lanes` numbers: the states, rounded up to a multiple of eight; behind the
   last state stand zeros, which stay zeros. Every sum has one order, whatever the width of the
   machine's vectors, so that all machines get the same bits. */

#ifndef CLASSICNLP_HMM_H
#define CLASSICNLP_HMM_H

#include "vector.h"

#define CLASSICNLP_EIGHT 8
#define CLASSICNLP_MOST_VECTORS 5  /* twice as many sums fit the registers of AVX-512 */
#define CLASSICNLP_BLOCK 32        /* places whose expected changes are added up at once */
#define CLASSICNLP_SEGMENT 512     /* places whose alphas are kept at once */
#define CLASSICNLP_LEAST 1e-300    /* probabilities below it are taken for 0 */


typedef double classicnlp_eight __attribute__((vector_size(64), aligned(8), may_alias));

/* Probabilities; a label that a symbol cannot come from has 0 in the symbol's row. */
typedef struct {
    const double *starts;       /* (lanes) */
    const double *stops;        /* (lanes) */
    const double *transitions;  /* (states, lanes) from row to column */
    const double *reversed;     /* (states, lanes) from column to row */
    const double *emissions;    /* (symbols, lanes) */
    int64_t states, lanes;
} classicnlp_hmm;

/* How often things are expected to have happened. */
typedef struct {
    double *starts;     /* (lanes) */
    double *stops;      /* (lanes) */
    double *changes;    /* (states, lanes), yet without the factors transitions[i, j] */
    double *emissions;  /* (symbols, lanes) */
} classicnlp_hmm_counts;

/* Room for one sequence. */
typedef struct {
    double *alpha;  /* (1 + SEGMENT, lanes): of one segment, and of the place before it */
    double *kept;   /* (segments, lanes): of the last place of each segment */
    double *scale;  /* (length) */
    double *beta;   /* (lanes) */
    double *next;   /* (BLOCK, lanes) */
} classicnlp_hmm_room;

CLASSICNLP_INLINE classicnlp_eight *classicnlp_at(double *row, int64_t v)
{
    return (classicnlp_eight *)(row + v * CLASSICNLP_EIGHT);
}

CLASSICNLP_INLINE const classicnlp_eight *classicnlp_of(const double *row, int64_t v)
{
    return (const classicnlp_eight *)(row + v * CLASSICNLP_EIGHT);
}

CLASSICNLP_INLINE double classicnlp_sum(const double *row, int64_t lanes)
{
    classicnlp_eight sum = *classicnlp_of(row, 0);
    for (int64_t v = 1; v < lanes / CLASSICNLP_EIGHT; v++) sum += *classicnlp_of(row, v);
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* Do MACRO(first column, vectors) for every block of columns; the compiler sees how many vectors. */
#define CLASSICNLP_OVER_COLUMNS(lanes, MACRO)                                              \
    do {                                                                                   \
        int64_t column = 0;                                                                \
        const int64_t most = CLASSICNLP_MOST_VECTORS * CLASSICNLP_EIGHT;                   \
        for (; (lanes) - column >= most; column += most) MACRO(CLASSICNLP_MOST_VECTORS);   \
        switch (((lanes) - column) / CLASSICNLP_EIGHT) {                                   \
        case 4: MACRO(4); break;                                                           \
        case 3: MACRO(3); break;                                                           \
        case 2: MACRO(2); break;                                                           \
        case 1: MACRO(1); break;                                                           \
        }                                                                                  \
    } while (0)

/* out = x matrix. The sums over even and over odd rows run side by side, since otherwise each
   addition would wait for the one before. */
CLASSICNLP_INLINE void classicnlp_multiply_columns(
    const double *x, const double *matrix, int64_t states, int64_t lanes, int vectors, double *out)
{
    classicnlp_eight even[CLASSICNLP_MOST_VECTORS], odd[CLASSICNLP_MOST_VECTORS];
    int64_t i;
    for (int v = 0; v < vectors; v++) even[v] = odd[v] = (classicnlp_eight){0};
    for (i = 0; i + 1 < states; i += 2, matrix += 2 * lanes)
        for (int v = 0; v < vectors; v++) {
            even[v] += x[i] * *classicnlp_of(matrix, v);
            odd[v] += x[i + 1] * *classicnlp_of(matrix + lanes, v);
        }
    if (i < states)
        for (int v = 0; v < vectors; v++) even[v] += x[i] * *classicnlp_of(matrix, v);
    for (int v = 0; v < vectors; v++) *classicnlp_at(out, v) = even[v] + odd[v];
}

CLASSICNLP_INLINE void classicnlp_multiply(
    const double *x, const double *matrix, int64_t states, int64_t lanes, double *out)
{
#define CLASSICNLP_CALL(vectors) \
    classicnlp_multiply_columns(x, matrix + column, states, lanes, vectors, out + column)
    CLASSICNLP_OVER_COLUMNS(lanes, CLASSICNLP_CALL);
#undef CLASSICNLP_CALL
}

/* matrix[i] += sum over places k of x[k, i] y[k], two rows at a time: y is loaded once for both. */
CLASSICNLP_INLINE void classicnlp_add_products_columns(
    const double *x, const double *y, int64_t places, int64_t states, int64_t lanes, int vectors,
    double *matrix)
{
    classicnlp_eight upper[CLASSICNLP_MOST_VECTORS], lower[CLASSICNLP_MOST_VECTORS], row;
    int64_t i;
    for (i = 0; i + 1 < states; i += 2, matrix += 2 * lanes) {
        for (int v = 0; v < vectors; v++) {
            upper[v] = *classicnlp_of(matrix, v);
            lower[v] = *classicnlp_of(matrix + lanes, v);
        }
        for (int64_t k = 0; k < places; k++)
            for (int v = 0; v < vectors; v++) {
                row = *classicnlp_of(y + k * lanes, v);
                upper[v] += x[k * lanes + i] * row;
                lower[v] += x[k * lanes + i + 1] * row;
            }
        for (int v = 0; v < vectors; v++) {
            *classicnlp_at(matrix, v) = upper[v];
            *classicnlp_at(matrix + lanes, v) = lower[v];
        }
    }
    if (i < states)
        for (int v = 0; v < vectors; v++) {
            row = *classicnlp_of(matrix, v);
            for (int64_t k = 0; k < places; k++)
                row += x[k * lanes + i] * *classicnlp_of(y + k * lanes, v);
            *classicnlp_at(matrix, v) = row;
        }
}

CLASSICNLP_INLINE void classicnlp_add_products(
    const double *x, const double *y, int64_t places, int64_t states, int64_t lanes, double *matrix)
{
#define CLASSICNLP_CALL(vectors) \
    classicnlp_add_products_columns(x, y + column, places, states, lanes, vectors, matrix + column)
    CLASSICNLP_OVER_COLUMNS(lanes, CLASSICNLP_CALL);
#undef CLASSICNLP_CALL
}

/* With o the symbols: alpha[t, i] = p(o[t], i at t | o[0 .. t - 1]), and scale[t] its sum over i.

       alpha[t] = (alpha[t - 1] A) * B[o[t]] / scale[t - 1]

   The division is by the scale of the place before, so that no place waits for its own sum. Writes
   alpha from place `low` to below `high`, with `row` at that of `low` and that of the place before in
   front of it. */
CLASSICNLP_INLINE void classicnlp_hmm_forward(
    classicnlp_hmm m, int64_t states, int64_t lanes, const int32_t *symbols, int64_t low, int64_t high,
    double *row, double *scale)
{
    if (low == 0) {
        const double *emission = m.emissions + symbols[0] * lanes;
        for (int64_t v = 0; v < lanes / CLASSICNLP_EIGHT; v++)
            *classicnlp_at(row, v) = *classicnlp_of(m.starts, v) * *classicnlp_of(emission, v);
        scale[0] = classicnlp_sum(row, lanes);
        row += lanes;
        low = 1;
    }
    for (int64_t t = low; t < high; t++, row += lanes) {
        const double *emission = m.emissions + symbols[t] * lanes;
        double inverse = 1.0 / scale[t - 1];
        classicnlp_multiply(row - lanes, m.transitions, states, lanes, row);
        for (int64_t v = 0; v < lanes / CLASSICNLP_EIGHT; v++)
            *classicnlp_at(row, v) *= *classicnlp_of(emission, v) * inverse;
        scale[t] = classicnlp_sum(row, lanes);
    }
}

/* The probability of state i at t is alpha[t, i] beta[t, i] / scale[t]. From beta[high - 1] on, with
   `row` at alpha[low] as above:

       next[t] = B[o[t]] * beta[t] / scale[t]        beta[t - 1] = A next[t]

   The expected changes into t are alpha[t - 1]' next[t] / scale[t - 1] * A: the division is done on
   `next`, the factor A is left to the caller. */
CLASSICNLP_INLINE void classicnlp_hmm_backward(
    classicnlp_hmm m, int64_t states, int64_t lanes, const int32_t *symbols, int64_t low, int64_t high,
    const double *row, classicnlp_hmm_room room, classicnlp_hmm_counts counts)
{
    double inverse = 1.0 / room.scale[high - 1], *count;
    int64_t filled = CLASSICNLP_BLOCK, last = low > 0 ? low : 1;
    row += (high - 1 - low) * lanes;
    for (int64_t t = high - 1; t >= last; t--, row -= lanes) {
        const double *emission = m.emissions + symbols[t] * lanes;
        double *here = room.next + --filled * lanes, before = 1.0 / room.scale[t - 1];
        count = counts.emissions + symbols[t] * lanes;
        for (int64_t v = 0; v < lanes / CLASSICNLP_EIGHT; v++) {
            classicnlp_eight share = *classicnlp_of(room.beta, v) * inverse;
            *classicnlp_at(count, v) += *classicnlp_of(row, v) * share;
            *classicnlp_at(here, v) = *classicnlp_of(emission, v) * share;
        }
        classicnlp_multiply(here, m.reversed, states, lanes, room.beta);
        for (int64_t v = 0; v < lanes / CLASSICNLP_EIGHT; v++) *classicnlp_at(here, v) *= before;
        if (filled == 0 || t == last) {
            classicnlp_add_products(row - lanes, here, CLASSICNLP_BLOCK - filled, states, lanes, counts.changes);
            filled = CLASSICNLP_BLOCK;
        }
        inverse = before;
    }
    if (low > 0) return;
    count = counts.emissions + symbols[0] * lanes;
    for (int64_t v = 0; v < lanes / CLASSICNLP_EIGHT; v++) {
        classicnlp_eight share = *classicnlp_of(row, v) * *classicnlp_of(room.beta, v) * inverse;
        *classicnlp_at(count, v) += share;
        *classicnlp_at(counts.starts, v) += share;
    }
}

/* Begin with beta[T - 1] = stops / end, and count the last states. */
CLASSICNLP_INLINE void classicnlp_hmm_stop(
    classicnlp_hmm m, int64_t lanes, const double *last, double scale, double end, double *beta, double *counts)
{
    for (int64_t v = 0; v < lanes / CLASSICNLP_EIGHT; v++) {
        *classicnlp_at(beta, v) = *classicnlp_of(m.stops, v) / end;
        *classicnlp_at(counts, v) += *classicnlp_of(last, v) * *classicnlp_of(beta, v) / scale;
    }
}

/* Return log p(symbols); -inf, without counting anything, if it is 0 or leaves the range of numbers.
   Of a long sequence only the last alpha of each segment is kept; the way back computes the others a
   second time, which costs less than to fetch them from memory. */
CLASSICNLP_INLINE double classicnlp_hmm_sequence(
    classicnlp_hmm m, int64_t states, int64_t lanes, const int32_t *symbols, int64_t length,
    int counting, classicnlp_hmm_room room, classicnlp_hmm_counts counts)
{
    const int64_t segment = CLASSICNLP_SEGMENT, last = (length - 1) / segment;
    double end = 0.0, total = 0.0, *row = room.alpha + lanes, *top = row;
    int possible = 1;
    for (int64_t s = 0; s <= last; s++) {
        int64_t low = s * segment, high = low + segment < length ? low + segment : length;
        classicnlp_hmm_forward(m, states, lanes, symbols, low, high, row, room.scale);
        top = row + (high - 1 - low) * lanes;
        if (s < last) {
            memcpy(room.kept + s * lanes, top, lanes * sizeof(double));
            memcpy(room.alpha, top, lanes * sizeof(double));
        }
    }
    for (int64_t t = 0; t < length; t++) possible &= room.scale[t] > CLASSICNLP_LEAST;
    for (int64_t i = 0; i < lanes; i++) end += top[i] * m.stops[i];
    end /= room.scale[length - 1];
    if (!possible || !(end > CLASSICNLP_LEAST)) return -__builtin_inf();
    if (counting) {
        classicnlp_hmm_stop(m, lanes, top, room.scale[length - 1], end, room.beta, counts.stops);
        for (int64_t s = last; s >= 0; s--) {
            int64_t low = s * segment, high = low + segment < length ? low + segment : length;
            if (s > 0) memcpy(room.alpha, room.kept + (s - 1) * lanes, lanes * sizeof(double));
            if (s < last) classicnlp_hmm_forward(m, states, lanes, symbols, low, high, row, room.scale);
            classicnlp_hmm_backward(m, states, lanes, symbols, low, high, row, room, counts);
        }
    }
    for (int64_t t = 0; t < length; t++) room.scale[t] = classicnlp_log(room.scale[t]);
    for (int64_t t = 0; t < length; t++) total += room.scale[t];
    return total + classicnlp_log(end);
}

/* A sequence of at least one place. Up to four and up to eight states are unrolled. */
CLASSICNLP_CLONES static double classicnlp_hmm_expect(
    classicnlp_hmm m, const int32_t *symbols, int64_t length, int counting, classicnlp_hmm_room room,
    classicnlp_hmm_counts counts)
{
    if (m.states <= 4) return classicnlp_hmm_sequence(m, 4, 8, symbols, length, counting, room, counts);
    if (m.states <= 8) return classicnlp_hmm_sequence(m, 8, 8, symbols, length, counting, room, counts);
    return classicnlp_hmm_sequence(m, m.states, m.lanes, symbols, length, counting, room, counts);
}

#endif
