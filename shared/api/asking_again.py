"""When to ask again for a result that is on its way."""

from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

MOST_SECONDS: Final = 5
"""Estimates grow with the queue; who waits is told within these seconds that it is done."""


def ask_again_after(estimated_seconds: int | None) -> dict[str, str]:
    """Return the header that says so."""
    return {"Retry-After": str(min(max(estimated_seconds or 1, 1), MOST_SECONDS))}


def says_when_to_ask_again(
    responses: dict[int, OpenAPIResponse],
) -> dict[int, OpenAPIResponse]:
    """Document the header of these answers."""
    schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST_SECONDS}
    for response in responses.values():
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds until it is worth asking again, while it is being scored",
                "schema": schema,
            }
        }
    return responses
