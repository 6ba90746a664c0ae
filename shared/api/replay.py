"""The answer to a request that may be a repeated one, which gets the first answer again."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, TypeVar

from aws_lambda_powertools.event_handler import Response, content_types

from shared.api.schemas.base import ResponseBody

Body = TypeVar("Body", bound=ResponseBody)

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


def reply(
    body: Body,
    *,
    status: HTTPStatus,
    is_replay: bool,
    headers: Mapping[str, str] = NO_HEADERS,
) -> Response[Body]:
    return Response(
        status_code=status,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers={**headers, **({"Idempotency-Replayed": "true"} if is_replay else {})},
    )
