"""A student goes on elsewhere, with nothing lost."""

import httpx

from tests.e2e.driver import Client, Student, saved_answers


def test_another_device_goes_on_where_the_first_one_stopped(student: Student) -> None:
    attempt = student.start()
    half = attempt.responses[:5]
    student.save(attempt, half)

    elsewhere = student.on_another_device()
    opened = elsewhere.get(attempt.path).expect(200)

    assert elsewhere.token != student.token
    assert opened["status"] == "in_progress"
    assert opened["questions"] == attempt.questions
    assert saved_answers(opened) == {r["questionId"]: r["answer"] for r in half}
    assert opened["nextQuestion"]["id"] == attempt.responses[5]["questionId"]
    saved = elsewhere.save(attempt, attempt.responses[5:])
    assert saved == {"saved": 5, "answered": 10, "total": 10}
    elsewhere.submit(attempt)
    # The first device sees what the second one did.
    assert student.wait(attempt)["status"] == "completed"


def test_a_resume_token_is_enough_to_go_on(http: httpx.Client, student: Student) -> None:
    attempt = student.start()
    student.save(attempt, attempt.responses[:3])

    elsewhere = Client(http, attempt.started["resumeToken"])

    opened = elsewhere.get(attempt.path).expect(200)
    assert saved_answers(opened) == {r["questionId"]: r["answer"] for r in attempt.responses[:3]}
    following = elsewhere.get(f"{attempt.path}/next").expect(200)["question"]
    assert following["id"] == attempt.responses[3]["questionId"]
    body = {"responses": attempt.responses[3:]}
    assert elsewhere.put(f"{attempt.path}/responses", body).expect(200)["answered"] == 10
    elsewhere.post(f"{attempt.path}/submit", {}).expect(202)
    assert student.wait(attempt)["status"] == "completed"
    result = elsewhere.get(f"{attempt.path}/result").expect(200)
    assert result == student.result(attempt)


def test_a_resume_token_opens_nothing_else(http: httpx.Client, student: Student) -> None:
    attempt, other = student.start(), student.start()

    holder = Client(http, attempt.started["resumeToken"])

    holder.get("/me").expect_problem(403, "forbidden")
    holder.get("/assessments").expect_problem(403, "forbidden")
    holder.get(other.path).expect_problem(403, "forbidden")
    holder.get(f"/recommendations?assessmentId={other.id}").expect_problem(403, "forbidden")
    holder.post("/assessments/start", {"trackId": "data-analyst"}).expect_problem(403, "forbidden")
    holder.post("/auth/logout").expect_problem(403, "forbidden")


def test_an_answer_can_be_changed_until_the_submission(student: Student) -> None:
    attempt = student.start()
    essay, text = next(iter(attempt.essays.items()))
    first = {"questionId": essay, "answer": {"text": "My first thought."}}
    second = {"questionId": essay, "answer": {"text": text}}

    student.save(attempt, attempt.responses)
    student.save(attempt, [first])
    student.save(attempt, [second, second])

    assert saved_answers(student.get(attempt.path).expect(200))[essay] == {"text": text}
    student.submit(attempt)
    student.put(f"{attempt.path}/responses", {"responses": [first]}).expect_problem(
        409, "already_submitted"
    )
    student.post(f"{attempt.path}/answer", first).expect_problem(409, "already_submitted")
    student.get(f"{attempt.path}/next").expect_problem(409, "already_submitted")
    assert saved_answers(student.get(attempt.path).expect(200))[essay] == {"text": text}


def test_what_was_read_can_be_saved_as_it_is(student: Student) -> None:
    attempt = student.answer_all()
    opened = student.get(attempt.path).expect(200)

    again = [{name: r[name] for name in ("questionId", "answer")} for r in opened["responses"]]

    assert student.save(attempt, again) == {"saved": 10, "answered": 10, "total": 10}
    assert saved_answers(student.get(attempt.path).expect(200)) == saved_answers(opened)
