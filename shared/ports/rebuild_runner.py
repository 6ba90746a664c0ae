from typing import Protocol

from shared.domain.embedding_index import RebuildId


class RebuildRunner(Protocol):
    """Runs the steps of a rebuild one after the other, retries them, and records a failure."""

    def start(self, rebuild_id: RebuildId, *, run: int) -> None:
        """Start this run; starting it twice starts it once. Raises `PipelineUnavailableError`."""
        ...

    def is_running(self, rebuild_id: RebuildId, *, run: int) -> bool:
        """Tell whether that run waits or works. Raises `PipelineUnavailableError`."""
        ...
