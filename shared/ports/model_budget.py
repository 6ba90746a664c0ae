from typing import Protocol

from shared.domain.assessment import Assessment
from shared.domain.essay import Usage


class ModelBudget(Protocol):
    def ensure_left(self, assessment: Assessment) -> None:
        """Raise `EngineRefusedError` when one more prompt for the assessment would be too many."""
        ...

    def charge(self, assessment: Assessment, *, purpose: str, usage: Usage) -> None:
        """Count one prompt and its tokens; a prompt that failed cost one too."""
        ...
