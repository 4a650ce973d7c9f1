"""What a hidden Markov model that has been learnt can do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp.checks import as_names, require_count
from classicnlp.tagging.base import (
    TOKENS_AT_ONCE,
    Allowed,
    Labels,
    SequenceTagger,
    Tokens,
    check_sequences,
    chunks,
)
from classicnlp.tagging.constraints import mask_of
from classicnlp.tagging.hmm_inference import Batch, Decoder, decoder_of
from classicnlp.tagging.hmm_model import HMMModel
from classicnlp.tagging.hmm_sampling import Sampler
from classicnlp.tagging.hmm_symbols import Symbols
from classicnlp.tagging.unknown_words import UnknownWords

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class LearntHMM(SequenceTagger):
    """Predicts, samples, saves and loads; a subclass learns, and calls `_set` with what it learnt.

    Attributes
    ----------
    labels_ : tuple of str
        The labels, in order of their numbers.
    """

    kind = "hmm"
    order: int
    _model: HMMModel | None = None
    _symbols: Symbols
    _unknown: UnknownWords | None = None
    _decoder: Decoder
    _no_path = (
        "it is impossible by what was learnt, or labels that are allowed cannot follow each other"
    )

    def score(self, X: Sequence[Tokens], y: Sequence[Labels] | None = None) -> float:
        """Return the share of tokens that get the right label, or without ``y`` log p(tokens).

        Parameters
        ----------
        X : sequence of sequences of tokens
        y : sequence of sequences of str, optional
            Their right labels.

        Returns
        -------
        float
        """
        if y is not None:
            return super().score(X, y)
        return math.fsum(self.log_likelihood(X).tolist())

    def log_likelihood(self, X: Sequence[Tokens]) -> NDArray[np.float64]:
        """Return log p(tokens) of each sequence.

        An unknown word has a probability of its own; all unknown whole numbers are one symbol.

        Parameters
        ----------
        X : sequence of sequences of tokens

        Returns
        -------
        float64 array, shape (sequences,)
            -inf for a sequence that is impossible, 0 for an empty one.
        """
        found = [self._decoder.posteriors(batch)[1] for batch in self._batches(X, None)]
        return np.concatenate([np.zeros(0), *found])

    def sample(self, length: int, seed: int = 0) -> tuple[list[Any], list[str]]:
        """Return a sequence of tokens drawn from the model, and their labels.

        Parameters
        ----------
        length : int
            How many tokens; there are fewer if the model lets nothing follow the last.
        seed : int
            The same seed gives the same sequence.

        Returns
        -------
        tokens : list
        labels : list of str
        """
        length, seed = require_count(length, "length", 0), require_count(seed, "seed", 0)
        symbols, labels = Sampler(self._fitted(), seed).draw(length)
        return self._symbols.tokens(symbols), [self.labels_[label] for label in labels]

    @property
    def start_probabilities_(self) -> Floats:
        """p(first label), shape (labels,)."""
        table: Floats = self._fitted().transitions
        first: Floats = table[(-1,) * (table.ndim - 1)][:-1]
        return first.copy()

    @property
    def transition_probabilities_(self) -> Floats:
        """p(label | label before), from row to column.

        Of second order p(label | label before the last, last label); then the first two axes have
        one place more, the last, for the boundary before a sequence.
        """
        table = self._fitted().transitions
        return (table[:-1, :-1] if table.ndim == 2 else table[..., :-1]).copy()

    @property
    def stop_probabilities_(self) -> Floats | None:
        """p(end | labels before), as `transition_probabilities_`; None if ends have none."""
        model = self._fitted()
        if not model.ends:
            return None
        table = model.transitions[..., -1]
        return (table[:-1] if table.ndim == 1 else table).copy()

    @property
    def emission_probabilities_(self) -> Floats:
        """p(token | label) without contexts, shape (labels, known tokens)."""
        model = self._fitted()
        table = np.zeros((model.label_count, model.symbol_count))
        owners = np.repeat(np.arange(model.symbol_count), np.diff(model.emissions.first))
        table[model.emissions.labels, owners] = model.emissions.probabilities
        return table

    @property
    def vocabulary_(self) -> tuple[str, ...] | None:
        """The known words, in order of their numbers; None if tokens are numbers themselves."""
        self._fitted()
        return self._symbols.words

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        model = self._fitted()
        arrays = {
            **store.nested("model", model.to_arrays()),
            **store.nested("symbols", self._symbols.to_arrays()),
        }
        if self._unknown is not None:
            arrays |= store.nested("unknown", self._unknown.to_arrays())
            arrays |= store.nested("alphabet", self._unknown.alphabet.arrays)
        learnt = {"labels": list(self.labels_), "ends": model.ends, "symbols": self._symbols.count}
        return {"params": self.get_params(), **learnt}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        tagger = cls(**parameters["params"])
        tagger._check_params()
        names = as_names(parameters["labels"], "labels")
        model = HMMModel.from_arrays(store.within("model", arrays), bool(parameters["ends"]))
        symbols = Symbols.from_arrays(store.within("symbols", arrays), parameters["symbols"])
        given = store.within("unknown", arrays)
        unknown = UnknownWords.from_arrays(alphabet, given) if given else None
        if not len(names) == model.label_count or symbols.count != model.symbol_count:
            raise ValueError("there is not one name for each label, and one number for each token")
        if unknown is not None and unknown.label_count != model.label_count:
            raise ValueError("the affixes are those of other labels")
        if model.transitions.ndim != tagger.order + 1:
            raise ValueError("the transitions are those of another order")
        tagger._set(names, model, symbols, unknown)
        return tagger

    def __getstate__(self) -> dict[str, Any]:
        state = dict(vars(self))
        if self._model is not None:
            for name in ("_model", "_symbols", "_unknown", "_decoder"):
                del state[name]  # kernels, which a model file has as arrays
            state["stored"] = self.to_store()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        stored = state.pop("stored", None)
        if stored is not None:
            parameters, arrays = stored
            vars(self).update(vars(self.from_store(parameters, arrays, "a pickle")))
        vars(self).update(state)

    def _set(
        self,
        names: tuple[str, ...],
        model: HMMModel,
        symbols: Symbols,
        unknown: UnknownWords | None,
    ) -> None:
        self.labels_ = names
        self._model = model
        self._symbols = symbols
        self._unknown = unknown
        self._decoder = decoder_of(model)

    def _fitted(self) -> HMMModel:
        if self._model is None:
            raise self._not_fitted("fit(), fit_em() or load()")
        return self._model

    def _batches(self, X: Sequence[Tokens], allowed: Allowed | None) -> Iterator[Batch]:
        unknown = self._fitted().emissions.unknown
        X = check_sequences(X)
        done = 0
        for sequences, choices in chunks(X, allowed, TOKENS_AT_ONCE):
            seen = self._symbols.encode(sequences)
            mask = None
            if choices is not None:
                mask = mask_of(choices, self.labels_, seen.offsets, done)
            done += len(sequences)
            if self._unknown is not None:
                guesses = self._unknown.guess(seen.unknown)
            else:
                others = max(int(seen.symbols.max(initial=-1)) + 1 - self._symbols.count, 0)
                guesses = np.tile(unknown, (others, 1))
            yield Batch(seen.offsets, seen.symbols, guesses, mask)

    def _decode(self, batch: Batch) -> tuple[NDArray[np.int32], Floats]:
        return self._decoder.decode(batch)

    def _posteriors(self, batch: Batch) -> tuple[Floats, Floats]:
        return self._decoder.posteriors(batch)

    def _best(self, batch: Batch, k: int) -> tuple[NDArray[np.int32], Floats]:
        return self._decoder.best(batch, k)
