"""Rules: what is never cut and what is always cut, whatever a model says.

A rule either joins (an e-mail address is one word) or parts (a word ends where an emoji
begins). Which rules fit depends on the standard: the People's Daily writes 1998年 as one word,
other corpora as two. So a segmenter that learns keeps those that its training text follows,
and a user switches off what he does not want.
"""

from __future__ import annotations

from collections.abc import Iterable

from classicnlp._ext import units as kernel

RULES = {
    "url": kernel.URL_RULE,
    "email": kernel.EMAIL_RULE,
    "handle": kernel.HANDLE_RULE,
    "emoji": kernel.EMOJI_RULE,
    "word": kernel.WORD_RULE,
    "alnum": kernel.ALNUM_RULE,
    "compound": kernel.COMPOUND_RULE,
    "symbol": kernel.SYMBOL_RULE,
    "measure": kernel.MEASURE_RULE,
    "apart": kernel.APART_RULE,
    "digits": kernel.DIGITS_RULE,
    "decimal": kernel.DECIMAL_RULE,
    "percent": kernel.PERCENT_RULE,
    "ratio": kernel.RATIO_RULE,
    "minus": kernel.MINUS_RULE,
    "myriad": kernel.MYRIAD_RULE,
    "ordinal": kernel.ORDINAL_RULE,
    "count": kernel.COUNT_RULE,
    "sign": kernel.SIGN_RULE,
    "date": kernel.DATE_RULE,
    "clock": kernel.CLOCK_RULE,
    "kana": kernel.KANA_RULE,
}
"""The number of each rule; docs/segmentation-rules.md says what each does and why."""

GROUPS = {
    "web": frozenset({"url", "email", "handle", "emoji"}),
    "latin": frozenset({"word", "alnum", "compound", "symbol", "measure", "apart"}),
    "number": frozenset(
        {"digits", "decimal", "percent", "ratio", "minus", "myriad", "ordinal", "count", "sign"}
    ),
    "time": frozenset({"date", "clock"}),
    "script": frozenset({"kana"}),
}
"""Names that stand for several rules."""

NEUTRAL = frozenset(name for name, flag in RULES.items() if flag & kernel.NEUTRAL_RULES)
"""The rules for who has learnt none: all but those on which standards differ most."""


def rules_named(names: Iterable[str]) -> frozenset[str]:
    """Return the rules that some names of rules and groups stand for.

    Parameters
    ----------
    names : iterable of str
        Keys of `RULES` or `GROUPS`.

    Returns
    -------
    frozenset of str

    Raises
    ------
    TypeError
        If it is one str, or holds anything else.
    ValueError
        If there is no such rule.

    Examples
    --------
    >>> sorted(rules_named(["time", "url"]))
    ['clock', 'date', 'url']
    """
    if isinstance(names, str):
        raise TypeError(f"rules are several names, got one str: write [{names!r}]")
    chosen: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"the name of a rule is a str, got {type(name).__name__}")
        if name not in RULES and name not in GROUPS:
            known = ", ".join([*RULES, *GROUPS])
            raise ValueError(f"no rule named {name!r}; there are {known}")
        chosen |= GROUPS.get(name, {name})
    return frozenset(chosen)


def flags_of(names: Iterable[str]) -> int:
    """Return the sum of the numbers of some rules."""
    return sum(RULES[name] for name in rules_named(names))


def names_of(flags: int) -> frozenset[str]:
    """Return the rules whose numbers are in a sum."""
    return frozenset(name for name, flag in RULES.items() if flags & flag)
