"""The outbox, on every store."""

from datetime import datetime

import pytest

from shared.domain.event import Event, EventId, EventType
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import NOON, an_event, an_id, later


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
