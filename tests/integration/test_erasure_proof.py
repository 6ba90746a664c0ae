"""After erasure no column of any table holds what a person is called or has said.

A student goes all the way by the real use cases on PostgreSQL; then everything is read.
"""

from collections.abc import Mapping
from typing import Final

import pytest
import sqlalchemy as sa

from shared.adapters.postgres.personal import ACCOUNT, IMPERSONAL, OF_ASSESSMENT, OF_PERSON
from shared.adapters.postgres.store import PostgresStore
from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import AiScoring
from shared.domain.errors import DomainError, JobBusyError
from shared.domain.job import Job, JobKind
from shared.domain.level import Level
from shared.domain.user import UserId
from shared.usecases.save_responses import save_responses
from shared.usecases.start_assessment import start_assessment
from tests.builders import TRACK
from tests.integration.lives import Life, Somebody, ada, bystander
from tests.scanning import Place, places_of, said_in, wordy_columns

pytestmark = pytest.mark.integration

PERSONAL: Final = frozenset(
    (text.table.name, column)
    for text in (*OF_ASSESSMENT, *OF_PERSON, ACCOUNT)
    for column in text.columns
)


@pytest.fixture
def life(postgres_store: PostgresStore) -> Life:
    return Life(postgres_store)


def read(engine: sa.Engine) -> Mapping[Place, list[str]]:
    with engine.connect() as connection:
        return said_in(connection)


def words_about(engine: sa.Engine, somebody: Somebody) -> set[str]:
    """Return what the engines have said of somebody."""
    assessment = {"id": somebody.assessment_id}
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("""
                SELECT summary AS said FROM recommendations WHERE assessment_id = :id
                UNION SELECT why FROM recommendation_items i JOIN recommendations r
                    ON r.id = i.recommendation_id WHERE assessment_id = :id
                UNION SELECT query FROM rag_traces t JOIN recommendations r
                    ON r.id = t.recommendation_id WHERE assessment_id = :id
            """),
            assessment,
        )
        return {row.said for row in rows}


def test_every_column_that_can_hold_words_is_said_to_hold_whose(migrated: sa.Engine) -> None:
    """A new table's columns go to `personal.py`, or erasure would not know of them."""
    with migrated.connect() as connection:
        columns = wordy_columns(connection)
    impersonal = {(table, column) for table, names in IMPERSONAL.items() for column in names}

    wordless = {("users", "created_at")}
    assert columns == (PERSONAL - wordless) | impersonal
    assert not PERSONAL & impersonal


def test_after_erasure_nothing_tells_who_it_was_or_what_they_said(
    life: Life, engine: sa.Engine
) -> None:
    somebody, other = ada(life), bystander(life)
    life.take(somebody)
    life.take(other)
    said_of_them = words_about(engine, somebody)
    before = places_of(somebody.needles, read(engine))
    others_before = places_of(other.needles, read(engine))

    erased = life.erase(somebody)

    # It was there, in all the places where it may be and in no other.
    assert (
        {
            ("users", "name"),
            ("users", "email"),
            ("idempotency_keys", "scope"),
            ("idempotency_keys", "key"),
            ("assessment_responses", "answer_text"),
            ("essay_scores", "words"),
            ("accommodations", "reason"),
            ("recommendation_feedback", "comment"),
            ("recommendation_verdicts", "reason"),
        }
        <= before.keys()
        <= PERSONAL
    )
    assert set().union(*before.values()) == somebody.needles
    assert len(said_of_them) == 3
    # Now it is nowhere, and what is the other's is where it was.
    after = read(engine)
    assert places_of(somebody.needles, after) == {}
    assert places_of(other.needles, after) == others_before
    # The two got the same words: what is left of them is the other's.
    assert words_about(engine, somebody) == {None}
    with engine.connect() as connection:
        for text in OF_ASSESSMENT:
            theirs = text.owner == somebody.assessment_id
            query = sa.select(sa.func.count()).select_from(text.table)
            assert connection.scalar(query.where(theirs, text.is_filled())) == 0, text.table.name
    untouched = {table for table, count in erased.erasure.erased.items() if not count}
    assert untouched == {"review_leases", "webhook_deliveries", "webhook_events"}


def test_what_was_counted_is_still_counted(life: Life, engine: sa.Engine) -> None:
    somebody = ada(life)
    life.take(somebody)
    statistics = """
        SELECT a.track_id, a.status, a.degradations, p.overall_score, p.domain_breakdown,
            (SELECT sum(score) FROM rule_scores WHERE assessment_id = a.id) AS rules,
            (SELECT array_agg(row(score, criteria, flags, second_reading, engine))
             FROM essay_scores WHERE assessment_id = a.id)::text AS essays,
            (SELECT count(*) FROM assessment_question_snapshots WHERE assessment_id = a.id) AS asked
        FROM assessments a JOIN profiles p ON p.assessment_id = a.id
    """
    with engine.connect() as connection:
        before = connection.execute(sa.text(statistics)).all()

    life.erase(somebody)

    with engine.connect() as connection:
        assert connection.execute(sa.text(statistics)).all() == before
        kept = connection.execute(
            sa.text("SELECT student_id::text, count(*) FROM assessments GROUP BY 1")
        )
        [(pseudonym, number)] = kept
    assert number == 1
    # Neither in the audit log nor in an event nor anywhere else is the new id beside the old one.
    everything = [text for texts in read(engine).values() for text in texts]
    assert not any(pseudonym in text for text in everything)


@pytest.mark.parametrize("kind", JobKind)
def test_whatever_the_pipeline_is_at_it_ends_without_a_word(
    life: Life, engine: sa.Engine, kind: JobKind
) -> None:
    """The erasure comes when the worker has read the answers, and has not yet stored its own."""
    somebody = ada(life)
    life.submit(somebody)
    busy, later = split(life.jobs(somebody), kind, life)

    with pytest.raises(JobBusyError):
        life.run(busy, meanwhile=lambda: life.erase(somebody))
    for job in (busy, *later):  # delivered again, and the steps that follow
        life.run(job)
        assert life.world.tasks.completed[f"token of {job.id}"] == {}
    life.finish(somebody)

    assert places_of(somebody.needles, read(engine)) == {}
    with life.store.begin() as repositories:
        assert (
            repositories.assessments.get(somebody.assessment_id).status is AssessmentStatus.FAILED
        )
        jobs = repositories.jobs.of_assessment(somebody.assessment_id)
    assert {(job.is_done, job.output) for job in jobs} == {(True, None)}


def split(jobs: list[Job], kind: JobKind, life: Life) -> tuple[Job, list[Job]]:
    """Run the jobs before the first of this kind; return it and those that follow."""
    first = next(number for number, job in enumerate(jobs) if job.kind is kind)
    for job in jobs[:first]:
        life.run(job)
    return jobs[first], jobs[first + 1 :]


def test_a_token_that_is_still_good_opens_nothing_and_adds_nothing(
    life: Life, engine: sa.Engine
) -> None:
    """The authorizer may take a session for good for another minute."""
    somebody = ada(life)
    life.erase(somebody)

    for attempt in (
        lambda: start_assessment(
            TRACK,
            Level.INTERMEDIATE,
            somebody.caller,
            idempotency=None,
            store=life.store,
            ids=life.world.ids,
            clock=life.world.clock,
        ),
        lambda: save_responses(
            somebody.assessment_id, [], somebody.caller, store=life.store, clock=life.world.clock
        ),
        lambda: life.submit(somebody),
    ):
        with pytest.raises(DomainError, match=r"was erased|no assessment"):
            attempt()

    assert places_of(somebody.needles, read(engine)) == {}


def test_the_address_can_be_used_by_somebody_new(life: Life) -> None:
    first = ada(life)
    life.erase(first)

    assert ada(life).caller.user_id != UserId(first.caller.user_id)


def test_the_scan_would_find_it(life: Life, engine: sa.Engine) -> None:
    """In a table that nobody has thought of, within JSON, in arrays, folded and broken."""
    somebody = ada(life)
    life.erase(somebody)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE forgotten (a jsonb, b text[], c text)"))
            connection.execute(
                sa.text("INSERT INTO forgotten VALUES (CAST(:a AS jsonb), :b, :c)"),
                {
                    "a": '{"x": [{"ADALHEIDIS.L@example.org": 1}]}',
                    "b": ["she crossed\n out both lines OR"],
                    "c": "dear Løvelace-quux",
                },
            )

        found = places_of(somebody.needles, read(engine))
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE IF EXISTS forgotten"))

    assert {column for table, column in found if table == "forgotten"} == {"a", "b", "c"}


def test_what_people_were_reading_is_read_by_nobody_and_the_decisions_stay(
    life: Life, engine: sa.Engine
) -> None:
    somebody = ada(life)
    life.decline(somebody)
    life.submit(somebody)
    life.mark(somebody)

    life.erase(somebody)

    assert places_of(somebody.needles, read(engine)) == {}
    assert life.queue() == ()
    with life.store.begin() as repositories:
        assessment = repositories.assessments.get(somebody.assessment_id)
        decisions = repositories.assessments.consents(somebody.assessment_id)
    assert assessment.status is AssessmentStatus.FAILED
    assert [c.decision for c in decisions] == [AiScoring.CONSENTED, AiScoring.DECLINED]
    assert assessment.consent == decisions[-1]
