"""Assessments and responses as rows."""

from typing import Any

from shared.adapters.postgres.payload import from_payload, to_payload
from shared.domain.accommodations import Accommodations
from shared.domain.assessment import Answer, Assessment, AssessmentId, AssessmentStatus, Response
from shared.domain.consent import AiScoring, Consent
from shared.domain.degraded import Degradation
from shared.domain.level import Level
from shared.domain.question import QuestionId
from shared.domain.track import TrackId
from shared.domain.user import UserId

Row = dict[str, Any]


def from_assessment(assessment: Assessment) -> Row:
    return (
        changes_of(assessment)
        | consent_of(assessment.consent)
        | {
            "id": assessment.id,
            "student_id": assessment.student_id,
            "track_id": assessment.track_id,
            "track_version": assessment.track_version,
            "experience_level": assessment.experience_level,
            "accommodations_version": assessment.accommodations_version,
        }
    )


def changes_of(assessment: Assessment) -> Row:
    return {
        "status": assessment.status,
        "started_at": assessment.started_at,
        "expires_at": assessment.expires_at,
        "submitted_at": assessment.submitted_at,
        "completed_at": assessment.completed_at,
        "degradations": to_payload(tuple[Degradation, ...], assessment.degradations),
        "time_multiplier": assessment.accommodations.time_multiplier,
        "extra_days": assessment.accommodations.extra_days,
    }


def consent_of(consent: Consent) -> Row:
    return {
        "ai_scoring": consent.decision,
        "ai_scoring_text_version": consent.text_version,
        "ai_scoring_decided_at": consent.decided_at,
    }


def to_assessment(row: Any) -> Assessment:
    return Assessment(
        id=AssessmentId(row.id),
        student_id=UserId(row.student_id),
        track_id=TrackId(row.track_id),
        track_version=row.track_version,
        experience_level=Level(row.experience_level),
        status=AssessmentStatus(row.status),
        started_at=row.started_at,
        expires_at=row.expires_at,
        submitted_at=row.submitted_at,
        completed_at=row.completed_at,
        degradations=from_payload(tuple[Degradation, ...], row.degradations),
        accommodations=Accommodations(
            time_multiplier=row.time_multiplier, extra_days=row.extra_days
        ),
        accommodations_version=row.accommodations_version,
        consent=Consent(
            decision=AiScoring(row.ai_scoring),
            text_version=row.ai_scoring_text_version,
            decided_at=row.ai_scoring_decided_at,
        ),
    )


def from_response(assessment_id: AssessmentId, response: Response) -> Row:
    return {
        "assessment_id": assessment_id,
        "question_id": response.question_id,
        "selected": list(response.answer.selected),
        "answer_text": response.answer.text,
        "saved_at": response.saved_at,
    }


def to_response(row: Any) -> Response:
    return Response(
        question_id=QuestionId(row.question_id),
        answer=Answer(selected=tuple(row.selected), text=row.answer_text),
        saved_at=row.saved_at,
    )
