"""The end of every assessment, whoever read its essays: profile, recommendation, events."""

from datetime import datetime

from shared.domain.analytics import Completed
from shared.domain.assessment import Assessment, AssessmentId
from shared.domain.event import EventId, EventType
from shared.domain.metrics import Metric
from shared.domain.recommendation import (
    Recommendation,
    RecommendationId,
    RecommendationItem,
    Retrieval,
    Summary,
)
from shared.domain.scoring import Profile
from shared.ports.ids import Ids
from shared.ports.metrics import Metrics
from shared.ports.plain_recommendation import look_up_credentials, summarize_retrieval
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Repositories
from shared.ports.summarizer import Summarizer


def complete_assessment(
    assessment: Assessment,
    retrieval: Retrieval,
    summary: Summary,
    repositories: Repositories,
    *,
    ids: Ids,
    now: datetime,
) -> Assessment:
    """Write the result and tell of it. The caller holds the assessment's lock."""
    recommendation = Recommendation(
        id=RecommendationId(ids.new()),
        assessment_id=assessment.id,
        summary=summary.text,
        items=_items(retrieval, summary, repositories),
        trace=retrieval.trace,
        provenance=summary.provenance,
        created_at=now,
    )
    profile = read_scored(repositories, assessment).profile
    completed = assessment.complete(now)
    assessment_id = AssessmentId(assessment.id)
    repositories.assessments.save_profile(assessment_id, profile)
    repositories.recommendations.add(recommendation)
    repositories.assessments.save(completed)
    for event_type in _events(completed):
        repositories.outbox.append(
            event_type,
            completed.student_id,
            {
                "assessmentId": completed.id,
                "trackId": completed.track_id,
                "overallScore": profile.overall_score,
                "band": profile.band.value,
                "degradedReasons": sorted({d.reason.value for d in completed.degradations}),
            },
            event_id=EventId(ids.new()),
            at=now,
        )
    fact = _fact(completed, profile, recommendation)
    repositories.outbox.append_facts(assessment_id, {EventId(ids.new()): fact}, at=now)
    return completed


def complete_if_read(
    assessment: Assessment,
    repositories: Repositories,
    *,
    summarizer: Summarizer,
    ids: Ids,
    now: datetime,
) -> Assessment | None:
    """Complete an assessment in review whose last essay is marked; None while one is not.

    All of it in the caller's transaction on the locked assessment, without a queue or a model:
    the plain recommendation takes milliseconds, and what was declined goes nowhere.
    """
    scored = read_scored(repositories, assessment)
    if any(score.is_unread for score in scored.essay_scores):
        return None
    retrieval = look_up_credentials(scored, repositories)
    summary = summarize_retrieval(scored, retrieval, repositories, summarizer)
    return complete_assessment(assessment, retrieval, summary, repositories, ids=ids, now=now)


def count_completed(completed: Assessment, metrics: Metrics) -> None:
    metrics.count(Metric.ASSESSMENTS_COMPLETED, track=completed.track_id)
    if completed.degradations:
        metrics.count(Metric.ASSESSMENTS_DEGRADED, track=completed.track_id)


def _fact(assessment: Assessment, profile: Profile, recommendation: Recommendation) -> Completed:
    return Completed(
        track_id=assessment.track_id,
        overall_score=profile.overall_score,
        band=profile.band,
        confidence=profile.confidence,
        domains=profile.domain_breakdown,
        degraded_reasons=tuple(sorted({d.reason for d in assessment.degradations})),
        processing_ms=assessment.processing_ms,
        recommendation_id=recommendation.id,
        credential_ids=tuple(item.credential.id for item in recommendation.items),
    )


def _items(
    retrieval: Retrieval, summary: Summary, repositories: Repositories
) -> tuple[RecommendationItem, ...]:
    wanted = [item.credential_id for item in retrieval.items]
    credentials = {c.id: c for c in repositories.credentials.get_many(wanted)}
    return tuple(
        RecommendationItem(
            rank=item.rank,
            credential=credentials[item.credential_id],
            score=item.score,
            vector_similarity=item.vector_similarity,
            text_score=item.text_score,
            why=summary.why[item.credential_id],
            sources=item.sources,
        )
        for item in retrieval.items
    )


def _events(assessment: Assessment) -> tuple[EventType, ...]:
    if assessment.degradations:
        return (EventType.ASSESSMENT_COMPLETED, EventType.ASSESSMENT_DEGRADED)
    return (EventType.ASSESSMENT_COMPLETED,)
