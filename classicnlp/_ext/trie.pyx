"""A double-array trie over the symbols of an alphabet (Aoe, 1989).

The state reached from state s by code c is t = base[s] + c, provided that check[t] == c. No
two states share a base (Yata, darts-clone), so the code alone tells whose child t is, and two
bytes are enough for the check. Codes are the trie's own numbering of the symbols that its keys
use, dense from 1, so that a trie of a few words is small whatever characters it holds; code 0
stands for any other symbol and leads nowhere.

The two bytes that are left hold a cost: 0 where a key ends, `NO_WORD` elsewhere. A segmenter
makes a copy of the nodes with the costs of its words there, and so reads a word's cost from
the cache line that told it that there is a word.
"""

cimport cython
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport qsort
from libc.string cimport memcpy

import numpy as np

from classicnlp._ext.alphabet cimport (
    CLASS_SHIFT, SYMBOL_MASK, Alphabet, Text, entry_of, symbol_of, text_of, unit_t,
)

from classicnlp.checks import as_array

cdef enum:
    FREE = 0xFFFF
    UNRANKED = 0xFFFF  # in a fused table: a character whose code depends on its code point
    CODE_BITS = 16
    CURSORS = 12
    PATIENCE = 1000
    DEEPEST = 4096

LONGEST_KEY = DEEPEST


cdef uint16_t rare_code(const int32_t* rare, int32_t count, int32_t symbol) noexcept nogil:
    """Return 1 + the place of ``symbol`` in the ascending ``rare``, or 0."""
    cdef int32_t low = 0, high = count, middle
    while low < high:
        middle = (low + high) // 2
        if rare[middle] < symbol:
            low = middle + 1
        else:
            high = middle
    if low == count or rare[low] != symbol:
        return 0
    return <uint16_t> (1 + low)


cdef inline uint16_t code_of(Trie trie, int32_t symbol) noexcept nogil:
    cdef uint16_t code
    if symbol < trie.ranked:
        return trie.codes[symbol]
    code = rare_code(trie.rare, trie.rare_count, symbol)
    return <uint16_t> (trie.ranked_codes + code) if code else 0


cdef void encode_units(const unit_t* units, Py_ssize_t n, Trie trie, uint16_t* codes) noexcept nogil:
    cdef const uint16_t* index = trie.alphabet.index
    cdef const uint32_t* pages = trie.alphabet.pages
    cdef int32_t size = trie.alphabet.size
    cdef Py_ssize_t i
    for i in range(n):
        codes[i] = code_of(trie, symbol_of(entry_of(index, pages, units[i]), units[i], size))


cdef void read_units(const unit_t* units, Py_ssize_t n, Trie trie, const uint32_t* fused,
                     uint16_t* codes, uint8_t* classes) noexcept nogil:
    cdef const uint16_t* index = trie.alphabet.index
    cdef Py_ssize_t i
    cdef uint32_t entry
    for i in range(n):
        entry = entry_of(index, fused, units[i])
        codes[i] = <uint16_t> entry
        classes[i] = <uint8_t> (entry >> CODE_BITS)
        if <uint16_t> entry == UNRANKED:
            codes[i] = code_of(trie, trie.alphabet.size + <int32_t> units[i])


cdef class Trie:
    """An immutable map from words to integers, looked up anywhere in a text.

    Parameters
    ----------
    alphabet : Alphabet
        Maps characters to symbols; characters of one symbol are the same to the trie.
    codes : uint16 array
        The code of each ranked symbol (0: in no key).
    rare : int32 array, ascending
        Symbols beyond ``codes``; the i-th has the code ``codes.max() + 1 + i``.
    nodes : int32 array, shape (states, 2)
        Base; check (low half) and cost (high half).
    values : int32 array, shape (states,)
        The value of the key that ends at a state, -1 where none does.
    size : int
        The number of keys; values are below it.

    Raises
    ------
    ValueError
        If an array could lead a look-up outside another.
    """

    def __init__(self, Alphabet alphabet not None, codes, rare, nodes, values, Py_ssize_t size):
        codes = as_array(codes, np.uint16, "codes")
        rare = as_array(rare, np.int32, "rare")
        nodes = as_array(nodes, np.int32, "nodes")
        values = as_array(values, np.int32, "values")
        check_trie(codes, rare, nodes, values, size)
        self.alphabet = alphabet
        self.arrays = {"codes": codes, "rare": rare, "nodes": nodes, "values": values}
        self.codes_view = codes
        self.rare_view = rare
        self.nodes_view = nodes
        self.values_view = values
        self.codes = &self.codes_view[0]
        self.rare = &self.rare_view[0] if rare.size else NULL
        self.nodes = <const Node*> &self.nodes_view[0, 0]
        self.values = &self.values_view[0]
        self.ranked = <int32_t> codes.size
        self.ranked_codes = <int32_t> codes.max()
        self.rare_count = <int32_t> rare.size
        self.highest = self.ranked_codes + self.rare_count
        self.size = size

    cdef void encode(self, Text text, uint16_t* codes) noexcept nogil:
        if text.kind == 2:
            encode_units(<const uint16_t*> text.units, text.length, self, codes)
        elif text.kind == 1:
            encode_units(<const uint8_t*> text.units, text.length, self, codes)
        else:
            encode_units(<const uint32_t*> text.units, text.length, self, codes)

    cdef void read(self, const uint32_t* fused, Text text, uint16_t* codes, uint8_t* classes) noexcept nogil:
        """Write codes and classes with one look-up a character; ``fused`` comes from reading_tables."""
        if text.kind == 2:
            read_units(<const uint16_t*> text.units, text.length, self, fused, codes, classes)
        elif text.kind == 1:
            read_units(<const uint8_t*> text.units, text.length, self, fused, codes, classes)
        else:
            read_units(<const uint32_t*> text.units, text.length, self, fused, codes, classes)

    cdef tuple reading_tables(self):
        """Return what makes reading a text fast, (fused, pairs); made when first asked for.

        ``fused`` are the alphabet's pages with this trie's codes in place of symbols, as uint32:
        the code in the low 16 bits, the class above it. ``pairs`` is a set of bits that has those
        of all states two characters deep and few others (Bloom, 1970): most pairs of characters
        begin no word, and to learn that from the nodes takes a visit to distant memory.
        """
        cdef tuple tables
        if self.tables is None:
            tables = self._fused_pages(), pair_filter(self.nodes, self.nodes_view.shape[0], self.highest)
            # Another thread may have been as quick; what is set once is never replaced.
            with cython.critical_section(self):
                if self.tables is None:
                    self.tables = tables
        return self.tables

    def _fused_pages(self):
        pages, rare = self.alphabet.arrays["pages"], self.arrays["rare"]
        codes = np.zeros(self.alphabet.size, np.uint32)
        codes[:self.ranked] = self.arrays["codes"][:self.alphabet.size]
        listed = rare[rare < self.alphabet.size]
        codes[listed] = self.ranked_codes + 1 + np.arange(listed.size)
        codes[0] = UNRANKED
        return codes[pages & np.uint32(SYMBOL_MASK)] | (pages >> CLASS_SHIFT << CODE_BITS)

    def find(self, str word not None):
        """Return the value of ``word``, or -1 if it is not a key."""
        cdef Text view = text_of(word)
        cdef uint16_t* codes = new_codes(self, view)
        cdef int32_t state = ROOT
        cdef Py_ssize_t i
        for i in range(view.length):
            state = step(self.nodes, state, codes[i])
            if state < 0:
                break
        PyMem_RawFree(codes)
        return self.values[state] if state > 0 else NO_VALUE

    def prefixes(self, str text not None, Py_ssize_t start=0):
        """Return (end, value) of every key that is ``text[start:end]``, shortest first."""
        cdef Text view = text_of(text)
        if not 0 <= start <= view.length:
            raise IndexError(f"start must be in 0 ... {view.length}, got {start}")
        cdef uint16_t* codes = new_codes(self, view)
        cdef int32_t state = ROOT
        cdef Py_ssize_t i
        found = []
        for i in range(start, min(view.length, start + DEEPEST)):
            state = step(self.nodes, state, codes[i])
            if state < 0:
                break
            if self.values[state] >= 0:
                found.append((i + 1, self.values[state]))
        PyMem_RawFree(codes)
        return found

    def longest_matches(self, str text not None):
        """Return the keys in ``text`` that do not overlap, leftmost first and longest.

        Returns
        -------
        starts, ends, values : int32 arrays of one length
        """
        return collect(self, text, True)

    def all_matches(self, str text not None):
        """Return every occurrence of every key, by start and then by end.

        Returns
        -------
        starts, ends, values : int32 arrays of one length
        """
        return collect(self, text, False)

    def __reduce__(self):
        arrays = self.arrays
        return Trie, (self.alphabet, arrays["codes"], arrays["rare"], arrays["nodes"], arrays["values"], self.size)


cdef pair_filter(const Node* nodes, Py_ssize_t n, int32_t highest):
    """Return the bits of the states two characters deep, as uint32; five to ten bits a state."""
    cdef Py_ssize_t slot, parent, count = 0
    cdef int32_t state
    cdef uint32_t bit, mask
    based = np.zeros(n, np.uint8)  # 1 where a state of one character has this base
    cdef uint8_t[::1] first = based
    for slot in range(1, highest + 1):
        state = step(nodes, ROOT, <uint16_t> slot)
        if state > 0 and nodes[state].base:
            first[nodes[state].base] = 1
    for slot in range(n):
        parent = slot - nodes[slot].check
        count += parent > 0 and first[parent]
    bits = max(32, 1 << int(5 * count).bit_length())
    pairs = np.zeros(bits // 32, np.uint32)
    cdef uint32_t[::1] out = pairs
    mask = bits - 1
    for slot in range(n):
        parent = slot - nodes[slot].check
        if parent > 0 and first[parent]:
            bit = pair_bit(<uint32_t> slot, nodes[slot].check) & mask
            out[bit >> 5] |= <uint32_t> 1 << (bit & 31)
    return pairs


def check_trie(codes, rare, nodes, values, size):
    """Raise a ValueError unless no text can lead a look-up outside the arrays."""
    if codes.ndim != 1 or not codes.size or rare.ndim != 1 or nodes.ndim != 2 or nodes.shape[1] != 2:
        raise ValueError("codes and rare must be vectors, nodes an array of two columns")
    if codes[0] != 0:
        raise ValueError("the padding symbol must have no code")
    if rare.size and (int(rare[0]) < codes.size or (np.diff(rare) <= 0).any()):
        raise ValueError("rare symbols must ascend and lie beyond the ranked ones")
    highest = int(codes.max()) + rare.size
    if highest >= FREE:
        raise ValueError(f"a trie holds at most 65,534 distinct characters, got {highest}")
    bases = nodes[:, 0]
    if not len(nodes) or int(bases.min()) < 0 or int(bases.max()) + highest >= len(nodes):
        raise ValueError("a base leads outside the nodes")
    if values.shape != (len(nodes),) or int(values.max()) >= size or int(values.min()) < NO_VALUE:
        raise ValueError("values must hold a key's value, or -1, for each node")
    if not nodes.view(np.uint16)[:, 2].all():
        raise ValueError("code 0, which ends every text, must lead nowhere")
    costs = nodes.view(np.uint16)[:, 3]
    if ((costs != NO_WORD) != (values >= 0)).any():
        raise ValueError("costs and values do not agree on where keys end")


cdef uint16_t* new_codes(Trie trie, Text view) except NULL:
    cdef uint16_t* codes = <uint16_t*> PyMem_RawMalloc(view.length * sizeof(uint16_t) + 2)
    if codes == NULL:
        raise MemoryError()
    with nogil:
        trie.encode(view, codes)
    return codes


# --- matching a whole text -----------------------------------------------------------------

cdef struct Match:
    int32_t start
    int32_t end
    int32_t value


cdef struct Matches:
    Match* items
    Py_ssize_t count
    Py_ssize_t capacity


cdef inline bint push(Matches* found, int32_t start, int32_t end, int32_t value) noexcept nogil:
    cdef Match* larger
    if found.count == found.capacity:
        larger = <Match*> PyMem_RawRealloc(found.items, (2 * found.capacity + 64) * sizeof(Match))
        if larger == NULL:
            return False
        found.items = larger
        found.capacity = 2 * found.capacity + 64
    found.items[found.count].start = start
    found.items[found.count].end = end
    found.items[found.count].value = value
    found.count += 1
    return True


cdef bint match_longest(
    const Node* nodes, const int32_t* values, const uint16_t* codes, int32_t n, Matches* found,
) noexcept nogil:
    cdef int32_t i = 0, j, end, state, last
    while i < n:
        state = last = ROOT
        end = i
        for j in range(i, min(n, i + DEEPEST)):
            state = step(nodes, state, codes[j])
            if state < 0:
                break
            if nodes[state].cost != NO_WORD:
                end = j + 1
                last = state
        if end > i:
            if not push(found, i, end, values[last]):
                return False
            i = end
        else:
            i += 1
    return True


cdef bint match_all(
    const Node* nodes, const int32_t* values, const uint16_t* codes, int32_t n, Matches* found,
) noexcept nogil:
    cdef int32_t i, j, state
    for i in range(n):
        state = ROOT
        for j in range(i, min(n, i + DEEPEST)):
            state = step(nodes, state, codes[j])
            if state < 0:
                break
            if nodes[state].cost != NO_WORD and not push(found, i, j + 1, values[state]):
                return False
    return True


cdef collect(Trie trie, str text, bint longest):
    cdef Text view = text_of(text)
    cdef Matches found = Matches(NULL, 0, 0)
    cdef bint complete
    if view.length >= 1 << 31:
        raise ValueError(f"a text may have at most 2**31 - 1 characters, got {view.length}")
    cdef uint16_t* codes = new_codes(trie, view)
    with nogil:
        if longest:
            complete = match_longest(trie.nodes, trie.values, codes, <int32_t> view.length, &found)
        else:
            complete = match_all(trie.nodes, trie.values, codes, <int32_t> view.length, &found)
        PyMem_RawFree(codes)
    if not complete:
        PyMem_RawFree(found.items)
        raise MemoryError()
    table = np.empty((found.count, 3), np.int32)
    cdef int32_t[:, ::1] out = table
    if found.count:
        memcpy(&out[0, 0], found.items, found.count * sizeof(Match))
    PyMem_RawFree(found.items)
    return table[:, 0], table[:, 1], table[:, 2]


# --- building --------------------------------------------------------------------------------

cdef struct Builder:
    Node* nodes
    int32_t* values
    uint8_t* based  # 1 where a state has this base
    int32_t* next_free  # a ring of the free slots through slot 0
    int32_t* previous_free
    Py_ssize_t capacity
    Py_ssize_t used  # one past the highest slot taken
    int32_t cursors[CURSORS]  # where to look for room, by number of children


cdef bint grow(Builder* builder, Py_ssize_t wanted) noexcept nogil:
    """Make room for at least ``wanted`` slots; append the new ones to the ring."""
    cdef Py_ssize_t capacity = builder.capacity, i
    cdef int32_t last
    cdef void* block
    while capacity < wanted:
        capacity *= 2
    if capacity > 0x7FFFFFFF:
        return False
    block = PyMem_RawRealloc(builder.nodes, capacity * sizeof(Node))
    if block == NULL:
        return False
    builder.nodes = <Node*> block
    block = PyMem_RawRealloc(builder.values, capacity * sizeof(int32_t))
    if block == NULL:
        return False
    builder.values = <int32_t*> block
    block = PyMem_RawRealloc(builder.based, capacity)
    if block == NULL:
        return False
    builder.based = <uint8_t*> block
    block = PyMem_RawRealloc(builder.next_free, capacity * sizeof(int32_t))
    if block == NULL:
        return False
    builder.next_free = <int32_t*> block
    block = PyMem_RawRealloc(builder.previous_free, capacity * sizeof(int32_t))
    if block == NULL:
        return False
    builder.previous_free = <int32_t*> block
    last = builder.previous_free[0]
    for i in range(builder.capacity, capacity):
        builder.nodes[i] = Node(0, FREE, NO_WORD)
        builder.values[i] = NO_VALUE
        builder.based[i] = 0
        builder.next_free[last] = <int32_t> i
        builder.previous_free[i] = last
        last = <int32_t> i
    builder.next_free[last] = 0
    builder.previous_free[0] = last
    builder.capacity = capacity
    return True


cdef void take(Builder* builder, int32_t slot, uint16_t code) noexcept nogil:
    cdef int32_t k, after = builder.next_free[slot]
    builder.next_free[builder.previous_free[slot]] = after
    builder.previous_free[after] = builder.previous_free[slot]
    for k in range(CURSORS):
        if builder.cursors[k] == slot:
            builder.cursors[k] = after
    builder.nodes[slot].check = code
    builder.used = max(builder.used, slot + 1)


cdef int32_t cursor_for(Py_ssize_t children) noexcept nogil:
    cdef int32_t k = 0
    while children > 1 and k < CURSORS - 1:
        children >>= 1
        k += 1
    return k


cdef int32_t find_base(Builder* builder, const uint16_t* children, Py_ssize_t count) noexcept nogil:
    """Return the lowest base, from the cursor on, whose slots for ``children`` are free, or -1."""
    cdef int32_t k = cursor_for(count), slot = builder.cursors[k], base, tries = 0
    cdef Py_ssize_t i
    while True:
        if slot == 0:
            # The ring is at its end: new room is always enough.
            slot = <int32_t> builder.capacity
            if not grow(builder, builder.capacity + 65536 + children[count - 1] + 1):
                return -1
        base = slot - children[0]
        tries += 1
        if base > 0 and not builder.based[base]:
            if base + children[count - 1] >= builder.capacity:
                if not grow(builder, base + children[count - 1] + 1):
                    return -1
            i = 1
            while i < count and builder.nodes[base + children[i]].check == FREE:
                i += 1
            if i >= count:
                if tries > PATIENCE:
                    builder.cursors[k] = slot  # what lies before is too crowded for so many
                return base
        slot = builder.next_free[slot]


cdef int compare(const void* a, const void* b) noexcept nogil:
    cdef uint64_t x = (<const uint64_t*> a)[0], y = (<const uint64_t*> b)[0]
    return (x > y) - (x < y)


cdef struct Range:
    int32_t state
    int32_t depth
    int32_t low
    int32_t high


cdef bint build_all(
    Builder* builder, const uint16_t* codes, const int64_t* offsets, const int32_t* values,
    int32_t n, uint64_t* order, uint16_t* children, Range* queue, int32_t* first,
) noexcept nogil:
    """Place the states breadth first; order[low:high] are the keys below a state.

    The high half of an order item is the key's next code, the low half its number, so that
    sorting a range groups the keys by child and leaves ties in the order of the keys.
    """
    cdef int64_t head = 0, tail = 1
    cdef int32_t i, key, low, high, base, slot
    cdef Py_ssize_t count
    cdef Range here
    for i in range(n):
        order[i] = <uint64_t> i
    queue[0] = Range(ROOT, 0, 0, n)
    while head < tail:
        here = queue[head]
        head += 1
        low, high = here.low, here.high
        for i in range(low, high):
            key = <int32_t> order[i]  # the low half
            if offsets[key] + here.depth < offsets[key + 1]:
                order[i] = (<uint64_t> codes[offsets[key] + here.depth] << 32) | <uint64_t> key
            else:
                order[i] = <uint64_t> key  # the key ends here: code 0 sorts first
        if high - low > 1:
            qsort(order + low, high - low, sizeof(uint64_t), &compare)
        if low < high and (order[low] >> 32) == 0:
            key = <int32_t> order[low]
            builder.values[here.state] = values[key]
            builder.nodes[here.state].cost = 0
            while low < high and (order[low] >> 32) == 0:
                first[<int32_t> order[low]] = key
                low += 1
        if low == high:
            continue
        count = 0
        for i in range(low, high):
            if i == low or (order[i] >> 32) != (order[i - 1] >> 32):
                children[count] = <uint16_t> (order[i] >> 32)
                count += 1
        base = find_base(builder, children, count)
        if base < 0:
            return False
        builder.nodes[here.state].base = base
        builder.based[base] = 1
        i = low
        while low < high:
            while i < high and (order[i] >> 32) == (order[low] >> 32):
                i += 1
            slot = base + <int32_t> (order[low] >> 32)
            take(builder, slot, <uint16_t> (order[low] >> 32))
            queue[tail] = Range(slot, here.depth + 1, low, i)
            tail += 1
            low = i
    return True


def build_nodes(const uint16_t[::1] codes not None, const int64_t[::1] offsets not None,
                const int32_t[::1] values not None, int32_t highest):
    """Return the nodes and values of a trie.

    Parameters
    ----------
    codes : uint16 array
        The codes of all keys, one after another; every code is 1 ... highest.
    offsets : int64 array, one longer than there are keys
        Where each key begins in ``codes``; no key is empty.
    values : int32 array
        The value of each key, not negative.
    highest : int
        The largest code that look-ups will use.

    Returns
    -------
    nodes : int32 array, shape (states, 2)
    values : int32 array, shape (states,)
    first : int32 array
        For each key the first one that is equal to it, whose value was taken.
    """
    cdef int32_t n = <int32_t> values.shape[0]
    cdef Py_ssize_t total = codes.shape[0], length
    cdef Builder builder
    cdef int32_t k
    cdef bint complete = False
    firsts = np.zeros(n, np.int32)
    cdef int32_t[::1] first = firsts
    cdef uint64_t* order = <uint64_t*> PyMem_RawMalloc((n + 1) * sizeof(uint64_t))
    cdef uint16_t* children = <uint16_t*> PyMem_RawMalloc((highest + 1) * sizeof(uint16_t))
    cdef Range* queue = <Range*> PyMem_RawMalloc((total + 1) * sizeof(Range))
    builder.nodes = <Node*> PyMem_RawMalloc(sizeof(Node))
    builder.values = <int32_t*> PyMem_RawMalloc(sizeof(int32_t))
    builder.based = <uint8_t*> PyMem_RawMalloc(1)
    builder.next_free = <int32_t*> PyMem_RawMalloc(sizeof(int32_t))
    builder.previous_free = <int32_t*> PyMem_RawMalloc(sizeof(int32_t))
    try:
        if (order == NULL or children == NULL or queue == NULL or builder.nodes == NULL
                or builder.values == NULL or builder.based == NULL or builder.next_free == NULL
                or builder.previous_free == NULL):
            raise MemoryError()
        builder.nodes[0] = Node(0, FREE, NO_WORD)
        builder.values[0] = NO_VALUE
        builder.based[0] = 1  # base 0 says that a state has no children
        builder.next_free[0] = builder.previous_free[0] = 0
        builder.capacity = builder.used = 1
        if not grow(&builder, max(highest + 1, total)):
            raise MemoryError()
        for k in range(CURSORS):
            builder.cursors[k] = builder.next_free[0]
        if n:
            with nogil:
                complete = build_all(&builder, &codes[0], &offsets[0], &values[0], n,
                                     order, children, queue, &first[0])
            if not complete:
                raise MemoryError()
        # Past the last state there is room for every code after any base.
        length = builder.used + highest + 1
        if not grow(&builder, length):
            raise MemoryError()
        nodes = np.empty((length, 2), np.int32)
        node_values = np.empty(length, np.int32)
        copy_nodes(nodes, node_values, &builder)
    finally:
        PyMem_RawFree(order)
        PyMem_RawFree(children)
        PyMem_RawFree(queue)
        PyMem_RawFree(builder.nodes)
        PyMem_RawFree(builder.values)
        PyMem_RawFree(builder.based)
        PyMem_RawFree(builder.next_free)
        PyMem_RawFree(builder.previous_free)
    return nodes, node_values, firsts


cdef copy_nodes(int32_t[:, ::1] nodes, int32_t[::1] values, const Builder* builder):
    memcpy(&nodes[0, 0], builder.nodes, nodes.shape[0] * sizeof(Node))
    memcpy(&values[0], builder.values, values.shape[0] * sizeof(int32_t))
