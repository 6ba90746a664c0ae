from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from shared.domain.assessment import AssessmentId
from shared.domain.errors import NotFoundError
from shared.domain.essay import EssayScore
from shared.domain.feedback import Feedback
from shared.domain.job import JobStatus
from shared.domain.user import UserId
from tests.fakes.store.state import State


class FakeErasureRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def erase_user(
        self, user_id: UserId, assessment_ids: Sequence[AssessmentId]
    ) -> Mapping[str, int]:
        state = self._state
        if state.users.pop(user_id, None) is None:
            raise NotFoundError(f"no user {user_id}")
        sessions = [s.id for s in state.sessions.values() if s.user_id == user_id]
        keys = [
            place
            for place, binding in state.bindings.items()
            if user_id in {place[0], binding.resource_id}
        ]
        sent = [e.id for e in state.outbox.values() if e.student_id == user_id]
        sent = [event_id for event_id in sent if event_id in state.sent]
        for session in sessions:
            del state.sessions[session]
        for key in keys:
            del state.bindings[key]
        for event in sent:
            del state.outbox[event], state.sent[event]
        pseudonym = UserId(str(uuid4()))
        for assessment_id in assessment_ids:
            self._give(assessment_id, pseudonym)
        counts = Counter(
            {
                "users": 1,
                "sessions": len(sessions),
                "idempotency_keys": len(keys),
                "outbox_events": len(sent),
                "review_leases": self._end_leases(user_id),
                **self._remove_told(user_id),
                "accommodations": self._empty_accommodations(user_id, pseudonym),
                "recommendation_feedback": self._empty_feedback_by(user_id, pseudonym),
            }
        )
        self._give_verdicts(user_id, pseudonym)
        counts.update(self._empty(assessment_ids))
        return dict(counts)

    def erase_assessments(self, assessment_ids: Sequence[AssessmentId]) -> Mapping[str, int]:
        for assessment_id in assessment_ids:
            self._give(assessment_id, UserId(str(uuid4())))
            if stored := self._state.assessments.get(assessment_id):
                self._state.assessments[assessment_id] = replace(
                    stored, accommodations_version=None
                )
        return self._empty(assessment_ids)

    def _end_leases(self, user_id: UserId) -> int:
        leases = self._state.leases
        held = [key for key, lease in leases.items() if lease.holder_id == user_id]
        for key in held:
            del leases[key]
        return len(held)

    def _remove_told(self, user_id: UserId) -> dict[str, int]:
        state = self._state
        told = {m.id for m in state.messages.values() if m.student_id == user_id}
        over = [d for d in state.deliveries.values() if d.event_id in told and not d.is_pending]
        for delivery in over:
            del state.deliveries[delivery.id]
            state.attempts.pop(delivery.id, None)
        messages = told - {d.event_id for d in state.deliveries.values()}
        for message in messages:
            del state.messages[message]
        return {"webhook_deliveries": len(over), "webhook_events": len(messages)}

    def _give(self, assessment_id: AssessmentId, owner: UserId) -> None:
        if stored := self._state.assessments.get(assessment_id):
            self._state.assessments[assessment_id] = replace(stored, student_id=owner)

    def _empty_accommodations(self, user_id: UserId, pseudonym: UserId) -> int:
        """Versions of the user lose the reason; those that they set for others change hands."""
        versions = self._state.accommodations
        emptied = 0
        for place, version in list(versions.items()):
            kept = replace(
                version, set_by=pseudonym if version.set_by == user_id else version.set_by
            )
            if version.student_id == user_id:
                emptied += version.reason is not None
                kept = replace(kept, student_id=pseudonym, reason=None)
                del versions[place]
            versions[kept.student_id, kept.version] = kept
        return emptied

    def _empty_feedback_by(self, user_id: UserId, pseudonym: UserId) -> int:
        theirs = [f for f in self._state.feedback.values() if f.author_id == user_id]
        for feedback in theirs:
            self._state.feedback[feedback.id] = replace(feedback, author_id=pseudonym)
        return self._empty_comments(theirs)

    def _empty_comments(self, feedback: Iterable[Feedback]) -> int:
        filled = [f for f in feedback if f.rating.comment is not None]
        for given in filled:
            self._state.feedback[given.id] = replace(
                self._state.feedback[given.id], rating=replace(given.rating, comment=None)
            )
        return len(filled)

    def _empty(self, assessment_ids: Sequence[AssessmentId]) -> dict[str, int]:
        ids = set(assessment_ids)
        recommendations = self._state.recommendations
        return {
            "async_jobs": self._empty_jobs(ids),
            "assessment_responses": self._delete_responses(ids),
            "essay_scores": self._empty_scores(ids),
            "profiles": self._empty_profiles(ids),
            "recommendation_feedback": self._empty_comments(
                f
                for f in self._state.feedback.values()
                if f.recommendation_id in {r.id for i, r in recommendations.items() if i in ids}
            ),
            "recommendation_verdicts": self._empty_reasons(ids),
            **self._empty_recommendations(ids),
        }

    def _give_verdicts(self, user_id: UserId, pseudonym: UserId) -> None:
        verdicts = self._state.verdicts
        for verdict in [v for v in verdicts.values() if v.author_id == user_id]:
            verdicts[verdict.id] = replace(verdict, author_id=pseudonym)

    def _empty_reasons(self, ids: set[AssessmentId]) -> int:
        verdicts = self._state.verdicts
        theirs = {r.id for i, r in self._state.recommendations.items() if i in ids}
        filled = [v for v in verdicts.values() if v.recommendation_id in theirs and v.reason]
        for verdict in filled:
            verdicts[verdict.id] = replace(verdict, reason=None)
        return len(filled)

    def _empty_jobs(self, ids: set[AssessmentId]) -> int:
        jobs = [job for job in self._state.jobs.values() if job.assessment_id in ids]
        for job in jobs:
            self._state.jobs[job.id] = replace(
                job,
                output=None,
                lease_until=None,
                status=job.status if job.is_done else JobStatus.FELL_BACK,
            )
        return sum(job.output is not None for job in jobs)

    def _delete_responses(self, ids: set[AssessmentId]) -> int:
        places = [place for place in self._state.responses if place[0] in ids]
        for place in places:
            del self._state.responses[place]
        return len(places)

    def _empty_scores(self, ids: set[AssessmentId]) -> int:
        scores = self._state.essay_scores
        theirs = [place for place in scores if place[0] in ids]
        filled = sum(_has_words(scores[place]) for place in theirs)
        for place in theirs:
            scores[place] = _without_words(scores[place])
        return filled

    def _empty_profiles(self, ids: set[AssessmentId]) -> int:
        profiles = self._state.profiles
        theirs = [i for i in profiles if i in ids]
        filled = sum(bool(profiles[i].strengths or profiles[i].improvements) for i in theirs)
        for assessment_id in theirs:
            profiles[assessment_id] = replace(
                profiles[assessment_id], strengths=(), improvements=()
            )
        return filled

    def _empty_recommendations(self, ids: set[AssessmentId]) -> dict[str, int]:
        counts = dict.fromkeys(("recommendations", "recommendation_items", "rag_traces"), 0)
        for assessment_id in ids & self._state.recommendations.keys():
            found = self._state.recommendations[assessment_id]
            counts["recommendations"] += bool(found.summary)
            counts["recommendation_items"] += sum(bool(item.why) for item in found.items)
            counts["rag_traces"] += bool(found.trace.query)
            self._state.recommendations[assessment_id] = replace(
                found,
                summary="",
                items=tuple(replace(item, why="") for item in found.items),
                trace=replace(found.trace, query=""),
            )
        return counts


def _has_words(score: EssayScore) -> bool:
    return score != _without_words(score)


def _without_words(score: EssayScore) -> EssayScore:
    return replace(
        score,
        feedback="",
        criteria=tuple(
            replace(
                criterion,
                feedback="",
                next_level="",
                evidence=tuple(replace(evidence, quote="") for evidence in criterion.evidence),
            )
            for criterion in score.criteria
        ),
    )
