"""The outbox, on every store."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from shared.domain.analytics import AnalyticsEvent, Answered, Fact
from shared.domain.assessment import AssessmentId
from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import (
    FACTS,
    NOON,
    an_analytics_event,
    an_answered,
    an_event,
    an_id,
    later,
)


def append(store: Store, student: str, *, at: datetime = NOON) -> Event:
    with store.begin() as repositories:
        return repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED,
            UserId(student),
            {"assessmentId": "a", "scores": [1, 2.5, None]},
            event_id=EventId(an_id()),
            at=at,
        )


def unsent(store: Store, *, limit: int = 10) -> tuple[Event, ...]:
    with store.begin() as repositories:
        return repositories.outbox.unsent(limit=limit)


def test_an_event_comes_back_equal(store: Store) -> None:
    student = an_id()

    event = append(store, student)

    expected = an_event(
        id=event.id,
        student_id=student,
        data={"assessmentId": "a", "scores": [1, 2.5, None]},
    )
    assert event == expected
    assert unsent(store) == (event,)


def test_each_student_counts_from_one(store: Store) -> None:
    ada, alan = an_id(), an_id()

    sequences = [append(store, student).sequence for student in (ada, ada, alan, ada)]

    assert sequences == [1, 2, 1, 3]


def test_a_number_that_was_rolled_back_is_given_again(store: Store) -> None:
    student = UserId(an_id())
    with pytest.raises(RuntimeError), store.begin() as repositories:
        event_id = EventId(an_id())
        repositories.outbox.append(
            EventType.ASSESSMENT_FAILED, student, {}, event_id=event_id, at=NOON
        )
        raise RuntimeError

    assert append(store, student).sequence == 1


def test_unsent_events_come_oldest_first_whatever_the_senders_clocks_say(store: Store) -> None:
    student = an_id()
    events = tuple(append(store, student, at=later(-i)) for i in range(3))

    assert unsent(store) == events
    assert unsent(store, limit=2) == events[:2]


def test_what_was_sent_is_not_unsent(store: Store) -> None:
    first, second, third = (append(store, an_id()) for _ in range(3))

    with store.begin() as repositories:
        ids = iter([first.id, third.id, EventId(an_id())])
        repositories.outbox.mark_sent(ids, at=NOON)
        repositories.outbox.mark_sent([], at=NOON)

    assert unsent(store) == (second,)


def test_the_counter_goes_on_after_events_were_sent(store: Store) -> None:
    student = an_id()
    first = append(store, student)
    with store.begin() as repositories:
        repositories.outbox.mark_sent([first.id], at=NOON)

    assert append(store, student).sequence == 2


def append_facts(store: Store, assessment: str, *facts: Fact, ids: Sequence[str] = ()) -> None:
    with store.begin() as repositories:
        repositories.outbox.append_facts(
            AssessmentId(assessment),
            dict(zip(map(EventId, ids or [an_id() for _ in facts]), facts, strict=True)),
            at=NOON,
        )


def unsent_facts(store: Store, *, limit: int = 20) -> tuple[AnalyticsEvent, ...]:
    with store.begin() as repositories:
        return repositories.outbox.unsent_facts(limit=limit)


def test_facts_of_every_type_come_back_equal_in_order(store: Store) -> None:
    assessment, ids = an_id(), [an_id() for _ in FACTS]

    append_facts(store, assessment, *FACTS, ids=ids)

    assert unsent_facts(store) == tuple(
        an_analytics_event(id=event_id, assessment_id=assessment, sequence=sequence, fact=fact)
        for sequence, (event_id, fact) in enumerate(zip(ids, FACTS, strict=True), start=1)
    )
    assert unsent_facts(store, limit=2) == unsent_facts(store)[:2]


def test_each_assessment_counts_from_one(store: Store) -> None:
    one, other = an_id(), an_id()

    append_facts(store, one, *FACTS[:2])
    append_facts(store, other, FACTS[0])
    append_facts(store, one, FACTS[2])

    counted = [(event.assessment_id, event.sequence) for event in unsent_facts(store)]
    assert counted == [(one, 1), (one, 2), (other, 1), (one, 3)]


def test_a_fact_that_is_there_already_takes_no_number(store: Store) -> None:
    assessment, first, second, third = an_id(), an_id(), an_id(), an_id()
    append_facts(store, assessment, an_answered(position=1), ids=[first])

    append_facts(store, assessment, an_answered(position=9), ids=[first])
    append_facts(store, assessment, an_answered(), an_answered(position=9), ids=[second, first])
    append_facts(store, assessment, an_answered(), ids=[third])
    append_facts(store, assessment)

    found = unsent_facts(store)
    assert [(event.id, event.sequence) for event in found] == [(first, 1), (second, 2), (third, 3)]
    assert isinstance(found[0].fact, Answered)
    assert found[0].fact.position == 1


def test_facts_take_no_number_of_a_student_and_are_no_events(store: Store) -> None:
    student, assessment = an_id(), an_id()
    first = append(store, student)
    append_facts(store, assessment, *FACTS)
    second = append(store, student)

    assert (first.sequence, second.sequence) == (1, 2)
    assert unsent(store) == (first, second)
    with store.begin() as repositories:
        assert repositories.deliveries.untold(UserId(student), since=NOON, through=9) == (
            first,
            second,
        )
        assert repositories.holdings.events(UserId(student)) == (first, second)


def test_facts_that_were_sent_are_not_unsent(store: Store) -> None:
    append_facts(store, an_id(), *FACTS)
    [first, *others] = unsent_facts(store)

    with store.begin() as repositories:
        repositories.outbox.mark_sent([first.id], at=NOON)

    assert unsent_facts(store) == tuple(others)


def test_facts_that_are_rolled_back_give_their_numbers_back(store: Store) -> None:
    assessment = AssessmentId(an_id())
    with pytest.raises(RuntimeError), store.begin() as repositories:
        repositories.outbox.append_facts(assessment, {EventId(an_id()): FACTS[0]}, at=NOON)
        raise RuntimeError

    append_facts(store, assessment, FACTS[1])

    assert [event.sequence for event in unsent_facts(store)] == [1]
