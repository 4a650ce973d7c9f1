"""``classicnlp info``: what a model is, was trained on, and can do."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from classicnlp.cli import resources
from classicnlp.cli.options import DEFAULT_MODEL, Subparsers, add_command
from classicnlp.cli.streams import write_standard_output
from classicnlp.estimator import Estimator
from classicnlp.store import Stored, within

EPILOG = """\
examples:
  classicnlp info
  classicnlp info my.model --json
  classicnlp info --list
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "info", run, "describe a model", EPILOG)
    parser.add_argument(
        "model",
        nargs="?",
        default=DEFAULT_MODEL,
        metavar="MODEL",
        help="an embedded model or a file; default: %(default)s",
    )
    parser.add_argument("--list", action="store_true", help="list the embedded models instead")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: Namespace) -> None:
    """Print the names of the embedded models or a model's card."""
    if arguments.list:
        from classicnlp.models import names

        shown = json.dumps(names()) if arguments.json else "\n".join(names())
        write_standard_output(shown + "\n")
        return
    stored = resources.open_stored(arguments.model)
    if stored is None:
        card = pipeline_card(arguments.model)
    else:
        card = CARDS.get(stored.kind, tagger_card)(stored)
    if arguments.json:
        shown = json.dumps(card, ensure_ascii=False, indent=2)
    else:
        shown = "\n".join(card_lines(card))
    write_standard_output(shown + "\n")


def pipeline_card(name_or_path: str) -> dict[str, Any]:
    """Return the card of a model that cuts text."""
    pipeline = resources.open_pipeline(name_or_path)
    return {**pipeline.card, "lexicon_words": len(pipeline.lexicon)}


def vectors_card(stored: Stored) -> dict[str, Any]:
    """Return what a vectoriser or a classifier of documents is, besides the card in its file."""
    card: dict[str, Any] = {"kind": stored.kind}
    if "classes" in stored.parameters:
        card["classes"] = " ".join(stored.parameters["classes"])
    parts = [array for name, array in stored.arrays.items() if name.split("/")[-1] == "keys"]
    card["feature_count"] = sum(map(len, parts))
    parameters = stored.parameters.get("params", stored.parameters)
    return {**card, "parameters": parameters, **stored.card, "size_bytes": stored.size}


def tagger_card(stored: Stored) -> dict[str, Any]:
    """Return what a tagger is, besides the card in its file; a file of none is a ModelError."""
    from classicnlp.tagging.names import EntityTagger
    from classicnlp.tagging.pos import PosTagger
    from classicnlp.tagging.restoring import restore

    tagger = restore(stored)
    card: dict[str, Any] = {"kind": stored.kind}
    parameters, arrays = stored.parameters, stored.arrays
    if isinstance(tagger, EntityTagger):
        card |= {"entities": list(tagger.labels_), "algorithm": tagger.tagger_.kind}
        parameters, arrays = parameters["tagger"]["parameters"], within("tagger", arrays)
        tagger = tagger.tagger_
    labels = tagger.tags_ if isinstance(tagger, PosTagger) else tagger.labels_
    card |= {"label_count": len(labels), "labels": " ".join(labels)}
    extractor = parameters.get("extractor")
    if extractor is not None:
        card["features"] = extractor["kind"]
    if "model/cells" in arrays:
        weights = (arrays["model/rows"], arrays["model/weights"])
        card["feature_count"] = len(arrays["model/cells"])
        card["weights"] = sum(int(np.count_nonzero(array)) for array in weights)
    return {
        **card,
        "parameters": parameters.get("params", tagger.get_params()),
        **stored.card,
        "size_bytes": stored.size,
    }


def language_model_card(stored: Stored) -> dict[str, Any]:
    """Return what a language model is, besides the card in its file."""
    from classicnlp.lm import NgramModel

    model = NgramModel.from_store(stored.parameters, stored.arrays, str(stored.path))
    card: dict[str, Any] = {"kind": stored.kind, "words": len(model.vocabulary_)}
    card["n-grams"] = {f"order {k}": size for k, size in enumerate(model.sizes_, 1)}
    if model.discounts_ is not None:
        card["discounts"] = {
            f"order {k}": " ".join(f"{discount:.4f}" for discount in own)
            for k, own in enumerate(model.discounts_, 1)
        }
    return {**card, "parameters": model.get_params(), **stored.card, "size_bytes": stored.size}


def counts_card(stored: Stored) -> dict[str, Any]:
    """Return what n-gram counts are of."""
    from classicnlp.lm import NgramCounts

    counts = NgramCounts.from_store(stored.parameters, stored.arrays, str(stored.path))
    return {
        "kind": stored.kind,
        "unit": counts.unit,
        "boundaries": counts.boundaries,
        "symbols": len(counts.vocabulary) - 1,
        "n-grams": {f"order {k}": counts.size(k) for k in counts.orders},
        **stored.card,
        "size_bytes": stored.size,
    }


def word_vectors_card(stored: Stored) -> dict[str, Any]:
    """Return what a table of word vectors is, or what learnt one."""
    from classicnlp.cli.embed_options import reader_of, vectors_of

    reader = reader_of(stored.kind)
    model = reader.from_store(stored.parameters, stored.arrays, str(stored.path))
    vectors = vectors_of(model)
    card: dict[str, Any] = {
        "kind": stored.kind,
        "words": len(vectors),
        "dimensions": vectors.dimensions,
        "numbers": str(vectors.vectors.dtype),
    }
    if isinstance(model, Estimator):
        card["parameters"] = model.get_params()
    return {**card, **stored.card, "size_bytes": stored.size}


def idf_card(stored: Stored) -> dict[str, Any]:
    """Return what documents a table of rarity was counted in."""
    from classicnlp.extraction import IdfTable

    table = IdfTable.from_store(stored.parameters, stored.arrays, str(stored.path))
    return {
        "kind": stored.kind,
        "words": len(table),
        "documents": table.documents,
        **stored.card,
        "size_bytes": stored.size,
    }


CARDS: dict[str, Callable[[Stored], dict[str, Any]]] = {
    "n-gram model": language_model_card,
    "n-gram counts": counts_card,
    "count vectorizer": vectors_card,
    "tfidf vectorizer": vectors_card,
    "document classifier": vectors_card,
    "table of word vectors": word_vectors_card,
    "word2vec": word_vectors_card,
    "glove": word_vectors_card,
    "idf table": idf_card,
}
"""By the kind of a file; all other kinds are taggers."""


def card_lines(card: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Yield a card for people to read; what is inside an entry stands indented below it."""
    for name, value in card.items():
        # The names of files are names; other underscores are spaces.
        label = indent + (name if "/" in name else name.replace("_", " "))
        if isinstance(value, Mapping):
            yield label
            yield from card_lines(value, indent + "  ")
        elif isinstance(value, (list, tuple)):
            yield label
            for item in value:
                if isinstance(item, Mapping):
                    yield from card_lines(item, indent + "  ")
                else:
                    yield f"{indent}  {item}"
        else:
            shown = f"{value:,}" if type(value) is int else str(value)
            first, *rest = shown.split("\n")
            yield f"{label:<38} {first}"
            yield from (f"{'':<38} {line}" for line in rest)
