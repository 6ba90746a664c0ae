"""The analytics stream of whole journeys, as EventBridge is given it: nothing in it is anybody's.

Students go all the way by the real use cases on PostgreSQL; then every event is read.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shared.adapters.analytics_detail import write_detail
from shared.adapters.postgres.store import PostgresStore
from shared.domain.analytics import AnalyticsEvent, Completed, FactType
from shared.domain.errors import NotFoundError
from shared.domain.user import Role
from shared.usecases.publish_facts import publish_facts
from tests.event_schemas import faults
from tests.integration.lives import Life, Somebody, ada, bystander
from tests.scanning import places_of, texts

pytestmark = pytest.mark.integration

WHOLE = [
    FactType.STARTED,
    *[FactType.ANSWERED] * 10,
    FactType.SUBMITTED,
    FactType.COMPLETED,
    FactType.FEEDBACK,
    FactType.FEEDBACK,
]


@pytest.fixture
def life(postgres_store: PostgresStore) -> Life:
    return Life(postgres_store)


def published(life: Life) -> list[AnalyticsEvent]:
    publish_facts(store=life.store, bus=life.world.bus, clock=life.world.clock)
    return life.world.bus.facts


def details(events: Iterable[AnalyticsEvent]) -> list[dict[str, Any]]:
    return [json.loads(write_detail(event)) for event in events]


def said(events: Iterable[AnalyticsEvent]) -> list[str]:
    return [" ".join(text.casefold().split()) for text in texts(details(events))]


def people(life: Life) -> set[str]:
    """Return the ids of everybody, students and staff, and of their sessions."""
    with life.store.begin() as repositories:
        page = repositories.users.page_of(role=None, email=None, limit=100, after=None)
        sessions = [s.id for user in page.items for s in repositories.holdings.sessions(user.id)]
    assert {user.role for user in page.items} == set(Role)
    return {*(user.id for user in page.items), *sessions}


def events_of(somebody: Somebody, events: Iterable[AnalyticsEvent]) -> list[AnalyticsEvent]:
    return [event for event in events if event.assessment_id == somebody.assessment_id]


def test_a_whole_journey_is_told_by_the_documented_schemas_in_order(life: Life) -> None:
    somebody, other = ada(life), bystander(life)
    life.take(somebody)
    life.take(other)

    events = published(life)

    for who in (somebody, other):
        told = events_of(who, events)
        assert [event.type for event in told] == WHOLE
        assert [event.sequence for event in told] == list(range(1, len(WHOLE) + 1))
    assert len(events) == 2 * len(WHOLE)
    for event, detail in zip(events, details(events), strict=True):
        assert faults(event.type, detail) == []


def test_no_event_has_a_word_a_name_or_an_id_of_anybody(life: Life) -> None:
    somebody, other = ada(life), bystander(life)
    life.take(somebody)
    life.take(other)
    needles = somebody.needles | other.needles | people(life)
    assert len(needles) > 50

    events = published(life)

    assert places_of(needles, {("stream", "detail"): said(events)}) == {}


def test_the_scan_would_find_it(life: Life) -> None:
    somebody = ada(life)
    told = said(published(life))

    for leak in (somebody.caller.user_id, "she crossed out both lines OR", "Løvelace-quux"):
        found = places_of(
            somebody.needles | people_of(somebody), {("stream", "detail"): [*told, leak.casefold()]}
        )
        assert found


def people_of(somebody: Somebody) -> set[str]:
    return {somebody.caller.user_id, somebody.caller.session_id}


def test_other_events_of_the_journey_do_not_change_by_it(life: Life) -> None:
    """What webhooks and other rules are told has the numbers that it had, without gaps."""
    somebody = ada(life)
    life.take(somebody)
    published(life)

    theirs = [e for e in life.world.bus.published if e.student_id == somebody.caller.user_id]

    assert [event.sequence for event in theirs] == list(range(1, len(theirs) + 1))
    assert [event.type.value for event in theirs] == [
        "assessment.submitted",
        "assessment.completed",
        "recommendation.feedback",
        "recommendation.feedback",
        "result.corrected",
        "recommendation.feedback",
    ]


def test_after_an_erasure_what_was_told_leads_to_nobody(life: Life) -> None:
    """The same events may be sent, or kept, after it: they name an assessment that is nobody's."""
    somebody = ada(life)
    life.take(somebody)
    life.erase(somebody)

    events = published(life)

    assert [event.type for event in events] == WHOLE
    with life.store.begin() as repositories:
        owner = repositories.assessments.get(somebody.assessment_id).student_id
        with pytest.raises(NotFoundError):
            repositories.users.get(owner)
    assert owner != somebody.caller.user_id


def test_the_documented_query_counts_what_happened(life: Life, engine: sa.Engine) -> None:
    """Also when every event has come twice, and in no order."""
    somebody, other = ada(life), bystander(life)
    life.take(somebody)
    assert other
    life.speak_of(somebody, relevance=1)
    events = [
        {"detail-type": event.type, "detail": detail}
        for event, detail in zip(published(life), details(life.world.bus.facts), strict=True)
    ]
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
    tables, query = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)

    [completed] = [e.fact for e in life.world.bus.facts if isinstance(e.fact, Completed)]
    with engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL search_path TO pg_temp"))
        for statement in filter(str.strip, tables.split(";")):
            connection.execute(sa.text(statement.replace(":", "\\:")))
        for event in [*reversed(events), *events]:
            connection.execute(
                sa.text("INSERT INTO arrived VALUES (CAST(:event AS jsonb))"),
                {"event": json.dumps(event)},
            )
        [row] = connection.execute(sa.text(query.replace(":", "\\:"))).mappings()

    assert dict(row) == {
        "track": "backend-engineer",
        "started": 2,
        "answering": 2,
        "submitted": 1,
        "completed": 1,
        "mean_score": completed.overall_score,
        "mean_relevance": 2,
    }
