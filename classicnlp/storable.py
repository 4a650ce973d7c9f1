"""What every part of a model that stands in a file by itself has in common."""

from __future__ import annotations

import abc
import os
from typing import Any, ClassVar, Self

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp.errors import ModelError
from classicnlp.text import default_alphabet, load_alphabet


class Storable(abc.ABC):
    """Saves itself to a model file of its kind, and loads itself from one."""

    kind: ClassVar[str]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a model file that `load` maps into memory.

        Parameters
        ----------
        path : str or path
            The file; one that exists is replaced whole, or not at all.
        """
        parameters, arrays = self.to_store()
        store.save(path, self.kind, parameters, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Map a file written by `save`.

        Parameters
        ----------
        path : str or path
            The file.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ModelError
            If the file is truncated, altered, of a newer format, or of another kind.
        """
        stored = store.load(path, cls.kind)
        return cls.from_store(stored.parameters, stored.arrays, str(path))

    @abc.abstractmethod
    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file, its alphabet under ``alphabet/``."""

    @classmethod
    def from_store(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        origin: str,
        alphabet: Alphabet | None = None,
    ) -> Self:
        """Restore what `to_store` gave; ``alphabet`` is for arrays that have none of their own.

        Raises
        ------
        ModelError
            If parameters or arrays are not sound; it names ``origin``.
        """
        try:
            own = store.within("alphabet", arrays)
            if own:
                alphabet = load_alphabet(own)
            elif alphabet is None:
                alphabet = default_alphabet()
            return cls._restored(parameters, arrays, alphabet, origin)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{origin}: not a sound {cls.kind}: {error}") from None

    @classmethod
    @abc.abstractmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        """Make an object of what `to_store` gave; errors are plain, `from_store` wraps them."""


def tables_of(arrays: dict[str, store.Array]) -> dict[str, Any]:
    """Return the arrays that are no part's of their own."""
    return {name: array for name, array in arrays.items() if "/" not in name}
