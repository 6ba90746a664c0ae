from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.domain.job import Job
from shared.ports.store import Repositories


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """What a job came to: `write` stores it in the transaction that finishes the job."""

    output: Mapping[str, Any]
    track_id: str
    write: Callable[[Repositories], None]


class JobWork(Protocol):
    def __call__(self, job: Job) -> JobResult:
        """Do the job without a transaction, so that a slow model holds no lock.

        Raises `EngineUnavailableError` or `EngineRefusedError`.
        """
        ...
