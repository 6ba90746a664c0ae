"""What every correction of a completed result does: append a score, compute the profile anew, tell.

Whoever corrects holds the assessment's lock, so that attempts count up and profiles follow them.
"""

from typing import Any

from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.essay import EssayScore
from shared.domain.event import EventId, EventType
from shared.domain.review import Correction
from shared.domain.scoring import Profile
from shared.ports.ids import Ids
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Repositories


def correct_result(
    assessment: Assessment, before: EssayScore, after: EssayScore, repositories: Repositories
) -> Correction:
    """Append the score; where there is a result, store the profile that follows from the two."""
    assessment_id = AssessmentId(assessment.id)
    profile_before = profile_after = None
    if assessment.status is AssessmentStatus.COMPLETED:
        profile_before = repositories.assessments.profile(assessment_id)
        profile_before = profile_before or read_scored(repositories, assessment).profile
    repositories.assessments.add_essay_score(after)
    if profile_before:
        profile_after = read_scored(repositories, assessment).profile
        repositories.assessments.save_profile(assessment_id, profile_after)
    return Correction(
        before=before, after=after, profile_before=profile_before, profile_after=profile_after
    )


def tell_correction(
    correction: Correction, assessment: Assessment, repositories: Repositories, ids: Ids
) -> None:
    before, after = correction.before, correction.after
    repositories.outbox.append(
        EventType.RESULT_CORRECTED,
        assessment.student_id,
        {
            "assessmentId": assessment.id,
            "trackId": assessment.track_id,
            "questionId": after.question_id,
            "essayScoreId": after.id,
            "attempt": after.attempt,
            "before": {"score": before.score} | _result_of(correction.profile_before),
            "after": {"score": after.score} | _result_of(correction.profile_after),
        },
        event_id=EventId(ids.new()),
        at=after.created_at,
    )


def audit_correction(
    correction: Correction, repositories: Repositories, *, actor: str, action: str, **details: str
) -> None:
    after = correction.after
    repositories.audit.append(
        actor=actor,
        action=action,
        subject=after.assessment_id,
        details={
            **details,
            "questionId": after.question_id,
            "essayScoreId": after.id,
            "attempt": after.attempt,
            "before": _essay(correction.before) | _result_of(correction.profile_before),
            "after": _essay(after) | _result_of(correction.profile_after),
        },
        at=after.created_at,
    )


def _essay(score: EssayScore) -> dict[str, Any]:
    """Return the marks; nothing of an essay that nobody had marked."""
    if score.is_unread:
        return {}
    return {
        "score": score.score,
        "criteria": {criterion.name.value: criterion.score for criterion in score.criteria},
    }


def _result_of(profile: Profile | None) -> dict[str, Any]:
    """Return what of a result may be told: numbers and the band; nothing where there is none."""
    if profile is None:
        return {}
    return {
        "overallScore": profile.overall_score,
        "band": profile.band.value,
        "confidence": profile.confidence,
    }
