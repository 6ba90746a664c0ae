"""Whatever breaks on the way of a submission, it gets to an end, and once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.e2e.counting import ONCE, attempts_of_jobs, counted, ended_executions
from tests.e2e.driver import Attempt, Student
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually

NOWHERE: Final = "postgresql+pg8000://postgres@/nowhere?unix_sock=/nonexistent/.s.PGSQL.5432"
NOBODY_LISTENS: Final = "http://127.0.0.1:9/v1"
HEARD_OF: Final = "retries_exhausted"
"""What a dead letter says; a state that nobody told of it ends as `States.Timeout`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Two assessments that were submitted while no scoring worker could handle a message."""

    plain: Attempt
    """Nobody noted that its pipeline had started."""
    without_essay_jobs: Attempt
    statuses: Mapping[str, Any]
    """The last one of each."""


@pytest.fixture(scope="module")
def outage(student: Student, operator: Operator) -> Outage:
    with operator.configured(["score_essay"], DATABASE_URL=NOWHERE):
        plain, without_essay_jobs = attempts = [student.answer_all() for _ in range(2)]
        for attempt in attempts:
            student.submit(attempt)
        operator.change(
            "DELETE FROM async_jobs WHERE kind = 'score_essay' AND assessment_id = :id",
            id=without_essay_jobs.id,
        )
        _forget_the_start(operator, plain)
        operator.invoke("reconcile", {})
        statuses = {attempt.id: student.wait(attempt) for attempt in attempts}
    return Outage(plain=plain, without_essay_jobs=without_essay_jobs, statuses=statuses)


def _forget_the_start(operator: Operator, attempt: Attempt) -> None:
    """Make it look as if the submission had crashed a while ago, before it noted the start."""
    operator.change(
        "UPDATE assessments SET pipeline_run = 0, pipeline_started_at = NULL, "
        "submitted_at = submitted_at - interval '40 seconds' WHERE id = :id",
        id=attempt.id,
    )


def test_what_can_never_be_handled_falls_back_without_waiting_for_a_timeout(
    student: Student, operator: Operator, outage: Outage
) -> None:
    assert outage.statuses[outage.plain.id]["status"] == "completed"

    result = student.result(outage.plain)
    causes = {(d["reason"], d["questionId"], d["cause"]) for d in result["degradedReasons"]}
    assert causes == {("essay_scoring_fallback", essay, HEARD_OF) for essay in outage.plain.essays}
    assert all(essay["score"] > 0 for essay in result["essayScores"])
    assert attempts_of_jobs(operator, outage.plain)["score_essay"] == [0, 0, 0]
    assert counted(operator, outage.plain) == ONCE | {"assessment.degraded": 1}


def test_what_not_even_a_fallback_can_do_fails_and_says_so(
    student: Student, operator: Operator, outage: Outage
) -> None:
    attempt = outage.without_essay_jobs

    status = outage.statuses[attempt.id]

    assert status["status"] == "failed"
    assert status["percent"] < 100
    assert "failed" in {stage["state"] for stage in status["stages"]}
    student.get(f"{attempt.path}/result").expect_problem(409, "result_not_ready")
    assert ended_executions(operator, attempt) == ["FAILED"]
    found = counted(operator, attempt)
    assert (found["assessment.failed"], found["profiles"]) == (1, 0)
    # Nothing that the student did is lost.
    assert len(student.get(attempt.path).expect(200)["responses"]) == 10


def test_a_start_that_was_not_noted_is_not_made_again(operator: Operator, outage: Outage) -> None:
    assert ended_executions(operator, outage.plain) == ["SUCCEEDED"]
    (row,) = operator.rows(
        "SELECT pipeline_run FROM assessments WHERE id = :id", id=outage.plain.id
    )
    assert row["pipeline_run"] == 1


def test_a_submission_that_died_before_it_started_anything_is_picked_up(
    student: Student, operator: Operator
) -> None:
    with operator.listening() as take, operator.without_schedule():
        attempt = student.answer_all()
        with operator.configured(
            ["submit_assessment"],
            STATE_MACHINE_ARN="arn:aws:states:us-east-1:000000000000:stateMachine:nowhere",
            EVENT_BUS_NAME="nowhere",
        ):
            submitted = student.submit(attempt)
        assert submitted["status"] == "scoring"
        assert operator.executions(attempt.id) == []
        # Its event is in the outbox, unless another assessment's end has sent it along already.

        # Too early: it might be about to start it.
        assert operator.invoke("reconcile", {})["started"] == 0
        assert _unsent(operator, attempt) == [], "events wait for nothing"
        _forget_the_start(operator, attempt)
        assert operator.invoke("reconcile", {})["started"] == 1
        assert operator.invoke("reconcile", {})["started"] == 0

        assert student.wait(attempt)["status"] == "completed"
        events = _events_of(attempt, take)
    assert ended_executions(operator, attempt) == ["SUCCEEDED"]
    assert counted(operator, attempt) == ONCE
    assert [event["detail-type"] for event in events] == [
        "assessment.submitted",
        "assessment.completed",
    ]
    first, last = (event["detail"] for event in events)
    assert last["sequence"] > first["sequence"]
    assert first["studentId"] == last["studentId"] == student.id
    assert first["data"] == {"assessmentId": attempt.id, "trackId": "backend-engineer"}
    assert last["data"]["overallScore"] == student.result(attempt)["overallScore"]


def _unsent(operator: Operator, attempt: Attempt) -> list[str]:
    rows = operator.rows(
        "SELECT type FROM outbox_events WHERE sent_at IS NULL AND data->>'assessmentId' = :id",
        id=attempt.id,
    )
    return [row["type"] for row in rows]


def _events_of(attempt: Attempt, take: Any) -> list[dict[str, Any]]:
    """Return what the bus delivered for this assessment, by sequence, each once."""
    came: dict[str, dict[str, Any]] = {}

    def both() -> bool:
        for event in take():
            if event["detail"]["data"]["assessmentId"] == attempt.id:
                came[event["detail"]["id"]] = event
        return len(came) >= 2

    eventually(both, at_most=20, what="two events on the bus")
    return sorted(came.values(), key=lambda event: event["detail"]["sequence"])


def test_an_execution_that_died_is_replaced_by_a_second_run(
    student: Student, operator: Operator
) -> None:
    with operator.without_schedule():
        attempt = student.answer_all()
        with operator.configured(["score_essay"], DATABASE_URL=NOWHERE):
            student.submit(attempt)
            (execution,) = operator.executions(attempt.id)
            operator.client("stepfunctions").stop_execution(
                executionArn=execution["executionArn"], error="killed", cause="by a test"
            )
        operator.change(
            "UPDATE assessments SET pipeline_started_at = pipeline_started_at - interval '1 hour'"
            " WHERE id = :id",
            id=attempt.id,
        )

        assert operator.invoke("reconcile", {})["started"] == 1

    assert student.wait(attempt)["status"] == "completed"
    assert sorted(ended_executions(operator, attempt)) == ["ABORTED", "SUCCEEDED"]
    assert counted(operator, attempt) == ONCE | {"executions": 2}
    assert student.result(attempt)["degraded"] is False


@pytest.mark.usefixtures("embedded_catalog")
def test_with_retrieval_down_the_embedded_engines_still_score(
    student: Student, operator: Operator
) -> None:
    with operator.configured(
        ["retrieve_credentials"], ENGINE="openai", OPENAI_BASE_URL=NOBODY_LISTENS
    ):
        _, result = student.take()

    (degraded,) = result["degradedReasons"]
    assert (degraded["reason"], degraded["questionId"]) == ("retrieval_fallback", None)
    assert degraded["cause"] in {HEARD_OF, "circuit_open"}
    assert [e["scoredBy"]["engine"] for e in result["essayScores"]] == ["rubric"] * 3
    assert 2 <= len(result["recommendation"]["items"]) <= 5
    assert result["recommendation"]["trace"]["embeddingModel"] is None


def test_while_the_database_is_away_callers_are_told_when_to_come_back(
    student: Student, operator: Operator
) -> None:
    attempt = student.answer_all()
    with operator.configured(["submit_assessment", "check_health"], DATABASE_URL=NOWHERE):
        for refused in (
            student.get("/health"),
            student.post(f"{attempt.path}/submit", {}, key=uuid4().hex),
        ):
            refused.expect_problem(503, "database_unavailable")
            assert int(refused.headers["retry-after"]) > 0

    student.submit(attempt)
