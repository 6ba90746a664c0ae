"""What operators read: how the work goes, and what it costs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.e2e.driver import Person, Student
from tests.e2e.operations import Operator


@pytest.fixture
def waiting(operator: Operator) -> Iterator[None]:
    """A message that nobody receives before the test is over, and its age as SQS would put it."""
    url = operator.outputs.stacks["assay-local-app"]["ScoringQueueUrl"]
    queues, name = operator.client("sqs"), url.rpartition("/")[2]
    queues.send_message(QueueUrl=url, MessageBody="{}", DelaySeconds=600)
    operator.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": name}],
                "Value": 42.0,
            }
        ],
    )
    yield
    queues.purge_queue(QueueUrl=url)


@pytest.mark.usefixtures("waiting")
def test_the_queues_are_shown_with_depth_and_age(admin: Person) -> None:
    found = admin.get("/dashboards/operations").expect(200)

    scoring, retrieval, fusion, webhooks = found["queues"]
    names = [queue["name"] for queue in found["queues"]]
    assert names == ["scoring", "retrieval", "fusion", "webhooks"]
    assert (scoring["delayed"], scoring["oldestSeconds"]) == (1, 42)
    # The bus may be telling webhooks of something: their own queue is not for a test to count.
    empty = (retrieval, fusion, *(q["deadLetters"] for q in (scoring, retrieval, webhooks)))
    for queue in empty:
        counts = (queue["waiting"], queue["inFlight"], queue["delayed"])
        assert (counts, queue["oldestSeconds"]) == ((0, 0, 0), None)


def test_a_completed_assessment_is_counted_and_timed(admin: Person, student: Student) -> None:
    before = admin.get("/dashboards/operations").expect(200)
    student.start()

    student.take()

    after = admin.get("/dashboards/operations").expect(200)
    for when in ("now", "recent"):
        counts = [found["assessments"][when] for found in (before, after)]
        grown = {status: counts[1][status] - n for status, n in counts[0].items()}
        assert grown == {
            "in_progress": 1,
            "scoring": 0,
            "in_review": 0,
            "completed": 1,
            "failed": 0,
            "expired": 0,
        }
    completed = after["completed"]
    assert completed["count"] == before["completed"]["count"] + 1
    assert 0 < completed["p50Seconds"] <= completed["p95Seconds"] < 120
    assert 0 <= completed["degraded"]["share"] <= 1


def test_an_incomplete_submission_is_counted_as_degraded(admin: Person, student: Student) -> None:
    before = admin.get("/dashboards/operations").expect(200)["completed"]
    attempt = student.start()
    student.post(f"{attempt.path}/submit", {"allowIncomplete": True}).expect(202)
    assert student.wait(attempt)["status"] == "completed"

    after = admin.get("/dashboards/operations").expect(200)["completed"]

    assert after["degraded"]["count"] == before["degraded"]["count"] + 1
    for found, more in ((before, 0), (after, 1)):
        by_reason = found["degradedByReason"]["incomplete_data"]["count"]
        assert by_reason == before["degradedByReason"]["incomplete_data"]["count"] + more
    assert after["degradedByReason"]["incomplete_data"]["share"] > 0


def test_a_job_that_fell_back_and_an_event_that_was_not_sent_are_seen(
    admin: Person, operator: Operator, student: Student
) -> None:
    before = admin.get("/dashboards/operations").expect(200)
    attempt, _ = student.take()
    job = "kind = 'fuse_results' AND assessment_id = :id"
    event = "data->>'assessmentId' = :id AND type = 'assessment.completed'"
    with operator.without_schedule():
        assert operator.change(
            f"UPDATE async_jobs SET status = 'fell_back' WHERE {job}",  # noqa: S608
            id=attempt.id,
        )
        assert operator.change(
            f"UPDATE outbox_events SET sent_at = NULL WHERE {event}",  # noqa: S608
            id=attempt.id,
        )
        after = admin.get("/dashboards/operations").expect(200)

    assert after["failedJobs"] == before["failedJobs"] | {
        "fuse_results": before["failedJobs"]["fuse_results"] + 1
    }
    assert after["outbox"]["unsent"] >= 1
    assert after["outbox"]["oldestSeconds"] > 0


@pytest.fixture
def used(operator: Operator, student: Student) -> Iterator[dict[str, str]]:
    """Three prompts of one assessment, a model with a price and one without."""
    attempt = student.start()
    at = datetime.now(UTC)
    for purpose, model in (
        ("score_essay", "gpt-5.4-nano"),
        ("score_essay", "gpt-5.4-nano"),
        ("summarize", "somebody-elses"),
    ):
        operator.change(
            "INSERT INTO model_usage"
            " (assessment_id, purpose, model, prompt_tokens, completion_tokens, at)"
            " VALUES (:id, :purpose, :model, 2000, 100, :at)",
            id=attempt.id,
            purpose=purpose,
            model=model,
            at=at,
        )
    yield {"track": attempt.started["trackId"], "day": at.date().isoformat()}
    operator.change("DELETE FROM model_usage WHERE assessment_id = :id", id=attempt.id)


def _of(found: Any, model: str) -> dict[str, Any]:
    (item,) = [i for i in found["items"] if i["model"] == model]
    return item


def test_tokens_and_cost_are_shown_by_track_day_purpose_and_model(
    admin: Person, used: dict[str, str]
) -> None:
    found = admin.get("/dashboards/usage").expect(200)

    priced, unpriced = _of(found, "gpt-5.4-nano"), _of(found, "somebody-elses")
    assert (priced["day"], priced["trackId"]) == (used["day"], used["track"])
    assert (priced["purpose"], priced["prompts"]) == ("score_essay", 2)
    assert (priced["promptTokens"], priced["completionTokens"]) == (4_000, 200)
    assert priced["cost"] == 0.00105
    assert (unpriced["purpose"], unpriced["cost"]) == ("summarize", None)
    assert found["total"]["cost"] is None
    assert "somebody-elses" in found["total"]["unpricedModels"]
    assert found["prices"]["models"]["gpt-5.4-nano"] == {"prompt": 0.2, "completion": 1.25}
    month = found["month"]
    assert month["budget"] == 10_000_000
    assert month["tokens"] >= 6_300


@pytest.mark.usefixtures("used")
def test_a_deployment_sets_its_own_prices(admin: Person, operator: Operator) -> None:
    prices = {
        "somebody-elses": {"prompt": 1, "completion": 10},
        "gpt-5.4-nano": {"prompt": 0, "completion": 0},
    }
    with operator.configured(["get_usage"], MODEL_PRICES=json.dumps(prices)):
        found = admin.get("/dashboards/usage").expect(200)

    assert _of(found, "somebody-elses")["cost"] == 0.003
    assert _of(found, "gpt-5.4-nano")["cost"] == 0


@pytest.mark.usefixtures("used")
def test_another_period_has_other_figures(admin: Person) -> None:
    found = admin.get("/dashboards/usage?since=2020-01-01&until=2020-12-31T23:59:59Z").expect(200)

    assert (found["items"], found["total"]["cost"]) == ([], 0)
    too_long = admin.get("/dashboards/usage?since=2020-01-01&until=2021-01-02")
    assert "366 days" in too_long.expect_problem(422, "invalid_input")["detail"]
