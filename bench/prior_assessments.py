"""Real completed assessments: every function of the way is called, none of it is made up."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from bench.events import Student, http_event, task_event
from bench.invocation import Functions
from bench.stand_ins import StepFunctions
from local_stack.sample_answers import SampleAnswers
from local_stack.settings import ROOT
from local_stack.student import Answer, Question

TRACKS: Final = ("backend-engineer", "cybersecurity-analyst", "data-analyst")
EMAIL: Final = "student@bench.test"
PASSWORD: Final = "a password for the benchmark"  # noqa: S105 - opens nothing


class Answers:
    """Sensible answers by track."""

    def __init__(self) -> None:
        self._samples = {t: SampleAnswers(ROOT / "seeds" / "tracks" / t) for t in TRACKS}

    def to(self, track_id: str, questions: Sequence[Any]) -> list[dict[str, Any]]:
        """Answer the questions of a start's reply, as the body of saving them wants it."""
        given = self._samples[track_id].answer_all([Question.model_validate(q) for q in questions])
        return [{"questionId": asked, "answer": _body(answer)} for asked, answer in given.items()]


def register(functions: Functions) -> str:
    """Create the student of the benchmark and return an access token."""
    account = {"email": EMAIL, "password": PASSWORD, "name": "Bench"}
    functions.request("register_user", http_event("register_user", body=account), status=201)
    del account["name"]
    reply = functions.request("log_in", http_event("log_in", body=account), status=200)
    return reply.body["accessToken"]


def complete(
    track_id: str, student: Student, *, functions: Functions, aws: StepFunctions, answers: Answers
) -> None:
    """Take one assessment from start to result."""
    start = http_event(
        "start_assessment", student=student, body={"trackId": track_id}, key=str(uuid4())
    )
    started = functions.request("start_assessment", start, status=201).body
    assessment_id = started["assessmentId"]
    of_this = {"student": student, "assessment_id": assessment_id}
    body = {"responses": answers.to(track_id, started["questions"])}
    save = http_event("save_responses", **of_this, body=body)
    functions.request("save_responses", save, status=200)
    submit = http_event("submit_assessment", **of_this, body={}, key=str(uuid4()))
    functions.request("submit_assessment", submit, status=202)
    execution = json.loads(aws.last_input)
    for function, job_id in (
        *(("score_essay", job_id) for job_id in execution["essayJobs"]),
        ("retrieve_credentials", execution["retrievalJob"]),
        ("fuse_results", execution["fusionJob"]),
    ):
        functions.invoke(function, task_event(job_id=job_id, assessment_id=assessment_id))
    functions.invoke("finish_assessment", {"assessmentId": assessment_id})
    functions.request("get_result", http_event("get_result", **of_this), status=200)


def _body(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(exclude_none=True)
