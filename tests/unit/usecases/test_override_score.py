from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.errors import (
    IdempotencyConflictError,
    InvalidInputError,
    NotFoundError,
    ResultNotReadyError,
    ReviewLeasedError,
    StoreUnavailableError,
)
from shared.domain.event import EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.question import CriterionName, QuestionId
from shared.domain.review import REVIEWABLE, OverriddenMark
from shared.domain.user import Caller
from shared.ports.reviewed_essay import ReviewedEssay
from shared.usecases.get_result import get_result
from shared.usecases.lease_review import lease_review
from shared.usecases.list_reviews import list_reviews
from shared.usecases.override_score import override_score
from tests.builders import NOON, TRACK, a_profile
from tests.fakes.sample_world import (
    ASSESSMENT,
    ESSAY_SCORES,
    ESSAYS,
    FIRST_QUESTION,
    STUDENT,
    Stage,
    world_at,
)
from tests.fakes.store.assessments import FakeAssessmentRepository
from tests.fakes.store.records import FakeAuditRepository
from tests.fakes.store.work import FakeOutboxRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADMIN,
    ADVISOR,
    OWNER,
    UNKNOWN,
    a_key,
    put_doubt,
    put_status,
)

REASON = "Isolation is not what the answer says it is."
ACCURACY_2 = OverriddenMark(name=CriterionName.ACCURACY, score=2, reason=REASON)


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


def put_marks(
    world: FakeWiring,
    marks: Sequence[OverriddenMark] = (ACCURACY_2,),
    *,
    assessment_id: AssessmentId = ASSESSMENT,
    question_id: QuestionId = ESSAYS[0],
    caller: Caller = ADVISOR,
    idempotency: IdempotencyKey | None = None,
) -> ReviewedEssay:
    return override_score(
        assessment_id,
        question_id,
        marks,
        caller,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
        metrics=world.metrics,
        summarizer=world.offline_summarizer,
    )


def ensure_untouched(world: FakeWiring) -> None:
    state = world.store.state
    assert (state.outbox, state.audit, state.bindings) == ({}, [], {})
    assert [s.attempt for s in state.essay_scores.values()] == [1, 1, 1]
    assert state.profiles == {ASSESSMENT: a_profile()}


@pytest.mark.parametrize("caller", [ADVISOR, ADMIN], ids=["advisor", "admin"])
def test_a_persons_score_is_the_next_one_and_both_are_kept(
    world: FakeWiring, caller: Caller
) -> None:
    reviewed = put_marks(world, caller=caller)

    state = world.store.state
    assert not reviewed.is_replay
    assert (reviewed.score.attempt, reviewed.score.provenance.engine) == (2, "person")
    assert reviewed.score.score == 5  # 0.5 · 2 + 0.25 · 8 + 0.25 · 8
    assert state.essay_scores[ASSESSMENT, ESSAYS[0], 2] == reviewed.score
    assert state.essay_scores[ASSESSMENT, ESSAYS[0], 1].id == ESSAY_SCORES[0]


def test_the_profile_is_computed_anew(world: FakeWiring) -> None:
    put_marks(world)

    profile = world.store.state.profiles[ASSESSMENT]
    # Three wrong answers, and essays of 5, 7.3 and 7.3 of ten.
    assert (profile.overall_score, profile.band.value, profile.confidence) == (
        33,
        "foundation",
        1.0,
    )
    assert [(d.domain, d.score) for d in profile.domain_breakdown] == [("backend.databases", 33)]


def test_what_is_told_is_ids_numbers_and_bands(world: FakeWiring) -> None:
    score = put_marks(world).score

    (event,) = world.store.state.outbox.values()
    assert (event.type, event.type.value) == (EventType.RESULT_CORRECTED, "result.corrected")
    assert (event.student_id, event.occurred_at) == (STUDENT, NOON)
    assert event.data == {
        "assessmentId": ASSESSMENT,
        "trackId": TRACK,
        "questionId": ESSAYS[0],
        "essayScoreId": score.id,
        "attempt": 2,
        "before": {
            "score": 7.3,
            "overallScore": 72,
            "band": "proficient",
            "confidence": 0.86,
        },
        "after": {"score": 5, "overallScore": 33, "band": "foundation", "confidence": 1.0},
    }


def test_it_leaves_an_audit_row_with_before_and_after(world: FakeWiring) -> None:
    score = put_marks(world).score

    (row,) = world.store.state.audit
    assert (row.actor, row.action, row.subject, row.at) == (
        ADVISOR.user_id,
        "essay.overridden",
        ASSESSMENT,
        NOON,
    )
    assert row.details == {
        "questionId": ESSAYS[0],
        "essayScoreId": score.id,
        "attempt": 2,
        "before": {
            "score": 7.3,
            "criteria": {"clarity": 8, "accuracy": 8, "coherence": 8},
            "overallScore": 72,
            "band": "proficient",
            "confidence": 0.86,
        },
        "after": {
            "score": 5,
            "criteria": {"clarity": 8, "accuracy": 2, "coherence": 8},
            "overallScore": 33,
            "band": "foundation",
            "confidence": 1.0,
        },
    }


def test_the_reason_is_in_the_score_alone(world: FakeWiring) -> None:
    score = put_marks(world, idempotency=a_key()).score

    state = world.store.state
    assert REASON in repr(score)
    assert REASON not in repr((state.outbox, state.audit, state.bindings, state.profiles))


def test_a_reviewed_essay_leaves_the_queue_and_its_lease_ends(world: FakeWiring) -> None:
    doubtful = put_doubt(world)
    lease_review(doubtful.id, ADVISOR, store=world.store, clock=world.clock)

    put_marks(world)

    page = list_reviews(limit=20, after=None, store=world.store, clock=world.clock)
    assert (page.items, world.store.state.leases) == ((), {})


def test_nobody_overrides_what_somebody_else_is_reviewing(world: FakeWiring) -> None:
    doubtful = put_doubt(world)
    lease_review(doubtful.id, ADMIN, store=world.store, clock=world.clock)

    with pytest.raises(ReviewLeasedError):
        put_marks(world, idempotency=a_key())

    assert len(world.store.state.essay_scores) == 3
    assert world.store.state.bindings == {}
    world.clock.advance(timedelta(minutes=15))
    assert put_marks(world).score.attempt == 2


def test_an_essay_can_be_overridden_once_more(world: FakeWiring) -> None:
    put_marks(world)
    again = put_marks(world, [replace(ACCURACY_2, score=6)], caller=ADMIN).score

    assert (again.attempt, again.score) == (3, 7)
    assert [e.sequence for e in world.store.state.outbox.values()] == [1, 2]


def test_student_and_staff_see_the_earlier_marks(world: FakeWiring) -> None:
    put_marks(world)
    put_marks(world)

    for reader in (OWNER, ADVISOR):
        result = get_result(ASSESSMENT, reader, store=world.store)
        assert [s.provenance.engine for s in result.essay_scores] == ["person", "openai", "openai"]
        assert {q: [s.attempt for s in p] for q, p in result.previous.items()} == {
            ESSAYS[0]: [2, 1]
        }
        assert result.profile.overall_score == 33


def test_the_result_of_engines_alone_has_no_earlier_marks(world: FakeWiring) -> None:
    assert get_result(ASSESSMENT, OWNER, store=world.store).previous == {}


@pytest.mark.parametrize("status", sorted(set(AssessmentStatus) - REVIEWABLE))
def test_an_assessment_that_is_not_completed_is_refused(
    world: FakeWiring, status: AssessmentStatus
) -> None:
    put_status(world, status)

    with pytest.raises(ResultNotReadyError):
        put_marks(world, idempotency=a_key())

    ensure_untouched(world)


def test_what_is_unknown_is_not_found(world: FakeWiring) -> None:
    theoretical = QuestionId(f"019b7a01-0000-7000-8000-{FIRST_QUESTION:012x}")

    with pytest.raises(NotFoundError):
        put_marks(world, assessment_id=UNKNOWN)
    for question_id in (theoretical, QuestionId("nonsense")):
        with pytest.raises(NotFoundError, match="no essay"):
            put_marks(world, question_id=question_id, idempotency=a_key())

    ensure_untouched(world)


def test_a_mark_that_cannot_be_changes_nothing(world: FakeWiring) -> None:
    with pytest.raises(InvalidInputError):
        put_marks(world, [ACCURACY_2, ACCURACY_2], idempotency=a_key())

    ensure_untouched(world)


@pytest.mark.parametrize("fails", ["outbox", "audit", "profile"])
def test_all_of_it_happens_or_nothing(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the database is away")

    repository, method = {
        "outbox": (FakeOutboxRepository, "append"),
        "audit": (FakeAuditRepository, "append"),
        "profile": (FakeAssessmentRepository, "save_profile"),
    }[fails]
    monkeypatch.setattr(repository, method, fail)

    with pytest.raises(StoreUnavailableError):
        put_marks(world, idempotency=a_key())

    ensure_untouched(world)


def test_the_same_request_again_gets_the_first_score_again(world: FakeWiring) -> None:
    first = put_marks(world, idempotency=a_key())
    put_marks(world)

    again = put_marks(world, idempotency=a_key())

    assert again == replace(first, is_replay=True)
    state = world.store.state
    assert (len(state.essay_scores), len(state.outbox), len(state.audit)) == (5, 2, 2)


def test_the_same_key_with_another_request_conflicts(world: FakeWiring) -> None:
    put_marks(world, idempotency=a_key())

    with pytest.raises(IdempotencyConflictError):
        put_marks(world, idempotency=a_key(request="request 2"))
