"""The export holds all that the database holds of a person, and nothing of anybody else."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
import sqlalchemy as sa

from shared.adapters.postgres.personal import ACCOUNT, OF_ASSESSMENT, OF_PERSON
from shared.adapters.postgres.store import PostgresStore
from shared.api.schemas.export import ExportOut
from shared.usecases.export_me import export_me
from tests.builders import NOON
from tests.integration.lives import Life, Somebody, ada, bystander
from tests.scanning import texts

pytestmark = pytest.mark.integration

SECRET: Final = {("users", "password_hash")}
"""What is kept to tell that it is them, and is of use to nobody but a thief."""

WORDLESS: Final = {("profiles", "strengths"), ("users", "created_at")}
"""Ada is good at nothing yet; a time is compared by nobody here."""


@pytest.fixture
def life(postgres_store: PostgresStore) -> Life:
    return Life(postgres_store)


def exported(life: Life, somebody: Somebody) -> dict[str, Any]:
    holdings = export_me(somebody.caller, limit=10, after=None, store=life.store)
    body = ExportOut.build(holdings, now=NOON).model_dump(mode="json", by_alias=True)
    return json.loads(json.dumps(body))


def held(engine: sa.Engine, somebody: Somebody) -> Mapping[tuple[str, str], set[str]]:
    """Return every text in a personal column of this person, by table and column."""
    owners = {somebody.caller.user_id, somebody.assessment_id}
    found: dict[tuple[str, str], set[str]] = {}
    with engine.connect() as connection:
        for personal in (*OF_ASSESSMENT, *OF_PERSON, ACCOUNT):
            columns = [personal.table.c[name] for name in personal.columns]
            is_theirs = sa.cast(personal.owner, sa.Text).in_(owners)
            for column in columns:
                query = sa.select(sa.func.to_jsonb(column)).where(is_theirs)
                place = (personal.table.name, column.name)
                found[place] = {t for value in connection.scalars(query) for t in texts(value)}
    return found


def test_every_text_that_is_held_of_a_person_is_in_their_export(
    life: Life, engine: sa.Engine
) -> None:
    somebody, other = ada(life), bystander(life)
    life.take(somebody)
    life.take(other)
    everything = held(engine, somebody)

    body = exported(life, somebody)

    given = set(texts(body))
    for place, said in everything.items():
        if place in SECRET:
            continue
        assert said or place in WORDLESS, place
        # Names of fields are spelled in camel case there.
        missing = {text for text in said - given if not _is_field(text)}
        assert place in WORDLESS or not missing, place


def _is_field(text: str) -> bool:
    return text.isidentifier() and text.islower()


def test_nothing_of_anybody_else_and_no_secret_is_in_it(life: Life, engine: sa.Engine) -> None:
    somebody, other = ada(life), bystander(life)
    life.take(somebody)
    life.take(other)
    [password_hash] = held(engine, somebody)["users", "password_hash"]

    text = json.dumps(exported(life, somebody), ensure_ascii=False)

    assert all(needle in text for needle in (somebody.caller.user_id, somebody.assessment_id))
    with engine.connect() as connection:
        staff = connection.scalars(sa.text("SELECT id::text FROM users WHERE role <> 'student'"))
        foreigners = {*staff, other.caller.user_id, other.assessment_id, *other.needles}
    assert len(foreigners) > 6
    for foreign in foreigners:
        assert foreign not in text
    for secret in (password_hash, "correct horse battery"):
        assert secret not in text


def test_the_keys_of_questions_are_not_in_it(life: Life) -> None:
    somebody = ada(life)
    life.take(somebody)

    [assessment] = exported(life, somebody)["assessments"]

    for question in assessment["questions"]:
        assert not {"rubric", "weight", "skills", "correct"} & set(question)
        assert {key for option in question["options"] or () for key in option} <= {"id", "text"}
    assert len(assessment["questions"]) == 10
    assert all(question["version"] == 1 for question in assessment["questions"])


def test_it_has_every_part(life: Life) -> None:
    somebody = ada(life)
    life.take(somebody)

    body = exported(life, somebody)
    [assessment] = body["assessments"]

    counts = {name: len(part) for name, part in assessment.items() if isinstance(part, list)}
    assert counts == {
        "aiScoringDecisions": 1,
        "degradedReasons": 0,
        "questions": 10,
        "responses": 10,
        "ruleScores": 3,
        "essayScores": 4,
        "jobs": 5,
        "usage": 0,
        "feedback": 1,
        "verdicts": 1,
        "audit": 1,
    }
    assert assessment["essayScores"][0]["secondReading"]["scoredBy"]["engine"] == "rubric"
    assert assessment["profile"]["overallScore"] > 0
    assert assessment["recommendation"]["trace"]["query"]
    assert {job["kind"]: bool(job["output"]) for job in assessment["jobs"]} == {
        "score_essay": True,
        "retrieve_credentials": True,
        "fuse_results": True,
    }
    assert len(body["sessions"]) == 1
    assert body["idempotencyKeys"][0]["scope"] == body["account"]["email"]
    assert [event["type"] for event in body["events"]] == [
        "assessment.submitted",
        "assessment.completed",
        "recommendation.feedback",
        "recommendation.feedback",
        "result.corrected",
        "recommendation.feedback",
    ]
    assert [len(body[name]) for name in ("accommodations", "feedback")] == [1, 1]
