"""Hyper-parameters as scikit-learn wants them, without scikit-learn."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any, Self


class Estimator:
    """Whatever learns: its constructor stores keyword arguments as they are given."""

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of the constructor.

        Parameters
        ----------
        deep : bool
            For scikit-learn; no parameter is itself an estimator.

        Returns
        -------
        dict
        """
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params: Any) -> Self:
        """Change parameters of the constructor; what was learnt stays until the next `fit`.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        names = self._parameter_names()
        for name, value in params.items():
            if name not in names:
                kind = type(self).__name__
                raise ValueError(f"{kind} has no parameter {name!r}; it has {', '.join(names)}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        parameters = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != parameters[name].default
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, which alone calls this, what kind of estimator this is."""
        utils = import_module("sklearn.utils")
        target = utils.TargetTags(required=True)
        return utils.Tags(estimator_type=None, target_tags=target)
