"""scikit-learn's contract, kept without deriving from its classes."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from classicnlp.embed import GloVe, Word2Vec
from classicnlp.estimator import Estimator
from classicnlp.extraction import TfidfExtractor
from classicnlp.lm import NgramModel
from classicnlp.segmentation import CharSegmenter
from classicnlp.tagging import PosTagger
from classicnlp.tagging.base import SequenceTagger
from classicnlp.tagging.crf import CRFTagger
from classicnlp.tagging.features import DictFeatures, TemplateFeatures
from classicnlp.tagging.hmm import HMMTagger
from classicnlp.tagging.structured import PerceptronTagger
from classicnlp.vectorize import ChiSquareSelector, CountVectorizer, TfidfVectorizer
from classicnlp.vectorize.base import Transformer

base = pytest.importorskip("sklearn.base")
model_selection = pytest.importorskip("sklearn.model_selection")
pipeline = pytest.importorskip("sklearn.pipeline")
preprocessing = pytest.importorskip("sklearn.preprocessing")
validation = pytest.importorskip("sklearn.utils.validation")
metrics = pytest.importorskip("sklearn.metrics")

X = [["我", "爱", "北京"], ["北京", "欢迎", "你"], ["你", "爱"], ["我"], ["我", "欢迎", "你"]] * 4
Y = [["r", "v", "n"], ["n", "v", "r"], ["r", "v"], ["r"], ["r", "v", "r"]] * 4
TAGGED = [list(zip(words, tags, strict=True)) for words, tags in zip(X, Y, strict=True)]

TAGGERS: dict[str, Callable[..., SequenceTagger]] = {
    "crf": CRFTagger,
    "perceptron": PerceptronTagger,
    "hmm": HMMTagger,
}
LEARNERS: dict[str, Callable[[], Estimator]] = {
    **TAGGERS,
    "crf with features": lambda: CRFTagger(TemplateFeatures("U00:%x[0,0]"), l2=0.5, scheme="BIO"),
    "perceptron with features": lambda: PerceptronTagger(DictFeatures(hash_bits=9), epochs=3),
    "hmm of order 1": lambda: HMMTagger(order=1, known_from=None),
    "segmenter": lambda: CharSegmenter(epochs=3),
    "language model": lambda: NgramModel(order=2, cutoffs=(0, 1)),
    "part-of-speech tagger": lambda: PosTagger(epochs=3),
    "features": lambda: DictFeatures(hash_bits=9),
    "word2vec": lambda: Word2Vec(dimensions=4, min_count=1),
    "GloVe": lambda: GloVe(dimensions=4, min_count=1),
    "counts": lambda: CountVectorizer(min_df=2),
    "tfidf": lambda: TfidfVectorizer(ngram_range=(1, 2)),
    "selector": lambda: ChiSquareSelector(k=2),
    "keywords": lambda: TfidfExtractor(min_length=3),
}
every_tagger = pytest.mark.parametrize("kind", TAGGERS)
every_learner = pytest.mark.parametrize("kind", LEARNERS)


def fitted(learner: Estimator) -> Estimator:
    if isinstance(learner, SequenceTagger):
        learner.fit(X, Y)
    elif isinstance(learner, (CharSegmenter, GloVe, NgramModel, Word2Vec)):
        learner.fit(X)
    elif isinstance(learner, PosTagger):
        learner.fit(TAGGED)
    elif isinstance(learner, ChiSquareSelector):
        learner.fit(np.eye(4), [0, 0, 1, 1])
    elif isinstance(learner, Transformer):
        learner.fit(X)
    elif isinstance(learner, TfidfExtractor):
        learner.fit(["".join(words) for words in X])
    return learner


@every_learner
def test_parameters_are_those_of_the_constructor(kind: str) -> None:
    learner = LEARNERS[kind]()
    params = learner.get_params(deep=False)
    assert params
    other = type(learner)(**params)
    assert all(other.get_params()[name] is value for name, value in params.items())
    for name, value in params.items():
        marker = object()
        assert other.set_params(**{name: marker}) is other
        assert getattr(other, name) is marker
        other.set_params(**{name: value})
    assert repr(other) == repr(learner)


@every_learner
def test_what_is_no_parameter_is_refused(kind: str) -> None:
    learner = LEARNERS[kind]()
    before = learner.get_params()
    with pytest.raises(ValueError, match=r"has no parameter 'depth'; it has \w+"):
        learner.set_params(depth=3)
    with pytest.raises(ValueError, match=r"has no parameter|without parameters"):
        learner.set_params(seed__depth=3)
    assert learner.get_params() == before


def test_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(CRFTagger()) == "CRFTagger()"
    assert repr(CRFTagger(l2=0.5, scheme="BIO")) == "CRFTagger(l2=0.5, scheme='BIO')"
    assert repr(PosTagger(epochs=3)) == "PosTagger(epochs=3)"
    assert repr(CharSegmenter()) == "CharSegmenter()"
    expected = "CRFTagger(features=DictFeatures(hash_bits=9))"
    assert repr(CRFTagger(DictFeatures(hash_bits=9))) == expected


def test_parameters_of_features_are_reached_through_the_tagger() -> None:
    tagger = CRFTagger(DictFeatures(hash_bits=9))
    assert tagger.get_params()["features__hash_bits"] == 9
    assert "features__hash_bits" not in tagger.get_params(deep=False)
    tagger.set_params(features__hash_bits=5)
    assert tagger.features.hash_bits == 5  # type: ignore[union-attr]
    tagger.set_params(features__template="U01:%x[0,0]", features=TemplateFeatures("U00:%x[0,0]"))
    assert tagger.features.template == "U01:%x[0,0]"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="cannot set 'features__hash_bits': features is 'words'"):
        CRFTagger("words").set_params(features__hash_bits=5)


@every_learner
def test_a_clone_has_the_parameters_but_learnt_nothing(kind: str) -> None:
    learner = LEARNERS[kind]()
    if "features" not in kind:
        fitted(learner)
        validation.check_is_fitted(learner)
    twin = base.clone(learner)
    assert type(twin) is type(learner)
    assert repr(twin) == repr(learner)
    learnt = {name for name in vars(twin) if name.endswith("_") and not name.endswith("__")}
    assert learnt == set()
    with pytest.raises(ValueError, match="learnt nothing yet: call fit"):
        twin._fitted()
    if kind != "features":
        with pytest.raises(validation.NotFittedError):
            validation.check_is_fitted(twin)


def test_a_clone_has_features_of_its_own() -> None:
    features = TemplateFeatures("U00:%x[0,0]")
    tagger = CRFTagger(features).fit(X, Y)
    assert tagger.features is features
    twin = base.clone(tagger)
    assert twin.features is not features
    assert repr(twin.features) == repr(features)
    assert twin.fit(X, Y).predict(X) == tagger.predict(X)


@every_tagger
def test_it_is_copied_by_pickle_too(kind: str) -> None:
    tagger = TAGGERS[kind]().fit(X, Y)
    assert pickle.loads(pickle.dumps(tagger)).predict(X) == tagger.predict(X)


@every_tagger
def test_cross_validation(kind: str) -> None:
    scores = model_selection.cross_val_score(TAGGERS[kind](), X, Y, cv=4)
    assert scores.shape == (4,)
    assert scores.min() > 0.9


@every_tagger
def test_predictions_of_cross_validation(kind: str) -> None:
    predicted = model_selection.cross_val_predict(TAGGERS[kind](), X, Y, cv=4)
    assert list(predicted) == Y
    of_one_length = [words for words in X if len(words) == 3], [y for y in Y if len(y) == 3]
    predicted = model_selection.cross_val_predict(TAGGERS[kind](), *of_one_length, cv=3)
    assert list(predicted) == of_one_length[1]


@every_tagger
def test_predictions_are_lists_and_become_arrays_of_lists(kind: str) -> None:
    predicted = TAGGERS[kind]().fit(X, Y).predict(X[1:3])
    assert predicted == [["n", "v", "r"], ["r", "v"]]
    assert repr(predicted) == "[['n', 'v', 'r'], ['r', 'v']]"
    assert np.asarray(predicted).shape == (2,)
    assert np.concatenate([predicted, predicted]).tolist() == predicted * 2


def right_sequences(y: list[list[str]], predicted: list[list[str]]) -> float:
    return sum(map(list.__eq__, y, predicted)) / len(y)


@pytest.mark.parametrize(
    ("kind", "grid"),
    [
        ("crf", {"l2": [0.1, 1.0], "features": ["words", TemplateFeatures("U:%x[0,0]")]}),
        ("crf", {"features": [TemplateFeatures("U:%x[0,0]")], "features__hash_bits": [None, 9]}),
        ("perceptron", {"epochs": [1, 4], "features": ["words", "U00:%x[0,0]"]}),
        ("hmm", {"order": [1, 2], "known_from": [None, 1]}),
    ],
)
@pytest.mark.parametrize("scoring", [None, right_sequences])
def test_a_search_for_the_best_parameters(
    kind: str, grid: dict[str, list[Any]], scoring: Callable[..., float] | None
) -> None:
    scorer = scoring and metrics.make_scorer(scoring)
    search = model_selection.GridSearchCV(TAGGERS[kind](), grid, cv=3, scoring=scorer)
    search.fit(X, Y)
    assert len(search.cv_results_["params"]) == 4 - 2 * ("features__hash_bits" in grid)
    assert search.best_score_ > 0.8
    assert search.predict(X[:2]) == Y[:2]
    assert search.score(X, Y) > 0.8
    assert type(search.best_estimator_).__name__ in search._repr_html_()


def as_dictionaries(sequences: list[list[str]]) -> list[list[dict[str, Any]]]:
    return [[{"w": word, "length": len(word)} for word in words] for words in sequences]


@pytest.mark.parametrize("kind", ["crf", "perceptron"])
def test_a_pipeline_that_makes_features_first(kind: str) -> None:
    line = pipeline.make_pipeline(
        preprocessing.FunctionTransformer(as_dictionaries), TAGGERS[kind]()
    )
    with pytest.raises(ValueError, match="fit"):
        line.predict(X)
    assert line.fit(X, Y).predict(X) == Y
    assert line.score(X, Y) == 1.0
    assert model_selection.cross_val_score(base.clone(line), X, Y, cv=3).min() > 0.9
    name = line.steps[-1][0]
    search = model_selection.GridSearchCV(line, {f"{name}__epochs": [1, 3]}, cv=2).fit(X, Y)
    assert search.best_estimator_.predict(X) == Y


def test_wrong_parameters_are_found_when_fitting() -> None:
    for learner in (CRFTagger(l2=-1.0), PerceptronTagger(epochs=0), HMMTagger(order=3)):
        with pytest.raises(ValueError, match="must be"):
            learner.fit(X, Y)
        with pytest.raises(ValueError, match="learnt nothing yet"):
            learner.predict(X)
