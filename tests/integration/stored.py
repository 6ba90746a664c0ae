"""Rows that others refer to: PostgreSQL holds to foreign keys, so tests put these in first."""

from datetime import datetime

from shared.domain.assessment import Assessment, AssessmentStatus, Snapshot
from shared.domain.consent import NOT_ASKED, Consent
from shared.domain.essay import Provenance
from shared.domain.question import Question
from shared.domain.recommendation import Credential, Recommendation
from shared.domain.user import UserId
from shared.ports.store import Repositories, Store
from tests.builders import (
    NOON,
    TRACK,
    a_pool,
    a_recommendation,
    a_recommendation_item,
    a_track,
    a_user,
    an_assessment,
    snapshots_of,
)


def stored_student(store: Store) -> UserId:
    user = a_user()
    with store.begin() as repositories:
        repositories.users.add(user)
    return user.id


def put_questions(repositories: Repositories, *questions: Question) -> None:
    for question in questions:
        repositories.questions.put(question, content_hash=question.slug)


def put_credentials(repositories: Repositories, *credentials: Credential) -> None:
    for credential in credentials:
        repositories.credentials.put(credential, content_hash=credential.slug)


def stored_assessment(
    store: Store,
    *,
    id: str | None = None,
    student_id: str | None = None,
    track_id: str = TRACK,
    status: AssessmentStatus = AssessmentStatus.IN_PROGRESS,
    submitted_at: datetime | None = None,
    started_at: datetime = NOON,
    accommodations_version: int | None = None,
    consent: Consent = NOT_ASKED,
) -> tuple[Assessment, tuple[Snapshot, ...]]:
    """Store an assessment with all that it refers to: student, track and questions."""
    questions = a_pool()
    assessment = an_assessment(
        id=id,
        student_id=student_id or stored_student(store),
        track_id=track_id,
        status=status,
        submitted_at=submitted_at,
        started_at=started_at,
        accommodations_version=accommodations_version,
        consent=consent,
    )
    snapshots = snapshots_of(questions)
    with store.begin() as repositories:
        repositories.tracks.put(a_track(id=track_id), content_hash="track")
        put_questions(repositories, *questions)
        repositories.assessments.add(assessment, snapshots)
    return assessment, snapshots


def stored_recommendation(
    store: Store,
    *,
    track_id: str = TRACK,
    credentials: tuple[Credential | None, ...] = (None, None),
    provenance: Provenance | None = None,
) -> Recommendation:
    """Store a recommendation of these credentials, None for any, with all that it refers to."""
    assessment, _ = stored_assessment(store, track_id=track_id)
    recommendation = a_recommendation(
        assessment_id=assessment.id,
        items=tuple(
            a_recommendation_item(rank=rank, credential=credential)
            for rank, credential in enumerate(credentials, start=1)
        ),
        provenance=provenance,
    )
    with store.begin() as repositories:
        repositories.recommendations.add(recommendation)
    return recommendation
