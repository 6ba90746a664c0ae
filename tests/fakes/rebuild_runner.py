from shared.domain.embedding_index import RebuildId
from shared.domain.errors import PipelineUnavailableError


class FakeRebuildRunner:
    """Remembers what was started; a test ends runs by emptying `running`."""

    def __init__(self) -> None:
        self.started: list[tuple[RebuildId, int]] = []
        self.running: set[tuple[RebuildId, int]] = set()
        self.is_available = True

    def start(self, rebuild_id: RebuildId, *, run: int) -> None:
        self._ensure_available()
        if (rebuild_id, run) not in self.started:
            self.started.append((rebuild_id, run))
            self.running.add((rebuild_id, run))

    def is_running(self, rebuild_id: RebuildId, *, run: int) -> bool:
        self._ensure_available()
        return (rebuild_id, run) in self.running

    def _ensure_available(self) -> None:
        if not self.is_available:
            raise PipelineUnavailableError("the pipeline cannot be reached")
