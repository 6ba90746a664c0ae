"""What every step after the essay scores reads together."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.assessment import Assessment, AssessmentId, Response, Snapshot
from shared.domain.essay import EssayScore
from shared.domain.question import QuestionId
from shared.domain.recommendation import Situation
from shared.domain.scoring import Profile, RuleScore, build_profile
from shared.domain.situation import situation_of
from shared.domain.track import Track
from shared.ports.store import Repositories


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAssessment:
    assessment: Assessment
    track: Track
    """In the version that the assessment began with."""
    snapshots: tuple[Snapshot, ...]
    responses: Mapping[QuestionId, Response]
    rule_scores: tuple[RuleScore, ...]
    essay_scores: tuple[EssayScore, ...]

    @property
    def profile(self) -> Profile:
        return build_profile(
            track=self.track,
            snapshots=self.snapshots,
            responses=self.responses,
            rules=self.rule_scores,
            essays=self.essay_scores,
            degradations=self.assessment.degradations,
        )

    @property
    def situation(self) -> Situation:
        return situation_of(
            track=self.track,
            assessment=self.assessment,
            snapshots=self.snapshots,
            responses=self.responses,
            rules=self.rule_scores,
            essays=self.essay_scores,
        )


def read_scored(repositories: Repositories, assessment: Assessment) -> ScoredAssessment:
    assessment_id = AssessmentId(assessment.id)
    return ScoredAssessment(
        assessment=assessment,
        track=repositories.tracks.get_version(assessment.track_id, assessment.track_version),
        snapshots=repositories.assessments.snapshots(assessment_id),
        responses=repositories.assessments.responses(assessment_id),
        rule_scores=repositories.assessments.rule_scores(assessment_id),
        essay_scores=repositories.assessments.essay_scores(assessment_id),
    )
