"""The arrays of a hidden Markov model that has been learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp import store
from classicnlp._ext.contexts import Contexts
from classicnlp.checks import as_array
from classicnlp.tagging.hmm_smoothing import Emissions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TRUST = 4.0  # of `Contexts`
ROUNDING = 1e-9  # how far above 1 a probability may come


class HMMModel(NamedTuple):
    """Probabilities.

    Attributes
    ----------
    transitions : float64 array, shape (Y + 1,) * (order + 1)
        p(label | labels before), the number Y being the boundary around sequences.
    ends : bool
        Whether the end of a sequence has a probability; if not, the boundary is certain to come.
    emissions : Emissions
    contexts : Contexts or None
    """

    transitions: Floats
    ends: bool
    emissions: Emissions
    contexts: Contexts | None = None

    @property
    def label_count(self) -> int:
        """How many labels there are."""
        return len(self.transitions) - 1

    @property
    def symbol_count(self) -> int:
        """How many symbols are known."""
        return len(self.emissions.first) - 1

    def to_arrays(self) -> dict[str, store.Array]:
        """Return the arrays for a model file."""
        contexts = store.nested("contexts", self.contexts.arrays) if self.contexts else {}
        emissions = store.nested("emissions", self.emissions._asdict())
        return {"transitions": self.transitions, **emissions, **contexts}

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array], ends: bool) -> HMMModel:
        """Restore what `to_arrays` gave.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is not sound.
        """
        given = store.within("emissions", arrays)
        emissions = Emissions(
            as_array(given["first"], np.int64, "first"),
            as_array(given["labels"], np.int32, "labels"),
            as_probabilities(given["probabilities"], "emissions"),
            as_probabilities(given["unknown"], "emissions"),
        )
        model = cls(as_probabilities(arrays["transitions"], "transitions"), ends, emissions)
        model.check()
        contexts = store.within("contexts", arrays)
        if contexts:
            entries = len(emissions.labels)
            model = model._replace(contexts=Contexts(model.label_count, entries, TRUST, **contexts))
        return model

    def check(self) -> None:
        """Raise a ValueError unless all numbers lead to places that exist."""
        shape, emissions = self.transitions.shape, self.emissions
        if len(shape) not in (2, 3) or len(set(shape)) != 1 or shape[0] < 2:
            raise ValueError("the transitions must have two or three axes of the same length")
        first, count = emissions.first, len(emissions.labels)
        if not len(first) or first[0] != 0 or first[-1] != count or (np.diff(first) < 0).any():
            raise ValueError("the emissions' first must rise from 0")
        if len(emissions.probabilities) != count or emissions.unknown.shape != (shape[0] - 1,):
            raise ValueError("there is not one probability for each emission")
        if count and not 0 <= emissions.labels.min() <= emissions.labels.max() < shape[0] - 1:
            raise ValueError("a label of an emission is out of range")


def as_probabilities(value: Any, name: str) -> Floats:
    """Return an array of probabilities as it is, if it is one."""
    array = np.ascontiguousarray(value)
    if array.dtype != np.float64 or not ((array >= 0) & (array <= 1 + ROUNDING)).all():
        raise ValueError(f"{name} must be numbers from 0 to 1")
    return array
