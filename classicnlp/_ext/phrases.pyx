"""The words and phrases of a text, with how often they occur and what they weigh.

A phrase is two words or more that stand side by side more than once. What a word weighs is the sum
over its occurrences of what each counts for; what a phrase weighs is the sum over its own of what its
words count for, divided by the square root of how many they are, so that a phrase beats its words where
they mostly occur within it.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.math cimport sqrt
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

from classicnlp._ext.features cimport mix
from classicnlp._ext.terms cimport Content, slots_for

cdef enum:
    OFTEN = 2  # times that words stand side by side to be a phrase
    NONE = -1


cdef bint make_terms_room(Terms* terms, int64_t words) noexcept nogil:
    """Have room for so many words that count; False for no memory."""
    cdef int64_t slots
    if terms.first != NULL and words <= terms.words:
        return True
    PyMem_RawFree(terms.first)
    terms.words = 2 * words
    slots = slots_for(terms.words)
    terms.first = <int64_t*> PyMem_RawMalloc((terms.words + 1) * 8 + terms.words * 44 + slots * 4)
    if terms.first == NULL:
        return False
    terms.known = <uint64_t*> (terms.first + terms.words + 1)
    terms.units = <double*> (terms.known + terms.words)
    terms.spare = terms.units + terms.words
    terms.places = <int32_t*> (terms.spare + 2 * terms.words)
    terms.grams = terms.places + terms.words
    terms.counts = terms.grams + terms.words
    terms.slots = terms.counts + terms.words
    return True


cdef bint list_words(const Content* content, Terms* terms) noexcept nogil:
    cdef int32_t i, count
    terms.count = 0
    for i in range(content.nodes):
        count = <int32_t> (terms.first[i + 1] - terms.first[i])
        if not add_term(terms, Term(terms.places[terms.first[i]], 1, count, count * terms.units[i])):
            return False
    return True


cdef bint add_term(Terms* terms, Term term) noexcept nogil:
    cdef void* found
    if terms.count == terms.size:
        found = PyMem_RawRealloc(terms.found, (2 * terms.size + 64) * sizeof(Term))
        if found == NULL:
            return False
        terms.found = <Term*> found
        terms.size = 2 * terms.size + 64
    terms.found[terms.count] = term
    terms.count += 1
    return True


cdef bint list_phrases(const Content* content, int32_t longest, double cohesion, Terms* terms) noexcept nogil:
    """Add the phrases of two words, then of three ..., to the terms: each longer one is made of two that
    are one word shorter, and both have to occur often enough (Agrawal and Srikant, 1994)."""
    cdef int32_t i, words, distinct, last = content.length
    cdef int32_t* grams = terms.grams
    for i in range(last):
        grams[i] = often(terms.first[content.ids[i] + 1] - terms.first[content.ids[i]], content.ids[i])
    for words in range(2, longest + 1):
        distinct = number_phrases(content, words, terms)
        if distinct == 0:
            return True
        if not weigh_phrases(content, cohesion, words, distinct, terms):
            return False
    return True


cdef inline int32_t often(int64_t count, int32_t number) noexcept nogil:
    return number if count >= OFTEN else <int32_t> NONE


cdef int32_t number_phrases(const Content* content, int32_t words, Terms* terms) noexcept nogil:
    """Turn the numbers of phrases at each place into those of phrases one word longer, and count them;
    return how many different ones there are."""
    cdef int32_t i, distinct = 0
    cdef int32_t* grams = terms.grams
    cdef uint64_t key, slot, mask = <uint64_t> (slots_for(content.length) - 1)
    memset(terms.slots, 0xFF, (mask + 1) * sizeof(int32_t))
    for i in range(content.length):
        if (i + words > content.length or grams[i] < 0 or grams[i + 1] < 0
                or content.words[i + words - 1] - content.words[i] != words - 1):
            grams[i] = NONE
            continue
        key = <uint64_t> grams[i] << 32 | <uint64_t> grams[i + 1]
        slot = mix(key) & mask
        while terms.slots[slot] >= 0 and terms.known[terms.slots[slot]] != key:
            slot = (slot + 1) & mask
        if terms.slots[slot] < 0:
            terms.slots[slot] = distinct
            terms.known[distinct] = key
            terms.counts[distinct] = 0
            distinct += 1
        grams[i] = terms.slots[slot]
        terms.counts[grams[i]] += 1
    return distinct


cdef bint weigh_phrases(const Content* content, double cohesion, int32_t words, int32_t distinct,
                        Terms* terms) noexcept nogil:
    """Add the phrases that occur often enough and hold together; forget the places of the others."""
    cdef int32_t i, k, number = 0, node
    cdef int64_t rarest
    cdef double units
    for i in range(content.length):
        if terms.grams[i] == number:
            # The first occurrence of each number, since they are numbered as they come.
            number += 1
            if terms.counts[terms.grams[i]] >= OFTEN:
                units, rarest = 0.0, content.length
                for k in range(words):
                    node = content.ids[i + k]
                    units += terms.units[node]
                    rarest = min(rarest, terms.first[node + 1] - terms.first[node])
                k = terms.counts[terms.grams[i]]
                if k >= cohesion * rarest and not add_term(terms, Term(i, words, k, k * units / sqrt(words))):
                    return False
    for i in range(content.length):
        if terms.grams[i] >= 0:
            terms.grams[i] = often(terms.counts[terms.grams[i]], terms.grams[i])
    return True


cdef void leave_terms(Terms* terms) noexcept nogil:
    PyMem_RawFree(terms.found)
    PyMem_RawFree(terms.first)
