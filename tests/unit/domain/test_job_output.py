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
traces = st.builds(
    Trace,
    query=st.text(),
    embedding_model=st.none() | st.text(),
    candidates=st.integers(0, 48),
    filters=st.dictionaries(st.text(), st.text()),
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


@given(summaries)
def test_a_summary_comes_back_equal(summary: Summary) -> None:
    assert read_summary(stored(summary_output(summary))) == summary
