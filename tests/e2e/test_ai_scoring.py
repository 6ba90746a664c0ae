"""AI scoring declined: people read the essays, and nothing else does; consented: as ever."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import httpx
import pytest

from tests.e2e import marking
from tests.e2e.counting import ONCE, counted
from tests.e2e.driver import PASSWORD, TRACK, Attempt, Client, Person, Student
from tests.e2e.model import model_server
from tests.e2e.operations import Operator
from tests.e2e.polling import eventually
from tests.fakes.openai_server import OpenAIServer

CRITERIA: Final = ("accuracy", "clarity", "coherence")
BY_PEOPLE: Final = ONCE | {"async_jobs": 0, "essay_scores": 6, "executions": 0}
"""Each essay has the row in which it waited, and a person's."""


@pytest.fixture
def model(operator: Operator, embedded_catalog: None) -> Iterator[OpenAIServer]:
    """Every worker has a model at hand, which would be asked."""
    del embedded_catalog
    with model_server(operator) as server:
        server.behave("good")
        server.requests.clear()
        yield server


def unread_of(attempt: Attempt, reader: Client) -> list[Mapping[str, Any]]:
    """Return what of the attempt waits for its first marks; such essays come first."""
    found: list[Mapping[str, Any]] = []
    cursor = ""
    while True:
        page = reader.get(f"/reviews?limit=100{cursor}").expect(200)
        found += [r for r in page["items"] if r["assessmentId"] == attempt.id]
        if page["nextCursor"] is None:
            assert {review["urgency"] for review in found} <= {"unread"}
            return found
        cursor = f"&cursor={page['nextCursor']}"


def mark(reader: Client, review: Mapping[str, Any], score: float) -> Any:
    marks = [{"name": n, "score": score, "reason": "As the rubric has it."} for n in CRITERIA]
    path = f"/assessments/{review['assessmentId']}/essays/{review['questionId']}/override"
    return reader.post(path, {"criteria": marks}).expect(201)


def events_of(attempt: Attempt, operator: Operator) -> list[str]:
    rows = operator.rows(
        "SELECT type FROM outbox_events WHERE data->>'assessmentId' = :id ORDER BY sequence",
        id=attempt.id,
    )
    return [row["type"] for row in rows]


def test_people_read_what_is_declined(
    http: httpx.Client, advisor: Person, admin: Person, operator: Operator, model: OpenAIServer
) -> None:
    student = Student.register(http)
    text = Client(http).get(f"/tracks/{TRACK}").expect(200)["aiScoring"]
    attempt = student.answer_all(aiScoring="declined", aiScoringTextVersion=text["textVersion"])
    recorded = attempt.started["aiScoring"]
    assert (recorded["decision"], recorded["textVersion"]) == ("declined", text["textVersion"])

    submitted = student.submit(attempt)

    assert submitted["status"] == "in_review"
    assert len(submitted["ruleScores"]) == 3
    waiting = student.post(f"{attempt.path}/complete?wait=25").expect(202)
    assert (waiting["status"], waiting["readByPeople"]) == ("in_review", {"essays": 3, "marked": 0})
    assert (waiting["degraded"], waiting["estimatedSecondsRemaining"]) == (False, None)
    operator.change(  # weeks ago, and nothing may call it stuck
        "UPDATE assessments SET submitted_at = now() - interval '20 days' WHERE id = :id",
        id=attempt.id,
    )
    operator.invoke("reconcile", {})
    assert student.status(attempt)["status"] == "in_review"
    board = admin.get("/dashboards/operations").expect(200)
    assert board["inReview"]["waiting"] >= 1
    assert board["inReview"]["oldestSeconds"] > 19 * 86_400
    student.get(f"{attempt.path}/result").expect_problem(409, "result_not_ready")

    reviews = unread_of(attempt, advisor)
    assert {r["answer"] for r in reviews} == set(attempt.essays.values())
    assert {r["score"] for r in reviews} == {None}
    assert all(r["rubric"]["keyPoints"] and r["rubric"]["referenceAnswer"] for r in reviews)
    first, second, last = reviews
    advisor.post(f"/reviews/{first['essayScoreId']}/lease").expect(200)
    advisor.post(f"/reviews/{first['essayScoreId']}/confirm").expect_problem(409, "marks_missing")
    mark(advisor, first, 8)
    mark(advisor, second, 5)
    assert student.status(attempt)["readByPeople"] == {"essays": 3, "marked": 2}
    assert events_of(attempt, operator) == ["assessment.submitted"]
    mark(advisor, last, 9)

    status, result = student.status(attempt), student.result(attempt)
    assert (status["status"], status["percent"]) == ("completed", 100)
    assert (result["degraded"], result["aiScoring"]) == (False, recorded)
    assert sorted(e["score"] for e in result["essayScores"]) == [5, 8, 9]
    assert {e["scoredBy"]["engine"] for e in result["essayScores"]} == {"person"}
    assert [e["previous"] for e in result["essayScores"]] == [[], [], []]
    assert result["overallScore"] == marking.overall(attempt, result)
    _ensure_plain(result["recommendation"])
    assert unread_of(attempt, advisor) == []
    assert model.requests == []
    _ensure_nothing_read_it(attempt, operator)
    [held] = student.get("/me/export").expect(200)["assessments"]
    assert (held["aiScoringDecisions"], len(held["essayScores"])) == ([recorded], 3)


def _ensure_plain(recommendation: Mapping[str, Any]) -> None:
    """It has items with reasons and sources, and neither a model nor an embedding made it."""
    assert recommendation["items"]
    assert all(item["why"] and item["sources"] for item in recommendation["items"])
    assert recommendation["writtenBy"]["engine"] == "template"
    assert recommendation["trace"]["embeddingModel"] is None


def _ensure_nothing_read_it(attempt: Attempt, operator: Operator) -> None:
    assert counted(operator, attempt) == BY_PEOPLE
    engines = operator.rows(
        "SELECT DISTINCT engine FROM essay_scores WHERE assessment_id = :id ORDER BY 1",
        id=attempt.id,
    )
    assert [row["engine"] for row in engines] == ["person", "unread"]
    usage = "SELECT count(*) AS n FROM model_usage WHERE assessment_id = :id"
    assert operator.rows(usage, id=attempt.id) == [{"n": 0}]

    unsent = "SELECT 1 FROM outbox_events WHERE data->>'assessmentId' = :id AND sent_at IS NULL"
    assert eventually(lambda: not operator.rows(unsent, id=attempt.id), at_most=20, what="sending")


def test_people_who_end_it_at_the_same_moment_end_it_once(
    http: httpx.Client, advisor: Person, operator: Operator
) -> None:
    student = Student.register(http)
    attempt = student.answer_all(aiScoring="declined")
    student.submit(attempt)
    reviews = unread_of(attempt, advisor)

    with ThreadPoolExecutor(len(reviews)) as pool:
        list(pool.map(partial(mark, advisor, score=6), reviews))

    assert student.result(attempt)["overallScore"]
    assert counted(operator, attempt) == BY_PEOPLE


def test_what_is_consented_to_goes_the_usual_way(student: Student, operator: Operator) -> None:
    attempt, result = student.take(aiScoring="consented")

    assert result["aiScoring"]["decision"] == "consented"
    assert {e["scoredBy"]["engine"] for e in result["essayScores"]} == {"rubric"}
    assert result["recommendation"]["trace"]["embeddingModel"]
    assert counted(operator, attempt) == ONCE


def test_a_mind_is_changed_until_submission(
    http: httpx.Client, operator: Operator, stranger: Student
) -> None:
    student = Student.register(http)
    attempt = student.answer_all()
    assert attempt.started["aiScoring"]["decision"] == "not_asked"
    path = f"{attempt.path}/ai-scoring"

    for decision in ("declined", "declined", "consented", "declined"):
        given = student.put(path, {"decision": decision, "textVersion": 1}).expect(200)
        assert given["decision"] == decision

    assert student.get(attempt.path).expect(200)["aiScoring"] == given
    stranger.put(path, {"decision": "consented"}).expect_problem(404, "not_found")
    student.put(path, {"decision": "consented", "textVersion": 99}).expect_problem(
        422, "invalid_input"
    )
    assert student.submit(attempt)["status"] == "in_review"
    student.put(path, {"decision": "consented"}).expect_problem(409, "already_submitted")

    kept = "SELECT decision FROM ai_scoring_decisions WHERE assessment_id = :id ORDER BY number"
    assert [r["decision"] for r in operator.rows(kept, id=attempt.id)] == [
        "declined",
        "consented",
        "declined",
    ]
    student.call("DELETE", "/me", {"password": PASSWORD}).expect(200)
    assert len(operator.rows(kept, id=attempt.id)) == 3
    states = "SELECT status FROM assessments WHERE id = :id"
    assert operator.rows(states, id=attempt.id) == [{"status": "failed"}]
