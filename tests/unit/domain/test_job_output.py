"""What one job hands on, another reads from the database: as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.essay import Provenance
from shared.domain.job_output import (
    read_retrieval,
    read_summary,
    retrieval_output,
    summary_output,
)
from shared.domain.recommendation import (
    CredentialId,
    RankedItem,
    Retrieval,
    Source,
    Summary,
    Trace,
    TracedCandidate,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
ids = st.uuids().map(str).map(CredentialId)
sources = st.builds(Source, field=st.text(), snippet=st.text(), similarity=numbers)
items = st.builds(
    RankedItem,
    rank=st.integers(1, 5),
    credential_id=ids,
    score=numbers,
    vector_similarity=st.none() | numbers,
    text_score=st.none() | numbers,
    closes=st.lists(st.text()).map(tuple),
    sources=st.lists(sources, max_size=2).map(tuple),
)
candidates = st.builds(
    TracedCandidate,
    rank=st.integers(1, 48),
    credential_id=ids,
    title=st.text(),
    relevance=numbers,
    vector_rank=st.none() | st.integers(1, 24),
    vector_similarity=st.none() | numbers,
    text_rank=st.none() | st.integers(1, 24),
    text_score=st.none() | numbers,
)
traces = st.builds(
    Trace,
    query=st.text(),
    embedding_model=st.none() | st.text(),
    candidates=st.integers(0, 48),
    filters=st.dictionaries(st.text(), st.text()),
    ranking=st.lists(candidates, max_size=3).map(tuple),
)
retrievals = st.builds(Retrieval, items=st.lists(items, max_size=5).map(tuple), trace=traces)
provenances = st.builds(
    Provenance,
    engine=st.text(),
    model=st.none() | st.text(),
    prompt_version=st.none() | st.text(),
    prompt_hash=st.none() | st.text(),
)
summaries = st.builds(
    Summary,
    text=st.text(),
    why=st.dictionaries(ids, st.text(), max_size=5),
    provenance=provenances,
)


def stored(output: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(output))


@given(retrievals)
def test_a_retrieval_comes_back_equal(retrieval: Retrieval) -> None:
    assert read_retrieval(stored(retrieval_output(retrieval))) == retrieval


def test_a_retrieval_of_before_the_ranking_was_kept_has_none() -> None:
    trace: Any = {"query": "q", "embedding_model": None, "candidates": 2, "filters": {}}

    assert read_retrieval({"items": [], "trace": trace}).trace == Trace(
        query="q", embedding_model=None, candidates=2, filters={}
    )


@given(summaries)
def test_a_summary_comes_back_equal(summary: Summary) -> None:
    assert read_summary(stored(summary_output(summary))) == summary
