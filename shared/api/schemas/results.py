"""Bodies of results: profile, scores with evidence, recommendation with sources."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field

from shared.api.schemas.assessments import ConsentOut, DegradedReasonOut, RuleScoreOut
from shared.api.schemas.base import ResponseBody, Time
from shared.api.schemas.verdicts import VerdictOut
from shared.domain.assessment import Assessment
from shared.domain.essay import CriterionScore, EssayScore, Provenance
from shared.domain.level import Level
from shared.domain.question import CriterionName, QuestionId
from shared.domain.recommendation import (
    CredentialFormat,
    Recommendation,
    RecommendationItem,
    TracedCandidate,
)
from shared.domain.scoring import Band, Profile, RuleScore
from shared.domain.verdict import ItemVerdict, Verdicts


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
    verdict: Annotated[
        VerdictOut | None, Field(description="What staff decided on it; null for nothing yet")
    ]

    @classmethod
    def build(cls, item: RecommendationItem, verdict: ItemVerdict | None) -> Self:
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
            verdict=VerdictOut.of(verdict) if verdict else None,
        )


class CandidateOut(ResponseBody):
    rank: Annotated[int, Field(description="By relevance alone, from 1", examples=[3])]
    credential_id: str
    title: str
    relevance: Annotated[
        float, Field(description="0-1, of both searches together", examples=[0.731])
    ]
    vector_rank: Annotated[
        int | None,
        Field(description="In the search by vectors; null for what it did not find", examples=[5]),
    ]
    vector_similarity: Annotated[float | None, Field(description="Cosine, -1-1", examples=[0.64])]
    text_rank: Annotated[
        int | None,
        Field(description="In the search by words; null for what it did not find", examples=[2]),
    ]
    text_score: Annotated[float | None, Field(examples=[0.12])]
    item_rank: Annotated[
        int | None,
        Field(description="Of the item that it became; null for what was left out", examples=[1]),
    ]

    @classmethod
    def build(cls, candidate: TracedCandidate, item_rank: int | None) -> Self:
        return cls(
            rank=candidate.rank,
            credential_id=candidate.credential_id,
            title=candidate.title,
            relevance=candidate.relevance,
            vector_rank=candidate.vector_rank,
            vector_similarity=candidate.vector_similarity,
            text_rank=candidate.text_rank,
            text_score=candidate.text_score,
            item_rank=item_rank,
        )


class TraceOut(ResponseBody):
    query: str
    embedding_model: str | None
    candidates: int
    filters: dict[str, str]
    ranking: Annotated[
        list[CandidateOut] | None,
        Field(
            description="For staff: the best candidates, most relevant first, also those that were "
            "not recommended. Null for students; empty for results of before it was kept."
        ),
    ]

    @classmethod
    def build(cls, recommendation: Recommendation, *, is_whole: bool) -> Self:
        trace = recommendation.trace
        items = {item.credential.id: item.rank for item in recommendation.items}
        return cls(
            query=trace.query,
            embedding_model=trace.embedding_model,
            candidates=trace.candidates,
            filters=dict(trace.filters),
            ranking=[CandidateOut.build(c, items.get(c.credential_id)) for c in trace.ranking]
            if is_whole
            else None,
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
    def build(cls, recommendation: Recommendation, verdicts: Verdicts, *, is_whole: bool) -> Self:
        """`is_whole` adds the trace's ranking."""
        return cls(
            id=recommendation.id,
            summary=recommendation.summary,
            items=[
                ItemOut.build(item, verdicts.get(item.credential.id))
                for item in recommendation.items
            ],
            trace=TraceOut.build(recommendation, is_whole=is_whole),
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
        verdicts: Verdicts,
        is_whole: bool,
    ) -> Self:
        return cls(
            **dict(ProfileOut.of(assessment, profile)),
            ai_scoring=ConsentOut.of(assessment.consent),
            rule_scores=[RuleScoreOut.of(score) for score in rule_scores],
            essay_scores=[
                EssayScoreOut.of(score, previous.get(score.question_id, ()))
                for score in essay_scores
            ],
            recommendation=RecommendationOut.build(recommendation, verdicts, is_whole=is_whole),
            processing_ms=assessment.processing_ms,
        )
