/* A second-order chain over the candidate labels of one sequence: best paths, sums over all paths.

   Places have boundaries around them: two before the first token and one behind the last, so that
   token t is at place t + 2. States are pairs of candidates of adjacent places, those of the former
   as rows; the pairs of places p - 1 and p begin at base[p], and number 0 is that of the first two
   boundaries. */

#ifndef CLASSICNLP_TRIGRAMS_H
#define CLASSICNLP_TRIGRAMS_H

#include <math.h>
#include "vector.h"

#define CLASSICNLP_LEAST 1e-300  /* what is less likely counts as impossible */

typedef struct {
    int64_t places;
    int64_t *first;               /* (places + 1) the candidates of place p begin at first[p] */
    int64_t *base;                /* (places) */
    int32_t *labels;              /* of the candidates */
    double *keep;                 /* of the candidates, if paired */
    const double *scores;         /* of the candidates; if paired, of the pairs from number 1 on */
    const double *add;            /* of the pairs from number 1 on, if paired */
    const double *probabilities;  /* (side, side, side): p(label | the two labels before) */
    const double *logarithms;     /* of these */
    int64_t side;                 /* how many labels there are, with the boundary */
    int paired;
} classicnlp_trigrams;

CLASSICNLP_INLINE int64_t classicnlp_width(const classicnlp_trigrams *s, int64_t p)
{
    return s->first[p + 1] - s->first[p];
}

/* Where p(. | candidates i and j of the two places before p) begins. */
CLASSICNLP_INLINE int64_t classicnlp_history(const classicnlp_trigrams *s, int64_t p, int64_t i, int64_t j)
{
    return (s->labels[s->first[p - 2] + i] * s->side + s->labels[s->first[p - 1] + j]) * s->side;
}

/* The scores of all candidates of place p after the candidates i and j of the places before. */
CLASSICNLP_INLINE void classicnlp_trigram_scores(
    const classicnlp_trigrams *s, int64_t p, int64_t i, int64_t j, double *out)
{
    int64_t width = classicnlp_width(s, p), history = classicnlp_history(s, p, i, j);
    const int32_t *labels = s->labels + s->first[p];
    if (s->paired) {
        const double *add = s->add + s->base[p] + j * width - 1;
        const double *scores = s->scores + s->base[p] + j * width - 1;
        double keep = s->keep[s->first[p - 1] + j];
        for (int64_t k = 0; k < width; k++) {
            double x = keep * s->probabilities[history + labels[k]] + add[k];
            out[k] = x > CLASSICNLP_LEAST ? classicnlp_log(x) + scores[k] : -INFINITY;
        }
    } else
        for (int64_t k = 0; k < width; k++)
            out[k] = s->logarithms[history + labels[k]] + s->scores[s->first[p] + k];
}

/* The same as probabilities; `shares` are those of the candidates' or pairs' own scores. */
CLASSICNLP_INLINE void classicnlp_trigram_shares(
    const classicnlp_trigrams *s, int64_t p, int64_t i, int64_t j, const double *shares, double *out)
{
    int64_t width = classicnlp_width(s, p), history = classicnlp_history(s, p, i, j);
    const int32_t *labels = s->labels + s->first[p];
    if (s->paired) {
        const double *add = s->add + s->base[p] + j * width - 1;
        double keep = s->keep[s->first[p - 1] + j];
        for (int64_t k = 0; k < width; k++)
            out[k] = (keep * s->probabilities[history + labels[k]] + add[k]) * shares[j * width + k];
    } else
        for (int64_t k = 0; k < width; k++)
            out[k] = s->probabilities[history + labels[k]] * shares[k];
}

/* Write the labels of the best path and return its score (Viterbi, 1967):

       best[p, j, k] = max over i of best[p - 1, i, j] + score(i, j, k)

   `best` and `back` have room for all pairs, `row` for the candidates of a place. What is written
   means nothing if the score is -inf. */
static double classicnlp_best_trigrams(
    const classicnlp_trigrams *s, double *best, int32_t *back, double *row, int32_t *path)
{
    double top = -INFINITY;
    int64_t p, j, k = 0;
    best[0] = 0.0;
    for (p = 2; p < s->places; p++) {
        int64_t width = classicnlp_width(s, p), before = classicnlp_width(s, p - 1);
        for (j = 0; j < before; j++) {
            double *here = best + s->base[p] + j * width;
            int32_t *note = back + s->base[p] + j * width;
            for (k = 0; k < width; k++) {
                here[k] = -INFINITY;
                note[k] = 0;
            }
            for (int64_t i = 0; i < classicnlp_width(s, p - 2); i++) {
                double so_far = best[s->base[p - 1] + i * before + j];
                classicnlp_trigram_scores(s, p, i, j, row);
                for (k = 0; k < width; k++)
                    if (so_far + row[k] > here[k]) {
                        here[k] = so_far + row[k];
                        note[k] = (int32_t)i;
                    }
            }
        }
    }
    /* The last place has one candidate, the boundary. */
    p = s->places - 1;
    j = k = 0;
    for (int64_t pair = 0; pair < classicnlp_width(s, p - 1); pair++)
        if (best[s->base[p] + pair] > top) {
            top = best[s->base[p] + pair];
            j = pair;
        }
    for (; p > 2; p--) {
        int64_t i = back[s->base[p] + j * classicnlp_width(s, p) + k];
        path[p - 3] = s->labels[s->first[p - 1] + j];
        k = j;
        j = i;
    }
    return top;
}

/* One of the best ways to a pair: the candidate before the pair, and which of the ways to there. */
typedef struct {
    double score;
    int32_t before, rank;
} classicnlp_way;

/* Add a way to a descending list of at most `most`, behind those of the same score; return its length. */
CLASSICNLP_INLINE int64_t classicnlp_insert(classicnlp_way *ways, int64_t count, int64_t most, classicnlp_way way)
{
    int64_t n;
    if (!(way.score > -INFINITY) || (count == most && !(way.score > ways[most - 1].score))) return count;
    if (count < most) count++;
    for (n = count - 1; n > 0 && ways[n - 1].score < way.score; n--) ways[n] = ways[n - 1];
    ways[n] = way;
    return count;
}

/* Keep the best `most` ways to every pair; return how many lead to the end, and write them to `ends`. */
static int64_t classicnlp_best_ways(
    const classicnlp_trigrams *s, int64_t most, classicnlp_way *ways, int64_t *counts, double *row,
    classicnlp_way *ends)
{
    int64_t p, j, k, r, found = 0;
    counts[0] = classicnlp_insert(ways, 0, most, (classicnlp_way){0.0, 0, 0});
    for (p = 2; p < s->places; p++) {
        int64_t width = classicnlp_width(s, p), before = classicnlp_width(s, p - 1);
        for (j = 0; j < before; j++) {
            for (k = 0; k < width; k++) counts[s->base[p] + j * width + k] = 0;
            for (int64_t i = 0; i < classicnlp_width(s, p - 2); i++) {
                int64_t from = s->base[p - 1] + i * before + j;
                classicnlp_trigram_scores(s, p, i, j, row);
                for (k = 0; k < width; k++) {
                    int64_t to = s->base[p] + j * width + k;
                    for (r = 0; r < counts[from]; r++) {
                        classicnlp_way way = {ways[from * most + r].score + row[k], (int32_t)i, (int32_t)r};
                        counts[to] = classicnlp_insert(ways + to * most, counts[to], most, way);
                    }
                }
            }
        }
    }
    p = s->places - 1;
    for (j = 0; j < classicnlp_width(s, p - 1); j++)
        for (r = 0; r < counts[s->base[p] + j]; r++) {
            classicnlp_way way = {ways[(s->base[p] + j) * most + r].score, (int32_t)j, (int32_t)r};
            found = classicnlp_insert(ends, found, most, way);
        }
    return found;
}

/* Write the labels of a way to the end. */
static void classicnlp_follow(
    const classicnlp_trigrams *s, int64_t most, const classicnlp_way *ways, classicnlp_way end, int32_t *path)
{
    int64_t here = 0;
    for (int64_t p = s->places - 1; p > 2; p--) {
        int64_t pair = s->base[p] + end.before * classicnlp_width(s, p) + here;
        here = end.before;
        path[p - 3] = s->labels[s->first[p - 1] + here];
        end = ways[pair * most + end.rank];
    }
}

/* Write e to the power of the place's own scores, the largest of which becomes 1; return the largest. */
CLASSICNLP_INLINE double classicnlp_shares_of(const classicnlp_trigrams *s, int64_t p, double *out)
{
    int64_t width = classicnlp_width(s, p);
    int64_t count = s->paired ? classicnlp_width(s, p - 1) * width : width;
    const double *scores = s->scores + (s->paired ? s->base[p] - 1 : s->first[p]);
    double most = -INFINITY;
    for (int64_t n = 0; n < count; n++) most = scores[n] > most ? scores[n] : most;
    if (!(most > -INFINITY)) most = 0.0;
    for (int64_t n = 0; n < count; n++) out[n] = scores[n] - most > -700.0 ? classicnlp_exp(scores[n] - most) : 0.0;
    return most;
}

/* Write alpha[p, j, k], which adds up to 1 at each place, and scale[p]; return log Z, or -inf.

       alpha[p, j, k] = sum over i of alpha[p - 1, i, j] share(i, j, k) / scale[p]          */
static double classicnlp_trigrams_forward(
    const classicnlp_trigrams *s, double *alpha, double *scale, double *shares, double *row)
{
    double log_z = 0.0;
    alpha[0] = 1.0;
    for (int64_t p = 2; p < s->places; p++) {
        int64_t width = classicnlp_width(s, p), before = classicnlp_width(s, p - 1);
        double total = 0.0, most = classicnlp_shares_of(s, p, shares);
        for (int64_t j = 0; j < before; j++) {
            double *here = alpha + s->base[p] + j * width;
            for (int64_t k = 0; k < width; k++) here[k] = 0.0;
            for (int64_t i = 0; i < classicnlp_width(s, p - 2); i++) {
                double so_far = alpha[s->base[p - 1] + i * before + j];
                classicnlp_trigram_shares(s, p, i, j, shares, row);
                for (int64_t k = 0; k < width; k++) here[k] += so_far * row[k];
            }
            for (int64_t k = 0; k < width; k++) total += here[k];
        }
        if (!(total > CLASSICNLP_LEAST)) return -INFINITY;
        for (int64_t n = 0; n < before * width; n++) alpha[s->base[p] + n] /= total;
        scale[p] = total;
        log_z += classicnlp_log(total) + most;
    }
    return log_z;
}

/* Write the probability of every candidate of a token; add the expected triples to `triples`
   (side, side, side), unless it is NULL.

       beta[p - 1, i, j] = sum over k of share(i, j, k) beta[p, j, k] / scale[p]          */
static void classicnlp_trigrams_backward(
    const classicnlp_trigrams *s, const double *alpha, const double *scale, double *beta, double *shares,
    double *row, double *marginals, double *triples)
{
    for (int64_t k = 0; k < classicnlp_width(s, s->places - 2); k++) beta[s->base[s->places - 1] + k] = 1.0;
    for (int64_t p = s->places - 1; p > 1; p--) {
        int64_t width = classicnlp_width(s, p), before = classicnlp_width(s, p - 1);
        classicnlp_shares_of(s, p, shares);
        for (int64_t j = 0; j < before; j++) {
            const double *here = beta + s->base[p] + j * width;
            double marginal = 0.0;
            for (int64_t i = 0; i < classicnlp_width(s, p - 2); i++) {
                int64_t pair = s->base[p - 1] + i * before + j;
                double total = 0.0;
                classicnlp_trigram_shares(s, p, i, j, shares, row);
                for (int64_t k = 0; k < width; k++) {
                    row[k] *= here[k] / scale[p];
                    total += row[k];
                }
                beta[pair] = total;
                marginal += alpha[pair] * total;
                if (triples) {
                    double *counts = triples + classicnlp_history(s, p, i, j);
                    for (int64_t k = 0; k < width; k++)
                        counts[s->labels[s->first[p] + k]] += alpha[pair] * row[k];
                }
            }
            if (p > 2) marginals[s->first[p - 1] - 2 + j] = marginal;
        }
    }
}

#endif
