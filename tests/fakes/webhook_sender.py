from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.domain.webhook_delivery import Reply
from shared.ports.resolver import CheckedTarget
from tests.builders import a_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    to: CheckedTarget
    body: str
    headers: Mapping[str, str]


class FakeWebhookSender:
    """A receiver that answers 200, or what a test put into `replies`."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.replies: list[Reply] = []
        self.meanwhile: Callable[[], None] = lambda: None
        """Happens while the receiver works."""

    def post(self, to: CheckedTarget, *, body: str, headers: Mapping[str, str]) -> Reply:
        self.posted.append(Posted(to=to, body=body, headers=headers))
        self.meanwhile()
        return self.replies.pop(0) if self.replies else a_reply(200)
