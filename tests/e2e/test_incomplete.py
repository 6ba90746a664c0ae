"""Answers that are missing are named, and only left out on the student's own word."""

import pytest

from tests.e2e import marking
from tests.e2e.driver import Student, saved_answers


def test_a_submission_names_what_has_no_answer(student: Student) -> None:
    attempt = student.start()
    student.save(attempt, attempt.responses[:8])

    refused = student.post(f"{attempt.path}/submit", {}).expect_problem(
        409, "incomplete_assessment"
    )

    missing = [question["id"] for question in attempt.questions[8:]]
    assert [error["pointer"] for error in refused["errors"]] == missing
    assert student.status(attempt)["status"] == "in_progress"
    # Nothing was locked: the rest can be answered, and then it is complete.
    student.save(attempt, attempt.responses[8:])
    student.submit(attempt)


def test_complete_names_what_has_no_answer_too(student: Student) -> None:
    attempt = student.start()

    refused = student.post(f"{attempt.path}/complete", {})

    assert len(refused.expect_problem(409, "incomplete_assessment")["errors"]) == 10


@pytest.mark.parametrize("blank", ["", " \n\t ", "\u00a0\u2003"])
def test_a_blank_essay_is_saved_and_counts_as_unanswered(student: Student, blank: str) -> None:
    attempt = student.start()
    essay = next(iter(attempt.essays))
    student.save(attempt, attempt.responses)

    saved = student.save(attempt, [{"questionId": essay, "answer": {"text": blank}}])

    assert saved == {"saved": 1, "answered": 9, "total": 10}
    opened = student.get(attempt.path).expect(200)
    assert saved_answers(opened)[essay] == {"text": blank}
    assert opened["nextQuestion"]["id"] == essay
    refused = student.post(f"{attempt.path}/submit", {}).expect_problem(
        409, "incomplete_assessment"
    )
    assert [error["pointer"] for error in refused["errors"]] == [essay]


def test_allowing_it_scores_what_is_there_and_says_what_is_not(student: Student) -> None:
    attempt = student.start()
    left_out = {attempt.questions[0]["id"], attempt.questions[3]["id"]}
    student.save(attempt, [r for r in attempt.responses if r["questionId"] not in left_out])

    student.post(f"{attempt.path}/submit", {"allowIncomplete": True}).expect(202)
    assert student.wait(attempt)["status"] == "completed"

    result = student.result(attempt)
    assert result["degraded"] is True
    assert {(d["reason"], d["questionId"]) for d in result["degradedReasons"]} == {
        ("incomplete_data", question) for question in left_out
    }
    rules = {score["questionId"]: score["score"] for score in result["ruleScores"]}
    assert rules[attempt.questions[0]["id"]] == 0
    essays = {essay["questionId"]: essay for essay in result["essayScores"]}
    blank = essays[attempt.questions[3]["id"]]
    assert blank["score"] == 0
    assert all(not c["evidence"] for c in blank["criteria"])
    assert blank["scoredBy"]["engine"] == "rule"
    assert result["overallScore"] == marking.overall(attempt, result)
    assert result["confidence"] <= 0.8
