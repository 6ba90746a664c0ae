"""The model's provider answers nothing but errors."""

from typing import Final

from tests.e2e import marking
from tests.e2e.driver import Student
from tests.e2e.model import model_server
from tests.e2e.operations import Operator

OUTAGE: Final = {"retries_exhausted", "circuit_open"}
"""What an advisor may read as the cause when the provider is down."""


def test_everything_falls_back_and_says_so(student: Student, operator: Operator) -> None:
    with model_server(operator) as model:
        model.behave("server_error")
        attempt, result = student.take()
        asked = len(model.requests)
        _, next_result = student.take()
        asked_again = len(model.requests) - asked

    causes = {(d["reason"], d["questionId"]): d["cause"] for d in result["degradedReasons"]}
    assert set(causes) == {
        *(("essay_scoring_fallback", question) for question in attempt.essays),
        ("retrieval_fallback", None),
        ("summary_fallback", None),
    }
    assert set(causes.values()) <= OUTAGE
    assert result["degraded"] is True
    assert [e["scoredBy"]["engine"] for e in result["essayScores"]] == ["rubric"] * 3
    assert all(essay["score"] > 0 for essay in result["essayScores"]), "a fallback is no zero"
    assert result["overallScore"] == marking.overall(attempt, result)
    recommendation = result["recommendation"]
    assert 2 <= len(recommendation["items"]) <= 5
    assert recommendation["trace"]["embeddingModel"] is None
    assert recommendation["writtenBy"]["engine"] == "template"
    assert result["confidence"] <= 0.8
    # By then the circuit was open: the next student waited for nothing that was known to be down.
    assert "circuit_open" in {d["cause"] for d in next_result["degradedReasons"]}
    assert asked_again < asked
    assert next_result["processingMs"] < result["processingMs"]
