/* word2vec: vectors of words from the words around them (Mikolov and others, 2013).

   Where it differs from the authors' program: the noise of a word is drawn once for all words around it
   (Ji and others, 2016), so that vectors are read once for many products; what is drawn for one word is
   asked for from memory while the word before it is worked on; the sigmoid is computed, not looked up. */

#ifndef CLASSICNLP_WORD2VEC_H
#define CLASSICNLP_WORD2VEC_H

#include <stdlib.h>
#include <string.h>

#include "prefetch.h"
#include "vector.h"
#include "widths.h"

#define CLASSICNLP_ROW_UNIT 16   /* numbers that the length of a row is a multiple of */
#define CLASSICNLP_TILE 6        /* outputs at once: a word and five of noise fit the registers */
#define CLASSICNLP_BLOCK 24      /* products at once, a multiple of 4 */
#define CLASSICNLP_SENTENCE 4096 /* kept words at once: a longer sentence is several */
#define CLASSICNLP_MEASURED 16   /* of so many words the loss of one is summed */
#define CLASSICNLP_MOST_WINDOW 10000

typedef struct {
    uint32_t threshold;  /* of 32 random bits: below it the column's own word, else the other one */
    uint32_t other;
} classicnlp_alias;

typedef struct {
    float *inputs;                  /* (input_rows, padded) */
    float *outputs;                 /* (output_rows, padded) */
    int64_t padded;
    int64_t words;
    const uint64_t *keep;           /* by word: of 32 random bits, below it the word is kept */
    const classicnlp_alias *noise;  /* one column for each word */
    const int32_t *nodes;           /* paths in the tree, one after another; NULL without a tree */
    const float *labels;            /* of each node of a path */
    const int64_t *paths;           /* where each word's path begins */
    const int32_t *parts;           /* input rows of each word; NULL where word w has row w alone */
    const int64_t *part_offsets;
    int64_t most_parts;
    int64_t most_outputs;
    int32_t window;
    int32_t negatives;
    int32_t together;               /* whether the words around are one input, their mean */
    int32_t lanes;
} classicnlp_word2vec;

typedef struct {
    double loss;       /* summed over the pairs measured */
    int64_t measured;  /* pairs of an input and a word */
    int64_t words;     /* places that were learnt from */
} classicnlp_learnt;

/* splitmix64 (Steele and others, 2014) */
static inline uint64_t classicnlp_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* A number below `bound`, of the high bits. */
static inline uint32_t classicnlp_below(uint64_t bits, uint64_t bound)
{
    return (uint32_t)(((bits >> 32) * bound) >> 32);
}

/* 1 / (1 + exp(-x)), to within 2e-7, without branches; beyond 30 as at 30. */
static inline float classicnlp_sigmoid(float x)
{
    float k, r, p, scale;
    int32_t bits;
    x = x < -30.0f ? -30.0f : x;
    x = x > 30.0f ? 30.0f : x;
    k = x * -1.44269504f + 12582912.0f;  /* 1.5 * 2**23: rounds to an integer in the low bits */
    memcpy(&bits, &k, 4);
    k -= 12582912.0f;
    r = -x - k * 0.693359375f;
    r += k * 2.12194440e-4f;
    p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    bits = (int32_t)(((uint32_t)bits + 127) << 23);
    memcpy(&scale, &bits, 4);
    return 1.0f / (1.0f + p * scale);
}

/* The sum of -log p over a tile, a noise word that was drawn twice counted twice. */
static double classicnlp_word2vec_loss(
    const float *scores, int64_t count, const float *labels, const float *times, int width)
{
    double loss = 0.0;
    for (int64_t j = 0; j < count; j++)
        for (int k = 0; k < width; k++) {
            double x = labels[k] > 0.5f ? -(double)scores[j * width + k] : (double)scores[j * width + k];
            double size = x > 0.0 ? x : -x;
            loss += (double)times[k] * ((x > 0.0 ? x : 0.0) + classicnlp_log(1.0 + classicnlp_exp(-size)));
        }
    return loss;
}

/* A loop whose bounds are known where it is compiled, and whose arrays are to be registers. */
#define CLASSICNLP_UNROLL _Pragma("GCC unroll 24")

#define HALF_OF_16(v, i) __builtin_shufflevector( \
    v, v, (i), (i) + 1, (i) + 2, (i) + 3, (i) + 4, (i) + 5, (i) + 6, (i) + 7)
#define HALF_OF_8(v, i) __builtin_shufflevector(v, v, (i), (i) + 1, (i) + 2, (i) + 3)

#define NAME(x) classicnlp_##x##_4
#define LANES 4
#define TARGET
#define ROWS_AT_ONCE 2
#include "word2vec_lanes.h"

#ifdef CLASSICNLP_WIDER
#define NAME(x) classicnlp_##x##_8
#define LANES 8
#define TARGET CLASSICNLP_TARGET_8
#define ROWS_AT_ONCE 2
#include "word2vec_lanes.h"

#define NAME(x) classicnlp_##x##_16
#define LANES 16
#define TARGET CLASSICNLP_TARGET_16
#define ROWS_AT_ONCE 4
#include "word2vec_lanes.h"
#endif

static void classicnlp_tile(
    int lanes, float *const *inputs, int64_t count, float *const *outputs, int width, int64_t padded,
    const float *labels, const float *times, float rate, float *steps, double *loss)
{
#ifdef CLASSICNLP_WIDER
    if (lanes == 16) {
        classicnlp_tile_16(inputs, count, outputs, width, padded, labels, times, rate, steps, loss);
        return;
    }
    if (lanes == 8) {
        classicnlp_tile_8(inputs, count, outputs, width, padded, labels, times, rate, steps, loss);
        return;
    }
#endif
    classicnlp_tile_4(inputs, count, outputs, width, padded, labels, times, rate, steps, loss);
}

static void classicnlp_mean(int lanes, float *const *rows, int64_t count, float scale, float *out, int64_t padded)
{
#ifdef CLASSICNLP_WIDER
    if (lanes == 16) {
        classicnlp_mean_16(rows, count, scale, out, padded);
        return;
    }
    if (lanes == 8) {
        classicnlp_mean_8(rows, count, scale, out, padded);
        return;
    }
#endif
    classicnlp_mean_4(rows, count, scale, out, padded);
}

static void classicnlp_spread(
    int lanes, float *const *rows, int64_t count, const float *before, const float *after, int64_t padded)
{
#ifdef CLASSICNLP_WIDER
    if (lanes == 16) {
        classicnlp_spread_16(rows, count, before, after, padded);
        return;
    }
    if (lanes == 8) {
        classicnlp_spread_8(rows, count, before, after, padded);
        return;
    }
#endif
    classicnlp_spread_4(rows, count, before, after, padded);
}

/* What was decided of a place before its turn: how far its window reaches, and its outputs. */
typedef struct {
    int32_t reach;
    int32_t count;
    int32_t *rows;   /* of the outputs, the word itself first where there is noise */
    float *labels;
    float *times;    /* how often the output was drawn */
} classicnlp_place;

typedef struct {
    classicnlp_place places[2];  /* the one at work and the next */
    int32_t *sentence;
    float **inputs;              /* rows of the words around */
    float **outputs;
    float *steps;
    float **gathered;            /* rows whose mean is an input */
    float *before;               /* inputs that are no rows but means, and what became of them */
    float *after;
    void *memory;
} classicnlp_scratch;

static int classicnlp_begin_word2vec(const classicnlp_word2vec *m, classicnlp_scratch *s)
{
    size_t around = 2 * (size_t)m->window, outputs = (size_t)m->most_outputs;
    size_t rows = around * (size_t)m->most_parts, padded = (size_t)m->padded;
    int means = m->together ? 1 : m->parts ? (int)around : 0;
    size_t pointers = (around + outputs + rows) * sizeof(float *);
    size_t numbers = 4 * (CLASSICNLP_SENTENCE + 6 * outputs + around * CLASSICNLP_TILE + 64
                          + 2 * (size_t)means * padded);
    char *memory = (char *)calloc(1, pointers + numbers);
    s->memory = memory;
    if (!memory) return 0;
    s->inputs = (float **)memory;
    s->outputs = s->inputs + around;
    s->gathered = s->outputs + outputs;
    s->sentence = (int32_t *)(s->gathered + rows);
    int32_t *next = s->sentence + CLASSICNLP_SENTENCE;
    for (int i = 0; i < 2; i++) {
        s->places[i].rows = next;
        s->places[i].labels = (float *)(next + outputs);
        s->places[i].times = (float *)(next + 2 * outputs);
        next += 3 * outputs;
    }
    s->steps = (float *)next;
    s->before = s->steps + around * CLASSICNLP_TILE + 64;
    s->after = s->before + (size_t)means * padded;
    return 1;
}

/* Decide on a place, and ask for its outputs. */
static inline void classicnlp_aim_at(
    const classicnlp_word2vec *m, classicnlp_place *place, int32_t word, uint64_t *random)
{
    place->reach = 1 + (int32_t)classicnlp_below(classicnlp_random(random), (uint64_t)m->window);
    if (m->nodes) {
        int64_t low = m->paths[word];
        place->count = (int32_t)(m->paths[word + 1] - low);
        for (int32_t k = 0; k < place->count; k++) {
            place->rows[k] = m->nodes[low + k];
            place->labels[k] = m->labels[low + k];
            place->times[k] = 1.0f;
        }
    } else {
        int32_t count = 1;
        place->rows[0] = word;
        place->labels[0] = 1.0f;
        place->times[0] = 1.0f;
        for (int32_t i = 0; i < m->negatives; i++) {
            uint64_t bits = classicnlp_random(random);
            uint32_t drawn = classicnlp_below(bits, (uint64_t)m->words);
            int32_t k = 1;
            if ((uint32_t)bits >= m->noise[drawn].threshold) drawn = m->noise[drawn].other;
            if ((int32_t)drawn == word) continue;
            while (k < count && place->rows[k] != (int32_t)drawn) k++;
            if (k < count) {
                place->times[k] += 1.0f;
                continue;
            }
            place->rows[count] = (int32_t)drawn;
            place->labels[count] = 0.0f;
            place->times[count] = 1.0f;
            count++;
        }
        place->count = count;
    }
    for (int32_t k = 0; k < place->count; k++)
        classicnlp_prefetch(m->outputs + place->rows[k] * m->padded, 4 * m->padded);
}

/* Gather the input rows of a word; return how many there are. */
static inline int64_t classicnlp_parts(const classicnlp_word2vec *m, int32_t word, float **rows)
{
    if (!m->parts) {
        rows[0] = m->inputs + word * m->padded;
        return 1;
    }
    int64_t low = m->part_offsets[word], count = m->part_offsets[word + 1] - low;
    for (int64_t i = 0; i < count; i++) rows[i] = m->inputs + m->parts[low + i] * m->padded;
    return count;
}

/* Learn from one place of a sentence. */
static void classicnlp_learn_place(
    const classicnlp_word2vec *m, classicnlp_scratch *s, const classicnlp_place *place, int64_t i,
    int64_t length, float rate, classicnlp_learnt *learnt, int measured)
{
    int64_t low = i < place->reach ? 0 : i - place->reach;
    int64_t high = i + place->reach < length ? i + place->reach : length - 1;
    int64_t count = 0, rows = 0, padded = m->padded;
    if (low == high || place->count == 0) return;
    for (int64_t j = low; j <= high; j++) {
        if (j == i) continue;
        if (!m->together && !m->parts) {
            s->inputs[count++] = m->inputs + s->sentence[j] * padded;
            continue;
        }
        int64_t own = classicnlp_parts(m, s->sentence[j], s->gathered + rows);
        if (!m->together) {
            classicnlp_mean(m->lanes, s->gathered + rows, own, 1.0f / (float)own, s->before + count * padded, padded);
            s->inputs[count] = s->after + count * padded;
            count++;
        }
        rows += own;
    }
    if (m->together) {
        classicnlp_mean(m->lanes, s->gathered, rows, 1.0f / (float)rows, s->before, padded);
        s->inputs[0] = s->after;
        count = 1;
    }
    if (rows) memcpy(s->after, s->before, (size_t)(4 * count * padded));
    for (int32_t k = 0; k < place->count; k++) s->outputs[k] = m->outputs + place->rows[k] * padded;
    for (int32_t k = 0; k < place->count; k += CLASSICNLP_TILE) {
        int width = place->count - k < CLASSICNLP_TILE ? place->count - k : CLASSICNLP_TILE;
        classicnlp_tile(m->lanes, s->inputs, count, s->outputs + k, width, padded, place->labels + k,
                        place->times + k, rate, s->steps, measured ? &learnt->loss : 0);
    }
    if (m->together) {
        classicnlp_spread(m->lanes, s->gathered, rows, s->before, s->after, padded);
    } else if (m->parts) {
        rows = count = 0;
        for (int64_t j = low; j <= high; j++) {
            if (j == i) continue;
            int64_t own = m->part_offsets[s->sentence[j] + 1] - m->part_offsets[s->sentence[j]];
            classicnlp_spread(m->lanes, s->gathered + rows, own, s->before + count * padded,
                              s->after + count * padded, padded);
            rows += own;
            count++;
        }
    }
    if (measured) learnt->measured += count;
}

static void classicnlp_learn_sentence(
    const classicnlp_word2vec *m, classicnlp_scratch *s, int64_t length, float rate, uint64_t *random,
    classicnlp_learnt *learnt)
{
    if (length > 1) classicnlp_aim_at(m, &s->places[0], s->sentence[0], random);
    for (int64_t i = 0; i < length && length > 1; i++) {
        if (i + 1 < length) classicnlp_aim_at(m, &s->places[(i + 1) & 1], s->sentence[i + 1], random);
        classicnlp_learn_place(m, s, &s->places[i & 1], i, length, rate, learnt,
                               (learnt->words + i) % CLASSICNLP_MEASURED == 0);
    }
    learnt->words += length;
}

/* Learn from sentences of word numbers, each of which ends with a number below 0; the learning rate falls from
   `rate` on by `fall` a number, but not below `least`. Return 0 if there is no memory. */
static int classicnlp_learn(
    const classicnlp_word2vec *m, const int32_t *ids, int64_t count, double rate, double fall, double least,
    uint64_t seed, classicnlp_learnt *learnt)
{
    classicnlp_scratch s;
    int64_t length = 0, first = 0;
    if (!classicnlp_begin_word2vec(m, &s)) return 0;
    for (int64_t i = 0; i <= count; i++) {
        if (i == count || ids[i] < 0 || length == CLASSICNLP_SENTENCE) {
            double now = rate - fall * (double)first;
            classicnlp_learn_sentence(m, &s, length, (float)(now > least ? now : least), &seed, learnt);
            length = 0;
            first = i;
        }
        if (i == count || ids[i] < 0) continue;
        if ((classicnlp_random(&seed) >> 32) >= m->keep[ids[i]]) continue;
        /* A rare word's vector is far away, and there is time until its window comes. */
        classicnlp_prefetch(m->inputs + ids[i] * m->padded, 4 * m->padded);
        s.sentence[length++] = ids[i];
    }
    free(s.memory);
    return 1;
}

#endif
