"""Rescores: for show, in earnest, and by themselves when the model is back."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from tests.e2e import marking
from tests.e2e.driver import TRACK, Attempt, Client, Person, Student
from tests.e2e.model import model_server
from tests.e2e.operations import WORKERS, Operator, assay
from tests.e2e.polling import eventually

RESCORE_SECONDS: Final = 150.0
"""A round that came in between may hold it, and the next one is a minute later."""
OUTAGE_SECONDS: Final = 240.0
"""Every job goes through all its deliveries, as in `PIPELINE_SECONDS`, beside much else here."""
HEALING_SECONDS: Final = 300.0
"""The circuit rests for half a minute, and the next round finds out; others may be healed first."""
ENGINES: Final = (*WORKERS, "run_rescores")


@pytest.fixture
def taken(http: httpx.Client) -> tuple[Student, Attempt, Mapping[str, Any]]:
    """A completed assessment of a new student, and its result."""
    student = Student.register(http)
    attempt, result = student.take()
    return student, attempt, result


def put_mark(operator: Operator, attempt: Attempt, question: str, score: float) -> None:
    """Give the essay a mark that no engine would, as if it were the newest of the same engine."""
    added = operator.change(
        "INSERT INTO essay_scores SELECT gen_random_uuid(), assessment_id, question_id, "
        "question_version, attempt + 1, CAST(:score AS double precision), "
        "(SELECT jsonb_agg(c || jsonb_build_object('score', CAST(:score AS double precision))) "
        "FROM jsonb_array_elements(criteria) c), words, flags, engine, model, prompt_version, "
        "prompt_hash, rubric_hash, created_at, second_reading FROM essay_scores "
        "WHERE assessment_id = :assessment AND question_id = :question",
        score=score,
        assessment=attempt.id,
        question=question,
    )
    assert added == 1


def finished(admin: Client, operator: Operator, url: str) -> Mapping[str, Any]:
    """Return the report once nothing is pending, without waiting for the minute's round."""
    operator.invoke("run_rescores", {"seconds": 5})

    def look() -> Any:
        report = admin.get(url.removeprefix("/api/v1")).expect(200)
        return report if report["finishedAt"] else None

    return eventually(look, at_most=RESCORE_SECONDS, what=f"end of {url}")


def corrections(told: list[dict[str, Any]], attempt: Attempt) -> list[dict[str, Any]]:
    events = [e["detail"] for e in told if e["detail-type"] == "result.corrected"]
    return [e["data"] for e in events if e["data"]["assessmentId"] == attempt.id]


def scores(result: Mapping[str, Any]) -> dict[str, float]:
    return {essay["questionId"]: essay["score"] for essay in result["essayScores"]}


def test_a_dry_run_foresees_what_applying_does(
    taken: tuple[Student, Attempt, Mapping[str, Any]], admin: Person, operator: Operator
) -> None:
    student, attempt, fair = taken
    for question in attempt.essays:
        put_mark(operator, attempt, question, 0.5)
    path = f"/admin/assessments/{attempt.id}/rescore"
    unfair = student.result(attempt)
    assert set(scores(unfair).values()) == {0.5}

    dry = admin.post(path, {}, key=uuid4().hex).expect(202)
    assert (dry["dryRun"], dry["counts"]["pending"]) == (True, 1)
    (foreseen,) = finished(admin, operator, dry["url"])["items"]

    assert student.result(attempt) == unfair, "a dry run changes nothing"
    assert {e["verdict"] for e in foreseen["essays"]} == {"raised"}
    assert {e["questionId"]: e["after"] for e in foreseen["essays"]} == scores(fair)

    with operator.listening() as take:
        wet = admin.post(path, {"dryRun": False}).expect(202)
        report = finished(admin, operator, wet["url"])
        told = list[dict[str, Any]]()

        def heard() -> bool:
            told.extend(take())
            return len(corrections(told, attempt)) >= len(attempt.essays)

        eventually(heard, at_most=20, what="events of the correction")

    (applied,) = report["items"]
    assert applied == foreseen
    result = student.result(attempt)
    assert scores(result) == scores(fair)
    assert result["overallScore"] == marking.overall(attempt, result) == fair["overallScore"]
    assert applied["after"]["overallScore"] == result["overallScore"]
    for essay in result["essayScores"]:
        earlier = [previous["score"] for previous in essay["previous"]]
        assert earlier == [0.5, scores(fair)[essay["questionId"]]]
    assert sorted(e["questionId"] for e in corrections(told, attempt)) == sorted(attempt.essays)
    rows = operator.rows(
        "SELECT actor, action FROM audit_logs WHERE subject IN (:a, :dry, :wet) ORDER BY number",
        a=attempt.id,
        dry=dry["id"],
        wet=wet["id"],
    )
    assert {row["actor"] for row in rows} == {admin.id}
    assert [row["action"] for row in rows] == [
        "rescore.started",
        "rescore.finished",
        "rescore.started",
        *["essay.rescored"] * 3,
        "rescore.finished",
    ]


def test_a_lower_mark_is_withheld_until_lowering_is_allowed(
    taken: tuple[Student, Attempt, Mapping[str, Any]], admin: Person, operator: Operator
) -> None:
    student, attempt, fair = taken
    for question in attempt.essays:
        put_mark(operator, attempt, question, 10)
    body = {"assessmentId": attempt.id, "dryRun": False}

    kept = finished(admin, operator, admin.post("/admin/rescores", body).expect(202)["url"])

    assert kept["counts"]["withheld"] == len(attempt.essays)
    assert set(scores(student.result(attempt)).values()) == {10}

    lowered = admin.post("/admin/rescores", body | {"allowLowering": True}).expect(202)
    report = finished(admin, operator, lowered["url"])

    assert {e["verdict"] for i in report["items"] for e in i["essays"]} == {"lowered"}
    assert scores(student.result(attempt)) == scores(fair)


@pytest.mark.usefixtures("embedded_catalog")
def test_what_was_scored_without_the_model_is_scored_again_when_it_is_back(
    http: httpx.Client, operator: Operator
) -> None:
    student = Student.register(http)
    with operator.listening() as take, model_server(operator, asked_by=ENGINES) as model:
        model.behave("server_error", on="chat/completions")
        attempt = student.answer_all()
        student.submit(attempt)
        student.wait(attempt, at_most=OUTAGE_SECONDS)
        degraded = student.result(attempt)
        assert degraded["degraded"] is True
        assert {e["scoredBy"]["engine"] for e in degraded["essayScores"]} == {"rubric"}
        low = next(iter(attempt.essays))
        put_mark(operator, attempt, low, 0.5)
        before = student.result(attempt)
        model.behave("good", on="chat/completions")

        def healed() -> list[dict[str, Any]]:
            return operator.rows(
                "SELECT id FROM rescores WHERE subject = :id AND finished_at IS NOT NULL",
                id=attempt.id,
            )

        (rescore,) = eventually(healed, at_most=HEALING_SECONDS, what="rescore by itself")
        told = list[dict[str, Any]]()

        def heard() -> list[dict[str, Any]]:
            told.extend(take())
            return corrections(told, attempt)

        result = student.result(attempt)
        by_model = {
            e["questionId"] for e in result["essayScores"] if e["scoredBy"]["engine"] == "openai"
        }
        eventually(
            lambda: len(heard()) >= len(by_model), at_most=20, what="events of the correction"
        )

    assert low in by_model
    assert {e["questionId"] for e in corrections(told, attempt)} == by_model
    marks = scores(result)
    assert all(marks[question] >= score for question, score in scores(before).items())
    assert result["overallScore"] == marking.overall(attempt, result)
    assert result["overallScore"] >= marking.overall(attempt, before)
    fallbacks = {
        d["questionId"]
        for d in result["degradedReasons"]
        if d["reason"] == "essay_scoring_fallback"
    }
    assert fallbacks == set(attempt.essays) - by_model, "only what the model would lower is left"
    rows = operator.rows("SELECT actor FROM audit_logs WHERE subject = :id", id=rescore["id"])
    assert [row["actor"] for row in rows] == ["system"]


def test_the_command_shows_what_the_api_does(
    taken: tuple[Student, Attempt, Mapping[str, Any]], admin: Person, operator: Operator
) -> None:
    student, attempt, before = taken
    put_mark(operator, attempt, next(iter(attempt.essays)), 0.5)
    low = student.result(attempt)

    report = assay("rescore", "--assessment", attempt.id)

    assert (report["dryRun"], report["counts"]["done"]) == (True, 1)
    admins = assay("users", "list", "--role", "admin")
    assert report["requestedBy"] in {person["id"] for person in admins}
    assert admin.get(f"/admin/rescores/{report['id']}").expect(200) == report
    assert student.result(attempt) == low
    assay("rescore", "--assessment", attempt.id, "--apply")
    assert scores(student.result(attempt)) == scores(before)


def test_rescores_are_for_admins_and_name_one_thing(
    taken: tuple[Student, Attempt, Mapping[str, Any]], advisor: Person, admin: Person
) -> None:
    student, attempt, _ = taken
    body = {"assessmentId": attempt.id}

    for other in (student, advisor):
        other.post("/admin/rescores", body).expect_problem(403, "forbidden")
        other.post(f"/admin/assessments/{attempt.id}/rescore", {}).expect_problem(403, "forbidden")
        other.get(f"/admin/rescores/{attempt.id}").expect_problem(403, "forbidden")
    admin.get(f"/admin/rescores/{attempt.id}").expect_problem(404, "not_found")
    admin.post("/admin/rescores", {}).expect_problem(422, "invalid_input")
    admin.post("/admin/rescores", {"trackId": "knitting"}).expect_problem(422, "invalid_input")
    admin.post("/admin/rescores", body | {"trackId": TRACK}).expect_problem(422, "invalid_input")
    open_one = student.start()
    admin.post("/admin/rescores", {"assessmentId": open_one.id}).expect_problem(
        409, "result_not_ready"
    )
