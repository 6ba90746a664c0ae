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
from tests.fakes.store.state import State


class FakeHoldingsRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def sessions(self, user_id: UserId) -> tuple[Session, ...]:
        theirs = [s for s in self._state.sessions.values() if s.user_id == user_id]
        return tuple(sorted(theirs, key=lambda session: session.id))

    def keys(self, user_id: UserId) -> tuple[KeptKey, ...]:
        theirs = [
            KeptKey(
                scope=scope,
                operation=operation,
                key=key,
                resource_id=binding.resource_id,
                created_at=binding.at,
            )
            for (scope, operation, key), binding in self._state.bindings.items()
            if user_id in {scope, binding.resource_id}
        ]
        return tuple(sorted(theirs, key=lambda k: (k.created_at, k.operation, k.key)))

    def events(self, user_id: UserId) -> tuple[Event, ...]:
        theirs = [e for e in self._state.outbox.values() if e.student_id == user_id]
        return tuple(sorted(theirs, key=lambda event: event.sequence))

    def accommodations(self, student_id: UserId) -> tuple[AccommodationsVersion, ...]:
        theirs = [v for v in self._state.accommodations.values() if v.student_id == student_id]
        return tuple(sorted(theirs, key=lambda v: v.version))

    def feedback_by(self, author_id: UserId) -> tuple[Feedback, ...]:
        theirs = [f for f in self._state.feedback.values() if f.author_id == author_id]
        return tuple(sorted(theirs, key=lambda f: f.id))

    def audit(self, subject: str) -> tuple[AuditEntry, ...]:
        return tuple(entry for entry in self._state.audit if entry.subject == subject)

    def essay_scores(self, assessment_id: AssessmentId) -> tuple[EssayScore, ...]:
        asked = [s.question.id for s in self._state.snapshots.get(assessment_id, ())]
        scores = [s for s in self._state.essay_scores.values() if s.assessment_id == assessment_id]
        return tuple(sorted(scores, key=lambda s: (asked.index(s.question_id), s.attempt)))

    def feedback_on(self, assessment_id: AssessmentId) -> tuple[Feedback, ...]:
        recommendation = self._state.recommendations.get(assessment_id)
        if recommendation is None:
            return ()
        given = self._state.feedback.values()
        theirs = [f for f in given if f.recommendation_id == recommendation.id]
        return tuple(sorted(theirs, key=lambda f: f.id))

    def verdicts_by(self, author_id: UserId) -> tuple[ItemVerdict, ...]:
        theirs = [v for v in self._state.verdicts.values() if v.author_id == author_id]
        return tuple(sorted(theirs, key=lambda v: v.id))

    def verdicts_on(self, assessment_id: AssessmentId) -> tuple[ItemVerdict, ...]:
        recommendation = self._state.recommendations.get(assessment_id)
        if recommendation is None:
            return ()
        given = self._state.verdicts.values()
        theirs = [v for v in given if v.recommendation_id == recommendation.id]
        return tuple(sorted(theirs, key=lambda v: v.id))

    def prompts(self, assessment_id: AssessmentId) -> tuple[Prompt, ...]:
        return tuple(
            Prompt(purpose=entry.purpose, model=entry.model, usage=entry.usage, at=entry.at)
            for entry in self._state.usage
            if entry.assessment_id == assessment_id
        )
