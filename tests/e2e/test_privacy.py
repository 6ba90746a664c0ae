"""What a person can ask of their data: to see it, to change it, to have it erased."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4
from zipfile import ZipFile

import httpx
import jwt
import pytest
import sqlalchemy as sa

from local_stack.outputs import Outputs
from tests.e2e.driver import PASSWORD, Attempt, Client, Person, Reply, Student
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually
from tests.scanning import Place, places_of, said_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Essay:
    """Words that nobody has written before; `said` are pieces of them as engines may quote."""

    text: str
    said: tuple[str, ...]

    @classmethod
    def new(cls) -> Self:
        name = f"Eulalia-{uuid4().hex}"
        said = (
            f"My neighbour {name} keeps her goats",
            f"looks for {name}'s spotted one has to count every goat",
            f"{name} says, is a gate that either shuts on all goats",
        )
        text = (
            f"{said[0]} in a table without a single index. "
            f"Whoever {said[1]} in the whole valley. "
            f"A transaction, as {said[2]} or on none."
        )
        return cls(text=text, said=said)


def erase(person: Person, password: str = PASSWORD) -> Reply:
    return person.call("DELETE", "/me", {"password": password})


def read(outputs: Outputs) -> Mapping[Place, list[str]]:
    engine = sa.create_engine(outputs.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return said_in(connection)


def verified(nobody: Client, receipt: str) -> dict[str, Any]:
    """Return what a receipt says, if it is signed with a key of the public key set."""
    keys = jwt.PyJWKSet.from_dict(nobody.get("/.well-known/jwks.json").expect(200))
    key = keys[jwt.get_unverified_header(receipt)["kid"]]
    return jwt.decode(receipt, key, algorithms=["EdDSA"], issuer="assay-local")


def test_after_erasure_the_whole_database_knows_nothing_of_the_student(
    http: httpx.Client, nobody: Client, operator: Operator, outputs: Outputs
) -> None:
    student, essay = Student.register(http), Essay.new()
    attempt, _ = student.take(essay=essay.text)
    needles = [student.email, student.email.partition("@")[0], *essay.said]
    before = places_of(needles, read(outputs))

    with operator.listening() as take:
        receipt = erase(student).expect(200)
        told = eventually(
            lambda: [e for e in take() if e["detail-type"] == "user.erased"],
            at_most=20,
            what="user.erased on the bus",
        )

    assert {("users", "email"), ("assessment_responses", "answer_text")} <= before.keys()
    assert places_of(needles, read(outputs)) == {}
    claims = verified(nobody, receipt["receipt"])
    assert claims["sub"] == receipt["userId"] == student.id
    assert claims["erased"] == receipt["erased"]
    assert receipt["erased"]["assessment_responses"] == 10
    assert receipt["keptWithoutIdentity"] == {"assessments": 1}
    assert told[0]["detail"]["data"] == {"userId": student.id}
    _ensure_statistics_stay(operator, attempt)
    [audited] = operator.rows(
        "SELECT actor, action FROM audit_logs WHERE subject = :id", id=student.id
    )
    assert audited == {"actor": student.id, "action": "user.erased"}


def _ensure_statistics_stay(operator: Operator, attempt: Attempt) -> None:
    [row] = operator.rows(
        """
        SELECT status, overall_score, (SELECT count(*) FROM essay_scores s
            WHERE s.assessment_id = a.id AND s.score >= 0 AND s.words IS NULL) AS essays
        FROM assessments a JOIN profiles p ON p.assessment_id = a.id WHERE a.id = :id
        """,
        id=attempt.id,
    )
    assert (row["status"], row["essays"]) == ("completed", 3)
    assert row["overall_score"] > 0


def test_who_is_erased_cannot_come_back_in(http: httpx.Client, nobody: Client) -> None:
    student = Student.register(http)
    attempt = student.answer_all()

    erase(student).expect(200)

    login = {"email": student.email, "password": PASSWORD}
    nobody.post("/auth/login", login).expect_problem(401, "invalid_credentials")
    refresh = {"refreshToken": student.refresh_token}
    nobody.post("/auth/refresh", refresh).expect_problem(401, "unauthenticated")
    # The token may be taken for good for another minute: it must open and add nothing.
    assert student.get(attempt.path).status in {401, 404}
    assert student.post(f"{attempt.path}/submit", {}).status in {401, 404}
    assert student.post("/assessments/start", {"trackId": "backend-engineer"}).status == 401
    assert erase(student).status in {401, 404}
    again = {"email": student.email, "password": PASSWORD, "name": "Somebody New"}
    assert nobody.post("/auth/register", again).expect(201)["id"] != student.id


def test_a_submission_in_flight_ends_without_a_word(
    http: httpx.Client, operator: Operator, outputs: Outputs
) -> None:
    student, essay = Student.register(http), Essay.new()
    attempt = student.answer_all(essay=essay.text)
    student.submit(attempt)

    erase(student).expect(200)

    def ended() -> bool:
        states = {execution["status"] for execution in operator.executions(attempt.id)}
        return bool(states) and "RUNNING" not in states

    eventually(ended, at_most=60, what="end of the pipeline")
    assert places_of([student.email, *essay.said], read(outputs)) == {}
    [row] = operator.rows(
        """
        SELECT status, (SELECT count(*) FROM essay_scores s
            WHERE s.assessment_id = a.id AND s.words IS NOT NULL) AS words,
            (SELECT count(*) FROM async_jobs j
            WHERE j.assessment_id = a.id AND j.output IS NOT NULL) AS outputs
        FROM assessments a WHERE id = :id
        """,
        id=attempt.id,
    )
    assert row == {"status": row["status"], "words": 0, "outputs": 0}
    assert row["status"] in {"failed", "completed"}


def test_a_wrong_password_erases_nothing(http: httpx.Client) -> None:
    student = Student.register(http)

    erase(student, "not the password").expect_problem(401, "invalid_credentials")
    student.call("DELETE", "/me").expect_problem(422, "invalid_request")

    assert student.get("/me").expect(200)["id"] == student.id


@pytest.mark.parametrize("role", ["student", "advisor"])
def test_only_an_admin_erases_another(
    role: str, request: pytest.FixtureRequest, http: httpx.Client
) -> None:
    person: Person = request.getfixturevalue(role)
    other = Student.register(http)

    person.call("DELETE", f"/admin/users/{other.id}").expect_problem(403, "forbidden")

    assert other.get("/me").expect(200)["id"] == other.id


def test_an_admin_erases_a_student_and_gets_the_receipt(
    http: httpx.Client, nobody: Client, admin: Person, operator: Operator
) -> None:
    student = Student.register(http)

    receipt = admin.call("DELETE", f"/admin/users/{student.id}").expect(200)

    assert verified(nobody, receipt["receipt"])["sub"] == student.id
    [audited] = operator.rows("SELECT actor FROM audit_logs WHERE subject = :id", id=student.id)
    assert audited["actor"] == admin.id
    gone = admin.call("DELETE", f"/admin/users/{student.id}")
    gone.expect_problem(404, "not_found")


def test_a_student_gets_all_that_is_held_and_nothing_of_anybody_else(
    http: httpx.Client, stranger: Student
) -> None:
    student, essay = Student.register(http), Essay.new()
    attempt, result = student.take(essay=essay.text)
    stranger.start()

    reply = student.get("/me/export")
    body = reply.expect(200)

    account = body["account"] | {"accommodations": None}
    assert (body["formatVersion"], account) == (1, student.get("/me").expect(200))
    assert body["accommodations"] == body["feedback"] == []
    [held] = body["assessments"]
    assert held["assessmentId"] == attempt.id
    assert essay.text in {response["answer"]["text"] for response in held["responses"]}
    # All that is held, and so what the result shows to staff alone.
    assert held["recommendation"]["trace"].pop("ranking")
    assert result["recommendation"]["trace"].pop("ranking") is None
    assert held["recommendation"] == result["recommendation"]
    scores = [
        {name: score[name] for name in given}
        for score, given in zip(held["essayScores"], result["essayScores"], strict=True)
    ]
    assert scores == result["essayScores"]
    assert all(job["output"] for job in held["jobs"])
    assert {event["type"] for event in body["events"]} == {
        "assessment.submitted",
        "assessment.completed",
    }
    assert stranger.id not in reply.text
    assert stranger.email not in reply.text
    assert "$2b$" not in reply.text, "it holds the hash of a password"
    packed = student.get("/me/export?format=zip")
    assert (packed.status, packed.headers["content-type"]) == (200, "application/zip")
    with ZipFile(io.BytesIO(packed.content)) as archive:
        [document] = map(json.loads, map(archive.read, archive.namelist()))
    assert document["assessments"] == student.get("/me/export").expect(200)["assessments"]


def test_an_old_assessment_becomes_nobodys(
    http: httpx.Client, operator: Operator, outputs: Outputs
) -> None:
    student, essay = Student.register(http), Essay.new()
    attempt, _ = student.take(essay=essay.text)
    operator.change(
        "UPDATE assessments SET started_at = started_at - interval '25 months' WHERE id = :id",
        id=attempt.id,
    )

    counted = operator.invoke("apply_retention", {"dryRun": True})
    assert (counted["dryRun"], counted["counts"]["assessments"]) == (True, 1)
    assert student.get(attempt.path).expect(200)["responses"]
    applied = operator.invoke("apply_retention", {})

    assert applied["counts"]["assessments"] == 1
    student.get(attempt.path).expect_problem(404, "not_found")
    assert student.get("/assessments").expect(200)["items"] == []
    assert student.get("/me/export").expect(200)["assessments"] == []
    assert places_of(essay.said, read(outputs)) == {}
    _ensure_statistics_stay(operator, attempt)
    assert operator.invoke("apply_retention", {"dryRun": True})["counts"]["assessments"] == 0


def test_a_student_changes_name_address_and_password(
    http: httpx.Client, nobody: Client, operator: Operator
) -> None:
    student = Student.register(http)
    elsewhere = student.on_another_device()
    email, password = f"new-{uuid4().hex}@example.com", "another horse battery"

    changed = student.call(
        "PATCH",
        "/me",
        {
            "name": "Ada King",
            "email": email,
            "password": password,
            "currentPassword": PASSWORD,
        },
    ).expect(200)

    assert (changed["name"], changed["email"]) == ("Ada King", email)
    assert student.get("/me").expect(200) == changed | {"accommodations": None}
    old = {"email": student.email, "password": PASSWORD}
    nobody.post("/auth/login", old).expect_problem(401, "invalid_credentials")
    nobody.post("/auth/login", {"email": email, "password": password}).expect(200)
    refresh = {"refreshToken": elsewhere.refresh_token}
    nobody.post("/auth/refresh", refresh).expect_problem(401, "unauthenticated")
    nobody.post("/auth/refresh", {"refreshToken": student.refresh_token}).expect(200)
    [audited] = operator.rows("SELECT details FROM audit_logs WHERE subject = :id", id=student.id)
    fields = ["email", "name", "password"]
    assert audited["details"] == {"fields": fields, "sessionsRevoked": 1}


def test_an_account_keeps_its_owner(http: httpx.Client, stranger: Student) -> None:
    student = Student.register(http)
    wrong = {"password": "another horse battery", "currentPassword": "guessed"}

    student.call("PATCH", "/me", wrong).expect_problem(401, "invalid_credentials")
    student.call("PATCH", "/me", {"email": stranger.email}).expect_problem(409, "email_taken")
    student.call("PATCH", "/me", {"role": "admin"}).expect_problem(422, "invalid_request")

    assert student.on_another_device().id == student.id
