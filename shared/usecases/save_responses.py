"""Save answers; saving again replaces, and all of a batch is saved or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.access import ensure_owner
from shared.domain.analytics import Answered, answered_id
from shared.domain.assessment import (
    Answer,
    Assessment,
    AssessmentId,
    Response,
    Snapshot,
    check_answer,
    question_of,
    unanswered,
)
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it came; `pointer` is where it stood in the request."""

    question_id: str
    answer: Answer
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedResponses:
    saved: int
    answered: int
    total: int


def save_responses(
    assessment_id: AssessmentId,
    given: Sequence[GivenAnswer],
    caller: Caller,
    *,
    store: Store,
    clock: Clock,
) -> SavedResponses:
    now = clock.now()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        ensure_owner(assessment, caller)
        assessment.ensure_open(now)
        snapshots = repositories.assessments.snapshots(assessment_id)
        before = repositories.assessments.responses(assessment_id)
        responses = []
        for item in given:
            question = question_of(
                snapshots, item.question_id, pointer=f"{item.pointer}/questionId"
            )
            check_answer(question, item.answer, pointer=f"{item.pointer}/answer")
            responses.append(Response(question_id=question.id, answer=item.answer, saved_at=now))
        repositories.assessments.save_responses(assessment_id, responses)
        after = {**before, **{response.question_id: response for response in responses}}
        missing = unanswered(snapshots, after)
        facts = {
            answered_id(assessment_id, snapshot.question.id): _fact(assessment, snapshot)
            for snapshot in unanswered(snapshots, before)
            if snapshot not in missing
        }
        repositories.outbox.append_facts(assessment_id, facts, at=now)
    return SavedResponses(
        saved=len(responses), answered=len(snapshots) - len(missing), total=len(snapshots)
    )


def _fact(assessment: Assessment, snapshot: Snapshot) -> Answered:
    question = snapshot.question
    return Answered(
        track_id=assessment.track_id,
        question_id=question.id,
        question_version=question.version,
        question_type=question.type,
        domain=question.domain,
        position=snapshot.position,
    )
