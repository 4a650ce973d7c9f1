/* Elementary functions that give the same bits on every machine, in a form that compilers vectorise.

   The C library's exp and log differ from one release to the next, and what differs in the last
   bit at the start of a training differs in the first after a hundred iterations. */

#ifndef CLASSICNLP_VECTOR_H
#define CLASSICNLP_VECTOR_H

#include <stdint.h>
#include <string.h>

/* Of a function that is compiled anew wherever it is used, with what is constant there. */
#define CLASSICNLP_INLINE static inline __attribute__((always_inline))

/* Put before a function whose loops go element by element: it is compiled for several widths of
   vectors, and the machine chooses at load. Without fused multiply-adds (-ffp-contract=off) the
   width changes no result. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define CLASSICNLP_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLASSICNLP_CLONES
#endif

/* exp(x), to within 2 ulp, of x up to 700; of all below -700 it is exp(-700), about 1e-304, so that
   callers who want exp(-inf) = 0 must say so themselves. 2**k * exp(r) with |r| <= log(2) / 2
   (Cody and Waite, 1980), without branches. */
static inline double classicnlp_exp(double x)
{
    double k, r, p, scale;
    int64_t bits;
    x = x < -700.0 ? -700.0 : x;
    k = x * 1.4426950408889634 + 6755399441055744.0;  /* rounds to an integer in the low bits */
    memcpy(&bits, &k, 8);
    k -= 6755399441055744.0;
    r = x - k * 6.93147180369123816490e-01;
    r -= k * 1.90821492927058770002e-10;
    p = 2.0876756987868099e-9;
    p = p * r + 2.5052108385441719e-8;
    p = p * r + 2.7557319223985891e-7;
    p = p * r + 2.7557319223985888e-6;
    p = p * r + 2.4801587301587302e-5;
    p = p * r + 1.9841269841269841e-4;
    p = p * r + 1.3888888888888889e-3;
    p = p * r + 8.3333333333333332e-3;
    p = p * r + 4.1666666666666664e-2;
    p = p * r + 1.6666666666666666e-1;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    bits = (int64_t)(((uint64_t)bits + 1023) << 52);
    memcpy(&scale, &bits, 8);
    return p * scale;
}

/* log(x), to within 2 ulp, of a positive normal number: with x = 2**k * m, sqrt(1/2) <= m < sqrt(2),
   and s = (m - 1) / (m + 1), it is k log(2) + 2 (s + s**3 / 3 + s**5 / 5 + ...). */
static inline double classicnlp_log(double x)
{
    double m, s, z, p;
    int64_t bits, k;
    memcpy(&bits, &x, 8);
    k = ((bits >> 52) & 2047) - 1023;
    bits = (bits & 0x000fffffffffffffLL) | 0x3ff0000000000000LL;
    memcpy(&m, &bits, 8);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        k += 1;
    }
    s = (m - 1.0) / (m + 1.0);
    z = s * s;
    p = 1.0 / 21.0;
    p = p * z + 1.0 / 19.0;
    p = p * z + 1.0 / 17.0;
    p = p * z + 1.0 / 15.0;
    p = p * z + 1.0 / 13.0;
    p = p * z + 1.0 / 11.0;
    p = p * z + 1.0 / 9.0;
    p = p * z + 1.0 / 7.0;
    p = p * z + 1.0 / 5.0;
    p = p * z + 1.0 / 3.0;
    p = p * z;
    return (double)k * 6.93147180369123816490e-01 + (2.0 * s + (2.0 * s * p + (double)k * 1.90821492927058770002e-10));
}

/* log(exp(a) + exp(b)); what is smaller by a factor of exp(-40) is lost in the last bit. */
static inline double classicnlp_log_of_sum(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return low - high < -40.0 ? high : high + classicnlp_log(1.0 + classicnlp_exp(low - high));
}

/* A number below 2**51 as the nearest integer; unlike a conversion it is done for a vector at once. */
static inline int64_t classicnlp_rounded(double x)
{
    int64_t bits;
    x += 6755399441055744.0;  /* 1.5 * 2**52: what is added to it is rounded */
    memcpy(&bits, &x, 8);
    return bits - 0x4338000000000000LL;
}

#endif
