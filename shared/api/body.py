"""Reading request bodies that may be anything."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

MAX_BODY_BYTES: Final = 512 * 1024
"""Ten answers of 10,000 characters are 100 kB of English, 300 kB of Chinese; API Gateway itself
would take 10 MB."""


def body_size(event: Mapping[str, Any]) -> int:
    """Return the size of the body in bytes (within 2 bytes where it came as base64)."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return len(body) * 3 // 4
    return len(body.encode("utf-8", "surrogatepass"))


def raw_body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body)
        except binascii.Error:
            return b""
    return body.encode("utf-8", "surrogatepass")


def read_json(text: str | bytes | bytearray) -> Any:
    """Parse a body strictly.

    Raises:
        json.JSONDecodeError: also for NaN and Infinity, which JSON does not have, and for nesting
            that no request of this API needs.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise json.JSONDecodeError("nested too deeply", "", 0) from None


def _refuse_constant(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is not JSON", "", 0)
