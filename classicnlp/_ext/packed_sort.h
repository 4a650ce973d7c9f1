/* Windows of WORDS 64-bit words: packing, sorting, collapsing, merging. packed.h includes this once for each WORDS. */

#define JOINED(name, words) name##_##words
#define NAMED(name, words) JOINED(name, words)
#define NAME(name) NAMED(classicnlp_##name, WORDS)
#define WINDOW NAME(window)

typedef struct {
    uint64_t word[WORDS];
} WINDOW;

static inline int NAME(less)(const WINDOW *a, const WINDOW *b)
{
    for (int w = 0; w < WORDS - 1; w++)
        if (a->word[w] != b->word[w]) return a->word[w] < b->word[w];
    return a->word[WORDS - 1] < b->word[WORDS - 1];
}

static inline int NAME(same)(const WINDOW *a, const WINDOW *b)
{
    uint64_t difference = 0;
    for (int w = 0; w < WORDS; w++) difference |= a->word[w] ^ b->word[w];
    return difference == 0;
}

/* Visit the windows at the first `starts` places of `symbols` whose own symbol is in low ... high - 1. Without `to`, count
   them by their highest bits; with it, write each to the place of its highest bits. From the end to the beginning, since a
   window is the next one, moved on by a symbol. */
static inline __attribute__((always_inline)) void NAME(visit)(
    const int32_t *symbols, int64_t total, int64_t starts, int order, int bits, int32_t low, int32_t high,
    int64_t *places, WINDOW *to)
{
    WINDOW window = {{0}};
    int per = 64 / bits, last = order - (WORDS - 1) * per;
    int shift = classicnlp_bucket_shift(order, bits);
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (int64_t i = total < starts + order - 1 ? total - 1 : starts + order - 2; i >= 0; i--) {
        int32_t symbol = symbols[i];
        if (symbol == 0) {
            for (int w = 0; w < WORDS; w++) window.word[w] = 0;
            continue;
        }
        uint64_t carried = (uint64_t)symbol;
        for (int w = 0; w < WORDS; w++) {
            int room = w == WORDS - 1 ? last : per;
            uint64_t leaving = window.word[w] & mask;
            window.word[w] = (window.word[w] >> bits) | (carried << (bits * (room - 1)));
            carried = leaving;
        }
        if (i >= starts || symbol < low || symbol >= high) continue;
        int64_t *place = &places[window.word[0] >> shift];
        if (to) to[*place] = window;
        (*place)++;
    }
}

static void NAME(spread)(
    const int32_t *symbols, int64_t total, int64_t starts, int order, int bits, int32_t low, int32_t high,
    int64_t *places, uint64_t *windows)
{
    if (windows)
        NAME(visit)(symbols, total, starts, order, bits, low, high, places, (WINDOW *)windows);
    else
        NAME(visit)(symbols, total, starts, order, bits, low, high, places, 0);
}

static inline void NAME(sort_few)(WINDOW *windows, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        WINDOW moved = windows[i];
        int64_t place = i;
        while (place > 0 && NAME(less)(&moved, &windows[place - 1])) {
            windows[place] = windows[place - 1];
            place--;
        }
        windows[place] = moved;
    }
}

/* Sort by the highest bits in which windows differ, then each of the parts; the result goes to `other` if `move` says so. */
static void NAME(sort_parts)(WINDOW *windows, WINDOW *other, int64_t n, int move)
{
    WINDOW differing = {{0}};
    int word = 0;
    if (n > CLASSICNLP_FEW) {
        for (int64_t i = 1; i < n; i++)
            for (int w = 0; w < WORDS; w++) differing.word[w] |= windows[i].word[w] ^ windows[0].word[w];
        while (word < WORDS - 1 && differing.word[word] == 0) word++;
    }
    if (differing.word[word] == 0) {
        NAME(sort_few)(windows, n > CLASSICNLP_FEW ? 0 : n);
        if (move) memcpy(other, windows, (size_t)n * sizeof(WINDOW));
        return;
    }
    int top = 64 - __builtin_clzll(differing.word[word]), width = 60 - __builtin_clzll((uint64_t)n);
    if (width > CLASSICNLP_DIGIT_BITS) width = CLASSICNLP_DIGIT_BITS;
    if (width > top) width = top;
    int shift = top - width, size = 1 << width;
    uint64_t mask = (uint64_t)size - 1;
    int64_t ends[size];
    memset(ends, 0, sizeof ends);
    for (int64_t i = 0; i < n; i++) ends[windows[i].word[word] >> shift & mask]++;
    int64_t begin = 0;
    for (int digit = 0; digit < size; digit++) {
        int64_t count = ends[digit];
        ends[digit] = begin;
        begin += count;
    }
    for (int64_t i = 0; i < n; i++) other[ends[windows[i].word[word] >> shift & mask]++] = windows[i];
    begin = 0;
    for (int digit = 0; digit < size; digit++) {
        if (ends[digit] > begin) NAME(sort_parts)(other + begin, windows + begin, ends[digit] - begin, !move);
        begin = ends[digit];
    }
}

/* Keep one of equal windows, which stand side by side, and count them. */
static inline int64_t NAME(collapse)(const WINDOW *windows, int64_t n, WINDOW *kept, int64_t *counts)
{
    int64_t used = 0, begin = 0;
    for (int64_t i = 1; i <= n; i++) {
        if (i < n && NAME(same)(&windows[i], &windows[begin])) continue;
        kept[used] = windows[begin];
        counts[used++] = i - begin;
        begin = i;
    }
    return used;
}

/* Sort each bucket, of which `ends` has the ends, and move what is distinct to the front. */
static int64_t NAME(sort)(uint64_t *of, const int64_t *ends, int64_t buckets, uint64_t *scratch, int64_t *counts)
{
    WINDOW *windows = (WINDOW *)of;
    int64_t kept = 0, begin = 0;
    for (int64_t bucket = 0; bucket < buckets; begin = ends[bucket++]) {
        if (ends[bucket] == begin) continue;
        NAME(sort_parts)(windows + begin, (WINDOW *)scratch, ends[bucket] - begin, 0);
        kept += NAME(collapse)(windows + begin, ends[bucket] - begin, windows + kept, counts + kept);
    }
    return kept;
}

static inline void NAME(sift)(classicnlp_source **heap, int64_t size)
{
    classicnlp_source *moved = heap[0];
    int64_t hole = 0, child;
    while ((child = 2 * hole + 1) < size) {
        if (child + 1 < size && NAME(less)((WINDOW *)heap[child + 1]->windows, (WINDOW *)heap[child]->windows)) child++;
        if (!NAME(less)((WINDOW *)heap[child]->windows, (WINDOW *)moved->windows)) break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = moved;
}

/* Write windows and counts in order, equal ones added up, behind the `used` ones that are already there, until there is no
   more room or a source has run dry, which is then the first of the heap. Without room, all that is written is final. */
static int64_t NAME(merge)(
    classicnlp_source **heap, int64_t size, uint64_t *windows, int64_t *counts, int64_t used, int64_t room)
{
    WINDOW *out = (WINDOW *)windows;
    while (size) {
        classicnlp_source *first = heap[0];
        const WINDOW *window = (const WINDOW *)first->windows;
        if (used && NAME(same)(&out[used - 1], window)) {
            counts[used - 1] += *first->counts;
        } else {
            if (used == room) break;
            out[used] = *window;
            counts[used++] = *first->counts;
        }
        first->windows += WORDS;
        first->counts++;
        if (--first->left == 0) break;
        NAME(sift)(heap, size);
    }
    return used;
}

/* Put a source that holds something into the heap. */
static void NAME(enter)(classicnlp_source **heap, int64_t size, classicnlp_source *source)
{
    int64_t hole = size;
    while (hole && NAME(less)((WINDOW *)source->windows, (WINDOW *)heap[(hole - 1) / 2]->windows)) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = source;
}

#undef WINDOW
#undef NAME
#undef NAMED
#undef JOINED
