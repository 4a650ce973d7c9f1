/* One width of vectors of GloVe's arithmetic; glove.h includes this once for each. */

typedef float NAME(lanes) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* 1 / sqrt(x) of numbers from 1e-30 on, to within 5e-6 of it: a first guess by the exponent, and two steps of
   Newton's method. */
TARGET CLASSICNLP_INLINE NAME(lanes) NAME(inverse_root)(NAME(lanes) x)
{
    NAME(lanes) half = 0.5f * x;
    NAME(lanes) y = (NAME(lanes))(0x5f375a86 - ((NAME(bits))x >> 1));
    y *= 1.5f - half * y * y;
    y *= 1.5f - half * y * y;
    return y;
}

TARGET CLASSICNLP_INLINE NAME(lanes) NAME(clipped)(NAME(lanes) x)
{
    NAME(bits) high = x > CLASSICNLP_CLIP, low = x < -CLASSICNLP_CLIP;
    NAME(lanes) most = (NAME(lanes)){0} + CLASSICNLP_CLIP;
    x = (NAME(lanes))(((NAME(bits))most & high) | ((NAME(bits))x & ~high));
    return (NAME(lanes))(((NAME(bits))(-most) & low) | ((NAME(bits))x & ~low));
}

/* One pair: fit the product of a word's row and a context's row to the logarithm of their count. A row is
   its values and then the sums of squares of what they were changed by. Return the loss. */
TARGET static float NAME(pair)(
    float *word, float *context, int64_t padded, int64_t dimensions, float log_count, float weight, float rate)
{
    NAME(lanes) sum = {0};
    for (int64_t v = 0; v < padded; v += LANES)
        sum += *(const NAME(lanes) *)(word + v) * *(const NAME(lanes) *)(context + v);
    float product = 0.0f;
    for (int k = 0; k < LANES; k++) product += sum[k];
    float difference = product - log_count, step = weight * difference;
    for (int64_t v = 0; v < padded; v += LANES) {
        NAME(lanes) *a = (NAME(lanes) *)(word + v), *b = (NAME(lanes) *)(context + v);
        NAME(lanes) *a_squares = (NAME(lanes) *)(word + padded + v), *b_squares = (NAME(lanes) *)(context + padded + v);
        NAME(lanes) of_a = rate * NAME(clipped)(step * *b), of_b = rate * NAME(clipped)(step * *a);
        NAME(lanes) a_sum = *a_squares, b_sum = *b_squares;
        *a -= of_a * NAME(inverse_root)(a_sum);
        *b -= of_b * NAME(inverse_root)(b_sum);
        *a_squares = a_sum + of_a * of_a;
        *b_squares = b_sum + of_b * of_b;
    }
    /* What the other's bias is multiplied by stays 1. */
    word[dimensions + 1] = 1.0f;
    context[dimensions] = 1.0f;
    return 0.5f * step * difference;
}

TARGET static double NAME(fit)(
    const classicnlp_glove *m, int64_t place, int64_t stride, int64_t count, float rate)
{
    double loss = 0.0;
    int64_t ahead[CLASSICNLP_AHEAD], later = place;
    float logs[CLASSICNLP_AHEAD], weights[CLASSICNLP_AHEAD];
    for (int64_t done = 0; done < count; done += CLASSICNLP_AHEAD) {
        int64_t some = count - done < CLASSICNLP_AHEAD ? count - done : CLASSICNLP_AHEAD;
        for (int64_t i = 0; i < some; i++) {
            ahead[i] = later;
            logs[i] = m->pairs[later].count;
            later += stride;
            if (later >= m->pair_count) later -= m->pair_count;
        }
        classicnlp_weigh(m, some, logs, weights);
        /* The next ones' pairs, and the first of their rows, are asked for while these are worked on. */
        int64_t next = later;
        for (int64_t i = 0; i < some; i++) {
            CLASSICNLP_PREFETCH(&m->pairs[next]);
            next += stride;
            if (next >= m->pair_count) next -= m->pair_count;
        }
        for (int64_t i = 0; i < some; i++) {
            const classicnlp_pair *pair = &m->pairs[ahead[i]];
            if (i + CLASSICNLP_NEAR < some) {
                const classicnlp_pair *coming = &m->pairs[ahead[i + CLASSICNLP_NEAR]];
                classicnlp_prefetch(m->words + coming->row * 2 * m->padded, 8 * m->padded);
                classicnlp_prefetch(m->contexts + coming->column * 2 * m->padded, 8 * m->padded);
                classicnlp_prefetch(m->words + coming->column * 2 * m->padded, 8 * m->padded);
                classicnlp_prefetch(m->contexts + coming->row * 2 * m->padded, 8 * m->padded);
            }
            loss += NAME(pair)(m->words + pair->row * 2 * m->padded, m->contexts + pair->column * 2 * m->padded,
                               m->padded, m->dimensions, logs[i], weights[i], rate);
            if (pair->row != pair->column)
                loss += NAME(pair)(m->words + pair->column * 2 * m->padded, m->contexts + pair->row * 2 * m->padded,
                                   m->padded, m->dimensions, logs[i], weights[i], rate);
        }
    }
    return loss;
}

#undef NAME
#undef LANES
#undef TARGET
