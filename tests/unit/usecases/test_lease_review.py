from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import (
    NotFoundError,
    ResultNotReadyError,
    ReviewLeasedError,
    ReviewNotNeededError,
    StoreUnavailableError,
)
from shared.domain.essay import EssayScoreId
from shared.domain.review import Lease
from shared.domain.user import Caller
from shared.usecases.confirm_score import confirm_score
from shared.usecases.lease_review import lease_review
from shared.usecases.list_reviews import list_reviews
from tests.builders import NOON, an_id, later
from tests.fakes.sample_world import ASSESSMENT, ESSAY_SCORES, Stage, world_at
from tests.fakes.store.records import FakeAuditRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, ADVISOR, put_doubt, put_status

FIRST = ESSAY_SCORES[0]


@pytest.fixture
def world() -> FakeWiring:
    world = world_at(Stage.COMPLETED)
    put_doubt(world)
    return world


def take(world: FakeWiring, id: EssayScoreId = FIRST, *, caller: Caller = ADVISOR) -> Lease:
    return lease_review(id, caller, store=world.store, clock=world.clock)


def test_the_reviewer_has_fifteen_minutes(world: FakeWiring) -> None:
    lease = take(world)

    assert lease == Lease(
        essay_score_id=FIRST, holder_id=ADVISOR.user_id, until=NOON + timedelta(minutes=15)
    )
    assert world.store.state.leases == {FIRST: lease}


def test_nobody_else_gets_it_meanwhile(world: FakeWiring) -> None:
    take(world)
    world.clock.advance(timedelta(minutes=14))
    with pytest.raises(ReviewLeasedError) as refusal:
        take(world, caller=ADMIN)
    assert refusal.value.until == later(900)
    assert len(world.store.state.audit) == 1

    world.clock.advance(timedelta(minutes=1))
    assert take(world, caller=ADMIN).holder_id == ADMIN.user_id


def test_once_more_is_fifteen_minutes_from_then(world: FakeWiring) -> None:
    take(world)
    world.clock.advance(timedelta(minutes=10))

    assert take(world).until == later(25 * 60)


def test_it_leaves_an_audit_row(world: FakeWiring) -> None:
    take(world)

    (row,) = world.store.state.audit
    assert (row.actor, row.action, row.subject, row.at) == (
        ADVISOR.user_id,
        "essay.leased",
        FIRST,
        NOON,
    )
    assert row.details == {"assessmentId": ASSESSMENT, "until": "2026-01-01T12:15:00+00:00"}


def test_it_is_audited_or_not_taken(world: FakeWiring, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the database is away")

    monkeypatch.setattr(FakeAuditRepository, "append", fail)

    with pytest.raises(StoreUnavailableError):
        take(world)

    assert world.store.state.leases == {}


def test_what_need_not_be_reviewed_is_not_leased(world: FakeWiring) -> None:
    with pytest.raises(ReviewNotNeededError):
        take(world, ESSAY_SCORES[1])
    confirm_score(
        FIRST, ADVISOR, idempotency=None, store=world.store, ids=world.ids, clock=world.clock
    )
    with pytest.raises(ReviewNotNeededError, match="newer"):
        take(world)


def test_an_unknown_score_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        take(world, EssayScoreId(an_id()))


def test_an_assessment_that_is_not_completed_is_refused(world: FakeWiring) -> None:
    put_status(world, AssessmentStatus.SCORING)

    with pytest.raises(ResultNotReadyError):
        take(world)


def test_leased_essays_stay_in_the_queue_with_their_lease(world: FakeWiring) -> None:
    lease = take(world)

    def leases() -> list[Lease | None]:
        page = list_reviews(limit=20, after=None, store=world.store, clock=world.clock)
        return [review.lease for review in page.items]

    assert leases() == [lease]
    world.clock.advance(timedelta(minutes=15))
    assert leases() == [None]


def test_the_queue_comes_in_pages(world: FakeWiring) -> None:
    for number in (1, 2):
        put_doubt(world, number)

    first = list_reviews(limit=2, after=None, store=world.store, clock=world.clock)
    rest = list_reviews(limit=2, after=first.next_place, store=world.store, clock=world.clock)

    assert [r.score.id for r in (*first.items, *rest.items)] == list(ESSAY_SCORES)
    assert (first.next_place, rest.next_place) == (first.items[-1].place, None)
