from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared.adapters.postgres.ids import is_id, is_storable
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus, Response, Snapshot
from shared.domain.consent import Consent
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.question import QuestionId
from shared.domain.scoring import Profile, RuleScore
from shared.domain.track import TrackId
from shared.domain.user import UserId
from shared.ports.store import Page
from tests.fakes.store.state import PipelineRun, State


class FakeAssessmentRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, assessment: Assessment, snapshots: Sequence[Snapshot]) -> None:
        self._state.assessments[assessment.id] = assessment
        if assessment.consent.decided_at is not None:
            self._state.consents[assessment.id] = (assessment.consent,)
        self._state.snapshots[assessment.id] = tuple(sorted(snapshots, key=lambda s: s.position))

    def get(self, assessment_id: AssessmentId) -> Assessment:
        if assessment_id not in self._state.assessments:
            raise NotFoundError(f"no assessment {assessment_id}")
        return self._state.assessments[assessment_id]

    def lock(self, assessment_id: AssessmentId) -> Assessment:
        return self.get(assessment_id)

    def lock_all_of(self, student_id: UserId) -> tuple[Assessment, ...]:
        theirs = [a for a in self._state.assessments.values() if a.student_id == student_id]
        return tuple(sorted(theirs, key=lambda a: a.id))

    def lock_unsubmitted(self, student_id: UserId) -> tuple[Assessment, ...]:
        unsubmitted = (AssessmentStatus.IN_PROGRESS, AssessmentStatus.EXPIRED)
        found = [
            a
            for a in self._state.assessments.values()
            if a.student_id == student_id and a.status in unsubmitted
        ]
        return tuple(sorted(found, key=lambda a: a.id))

    def save(self, assessment: Assessment) -> None:
        if stored := self._state.assessments.get(assessment.id):
            self._state.assessments[assessment.id] = replace(
                stored,
                status=assessment.status,
                started_at=assessment.started_at,
                expires_at=assessment.expires_at,
                submitted_at=assessment.submitted_at,
                completed_at=assessment.completed_at,
                degradations=assessment.degradations,
                accommodations=assessment.accommodations,
            )

    def save_consent(self, assessment_id: AssessmentId, consent: Consent) -> None:
        self._state.consents[assessment_id] = (*self.consents(assessment_id), consent)
        self._state.assessments[assessment_id] = replace(self.get(assessment_id), consent=consent)

    def consents(self, assessment_id: AssessmentId) -> tuple[Consent, ...]:
        return self._state.consents.get(assessment_id, ())

    def snapshots(self, assessment_id: AssessmentId) -> tuple[Snapshot, ...]:
        return self._state.snapshots.get(assessment_id, ())

    def responses(self, assessment_id: AssessmentId) -> Mapping[QuestionId, Response]:
        saved = self._state.responses.items()
        return {r.question_id: r for (of, _), r in saved if of == assessment_id}

    def save_responses(self, assessment_id: AssessmentId, responses: Sequence[Response]) -> None:
        for response in responses:
            if not is_storable(response.answer.text or ""):
                raise InvalidInputError("the text has characters that cannot be stored")
            self._state.responses[assessment_id, response.question_id] = response

    def count_running(self, track_id: TrackId, *, now: datetime) -> int:
        return sum(
            a.status is AssessmentStatus.SCORING
            or (a.status is AssessmentStatus.IN_PROGRESS and a.expires_at > now)
            for a in self._state.assessments.values()
            if a.track_id == track_id
        )

    def page_of(self, student_id: UserId, *, limit: int, after: AssessmentId | None) -> Page:
        if after is not None and not is_id(after):
            raise InvalidInputError("the cursor is not one that this list gave")
        everything = [a for a in self._state.assessments.values() if a.student_id == student_id]
        older = [a for a in everything if after is None or a.id < after]
        items = sorted(older, key=lambda a: a.id, reverse=True)[:limit]
        has_more = len(older) > limit
        return Page(items=tuple(items), next_cursor=items[-1].id if has_more else None)

    def save_profile(self, assessment_id: AssessmentId, profile: Profile) -> None:
        self._state.profiles[assessment_id] = profile

    def profile(self, assessment_id: AssessmentId) -> Profile | None:
        return self._state.profiles.get(assessment_id)

    def add_rule_scores(self, assessment_id: AssessmentId, scores: Sequence[RuleScore]) -> None:
        new = {(assessment_id, score.question_id): score for score in scores}
        if new.keys() & self._state.rule_scores.keys():
            raise ValueError(f"assessment {assessment_id} has rule scores")
        self._state.rule_scores |= new

    def rule_scores(self, assessment_id: AssessmentId) -> tuple[RuleScore, ...]:
        asked = (s.question.id for s in self.snapshots(assessment_id))
        scores = (self._state.rule_scores.get((assessment_id, question)) for question in asked)
        return tuple(score for score in scores if score)

    def add_essay_score(self, score: EssayScore) -> None:
        key = (score.assessment_id, score.question_id, score.attempt)
        if key in self._state.essay_scores:
            raise ValueError(f"question {score.question_id} has a score of attempt {score.attempt}")
        self._state.essay_scores[key] = score

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        scores = [s for s in self._state.essay_scores.values() if s.assessment_id == assessment_id]
        newest = {s.question_id: s for s in sorted(scores, key=lambda s: s.attempt)}
        asked = (s.question.id for s in self.snapshots(assessment_id))
        return tuple(newest[question] for question in asked if question in newest)

    def essay_score(self, essay_score_id: EssayScoreId) -> EssayScore:
        for score in self._state.essay_scores.values():
            if score.id == essay_score_id:
                return score
        raise NotFoundError(f"no essay score {essay_score_id}")

    def essay_score_events(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        position = {s.question.id: s.position for s in self.snapshots(assessment_id)}
        scores = [s for s in self._state.essay_scores.values() if s.assessment_id == assessment_id]
        return tuple(sorted(scores, key=lambda s: (position[s.question_id], s.attempt)))

    def mark_pipeline_started(self, assessment_id: AssessmentId, *, run: int, at: datetime) -> None:
        if self.pipeline_run(assessment_id) < run:
            self._state.runs[assessment_id] = PipelineRun(run=run, started_at=at)

    def pipeline_run(self, assessment_id: AssessmentId) -> int:
        known = self._state.runs.get(assessment_id)
        return known.run if known else 0

    def stuck(
        self, *, unstarted_before: datetime, running_before: datetime, limit: int
    ) -> tuple[AssessmentId, ...]:
        found: list[tuple[datetime, AssessmentId]] = []
        for assessment in self._state.assessments.values():
            if assessment.status is not AssessmentStatus.SCORING or not assessment.submitted_at:
                continue
            run = self._state.runs.get(assessment.id)
            is_stuck = (
                run.started_at < running_before
                if run
                else assessment.submitted_at < unstarted_before
            )
            if is_stuck:
                found.append((assessment.submitted_at, assessment.id))
        return tuple(assessment_id for _, assessment_id in sorted(found)[:limit])
