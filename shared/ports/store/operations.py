"""The state of all work at once, for the person who runs the deployment."""

from datetime import datetime
from typing import Protocol

from shared.domain.operations import WorkState


class OperationsRepository(Protocol):
    def work(self, *, now: datetime, since: datetime) -> WorkState:
        """Count what there is, and what was started, completed or failed from `since` on.

        An open assessment whose time is up counts as expired.
        """
        ...
