from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import (
    IdempotencyConflictError,
    InvalidInputError,
    NotFoundError,
    StoreUnavailableError,
)
from shared.domain.event import EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.user import Caller
from shared.domain.verdict import ItemVerdict
from shared.usecases.give_verdict import GivenVerdict, give_verdict
from tests.builders import NOON, TRACK, an_id
from tests.fakes.sample_world import (
    ASSESSMENT,
    RECOMMENDATION,
    RECOMMENDED,
    STUDENT,
    Stage,
    world_at,
)
from tests.fakes.store.records import FakeAuditRepository
from tests.fakes.store.state import AuditEntry, Binding
from tests.fakes.store.work import FakeOutboxRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADMIN, ADVISOR, a_key, bound

REASON = "You hold this certificate already."


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


def give(
    world: FakeWiring,
    *,
    recommendation_id: RecommendationId = RECOMMENDATION,
    credential_id: CredentialId = RECOMMENDED,
    caller: Caller = ADVISOR,
    accepted: bool = False,
    reason: str | None = REASON,
    idempotency: IdempotencyKey | None = None,
) -> GivenVerdict:
    return give_verdict(
        recommendation_id,
        credential_id,
        caller,
        accepted=accepted,
        reason=reason,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def ensure_untouched(world: FakeWiring) -> None:
    state = world.store.state
    assert (state.verdicts, state.outbox, state.audit, state.bindings) == ({}, {}, [], {})


@pytest.mark.parametrize("caller", [ADVISOR, ADMIN], ids=["advisor", "admin"])
def test_staff_decide_on_an_item(world: FakeWiring, caller: Caller) -> None:
    given = give(world, caller=caller)

    verdict = ItemVerdict(
        id=given.verdict.id,
        recommendation_id=RECOMMENDATION,
        credential_id=RECOMMENDED,
        author_id=caller.user_id,
        author_role=caller.role,
        revision=1,
        accepted=False,
        reason=REASON,
        created_at=NOON,
    )
    assert given == GivenVerdict(verdict=verdict, is_replay=False)
    assert world.store.state.verdicts == {verdict.id: verdict}


def test_a_later_one_counts_whoever_gave_it_and_both_are_kept(world: FakeWiring) -> None:
    first = give(world).verdict
    second = give(world, caller=ADMIN, accepted=True, reason=None).verdict

    assert (first.revision, second.revision) == (1, 2)
    assert list(world.store.state.verdicts.values()) == [first, second]
    with world.store.begin() as repositories:
        assert repositories.verdicts.newest(RECOMMENDATION) == {RECOMMENDED: second}


@pytest.mark.parametrize("reason", [None, ""])
def test_a_rejection_needs_a_reason(world: FakeWiring, reason: str | None) -> None:
    with pytest.raises(InvalidInputError, match="needs a reason") as refusal:
        give(world, reason=reason, idempotency=a_key())

    assert refusal.value.pointer == "/reason"
    ensure_untouched(world)


@pytest.mark.parametrize(
    "unknown",
    [
        {"recommendation_id": RecommendationId(an_id())},
        {"credential_id": CredentialId(an_id())},
    ],
    ids=["recommendation", "item"],
)
def test_what_is_not_there_is_not_found(world: FakeWiring, unknown: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError):
        give(world, idempotency=a_key(), **unknown)

    ensure_untouched(world)


def test_what_is_told_is_ids_numbers_and_the_role(world: FakeWiring) -> None:
    verdict = give(world).verdict

    (event,) = world.store.state.outbox.values()
    assert event.type is EventType.RECOMMENDATION_FEEDBACK
    assert (event.student_id, event.occurred_at) == (STUDENT, NOON)
    assert event.data == {
        "assessmentId": ASSESSMENT,
        "trackId": TRACK,
        "recommendationId": RECOMMENDATION,
        "verdictId": verdict.id,
        "credentialId": RECOMMENDED,
        "authorId": ADVISOR.user_id,
        "role": "advisor",
        "revision": 1,
        "accepted": False,
    }


def test_it_leaves_an_audit_row_that_tells_what_it_replaces(world: FakeWiring) -> None:
    first = give(world).verdict
    second = give(world, caller=ADMIN, accepted=True).verdict

    assert world.store.state.audit == [
        AuditEntry(
            number=number,
            actor=verdict.author_id,
            action="verdict.given",
            subject=RECOMMENDATION,
            details={
                "verdictId": verdict.id,
                "credentialId": RECOMMENDED,
                "revision": number,
                "accepted": number == 2,
                "before": before,
            },
            at=NOON,
        )
        for number, verdict, before in ((1, first, None), (2, second, {"accepted": False}))
    ]


def test_the_reason_is_in_its_own_place_alone(world: FakeWiring) -> None:
    give(world, idempotency=a_key())

    state = world.store.state
    assert REASON not in repr((state.outbox, state.audit, state.bindings))
    assert [v.reason for v in state.verdicts.values()] == [REASON]


@pytest.mark.parametrize("fails", ["outbox", "audit"])
def test_it_is_kept_told_and_audited_or_nothing_happens(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the database is away")

    repository = {"outbox": FakeOutboxRepository, "audit": FakeAuditRepository}[fails]
    monkeypatch.setattr(repository, "append", fail)

    with pytest.raises(StoreUnavailableError):
        give(world, idempotency=a_key())

    ensure_untouched(world)


def test_the_same_request_again_gets_the_first_verdict_even_when_it_was_replaced(
    world: FakeWiring,
) -> None:
    first = give(world, idempotency=a_key())
    world.clock.advance(timedelta(hours=1))
    give(world, accepted=True)

    assert give(world, idempotency=a_key()) == replace(first, is_replay=True)
    state = world.store.state
    assert (len(state.verdicts), len(state.outbox), len(state.audit)) == (2, 2, 2)
    assert state.bindings == {
        bound(a_key()): Binding(request_hash="request 1", resource_id=first.verdict.id, at=NOON)
    }


def test_the_same_key_with_another_request_conflicts(world: FakeWiring) -> None:
    give(world, idempotency=a_key())

    with pytest.raises(IdempotencyConflictError):
        give(world, idempotency=a_key(request="request 2"))

    assert len(world.store.state.verdicts) == 1
