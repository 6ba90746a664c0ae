"""Feedback on recommendations: who may give it, what becomes of it, and what staff see of it."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from tests.e2e.driver import TRACK, Attempt, Client, Person, Student
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually

COMMENT: Final = f"The second one is too long for me {uuid4().hex}"
AT_ONCE: Final = 10
GOOD: Final = {"relevance": 4, "fit": 3, "accepted": True}
NOTHING: Final = {
    "count": 0,
    "people": 0,
    "meanRelevance": None,
    "meanFit": None,
    "acceptedShare": None,
}


@pytest.fixture(scope="module")
def owner(http: httpx.Client) -> Student:
    return Student.register(http)


@pytest.fixture(scope="module")
def taken(owner: Student) -> tuple[Attempt, Mapping[str, Any]]:
    """A completed assessment and its recommendation."""
    attempt, result = owner.take()
    return attempt, result["recommendation"]


@pytest.fixture(scope="module")
def recommendation(taken: tuple[Attempt, Mapping[str, Any]]) -> Mapping[str, Any]:
    return taken[1]


@pytest.fixture
def path(recommendation: Mapping[str, Any]) -> str:
    return f"/recommendations/{recommendation['id']}/feedback"


@pytest.fixture
def colleague(http: httpx.Client, operator: Operator) -> Person:
    """An advisor who has said nothing yet."""
    return operator.create_person(http, "advisor")


def _stored(operator: Operator, author: Person) -> list[dict[str, Any]]:
    return operator.rows(
        "SELECT * FROM recommendation_feedback WHERE author_id = :id ORDER BY created_at, revision",
        id=author.id,
    )


def _dashboard(reader: Person, **query: str) -> Any:
    return reader.get(f"/dashboards/feedback?{httpx.QueryParams(query)}").expect(200)


def test_a_student_says_what_they_think_and_changes_their_mind(
    owner: Student, path: str, operator: Operator, taken: tuple[Attempt, Mapping[str, Any]]
) -> None:
    attempt, recommendation = taken
    result = owner.result(attempt)

    first = owner.post(path, GOOD | {"comment": COMMENT}).expect(201)
    second = owner.post(path, {"relevance": 1, "fit": 2, "accepted": False}).expect(201)

    assert first == {
        "id": first["id"],
        "recommendationId": recommendation["id"],
        "credentialId": None,
        "revision": first["revision"],
        **GOOD,
        "createdAt": first["createdAt"],
    }
    assert (second["revision"], second["relevance"]) == (first["revision"] + 1, 1)
    *_, before, now = _stored(operator, owner)
    history = (before, now)
    assert [str(row["id"]) for row in history] == [first["id"], second["id"]]
    assert [row["comment"] for row in history] == [COMMENT, None]
    assert {row["author_role"] for row in history} == {"student"}
    assert owner.result(attempt) == result, "results stay as they were"


def test_the_event_reaches_the_bus_without_the_comment(
    owner: Student, path: str, operator: Operator, taken: tuple[Attempt, Mapping[str, Any]]
) -> None:
    attempt, recommendation = taken
    credential = recommendation["items"][0]["credentialId"]
    body = GOOD | {"comment": COMMENT, "credentialId": credential}
    heard: list[dict[str, Any]] = []

    with operator.listening() as take:
        given = owner.post(path, body).expect(201)

        def told() -> list[dict[str, Any]]:
            heard.extend(take())
            return [e for e in heard if e["detail"]["data"].get("feedbackId") == given["id"]]

        (event,) = eventually(told, at_most=20, what="event of the feedback")

    assert event["detail-type"] == "recommendation.feedback"
    assert event["detail"]["studentId"] == owner.id
    assert event["detail"]["data"] == {
        "assessmentId": attempt.id,
        "trackId": TRACK,
        "recommendationId": recommendation["id"],
        "feedbackId": given["id"],
        "credentialId": credential,
        "authorId": owner.id,
        "role": "student",
        "revision": given["revision"],
        **GOOD,
    }
    assert COMMENT not in json.dumps(heard)


def test_an_advisors_feedback_is_audited_without_the_comment(
    colleague: Person, path: str, operator: Operator, recommendation: Mapping[str, Any]
) -> None:
    given = colleague.post(path, GOOD | {"comment": COMMENT}).expect(201)

    (row,) = operator.rows("SELECT * FROM audit_logs WHERE actor = :id", id=colleague.id)
    assert (row["action"], row["subject"]) == ("feedback.given", recommendation["id"])
    assert row["details"] == {
        "feedbackId": given["id"],
        "credentialId": None,
        "revision": 1,
        **GOOD,
    }
    assert COMMENT not in str(row)
    assert [r["author_role"] for r in _stored(operator, colleague)] == ["advisor"]


def test_a_students_feedback_is_not_audited(owner: Student, path: str, operator: Operator) -> None:
    owner.post(path, GOOD).expect(201)

    assert operator.rows("SELECT * FROM audit_logs WHERE actor = :id", id=owner.id) == []


def test_another_students_recommendation_looks_unknown(
    stranger: Student, path: str, recommendation: Mapping[str, Any]
) -> None:
    unknown = str(uuid4())
    body = GOOD | {"credentialId": recommendation["items"][0]["credentialId"]}

    refused = stranger.post(path, body).expect_problem(404, "not_found")
    nothing = stranger.post(f"/recommendations/{unknown}/feedback", body).expect_problem(
        404, "not_found"
    )

    told = {name: str(v).replace(recommendation["id"], "…") for name, v in refused.items()}
    assert told == {name: str(v).replace(unknown, "…") for name, v in nothing.items()}


@pytest.mark.parametrize("unknown", ["nonsense", "%27%20OR%201=1--", "0" * 36, "%F0%9F%98%80"])
def test_what_is_no_id_is_unknown_too(owner: Student, unknown: str) -> None:
    owner.post(f"/recommendations/{unknown}/feedback", GOOD).expect_problem(404, "not_found")


def test_admins_give_no_feedback(admin: Person, path: str, operator: Operator) -> None:
    refused = admin.post(path, GOOD).expect_problem(403, "forbidden")

    assert refused["detail"] == "this is for advisor, student; you are admin"
    assert _stored(operator, admin) == []


def test_a_resume_token_does_not_open_it(
    owner: Student, path: str, taken: tuple[Attempt, Mapping[str, Any]]
) -> None:
    resumed = owner.holding(taken[0].started["resumeToken"])

    resumed.post(path, GOOD).expect_problem(403, "forbidden")


def test_a_credential_that_was_not_recommended_is_refused(owner: Student, path: str) -> None:
    for credential in (str(uuid4()), "nonsense"):
        problem = owner.post(path, GOOD | {"credentialId": credential}).expect_problem(
            422, "unknown_credential"
        )
        assert [error["pointer"] for error in problem["errors"]] == ["/credentialId"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"relevance": 0}, "/relevance"),
        ({"relevance": "5"}, "/relevance"),
        ({"fit": 6}, "/fit"),
        ({"fit": None}, "/fit"),
        ({"accepted": "yes"}, "/accepted"),
        ({"comment": "x" * 1001}, "/comment"),
        ({"comment": "a\0b"}, "/comment"),
        ({"stars": 5}, "/stars"),
    ],
)
def test_bad_feedback_is_refused(
    colleague: Person, path: str, operator: Operator, change: dict[str, Any], pointer: str
) -> None:
    problem = colleague.post(path, GOOD | change).expect_problem(422, "invalid_request")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert _stored(operator, colleague) == []


def test_too_large_a_body_is_refused(owner: Student, path: str) -> None:
    owner.post(path, GOOD | {"comment": "x" * 600_000}).expect_problem(413, "body_too_large")


def test_a_comment_of_any_script_is_kept_as_it_was(
    colleague: Person, path: str, operator: Operator
) -> None:
    comment = "naïve 文字 עברית 👩‍💻 <script> '; -- \r\n\t\U0001d518" + "é" * 950

    colleague.post(path, GOOD | {"comment": comment}).expect(201)

    assert [row["comment"] for row in _stored(operator, colleague)] == [comment]


def test_the_same_key_gets_the_first_answer_again(
    colleague: Person, path: str, operator: Operator
) -> None:
    key = uuid4().hex
    first = colleague.post(path, GOOD, key=key)
    colleague.post(path, GOOD | {"relevance": 1}).expect(201)

    again = colleague.post(path, GOOD, key=key)

    assert again.expect(201) == first.expect(201)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(_stored(operator, colleague)) == 2
    other = colleague.post(path, GOOD | {"relevance": 2}, key=key)
    other.expect_problem(409, "idempotency_conflict")


def test_ten_at_once_are_ten_revisions_told_in_their_order(
    colleague: Person, path: str, operator: Operator
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        sent = [threads.submit(colleague.post, path, GOOD) for _ in range(AT_ONCE)]
        given = [one.result().expect(201) for one in sent]

    assert sorted(feedback["revision"] for feedback in given) == list(range(1, AT_ONCE + 1))
    told = operator.rows(
        "SELECT (data->>'revision')::int AS revision FROM outbox_events"
        " WHERE data->>'authorId' = :id ORDER BY sequence",
        id=colleague.id,
    )
    assert [row["revision"] for row in told] == list(range(1, AT_ONCE + 1))


def test_one_person_cannot_flood_it(colleague: Person, path: str) -> None:
    # More than sixty: a token comes back every five seconds meanwhile.
    for _ in range(90):
        reply = colleague.post(path, GOOD)
        if reply.status == 429:
            break
        assert reply.status == 201

    reply.expect_problem(429, "rate_limited")
    assert 1 <= int(reply.headers["retry-after"]) <= 5


class TestDashboard:
    @pytest.mark.parametrize("role", ["advisor", "admin"])
    def test_staff_read_it(self, role: str, request: pytest.FixtureRequest) -> None:
        found = _dashboard(request.getfixturevalue(role))

        assert set(found) == {
            "since",
            "until",
            "trackId",
            "byTrack",
            "byCredential",
            "withheld",
            "byPromptVersion",
        }

    def test_students_and_strangers_do_not(self, owner: Student, nobody: Client) -> None:
        owner.get("/dashboards/feedback").expect_problem(403, "forbidden")
        nobody.get("/dashboards/feedback").expect_problem(401, "unauthenticated")

    def test_it_sums_up_what_counts_and_withholds_what_few_people_said(
        self,
        http: httpx.Client,
        operator: Operator,
        advisor: Person,
        path: str,
        recommendation: Mapping[str, Any],
    ) -> None:
        since = datetime.now(UTC).isoformat()
        people = [operator.create_person(http, "advisor") for _ in range(3)]
        item, other = recommendation["items"][:2]
        about_item = {"credentialId": item["credentialId"]}
        # The first one is replaced, and so counts no more.
        people[0].post(path, {"relevance": 1, "fit": 1, **about_item}).expect(201)
        for mark, person in zip((3, 4, 5), people, strict=True):
            body = {"relevance": mark, "fit": 5, "accepted": mark > 3, **about_item}
            person.post(path, body).expect(201)
        for person in people[:2]:
            body = {"relevance": 2, "fit": 2, "credentialId": other["credentialId"]}
            person.post(path, body).expect(201)
        people[0].post(path, {"relevance": 5, "fit": 4}).expect(201)

        found = _dashboard(advisor, since=since, trackId=TRACK)

        assert found["byCredential"] == [
            {
                "credentialId": item["credentialId"],
                "title": item["title"],
                "count": 3,
                "people": 3,
                "meanRelevance": 4.0,
                "meanFit": 5.0,
                "acceptedShare": 0.67,
            }
        ]
        assert found["withheld"] == 1
        whole = NOTHING | {"count": 1, "people": 1, "meanRelevance": 5.0, "meanFit": 4.0}
        items = {
            "count": 5,
            "people": 3,
            "meanRelevance": 3.2,
            "meanFit": 3.8,
            "acceptedShare": 0.67,
        }
        assert found["byTrack"] == [{"trackId": TRACK, "recommendations": whole, "items": items}]
        assert found["byPromptVersion"] == [
            {
                "engine": recommendation["writtenBy"]["engine"],
                "promptVersion": recommendation["writtenBy"]["promptVersion"],
                "recommendations": whole,
                "items": items,
            }
        ]
        assert _dashboard(advisor, since=since, trackId="data-analyst")["byTrack"] == []
        assert _dashboard(advisor, until="2026-01-01")["byTrack"] == []

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ("since=yesterday", "query/since"),
            ("since=2026-01-31T12:00:00", "query/since"),
            ("since=2026-01-31T12:00:00+02:00", "query/since"),
            ("until=2026-02-30", "query/until"),
            ("since=2026-02-01&until=2026-01-01", "query/until"),
            ("trackId=", "query/trackId"),
        ],
    )
    def test_a_bad_query_is_refused(self, advisor: Person, query: str, pointer: str) -> None:
        refused = advisor.get(f"/dashboards/feedback?{query}")

        assert refused.status == 422, refused.text
        assert [error["pointer"] for error in refused.body["errors"]] == [pointer]

    def test_a_plus_is_read_where_it_is_written_as_an_address_wants_it(
        self, advisor: Person
    ) -> None:
        found = _dashboard(advisor, since="2026-01-31T01:00:00+02:00", until="2027-01-01")

        assert (found["since"], found["until"]) == (
            "2026-01-30T23:00:00.000Z",
            "2027-01-01T00:00:00.000Z",
        )
