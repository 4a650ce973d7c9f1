"""The heaviest words and phrases of a text, less those that are parts of heavier phrases."""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from classicnlp._ext.phrases cimport Term, Terms, same_words
from classicnlp._ext.terms cimport Content


cdef bint choose(const Content* content, const int32_t* ends, const Terms* terms, int32_t least_length,
                 int64_t most, Choice* choice, Found* found) noexcept nogil:
    """Append the heaviest terms that are long enough and lie within no heavier one; False for no memory."""
    cdef int64_t i, size = 0, last = found.count + most
    cdef const Term* term
    if not make_heap(terms, choice):
        return False
    for i in range(terms.count):
        term = &terms.found[i]
        if end_of(content, ends, term, term.place) - start_of(content, ends, term.place) >= least_length:
            choice.heap[size] = <int32_t> i
            size += 1
    for i in range(size // 2 - 1, -1, -1):
        sink(terms, choice.heap, i, size)
    choice.heads = terms.counts
    memset(choice.heads, 0xFF, content.nodes * sizeof(int32_t))
    choice.part_count = 0
    while size > 0 and found.count < last:
        term = &terms.found[choice.heap[0]]
        size -= 1
        choice.heap[0] = choice.heap[size]
        sink(terms, choice.heap, 0, size)
        if is_covered(content, term, terms, choice):
            continue
        if not append(content, ends, term, terms, found) or not note_parts(content, term, terms, choice):
            return False
    return True


cdef inline int32_t start_of(const Content* content, const int32_t* ends, int32_t place) noexcept nogil:
    return ends[content.words[place] - 1] if content.words[place] else 0


cdef inline int32_t end_of(const Content* content, const int32_t* ends, const Term* term, int32_t place) noexcept nogil:
    return ends[content.words[place + term.words - 1]]


cdef inline bint comes_before(const Term* a, const Term* b) noexcept nogil:
    if a.weight != b.weight:
        return a.weight > b.weight
    if a.place != b.place:
        return a.place < b.place
    return a.words > b.words


cdef void sink(const Terms* terms, int32_t* heap, int64_t i, int64_t size) noexcept nogil:
    """Let a term down the heap to where it belongs."""
    cdef int32_t term = heap[i]
    cdef int64_t child = 2 * i + 1
    while child < size:
        if child + 1 < size and comes_before(&terms.found[heap[child + 1]], &terms.found[heap[child]]):
            child += 1
        if not comes_before(&terms.found[heap[child]], &terms.found[term]):
            break
        heap[i] = heap[child]
        i = child
        child = 2 * i + 1
    if size:
        heap[i] = term


cdef bint is_covered(const Content* content, const Term* term, const Terms* terms,
                     const Choice* choice) noexcept nogil:
    """Return whether the words of a term stand side by side within a phrase that is chosen."""
    cdef int32_t part = choice.heads[content.ids[term.place]], shift
    cdef const Term* phrase
    while part >= 0:
        phrase = &terms.found[choice.parts[part].term]
        for shift in range(phrase.words - term.words + 1):
            if same_words(content, phrase.place + shift, term.place, term.words):
                return True
        part = choice.parts[part].next
    return False


cdef bint note_parts(const Content* content, const Term* term, const Terms* terms, Choice* choice) noexcept nogil:
    """Note of each word of a chosen phrase that it is in it; False for no memory."""
    cdef int32_t k, node
    cdef void* parts
    if term.words == 1:
        return True
    if choice.part_count + term.words > choice.part_size:
        parts = PyMem_RawRealloc(choice.parts, 2 * (choice.part_count + term.words) * sizeof(Part))
        if parts == NULL:
            return False
        choice.parts = <Part*> parts
        choice.part_size = 2 * (choice.part_count + term.words)
    for k in range(term.words):
        node = content.ids[term.place + k]
        choice.parts[choice.part_count] = Part(<int32_t> (term - terms.found), choice.heads[node])
        choice.heads[node] = <int32_t> choice.part_count
        choice.part_count += 1
    return True


cdef bint append(const Content* content, const int32_t* ends, const Term* term, const Terms* terms,
                 Found* found) noexcept nogil:
    """Append a keyword with its occurrences; False for no memory."""
    cdef int64_t k
    cdef int32_t place, node = content.ids[term.place], words = term.words
    if not grow_found(found, terms.first[node + 1] - terms.first[node]):
        return False
    for k in range(terms.first[node], terms.first[node + 1]):
        place = terms.places[k]
        if (place + words <= content.length and content.words[place + words - 1] - content.words[place] == words - 1
                and same_words(content, place, term.place, words)):
            found.spans[2 * found.span_count] = start_of(content, ends, place)
            found.spans[2 * found.span_count + 1] = end_of(content, ends, term, place)
            found.span_count += 1
    found.weights[found.count] = term.weight
    found.ends[found.count] = found.span_count
    found.count += 1
    return True


cdef bint make_heap(const Terms* terms, Choice* choice) noexcept nogil:
    """Have room for all terms; False for no memory."""
    if choice.heap == NULL or terms.count > choice.heap_size:
        PyMem_RawFree(choice.heap)
        choice.heap_size = 2 * terms.count
        choice.heap = <int32_t*> PyMem_RawMalloc(choice.heap_size * sizeof(int32_t))
    return choice.heap != NULL


cdef bint grow_found(Found* found, int64_t spans) noexcept nogil:
    """Have room for one more keyword with so many occurrences; False for no memory."""
    cdef void* memory
    cdef int64_t size
    if found.count == found.size:
        size = 2 * found.size + 64
        memory = PyMem_RawRealloc(found.weights, size * sizeof(double))
        if memory == NULL:
            return False
        found.weights = <double*> memory
        memory = PyMem_RawRealloc(found.ends, size * sizeof(int64_t))
        if memory == NULL:
            return False
        found.ends = <int64_t*> memory
        found.size = size
    if found.span_count + spans > found.span_size:
        size = 2 * (found.span_count + spans)
        memory = PyMem_RawRealloc(found.spans, 2 * size * sizeof(int32_t))
        if memory == NULL:
            return False
        found.spans = <int32_t*> memory
        found.span_size = size
    return True


cdef void leave_choice(Choice* choice) noexcept nogil:
    PyMem_RawFree(choice.heap)
    PyMem_RawFree(choice.parts)


cdef void leave_found(Found* found) noexcept nogil:
    PyMem_RawFree(found.weights)
    PyMem_RawFree(found.ends)
    PyMem_RawFree(found.spans)
