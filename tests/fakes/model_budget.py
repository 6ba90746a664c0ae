from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.errors import EngineRefusedError
from shared.domain.essay import Usage


class FakeModelBudget:
    """Counts prompts; refuses them while `is_spent`."""

    def __init__(self) -> None:
        self.charged: list[tuple[AssessmentId, str, Usage]] = []
        """Assessment, purpose and usage of each prompt."""
        self.is_spent = False

    def ensure_left(self, assessment: Assessment) -> None:
        if self.is_spent:
            raise EngineRefusedError(f"nothing is left for {assessment.id}", reason="over_budget")

    def charge(self, assessment: Assessment, *, purpose: str, usage: Usage) -> None:
        self.charged.append((assessment.id, purpose, usage))
