/* Asking for memory before it is needed, so that it is in the nearest cache by then. */

#ifndef CLASSICNLP_PREFETCH_H
#define CLASSICNLP_PREFETCH_H

#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define CLASSICNLP_PREFETCH(address) __builtin_prefetch(address)
#else
#define CLASSICNLP_PREFETCH(address) ((void)(address))
#endif

/* Ask for `bytes` bytes, a line of the cache at a time. */
static inline void classicnlp_prefetch(const void *memory, int64_t bytes)
{
    for (int64_t k = 0; k < bytes; k += 64) CLASSICNLP_PREFETCH((const char *)memory + k);
}

#endif
