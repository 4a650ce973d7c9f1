from libc.stdint cimport int32_t, int64_t, uint64_t

from classicnlp._ext.terms cimport Content


cdef struct Term:
    # A word or phrase: where its first occurrence begins among the words that count, how many words
    # it has, how often it occurs, what it weighs.
    int32_t place
    int32_t words
    int32_t count
    double weight


cdef struct Terms:
    # The words and phrases of a text, and memory that one text leaves to the next.
    Term* found
    int64_t count
    int64_t size
    int64_t* first  # of the number of each word where its occurrences are listed
    int32_t* places  # the occurrences, among the words that count
    double* units  # what an occurrence of each word counts for
    double* spare  # two numbers for each word, for who finds that out
    int32_t* counts  # of each number of a phrase; before and afterwards for others to use
    int32_t* grams  # below: of each place the number of the phrase that begins there
    int32_t* slots
    uint64_t* known
    int64_t words  # that there is room for


cdef bint make_terms_room(Terms* terms, int64_t words) noexcept nogil

cdef bint list_words(const Content* content, Terms* terms) noexcept nogil

cdef bint list_phrases(const Content* content, int32_t longest, double cohesion, Terms* terms) noexcept nogil

cdef void leave_terms(Terms* terms) noexcept nogil

cdef inline bint same_words(const Content* content, int32_t a, int32_t b, int32_t words) noexcept nogil:
    # Whether so many words from place a on are those from place b on.
    cdef int32_t k
    for k in range(words):
        if content.ids[a + k] != content.ids[b + k]:
            return False
    return True
