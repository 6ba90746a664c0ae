"""What tests of handlers say besides the event."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from tests.fakes.wiring import FakeWiring

EVENTS: Final = Path(__file__).parents[3] / "events"


class Serve(Protocol):
    def __call__(self, function: str, world: FakeWiring, **changes: object) -> dict[str, Any]: ...


def sample(function: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{function}.json").read_text())


def body_of(reply: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(reply["body"])


def as_caller(function: str, user_id: str, *, role: str = "student") -> dict[str, Any]:
    """The request context of the function's sample, but of this caller."""
    claims = {"userId": user_id, "sessionId": "s", "role": role}
    return sample(function)["requestContext"] | {"authorizer": {"lambda": claims}}
