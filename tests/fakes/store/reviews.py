from datetime import datetime

from shared.domain.assessment import AssessmentId
from shared.domain.errors import ReviewLeasedError
from shared.domain.essay import EssayScore, EssayScoreId
from shared.domain.review import REVIEWABLE, Lease, Place, Review, urgency_of
from tests.fakes.store.assessments import FakeAssessmentRepository
from tests.fakes.store.state import State


class FakeReviewRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def queue(self, *, now: datetime, limit: int, after: Place | None) -> tuple[Review, ...]:
        assessments = FakeAssessmentRepository(self._state)
        reviews = [
            self._review(score, now)
            for assessment in self._state.assessments.values()
            if assessment.status in REVIEWABLE
            for score in assessments.essay_scores(assessment.id)
            if score.needs_review
        ]
        waiting = [r for r in reviews if after is None or r.place > after]
        return tuple(sorted(waiting, key=lambda r: r.place)[:limit])

    def lease(self, lease: Lease, *, now: datetime) -> None:
        held = self.lease_of(lease.essay_score_id, now=now)
        if held and held.holder_id != lease.holder_id:
            raise ReviewLeasedError(until=held.until)
        self._state.leases[lease.essay_score_id] = lease

    def lease_of(self, essay_score_id: EssayScoreId, *, now: datetime) -> Lease | None:
        lease = self._state.leases.get(essay_score_id)
        return lease if lease and lease.until > now else None

    def end_lease(self, essay_score_id: EssayScoreId) -> None:
        self._state.leases.pop(essay_score_id, None)

    def _review(self, score: EssayScore, now: datetime) -> Review:
        assessment_id = AssessmentId(score.assessment_id)
        snapshots = self._state.snapshots[assessment_id]
        response = self._state.responses.get((assessment_id, score.question_id))
        profile = self._state.profiles.get(assessment_id)
        overall = profile.overall_score if profile else None
        return Review(
            score=score,
            question=next(s.question for s in snapshots if s.question.id == score.question_id),
            answer=(response.answer.text or "") if response else "",
            track_id=self._state.assessments[assessment_id].track_id,
            overall_score=overall,
            urgency=urgency_of(score, overall),
            lease=self.lease_of(score.id, now=now),
        )
