"""The answer to a request that may be a repeated one, which gets the first answer again."""

from http import HTTPStatus
from typing import TypeVar

from aws_lambda_powertools.event_handler import Response, content_types

from shared.api.schemas.base import ResponseBody

Body = TypeVar("Body", bound=ResponseBody)


def reply(body: Body, *, status: HTTPStatus, is_replay: bool) -> Response[Body]:
    return Response(
        status_code=status,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers={"Idempotency-Replayed": "true"} if is_replay else {},
    )
