"""What every HTTP function shares: resolver, error answers, guard, and the handler around it."""

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoSuchPathError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.api.body import JSON_BODY, Accepted, body_size, is_accepted, is_text, read_json
from shared.api.caller import ensure_allowed
from shared.api.problem import problem, problem_of
from shared.api.validation import field_errors
from shared.domain.errors import DomainError
from shared.domain.metrics import Metric
from shared.ports.metrics import Metrics

logger = Logger()

Event = dict[str, Any]
Reply = dict[str, Any]
HttpHandler = Callable[[Event, LambdaContext], Reply]

UNREADABLE: Final = "the body is not JSON in UTF-8"
NO_FILES: Final[Mapping[str, Accepted]] = MappingProxyType({})


def build_api() -> APIGatewayHttpResolver:
    """Return a resolver that validates by the routes' annotations and answers with problems."""
    api = APIGatewayHttpResolver(
        enable_validation=True,
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        json_body_deserializer=read_json,
        serializer=partial(json.dumps, separators=(",", ":")),
    )

    @api.exception_handler(DomainError)
    def _domain_error(error: DomainError) -> Response[str]:
        logger.info("request refused", code=error.code)
        return problem_of(error, instance=api.current_event.path)

    @api.exception_handler(RequestValidationError)
    def _invalid(error: RequestValidationError) -> Response[str]:
        found = field_errors(error.errors())
        logger.info(
            "request refused", code="invalid_request", pointers=[f["pointer"] for f in found]
        )
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_request",
            _first_of(found),
            instance=api.current_event.path,
            errors=found,
        )

    @api.exception_handler(RequestUnsupportedContentType)
    def _unsupported(_: RequestUnsupportedContentType) -> Response[str]:
        return _unsupported_media_type(api.current_event.path, JSON_BODY)

    @api.not_found
    def _no_such_path(_: NoSuchPathError) -> Response[str]:
        return problem(
            HTTPStatus.NOT_FOUND,
            "not_found",
            "there is nothing at this address",
            instance=api.current_event.path,
        )

    @api.exception_handler(ResponseValidationError)
    def _unfit_answer(error: ResponseValidationError) -> Response[str]:
        # Without its message, which quotes the answer.
        logger.error("answer does not fit its model", fields=[e["loc"] for e in error.errors()])
        return _our_fault(api.lambda_context, api.current_event.path)

    return api


def handler_of(
    api: APIGatewayHttpResolver,
    metrics: Callable[[], Metrics],
    bodies: Mapping[str, Accepted] = NO_FILES,
) -> HttpHandler:
    """Return the `lambda_handler` around a resolver; `bodies` by route, JSON for the others.

    Before the resolver looks at a request: may this caller come in, and can the body be read?
    Around it: one log line, one latency, and no exception that leaves without a problem document.
    """

    @logger.inject_lambda_context(
        correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
    )
    def lambda_handler(event: Event, context: LambdaContext) -> Reply:
        started = time.perf_counter()
        route = event.get("routeKey", "")
        logger.append_keys(route=route, **_subject(event))
        reply = _answer(api, event, context, bodies.get(route, JSON_BODY))
        elapsed = (time.perf_counter() - started) * 1000
        metrics().milliseconds(Metric.REQUEST_LATENCY, elapsed, route=route)
        logger.info("answered", status=reply["statusCode"], milliseconds=round(elapsed, 1))
        return reply

    return cast("HttpHandler", lambda_handler)


def _answer(
    api: APIGatewayHttpResolver, event: Event, context: LambdaContext, accepted: Accepted
) -> Reply:
    path = event.get("rawPath", "")
    try:
        ensure_allowed(event)
        if refusal := _refuse_body(event, path, accepted):
            return _reply(refusal)
        return api.resolve(event, context)
    except DomainError as error:
        logger.info("request refused", code=error.code)
        return _reply(problem_of(error, instance=path))
    except Exception:
        logger.exception("request failed")
        return _reply(_our_fault(context, path))


def _refuse_body(event: Event, path: str, accepted: Accepted) -> Response[str] | None:
    """Return the answer to a body that the route cannot read, None to any other."""
    if body_size(event) > accepted.max_bytes:
        return problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body_too_large",
            f"the body has more than {accepted.max_bytes} bytes; {accepted.remedy}",
            instance=path,
        )
    if not is_accepted(event, accepted):
        return _unsupported_media_type(path, accepted)
    if accepted.is_json_alone and not is_text(event):
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_request",
            UNREADABLE,
            instance=path,
            errors=[{"pointer": "", "detail": UNREADABLE}],
        )
    return None


def _unsupported_media_type(path: str, accepted: Accepted) -> Response[str]:
    return problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        f"send the body as {' or '.join(sorted(accepted.media_types))}",
        instance=path,
    )


def _our_fault(context: LambdaContext, path: str) -> Response[str]:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        f"something went wrong on our side; quote request {context.aws_request_id}",
        instance=path,
    )


def _first_of(found: list[Mapping[str, str]]) -> str:
    where = f"{found[0]['pointer']}: " if found[0]["pointer"] else ""
    rest = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{where}{found[0]['detail']}{rest}"


def _reply(response: Response[str]) -> Reply:
    return {
        "statusCode": response.status_code,
        "headers": {
            "Content-Type": response.content_type,
            **{name: str(value) for name, value in response.headers.items()},
        },
        "body": response.body,
        "isBase64Encoded": False,
    }


def _subject(event: Mapping[str, Any]) -> dict[str, str]:
    assessment = (event.get("pathParameters") or {}).get("assessmentId")
    return {"assessment_id": assessment} if assessment else {}
