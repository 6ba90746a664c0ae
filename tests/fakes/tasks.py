from collections.abc import Mapping
from typing import Any

from shared.domain.errors import PipelineUnavailableError


class FakeTasks:
    """Keeps the first answer to each token, as a state does that waits for one."""

    def __init__(self) -> None:
        self.completed: dict[str, Mapping[str, Any]] = {}
        """Output by token."""
        self.failed: dict[str, tuple[str, str]] = {}
        """Error and cause by token."""
        self.is_available = True

    def complete(self, token: str, output: Mapping[str, Any]) -> None:
        if self._waits(token):
            self.completed[token] = dict(output)

    def fail(self, token: str, *, error: str, cause: str) -> None:
        if self._waits(token):
            self.failed[token] = (error, cause)

    def _waits(self, token: str) -> bool:
        if not self.is_available:
            raise PipelineUnavailableError("the pipeline cannot be reached")
        return token not in self.completed and token not in self.failed
