"""Read a result: profile, scores with their evidence, and the stored recommendation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.domain.access import ensure_reader
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.errors import ResultNotReadyError
from shared.domain.essay import EssayScore
from shared.domain.question import QuestionId
from shared.domain.recommendation import Recommendation
from shared.domain.scoring import Profile, RuleScore
from shared.domain.user import Caller
from shared.domain.verdict import Verdicts
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    assessment: Assessment
    profile: Profile
    rule_scores: tuple[RuleScore, ...]
    essay_scores: tuple[EssayScore, ...]
    previous: Mapping[QuestionId, Sequence[EssayScore]]
    """Of essays that were marked again, the scores before, newest first."""
    recommendation: Recommendation
    verdicts: Verdicts


def get_result(assessment_id: AssessmentId, caller: Caller, *, store: Store) -> Result:
    with store.begin() as repositories:
        assessment = repositories.assessments.get(assessment_id)
        ensure_reader(assessment, caller)
        profile = repositories.assessments.profile(assessment_id)
        recommendation = repositories.recommendations.of_assessment(assessment_id)
        if profile is None or recommendation is None:
            raise ResultNotReadyError(_why_not(assessment))
        essay_scores = repositories.assessments.essay_scores(assessment_id)
        return Result(
            assessment=assessment,
            profile=profile,
            rule_scores=repositories.assessments.rule_scores(assessment_id),
            essay_scores=essay_scores,
            previous=_previous(essay_scores, assessment_id, repositories),
            recommendation=recommendation,
            verdicts=repositories.verdicts.newest(recommendation.id),
        )


def _why_not(assessment: Assessment) -> str:
    if assessment.status is AssessmentStatus.FAILED:
        return (
            "the scoring failed; the answers are kept, and an admin can have it retried: "
            f"POST /admin/assessments/{assessment.id}/retry"
        )
    return (
        f"the assessment is {assessment.status}; its result can be read once it is completed: "
        "follow its status"
    )


def _previous(
    newest: Sequence[EssayScore], assessment_id: AssessmentId, repositories: Repositories
) -> Mapping[QuestionId, Sequence[EssayScore]]:
    """One more round trip where an essay has a later attempt than the first, and none elsewhere."""
    later = {s.question_id: s.attempt for s in newest if s.attempt > 1}
    if not later:
        return {}
    events = repositories.assessments.essay_score_events(assessment_id)
    earlier = {
        question_id: [
            s
            for s in reversed(events)
            if s.question_id == question_id and s.attempt < attempt and not s.is_unread
        ]
        for question_id, attempt in later.items()
    }
    return {question_id: scores for question_id, scores in earlier.items() if scores}
