/* How wide vectors may be: arithmetic written for 4, 8 and 16 numbers at once, chosen when it runs.

   Unlike what CLASSICNLP_CLONES makes, results differ in their last bits from one width to the next. */

#ifndef CLASSICNLP_WIDTHS_H
#define CLASSICNLP_WIDTHS_H

#if defined(__x86_64__) && defined(__GNUC__)
#define CLASSICNLP_WIDER
#define CLASSICNLP_TARGET_8 __attribute__((target("avx2,fma")))
#define CLASSICNLP_TARGET_16 __attribute__((target("avx512f,avx2,fma")))
#endif

/* How many numbers this processor takes at once. */
static inline int classicnlp_widest(void)
{
#ifdef CLASSICNLP_WIDER
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return 16;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 8;
#endif
    return 4;
}

#endif
