"""Scores on standard output, for people or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from classicnlp.cli.streams import write_standard_output

if TYPE_CHECKING:
    from classicnlp.evaluate.scores import Score


def print_figures(scores: dict[str, Score], as_json: bool) -> None:
    """Print scores by name: their reports below each other, or one line of JSON."""
    if as_json:
        figures = {name: score.to_dict() for name, score in scores.items()}
        shown = json.dumps(figures if len(figures) > 1 else next(iter(figures.values())))
    else:
        shown = "\n".join(score.report() for score in scores.values())
    write_standard_output(shown + "\n")
