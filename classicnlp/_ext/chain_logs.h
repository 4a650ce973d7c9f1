/* Forward-backward in logarithms: for the few sequences whose shares are beyond the range of numbers.

   With psi[t, i, y] = A[t, i, y] + E[t, y], and at each place a constant taken off so that sums stay
   near 0, where digits are many:

       alpha[t, y] = log of the sum over i of exp(alpha[t - 1, i] + psi[t, i, y])
       beta[t - 1, i] = log of the sum over y of exp(psi[t, i, y] + beta[t, y])            */

#ifndef CLASSICNLP_CHAIN_LOGS_H
#define CLASSICNLP_CHAIN_LOGS_H

#include "chain_sums.h"

/* log of the sum of exp(values) */
static double classicnlp_log_sum(const double *values, int64_t count)
{
    double most = classicnlp_most(values, count), sum = 0.0;
    if (!(most > -INFINITY && most < INFINITY)) return most;
    for (int64_t k = 0; k < count; k++) sum += classicnlp_exp_or_zero(values[k] - most);
    return sum == sum ? most + classicnlp_log(sum) : sum;
}

/* Write the logarithms of alpha; return log Z, -inf where no path is allowed. */
static double classicnlp_forward_in_logs(
    const classicnlp_chain *chain, const double *emissions, int64_t length, const classicnlp_room *room)
{
    int64_t labels = chain->labels;
    double total = 0.0, *sums = room->beta;
    for (int64_t t = 0; t < length; t++) {
        const double *matrix = chain->transitions + t * chain->stride;
        double *alpha = room->alpha + t * labels, shift;
        classicnlp_emissions(chain, emissions, t, length, labels, alpha);
        for (int64_t y = 0; t > 0 && y < labels; y++) {
            for (int64_t i = 0; i < labels; i++) sums[i] = alpha[i - labels] + matrix[i * labels + y];
            alpha[y] += classicnlp_log_sum(sums, labels);
        }
        shift = classicnlp_log_sum(alpha, labels);
        if (!(shift > -INFINITY && shift < INFINITY)) return -INFINITY;
        for (int64_t y = 0; y < labels; y++) alpha[y] -= shift;
        total += shift;
    }
    return total;
}

/* Write the marginals of what classicnlp_forward_in_logs went through and add to the pairs. */
static void classicnlp_backward_in_logs(
    const classicnlp_chain *chain, const double *emissions, int64_t length, const classicnlp_room *room,
    double *pairs)
{
    int64_t labels = chain->labels;
    double *beta = room->beta, *ahead = room->row, *joint = room->low, shift;
    for (int64_t y = 0; y < labels; y++) beta[y] = 0.0;
    for (int64_t t = length - 1; t >= 0; t--) {
        const double *matrix = chain->transitions + t * chain->stride, *alpha = room->alpha + t * labels;
        const double *before = alpha - labels;
        for (int64_t y = 0; y < labels; y++)
            room->e[t * labels + y] = classicnlp_exp_or_zero(alpha[y] + beta[y]);
        if (t == 0) return;
        classicnlp_emissions(chain, emissions, t, length, labels, ahead);
        for (int64_t y = 0; y < labels; y++) ahead[y] += beta[y];
        for (int64_t i = 0; i < labels; i++) {
            for (int64_t y = 0; y < labels; y++) joint[y] = matrix[i * labels + y] + ahead[y];
            beta[i] = classicnlp_log_sum(joint, labels);
        }
        for (int64_t i = 0; i < labels; i++) joint[i] = before[i] + beta[i];
        shift = classicnlp_log_sum(joint, labels);
        for (int64_t i = 0; i < labels; i++) beta[i] -= shift;
        for (int64_t i = 0; i < labels; i++)
            for (int64_t y = 0; y < labels; y++)
                pairs[i * labels + y] += classicnlp_exp_or_zero(
                    before[i] + matrix[i * labels + y] + ahead[y] - shift);
    }
}

#endif
