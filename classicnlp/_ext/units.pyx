"""Units: stretches of a text that no segmenter cuts, whatever its model says.

URLs, e-mail addresses, words of letters and digits (``iPhone15``, ``don't``), numbers with
their decimal point, thousands separators and per-cent sign, runs of kana, runs of white space,
and a character with the marks that belong to it (variation selectors, skin tones, joined
emoji). One scan from the left, the longest rule first; each rule looks at each character a
bounded number of times, so that the scan is linear.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import numpy as np

from classicnlp._ext.alphabet cimport Text, text_of, unit_at

cdef enum:
    ZERO_WIDTH_JOINER = 0x200D

cdef uint64_t EACH = 0x0101010101010101  # times b: eight bytes b


cdef inline uint32_t plain(Text text, Py_ssize_t i) noexcept nogil:
    # The ASCII form of a full-width character, in lower case; others as they are.
    cdef uint32_t c = unit_at(text, i)
    if 0xFF01 <= c <= 0xFF5E:
        c -= 0xFEE0
    if 65 <= c <= 90:
        c += 32
    return c


cdef inline bint is_ascii_word(uint32_t c) noexcept nogil:
    return 48 <= c <= 57 or 97 <= c <= 122


cdef inline bint in_url(uint32_t c) noexcept nogil:
    # RFC 3986: unreserved, reserved, and the per-cent sign.
    if is_ascii_word(c):
        return True
    return (c == 33 or 35 <= c <= 47 or c == 58 or c == 59 or c == 61 or c == 63 or c == 64
            or c == 91 or c == 93 or c == 95 or c == 126)


cdef bint starts_with(Text text, Py_ssize_t i, const char* prefix) noexcept nogil:
    cdef Py_ssize_t k = 0
    while prefix[k]:
        if i + k >= text.length or plain(text, i + k) != <uint32_t> prefix[k]:
            return False
        k += 1
    return True


cdef Py_ssize_t url_end(Text text, Py_ssize_t i) noexcept nogil:
    """Return the end of the URL that begins at i, or i."""
    cdef Py_ssize_t j, start
    cdef uint32_t c
    cdef int opened = 0
    c = plain(text, i)
    if not (c == 104 or c == 102 or c == 119):  # h, f, w
        return i
    if starts_with(text, i, b"http://"):
        start = i + 7
    elif starts_with(text, i, b"https://"):
        start = i + 8
    elif starts_with(text, i, b"ftp://"):
        start = i + 6
    elif starts_with(text, i, b"www."):
        start = i + 4
    else:
        return i
    j = start
    # Full-width punctuation belongs to the sentence, so only ASCII itself continues a URL.
    while j < text.length and unit_at(text, j) < 128 and in_url(plain(text, j)):
        if plain(text, j) == 40:
            opened += 1
        j += 1
    while j > start:
        c = plain(text, j - 1)
        if c == 41 and opened == 0 or c == 46 or c == 44 or c == 59 or c == 58 or c == 33 or c == 63 or c == 39:
            j -= 1
        else:
            break
    return j if j > start else i


cdef Py_ssize_t email_end(Text text, Py_ssize_t i, Py_ssize_t* read) noexcept nogil:
    """Return the end of the e-mail address that begins at i, or i and how far it read."""
    cdef Py_ssize_t j = i, label, end
    cdef uint32_t c
    cdef bint dotted = False
    while j < text.length and j - i <= 64:
        c = plain(text, j)
        if is_ascii_word(c) or c == 46 or c == 95 or c == 37 or c == 43 or c == 45:
            j += 1
        else:
            break
    read[0] = j if j - i <= 64 else i
    if j == i or j - i > 64 or j >= text.length or plain(text, j) != 64:
        return i
    j += 1
    end = i
    while True:
        label = j
        while j < text.length and (is_ascii_word(plain(text, j)) or (plain(text, j) == 45 and j > label)):
            j += 1
        if j == label:
            break
        if dotted:
            end = j
        if j >= text.length or plain(text, j) != 46:
            break
        dotted = True
        j += 1
    return end


cdef inline bint is_letter(uint8_t kind) noexcept nogil:
    return kind == LATIN or kind == LETTER


cdef Py_ssize_t number_end(Text text, const uint8_t* classes, Py_ssize_t i) noexcept nogil:
    """Return the end of the number that begins with the digit at i: 3.14, 1,000,000, 60%."""
    cdef Py_ssize_t j = i, n = text.length
    cdef uint32_t c
    while j < n and classes[j] == DIGIT:
        j += 1
    while j + 1 < n and classes[j + 1] == DIGIT:
        c = plain(text, j)
        if c == 44:  # a comma only before a group of exactly three
            if not (j + 3 < n and classes[j + 2] == DIGIT and classes[j + 3] == DIGIT
                    and not (j + 4 < n and classes[j + 4] == DIGIT)):
                break
        elif c != 46 and c != 0xB7:
            break
        j += 1
        while j < n and classes[j] == DIGIT:
            j += 1
    if j < n:
        c = plain(text, j)
        if c == 37 or c == 0x2030:
            j += 1
    return j


cdef Py_ssize_t word_end(Text text, const uint8_t* classes, Py_ssize_t i) noexcept nogil:
    """Return the end of the run of letters and digits that begins at i; i if it has no letter."""
    cdef Py_ssize_t j = i, n = text.length
    cdef bint lettered = False
    cdef uint32_t c
    while j < n:
        if is_letter(classes[j]):
            lettered = True
        elif classes[j] == DIGIT or (classes[j] == EXTEND and j > i):
            pass
        elif lettered and j + 1 < n and is_letter(classes[j + 1]) and is_letter(classes[j - 1]):
            c = plain(text, j)
            if c != 39 and c != 0x2019 and c != 45:
                break
        else:
            break
        j += 1
    return j if lettered else i


cdef Py_ssize_t cluster_end(Text text, const uint8_t* classes, Py_ssize_t i) noexcept nogil:
    """Return the end of the character at i with its marks and what a joiner joins to it."""
    cdef Py_ssize_t j = i + 1, n = text.length
    cdef uint32_t c = unit_at(text, i)
    if 0x1F1E6 <= c <= 0x1F1FF and j < n and 0x1F1E6 <= unit_at(text, j) <= 0x1F1FF:
        j += 1  # two regional indicators are one flag
    while j < n:
        if classes[j] == EXTEND:
            j += 1
        elif classes[j] == OTHER and unit_at(text, j - 1) == ZERO_WIDTH_JOINER:
            j += 1
        else:
            break
    return j


cdef Py_ssize_t unit_end(Text text, const uint8_t* classes, Py_ssize_t i, Py_ssize_t* no_email) noexcept nogil:
    """Return the end of the unit that begins at i; i + 1 where the character stands alone."""
    cdef uint8_t kind = classes[i]
    cdef Py_ssize_t j = i, n = text.length
    if kind == SPACE or kind == KANA:
        while j < n and (classes[j] == kind or (classes[j] == EXTEND and kind == KANA)):
            j += 1
        return j
    if kind != LATIN and kind != LETTER and kind != DIGIT:
        return cluster_end(text, classes, i)
    j = url_end(text, i)
    # A failed search for "@" has read a run to its end: do not read it again from within.
    if j == i and i >= no_email[0]:
        j = email_end(text, i, no_email)
    if j == i:
        j = word_end(text, classes, i)
    if j == i:
        j = number_end(text, classes, i)
    while j < n and classes[j] == EXTEND:
        j += 1
    return j


cdef inline uint64_t nonzero(uint64_t x) noexcept nogil:
    """Set the high bit of each byte that is not zero (and keep the other bits in disorder)."""
    return ((x & <uint64_t> 0x7F7F7F7F7F7F7F7F) + <uint64_t> 0x7F7F7F7F7F7F7F7F) | x


cdef inline Py_ssize_t next_unit(const uint8_t* classes, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """Return the first place from i on that is neither Han nor punctuation: few are, in a Chinese text."""
    cdef uint64_t eight = 0
    while i + 8 <= n:
        memcpy(&eight, classes + i, 8)
        if (nonzero(eight ^ HAN * EACH) & nonzero(eight ^ PUNCTUATION * EACH)) & (EACH << 7):
            break
        i += 8
    while i < n and (classes[i] == HAN or classes[i] == PUNCTUATION):
        i += 1
    return i


cdef void mark_units(Text text, const uint8_t* classes, uint8_t* marks) noexcept nogil:
    """Set marks[i] to UNIT_START, UNIT_INSIDE or 0 (a character that stands alone)."""
    cdef Py_ssize_t i = 0, start, end, n = text.length
    cdef Py_ssize_t no_email = 0
    memset(marks, 0, n)
    while True:
        i = next_unit(classes, i, n)
        if i == n:
            return
        # A mark belongs to the character before it, which may have been passed just now; but
        # white space stays apart.
        start = i - 1 if classes[i] == EXTEND and i > 0 and marks[i - 1] == 0 and classes[i - 1] != SPACE else i
        end = unit_end(text, classes, start, &no_email)
        if end > start + 1:
            marks[start] = UNIT_START
            memset(marks + start + 1, UNIT_INSIDE, end - start - 1)
        i = max(end, i + 1)


def unit_marks(str text not None, const uint8_t[::1] classes not None):
    """Return per character 1 (a longer unit begins), 2 (inside one) or 0 (stands alone)."""
    cdef Text view = text_of(text)
    if classes.shape[0] != view.length:
        raise ValueError(f"expected {view.length} classes, got {classes.shape[0]}")
    marks = np.empty(view.length, np.uint8)
    cdef uint8_t[::1] out = marks
    if view.length:
        with nogil:
            mark_units(view, &classes[0], &out[0])
    return marks
