"""Checks of what comes from outside: arrays and parameters of model files, arguments of faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def as_array(value: Any, dtype: Any, name: str) -> NDArray[Any]:
    """Return ``value`` as a contiguous array of integers of one type, if none of them changes.

    Parameters
    ----------
    value : array
        Integers of any width.
    dtype : dtype
        The integer type wanted.
    name : str
        What to call the array in a message.

    Returns
    -------
    array

    Raises
    ------
    ValueError
        If the array holds anything but integers, or one that the type has no room for.

    Examples
    --------
    >>> as_array([1, 2], np.uint8, "labels").dtype
    dtype('uint8')
    """
    array = np.asarray(value)
    wanted = np.dtype(dtype)
    if array.dtype.kind not in "iu" and array.size:
        raise ValueError(f"{name} must hold integers, got {array.dtype}")
    if array.size and not np.can_cast(array.dtype, wanted):
        limits = np.iinfo(wanted)
        if int(array.min()) < limits.min or int(array.max()) > limits.max:
            raise ValueError(f"{name} holds integers beyond {wanted}")
    return np.ascontiguousarray(array, wanted)


def as_names(value: Any, name: str) -> tuple[str, ...]:
    """Return a list of names as a tuple.

    Raises
    ------
    ValueError
        If it is no list, empty, or holds anything but str.
    """
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} must be a list of str")
    return tuple(value)


def require_count(value: Any, name: str, least: int, most: int | None = None) -> int:
    """Return ``value`` if it is a whole number in a range, else say so.

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is out of range.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < least or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"in {least} ... {most}"
        raise ValueError(f"{name} must be {bounds}, got {value}")
    return int(value)


def require_share(value: Any, name: str) -> float:
    """Return ``value`` if it is a number from 0 to below 1, else say so."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be in 0 ... 1 (exclusive), got {value}")
    return float(value)


def require_at_least(value: Any, name: str, least: float) -> float:
    """Return ``value`` if it is a finite number that is not below ``least``, else say so."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not least <= value < float("inf"):
        raise ValueError(f"{name} must be a finite number from {least:g} on, got {value}")
    return float(value)


def require_within(value: Any, name: str, least: float, most: float) -> float:
    """Return ``value`` if it is a number from ``least`` to ``most``, else say so."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name} must be in {least:g} ... {most:g}, got {value}")
    return float(value)
