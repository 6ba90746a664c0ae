"""Errors as RFC 9457 problem documents, and the one table that gives each its HTTP status."""

import json
import math
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.types import (
    OpenAPIResponse,
    OpenAPIResponseContentModel,
)
from pydantic import Field

from shared.api.schemas.base import ResponseBody
from shared.domain import errors
from shared.domain.errors import DomainError

CONTENT_TYPE: Final = "application/problem+json"
TYPE_BASE: Final = "https://assay.example/problems/"
"""Identifies the kind of problem; RFC 9457 does not ask that it can be fetched."""

STATUS_BY_ERROR: Final[Mapping[type[DomainError], HTTPStatus]] = {
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.InvalidCredentialsError: HTTPStatus.UNAUTHORIZED,
    errors.TokenReusedError: HTTPStatus.UNAUTHORIZED,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.EmailTakenError: HTTPStatus.CONFLICT,
    errors.LastAdminError: HTTPStatus.CONFLICT,
    errors.AlreadySubmittedError: HTTPStatus.CONFLICT,
    errors.IncompleteAssessmentError: HTTPStatus.CONFLICT,
    errors.ResultNotReadyError: HTTPStatus.CONFLICT,
    errors.AssessmentNotFailedError: HTTPStatus.CONFLICT,
    errors.ReviewLeasedError: HTTPStatus.CONFLICT,
    errors.ReviewNotNeededError: HTTPStatus.CONFLICT,
    errors.MarksMissingError: HTTPStatus.CONFLICT,
    errors.AiScoringDeclinedError: HTTPStatus.CONFLICT,
    errors.IdempotencyConflictError: HTTPStatus.CONFLICT,
    errors.TrackUnavailableError: HTTPStatus.CONFLICT,
    errors.NotAStudentError: HTTPStatus.CONFLICT,
    errors.WebhookDisabledError: HTTPStatus.CONFLICT,
    errors.DeliveryPendingError: HTTPStatus.CONFLICT,
    errors.SlugTakenError: HTTPStatus.CONFLICT,
    errors.CoverageGapError: HTTPStatus.CONFLICT,
    errors.PoolTooSmallError: HTTPStatus.CONFLICT,
    errors.RebuildRunningError: HTTPStatus.CONFLICT,
    errors.AssessmentExpiredError: HTTPStatus.GONE,
    errors.InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownQuestionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownCredentialError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidContentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidImportError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ExportTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.PipelineUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.QueuesUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_AFTER_OUTAGE: Final = "5"
"""Seconds; an Aurora failover takes about half a minute, a paused cluster wakes in fifteen."""


class FieldError(ResponseBody):
    pointer: str
    """JSON pointer (RFC 6901) into the request body, or the name of the parameter."""
    detail: str


class Problem(ResponseBody):
    """RFC 9457. `code` is stable; `detail` says what is wrong and how to go on."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: str
    instance: str
    errors: list[FieldError] | None = None
    conflicts_with: str | None = None
    """Id of what is in the way, where it has one."""


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    instance: str,
    errors: Iterable[Mapping[str, str]] = (),
    conflicts_with: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    body: dict[str, Any] = {
        "type": f"{TYPE_BASE}{code.replace('_', '-')}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        "instance": instance,
    }
    if found := list(errors):
        body["errors"] = found
    if conflicts_with is not None:
        body["conflictsWith"] = conflicts_with
    return Response(
        status_code=status.value,
        content_type=CONTENT_TYPE,
        body=json.dumps(body),
        headers=dict(headers or {}),
    )


def problem_of(error: DomainError, *, instance: str) -> Response[str]:
    status = STATUS_BY_ERROR.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    found: list[Mapping[str, str]] = []
    headers: dict[str, str] = {}
    if isinstance(error, errors.InvalidInputError):
        found = [{"pointer": error.pointer, "detail": str(error)}]
    elif isinstance(error, errors.IncompleteAssessmentError):
        found = [{"pointer": m, "detail": "this question has no answer"} for m in error.missing]
    elif isinstance(error, errors.InvalidContentError):
        found = [{"pointer": pointer, "detail": detail} for pointer, detail in error.faults]
    elif isinstance(error, errors.RateLimitedError):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after.total_seconds())))
    elif status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER_OUTAGE
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status,
        error.code,
        str(error),
        instance=instance,
        errors=found,
        conflicts_with=error.rebuild_id if isinstance(error, errors.RebuildRunningError) else None,
        headers=headers,
    )


DESCRIPTIONS: Final[Mapping[int, str]] = {
    401: "No good token",
    403: "The role does not allow it",
    404: "It does not exist, or is not yours",
    409: "The wrong moment",
    410: "The assessment has expired",
    413: "The body is too large",
    415: "The body is not of a kind that the route reads",
    422: "The body or a parameter is not valid",
    429: "Too many requests; see Retry-After",
    500: "Our fault",
    503: "The database, or another service, is away; see Retry-After",
}
BODY: Final = (413, 415, 422)
"""What a route with a body may answer besides."""


def problems(*statuses: int) -> dict[int, OpenAPIResponse]:
    """Document the error responses of a route; 500 and 503 come with every route."""
    return {
        status: OpenAPIResponse(
            description=DESCRIPTIONS[status], content={CONTENT_TYPE: {"model": Problem}}
        )
        for status in (*statuses, 500, 503)
    }


def answers(
    model: object, description: str = "OK", *, status: HTTPStatus = HTTPStatus.OK
) -> dict[int, OpenAPIResponse]:
    """Document a successful response with a JSON body."""
    content: OpenAPIResponseContentModel = {"model": model}
    return {
        status.value: OpenAPIResponse(
            description=description, content={"application/json": content}
        )
    }
