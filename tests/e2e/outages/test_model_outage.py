"""The model answers nothing but errors, and goes on to do so."""

from typing import Final

import pytest

from tests.e2e import marking
from tests.e2e.driver import Student
from tests.e2e.model import model_server
from tests.e2e.operations import Operator

OUTAGE: Final = {"retries_exhausted", "circuit_open"}
"""What an advisor may read as the cause when the provider is down."""


@pytest.mark.usefixtures("embedded_catalog")
def test_what_needs_the_model_falls_back_and_says_so(student: Student, operator: Operator) -> None:
    with model_server(operator) as model:
        model.behave("server_error", on="chat/completions")
        attempt, result = student.take()
        asked = len(model.requests)
        _, next_result = student.take()
        asked_again = len(model.requests) - asked

    causes = {(d["reason"], d["questionId"]): d["cause"] for d in result["degradedReasons"]}
    assert set(causes) == {
        *(("essay_scoring_fallback", question) for question in attempt.essays),
        ("summary_fallback", None),
    }
    assert set(causes.values()) <= OUTAGE
    assert result["degraded"] is True
    assert [e["scoredBy"]["engine"] for e in result["essayScores"]] == ["rubric"] * 3
    assert all(essay["score"] > 0 for essay in result["essayScores"]), "a fallback is no zero"
    assert result["overallScore"] == marking.overall(attempt, result)
    assert result["confidence"] <= 0.8
    # Embeddings work, so the choice is as good as ever.
    recommendation = result["recommendation"]
    assert 2 <= len(recommendation["items"]) <= 5
    assert recommendation["trace"]["embeddingModel"].startswith("text-embedding-3-small")
    assert recommendation["writtenBy"]["engine"] == "template"
    # By then the circuit was open: the next student waited for nothing that was known to be down.
    assert "circuit_open" in {d["cause"] for d in next_result["degradedReasons"]}
    assert asked_again < asked
    assert next_result["processingMs"] < result["processingMs"]
