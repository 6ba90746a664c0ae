"""What a student does from registration to recommendations, on the embedded engines."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e import marking
from tests.e2e.driver import Attempt, Client, Student
from tests.e2e.polling import eventually

STAGES = ["rule_scoring", "essay_scoring", "recommendations"]
STATES = ["pending", "running", "completed"]


@pytest.fixture(scope="module")
def taken(student: Student) -> tuple[Attempt, Mapping[str, Any]]:
    """A completed assessment and its result."""
    return student.take()


def test_a_student_gets_from_registration_to_a_result(http: httpx.Client) -> None:
    nobody = Client(http)
    tracks = nobody.get("/tracks").expect(200)["items"]
    assert {"backend-engineer", "cybersecurity-analyst", "data-analyst"} <= {
        track["id"] for track in tracks
    }
    student = Student.register(http)
    assert student.get("/me").expect(200)["email"] == student.email

    attempt = student.start("data-analyst")
    asked = [question["type"] for question in attempt.questions]
    assert asked == ["theoretical"] * 3 + ["essay"] * 3 + ["profile"] * 4
    for number, response in enumerate(attempt.responses, start=1):
        following = student.get(f"{attempt.path}/next").expect(200)
        assert following["question"]["id"] == response["questionId"]
        saved = student.post(f"{attempt.path}/answer", response).expect(200)
        assert saved == {"saved": 1, "answered": number, "total": 10}
    assert student.get(f"{attempt.path}/next").expect(200)["done"] is True

    submitted = student.submit(attempt)
    assert submitted["status"] == "scoring"
    # The sample answers have one mistake in the three theoretical questions.
    assert [s["score"] == s["maxScore"] for s in submitted["ruleScores"]] == [True, True, False]
    assert student.wait(attempt)["status"] == "completed"

    result = student.result(attempt)
    assert result["trackId"] == "data-analyst"
    assert result["ruleScores"] == submitted["ruleScores"]
    assert (result["degraded"], result["degradedReasons"]) == (False, [])


def test_the_status_rises_through_its_stages_in_order(student: Student) -> None:
    attempt = student.answer_all()
    assert student.status(attempt)["percent"] == 0
    student.submit(attempt)
    seen: list[Any] = []

    def ended() -> bool:
        seen.append(student.status(attempt))
        return seen[-1]["status"] == "completed"

    eventually(ended, at_most=30, what="completed assessment")

    assert seen[0]["percent"] < 100
    percents = [status["percent"] for status in seen]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    for status in seen:
        assert [stage["name"] for stage in status["stages"]] == STAGES
        states = [STATES.index(stage["state"]) for stage in status["stages"]]
        assert states == sorted(states, reverse=True), "a stage overtook the one before it"
    assert [stage["state"] for stage in seen[-1]["stages"]] == ["completed"] * 3
    finished = [stage["finishedAt"] for stage in seen[-1]["stages"]]
    assert finished == sorted(finished)
    assert seen[-1]["estimatedSecondsRemaining"] is None


def test_evidence_is_quoted_from_the_answers(taken: tuple[Attempt, Mapping[str, Any]]) -> None:
    attempt, result = taken

    assert {essay["questionId"] for essay in result["essayScores"]} == set(attempt.essays)
    for essay in result["essayScores"]:
        answer = attempt.essays[essay["questionId"]]
        assert {c["name"] for c in essay["criteria"]} == {"accuracy", "clarity", "coherence"}
        for criterion in essay["criteria"]:
            assert 0 <= criterion["score"] <= criterion["maxScore"] == 10
            assert criterion["feedback"]
            assert criterion["evidence"] or criterion["unsure"]
            for evidence in criterion["evidence"]:
                assert answer[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert any(c["evidence"] for e in result["essayScores"] for c in e["criteria"])


def test_the_scores_add_up(taken: tuple[Attempt, Mapping[str, Any]]) -> None:
    attempt, result = taken

    for essay in result["essayScores"]:
        assert float(marking.essay_score(attempt, essay)) == pytest.approx(
            essay["score"], abs=0.051
        )
    assert result["overallScore"] == marking.overall(attempt, result)
    assert result["band"] == marking.band(result["overallScore"])
    breakdown = {d["domain"]: (d["score"], d["questions"]) for d in result["domainBreakdown"]}
    assert breakdown == marking.by_domain(attempt, result)
    assert 0 < result["confidence"] <= 1
    assert 0 < result["processingMs"] < 120_000


def test_every_score_says_what_produced_it(taken: tuple[Attempt, Mapping[str, Any]]) -> None:
    _, result = taken

    for essay in result["essayScores"]:
        scored_by = essay["scoredBy"]
        assert scored_by["engine"] == "rubric"
        assert scored_by["attempt"] >= 1
        assert len(scored_by["rubricHash"]) == 64
        assert scored_by["questionVersion"] >= 1
        assert essay["needsReview"] == (
            bool(essay["flags"]) or any(c["unsure"] for c in essay["criteria"])
        )


def test_recommendations_cite_the_catalog(taken: tuple[Attempt, Mapping[str, Any]]) -> None:
    _, result = taken

    recommendation = result["recommendation"]
    items = recommendation["items"]
    assert 2 <= len(items) <= 5
    assert [item["rank"] for item in items] == list(range(1, len(items) + 1))
    assert [item["score"] for item in items] == sorted((i["score"] for i in items), reverse=True)
    assert len({item["credentialId"] for item in items}) == len(items)
    for item in items:
        assert item["url"].startswith("https://")
        assert item["title"]
        assert item["why"]
        assert all(source["snippet"] for source in item["sources"])
        assert item["sources"]
    assert recommendation["summary"]
    trace = recommendation["trace"]
    assert trace["query"]
    assert trace["candidates"] >= len(items)
    assert trace["embeddingModel"]
    assert trace["filters"]["track"] == "backend-engineer"


def test_profile_and_recommendation_are_the_stored_ones(
    student: Student, taken: tuple[Attempt, Mapping[str, Any]]
) -> None:
    attempt, result = taken

    profile = student.get(f"/profiles/{attempt.id}").expect(200)
    assert profile == {name: result[name] for name in profile}
    assert {"overallScore", "band", "confidence", "domainBreakdown"} <= set(profile)
    stored = student.get(f"/recommendations?assessmentId={attempt.id}").expect(200)
    assert stored == result["recommendation"]
    assert student.result(attempt) == result


@pytest.mark.usefixtures("taken")  # or the functions start cold, which may take longer
def test_complete_submits_waits_and_answers_the_result(student: Student) -> None:
    attempt = student.answer_all()

    result = student.post(f"{attempt.path}/complete?wait=25", {}).expect(200)

    assert result["status"] == "completed"
    assert result == student.result(attempt)
    again = student.post(f"{attempt.path}/complete?wait=0", {}).expect(200)
    assert again == result


def test_complete_answers_the_status_when_the_time_is_up(student: Student) -> None:
    attempt = student.answer_all()

    status = student.post(f"{attempt.path}/complete?wait=0", {}).expect(202)

    assert status["status"] == "scoring"
    assert [stage["name"] for stage in status["stages"]] == STAGES
    assert student.wait(attempt)["status"] == "completed"


def test_a_result_that_is_not_there_yet_is_not_invented(student: Student) -> None:
    attempt = student.answer_all()

    for path in (
        f"{attempt.path}/result",
        f"/profiles/{attempt.id}",
        f"/recommendations?assessmentId={attempt.id}",
    ):
        student.get(path).expect_problem(409, "result_not_ready")


def test_two_assessments_at_once_do_not_disturb_each_other(student: Student) -> None:
    with ThreadPoolExecutor() as threads:
        both = [threads.submit(student.take) for _ in range(2)]

    for attempt, result in (one.result() for one in both):
        assert result["assessmentId"] == attempt.id
        assert {e["questionId"] for e in result["essayScores"]} == set(attempt.essays)
        assert result["degraded"] is False


def test_the_list_shows_ones_own_assessments_newest_first(http: httpx.Client) -> None:
    student = Student.register(http)
    started = [student.start().id for _ in range(3)]

    first = student.get("/assessments?limit=2").expect(200)
    rest = student.get(f"/assessments?limit=2&cursor={first['nextCursor']}").expect(200)

    listed = [item["assessmentId"] for item in first["items"] + rest["items"]]
    assert listed == started[::-1]
    assert rest["nextCursor"] is None


def test_a_start_with_the_same_key_is_the_same_start(student: Student) -> None:
    body, key = {"trackId": "backend-engineer"}, uuid4().hex

    first = student.post("/assessments/start", body, key=key)
    again = student.post("/assessments/start", body, key=key)

    assert again.expect(201) == first.expect(201)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = {"trackId": "data-analyst"}
    student.post("/assessments/start", other, key=key).expect_problem(409, "idempotency_conflict")
