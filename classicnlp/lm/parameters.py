"""The parameters of a language model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp.checks import require_at_least, require_count, require_share
from classicnlp.lm.smoothing import SMOOTHINGS, Discounts, Smoothing
from classicnlp.lm.tries import LEAST_MEMORY

Unit = Literal["word", "char"]
UNITS: tuple[Unit, ...] = ("word", "char")


class Parameters(Protocol):
    """The parameters of `NgramModel`."""

    order: int
    smoothing: Smoothing
    unit: Unit
    pseudocount: float
    weights: Sequence[float] | None
    cutoffs: Sequence[int]
    min_count: int
    fallback_discounts: Discounts
    workers: int
    memory: int


def check_parameters(parameters: Parameters) -> None:
    """Raise a TypeError or ValueError if one is unusable."""
    order = require_count(parameters.order, "order", 1, HIGHEST_ORDER)
    if parameters.smoothing not in SMOOTHINGS:
        known = ", ".join(SMOOTHINGS)
        raise ValueError(f"smoothing must be one of {known}, got {parameters.smoothing!r}")
    if parameters.unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {parameters.unit!r}")
    require_at_least(parameters.pseudocount, "pseudocount", 0)
    require_count(parameters.min_count, "min_count", 1)
    require_count(parameters.workers, "workers", 1)
    require_count(parameters.memory, "memory", LEAST_MEMORY)
    if parameters.weights is not None:
        if len(parameters.weights) != order:
            raise ValueError(f"there must be {order} weights, got {len(parameters.weights)}")
        for weight in parameters.weights:
            require_share(weight, "each of the weights")
    cutoffs = parameters.cutoffs
    if not 1 <= len(cutoffs) <= order:
        raise ValueError(f"there must be 1 ... {order} cutoffs, got {len(cutoffs)}")
    for low, high in zip([0, *cutoffs], cutoffs, strict=False):
        require_count(high, "each of the cutoffs", low)
    discounts = parameters.fallback_discounts
    if len(discounts) != 3:
        raise ValueError(f"there must be 3 fallback discounts, got {discounts}")
    for most, discount in enumerate(discounts, 1):
        if require_at_least(discount, "each fallback discount", 0) > most:
            raise ValueError(f"a discount must not be above its count {most}, got {discount}")
