"""What operators set going again, and what they see of it."""

import json
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.e2e.counting import ONCE, attempts_of_jobs, counted, ended_executions
from tests.e2e.driver import Person, Student
from tests.e2e.failing import failed_attempt
from tests.e2e.model import model_server
from tests.e2e.operations import WORKERS, Operator
from tests.e2e.polling import eventually

LOST: Final = "019b7a01-0000-7000-8000-00000000dead"


def test_a_failed_assessment_is_scored_again_and_nothing_twice(
    student: Student, admin: Person, operator: Operator
) -> None:
    attempt = failed_attempt(student, operator)
    scored = attempts_of_jobs(operator, attempt)
    student.post(f"{attempt.path}/complete", {}).expect_problem(409, "result_not_ready")

    key, path = uuid4().hex, f"/admin/assessments/{attempt.id}/retry"
    first, again = (admin.post(path, key=key) for _ in range(2))

    assert first.expect(202) == again.expect(202)
    assert first.body["statusUrl"].endswith(f"{attempt.id}/status")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert student.wait(attempt)["status"] == "completed"
    assert student.result(attempt)["degraded"] is False
    assert attempts_of_jobs(operator, attempt) == scored
    assert sorted(ended_executions(operator, attempt)) == ["FAILED", "SUCCEEDED"]
    assert counted(operator, attempt) == ONCE | {"executions": 2, "assessment.failed": 1}
    audited = admin.get(f"/admin/audit-logs?subject={attempt.id}").expect(200)["items"]
    assert [(e["actor"], e["action"]) for e in audited] == [(admin.id, "assessment.retried")]


def test_what_has_not_failed_is_not_retried(student: Student, admin: Person) -> None:
    attempt = student.start()
    path = f"/admin/assessments/{attempt.id}/retry"

    problem = admin.post(path).expect_problem(409, "assessment_not_failed")

    assert "its student" in problem["detail"]
    student.post(path).expect_problem(403, "forbidden")
    admin.post(f"/admin/assessments/{LOST}/retry").expect_problem(404, "not_found")


def test_dead_letters_go_back_and_do_no_harm(
    student: Student, admin: Person, operator: Operator
) -> None:
    """A job of a completed assessment, one of a failed one, and one that there is not."""
    done, _ = student.take()
    failed = failed_attempt(student, operator)
    operator.change(
        "UPDATE async_jobs SET status = 'queued', output = NULL, finished_at = NULL "
        "WHERE kind = 'fuse_results' AND assessment_id = :id",
        id=failed.id,
    )
    before = counted(operator, done), counted(operator, failed)
    rows = operator.rows("SELECT id, assessment_id FROM async_jobs WHERE kind = 'fuse_results'")
    jobs = {str(row["assessment_id"]): str(row["id"]) for row in rows}
    app = operator.outputs.stacks["assay-local-app"]
    queues = operator.client("sqs")
    with operator.not_consuming("fail_task"):
        for assessment, job in ((done.id, jobs[done.id]), (failed.id, jobs[failed.id])):
            queues.send_message(
                QueueUrl=app["FusionDeadLetterUrl"],
                MessageBody=json.dumps(
                    {"taskToken": uuid4().hex, "jobId": job, "assessmentId": assessment}
                ),
            )
        key = uuid4().hex
        first, again = (admin.post("/admin/queues/fusion/redrive", key=key) for _ in range(2))
        moved = first.expect(200)

    assert moved == {"queue": "fusion", "moved": 2, "waiting": 0, "inFlight": 0}
    assert again.expect(200) == moved
    assert again.headers["Idempotency-Replayed"] == "true"
    eventually(
        lambda: _depth(queues, app["FusionQueueUrl"]) == 0, at_most=30, what="an empty queue"
    )
    assert (counted(operator, done), counted(operator, failed)) == before
    (job,) = operator.rows(
        "SELECT status, attempt FROM async_jobs WHERE id = :id", id=jobs[failed.id]
    )
    assert job == {"status": "queued", "attempt": 1}
    student.post("/admin/queues/fusion/redrive").expect_problem(403, "forbidden")
    problem = admin.post("/admin/queues/essays/redrive").expect_problem(404, "not_found")
    assert "fusion" in problem["detail"]


def _depth(queues: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


@pytest.mark.usefixtures("embedded_catalog")
def test_a_spent_budget_degrades_and_everybody_can_see_why(
    student: Student, admin: Person, operator: Operator
) -> None:
    with model_server(operator) as model:
        _, scored = student.take()
        asked = len(model.requests)
        with (
            operator.configured(WORKERS, MONTHLY_TOKEN_BUDGET="1"),
            operator.configured(["get_usage"], MONTHLY_TOKEN_BUDGET="1"),
        ):
            attempt, result = student.take()
            month = admin.get("/dashboards/usage").expect(200)["month"]
        embedded = [r for r in model.requests[asked:] if r.endpoint == "embeddings"]
        assert len(embedded) == len(model.requests) - asked > 0, "no prompt, and the search goes on"

    assert scored["degraded"] is False
    causes = {(d["reason"], d["questionId"]): d["cause"] for d in result["degradedReasons"]}
    assert causes == {
        **{("essay_scoring_fallback", essay): "over_budget" for essay in attempt.essays},
        ("summary_fallback", None): "over_budget",
    }
    assert [e["scoredBy"]["engine"] for e in result["essayScores"]] == ["rubric"] * 3
    assert all(essay["score"] > 0 for essay in result["essayScores"])
    assert (month["budget"], month["left"]) == (1, 0)
    assert month["share"] > 1
    by_cause = admin.get("/dashboards/operations").expect(200)["completed"]["degradedByCause"]
    assert by_cause["over_budget"]["count"] >= 1
    items = admin.get("/dashboards/usage").expect(200)["items"]
    (searches,) = [i for i in items if i["purpose"] == "embed"]
    assert (searches["prompts"], searches["model"]) == (0, "text-embedding-3-small")
    assert searches["promptTokens"] > 0
    assert max(item["budgetShare"] for item in items) > 0


def test_the_figures_of_the_day_are_taken_and_shown(
    student: Student, admin: Person, operator: Operator
) -> None:
    days = "/dashboards/trends?by=day&trackId=backend-engineer"
    student.take()

    assert operator.invoke("snapshot_metrics", {})["periods"] >= 2
    (*_, before) = admin.get(days).expect(200)["items"]
    student.take()
    operator.invoke("snapshot_metrics", {})
    after = admin.get(days).expect(200)

    (*_, today) = after["items"]
    assert today["start"] == before["start"]
    assert (today["completed"], today["final"]) == (before["completed"] + 1, False)
    assert 0 < today["p50Seconds"] < 120
    months = admin.get("/dashboards/trends").expect(200)["items"]
    assert months[-1]["completed"] >= today["completed"]
    rules = operator.client("events").list_rules()["Rules"]
    assert "rate(1 hour)" in {rule.get("ScheduleExpression") for rule in rules}
