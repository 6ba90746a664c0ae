"""Bodies of results: profile, scores with evidence, recommendation with sources."""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

from shared.api.schemas.assessments import ConsentOut, DegradedReasonOut, RuleScoreOut
from shared.api.schemas.base import ResponseBody, Time
from shared.domain.assessment import Assessment
from shared.domain.essay import CriterionScore, EssayScore, Provenance
from shared.domain.level import Level
from shared.domain.question import CriterionName, QuestionId
from shared.domain.recommendation import (
    CredentialFormat,
    Recommendation,
    RecommendationItem,
    Trace,
)
from shared.domain.scoring import Band, Profile, RuleScore


class DomainScoreOut(ResponseBody):
    domain: str
    score: int
    questions: int


class ProfileOut(ResponseBody):
    assessment_id: str
    track_id: str
    overall_score: int
    band: Band
    confidence: float
    domain_breakdown: list[DomainScoreOut]
    strengths: list[str]
    improvements: list[str]
    degraded: bool
    degraded_reasons: list[DegradedReasonOut]
    completed_at: Time | None

    @classmethod
    def of(cls, assessment: Assessment, profile: Profile) -> Self:
        return cls(
            assessment_id=assessment.id,
            track_id=assessment.track_id,
            overall_score=profile.overall_score,
            band=profile.band,
            confidence=profile.confidence,
            domain_breakdown=[
                DomainScoreOut(domain=d.domain, score=d.score, questions=d.questions)
                for d in profile.domain_breakdown
            ],
            strengths=list(profile.strengths),
            improvements=list(profile.improvements),
            degraded=bool(assessment.degradations),
            degraded_reasons=[DegradedReasonOut.of(d) for d in assessment.degradations],
            completed_at=assessment.completed_at,
        )


class EvidenceOut(ResponseBody):
    quote: str
    start: int
    end: int


class CriterionScoreOut(ResponseBody):
    name: CriterionName
    score: float
    max_score: float = 10
    feedback: str
    next_level: str
    evidence: list[EvidenceOut]
    unsure: bool

    @classmethod
    def of(cls, criterion: CriterionScore) -> Self:
        return cls(
            name=criterion.name,
            score=criterion.score,
            feedback=criterion.feedback,
            next_level=criterion.next_level,
            evidence=[
                EvidenceOut(quote=e.quote, start=e.start, end=e.end) for e in criterion.evidence
            ],
            unsure=criterion.unsure,
        )


class ScoredByOut(ResponseBody):
    """Everything that produced the score, so that it can be produced again."""

    engine: str
    model: str | None
    prompt_version: str | None
    prompt_hash: str | None
    rubric_hash: str
    question_version: int
    attempt: int

    @classmethod
    def of(cls, score: EssayScore) -> Self:
        return cls(
            engine=score.provenance.engine,
            model=score.provenance.model,
            prompt_version=score.provenance.prompt_version,
            prompt_hash=score.provenance.prompt_hash,
            rubric_hash=score.rubric_hash,
            question_version=score.question_version,
            attempt=score.attempt,
        )


class PreviousScoreOut(ResponseBody):
    """Marks that somebody has reviewed: kept, but they no longer count."""

    score: float
    max_score: float = 10
    criteria: list[CriterionScoreOut]
    feedback: str
    flags: list[str]
    scored_by: ScoredByOut

    @classmethod
    def of(cls, score: EssayScore) -> Self:
        return cls(
            score=score.score,
            criteria=[CriterionScoreOut.of(c) for c in score.criteria],
            feedback=score.feedback,
            flags=list(score.flags),
            scored_by=ScoredByOut.of(score),
        )


class EssayScoreOut(ResponseBody):
    question_id: str
    score: float
    max_score: float = 10
    criteria: list[CriterionScoreOut]
    feedback: str
    needs_review: bool
    flags: list[str]
    scored_by: ScoredByOut
    previous: list[PreviousScoreOut]
    """What a person's marks replace, the newest first; empty for marks by an engine."""

    @classmethod
    def of(cls, score: EssayScore, previous: Sequence[EssayScore] = ()) -> Self:
        return cls(
            question_id=score.question_id,
            score=score.score,
            criteria=[CriterionScoreOut.of(c) for c in score.criteria],
            feedback=score.feedback,
            needs_review=score.needs_review,
            flags=list(score.flags),
            scored_by=ScoredByOut.of(score),
            previous=[PreviousScoreOut.of(earlier) for earlier in previous],
        )


class SourceOut(ResponseBody):
    field: str
    snippet: str
    similarity: float


class ItemOut(ResponseBody):
    rank: int
    credential_id: str
    title: str
    provider: str
    url: str
    level: Level
    hours: float | None
    effort: str | None
    format: CredentialFormat
    score: float
    why: str
    sources: list[SourceOut]

    @classmethod
    def of(cls, item: RecommendationItem) -> Self:
        credential = item.credential
        return cls(
            rank=item.rank,
            credential_id=credential.id,
            title=credential.title,
            provider=credential.provider,
            url=credential.url,
            level=credential.level,
            hours=credential.hours,
            effort=credential.effort,
            format=credential.format,
            score=item.score,
            why=item.why,
            sources=[
                SourceOut(field=s.field, snippet=s.snippet, similarity=s.similarity)
                for s in item.sources
            ],
        )


class TraceOut(ResponseBody):
    query: str
    embedding_model: str | None
    candidates: int
    filters: dict[str, str]

    @classmethod
    def of(cls, trace: Trace) -> Self:
        return cls(
            query=trace.query,
            embedding_model=trace.embedding_model,
            candidates=trace.candidates,
            filters=dict(trace.filters),
        )


class WrittenByOut(ResponseBody):
    engine: str
    model: str | None
    prompt_version: str | None
    prompt_hash: str | None

    @classmethod
    def of(cls, provenance: Provenance) -> Self:
        return cls(
            engine=provenance.engine,
            model=provenance.model,
            prompt_version=provenance.prompt_version,
            prompt_hash=provenance.prompt_hash,
        )


class RecommendationOut(ResponseBody):
    id: str
    summary: str
    items: list[ItemOut]
    trace: TraceOut
    written_by: WrittenByOut

    @classmethod
    def of(cls, recommendation: Recommendation) -> Self:
        return cls(
            id=recommendation.id,
            summary=recommendation.summary,
            items=[ItemOut.of(item) for item in recommendation.items],
            trace=TraceOut.of(recommendation.trace),
            written_by=WrittenByOut.of(recommendation.provenance),
        )


class ResultOut(ProfileOut):
    status: Literal["completed"] = "completed"
    ai_scoring: ConsentOut
    rule_scores: list[RuleScoreOut]
    essay_scores: list[EssayScoreOut]
    recommendation: RecommendationOut
    processing_ms: int
    """From submission to completion."""

    @classmethod
    def build(
        cls,
        assessment: Assessment,
        profile: Profile,
        *,
        rule_scores: Sequence[RuleScore],
        essay_scores: Sequence[EssayScore],
        previous: Mapping[QuestionId, Sequence[EssayScore]],
        recommendation: Recommendation,
    ) -> Self:
        return cls(
            **dict(ProfileOut.of(assessment, profile)),
            ai_scoring=ConsentOut.of(assessment.consent),
            rule_scores=[RuleScoreOut.of(score) for score in rule_scores],
            essay_scores=[
                EssayScoreOut.of(score, previous.get(score.question_id, ()))
                for score in essay_scores
            ],
            recommendation=RecommendationOut.of(recommendation),
            processing_ms=assessment.processing_ms,
        )
