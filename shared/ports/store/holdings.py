"""What is held about one person and no use case needs but the export."""

from typing import Protocol

from shared.domain.accommodations import AccommodationsVersion
from shared.domain.assessment import AssessmentId
from shared.domain.audit import AuditEntry
from shared.domain.essay import EssayScore
from shared.domain.event import Event
from shared.domain.feedback import Feedback
from shared.domain.holdings import KeptKey, Prompt
from shared.domain.session import Session
from shared.domain.user import UserId
from shared.domain.verdict import ItemVerdict


class HoldingsRepository(Protocol):
    """Each answer is oldest first, and empty for an id of nobody."""

    def sessions(self, user_id: UserId) -> tuple[Session, ...]: ...

    def keys(self, user_id: UserId) -> tuple[KeptKey, ...]:
        """Return the keys that the user sent, and the one they registered with."""
        ...

    def events(self, user_id: UserId) -> tuple[Event, ...]: ...

    def accommodations(self, student_id: UserId) -> tuple[AccommodationsVersion, ...]:
        """Return every version, also of what was taken away."""
        ...

    def feedback_by(self, author_id: UserId) -> tuple[Feedback, ...]:
        """Return all that the user said of recommendations, replaced or not."""
        ...

    def audit(self, subject: str) -> tuple[AuditEntry, ...]:
        """Return what was done to a user or an assessment, whoever did it."""
        ...

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        """Return every scoring event, by question and attempt."""
        ...

    def feedback_on(self, assessment_id: AssessmentId) -> tuple[Feedback, ...]:
        """Return all that was said of the assessment's recommendation, by whomever."""
        ...

    def verdicts_by(self, author_id: UserId) -> tuple[ItemVerdict, ...]:
        """Return all that the user decided on recommendations, replaced or not."""
        ...

    def verdicts_on(self, assessment_id: AssessmentId) -> tuple[ItemVerdict, ...]:
        """Return all that was decided on the assessment's recommendation, replaced or not."""
        ...

    def prompts(self, assessment_id: AssessmentId) -> tuple[Prompt, ...]: ...
