/* A chain of labels with dense scores, and the best path through it. */

#ifndef CLASSICNLP_CHAIN_H
#define CLASSICNLP_CHAIN_H

#include <math.h>
#include "vector.h"

#define CLASSICNLP_TILE 16  /* columns kept in registers */

/* Scores of a sequence of T places and Y labels: A[t, i, y] for the change from i to y into place t,
   E[t, y] for label y at place t; those of the first and the last label stand apart. */
typedef struct {
    int64_t labels;             /* Y */
    const double *transitions;  /* (Y, Y), or (T, Y, Y) where each place has its own */
    int64_t stride;             /* 0, or Y * Y */
    const double *starts;       /* (Y,) */
    const double *stops;        /* (Y,) */
} classicnlp_chain;

/* top[y] = max over i of best[i] + A[i, y]. Two maxima run side by side, so that one need not wait
   for the other; which of them is taken first changes nothing. */
CLASSICNLP_INLINE void classicnlp_top_tile(
    const double *best, const double *matrix, int64_t labels, double *top, int width)
{
    double even[CLASSICNLP_TILE], odd[CLASSICNLP_TILE];
    int64_t i = 0;
    for (int y = 0; y < width; y++) even[y] = odd[y] = -INFINITY;
    for (; i + 2 <= labels; i += 2) {
        const double *row = matrix + i * labels, *next = row + labels;
        for (int y = 0; y < width; y++) {
            double a = best[i] + row[y], b = best[i + 1] + next[y];
            even[y] = a > even[y] ? a : even[y];
            odd[y] = b > odd[y] ? b : odd[y];
        }
    }
    if (i < labels)
        for (int y = 0; y < width; y++) {
            double a = best[i] + matrix[i * labels + y];
            even[y] = a > even[y] ? a : even[y];
        }
    for (int y = 0; y < width; y++) top[y] = even[y] > odd[y] ? even[y] : odd[y];
}

/* The last tile may do some columns a second time, which is cheaper than doing the rest one by one. */
CLASSICNLP_INLINE void classicnlp_tops_by(
    const double *best, const double *matrix, int64_t labels, double *top, int width)
{
    for (int64_t y = 0; y < labels; y += width) {
        if (y > labels - width) y = labels - width;
        classicnlp_top_tile(best, matrix + y, labels, top + y, width);
    }
}

CLASSICNLP_INLINE void classicnlp_tops(
    const double *best, const double *matrix, int64_t labels, double *top)
{
    if (labels >= 16)
        classicnlp_tops_by(best, matrix, labels, top, 16);
    else if (labels >= 8)
        classicnlp_tops_by(best, matrix, labels, top, 8);
    else if (labels >= 4)
        classicnlp_tops_by(best, matrix, labels, top, 4);
    else
        classicnlp_tops_by(best, matrix, labels, top, 1);
}

/* The first label i that gives top[t, y]; 0 if there is none, as with numbers that are none. */
CLASSICNLP_INLINE int64_t classicnlp_before(
    const double *top, const double *emissions, const double *matrix, int64_t labels, int64_t y, double wanted)
{
    int64_t first = 0;
    if (labels > 8) {
        for (int64_t i = 0; i < labels; i++)
            if (top[i] + emissions[i] + matrix[i * labels + y] == wanted) return i;
    } else
        for (int64_t i = labels - 1; i >= 0; i--)  /* without a branch to guess wrongly */
            first = top[i] + emissions[i] + matrix[i * labels + y] == wanted ? i : first;
    return first;
}

CLASSICNLP_INLINE double classicnlp_viterbi(
    const classicnlp_chain *chain, const double *emissions, int64_t length, int64_t labels,
    double *tops, double *best, int32_t *path)
{
    double score = -INFINITY;
    int64_t chosen = 0;
    for (int64_t y = 0; y < labels; y++) {
        tops[y] = chain->starts[y];
        best[y] = tops[y] + emissions[y];
    }
    for (int64_t t = 1; t < length; t++) {
        double *top = tops + t * labels;
        classicnlp_tops(best, chain->transitions + t * chain->stride, labels, top);
        for (int64_t y = 0; y < labels; y++) best[y] = top[y] + emissions[t * labels + y];
    }
    for (int64_t y = 0; y < labels; y++)
        if (best[y] + chain->stops[y] > score) {
            score = best[y] + chain->stops[y];
            chosen = y;
        }
    for (int64_t t = length - 1; t > 0; t--) {
        path[t] = (int32_t)chosen;
        chosen = classicnlp_before(tops + (t - 1) * labels, emissions + (t - 1) * labels,
                                   chain->transitions + t * chain->stride, labels, chosen,
                                   tops[t * labels + chosen]);
    }
    path[0] = (int32_t)chosen;
    return score;
}

/* Write the best path of a sequence of at least one place and return its score (Viterbi, 1967):

       top[t, y]  = max over i of best[t - 1, i] + A[t, i, y]       top[0, y] = starts[y]
       best[t, y] = top[t, y] + E[t, y]

   forwards, without a note of the i that gave the maximum; backwards, along one path, the first i
   that gives it again is found by trying, since the same sums give the same bits. That is at most
   Y trials a place in place of Y * Y notes. Of equal paths the one with the smaller label at their
   last difference wins. A path is written even where all score -inf. `tops` has room for T * Y
   numbers, `best` for Y. */
CLASSICNLP_CLONES static double classicnlp_best_path(
    const classicnlp_chain *chain, const double *emissions, int64_t length,
    double *tops, double *best, int32_t *path)
{
    if (chain->labels == 4)
        return classicnlp_viterbi(chain, emissions, length, 4, tops, best, path);
    return classicnlp_viterbi(chain, emissions, length, chain->labels, tops, best, path);
}

#endif
