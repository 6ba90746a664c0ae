from collections.abc import Mapping
from typing import Protocol

from shared.domain.webhook_delivery import Reply
from shared.ports.resolver import CheckedTarget


class WebhookSender(Protocol):
    def post(self, to: CheckedTarget, *, body: str, headers: Mapping[str, str]) -> Reply:
        """POST the body once and return what came back; never raises for what a receiver does.

        Connects to the checked addresses only, follows no redirect, reads no more of the answer
        than is logged, and gives up after 15 s in all.
        """
        ...
