"""One assessment in an export, with all that was made of it."""

from datetime import datetime
from typing import Any, Literal, Self

from shared.api.schemas.assessments import (
    AssessmentOut,
    ConsentOut,
    DegradedReasonOut,
    QuestionOut,
    RuleScoreOut,
    SavedResponseOut,
)
from shared.api.schemas.base import ResponseBody, Time
from shared.api.schemas.feedback import FeedbackOut
from shared.api.schemas.results import (
    EssayScoreOut,
    ProfileOut,
    RecommendationOut,
    WrittenByOut,
)
from shared.api.schemas.verdicts import ReceivedVerdictOut
from shared.domain.assessment import Snapshot
from shared.domain.audit import OPERATOR, SYSTEM, AuditEntry
from shared.domain.essay import EssayScore, SecondReading
from shared.domain.feedback import Feedback
from shared.domain.holdings import HeldAssessment, Prompt
from shared.domain.job import Job, JobKind, JobStatus
from shared.domain.user import Role, UserId


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
