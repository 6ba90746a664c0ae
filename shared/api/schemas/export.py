"""The body of an export; docs/privacy.md describes it for its reader.

Whoever is exported sees what is theirs: of questions what was asked and not the keys, of sessions
no secret, of the audit log what was done and not which person of the staff did it.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, Self

from shared.api.paging import write_cursor
from shared.api.schemas.accommodations import GrantedOut
from shared.api.schemas.assessments import (
    AssessmentOut,
    ConsentOut,
    DegradedReasonOut,
    QuestionOut,
    RuleScoreOut,
    SavedResponseOut,
)
from shared.api.schemas.auth import UserOut
from shared.api.schemas.base import ResponseBody, Time
from shared.api.schemas.feedback import FeedbackOut
from shared.api.schemas.results import (
    EssayScoreOut,
    ProfileOut,
    RecommendationOut,
    WrittenByOut,
)
from shared.api.schemas.verdicts import GivenHeldVerdictOut, ReceivedVerdictOut
from shared.domain.accommodations import AccommodationsVersion
from shared.domain.assessment import Snapshot
from shared.domain.audit import OPERATOR, SYSTEM, AuditEntry
from shared.domain.essay import EssayScore, SecondReading
from shared.domain.event import Event, EventType
from shared.domain.feedback import Feedback
from shared.domain.holdings import HeldAssessment, Holdings, KeptKey, Prompt
from shared.domain.job import Job, JobKind, JobStatus
from shared.domain.session import Session
from shared.domain.user import Role, UserId

AUTHOR: Final = "authorId"
MOST_BYTES: Final = 4_000_000
"""Of all assessments together. A reply of Lambda has at most 6 MB; the longest assessment, three
essays of 10,000 characters that JSON spells with six bytes each, quoted whole by every criterion,
has 0.7 MB for each attempt at it."""


class SessionOut(ResponseBody):
    id: str
    created_at: Time
    expires_at: Time
    revoked_at: Time | None
    generation: int
    """How often it was refreshed, and one."""

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            id=session.id,
            created_at=session.created_at,
            expires_at=session.expires_at,
            revoked_at=session.revoked_at,
            generation=session.generation,
        )


class KeptKeyOut(ResponseBody):
    scope: str
    operation: str
    key: str
    resource_id: str
    created_at: Time

    @classmethod
    def of(cls, key: KeptKey) -> Self:
        return cls(
            scope=key.scope,
            operation=key.operation,
            key=key.key,
            resource_id=key.resource_id,
            created_at=key.created_at,
        )


class EventOut(ResponseBody):
    id: str
    type: EventType
    sequence: int
    occurred_at: Time
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event, me: UserId) -> Self:
        """Leave out who of the staff gave feedback."""
        return cls(
            id=event.id,
            type=event.type,
            sequence=event.sequence,
            occurred_at=event.occurred_at,
            data={
                name: value for name, value in event.data.items() if name != AUTHOR or value == me
            },
        )


class ExportedAuditEntryOut(ResponseBody):
    number: int
    by: Literal["me", "staff", "operator", "system"]
    action: str
    details: dict[str, Any]
    at: Time

    @classmethod
    def of(cls, entry: AuditEntry, me: UserId) -> Self:
        by: Literal["me", "staff", "operator", "system"] = "staff"
        if entry.actor == me:
            by = "me"
        elif entry.actor == OPERATOR:
            by = "operator"
        elif entry.actor == SYSTEM:
            by = "system"
        return cls(
            number=entry.number,
            by=by,
            action=entry.action,
            details=dict(entry.details),
            at=entry.at,
        )


class AskedQuestionOut(QuestionOut):
    version: int

    @classmethod
    def build(cls, snapshot: Snapshot) -> Self:
        asked = QuestionOut.of(snapshot)
        return cls(**dict(asked), version=snapshot.question.version)


class ExportedSecondReadingOut(ResponseBody):
    score: float
    bound: float
    """Difference of the two scores beyond which a person looks."""
    scored_by: WrittenByOut

    @classmethod
    def of(cls, reading: SecondReading) -> Self:
        return cls(
            score=reading.score,
            bound=reading.bound,
            scored_by=WrittenByOut.of(reading.provenance),
        )


class ScoringEventOut(EssayScoreOut):
    id: str
    created_at: Time
    certainty: list[float]
    """What the engine said of its own certainty, by criterion, 0–1."""
    second_reading: ExportedSecondReadingOut | None

    @classmethod
    def build(cls, score: EssayScore) -> Self:
        second = score.second_reading
        return cls(
            **dict(EssayScoreOut.of(score)),
            id=score.id,
            created_at=score.created_at,
            certainty=[criterion.certainty for criterion in score.criteria],
            second_reading=ExportedSecondReadingOut.of(second) if second else None,
        )


class JobOut(ResponseBody):
    id: str
    kind: JobKind
    question_id: str | None
    status: JobStatus
    attempt: int
    started_at: Time | None
    finished_at: Time | None
    output: dict[str, Any] | None

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(
            id=job.id,
            kind=job.kind,
            question_id=job.question_id,
            status=job.status,
            attempt=job.attempt,
            started_at=job.started_at,
            finished_at=job.finished_at,
            output=None if job.output is None else dict(job.output),
        )


class PromptOut(ResponseBody):
    purpose: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    at: Time

    @classmethod
    def of(cls, prompt: Prompt) -> Self:
        return cls(
            purpose=prompt.purpose,
            model=prompt.model,
            prompt_tokens=prompt.usage.prompt_tokens,
            completion_tokens=prompt.usage.completion_tokens,
            at=prompt.at,
        )


class HeldAccommodationsOut(ResponseBody):
    """One version; which of the staff set it is left out."""

    version: int
    granted: GrantedOut | None
    """Null from when they were taken away."""
    reason: str | None
    set_at: Time

    @classmethod
    def of(cls, version: AccommodationsVersion) -> Self:
        return cls(
            version=version.version,
            granted=GrantedOut.of(version.granted) if version.granted else None,
            reason=version.reason,
            set_at=version.set_at,
        )


class GivenFeedbackOut(FeedbackOut):
    comment: str | None

    @classmethod
    def build(cls, feedback: Feedback) -> Self:
        return cls(**dict(FeedbackOut.of(feedback)), comment=feedback.rating.comment)


class ReceivedFeedbackOut(FeedbackOut):
    comment: str | None
    author_role: Role

    @classmethod
    def build(cls, feedback: Feedback) -> Self:
        return cls(
            **dict(FeedbackOut.of(feedback)),
            comment=feedback.rating.comment,
            author_role=feedback.author_role,
        )


class HeldAssessmentOut(AssessmentOut):
    track_version: int
    ai_scoring_decisions: list[ConsentOut]
    """Every one, oldest first; `aiScoring` is the last."""
    degraded_reasons: list[DegradedReasonOut]
    questions: list[AskedQuestionOut]
    responses: list[SavedResponseOut]
    rule_scores: list[RuleScoreOut]
    essay_scores: list[ScoringEventOut]
    profile: ProfileOut | None
    recommendation: RecommendationOut | None
    feedback: list[ReceivedFeedbackOut]
    """By staff; the student's own is in the list of what they gave."""
    verdicts: list[ReceivedVerdictOut]
    jobs: list[JobOut]
    usage: list[PromptOut]
    audit: list[ExportedAuditEntryOut]

    @classmethod
    def build(cls, held: HeldAssessment, me: UserId, now: datetime) -> Self:
        assessment, profile = held.assessment, held.profile
        recommendation = held.recommendation
        newest = {v.credential_id: v for v in sorted(held.verdicts, key=lambda v: v.revision)}
        return cls(
            **dict(AssessmentOut.of(assessment, assessment.status_at(now))),
            track_version=assessment.track_version,
            ai_scoring_decisions=[ConsentOut.of(consent) for consent in held.consents],
            degraded_reasons=[DegradedReasonOut.of(d) for d in assessment.degradations],
            questions=[AskedQuestionOut.build(s) for s in held.snapshots],
            responses=[
                SavedResponseOut.of(held.responses[s.question.id])
                for s in held.snapshots
                if s.question.id in held.responses
            ],
            rule_scores=[RuleScoreOut.of(score) for score in held.rule_scores],
            # What only holds an essay's place in the queue says nothing of anybody.
            essay_scores=[
                ScoringEventOut.build(score) for score in held.essay_scores if not score.is_unread
            ],
            profile=ProfileOut.of(assessment, profile) if profile else None,
            recommendation=RecommendationOut.build(recommendation, newest, is_whole=True)
            if recommendation
            else None,
            feedback=[ReceivedFeedbackOut.build(f) for f in held.feedback],
            verdicts=[ReceivedVerdictOut.build(v) for v in held.verdicts],
            jobs=[JobOut.of(job) for job in held.jobs],
            usage=[PromptOut.of(prompt) for prompt in held.prompts],
            audit=[ExportedAuditEntryOut.of(entry, me) for entry in held.audit],
        )


class ExportOut(ResponseBody):
    format_version: Literal[1] = 1
    exported_at: Time
    account: UserOut
    sessions: list[SessionOut]
    idempotency_keys: list[KeptKeyOut]
    events: list[EventOut]
    accommodations: list[HeldAccommodationsOut]
    feedback: list[GivenFeedbackOut]
    verdicts: list[GivenHeldVerdictOut]
    """What staff decided on others' recommendations; empty for students."""
    audit: list[ExportedAuditEntryOut]
    assessments: list[HeldAssessmentOut]
    next_cursor: str | None

    @classmethod
    def build(cls, holdings: Holdings, *, now: datetime) -> Self:
        """Leave out the oldest assessments of the page that would make it too long."""
        me = holdings.user.id
        held = [HeldAssessmentOut.build(a, me, now) for a in holdings.assessments]
        assessments = _fitting(held)
        is_whole = len(assessments) == len(held)
        after = holdings.next_cursor if is_whole else assessments[-1].assessment_id
        return cls(
            exported_at=now,
            account=UserOut.of(holdings.user),
            sessions=[SessionOut.of(session) for session in holdings.sessions],
            idempotency_keys=[KeptKeyOut.of(key) for key in holdings.keys],
            events=[EventOut.of(event, me) for event in holdings.events],
            accommodations=[HeldAccommodationsOut.of(v) for v in holdings.accommodations],
            feedback=[GivenFeedbackOut.build(f) for f in holdings.feedback],
            verdicts=[GivenHeldVerdictOut.build(v) for v in holdings.verdicts],
            audit=[ExportedAuditEntryOut.of(entry, me) for entry in holdings.audit],
            assessments=assessments,
            next_cursor=write_cursor(after) if after else None,
        )


def _fitting(held: Sequence[HeldAssessmentOut]) -> list[HeldAssessmentOut]:
    """Return as many as fit, and at least one."""
    fitting: list[HeldAssessmentOut] = []
    size = 0
    for assessment in held:
        size += len(json.dumps(assessment.model_dump(mode="json", by_alias=True)))
        if fitting and size > MOST_BYTES:
            break
        fitting.append(assessment)
    return fitting
