"""Bodies of what advisors see of many students, and of one over time."""

from datetime import datetime
from typing import Any, Self

from shared.api.schemas.assessments import AssessmentOut
from shared.api.schemas.base import ResponseBody
from shared.api.schemas.results import DomainScoreOut
from shared.domain.cohort import CohortEntry
from shared.domain.degraded import DegradedReason
from shared.domain.scoring import Band


class OutcomeOut(AssessmentOut):
    """An assessment and what came of it; null until it is completed."""

    overall_score: int | None
    band: Band | None
    confidence: float | None
    degraded: bool
    degraded_reasons: list[DegradedReason]
    needs_review: bool
    """Whether an essay of it waits in the review queue."""


class CohortEntryOut(OutcomeOut):
    student_id: str
    student_name: str

    @classmethod
    def build(cls, entry: CohortEntry, now: datetime) -> Self:
        return cls(
            **_outcome(entry, now),
            student_id=entry.assessment.student_id,
            student_name=entry.student_name,
        )


class HistoryEntryOut(OutcomeOut):
    domain_breakdown: list[DomainScoreOut]

    @classmethod
    def build(cls, entry: CohortEntry, now: datetime) -> Self:
        breakdown = entry.profile.domain_breakdown if entry.profile else ()
        return cls(
            **_outcome(entry, now),
            domain_breakdown=[
                DomainScoreOut(domain=d.domain, score=d.score, questions=d.questions)
                for d in breakdown
            ],
        )


class CohortPageOut(ResponseBody):
    items: list[CohortEntryOut]
    next_cursor: str | None


class HistoryOut(ResponseBody):
    student_id: str
    student_name: str
    items: list[HistoryEntryOut]
    next_cursor: str | None


def _outcome(entry: CohortEntry, now: datetime) -> dict[str, Any]:
    assessment, profile = entry.assessment, entry.profile
    reasons = {degradation.reason for degradation in assessment.degradations}
    return dict(AssessmentOut.of(assessment, assessment.status_at(now))) | {
        "overall_score": profile.overall_score if profile else None,
        "band": profile.band if profile else None,
        "confidence": profile.confidence if profile else None,
        "degraded": bool(reasons),
        "degraded_reasons": sorted(reasons),
        "needs_review": entry.needs_review,
    }
