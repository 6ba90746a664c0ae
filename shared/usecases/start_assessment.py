"""Start an assessment: choose its questions and fix them."""

from dataclasses import dataclass

from shared.domain.assessment import LIFETIME, Assessment, AssessmentId, AssessmentStatus, Snapshot
from shared.domain.bundle import choose_bundle
from shared.domain.idempotency import IdempotencyKey
from shared.domain.level import Level
from shared.domain.track import TrackId
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedAssessment:
    assessment: Assessment
    snapshots: tuple[Snapshot, ...]
    is_replay: bool


def start_assessment(
    track_id: TrackId,
    level: Level,
    caller: Caller,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> StartedAssessment:
    now = clock.now()
    assessment_id = AssessmentId(ids.new())
    with store.begin() as repositories:
        if idempotency:
            first = repositories.idempotency.claim(
                scope=idempotency.scope,
                operation=idempotency.operation,
                key=idempotency.key,
                request_hash=idempotency.request_hash,
                resource_id=assessment_id,
                now=now,
            )
            if first != assessment_id:
                return StartedAssessment(
                    assessment=repositories.assessments.get(AssessmentId(first)),
                    snapshots=repositories.assessments.snapshots(AssessmentId(first)),
                    is_replay=True,
                )
        track = repositories.tracks.get(track_id)
        pool = repositories.questions.pool(track_id)
        bundle = choose_bundle(track, pool, level, seed=assessment_id)
        snapshots = tuple(Snapshot(position=n, question=q) for n, q in enumerate(bundle, start=1))
        assessment = Assessment(
            id=assessment_id,
            student_id=caller.user_id,
            track_id=track.id,
            track_version=track.version,
            experience_level=level,
            status=AssessmentStatus.IN_PROGRESS,
            started_at=now,
            expires_at=now + LIFETIME,
        )
        repositories.assessments.add(assessment, snapshots)
    return StartedAssessment(assessment=assessment, snapshots=snapshots, is_replay=False)
