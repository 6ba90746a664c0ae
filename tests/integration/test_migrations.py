"""Migrations on a real server: up, down and up again, and the schema they end in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import TypeAdapter
from sqlalchemy.exc import ProgrammingError

from shared.adapters.postgres import engine as engine_module
from shared.adapters.postgres import migrations
from shared.adapters.postgres.migrations import LOCK, downgrade, upgrade
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.postgres.tables import metadata
from shared.domain.assessment import AssessmentStatus
from shared.domain.consent import NOT_ASKED
from shared.domain.question import Question
from shared.ports.store import Change
from tests.builders import NOON, a_consent, a_credential, a_theoretical_question
from tests.integration.conftest import NewDatabase, an_engine
from tests.integration.stored import stored_assessment

pytestmark = pytest.mark.integration

VERSIONS = Path(migrations.__file__).with_name("versions")
GUARDS = ("triggers", "functions")
"""What tables do not say of themselves."""

CATALOG = {
    "columns": """
        SELECT table_name, column_name, udt_name, is_nullable, column_default, is_identity,
            generation_expression
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """,
    "extensions": "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
}


def schema_of(engine: sa.Engine, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return everything the schema holds, but for Alembic's own table."""
    with engine.connect() as connection:
        return {
            kind: sorted(
                line
                for row in connection.execute(sa.text(query))
                if not (line := " | ".join(map(str, row))).startswith("alembic_version")
            )
            for kind, query in CATALOG.items()
            if kind not in without
        }


def test_up_down_and_up_again_end_where_they_began(new_database: NewDatabase) -> None:
    with new_database() as engine:
        empty = schema_of(engine)
        upgrade(engine)
        first = schema_of(engine)
        stored_assessment(PostgresStore(engine))
        downgrade(engine)
        assert schema_of(engine) == empty
        assert not any(chain(*empty.values()))

        upgrade(engine)
        assert schema_of(engine) == first
        stored_assessment(PostgresStore(engine))


def test_each_step_can_be_taken_back_alone(new_database: NewDatabase) -> None:
    with new_database() as engine:
        seen: list[dict[str, list[str]]] = []
        for _ in VERSIONS.glob("v*.py"):
            seen.append(schema_of(engine))
            upgrade(engine, "+1")
        with pytest.raises(Exception, match="Relative revision"):
            upgrade(engine, "+1")

        for before in reversed(seen):
            downgrade(engine, "-1")
            assert schema_of(engine) == before


def test_upgrading_what_is_up_to_date_does_nothing(migrated: sa.Engine) -> None:
    before = schema_of(migrated)

    upgrade(migrated)

    assert schema_of(migrated) == before


def test_two_deployments_can_upgrade_at_once(new_database: NewDatabase) -> None:
    with new_database() as engine, ThreadPoolExecutor(2) as pool:
        for upgraded in [pool.submit(upgrade, engine) for _ in range(2)]:
            upgraded.result(timeout=20)

        PostgresStore(engine).ping()
        assert schema_of(engine)["triggers"]


def test_an_upgrade_waits_for_its_turn_however_long(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_database() as engine, ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(engine_module, "READ_SECONDS", 0.5)
        impatient = an_engine(engine.url)
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            upgraded = pool.submit(upgrade, impatient)
            with pytest.raises(TimeoutError):
                upgraded.result(timeout=0.8)

        upgraded.result(timeout=20)
        impatient.dispose()


def test_an_upgrade_that_fails_leaves_nothing_behind(new_database: NewDatabase) -> None:
    with new_database() as engine:
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE audit_logs ()"))
        before = schema_of(engine)

        with pytest.raises(ProgrammingError):
            upgrade(engine)

        assert schema_of(engine) == before


def test_a_connection_is_patient_only_while_it_migrates(new_database: NewDatabase) -> None:
    with new_database() as engine:
        upgrade(engine)

        with engine.connect() as connection:
            assert connection.scalar(sa.text("SHOW statement_timeout")) == "10s"


def test_alembic_finds_no_difference_to_the_tables(migrated: sa.Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_tables_would_make_the_same_schema_to_the_last_constraint(
    migrated: sa.Engine, new_database: NewDatabase
) -> None:
    """Alembic compares neither checks nor partial indexes nor names of keys."""
    with new_database() as engine:
        upgrade(engine)  # the extension and the functions that the tables rest on
        with engine.begin() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)

        made = schema_of(engine, without=GUARDS)

    assert made == schema_of(migrated, without=GUARDS)


def test_content_from_before_versions_is_the_seeds_first_version(
    new_database: NewDatabase,
) -> None:
    with new_database() as engine:
        upgrade(engine, "0012")
        with engine.begin() as connection:
            connection.execute(
                sa.text("""
                    INSERT INTO credential_catalog (id, slug, active, content_hash, text_hash,
                        title, provider, url, level, format, skills, tracks, description, outcomes)
                    VALUES (:id, 'old', true, 'seed', 'text', 'Old', 'P', 'https://p.edu',
                        'beginner', 'course', '{sql}', '{t}', 'D', '{O}')
                """),
                {"id": (credential := a_credential(slug="old")).id},
            )
            connection.execute(
                sa.text("INSERT INTO questions VALUES (:id, 'q', 't', true, 1, 'seed')"),
                {"id": (question := a_theoretical_question(slug="q", track_id="t")).id},
            )
            connection.execute(
                sa.text("INSERT INTO question_versions VALUES (:id, 1, 'seed', :body)"),
                {"id": question.id, "body": TypeAdapter(Question).dump_json(question).decode()},
            )

        upgrade(engine)

        with PostgresStore(engine).begin() as repositories:
            (first,) = repositories.catalog.versions(credential.id)
            assert (first.entry.credential.title, first.entry.content_hash) == ("Old", "seed")
            (asked,) = repositories.bank.versions(question.id)
            assert (asked.question, asked.changed_at) == (question, None)
            # The same seed again brings the source, which was not stored before.
            put = repositories.credentials.put
            sourced = replace(credential, source="provider page")
            assert put(sourced, content_hash="seed") is Change.UPDATED
            assert repositories.catalog.get(credential.id).credential == sourced
            assert put(sourced, content_hash="seed") is Change.UNCHANGED


def test_every_table_that_keeps_records_is_guarded(migrated: sa.Engine) -> None:
    guards = schema_of(migrated)["triggers"]

    assert [line.split(" | ")[0] for line in guards] == [
        "accommodations",
        "ai_scoring_decisions",
        "assessment_question_snapshots",
        "assessments",
        "assessments",
        "audit_anchors",
        "audit_anchors",
        "audit_logs",
        "credential_versions",
        "essay_scores",
        "question_versions",
        "rag_traces",
        "recommendation_feedback",
        "recommendation_items",
        "recommendation_verdicts",
        "recommendations",
        "role_catalog",  # one guard for changes of all but `is_current`, one against deletion
        "role_catalog",
        "rule_scores",
        "users",
    ]


def test_what_waits_for_people_fails_where_nobody_knows_of_it_and_nobody_was_asked_before(
    new_database: NewDatabase,
) -> None:
    with new_database() as engine:
        upgrade(engine)
        store = PostgresStore(engine)
        waiting, _ = stored_assessment(
            store, status=AssessmentStatus.IN_REVIEW, submitted_at=NOON, consent=a_consent()
        )

        downgrade(engine, "0018")
        with engine.connect() as connection:
            status = connection.scalar(sa.text("SELECT status FROM assessments"))
        upgrade(engine)

        assert status == "failed"
        with store.begin() as repositories:
            assert repositories.assessments.get(waiting.id).consent == NOT_ASKED
