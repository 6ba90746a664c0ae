from collections.abc import Mapping
from typing import Any, Protocol


class Tasks(Protocol):
    """Answers to the states of the pipeline that wait for a job."""

    def complete(self, token: str, output: Mapping[str, Any]) -> None:
        """Tell the waiting state that its job is done; one that no longer waits is left alone.

        Raises `PipelineUnavailableError`.
        """
        ...

    def fail(self, token: str, *, error: str, cause: str) -> None:
        """Tell the waiting state that its job failed; one that no longer waits is left alone.

        `error` is a short stable word such as `timeout`; `cause` says it in a sentence without
        answer text, and is cut at 256 characters. Raises `PipelineUnavailableError`.
        """
        ...
