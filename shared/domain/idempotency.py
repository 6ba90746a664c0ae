"""The client's promise that a request is the same as one it sent before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """`scope` is whose key it is, so that two clients' keys never meet."""

    scope: str
    operation: str
    key: str
    request_hash: str
    """SHA-256 of the path and the body as sent."""
