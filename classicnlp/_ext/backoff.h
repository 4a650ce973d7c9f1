/* A back-off model as an automaton, and many sentences going through it side by side.

   A state is a context that the model knows, 0 the empty one. On a word a state either has an entry,
   which says log10 p and the next state, or it sends to the state of the next shorter context and
   adds its back-off weight. Both answers are a number to add and a state to go to. */

#ifndef CLASSICNLP_BACKOFF_H
#define CLASSICNLP_BACKOFF_H

#include <stdint.h>

#include "prefetch.h"

#define CLASSICNLP_ENTRIES 4   /* of a bucket, which is a line of the cache */
#define CLASSICNLP_LANES 16    /* sentences at once: enough to hide the time that memory takes */

typedef struct {
    float add;
    uint32_t next;
} classicnlp_step;

typedef struct {
    uint64_t keys[CLASSICNLP_ENTRIES];
    classicnlp_step steps[CLASSICNLP_ENTRIES];
} classicnlp_bucket;

typedef struct {
    const classicnlp_bucket *buckets;
    const classicnlp_step *states;
    const classicnlp_step *unigrams;
    const uint32_t *starts;  /* the first state of each order, from 1 on */
    uint64_t bucket_count;
    uint32_t state_count;
    int32_t orders;          /* how many numbers `starts` has */
    int32_t flat;            /* whether what is missing has one probability in a context */
} classicnlp_automaton;

typedef struct {
    int64_t place;
    int64_t end;
    uint64_t bucket;
    uint32_t state;
    float sum;
    int32_t fixed;
} classicnlp_lane;

/* The key of a word in a state other than 0; it is never 0. */
static inline uint64_t classicnlp_entry_key(uint32_t state, int32_t word)
{
    return ((uint64_t)state << 32) | (uint32_t)word;
}

static inline uint64_t classicnlp_bucket_of(uint64_t key, uint64_t bucket_count)
{
    /* The finaliser of murmur3 without its last step: only high bits are used. */
    key ^= key >> 33;
    key *= 0xFF51AFD7ED558CCDULL;
    key ^= key >> 29;
    key *= 0xC4CEB9FE1A85EC53ULL;
    return ((key >> 32) * bucket_count) >> 32;
}

/* The highest bit of a bucket's last key says that an entry had to go on to the next bucket. No key has
   it, since the numbers of states have 31 bits. */
#define CLASSICNLP_WENT_ON (1ULL << 63)

/* Return the entry of a key, or NULL; `visited` ends the search in files that somebody altered. */
static inline const classicnlp_step *classicnlp_entry(
    const classicnlp_bucket *buckets, uint64_t bucket_count, uint64_t bucket, uint64_t key)
{
    for (uint64_t visited = 0; visited < bucket_count; visited++) {
        const classicnlp_bucket *b = &buckets[bucket];
        uint64_t last = b->keys[CLASSICNLP_ENTRIES - 1] & ~CLASSICNLP_WENT_ON;
        int which = (b->keys[1] == key) + 2 * (b->keys[2] == key) + 3 * (last == key);
        if ((b->keys[which] & ~CLASSICNLP_WENT_ON) == key) return &b->steps[which];
        if (!(b->keys[CLASSICNLP_ENTRIES - 1] & CLASSICNLP_WENT_ON)) return 0;
        bucket = bucket + 1 == bucket_count ? 0 : bucket + 1;
    }
    return 0;
}

/* Have what the lane's next step reads brought near. */
static inline void classicnlp_aim(const classicnlp_automaton *m, classicnlp_lane *lane, int32_t word)
{
    lane->bucket = classicnlp_bucket_of(classicnlp_entry_key(lane->state, word), m->bucket_count);
    CLASSICNLP_PREFETCH(&m->buckets[lane->bucket]);
    CLASSICNLP_PREFETCH(&m->states[lane->state]);
}

/* Take one step with a word; return whether it answered, and then leave the answer in `sum`. */
static inline int classicnlp_advance(const classicnlp_automaton *m, classicnlp_lane *lane, int32_t word)
{
    const classicnlp_step *entry;
    int answered = 1;
    if (lane->state == 0) {
        entry = &m->unigrams[word];
    } else {
        entry = classicnlp_entry(m->buckets, m->bucket_count, lane->bucket,
                                 classicnlp_entry_key(lane->state, word));
        answered = entry != 0;
        entry = answered ? entry : &m->states[lane->state];
    }
    if (!m->flat) {
        lane->sum += entry->add;
    } else if (!lane->fixed) {
        lane->sum = entry->add;
        lane->fixed = 1;
    }
    /* Files that somebody altered may name states that do not exist. */
    lane->state = entry->next < m->state_count ? entry->next : 0;
    return answered;
}

static inline uint8_t classicnlp_length(const classicnlp_automaton *m, uint32_t state)
{
    uint8_t length = 1;
    for (int32_t k = 0; k < m->orders; k++) length += state >= m->starts[k];
    return length;
}

static inline void classicnlp_begin(
    const classicnlp_automaton *m, classicnlp_lane *lane, const int32_t *ids, uint32_t state)
{
    lane->state = state;
    lane->sum = 0.0f;
    lane->fixed = 0;
    classicnlp_aim(m, lane, ids[lane->place]);
}

/* Return log10 p of a word after a state, and move on to the state that follows. */
static inline float classicnlp_walk(const classicnlp_automaton *m, uint32_t *state, int32_t word)
{
    classicnlp_lane lane = {.state = *state};
    do {
        classicnlp_aim(m, &lane, word);
    } while (!classicnlp_advance(m, &lane, word));
    *state = lane.state;
    return lane.sum;
}

/* Return the back-off weights from a state down to the empty context, added; 0 where what is missing
   has a probability of its own. */
static inline float classicnlp_forget(const classicnlp_automaton *m, uint32_t state)
{
    float sum = 0.0f;
    while (state != 0 && !m->flat) {
        sum += m->states[state].add;
        state = m->states[state].next;  /* a lower number */
    }
    return sum;
}

/* Write log10 p of every word of some sentences, and, if `lengths` is no NULL, how long the n-gram was
   that it was found with. Sentence s is ids[offsets[s]] ... ids[offsets[s + 1] - 1] and begins in
   states[s], or all begin in states[0] if `alike`. */
static inline void classicnlp_score(
    const classicnlp_automaton *m, const int32_t *ids, const int64_t *offsets, int64_t sentences,
    const uint32_t *begin, int alike, float *logs, uint8_t *lengths, uint32_t *ends)
{
    classicnlp_lane lanes[CLASSICNLP_LANES];
    int64_t owner[CLASSICNLP_LANES];
    int64_t s = 0;
    int active = 0;
    for (;;) {
        while (active < CLASSICNLP_LANES && s < sentences) {
            uint32_t state = begin[alike ? 0 : s];
            if (offsets[s] < offsets[s + 1]) {
                lanes[active].place = offsets[s];
                lanes[active].end = offsets[s + 1];
                owner[active] = s;
                classicnlp_begin(m, &lanes[active], ids, state);
                active++;
            } else if (ends) {
                ends[s] = state;
            }
            s++;
        }
        if (active == 0) return;
        for (int k = 0; k < active; k++) {
            classicnlp_lane *lane = &lanes[k];
            int32_t word = ids[lane->place];
            uint32_t state = lane->state;
            if (classicnlp_advance(m, lane, word)) {
                logs[lane->place] = lane->sum;
                if (lengths) lengths[lane->place] = classicnlp_length(m, state);
                lane->sum = 0.0f;
                lane->fixed = 0;
                lane->place++;
                if (lane->place == lane->end) {
                    if (ends) ends[owner[k]] = lane->state;
                    active--;
                    *lane = lanes[active];
                    owner[k] = owner[active];
                    k--;
                    continue;
                }
                word = ids[lane->place];
            }
            classicnlp_aim(m, lane, word);
        }
    }
}

#endif
