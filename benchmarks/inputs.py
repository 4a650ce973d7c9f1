"""The texts that segmenters and taggers are timed on, and how they are gone through."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import common
from timing import read_texts


@dataclass(frozen=True)
class Input:
    """A corpus and how it is gone through: by lines (dropped or kept) or as one text."""

    title: str
    path: Path
    slow_path: Path  # for slow peers: their speed is the same on less
    mode: str

    @functools.cached_property
    def texts(self) -> list[str]:
        return read_texts(self.path, self.mode == "text")

    def own(self, name: str, cut: Callable[[str], Sequence], target: str = "") -> common.Own:
        return common.own(name, self.texts, cut, target, keep=self.mode == "kept")

    def peer(self, name: str, measurement: str, model: Path | str = "") -> list[common.Peer]:
        return common.peer(name, measurement, self.path, self.mode, model)

    def slow_peer(self, name: str, measurement: str, model: Path | str = "") -> list[common.Peer]:
        return common.peer(name, measurement, self.slow_path, self.mode, model)


def inputs(settings: common.Settings) -> list[Input]:
    """Return the inputs, from short lines to one long text."""
    megabytes = 1 if settings.quick else 10
    sentences, prose = common.sentences_file(), common.prose_file(megabytes)
    few, less = every_tenth_sentence(), common.prose_file(megabytes / 10)
    return [
        Input("MSR sentences, each list dropped", sentences, few, "lines"),
        Input("MSR sentences, all lists kept", sentences, few, "kept"),
        Input("lines of prose, each list dropped", prose, less, "lines"),
        Input("lines of prose, all lists kept", prose, less, "kept"),
        Input(f"one text of {megabytes} MB", prose, less, "text"),
    ]


def every_tenth_sentence() -> Path:
    def make() -> str:
        return "\n".join(read_texts(common.sentences_file(), whole=False)[::10])

    return common.cached("msr_tenth.txt", make)


def describe(given: Sequence[Input]) -> str:
    """Return what the header says of them."""
    sentences, prose = given[0].path, given[-1].path
    return (
        f"MSR sentences {common.megabytes_of(sentences):.2f} MB, modern prose "
        f"{common.megabytes_of(prose):.1f} MB (slow peers: a tenth of each)"
    )
