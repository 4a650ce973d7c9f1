/* One width of vectors of word2vec's arithmetic; word2vec.h includes this once for each.

   Rows are padded with zeros to whole vectors of the widest kind, ROW_UNIT numbers, so that no width has a
   rest to do. A tile is some inputs (vectors of context words, or their mean) against a few outputs
   (the word and its noise, or nodes of the tree): with inputs C and outputs O

       S = C O'     G = rate (label - sigmoid(S))     O += G' C     C += G O

   which is the gradient step of every pair at once, and three small products of matrices. */

typedef float NAME(lanes) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float NAME(quad) __attribute__((vector_size(16), may_alias));

/* The sums of four vectors' lanes. */
TARGET CLASSICNLP_INLINE NAME(quad) NAME(sums)(NAME(lanes) a, NAME(lanes) b, NAME(lanes) c, NAME(lanes) d)
{
    NAME(quad) w, x, y, z;
#if LANES == 16
    typedef float half __attribute__((vector_size(32)));
    half e = HALF_OF_16(a, 0) + HALF_OF_16(a, 8), f = HALF_OF_16(b, 0) + HALF_OF_16(b, 8);
    half g = HALF_OF_16(c, 0) + HALF_OF_16(c, 8), h = HALF_OF_16(d, 0) + HALF_OF_16(d, 8);
#elif LANES == 8
    NAME(lanes) e = a, f = b, g = c, h = d;
#endif
#if LANES >= 8
    w = HALF_OF_8(e, 0) + HALF_OF_8(e, 4);
    x = HALF_OF_8(f, 0) + HALF_OF_8(f, 4);
    y = HALF_OF_8(g, 0) + HALF_OF_8(g, 4);
    z = HALF_OF_8(h, 0) + HALF_OF_8(h, 4);
#else
    w = a, x = b, y = c, z = d;
#endif
    NAME(quad) wx = __builtin_shufflevector(w, x, 0, 1, 4, 5) + __builtin_shufflevector(w, x, 2, 3, 6, 7);
    NAME(quad) yz = __builtin_shufflevector(y, z, 0, 1, 4, 5) + __builtin_shufflevector(y, z, 2, 3, 6, 7);
    return __builtin_shufflevector(wx, yz, 0, 2, 4, 6) + __builtin_shufflevector(wx, yz, 1, 3, 5, 7);
}

/* The products of `rows` inputs and `width` outputs, both known where this is compiled. */
TARGET CLASSICNLP_INLINE void NAME(block)(
    float *const *inputs, float *const *outputs, int64_t padded, float *scores, int rows, int width)
{
    NAME(lanes) sums[CLASSICNLP_BLOCK] = {{0}};
    for (int64_t v = 0; v < padded; v += LANES) {
        NAME(lanes) row[CLASSICNLP_BLOCK];
        CLASSICNLP_UNROLL
        for (int j = 0; j < rows; j++) row[j] = *(const NAME(lanes) *)(inputs[j] + v);
        CLASSICNLP_UNROLL
        for (int k = 0; k < width; k++) {
            NAME(lanes) output = *(const NAME(lanes) *)(outputs[k] + v);
            CLASSICNLP_UNROLL
            for (int j = 0; j < rows; j++) sums[j * width + k] += row[j] * output;
        }
    }
    CLASSICNLP_UNROLL
    for (int i = 0; i < rows * width; i += 4) {
        NAME(quad) four = NAME(sums)(sums[i], sums[i + 1], sums[i + 2], sums[i + 3]);
        CLASSICNLP_UNROLL
        for (int k = 0; k < 4; k++)
            if (i + k < rows * width) scores[i + k] = four[k];
    }
}

/* O += G' C and C += G O, an input after another: one that is there twice is changed twice. */
TARGET CLASSICNLP_INLINE void NAME(update)(
    float *const *inputs, int64_t count, float *const *outputs, int64_t padded, const float *steps, int width)
{
    for (int64_t v = 0; v < padded; v += LANES) {
        NAME(lanes) old[CLASSICNLP_TILE], sum[CLASSICNLP_TILE];
        CLASSICNLP_UNROLL
        for (int k = 0; k < width; k++) old[k] = sum[k] = *(const NAME(lanes) *)(outputs[k] + v);
        for (int64_t j = 0; j < count; j++) {
            NAME(lanes) input = *(const NAME(lanes) *)(inputs[j] + v), changed = input;
            const float *step = steps + j * width;
            CLASSICNLP_UNROLL
            for (int k = 0; k < width; k++) {
                sum[k] += step[k] * input;
                changed += step[k] * old[k];
            }
            *(NAME(lanes) *)(inputs[j] + v) = changed;
        }
        CLASSICNLP_UNROLL
        for (int k = 0; k < width; k++) *(NAME(lanes) *)(outputs[k] + v) = sum[k];
    }
}

TARGET CLASSICNLP_INLINE void NAME(tile_of)(
    float *const *inputs, int64_t count, float *const *outputs, int64_t padded, const float *labels,
    const float *times, float rate, float *steps, double *loss, int width)
{
    int64_t j = 0;
    for (; j + ROWS_AT_ONCE <= count; j += ROWS_AT_ONCE)
        NAME(block)(inputs + j, outputs, padded, steps + j * width, ROWS_AT_ONCE, width);
    for (; j < count; j++) NAME(block)(inputs + j, outputs, padded, steps + j * width, 1, width);
    if (loss) *loss += classicnlp_word2vec_loss(steps, count, labels, times, width);
    /* The scratch is longer than what is needed by a vector's width. */
    for (int64_t i = 0; i < count * width; i += 16)
        for (int k = 0; k < 16; k++) steps[i + k] = classicnlp_sigmoid(steps[i + k]);
    for (j = 0; j < count; j++)
        for (int k = 0; k < width; k++) steps[j * width + k] = rate * times[k] * (labels[k] - steps[j * width + k]);
    NAME(update)(inputs, count, outputs, padded, steps, width);
}

/* One tile of 1 to CLASSICNLP_TILE outputs, all different. */
TARGET static void NAME(tile)(
    float *const *inputs, int64_t count, float *const *outputs, int width, int64_t padded,
    const float *labels, const float *times, float rate, float *steps, double *loss)
{
    switch (width) {
    case 1: NAME(tile_of)(inputs, count, outputs, padded, labels, times, rate, steps, loss, 1); break;
    case 2: NAME(tile_of)(inputs, count, outputs, padded, labels, times, rate, steps, loss, 2); break;
    case 3: NAME(tile_of)(inputs, count, outputs, padded, labels, times, rate, steps, loss, 3); break;
    case 4: NAME(tile_of)(inputs, count, outputs, padded, labels, times, rate, steps, loss, 4); break;
    case 5: NAME(tile_of)(inputs, count, outputs, padded, labels, times, rate, steps, loss, 5); break;
    case 6: NAME(tile_of)(inputs, count, outputs, padded, labels, times, rate, steps, loss, 6); break;
    }
}

/* out = scale * (sum of rows) */
TARGET static void NAME(mean)(float *const *rows, int64_t count, float scale, float *out, int64_t padded)
{
    for (int64_t v = 0; v < padded; v += LANES) {
        NAME(lanes) sum = {0};
        for (int64_t j = 0; j < count; j++) sum += *(const NAME(lanes) *)(rows[j] + v);
        *(NAME(lanes) *)(out + v) = scale * sum;
    }
}

/* Every row += after - before, a row after another. */
TARGET static void NAME(spread)(
    float *const *rows, int64_t count, const float *before, const float *after, int64_t padded)
{
    for (int64_t v = 0; v < padded; v += LANES) {
        NAME(lanes) change = *(const NAME(lanes) *)(after + v) - *(const NAME(lanes) *)(before + v);
        for (int64_t j = 0; j < count; j++) *(NAME(lanes) *)(rows[j] + v) += change;
    }
}

#undef NAME
#undef LANES
#undef TARGET
#undef ROWS_AT_ONCE
