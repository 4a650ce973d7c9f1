"""Hyper-parameters as scikit-learn wants them, without scikit-learn."""

from __future__ import annotations

import abc
import inspect
from importlib import import_module
from typing import Any, Self


class Estimator(abc.ABC):
    """Whatever learns: its constructor stores keyword arguments as they are given."""

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of the constructor.

        Parameters
        ----------
        deep : bool
            Whether to add those of parameters that have parameters themselves, such as
            ``features__hash_bits``.

        Returns
        -------
        dict
        """
        params = {name: getattr(self, name) for name in self._parameter_names()}
        if deep:
            for name, value in list(params.items()):
                if isinstance(value, Estimator):
                    inner = value.get_params().items()
                    params.update({f"{name}__{of_value}": given for of_value, given in inner})
        return params

    def set_params(self, **params: Any) -> Self:
        """Change parameters of the constructor; what was learnt stays until the next `fit`.

        Names such as ``features__hash_bits`` change a parameter's own parameters.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        names = self._parameter_names()
        # Outer ones first: an inner one is meant for the new value.
        for key, value in sorted(params.items(), key=lambda item: "__" in item[0]):
            name, nested, inner = key.partition("__")
            if name not in names:
                kind = type(self).__name__
                raise ValueError(f"{kind} has no parameter {name!r}; it has {', '.join(names)}")
            if not nested:
                setattr(self, name, value)
                continue
            owner = getattr(self, name)
            if not isinstance(owner, Estimator):
                raise ValueError(f"cannot set {key!r}: {name} is {owner!r}, without parameters")
            owner.set_params(**{inner: value})
        return self

    def __repr__(self) -> str:
        parameters = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params(deep=False).items()
            if value != parameters[name].default
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    @abc.abstractmethod
    def _fitted(self) -> Any:
        """Return what was learnt; raise a ValueError before that."""

    def _not_fitted(self, remedy: str = "fit() or load()") -> ValueError:
        kind = type(self).__name__
        return ValueError(f"this {kind} has learnt nothing yet: call {remedy}")

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn's `check_is_fitted` whether anything was learnt."""
        try:
            self._fitted()
        except ValueError:
            return False
        return True

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, which alone calls this, what kind of estimator this is."""
        utils = import_module("sklearn.utils")
        target = utils.TargetTags(required=True)
        return utils.Tags(estimator_type=None, target_tags=target)
