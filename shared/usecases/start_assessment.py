"""Start an assessment: choose its questions and fix them."""

from dataclasses import dataclass, replace

from shared.domain.accommodations import NO_ACCOMMODATIONS
from shared.domain.analytics import Started
from shared.domain.assessment import Assessment, AssessmentId, AssessmentStatus, Snapshot, deadline
from shared.domain.bundle import choose_bundle
from shared.domain.consent import NOT_ASKED, AiScoring, consent_to
from shared.domain.errors import InvalidInputError
from shared.domain.event import EventId
from shared.domain.idempotency import IdempotencyKey
from shared.domain.level import Level
from shared.domain.track import TrackId
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedAssessment:
    """As it was then: a replay is the first answer again, whatever has happened since."""

    assessment: Assessment
    snapshots: tuple[Snapshot, ...]
    """As the student is shown them."""
    is_replay: bool


def start_assessment(
    track_id: TrackId,
    level: Level,
    caller: Caller,
    *,
    ai_scoring: AiScoring | None = None,
    text_version: int | None = None,
    idempotency: IdempotencyKey | None,
    store: Store,
    ids: Ids,
    clock: Clock,
) -> StartedAssessment:
    """Start with the student's word on AI scoring; without one (None) nobody has asked them.

    Raises:
        InvalidInputError: they were shown another version of the text than the current one, or
            a version is named and nothing decided.
    """
    now = clock.now()
    if ai_scoring is None and text_version is not None:
        raise InvalidInputError(
            "a version of the text is named and no decision on it; say aiScoring as well",
            pointer="/aiScoring",
        )
    consent = NOT_ASKED
    if ai_scoring is not None:
        consent = consent_to(ai_scoring, text_version, at=now, pointer="/aiScoringTextVersion")
    assessment_id = AssessmentId(ids.new())
    with store.begin() as repositories:
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=assessment_id, now=now)
            if first != assessment_id:
                return _replay(AssessmentId(first), repositories)
        track = repositories.tracks.get(track_id)
        pool = repositories.questions.pool(track_id)
        bundle = choose_bundle(track, pool, level, seed=assessment_id)
        snapshots = tuple(Snapshot(position=n, question=q) for n, q in enumerate(bundle, start=1))
        held = repositories.accommodations.hold(caller.user_id)
        granted = held.granted if held else None
        accommodations = granted or NO_ACCOMMODATIONS
        assessment = Assessment(
            id=assessment_id,
            student_id=caller.user_id,
            track_id=track.id,
            track_version=track.version,
            experience_level=level,
            status=AssessmentStatus.IN_PROGRESS,
            started_at=now,
            expires_at=deadline(now, accommodations),
            accommodations=accommodations,
            accommodations_version=held.version if held and granted else None,
            consent=consent,
        )
        repositories.assessments.add(assessment, snapshots)
        fact = Started(
            track_id=track.id,
            track_version=track.version,
            experience_level=level,
            question_count=len(snapshots),
        )
        repositories.outbox.append_facts(assessment_id, {EventId(ids.new()): fact}, at=now)
    return StartedAssessment(
        assessment=assessment, snapshots=assessment.asks(snapshots), is_replay=False
    )


def _replay(assessment_id: AssessmentId, repositories: Repositories) -> StartedAssessment:
    assessment = repositories.assessments.get(assessment_id)
    granted = None
    if (number := assessment.accommodations_version) is not None:
        version = repositories.accommodations.get_version(assessment.student_id, number)
        granted = version.granted
    # Of changes of mind the first, if one of them came with the start.
    decisions = repositories.assessments.consents(assessment_id)
    at_start = [c for c in decisions if c.decided_at == assessment.started_at]
    assessment = assessment.as_started(granted or NO_ACCOMMODATIONS)
    assessment = replace(assessment, consent=at_start[0] if at_start else NOT_ASKED)
    return StartedAssessment(
        assessment=assessment,
        snapshots=assessment.asks(repositories.assessments.snapshots(assessment_id)),
        is_replay=True,
    )
