from datetime import datetime, timedelta

import pytest

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.errors import (
    IdempotencyConflictError,
    InvalidInputError,
    NotFoundError,
    ResultNotReadyError,
)
from shared.domain.idempotency import IdempotencyKey
from shared.domain.rescore import RescoreId, RescoreScope, Shown
from shared.domain.user import Caller
from shared.usecases.get_rescore import get_rescore
from shared.usecases.start_rescore import StartedRescore, Wanted, start_rescore
from tests.builders import NOON, TRACK
from tests.fakes.sample_world import ASSESSMENT, ESSAYS, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, UNKNOWN, a_key, put_status


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


def start(
    world: FakeWiring,
    scope: RescoreScope = RescoreScope.TRACK,
    subject: str = TRACK,
    *,
    since: datetime | None = None,
    caller: Caller | None = ADMIN,
    idempotency: IdempotencyKey | None = None,
) -> StartedRescore:
    return start_rescore(
        Wanted(scope=scope, subject=subject, since=since, is_dry_run=True, may_lower=True),
        caller,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def ensure_untouched(world: FakeWiring) -> None:
    state = world.store.state
    assert (state.rescores, state.rescore_items, state.audit, state.bindings) == ({}, {}, [], {})


@pytest.mark.parametrize(
    ("scope", "subject"),
    [
        (RescoreScope.TRACK, TRACK),
        (RescoreScope.ASSESSMENT, ASSESSMENT),
        (RescoreScope.QUESTION, ESSAYS[0]),
    ],
)
def test_it_takes_the_completed_assessments_in_scope(
    world: FakeWiring, scope: RescoreScope, subject: str
) -> None:
    started = start(world, scope, subject)

    assert (started.counts.total, started.counts.pending, started.is_replay) == (1, 1, False)
    assert list(world.store.state.rescore_items) == [(started.rescore.id, ASSESSMENT)]
    assert world.store.state.rescores == {started.rescore.id: started.rescore}


@pytest.mark.parametrize(
    ("caller", "actor"), [(ADMIN, ADMIN.user_id), (None, "operator")], ids=["admin", "operator"]
)
def test_it_is_audited(world: FakeWiring, caller: Caller | None, actor: str) -> None:
    started = start(world, since=NOON, caller=caller)

    (row,) = world.store.state.audit
    assert (row.actor, row.action, row.subject) == (actor, "rescore.started", started.rescore.id)
    assert started.rescore.requested_by == actor
    assert row.details == {
        "scope": "track",
        "subject": TRACK,
        "since": "2026-01-01T12:00:00+00:00",
        "dryRun": True,
        "allowLowering": True,
        "assessments": 1,
    }


def test_what_was_completed_before_is_left_out(world: FakeWiring) -> None:
    with pytest.raises(InvalidInputError, match="check the id, and since when") as refused:
        start(world, since=NOON + timedelta(seconds=1), idempotency=a_key())

    assert refused.value.pointer == "/trackId"
    ensure_untouched(world)


@pytest.mark.parametrize("scope", [RescoreScope.TRACK, RescoreScope.QUESTION])
def test_nothing_to_mark_is_refused(world: FakeWiring, scope: RescoreScope) -> None:
    with pytest.raises(InvalidInputError) as refused:
        start(world, scope, UNKNOWN)

    assert refused.value.pointer == f"/{scope}Id"
    ensure_untouched(world)


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        start(world, RescoreScope.ASSESSMENT, UNKNOWN, idempotency=a_key())

    ensure_untouched(world)


@pytest.mark.parametrize(
    "status", [s for s in AssessmentStatus if s is not AssessmentStatus.COMPLETED]
)
def test_an_assessment_that_is_not_completed_is_refused(
    world: FakeWiring, status: AssessmentStatus
) -> None:
    put_status(world, status)

    with pytest.raises(ResultNotReadyError):
        start(world, RescoreScope.ASSESSMENT, ASSESSMENT, idempotency=a_key())

    ensure_untouched(world)


def test_the_same_request_again_gets_the_same_rescore(world: FakeWiring) -> None:
    first = start(world, idempotency=a_key())

    again = start(world, idempotency=a_key())

    assert (again.rescore, again.is_replay) == (first.rescore, True)
    assert len(world.store.state.rescores) == len(world.store.state.audit) == 1
    with pytest.raises(IdempotencyConflictError):
        start(world, idempotency=a_key(request="request 2"))


def test_its_pages_end(world: FakeWiring) -> None:
    rescore = start(world).rescore

    page = get_rescore(rescore.id, shown=Shown.ALL, limit=1, after=None, store=world.store)

    assert ([i.assessment_id for i in page.items], page.next_cursor) == ([ASSESSMENT], None)
    after = AssessmentId(ASSESSMENT)
    page = get_rescore(rescore.id, shown=Shown.ALL, limit=1, after=after, store=world.store)
    assert page.items == ()
    with pytest.raises(NotFoundError):
        get_rescore(RescoreId(UNKNOWN), shown=Shown.ALL, limit=1, after=None, store=world.store)
