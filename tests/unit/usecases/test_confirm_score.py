from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import (
    IdempotencyConflictError,
    NotFoundError,
    ResultNotReadyError,
    ReviewLeasedError,
    ReviewNotNeededError,
    StoreUnavailableError,
)
from shared.domain.essay import EssayScoreId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Caller
from shared.ports.reviewed_essay import ReviewedEssay
from shared.usecases.confirm_score import confirm_score
from shared.usecases.lease_review import lease_review
from shared.usecases.list_reviews import list_reviews
from tests.builders import NOON, a_profile, an_id
from tests.fakes.sample_world import ASSESSMENT, ESSAY_SCORES, ESSAYS, Stage, world_at
from tests.fakes.store.records import FakeAuditRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, ADVISOR, a_key, put_doubt, put_status

FIRST = ESSAY_SCORES[0]


@pytest.fixture
def world() -> FakeWiring:
    world = world_at(Stage.COMPLETED)
    put_doubt(world, flags=("engines_disagree",))
    return world


def confirm(
    world: FakeWiring,
    essay_score_id: EssayScoreId = FIRST,
    *,
    caller: Caller = ADVISOR,
    idempotency: IdempotencyKey | None = None,
) -> ReviewedEssay:
    return confirm_score(
        essay_score_id,
        caller,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def waiting(world: FakeWiring) -> list[EssayScoreId]:
    page = list_reviews(limit=20, after=None, store=world.store, clock=world.clock)
    return [review.score.id for review in page.items]


def test_the_marks_stand_as_a_persons_and_the_essay_leaves_the_queue(world: FakeWiring) -> None:
    assert waiting(world) == [FIRST]
    before = world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 1]

    score = confirm(world).score

    assert (score.score, score.criteria, score.feedback) == (
        before.score,
        before.criteria,
        before.feedback,
    )
    assert (score.attempt, score.provenance.engine, score.needs_review) == (2, "person", False)
    assert world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 1] == before
    assert waiting(world) == []


def test_the_confidence_is_computed_anew(world: FakeWiring) -> None:
    confirm(world)

    assert world.store.state.profiles[ASSESSMENT].confidence == 1.0


def test_it_leaves_an_audit_row_and_no_event_since_no_mark_changed(world: FakeWiring) -> None:
    score = confirm(world).score

    (row,) = world.store.state.audit
    assert (row.actor, row.action, row.subject, row.at) == (
        ADVISOR.user_id,
        "essay.confirmed",
        ASSESSMENT,
        NOON,
    )
    assert row.details["essayScoreId"] == score.id
    assert row.details["before"]["criteria"] == row.details["after"]["criteria"]
    assert (row.details["before"]["confidence"], row.details["after"]["confidence"]) == (0.86, 1.0)
    assert world.store.state.outbox == {}


def test_it_is_not_confirmed_twice(world: FakeWiring) -> None:
    confirm(world)

    with pytest.raises(ReviewNotNeededError):
        confirm(world, idempotency=a_key())

    assert len(world.store.state.essay_scores) == 4
    assert world.store.state.bindings == {}


def test_what_is_in_no_doubt_is_not_confirmed(world: FakeWiring) -> None:
    with pytest.raises(ReviewNotNeededError):
        confirm(world, ESSAY_SCORES[1])

    assert len(world.store.state.essay_scores) == 3


def test_nobody_confirms_what_somebody_else_is_reviewing(world: FakeWiring) -> None:
    lease_review(FIRST, ADMIN, store=world.store, clock=world.clock)

    with pytest.raises(ReviewLeasedError):
        confirm(world)

    assert confirm(world, caller=ADMIN).score.attempt == 2
    assert world.store.state.leases == {}


def test_an_unknown_score_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        confirm(world, EssayScoreId(an_id()))


def test_an_assessment_that_is_not_completed_is_refused(world: FakeWiring) -> None:
    put_status(world, AssessmentStatus.SCORING)

    with pytest.raises(ResultNotReadyError):
        confirm(world)


def test_it_is_audited_or_nothing_happens(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the database is away")

    monkeypatch.setattr(FakeAuditRepository, "append", fail)

    with pytest.raises(StoreUnavailableError):
        confirm(world, idempotency=a_key())

    state = world.store.state
    assert (len(state.essay_scores), state.bindings) == (3, {})
    assert state.profiles == {ASSESSMENT: a_profile()}


def test_the_same_request_again_gets_the_first_score_again(world: FakeWiring) -> None:
    first = confirm(world, idempotency=a_key())
    world.clock.advance(timedelta(hours=1))

    assert confirm(world, idempotency=a_key()) == replace(first, is_replay=True)
    assert len(world.store.state.audit) == 1
    with pytest.raises(IdempotencyConflictError):
        confirm(world, idempotency=a_key(request="request 2"))
