"""Units: stretches of a text that no segmenter cuts, and places where every segmenter cuts.

Rules find them: URLs and e-mail addresses, words of letters and digits (``iPhone15``, ``C++``),
numbers (``1,000,000``, ``3.14%``), dates, runs of kana; each rule can be switched off. Whatever
the rules, a run of white space is one unit, and a character is one with the marks that belong
to it (variation selectors, skin tones, joined emoji). One scan from the left, the longest rule
first; each rule looks at each character a bounded number of times, so that the scan is linear.
"""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import numpy as np

from classicnlp._ext.alphabet cimport Text, slice_of, text_of, unit_at, unit_t
from classicnlp._ext.trie cimport NO_WORD, ROOT, Trie, step

# The rules: what each does stands in classicnlp.rules.
INSIDE_MARK = UNIT_INSIDE
BREAK_MARK = BREAK

URL_RULE = URL
EMAIL_RULE = EMAIL
HANDLE_RULE = HANDLE
EMOJI_RULE = EMOJI
WORD_RULE = WORD
ALNUM_RULE = ALNUM
COMPOUND_RULE = COMPOUND
SYMBOL_RULE = SYMBOL
MEASURE_RULE = MEASURE
APART_RULE = APART
DIGITS_RULE = DIGITS
DECIMAL_RULE = DECIMAL
PERCENT_RULE = PERCENT
RATIO_RULE = RATIO
MINUS_RULE = MINUS
MYRIAD_RULE = MYRIAD
ORDINAL_RULE = ORDINAL
COUNT_RULE = COUNT
SIGN_RULE = SIGN
DATE_RULE = DATE
CLOCK_RULE = CLOCK
KANA_RULE = KANA_RUN

cdef enum:
    ZERO_WIDTH_JOINER = 0x200D
    BEFORE_MIXED = 8  # how far before a Latin word or a number a word that holds it may begin
    WITHIN_MIXED = 40  # how far after that beginning it may end

cdef uint64_t EACH = 0x0101010101010101  # times b: eight bytes b

# One scan of a text: what it reads, what it writes, how far it has come.
cdef struct Scan:
    Text text
    const uint8_t* classes
    uint8_t* marks
    uint32_t flags
    Py_ssize_t lead  # characters that may be read before the text
    uint8_t kind_before  # the class of the last of them
    Py_ssize_t low  # the end of the last unit
    Py_ssize_t no_email  # no address begins before here
    Py_ssize_t no_word  # no letter stands before here


# The joins that no standard contradicts, for who has learnt no rules.
NEUTRAL_RULES = ((1 << 22) - 1) & ~(DATE | MYRIAD | ORDINAL)
NEUTRAL_JOINS = NEUTRAL_RULES | JOINS_ONLY


cdef class Rules:
    """Which rules hold, and the words that go over the seams where rules would cut; immutable.

    Parameters
    ----------
    flags : int
        The sum of the numbers of the rules, such as URL_RULE.
    mixed : Trie, optional
        Words that join Chinese characters with Latin letters or digits.
    """

    def __init__(self, flags=NEUTRAL_JOINS, Trie mixed=None):
        if not 0 <= flags < 1 << 32:
            raise ValueError(f"flags must be a sum of rules, got {flags}")
        self.flags = flags
        self.mixed = mixed

    def __reduce__(self):
        return Rules, (self.flags, self.mixed)


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


cdef inline bint is_alnum(uint8_t kind) noexcept nogil:
    return kind == LATIN or kind == LETTER or kind == DIGIT


cdef inline bint is_small_digit(uint32_t c) noexcept nogil:
    # Superscripts and subscripts.
    return c == 0xB2 or c == 0xB3 or c == 0xB9 or 0x2070 <= c <= 0x209C


cdef inline bint is_dash(uint32_t c) noexcept nogil:
    return c == 45 or c == 0x2010 or c == 0x2011 or c == 0x2013 or c == 0x2014


cdef inline bint is_picture(uint32_t c) noexcept nogil:
    # Letterlike and enclosed signs, arrows, symbols, emoji; not Roman numerals, nor the circles
    # and squares that stand for characters (二○○八年).
    return (0x2100 <= c <= 0x214F or 0x2190 <= c <= 0x259F or 0x2600 <= c <= 0x2BFF or 0x3200 <= c <= 0x33FF
            or 0x1F000 <= c <= 0x1FBFF)


cdef inline bint is_sign(uint32_t c) noexcept nogil:
    # In the ASCII form: # $ & * + < = > @ \ ^ _ ` | ~ and the signs of money.
    return (c == 35 or c == 36 or c == 38 or c == 42 or c == 43 or 60 <= c <= 62 or c == 64 or c == 92
            or 94 <= c <= 96 or c == 124 or c == 126 or is_money(c) or c == 0xFF5E or c == 0x301C)


cdef inline bint is_money(uint32_t c) noexcept nogil:
    return c == 36 or 0xA2 <= c <= 0xA5 or 0x20A0 <= c <= 0x20CF or c == 0xFFE0 or c == 0xFFE1 or c == 0xFFE5


cdef inline bint is_hundred_million(uint32_t c) noexcept nogil:
    return c == 0x4E07 or c == 0x842C or c == 0x4EBF or c == 0x5104  # 万 萬 亿 億


cdef inline uint8_t class_at(const Scan* scan, Py_ssize_t i) noexcept nogil:
    """Return the class at i, which may be -1 or the end."""
    if i < 0:
        return scan.kind_before
    return scan.classes[i] if i < scan.text.length else <uint8_t> SPACE


cdef inline uint32_t plain_at(const Scan* scan, Py_ssize_t i) noexcept nogil:
    """Return the plain form of the character at i, 0 outside the text and what leads up to it."""
    return plain(scan.text, i) if -scan.lead <= i < scan.text.length else 0


cdef inline void join(Scan* scan, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    if end > start + 1:
        scan.marks[start] |= UNIT_START
        memset(scan.marks + start + 1, UNIT_INSIDE, end - start - 1)


cdef inline void part(Scan* scan, Py_ssize_t place) noexcept nogil:
    """Mark a boundary, unless a rule has joined what meets there."""
    if 0 < place < scan.text.length and scan.flags & JOINS_ONLY == 0 and scan.marks[place] & UNIT_INSIDE == 0:
        scan.marks[place] |= BREAK


cdef void keep_clusters(Scan* scan, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Join marks to their characters where no rule has joined the whole."""
    cdef Py_ssize_t i
    for i in range(start + 1, end):
        if scan.classes[i] == EXTEND:
            scan.marks[i] = UNIT_INSIDE
            if scan.marks[i - 1] & UNIT_INSIDE == 0:
                scan.marks[i - 1] |= UNIT_START


cdef bint goes_on(const Scan* scan, Py_ssize_t j, bint lettered) noexcept nogil:
    """Tell whether the sign at j joins the letters and digits on both its sides."""
    cdef uint32_t c = plain(scan.text, j)
    cdef uint8_t before = scan.classes[j - 1], after = class_at(scan, j + 1)
    if not is_alnum(after) or not is_alnum(before) or (after == DIGIT and scan.flags & ALNUM == 0):
        return False
    if c == 39 or c == 0x2019:
        return lettered and is_letter(before) and is_letter(after)
    if scan.flags & COMPOUND == 0:
        return False
    if is_dash(c):
        return lettered or (is_letter(after) and c == 45)
    return lettered and (c == 46 or c == 47 or c == 38 or c == 95)  # . / & _


cdef Py_ssize_t word_end(Scan* scan, Py_ssize_t i) noexcept nogil:
    """Return the end of the word of letters and digits that begins at i; i if it has no letter."""
    cdef Py_ssize_t j = i, n = scan.text.length
    cdef bint lettered = False
    cdef uint8_t kind
    if i < scan.no_word:
        return i
    while j < n:
        kind = scan.classes[j]
        if is_letter(kind):
            lettered = True
        elif kind == DIGIT or (j > i and is_small_digit(unit_at(scan.text, j))):
            if scan.flags & ALNUM == 0:
                break
        elif j == i or not (kind == EXTEND or goes_on(scan, j, lettered)):
            break
        j += 1
    if not lettered:
        scan.no_word = j
        return i
    return symbol_end(scan, i, j)


cdef Py_ssize_t symbol_end(const Scan* scan, Py_ssize_t i, Py_ssize_t j) noexcept nogil:
    """Return the end of a word with what belongs to it after its letters: C++, C#, Disney+."""
    cdef uint32_t c = plain_at(scan, j), after = plain_at(scan, j + 1)
    if scan.flags & SYMBOL == 0:
        return j
    if c == 43 and after == 43:
        j += 2
        while scan.flags & ALNUM and class_at(scan, j) == DIGIT:
            j += 1
    elif c == 43 and after != 61 and not is_alnum(class_at(scan, j + 1)):
        j += 1
    elif c == 35 and j == i + 1 and not is_alnum(class_at(scan, j + 1)) and plain_at(scan, i - 1) != 35:
        j += 1
    return j


cdef inline Py_ssize_t digits_end(const Scan* scan, Py_ssize_t j) noexcept nogil:
    while j < scan.text.length and scan.classes[j] == DIGIT:
        j += 1
    return j


cdef Py_ssize_t number_end(const Scan* scan, Py_ssize_t i) noexcept nogil:
    """Return the end of the number that begins with the digit at i: 3.14, 1,000,000, 60%, 1/3, 10:30."""
    cdef Py_ssize_t j = digits_end(scan, i), k, width = j - i
    cdef uint32_t c
    if scan.flags & CLOCK and (width <= 2 or width == 4):
        k = clock_end(scan, j) if width <= 2 else date_end(scan, j)
        if k > j:
            return k
    while class_at(scan, j + 1) == DIGIT:
        c = plain(scan.text, j)
        k = digits_end(scan, j + 1)
        if c == 44:  # a comma only before a group of exactly three
            if k - j != 4 or scan.flags & DECIMAL == 0:
                break
        elif c == 46 or c == 0xB7:
            if scan.flags & DECIMAL == 0:
                break
        elif (c != 47 and c != 0x2236) or scan.flags & RATIO == 0:
            break
        j = k
    while j < scan.text.length and is_small_digit(unit_at(scan.text, j)):
        j += 1
    c = plain_at(scan, j)
    if (c == 37 or c == 0x2030) and scan.flags & PERCENT:
        j += 1
    return j


cdef Py_ssize_t clock_end(const Scan* scan, Py_ssize_t j) noexcept nogil:
    """Return the end of the minutes (and seconds) after the hours that end at j, or j."""
    cdef Py_ssize_t end = j
    while end < j + 6 and plain_at(scan, end) == 58 and digits_end(scan, end + 1) == end + 3:
        end += 3
    return end if plain_at(scan, end) != 0x65E5 else j  # not 日: that is a list of days


cdef Py_ssize_t date_end(const Scan* scan, Py_ssize_t j) noexcept nogil:
    """Return the end of -MM-DD after the year that ends at j, or j."""
    cdef Py_ssize_t month, day
    if plain_at(scan, j) != 45:
        return j
    month = digits_end(scan, j + 1)
    if not 2 <= month - j <= 3 or plain_at(scan, month) != 45:
        return j
    day = digits_end(scan, month + 1)
    return day if 2 <= day - month <= 3 and plain_at(scan, day) != 45 else j


cdef Py_ssize_t period_end(const Scan* scan, Py_ssize_t i, Py_ssize_t j) noexcept nogil:
    """Return the end of 年, 月, 日, 时 or 分 with the number from i to j before it, or j."""
    cdef uint32_t c = plain_at(scan, j), after = plain_at(scan, j + 1), before = plain_at(scan, i - 1)
    cdef Py_ssize_t width = j - i
    # 时, but not 小时
    cdef bint of_the_clock = (before == 0x65F6 or before == 0x6642) and plain_at(scan, i - 2) != 0x5C0F
    if before == 0x7B2C or digits_end(scan, i) != j:  # 第
        return j
    if c == 0x5E74:  # 年, but not 年代, 年度, 年级
        c = 10 * plain(scan.text, i) + plain(scan.text, i + 1) - 11 * 48
        if width != 4 or not 17 <= c <= 20:
            return j
        return j if after == 0x4EE3 or after == 0x5EA6 or after == 0x7EA7 or after == 0x7D1A else j + 1
    if width > 2:
        return j
    if c == 0x6708:  # 月, 月份
        return j + 2 if after == 0x4EFD else j + 1
    if c == 0x65E5:  # 日, but not 日内, 日元, 日本
        return j if (after == 0x5185 or after == 0x5167 or after == 0x5143 or after == 0x5713
                     or after == 0x5186 or after == 0x672C) else j + 1
    if c == 0x65F6 or c == 0x6642:  # 时, but not 时代, 时间, 时期
        return j if after == 0x4EE3 or after == 0x95F4 or after == 0x9593 or after == 0x671F else j + 1
    if c == 0x5206 and of_the_clock:  # 分, but not 分钟
        return j if after == 0x949F or after == 0x9418 else j + 1
    return j


cdef Py_ssize_t myriad_end(const Scan* scan, Py_ssize_t j) noexcept nogil:
    """Return the end of 万, 亿 or 万亿 after the number that ends at j, or j."""
    cdef Py_ssize_t end = j
    if scan.flags & MYRIAD == 0:
        return j
    while end < j + 2 and is_hundred_million(plain_at(scan, end)):
        end += 1
    return end


cdef inline bint parts_from_digits(uint32_t c) noexcept nogil:
    """Tell whether a number always ends before this Chinese character."""
    # 月 日 时 時 点 點 号 號 型 中 兆 军 軍 亚 亞 万 萬 亿 億: not always
    return not (c == 0x6708 or c == 0x65E5 or c == 0x65F6 or c == 0x6642 or c == 0x70B9 or c == 0x9EDE
                or c == 0x53F7 or c == 0x865F or c == 0x578B or c == 0x4E2D or c == 0x5146 or c == 0x519B
                or c == 0x8ECD or c == 0x4E9A or c == 0x4E9E or is_hundred_million(c))


cdef Py_ssize_t measure_start(const Scan* scan, Py_ssize_t i, Py_ssize_t end) noexcept nogil:
    """Return where a unit of measure begins after the digits of the word from i to end, or i."""
    cdef Py_ssize_t start = digits_end(scan, i), stop = end, k
    cdef uint32_t name = 0
    if scan.flags & MEASURE == 0 or start == i:
        return i
    while stop > start and is_small_digit(unit_at(scan.text, stop - 1)):
        stop -= 1
    if not 1 <= stop - start <= 4:
        return i
    for k in range(start, stop):
        if scan.classes[k] != LATIN:
            return i
        name = name << 8 | (plain(scan.text, k) & 0xFF)
    return start if is_measure(name) or (stop < end and name == 0x6D) else i


cdef bint is_measure(uint32_t name) noexcept nogil:
    """Tell whether up to four letters, packed, name a unit of measure."""
    cdef const char* names = (b"kb mb gb tb kv kw mw hz khz mhz ghz bps kbps mbps gbps "
                              b"km cm mm nm kg mg ml kj mah kwh db ")
    cdef uint32_t packed = 0
    cdef Py_ssize_t k = 0
    while names[k]:
        if names[k] == 32:
            if packed == name:
                return True
            packed = 0
        else:
            packed = packed << 8 | <uint32_t> names[k]
        k += 1
    return False


cdef bint join_mixed(Scan* scan, Trie mixed, Py_ssize_t start, Py_ssize_t* end) noexcept nogil:
    """Join the leftmost, longest mixed word that holds the unit from ``start`` to ``end``, if any."""
    cdef uint16_t codes[BEFORE_MIXED + WITHIN_MIXED]
    cdef Py_ssize_t first = max(scan.low, start - BEFORE_MIXED), i, j, found
    cdef Py_ssize_t stop = min(scan.text.length, first + BEFORE_MIXED + WITHIN_MIXED)
    cdef Py_ssize_t ready = first
    cdef int32_t state
    for i in range(first, start + 1):
        found = 0
        state = ROOT
        j = i
        while j < stop:
            if j == ready:  # few words go far: codes are made when they are wanted
                ready = min(stop, j + BEFORE_MIXED)
                mixed.encode(slice_of(scan.text, j, ready), codes + (j - first))
            state = step(mixed.nodes, state, codes[j - first])
            if state < 0:
                break
            j += 1
            if mixed.nodes[state].cost != NO_WORD and j >= end[0] and ends_unit(scan, j, end[0]):
                found = j
        if found and class_at(scan, i) != EXTEND:
            join(scan, i, found)
            end[0] = found
            return True
    return False


cdef inline bint ends_unit(const Scan* scan, Py_ssize_t j, Py_ssize_t end) noexcept nogil:
    """Tell whether no unit goes on at j, which is ``end`` or lies beyond."""
    cdef uint8_t after = class_at(scan, j)
    return after != EXTEND and (j == end or scan.classes[j - 1] == HAN or not is_alnum(after))


cdef Py_ssize_t mark_address(Scan* scan, Py_ssize_t i) noexcept nogil:
    """Mark the URL or e-mail address that begins at i; return its end, or i."""
    cdef Py_ssize_t end = i
    if scan.flags & URL:
        end = url_end(scan.text, i)
    # A failed search for "@" has read a run to its end: do not read it again from within.
    if end == i and scan.flags & EMAIL and i >= scan.no_email:
        end = email_end(scan.text, i, &scan.no_email)
    if end > i:
        while class_at(scan, end) == EXTEND and end < scan.text.length:
            end += 1
        join(scan, i, end)
        part(scan, i)
        part(scan, end)
    return end


cdef Py_ssize_t mark_word(Scan* scan, Trie mixed, Py_ssize_t i, Py_ssize_t end) noexcept nogil:
    """Mark the word of letters and digits from i to end; return where the scan goes on."""
    cdef Py_ssize_t start = i, split = measure_start(scan, i, end)
    cdef bint led
    if split > i:
        join(scan, i, split)
        join(scan, split, end)
        part(scan, split)
    else:
        led = leads(scan, i)
        start -= led
        if scan.flags & WORD or led:
            join(scan, start, end)
        else:
            keep_clusters(scan, start, end)
        if led and scan.flags & HANDLE and plain_at(scan, start) != 46:
            part(scan, start)
            part(scan, end)
    if mixed is not None and beside_han(scan, start, end) and join_mixed(scan, mixed, start, &end):
        return end
    if scan.flags & APART and end > start + 1:
        part_from(scan, start, class_at(scan, start - 1))
        part_from(scan, end, class_at(scan, end))
    return end


cdef inline bint beside_han(const Scan* scan, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    return class_at(scan, start - 1) == HAN or class_at(scan, end) == HAN


cdef inline void part_from(Scan* scan, Py_ssize_t place, uint8_t neighbour) noexcept nogil:
    if neighbour == HAN or neighbour == PUNCTUATION:
        part(scan, place)


cdef bint leads(const Scan* scan, Py_ssize_t i) noexcept nogil:
    """Tell whether the character before the word at i begins it: .NET, @user, #tag."""
    cdef uint32_t c = plain_at(scan, i - 1)
    cdef uint8_t kind = class_at(scan, i - 2)
    if i - 1 < scan.low or is_alnum(kind) or kind == EXTEND:
        return False
    if c == 46:
        return scan.flags & SYMBOL and is_letter(scan.classes[i]) and plain_at(scan, i - 2) != 46
    if c == 64:
        return scan.flags & HANDLE != 0
    return c == 35 and scan.flags & HANDLE and kind != HAN


cdef Py_ssize_t mark_number(Scan* scan, Trie mixed, Py_ssize_t i) noexcept nogil:
    """Mark the number that begins at i with what belongs to it; return where the scan goes on."""
    cdef Py_ssize_t start = i, digits = number_end(scan, i), end = digits, period
    cdef uint32_t before = plain_at(scan, i - 1)
    cdef bint ordinal = scan.flags & ORDINAL and before == 0x7B2C and i - 1 >= scan.low
    while class_at(scan, end) == EXTEND and end < scan.text.length:
        end += 1
    if mixed is not None and beside_han(scan, i, end) and join_mixed(scan, mixed, i, &end):
        return end
    if ordinal or has_minus(scan, i, before):
        start -= 1
    period = period_end(scan, i, end)
    if end == digits and not ordinal:
        end = period if period > digits and scan.flags & DATE else myriad_end(scan, digits)
    if scan.flags & DIGITS or end > digits or start < i:
        join(scan, start, end)
    else:
        keep_clusters(scan, start, end)
    if scan.flags & COUNT:
        if class_at(scan, start - 1) == HAN:
            part(scan, start)
        if max(end, period) == digits and class_at(scan, end) == HAN and parts_from_digits(plain_at(scan, end)):
            part(scan, end)
    if scan.flags & SIGN:
        if is_sign(before) and start == i:
            part(scan, start)
        if is_sign(plain_at(scan, end)):
            part(scan, end)
    return end


cdef inline bint has_minus(const Scan* scan, Py_ssize_t i, uint32_t before) noexcept nogil:
    cdef uint8_t kind = class_at(scan, i - 2)
    return (scan.flags & MINUS and (before == 45 or before == 0x2212) and i - 1 >= scan.low
            and not is_alnum(kind) and kind != EXTEND)


cdef Py_ssize_t mark_other(Scan* scan, Py_ssize_t i) noexcept nogil:
    """Mark a run of white space or kana, or a character with its marks; return its end."""
    cdef Py_ssize_t start = i, end = i, n = scan.text.length
    cdef uint8_t kind = scan.classes[i]
    if kind == SPACE or (kind == KANA and scan.flags & KANA_RUN):
        while end < n and (scan.classes[end] == kind or (scan.classes[end] == EXTEND and kind == KANA)):
            end += 1
        join(scan, start, end)
        return end
    # A mark belongs to the character before it, which may have been passed just now; but
    # white space stays apart.
    if kind == EXTEND and i > 0 and scan.classes[i - 1] != SPACE:
        start = i - (scan.marks[i - 1] & (UNIT_START | UNIT_INSIDE) == 0)
    end = cluster_end(scan.text, scan.classes, start)
    join(scan, start, end)
    if scan.flags & EMOJI and is_picture(unit_at(scan.text, start)):
        part(scan, start)
        part(scan, end)
    return end


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


cdef inline uint64_t nonzero(uint64_t x) noexcept nogil:
    """Set the high bit of each byte that is not zero (and keep the other bits in disorder)."""
    return ((x & <uint64_t> 0x7F7F7F7F7F7F7F7F) + <uint64_t> 0x7F7F7F7F7F7F7F7F) | x


cdef inline uint64_t eight_at(const uint8_t* classes, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """Return eight classes from i on, the first lowest; 0 for those from n on."""
    cdef uint64_t eight = 0
    if i + 8 <= n:
        memcpy(&eight, classes + i, 8)
    elif n >= 8:
        memcpy(&eight, classes + n - 8, 8)
        eight >>= 8 * (i + 8 - n)
    else:
        memcpy(&eight, classes + i, n - i)
    return eight


cdef inline Py_ssize_t first_flag(uint64_t flags) noexcept nogil:
    """Return the first byte whose high bit is set; there is one, and no other bits are."""
    return <Py_ssize_t> ((((flags & (0 - flags)) - 1) & EACH) * EACH >> 56) - 1


cdef inline Py_ssize_t next_unit(const uint8_t* classes, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """Return the first place from i on that is neither Han nor punctuation: few are, in a Chinese text."""
    cdef uint64_t eight, flags
    while i < n:
        eight = eight_at(classes, i, n)
        flags = nonzero(eight ^ HAN * EACH) & nonzero(eight ^ PUNCTUATION * EACH) & (EACH << 7)
        if flags:
            return min(i + first_flag(flags), n)
        i += 8
    return n


cdef inline bint any_ascii_in(const unit_t* units, Py_ssize_t n) noexcept nogil:
    # In the width of the units, so that a compiler takes many at a time.
    cdef Py_ssize_t i
    cdef unit_t found = 0
    for i in range(n):
        found |= <unit_t> (<unit_t> (units[i] - 0x21) < 0x5E)
    return found != 0


cdef bint any_ascii(Text text) noexcept nogil:
    """Tell whether the text has an ASCII character but white space and controls: few lines have."""
    if text.kind == 2:
        return any_ascii_in(<const uint16_t*> text.units, text.length)
    if text.kind == 1:
        return any_ascii_in(<const uint8_t*> text.units, text.length)
    return any_ascii_in(<const uint32_t*> text.units, text.length)


cdef inline Py_ssize_t next_punctuation(const uint8_t* classes, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    cdef uint64_t flags
    while i < n:
        flags = ~nonzero(eight_at(classes, i, n) ^ PUNCTUATION * EACH) & (EACH << 7)
        if flags:
            return i + first_flag(flags)
        i += 8
    return n


cdef void mark_signs(Scan* scan) noexcept nogil:
    """Part ASCII signs such as # @ * = from Chinese characters beside them."""
    cdef Py_ssize_t n = scan.text.length, i = next_punctuation(scan.classes, 0, n)
    cdef uint32_t c
    while i < n:
        c = unit_at(scan.text, i)
        if c < 128 and is_sign(c) and scan.marks[i] & (UNIT_START | UNIT_INSIDE) == 0:
            if class_at(scan, i - 1) == HAN:
                part(scan, i)
            if class_at(scan, i + 1) == HAN:
                part(scan, i + 1)
        i = next_punctuation(scan.classes, i + 1, n)


cdef void mark_units(Text text, const uint8_t* classes, Rules rules, Py_ssize_t lead, uint8_t kind_before,
                     uint8_t* marks) noexcept nogil:
    """Set marks[i] to a sum of UNIT_START, UNIT_INSIDE and BREAK, as the rules say.

    Where the text is a part of a longer one, ``lead`` characters of that lie before it, the last
    of class ``kind_before``; elsewhere 0 and SPACE.
    """
    cdef Py_ssize_t i = 0, end, n = text.length
    cdef Scan scan = Scan(text, classes, marks, rules.flags, lead, kind_before, 0, 0, 0)
    memset(marks, 0, n)
    while True:
        i = next_unit(classes, i, n)
        if i == n:
            break
        if not is_alnum(classes[i]):
            end = mark_other(&scan, i)
        else:
            end = mark_address(&scan, i)
            if end == i:
                end = word_end(&scan, i)
                end = mark_word(&scan, rules.mixed, i, end) if end > i else i
            if end == i:
                end = mark_number(&scan, rules.mixed, i)
            scan.low = end
        i = max(end, i + 1)
    if scan.flags & SIGN and scan.flags & JOINS_ONLY == 0 and any_ascii(text):
        mark_signs(&scan)


def unit_marks(str text not None, const uint8_t[::1] classes not None, Rules rules not None):
    """Return per character a sum of 1 (a longer unit begins), 2 (inside one), 4 (a boundary before it)."""
    cdef Text view = text_of(text)
    if classes.shape[0] != view.length:
        raise ValueError(f"expected {view.length} classes, got {classes.shape[0]}")
    marks = np.empty(view.length, np.uint8)
    cdef uint8_t[::1] out = marks
    if view.length:
        with nogil:
            mark_units(view, &classes[0], rules, 0, SPACE, &out[0])
    return marks
