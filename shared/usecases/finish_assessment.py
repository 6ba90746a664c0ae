"""Finish: write profile and recommendation, and tell the world."""

from shared.domain.analytics import Completed
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus
from shared.domain.event import EventId, EventType
from shared.domain.job import JobKind, output_of
from shared.domain.job_output import read_retrieval, read_summary
from shared.domain.metrics import Metric
from shared.domain.recommendation import (
    Recommendation,
    RecommendationId,
    RecommendationItem,
)
from shared.domain.scoring import Profile
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.metrics import Metrics
from shared.ports.scored_assessment import read_scored
from shared.ports.store import Repositories, Store


def finish_assessment(
    assessment_id: AssessmentId, *, store: Store, ids: Ids, clock: Clock, metrics: Metrics
) -> None:
    """Complete the assessment; one that is completed already is left alone."""
    now = clock.now()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        if assessment.status is not AssessmentStatus.SCORING:
            return
        recommendation = _recommendation(assessment, repositories, ids, clock)
        profile = read_scored(repositories, assessment).profile
        completed = assessment.complete(now)
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


def _recommendation(
    assessment: Assessment, repositories: Repositories, ids: Ids, clock: Clock
) -> Recommendation:
    jobs = repositories.jobs.of_assessment(assessment.id)
    retrieval = read_retrieval(output_of(jobs, JobKind.RETRIEVE_CREDENTIALS))
    summary = read_summary(output_of(jobs, JobKind.FUSE_RESULTS))
    wanted = [item.credential_id for item in retrieval.items]
    credentials = {c.id: c for c in repositories.credentials.get_many(wanted)}
    return Recommendation(
        id=RecommendationId(ids.new()),
        assessment_id=assessment.id,
        summary=summary.text,
        items=tuple(
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
        ),
        trace=retrieval.trace,
        provenance=summary.provenance,
        created_at=clock.now(),
    )


def _events(assessment: Assessment) -> tuple[EventType, ...]:
    if assessment.degradations:
        return (EventType.ASSESSMENT_COMPLETED, EventType.ASSESSMENT_DEGRADED)
    return (EventType.ASSESSMENT_COMPLETED,)
