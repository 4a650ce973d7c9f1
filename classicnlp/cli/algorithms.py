"""The algorithms that learn to label sequences, and the options that they have."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from classicnlp.cli.options import UsageError, add_epochs, natural, positive, weight
from classicnlp.corpus import read_lines

if TYPE_CHECKING:
    from classicnlp.tagging.base import SequenceTagger

ALGORITHMS = ("crf", "perceptron", "hmm")
FEATURES = ("auto", "characters", "names", "words", "dictionaries")
TUNING = (
    "features", "min_count", "l1", "l2", "max_iterations", "order", "epochs", "seed", "workers",
)  # fmt: skip
"""Options that go to the tagger under the same name if they are given."""


def add_tuning(parser: argparse.ArgumentParser) -> None:
    """Add the options of the algorithms; what is not given is the library's default."""
    group = parser.add_argument_group(
        "what algorithms take", "what is not given is the default of the algorithm's class"
    )
    features = group.add_mutually_exclusive_group()
    features.add_argument(
        "--features", choices=FEATURES, help="what the tagger sees of tokens; crf, perceptron"
    )
    features.add_argument(
        "--template",
        metavar="FILE",
        help="the same as a template of CRF++ or Wapiti: lines such as U01:%%x[-1,0]/%%x[0,0]",
    )
    group.add_argument(
        "--min-count",
        type=positive,
        metavar="N",
        help="leave rarer features out; crf, perceptron, pos",
    )
    group.add_argument("--l1", type=weight, metavar="X", help="weight of the L1 penalty; crf")
    group.add_argument("--l2", type=weight, metavar="X", help="weight of the L2 penalty; crf")
    group.add_argument(
        "--max-iterations", type=natural, metavar="N", help="steps of L-BFGS at most; crf"
    )
    group.add_argument(
        "--order", type=int, choices=(1, 2), help="how many labels the next depends on; hmm"
    )
    add_epochs(group, epochs=None, seed=None)
    group.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="threads; the model is the same with any number; crf",
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        dest="settings",
        help="any other parameter of the class, such as rate=0.3; may be given again",
    )


def given_tuning(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was given of the options of algorithms, under the names of parameters."""
    given = {name: getattr(arguments, name) for name in TUNING}
    if arguments.template is not None:
        given["features"] = "\n".join(read_lines(arguments.template))
    return {name: value for name, value in given.items() if value is not None}


def check_tuning(arguments: argparse.Namespace, given: dict[str, Any], known: list[str]) -> None:
    """Raise a UsageError if an option is given that the algorithm does not know."""
    for name in given:
        if name not in known:
            template = name == "features" and arguments.template is not None
            option = "template" if template else name.replace("_", "-")
            raise UsageError(f"--{option} is no option of --algorithm {arguments.algorithm}")
    for name, _ in arguments.settings:
        if name not in known:
            raise UsageError(
                f"--set {name}: --algorithm {arguments.algorithm} has {', '.join(known)}"
            )


def make_tagger(arguments: argparse.Namespace, **defaults: Any) -> SequenceTagger:
    """Return a tagger of the algorithm with the options that were given.

    ``defaults`` are for parameters that are not, as far as the algorithm has them.
    """
    from classicnlp.tagging.restoring import sequence_tagger

    tagger = sequence_tagger(arguments.algorithm)()
    known = list(tagger.get_params())
    given = given_tuning(arguments)
    check_tuning(arguments, given, known)
    usable = {name: value for name, value in defaults.items() if name in known}
    return tagger.set_params(**{**usable, **given, **dict(arguments.settings)})


def _setting(text: str) -> tuple[str, Any]:
    """Return name and value; what is no JSON is a str."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE such as rate=0.3, got {text!r}")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
