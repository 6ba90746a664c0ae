from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.domain.analytics import Completed
from shared.domain.assessment import Assessment, AssessmentStatus
from shared.domain.degraded import DegradedReason
from shared.domain.errors import NotFoundError
from shared.domain.event import Event, EventId, EventType
from shared.domain.job import JobId
from shared.domain.metrics import Metric
from shared.domain.recommendation import Recommendation, RecommendationItem, Source
from shared.domain.scoring import Band, DomainScore
from shared.usecases.finish_assessment import finish_assessment
from tests.builders import (
    NOON,
    TRACK,
    a_credential,
    a_degradation,
    an_analytics_event,
    an_assessment,
)
from tests.fakes.metrics import Measured
from tests.fakes.sample_world import (
    ASSESSMENT,
    FUSION_JOB,
    RETRIEVAL_JOB,
    STUDENT,
    Stage,
    world_at,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import UNKNOWN, put_output, put_status


@pytest.fixture
def world() -> FakeWiring:
    """All jobs are done."""
    return world_at(Stage.FUSED)


def finish(world: FakeWiring) -> None:
    finish_assessment(
        ASSESSMENT, store=world.store, ids=world.ids, clock=world.clock, metrics=world.metrics
    )


def finished(world: FakeWiring) -> Assessment:
    finish(world)
    return world.store.state.assessments[ASSESSMENT]


def degrade(world: FakeWiring, *reasons: DegradedReason) -> None:
    """Add a degradation of each kind, to a question of its own."""
    degradations = [a_degradation(r, question_id=str(n)) for n, r in enumerate(reasons)]
    with world.store.begin() as repositories:
        repositories.assessments.save(
            repositories.assessments.get(ASSESSMENT).degrade(*degradations)
        )


def events(world: FakeWiring) -> Sequence[Event]:
    return list(world.store.state.outbox.values())


def recommendation(world: FakeWiring) -> Recommendation:
    return world.store.state.recommendations[ASSESSMENT]


def test_the_assessment_is_completed(world: FakeWiring) -> None:
    completed = finished(world)

    assert completed.status is AssessmentStatus.COMPLETED
    assert completed.completed_at == NOON


def test_the_profile_combines_all_scores(world: FakeWiring) -> None:
    finish(world)

    profile = world.store.state.profiles[ASSESSMENT]
    assert (profile.overall_score, profile.band) == (37, Band.FOUNDATION)
    assert profile.domain_breakdown == (
        DomainScore(domain="backend.databases", score=37, questions=6),
    )
    assert profile.confidence == 1.0


def test_what_was_degraded_lowers_the_confidence(world: FakeWiring) -> None:
    degrade(world, DegradedReason.ESSAY_SCORING_FALLBACK)

    finish(world)

    assert world.store.state.profiles[ASSESSMENT].confidence == 0.8


def test_the_recommendation_joins_what_was_found_and_what_is_said_of_it(
    world: FakeWiring,
) -> None:
    finish(world)

    [entry] = world.store.state.credentials.values()
    stored = recommendation(world)
    assert stored.items == (
        RecommendationItem(
            rank=1,
            credential=entry.credential,
            score=0.8,
            vector_similarity=0.7,
            text_score=0.4,
            why="It closes your gap in transactions.",
            sources=(Source(field="outcomes", snippet="Design a schema.", similarity=0.7),),
        ),
    )
    assert stored.id
    assert stored.summary == "You know databases; learn to design APIs next."
    assert stored.provenance.prompt_version == "summarize.v1"
    assert (stored.trace.query, stored.trace.candidates) == ("Learn transactions.", 1)
    assert (stored.assessment_id, stored.created_at) == (ASSESSMENT, NOON)


def test_a_credential_is_recommended_as_it_is_now(world: FakeWiring) -> None:
    [entry] = world.store.state.credentials.values()
    finish(world)
    with world.store.begin() as repositories:
        repositories.credentials.put(replace(entry.credential, title="Edited"), content_hash="2")

    assert recommendation(world).items[0].credential == entry.credential


def test_items_keep_the_order_of_their_ranks(world: FakeWiring) -> None:
    put_items(world, [a_credential(title=title).title for title in ("C", "A", "B")])

    finish(world)

    assert [(i.rank, i.credential.title) for i in recommendation(world).items] == [
        (1, "C"),
        (2, "A"),
        (3, "B"),
    ]


def put_items(world: FakeWiring, titles: Sequence[str]) -> None:
    """Let retrieval have found a new credential of each title, and fusion a reason for each."""
    credentials = [a_credential(title=title) for title in titles]
    with world.store.begin() as repositories:
        for credential in credentials:
            repositories.credentials.put(credential, content_hash="1")
    retrieval = dict(world.store.state.jobs[RETRIEVAL_JOB].output or {})
    summary = dict(world.store.state.jobs[FUSION_JOB].output or {})
    [item] = retrieval["items"]
    items = [
        item | {"rank": rank, "credential_id": c.id} for rank, c in enumerate(credentials, start=1)
    ]
    put_output(world, RETRIEVAL_JOB, retrieval | {"items": items})
    put_output(world, FUSION_JOB, summary | {"why": {c.id: c.title for c in credentials}})


def test_when_nothing_fits_the_recommendation_is_empty_but_there(world: FakeWiring) -> None:
    put_items(world, [])

    finish(world)

    assert recommendation(world).items == ()
    assert recommendation(world).summary


def test_the_world_is_told_ids_and_numbers(world: FakeWiring) -> None:
    finish(world)

    [event] = events(world)
    assert event.id
    assert event.type is EventType.ASSESSMENT_COMPLETED
    assert (event.student_id, event.sequence, event.occurred_at) == (STUDENT, 1, NOON)
    assert event.data == {
        "assessmentId": ASSESSMENT,
        "trackId": TRACK,
        "overallScore": 37,
        "band": "foundation",
        "degradedReasons": [],
    }


def test_of_a_degraded_result_the_world_is_told_that_too(world: FakeWiring) -> None:
    degrade(
        world,
        DegradedReason.RETRIEVAL_FALLBACK,
        DegradedReason.ESSAY_SCORING_FALLBACK,
        DegradedReason.ESSAY_SCORING_FALLBACK,
    )

    finish(world)

    assert [e.type for e in events(world)] == [
        EventType.ASSESSMENT_COMPLETED,
        EventType.ASSESSMENT_DEGRADED,
    ]
    for event in events(world):
        assert event.data["degradedReasons"] == ["essay_scoring_fallback", "retrieval_fallback"]


def test_events_go_on_in_the_students_sequence_without_gaps(world: FakeWiring) -> None:
    degrade(world, DegradedReason.SUMMARY_FALLBACK)
    with world.store.begin() as repositories:
        for student in (STUDENT, an_assessment().student_id, STUDENT):
            repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED,
                student,
                {},
                event_id=EventId(world.ids.new()),
                at=NOON,
            )

    finish(world)

    assert [e.sequence for e in events(world) if e.student_id == STUDENT] == [1, 2, 3, 4]


def test_completions_are_counted_by_track(world: FakeWiring) -> None:
    finish(world)

    assert world.metrics.measured == [Measured(Metric.ASSESSMENTS_COMPLETED, 1, {"track": TRACK})]


def test_so_are_degraded_ones_once_each(world: FakeWiring) -> None:
    degrade(world, DegradedReason.SUMMARY_FALLBACK, DegradedReason.RETRIEVAL_FALLBACK)

    finish(world)

    assert world.metrics.measured == [
        Measured(Metric.ASSESSMENTS_COMPLETED, 1, {"track": TRACK}),
        Measured(Metric.ASSESSMENTS_DEGRADED, 1, {"track": TRACK}),
    ]


def test_finishing_again_changes_nothing(world: FakeWiring) -> None:
    finish(world)
    before = world.store.state.copy()

    finish(world)

    assert world.store.state == before
    assert len(world.metrics.measured) == 1


@pytest.mark.parametrize("status", [AssessmentStatus.IN_PROGRESS, AssessmentStatus.FAILED])
def test_what_is_not_being_scored_is_left_alone(
    world: FakeWiring, status: AssessmentStatus
) -> None:
    put_status(world, status)
    before = world.store.state.copy()

    finish(world)

    assert world.store.state == before
    assert world.metrics.measured == []


@pytest.mark.parametrize(
    ("job_id", "kind"),
    [(RETRIEVAL_JOB, "retrieve_credentials"), (FUSION_JOB, "fuse_results")],
)
def test_a_step_that_was_skipped_is_noticed_and_nothing_stored(
    world: FakeWiring, job_id: JobId, kind: str
) -> None:
    put_output(world, job_id, None)
    before = world.store.state.copy()

    with pytest.raises(LookupError, match=kind):
        finish(world)

    assert world.store.state == before
    assert world.metrics.measured == []


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        finish_assessment(
            UNKNOWN, store=world.store, ids=world.ids, clock=world.clock, metrics=world.metrics
        )


def test_a_warehouse_is_told_what_it_came_to_and_none_of_the_words(world: FakeWiring) -> None:
    degrade(world, DegradedReason.SUMMARY_FALLBACK, DegradedReason.SUMMARY_FALLBACK)

    completed = finished(world)
    finish(world)

    [event] = world.store.state.facts.values()
    assert event == an_analytics_event(
        id=event.id,
        assessment_id=ASSESSMENT,
        fact=Completed(
            track_id=completed.track_id,
            overall_score=37,
            band=Band.FOUNDATION,
            confidence=1.0,
            domains=(DomainScore(domain="backend.databases", score=37, questions=6),),
            degraded_reasons=(DegradedReason.SUMMARY_FALLBACK,),
            processing_ms=completed.processing_ms,
            recommendation_id=recommendation(world).id,
            credential_ids=tuple(item.credential.id for item in recommendation(world).items),
        ),
    )
