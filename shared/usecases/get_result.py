"""Read a result: profile, scores with their evidence, and the stored recommendation."""

from dataclasses import dataclass

from shared.domain.access import ensure_reader
from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.errors import ResultNotReadyError
from shared.domain.essay import EssayScore
from shared.domain.recommendation import Recommendation
from shared.domain.scoring import Profile, RuleScore
from shared.domain.user import Caller
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    assessment: Assessment
    profile: Profile
    rule_scores: tuple[RuleScore, ...]
    essay_scores: tuple[EssayScore, ...]
    recommendation: Recommendation


def get_result(assessment_id: AssessmentId, caller: Caller, *, store: Store) -> Result:
    with store.begin() as repositories:
        assessment = repositories.assessments.get(assessment_id)
        ensure_reader(assessment, caller)
        profile = repositories.assessments.profile(assessment_id)
        recommendation = repositories.recommendations.of_assessment(assessment_id)
        if profile is None or recommendation is None:
            raise ResultNotReadyError(
                f"the assessment is {assessment.status}; its result can be read once it is "
                "completed: follow its status"
            )
        return Result(
            assessment=assessment,
            profile=profile,
            rule_scores=repositories.assessments.rule_scores(assessment_id),
            essay_scores=repositories.assessments.essay_scores(assessment_id),
            recommendation=recommendation,
        )
