"""Keywords: worked examples, laws for any text, parameters, tables."""

from __future__ import annotations

import math
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classicnlp as cn
from classicnlp.errors import CorpusError, ModelError
from classicnlp.extraction import (
    STOP_WORDS,
    FrequencyExtractor,
    IdfTable,
    Keyword,
    KeywordExtractor,
    TextRankExtractor,
    TfidfExtractor,
    pagerank,
)
from classicnlp.segmentation import MaxMatchSegmenter
from classicnlp.text import fold
from tests.conftest import nasty_texts, shared_data
from tests.reference import keywords as reference

TEXT = "植物靠光合作用生长。光合作用需要阳光，阳光充足，光合作用就快。"
TOPIC = "数字经济带来新机会。数字经济要靠人才，人才要靠教育，数字经济才有将来。"
EXTRACTORS: dict[str, type[Any]] = {
    "tf": FrequencyExtractor,
    "tfidf": TfidfExtractor,
    "textrank": TextRankExtractor,
}
every_method = pytest.mark.parametrize("method", EXTRACTORS)


def segmenter_of(words: list[str]) -> MaxMatchSegmenter:
    return MaxMatchSegmenter(cn.Lexicon(words))


def words_of(found: list[Keyword]) -> list[str]:
    return [keyword.word for keyword in found]


# --- what comes out --------------------------------------------------------------------------


@every_method
def test_the_face_gives_what_the_extractor_gives(method: Any) -> None:
    assert cn.keywords(TEXT, 4, method) == EXTRACTORS[method]().extract(TEXT, 4)
    assert cn.keywords(TEXT, method=method, phrases=False) == EXTRACTORS[method](
        phrases=False
    ).extract(TEXT)
    assert words_of(cn.keywords(TEXT, 2, method)) == ["光合作用", "阳光"]


@every_method
@given(text=nasty_texts, k=st.none() | st.integers(0, 30))
def test_every_occurrence_is_where_it_is_said_to_be(method: str, text: str, k: int | None) -> None:
    found = EXTRACTORS[method]().extract(text, k)
    assert k is None or len(found) <= k
    weights = [keyword.weight for keyword in found]
    assert weights == sorted(weights, reverse=True)
    seen = set()
    for word, weight, positions in found:
        assert weight > 0
        assert text[slice(*positions[0])] == word
        assert list(positions) == sorted(set(positions))
        assert {fold(text[start:end]) for start, end in positions} == {fold(word)}
        assert len(word) >= 2
        seen.add((fold(word), len(positions)))
    assert len(seen) == len(found)


@every_method
@given(st.lists(nasty_texts, max_size=6))
def test_a_batch_is_one_by_one(method: str, texts: list[str]) -> None:
    extractor = EXTRACTORS[method]()
    alone = [extractor.extract(text, 5) for text in texts]
    assert extractor.extract_batch(texts, 5) == alone
    assert extractor.extract_batch(texts, 5, workers=3) == alone


@every_method
def test_threads_share_an_extractor(method: str, documents: list[str]) -> None:
    extractor = EXTRACTORS[method]()
    expected = extractor.extract_batch(documents)
    found: list[Any] = [None] * 4

    def work(number: int) -> None:
        found[number] = extractor.extract_batch(documents)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_frequency_counts_each_word_that_counts() -> None:
    found = FrequencyExtractor(phrases=False).extract("猫追老鼠，老鼠躲猫，猫累了。", None)
    assert found[0].word == "老鼠"
    words = FrequencyExtractor(phrases=False, min_length=1).extract("猫追老鼠，老鼠躲猫。", None)
    total = sum(len(keyword.positions) for keyword in words)
    for keyword in words:
        assert keyword.weight == len(keyword.positions) / total


def test_tfidf_is_the_product_of_both() -> None:
    # The example of the literature: a collection of 10 million documents, 1,000 of which have the
    # word "cat", and a document of 100 words with it three times: 0.03 * log10(10000) = 0.12.
    idf = IdfTable.from_mapping({"猫": 4.0, "狗": 1.0}, missing=1.0)
    extractor = TfidfExtractor(segmenter_of(["猫", "狗"]), min_length=1, idf=idf, phrases=False)
    found = extractor.extract("猫" * 3 + "狗" * 97)
    assert [(one.word, round(one.weight, 12)) for one in found] == [("狗", 0.97), ("猫", 0.12)]


def test_textrank_is_pagerank_of_the_graph_of_neighbours(documents: list[str]) -> None:
    extractor = TextRankExtractor(phrases=False, min_length=1, tolerance=1e-14, max_iterations=1000)
    for text in documents[:12]:
        words, links = extractor.graph(text)
        dense = links.toarray()
        assert np.array_equal(dense, dense.T)
        ranks = reference.pagerank(dense, 0.85)
        found = {fold(one.word): one.weight for one in extractor.extract(text, None)}
        assert list(found) != words
        assert found == pytest.approx(dict(zip(words, ranks, strict=True)), abs=1e-12)


def test_textrank_is_as_near_to_networkx_as_it_is_to_say(documents: list[str]) -> None:
    networkx = pytest.importorskip("networkx")
    words, links = TextRankExtractor().graph(documents[0])
    theirs = networkx.pagerank(networkx.from_scipy_sparse_array(links), tol=1e-14, max_iter=1000)
    found = TextRankExtractor(phrases=False, min_length=1).extract(documents[0], None)
    mine = {fold(one.word): one.weight for one in found}
    for number, word in enumerate(words):
        assert mine[word] == pytest.approx(theirs[number], abs=1e-8)


def test_pagerank_of_the_example_of_the_literature() -> None:
    # Langville and Meyer (2006), "Google's PageRank and Beyond", chapter 4: six pages, d = 0.9.
    links = np.zeros((6, 6))
    for source, target in [
        (1, 2),
        (1, 3),
        (3, 1),
        (3, 2),
        (3, 5),
        (4, 5),
        (4, 6),
        (5, 4),
        (5, 6),
        (6, 4),
    ]:
        links[source - 1, target - 1] = 1
    found = pagerank(links, damping=0.9, tolerance=1e-12)
    published = [0.03721, 0.05396, 0.04151, 0.3751, 0.206, 0.2862]
    assert found.ranks.tolist() == pytest.approx(published, abs=5e-5)
    assert found.converged
    assert found.residual < 1e-12


def test_pagerank_says_when_it_is_not_done() -> None:
    links = [[0, 1, 0], [0, 0, 1], [1, 1, 0]]
    with pytest.warns(UserWarning, match="1 random walk has not converged after 2 iterations"):
        found = pagerank(links, max_iterations=2)
    assert (found.converged, found.iterations) == (False, 2)
    with pytest.warns(UserWarning, match="2 random walks have not converged after 1 iterations"):
        TextRankExtractor(max_iterations=1, tolerance=1e-12).extract_batch([TEXT, TOPIC])
    with pytest.raises(ValueError, match=r"square matrix, got shape \(1, 2\)"):
        pagerank([[1, 2]])
    with pytest.raises(ValueError, match="weights of links must be finite"):
        pagerank([[0, -1], [1, 0]])


def test_words_beside_each_other_make_a_phrase() -> None:
    segmenter = segmenter_of(["数字", "经济", "人才", "教育", "将来", "机会"])
    found = FrequencyExtractor(segmenter).extract(TOPIC, None)
    assert found[0].word == "数字经济"
    assert len(found[0].positions) == 3
    assert not {"数字", "经济"} & set(words_of(found))
    assert "数字经济" not in words_of(FrequencyExtractor(segmenter, phrases=False).extract(TOPIC))


def test_a_phrase_has_to_hold_together() -> None:
    segmenter = segmenter_of(["数字", "经济"])
    text = "数字经济，数字经济。" + "数字，经济，" * 6
    assert "数字经济" in words_of(FrequencyExtractor(segmenter, cohesion=0.0).extract(text))
    assert "数字经济" in words_of(FrequencyExtractor(segmenter, cohesion=0.25).extract(text))
    assert "数字经济" not in words_of(FrequencyExtractor(segmenter, cohesion=0.26).extract(text))


def test_a_word_that_mostly_stands_alone_is_kept_beside_its_phrase() -> None:
    segmenter = segmenter_of(["数字", "经济"])
    found = FrequencyExtractor(segmenter, cohesion=0.0).extract("数字经济，" * 2 + "经济，" * 9)
    assert words_of(found) == ["经济", "数字经济"]


def test_script_width_and_case_make_no_difference() -> None:
    found = cn.keywords(
        "經濟发展，经济增长。Python、python、ＰＹＴＨＯＮ。", 2, "tf", phrases=False
    )
    assert [(one.word, len(one.positions)) for one in found] == [("Python", 3), ("經濟", 2)]


@pytest.mark.parametrize("text", ["", " \n\t", "的了是", "，。！", "3.14 2024年1月", "😀\ud800"])
@every_method
def test_where_nothing_counts_nothing_is_found(method: str, text: str) -> None:
    assert EXTRACTORS[method]().extract(text) == []


@every_method
def test_one_word_is_a_keyword(method: str) -> None:
    assert words_of(EXTRACTORS[method]().extract("光合作用")) == ["光合作用"]
    assert words_of(EXTRACTORS[method]().extract("光合作用，光合作用")) == ["光合作用"]


# --- what counts -----------------------------------------------------------------------------


def test_stop_words_can_be_replaced_and_extended() -> None:
    assert "阳光" not in words_of(cn.keywords(TEXT, stop_words=STOP_WORDS | {"阳光"}))
    assert words_of(cn.keywords("我们我们", stop_words=())) == ["我们"]
    assert cn.keywords("我们我们") == []
    assert words_of(cn.keywords("Python python", stop_words=["ＰＹＴＨＯＮ"])) == []
    with pytest.raises(TypeError, match=r"stop_words must be several words: pass \['阳光'\]"):
        cn.keywords(TEXT, stop_words="阳光")
    with pytest.raises(TypeError, match=r"stop_words\(\) takes a str, got int"):
        cn.keywords(TEXT, stop_words=[1])  # type: ignore[list-item]


def test_the_embedded_stop_words_are_function_words() -> None:
    assert len(STOP_WORDS) > 1000
    assert {"我们", "的", "因为", "the"} <= STOP_WORDS
    assert not {"经济", "研究", "系统"} & STOP_WORDS


def test_parts_of_speech_let_words_pass(pku: cn.Pipeline) -> None:
    nouns = {token.text for token in pku.tag(TEXT) if token.tag == "n"}
    found = cn.keywords(TEXT, None, tags=["n"], phrases=False)
    assert found
    assert set(words_of(found)) == {word for word in nouns if len(word) > 1}
    batch = TfidfExtractor(tags=["n"], phrases=False).extract_batch([TEXT, "", TEXT], None)
    assert batch == [found, [], found]
    with pytest.raises(ValueError, match="the model has no tag 'NN'; it has"):
        cn.keywords(TEXT, tags=["NN"])
    with pytest.raises(TypeError, match=r"tags must be several words: pass \['ns'\]"):
        cn.keywords(TEXT, tags="ns")
    with pytest.raises(ValueError, match="tags need a tagger"):
        TfidfExtractor(segmenter_of(["阳光"]), tags=["n"]).extract(TEXT)


def test_a_users_words_are_keywords(pku: cn.Pipeline) -> None:
    pipeline = pku.with_words({"数字经济": "n"}, policy="force")
    found = TfidfExtractor(pipeline, phrases=False, tags=["n"]).extract(TOPIC, 1)
    assert words_of(found) == ["数字经济"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"min_length": 0}, ValueError, "min_length must be"),
        ({"cohesion": 1.5}, ValueError, "cohesion must be"),
        ({"window": 1}, ValueError, "window must be"),
        ({"damping": 1.0}, ValueError, "damping must be"),
        ({"tolerance": 0.0}, ValueError, "tolerance must be above 0"),
        ({"max_iterations": 0}, ValueError, "max_iterations must be"),
        ({"pipeline": "pku"}, TypeError, "pipeline must be a Pipeline or a Segmenter, got str"),
    ],
)
def test_parameters_out_of_range_are_refused(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        TextRankExtractor(**options).extract(TEXT)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="method must be one of tfidf, textrank, tf, got 'bm25'"):
        cn.keywords(TEXT, method="bm25")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="k must be"):
        cn.keywords(TEXT, -1)
    with pytest.raises(TypeError, match=r"keywords\(\) takes a str, got bytes"):
        cn.keywords(b"a")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="several texts, got one str"):
        TfidfExtractor().extract_batch(TEXT)


# --- parameters as scikit-learn wants them ---------------------------------------------------


@every_method
def test_parameters_are_kept_as_they_are_given(method: str) -> None:
    extractor: KeywordExtractor = EXTRACTORS[method](min_length=3, stop_words=["一"])
    assert extractor.get_params()["min_length"] == 3
    twin = type(extractor)(**extractor.get_params())
    assert twin.get_params() == extractor.get_params()
    assert twin.set_params(min_length=5, phrases=False) is twin
    assert all(len(word) >= 5 for word in words_of(twin.extract(TEXT, None)))
    copied = pickle.loads(pickle.dumps(extractor))
    assert copied.extract(TEXT) == extractor.extract(TEXT)


# --- how rare words are ----------------------------------------------------------------------


def test_document_frequencies_are_counted() -> None:
    texts = ["春天来了，春天好", "春天走了", "花开了", ""]
    table = IdfTable.from_documents(texts)
    assert table.documents == 4
    for word, frequency in {"春天": 2, "花": 1, "了": 3, "秋天": 0}.items():
        assert table[word] == pytest.approx(math.log(5 / (1 + frequency)) + 1, rel=1e-6)
        assert (word in table) == (frequency > 0)
    assert "，" not in table
    assert table.missing == table["秋天"]
    twice = IdfTable.from_documents(texts, min_documents=2)
    assert len(twice) == 2
    assert twice["花"] == twice["秋天"] == pytest.approx(math.log(5 / 2) + 1, rel=1e-6)


def test_documents_are_counted_alike_however_they_come(documents: list[str]) -> None:
    table = IdfTable.from_documents(documents)
    assert IdfTable.from_documents(iter(documents), workers=3) == table
    assert IdfTable.from_documents(documents[::-1]) == table
    assert TfidfExtractor().fit(documents).idf_ == table
    assert table != IdfTable.from_documents(documents[1:])


def test_fitting_changes_what_is_rare(documents: list[str]) -> None:
    before = TfidfExtractor()
    after = TfidfExtractor().fit(["阳光充足", "阳光下", "阳光", *documents[:3]])
    assert cn.keywords(TEXT) == before.extract(TEXT)
    weight = {one.word: one.weight for one in before.extract(TEXT)}
    fitted = {one.word: one.weight for one in after.extract(TEXT)}
    assert fitted["阳光"] / fitted["光合作用"] < weight["阳光"] / weight["光合作用"]
    assert before.set_params(idf=after.idf_).extract(TEXT) == after.extract(TEXT)


@pytest.mark.parametrize(
    ("documents", "error"), [([], ValueError), ("一篇", TypeError), ([1], TypeError)]
)
def test_no_documents_are_refused(documents: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"documents|takes a str"):
        TfidfExtractor().fit(documents)


def test_a_table_saved_and_loaded_is_the_same(tmp_path: Path, documents: list[str]) -> None:
    table = IdfTable.from_documents(documents, min_documents=2)
    table.save(tmp_path / "idf.model")
    loaded = IdfTable.load(tmp_path / "idf.model")
    assert loaded == table
    assert repr(loaded) == repr(table)
    assert TfidfExtractor(idf=loaded).extract(TEXT) == TfidfExtractor(idf=table).extract(TEXT)
    assert pickle.loads(pickle.dumps(table)) == table
    with pytest.raises(ModelError, match="where a idf table was expected"):
        IdfTable.load(cn.models.path_of("pku"))  # type: ignore[attr-defined]


def test_a_table_from_a_mapping_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "idf.txt"
    path.write_text("电脑 7.5\n\nＡＢ c\t3\n漢字 2\n", encoding="utf-8")
    table = IdfTable.from_file(path)
    assert [table[word] for word in ("电脑", "ab C", "汉字", "别的")] == [7.5, 3.0, 2.0, 3.0]
    assert table == IdfTable.from_mapping({"电脑": 7.5, "AB c": 3, "漢字": 2})
    assert IdfTable.from_mapping({"电脑": 7.5}, missing=1.0)["别的"] == 1.0
    with pytest.raises(ValueError, match="mapping is empty"):
        IdfTable.from_mapping({})
    for wrong in ("电脑", "电脑 许多", "电脑 nan", " 7"):
        path.write_text(f"好 1\n{wrong}\n", encoding="utf-8")
        with pytest.raises(CorpusError, match=r"idf.txt:2: expected a word and a number"):
            IdfTable.from_file(path)
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="there are no words in it"):
        IdfTable.from_file(path)


def test_the_embedded_table_knows_common_words_and_is_small() -> None:
    table = IdfTable.embedded()
    assert table is IdfTable.embedded()
    assert len(table) > 50_000
    assert table["的"] < table["国家"] < table["光合作用"] <= table.missing
    path = cn.models.path_of("idf")  # type: ignore[attr-defined]
    assert path.stat().st_size < 1_500_000
    card = path.with_suffix(".md").read_text("utf-8")
    assert f"{len(table):,} words" in card
    assert f"{table.documents:,} documents" in card


def test_authors_keywords_are_found_better_than_by_jieba() -> None:
    path = shared_data("keywords", "csl", "dev.tsv")
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()][:300]
    gold = [set(row[2].split("_")) for row in rows]
    # jieba has 0.15 by TF-IDF and 0.11 by TextRank (benchmarks/bench_keywords.py).
    for extractor in (TfidfExtractor(), TextRankExtractor(), FrequencyExtractor()):
        found = extractor.extract_batch([row[1] for row in rows], 5)
        right = sum(len(set(words_of(own)) & keys) for own, keys in zip(found, gold, strict=True))
        total = sum(map(len, found)) + sum(map(len, gold))
        assert 2 * right / total > 0.185
