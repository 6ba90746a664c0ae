import json
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response

from shared.api.problem import (
    BODY,
    CONTENT_TYPE,
    DESCRIPTIONS,
    STATUS_BY_ERROR,
    Problem,
    problem,
    problem_of,
    problems,
)
from shared.domain import errors
from shared.domain.errors import DomainError

OURS_TO_BLAME = {
    errors.EngineError,
    errors.EngineUnavailableError,
    errors.EngineRefusedError,
    errors.InvalidSeedsError,
    errors.JobBusyError,
    errors.NoFreeSlotError,
    errors.RebuildSupersededError,
    errors.NoLongerScoredError,
}
"""Errors of workers and operators: at the HTTP edge they would be a defect, and so a 500."""


def subclasses(base: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in base.__subclasses__():
        if error.__module__.startswith("shared."):
            yield error
        yield from subclasses(error)


def body_of(response: Response[str]) -> dict[str, Any]:
    assert response.body is not None
    return json.loads(response.body)


@pytest.mark.parametrize("error", sorted(subclasses(DomainError), key=lambda e: e.__name__))
def test_every_error_has_a_status_or_is_a_500_on_purpose(error: type[DomainError]) -> None:
    assert (error in STATUS_BY_ERROR) != (error in OURS_TO_BLAME)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in subclasses(DomainError)]

    assert len(set(codes)) == len(codes)
    assert "domain_error" not in codes


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UnauthenticatedError("x"), 401),
        (errors.InvalidCredentialsError("x"), 401),
        (errors.TokenReusedError("x"), 401),
        (errors.ForbiddenError("x"), 403),
        (errors.NotFoundError("x"), 404),
        (errors.EmailTakenError("x"), 409),
        (errors.AlreadySubmittedError("x"), 409),
        (errors.IncompleteAssessmentError("x", missing=()), 409),
        (errors.ResultNotReadyError("x"), 409),
        (errors.IdempotencyConflictError("x"), 409),
        (errors.TrackUnavailableError("x"), 409),
        (errors.NotAStudentError("x"), 409),
        (errors.AssessmentExpiredError("x"), 410),
        (errors.InvalidInputError("x"), 422),
        (errors.UnknownQuestionError("x"), 422),
        (errors.RateLimitedError("x", retry_after=timedelta(seconds=1)), 429),
        (errors.StoreUnavailableError("x"), 503),
        (errors.QueuesUnavailableError("x"), 503),
        (errors.AssessmentNotFailedError("x"), 409),
        (errors.JobBusyError("x"), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, DomainError) else str(value),
)
def test_an_error_has_the_status_that_the_contract_gives(error: DomainError, status: int) -> None:
    response = problem_of(error, instance="/api/v1/x")

    assert response.status_code == status
    assert body_of(response)["status"] == status
    assert body_of(response)["code"] == error.code


def test_a_problem_is_a_document_of_rfc_9457() -> None:
    response = problem_of(errors.AssessmentExpiredError("start a new one"), instance="/api/v1/a/1")

    assert response.content_type == CONTENT_TYPE == "application/problem+json"
    assert body_of(response) == {
        "type": "https://assay.example/problems/assessment-expired",
        "title": "Gone",
        "status": 410,
        "detail": "start a new one",
        "code": "assessment_expired",
        "instance": "/api/v1/a/1",
    }


def test_a_fault_in_the_input_points_to_its_place() -> None:
    error = errors.UnknownQuestionError("no such question", pointer="/responses/2/questionId")

    assert body_of(problem_of(error, instance=""))["errors"] == [
        {"pointer": "/responses/2/questionId", "detail": "no such question"}
    ]


def test_missing_answers_are_named() -> None:
    error = errors.IncompleteAssessmentError("two are missing", missing=("q_1", "q_2"))

    assert body_of(problem_of(error, instance=""))["errors"] == [
        {"pointer": "q_1", "detail": "this question has no answer"},
        {"pointer": "q_2", "detail": "this question has no answer"},
    ]


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        pytest.param(timedelta(seconds=30), "30", id="whole"),
        pytest.param(timedelta(seconds=29, milliseconds=1), "30", id="never-sooner-than-it-helps"),
        pytest.param(timedelta(milliseconds=20), "1", id="at-least-one"),
        pytest.param(timedelta(0), "1", id="not-at-once"),
    ],
)
def test_too_many_requests_say_when_to_come_again(wait: timedelta, seconds: str) -> None:
    response = problem_of(errors.RateLimitedError("x", retry_after=wait), instance="")

    assert response.headers["Retry-After"] == seconds


def test_a_database_that_is_away_says_when_to_come_again() -> None:
    response = problem_of(errors.StoreUnavailableError("x"), instance="")

    assert response.headers["Retry-After"] == "5"


def test_nothing_else_says_so() -> None:
    assert "Retry-After" not in problem_of(errors.NotFoundError("x"), instance="").headers


def test_401_names_the_scheme_and_nothing_else_does() -> None:
    unauthorized = problem_of(errors.UnauthenticatedError("x"), instance="")
    forbidden = problem_of(errors.ForbiddenError("x"), instance="")

    assert unauthorized.headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in forbidden.headers


def test_every_status_of_the_table_is_documented() -> None:
    assert {status.value for status in STATUS_BY_ERROR.values()} <= set(DESCRIPTIONS)


def test_every_route_documents_its_problems_and_that_we_may_fail() -> None:
    documented = problems(401, *BODY)

    assert set(documented) == {401, 413, 415, 422, 500, 503}
    for response in documented.values():
        assert response["content"] == {"application/problem+json": {"model": Problem}}


def test_errors_are_left_out_where_there_are_none() -> None:
    assert "errors" not in body_of(problem(HTTPStatus.NOT_FOUND, "not_found", "x", instance=""))
