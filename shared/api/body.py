"""Reading request bodies that may be anything."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

MAX_BODY_BYTES: Final = 512 * 1024
"""Ten answers of 10,000 characters are 100 kB of English, 300 kB of Chinese; API Gateway itself
would take 10 MB."""

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
"""Lambda takes events of 6 MB, in which a binary body is a third longer."""
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the body of a route may be."""

    media_types: frozenset[str]
    max_bytes: int
    remedy: str
    """For a body that is larger."""

    @property
    def is_json_alone(self) -> bool:
        return self.media_types == {JSON}


JSON_BODY: Final = Accepted(
    media_types=frozenset({JSON}),
    max_bytes=MAX_BODY_BYTES,
    remedy="save fewer or shorter answers",
)


def body_size(event: Mapping[str, Any]) -> int:
    """Return the size of the body in bytes (within 2 bytes where it came as base64)."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return len(body) * 3 // 4
    return len(body.encode("utf-8", "surrogatepass"))


def media_type(event: Mapping[str, Any]) -> str:
    """Return what the body is said to be, without parameters such as `charset`."""
    said = (event.get("headers") or {}).get("content-type", "")
    return said.partition(";")[0].strip().lower()


def is_accepted(event: Mapping[str, Any], accepted: Accepted) -> bool:
    """Tell whether the body, where there is one, says that it is of an accepted kind.

    One that does not say what it is passes for JSON. Powertools would also read forms, in which
    every value is a text.
    """
    kind = media_type(event)
    has_body = bool(event.get("body")) or kind.startswith("multipart/")
    return not has_body or (kind or JSON) in accepted.media_types


def is_text(event: Mapping[str, Any]) -> bool:
    """Tell whether the body is UTF-8."""
    if not event.get("isBase64Encoded"):
        return True
    try:
        base64.b64decode(event.get("body") or "", validate=True).decode()
    except ValueError:
        return False
    return True


def raw_body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body)
        except binascii.Error:
            return b""
    return body.encode("utf-8", "surrogatepass")


def read_json(text: str | bytes | bytearray) -> Any:
    """Parse a body strictly: an object, or null for no body.

    Raises:
        json.JSONDecodeError: also for NaN and Infinity, which JSON does not have, for nesting that
            no request of this API needs, and for numbers of thousands of digits.
        RequestValidationError: it is no object. Powertools would take an array's first element.
    """
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise json.JSONDecodeError("nested too deeply", "", 0) from None
    except json.JSONDecodeError:
        raise
    except ValueError:
        raise json.JSONDecodeError("a number has too many digits", "", 0) from None
    if content is not None and not isinstance(content, dict):
        raise RequestValidationError(
            [{"type": "dict_type", "loc": ("body",), "msg": "the body must be an object"}]
        )
    return content


def _refuse_constant(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is not JSON", "", 0)
