from dataclasses import dataclass
from typing import Protocol

from shared.domain.essay import EssayMarks, EssayTask


class EssayScorer(Protocol):
    def score(self, task: EssayTask) -> EssayMarks:
        """Mark one essay on every criterion of its rubric, 0–10 each.

        Raises:
            EngineUnavailableError: worth another try later.
            EngineRefusedError: this engine will not mark this essay; another one may.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReader:
    """Another engine that reads what the first has marked, to tell where to doubt."""

    scorer: EssayScorer
    bound: float
    """Difference of the two scores, 0–10, beyond which a person looks."""
