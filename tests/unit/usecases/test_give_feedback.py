from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.analytics import FeedbackGiven
from shared.domain.errors import (
    IdempotencyConflictError,
    NotFoundError,
    StoreUnavailableError,
    UnknownCredentialError,
)
from shared.domain.event import EventType
from shared.domain.feedback import Feedback, Rating
from shared.domain.idempotency import IdempotencyKey
from shared.domain.recommendation import CredentialId, RecommendationId
from shared.domain.user import Caller, Role
from shared.usecases.give_feedback import GivenFeedback, give_feedback
from tests.builders import NOON, TRACK, a_rating, an_id
from tests.fakes.sample_world import ASSESSMENT, RECOMMENDATION, STUDENT, Stage, world_at
from tests.fakes.store.records import FakeAuditRepository
from tests.fakes.store.state import AuditEntry, Binding
from tests.fakes.store.work import FakeOutboxRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADVISOR, OWNER, SOMEBODY_ELSE, a_caller, a_key, bound

COMMENT = "Just what I was looking for."


@pytest.fixture
def world() -> FakeWiring:
    return world_at(Stage.COMPLETED)


@pytest.fixture
def item(world: FakeWiring) -> CredentialId:
    return world.store.state.recommendations[ASSESSMENT].items[0].credential.id


def give(
    world: FakeWiring,
    rating: Rating | None = None,
    *,
    recommendation_id: RecommendationId = RECOMMENDATION,
    credential_id: CredentialId | None = None,
    caller: Caller = OWNER,
    idempotency: IdempotencyKey | None = None,
) -> GivenFeedback:
    return give_feedback(
        recommendation_id,
        credential_id,
        rating or a_rating(comment=COMMENT),
        caller,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def ensure_untouched(world: FakeWiring) -> None:
    state = world.store.state
    assert (state.feedback, state.outbox, state.audit, state.bindings) == ({}, {}, [], {})
    assert state.facts == {}


@pytest.mark.parametrize("caller", [OWNER, ADVISOR], ids=["owner", "advisor"])
def test_the_owner_and_any_advisor_give_feedback(world: FakeWiring, caller: Caller) -> None:
    given = give(world, caller=caller)

    feedback = Feedback(
        id=given.feedback.id,
        recommendation_id=RECOMMENDATION,
        credential_id=None,
        author_id=caller.user_id,
        author_role=caller.role,
        revision=1,
        rating=a_rating(comment=COMMENT),
        created_at=NOON,
    )
    assert given == GivenFeedback(feedback=feedback, is_replay=False)
    assert world.store.state.feedback == {feedback.id: feedback}


def test_an_item_has_feedback_of_its_own(world: FakeWiring, item: CredentialId) -> None:
    whole = give(world).feedback
    about_item = give(world, credential_id=item).feedback

    assert (whole.credential_id, about_item.credential_id) == (None, item)
    assert (whole.revision, about_item.revision) == (1, 1)


def test_a_second_one_replaces_the_first_and_both_are_kept(world: FakeWiring) -> None:
    first = give(world, a_rating(relevance=1)).feedback
    second = give(world, a_rating(relevance=5)).feedback

    assert (first.revision, second.revision) == (1, 2)
    assert list(world.store.state.feedback.values()) == [first, second]


def test_feedback_of_others_is_not_replaced(world: FakeWiring) -> None:
    colleague = a_caller(role=Role.ADVISOR)

    assert [give(world, caller=who).feedback.revision for who in (OWNER, ADVISOR, colleague)] == [
        1,
        1,
        1,
    ]


def test_somebody_elses_recommendation_looks_unknown(world: FakeWiring) -> None:
    unknown = RecommendationId(an_id())
    messages = []
    for recommendation_id in (RECOMMENDATION, unknown):
        with pytest.raises(NotFoundError) as refusal:
            give(world, recommendation_id=recommendation_id, caller=SOMEBODY_ELSE)
        messages.append(str(refusal.value).replace(recommendation_id, "…"))

    assert messages == ["no recommendation …"] * 2
    ensure_untouched(world)


def test_a_credential_that_was_not_recommended_is_refused(world: FakeWiring) -> None:
    with pytest.raises(UnknownCredentialError):
        give(world, credential_id=CredentialId(an_id()), idempotency=a_key())

    ensure_untouched(world)


def test_what_is_told_is_ids_numbers_and_the_role(world: FakeWiring, item: CredentialId) -> None:
    feedback = give(
        world, a_rating(relevance=2, fit=5, accepted=False), credential_id=item, caller=ADVISOR
    ).feedback

    (event,) = world.store.state.outbox.values()
    assert event.type is EventType.RECOMMENDATION_FEEDBACK
    assert event.type.value == "recommendation.feedback"
    assert (event.student_id, event.occurred_at) == (STUDENT, NOON)
    assert event.data == {
        "assessmentId": ASSESSMENT,
        "trackId": TRACK,
        "recommendationId": RECOMMENDATION,
        "feedbackId": feedback.id,
        "credentialId": item,
        "authorId": ADVISOR.user_id,
        "role": "advisor",
        "revision": 1,
        "relevance": 2,
        "fit": 5,
        "accepted": False,
    }


def test_every_feedback_is_told_in_its_turn(world: FakeWiring) -> None:
    given = [give(world, caller=who).feedback for who in (OWNER, ADVISOR, OWNER)]

    events = list(world.store.state.outbox.values())
    assert [e.data["feedbackId"] for e in events] == [f.id for f in given]
    assert [e.sequence for e in events] == [1, 2, 3]
    assert [e.data["revision"] for e in events] == [1, 1, 2]


def test_an_advisors_feedback_leaves_an_audit_row(world: FakeWiring, item: CredentialId) -> None:
    feedback = give(world, credential_id=item, caller=ADVISOR).feedback

    assert world.store.state.audit == [
        AuditEntry(
            number=1,
            actor=ADVISOR.user_id,
            action="feedback.given",
            subject=RECOMMENDATION,
            details={
                "feedbackId": feedback.id,
                "credentialId": item,
                "revision": 1,
                "relevance": 4,
                "fit": 3,
                "accepted": True,
            },
            at=NOON,
        )
    ]


def test_a_students_feedback_leaves_none(world: FakeWiring) -> None:
    give(world)

    assert world.store.state.audit == []


def test_the_comment_is_in_its_own_place_alone(world: FakeWiring) -> None:
    give(world, caller=ADVISOR)

    state = world.store.state
    assert COMMENT not in repr((state.outbox, state.audit, state.bindings))
    assert [f.rating.comment for f in state.feedback.values()] == [COMMENT]


@pytest.mark.parametrize("fails", ["outbox", "audit"])
def test_it_is_kept_told_and_audited_or_nothing_happens(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the database is away")

    repository = {"outbox": FakeOutboxRepository, "audit": FakeAuditRepository}[fails]
    monkeypatch.setattr(repository, "append", fail)

    with pytest.raises(StoreUnavailableError):
        give(world, caller=ADVISOR, idempotency=a_key())

    ensure_untouched(world)


def test_the_same_request_again_gets_the_first_feedback_again(world: FakeWiring) -> None:
    first = give(world, caller=ADVISOR, idempotency=a_key())
    world.clock.advance(timedelta(hours=1))

    again = give(world, caller=ADVISOR, idempotency=a_key())

    assert again == replace(first, is_replay=True)
    state = world.store.state
    assert (len(state.feedback), len(state.outbox), len(state.audit)) == (1, 1, 1)


def test_a_replay_is_the_first_answer_even_when_it_was_replaced(world: FakeWiring) -> None:
    first = give(world, idempotency=a_key())
    give(world, a_rating(relevance=1))

    assert give(world, idempotency=a_key()) == replace(first, is_replay=True)


def test_the_key_is_bound_to_the_feedback(world: FakeWiring) -> None:
    feedback = give(world, idempotency=a_key()).feedback

    assert world.store.state.bindings == {
        bound(a_key()): Binding(request_hash="request 1", resource_id=feedback.id, at=NOON)
    }


def test_the_same_key_with_another_request_conflicts(world: FakeWiring) -> None:
    give(world, idempotency=a_key())

    with pytest.raises(IdempotencyConflictError):
        give(world, idempotency=a_key(request="request 2"))

    assert len(world.store.state.feedback) == 1


def test_a_warehouse_is_told_the_marks_and_what_they_replace_and_not_by_whom(
    world: FakeWiring, item: CredentialId
) -> None:
    other = give(world, caller=OWNER, credential_id=item).feedback
    first = give(world, caller=ADVISOR, credential_id=item).feedback
    rating = a_rating(relevance=2, fit=5, accepted=False, comment=COMMENT)
    second = give(world, rating, caller=ADVISOR, credential_id=item).feedback

    facts = [event.fact for event in world.store.state.facts.values()]
    told = [fact for fact in facts if isinstance(fact, FeedbackGiven)]
    assert [(fact.feedback_id, fact.replaces_feedback_id) for fact in told] == [
        (other.id, None),
        (first.id, None),
        (second.id, first.id),
    ]
    assert told[-1] == FeedbackGiven(
        track_id=TRACK,
        feedback_id=second.id,
        replaces_feedback_id=first.id,
        recommendation_id=RECOMMENDATION,
        credential_id=item,
        role=Role.ADVISOR,
        relevance=2,
        fit=5,
        accepted=False,
    )
    assert {event.assessment_id for event in world.store.state.facts.values()} == {ASSESSMENT}
