"""What the operator's dashboard counts, on every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.assessment import LIFETIME, AssessmentStatus
from shared.domain.consent import NOT_ASKED, AiScoring, Consent
from shared.domain.degraded import DegradedReason
from shared.domain.event import EventId, EventType
from shared.domain.job import JobKind, JobStatus
from shared.domain.operations import OutboxBacklog, ReviewBacklog, WebhookState, WorkState
from shared.domain.user import UserId
from shared.domain.webhook import DisabledReason
from shared.domain.webhook_delivery import DeliveryStatus
from shared.ports.store import Store
from tests.builders import (
    NOON,
    a_consent,
    a_degradation,
    a_delivery,
    a_job,
    a_message,
    a_webhook,
    an_id,
    later,
)
from tests.integration.stored import stored_assessment

GONE, FAILING = DisabledReason.GONE, DisabledReason.FAILING
DELIVERED, FAILED, PENDING = (
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.PENDING,
)
DAY = timedelta(hours=24)
ESSAY, SUMMARY = DegradedReason.ESSAY_SCORING_FALLBACK, DegradedReason.SUMMARY_FALLBACK


def work(store: Store) -> WorkState:
    with store.begin() as repositories:
        return repositories.operations.work(now=NOON, since=NOON - DAY)


def completed(
    store: Store,
    *,
    seconds: float,
    ago: timedelta = timedelta(),
    degraded: tuple[str, ...] = (),
    cause: str = "timeout",
    consent: Consent = NOT_ASKED,
) -> None:
    """Store an assessment that was submitted `seconds` before it was completed."""
    assessment, _ = stored_assessment(store, consent=consent)
    at = NOON - ago
    assessment = replace(
        assessment,
        status=AssessmentStatus.COMPLETED,
        submitted_at=at - timedelta(seconds=seconds),
        completed_at=at,
    )
    reasons = [
        a_degradation(DegradedReason(reason), question_id=str(n), cause=cause)
        for n, reason in enumerate(degraded)
    ]
    with store.begin() as repositories:
        repositories.assessments.save(assessment.degrade(*reasons))


def test_of_nothing_there_is_none(store: Store) -> None:
    found = work(store)

    assert (found.statuses, found.recent_statuses, found.failed_jobs) == ({}, {}, {})
    assert (found.completed.count, found.completed.degraded) == (0, 0)
    assert (found.completed.p50_seconds, found.completed.p95_seconds) == (None, None)
    assert found.completed.degraded_by_reason == {}
    assert found.completed.degraded_by_cause == {}
    assert found.outbox == OutboxBacklog(unsent=0, oldest_at=None)
    assert found.webhooks == WebhookState(enabled=0, disabled={}, pending=0, finished={})
    assert found.in_review == ReviewBacklog(waiting=0, oldest_at=None)


def test_assessments_are_counted_by_status_in_all_and_of_those_started_lately(
    store: Store,
) -> None:
    for status in (AssessmentStatus.IN_PROGRESS, AssessmentStatus.SCORING):
        stored_assessment(store, status=status, started_at=NOON - DAY)
    stored_assessment(store, status=AssessmentStatus.FAILED, started_at=later(-1) - DAY)

    found = work(store)

    assert found.statuses == {
        AssessmentStatus.IN_PROGRESS: 1,
        AssessmentStatus.SCORING: 1,
        AssessmentStatus.FAILED: 1,
    }
    assert found.recent_statuses == {
        AssessmentStatus.IN_PROGRESS: 1,
        AssessmentStatus.SCORING: 1,
    }


def test_an_open_assessment_whose_time_is_up_counts_as_expired(store: Store) -> None:
    stored_assessment(store, started_at=NOON - LIFETIME)
    stored_assessment(store, started_at=later(1) - LIFETIME)
    stored_assessment(store, status=AssessmentStatus.FAILED, started_at=NOON - LIFETIME)

    assert work(store).statuses == {
        AssessmentStatus.EXPIRED: 1,
        AssessmentStatus.IN_PROGRESS: 1,
        AssessmentStatus.FAILED: 1,
    }


def test_times_to_completion_are_percentiles_of_those_completed_lately(store: Store) -> None:
    for seconds in (4, 1, 2, 3, 11):
        completed(store, seconds=seconds)
    completed(store, seconds=1_000, ago=DAY + timedelta(seconds=1))

    found = work(store).completed

    assert (found.count, found.p50_seconds) == (5, 3.0)
    assert found.p95_seconds == pytest.approx(4 + 0.8 * 7)


def test_degraded_assessments_are_counted_once_under_each_of_their_reasons(store: Store) -> None:
    completed(store, seconds=1)
    completed(store, seconds=1, degraded=(ESSAY, ESSAY, SUMMARY))
    completed(store, seconds=1, degraded=(ESSAY,))
    completed(store, seconds=1, degraded=(SUMMARY,), ago=2 * DAY)

    found = work(store).completed

    assert (found.count, found.degraded) == (3, 2)
    assert found.degraded_by_reason == {ESSAY: 2, SUMMARY: 1}


def test_they_are_counted_by_cause_as_well(store: Store) -> None:
    completed(store, seconds=1)
    completed(store, seconds=1, degraded=(ESSAY, ESSAY, SUMMARY))
    completed(store, seconds=1, degraded=(ESSAY, SUMMARY), cause="over_budget")
    completed(store, seconds=1, degraded=(SUMMARY,), cause="over_budget")
    completed(store, seconds=1, degraded=(SUMMARY,), cause="refused", ago=2 * DAY)

    assert work(store).completed.degraded_by_cause == {"timeout": 1, "over_budget": 2}


def test_failed_jobs_are_those_that_fell_back_lately(store: Store) -> None:
    for kind, status, at in (
        (JobKind.SCORE_ESSAY, JobStatus.FELL_BACK, NOON - DAY),
        (JobKind.SCORE_ESSAY, JobStatus.FELL_BACK, NOON),
        (JobKind.FUSE_RESULTS, JobStatus.FELL_BACK, NOON),
        (JobKind.SCORE_ESSAY, JobStatus.FELL_BACK, later(-1) - DAY),
        (JobKind.SCORE_ESSAY, JobStatus.SUCCEEDED, NOON),
    ):
        assessment, _ = stored_assessment(store)
        job = a_job(assessment_id=assessment.id, kind=kind)
        with store.begin() as repositories:
            repositories.jobs.add([job])
            assert repositories.jobs.finish(job.id, attempt=0, status=status, output={}, now=at)

    assert work(store).failed_jobs == {JobKind.SCORE_ESSAY: 2, JobKind.FUSE_RESULTS: 1}


def test_the_backlog_is_what_was_not_sent(store: Store) -> None:
    ids = [EventId(an_id()) for _ in range(3)]
    with store.begin() as repositories:
        for event_id, seconds in zip(ids, (0, 5, 3), strict=True):
            repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED,
                UserId(an_id()),
                {},
                event_id=event_id,
                at=later(seconds),
            )
        repositories.outbox.mark_sent(ids[:1], at=later(9))

    assert work(store).outbox == OutboxBacklog(unsent=2, oldest_at=later(3))


def test_webhooks_are_counted_by_state_and_deliveries_by_their_end(store: Store) -> None:
    enabled = [a_webhook(), a_webhook()]
    disabled = [a_webhook(disabled=reason) for reason in (GONE, GONE, FAILING)]
    ends = [DELIVERED, DELIVERED, FAILED, PENDING]
    with store.begin() as repositories:
        for webhook in (*enabled, *disabled):
            repositories.webhooks.add(webhook)
        for status in ends:
            message = a_message()
            repositories.deliveries.add_message(message)
            repositories.deliveries.add([a_delivery(message, enabled[0], status=status)])
        old = a_message()
        repositories.deliveries.add_message(old)
        long_over = replace(
            a_delivery(old, enabled[1], status=FAILED),
            finished_at=NOON - DAY - timedelta(seconds=1),
        )
        repositories.deliveries.add([long_over])

    assert work(store).webhooks == WebhookState(
        enabled=2,
        disabled={GONE: 2, FAILING: 1},
        pending=1,
        finished={DELIVERED: 2, FAILED: 1},
    )


def test_what_people_read_is_counted_and_takes_no_part_in_the_times(store: Store) -> None:
    completed(store, seconds=86_400, consent=a_consent())
    completed(store, seconds=2, consent=a_consent(AiScoring.CONSENTED))
    completed(store, seconds=4)

    found = work(store).completed

    assert (found.count, found.read_by_people) == (3, 1)
    assert (found.p50_seconds, found.p95_seconds) == (3, pytest.approx(3.9))


def test_what_waits_for_people_is_as_old_as_its_oldest_submission(store: Store) -> None:
    for ago in (5, 90, 30):
        stored_assessment(store, status=AssessmentStatus.IN_REVIEW, submitted_at=later(-ago))
    stored_assessment(store, status=AssessmentStatus.SCORING, submitted_at=later(-600))

    found = work(store)

    assert found.in_review == ReviewBacklog(waiting=3, oldest_at=later(-90))
    assert found.statuses[AssessmentStatus.IN_REVIEW] == 3
