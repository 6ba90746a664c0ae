"""Submit: lock the responses, score what rules can score, and set the pipeline going."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.access import ensure_owner
from shared.domain.analytics import Submitted
from shared.domain.assessment import (
    Assessment,
    AssessmentId,
    Response,
    Snapshot,
    ensure_complete,
    unanswered,
)
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.errors import PipelineUnavailableError
from shared.domain.essay import EssayScoreId, blank_marks, score_of, task_of, unread_score
from shared.domain.event import EventId, EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, jobs_of
from shared.domain.question import QuestionId, QuestionType
from shared.domain.scoring import RuleScore, rule_scores
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.completed_assessment import complete_if_read, count_completed
from shared.ports.ids import Ids
from shared.ports.metrics import Metrics
from shared.ports.pipeline import Pipeline
from shared.ports.store import Repositories, Store
from shared.ports.summarizer import Summarizer

FIRST_RUN: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedAssessment:
    assessment: Assessment
    """As it was submitted, or on a replay as it is."""
    rule_scores: tuple[RuleScore, ...]
    is_replay: bool


def submit_assessment(
    assessment_id: AssessmentId,
    caller: Caller,
    *,
    allow_incomplete: bool,
    idempotency: IdempotencyKey | None,
    store: Store,
    pipeline: Pipeline,
    ids: Ids,
    clock: Clock,
    metrics: Metrics,
    summarizer: Summarizer,
    accept_submitted: bool = False,
) -> SubmittedAssessment:
    """Submit once; the same idempotency key again gets the first answer again.

    With `accept_submitted` so does everybody: an assessment that was submitted is left alone.

    The pipeline is started after the commit. When that fails, the submission stands and
    `reconcile` starts it within a minute.

    Where the student declined AI scoring there is no pipeline and no job: the essays go to the
    review queue, and the result is made when the last of them is marked; at once, with
    `summarizer`, where none was answered.
    """
    now = clock.now()
    submission_id = ids.new()
    with store.begin() as repositories:
        assessment = repositories.assessments.lock(assessment_id)
        ensure_owner(assessment, caller)
        is_replay = accept_submitted and assessment.submitted_at is not None
        if idempotency:
            first = repositories.idempotency.claim(idempotency, resource_id=submission_id, now=now)
            is_replay = first != submission_id
        if is_replay:
            return SubmittedAssessment(
                assessment=assessment,
                rule_scores=repositories.assessments.rule_scores(assessment_id),
                is_replay=True,
            )
        submitted = assessment.submit(now)
        snapshots = repositories.assessments.snapshots(assessment_id)
        responses = repositories.assessments.responses(assessment_id)
        missing = unanswered(snapshots, responses)
        ensure_complete(missing, allow_incomplete=allow_incomplete)
        submitted = submitted.degrade(
            *(
                Degradation(
                    reason=DegradedReason.INCOMPLETE_DATA,
                    at=now,
                    cause="unanswered",
                    question_id=s.question.id,
                )
                for s in missing
            )
        )
        scores = rule_scores(snapshots, responses)
        is_read_by_people = submitted.is_read_by_people
        jobs = [] if is_read_by_people else jobs_of(submitted.id, snapshots, new_id=ids.new)
        repositories.assessments.save(submitted)
        repositories.assessments.add_rule_scores(assessment_id, scores)
        repositories.jobs.add(jobs)
        repositories.outbox.append(
            EventType.ASSESSMENT_SUBMITTED,
            submitted.student_id,
            {"assessmentId": submitted.id, "trackId": submitted.track_id},
            event_id=EventId(ids.new()),
            at=now,
        )
        fact = Submitted(
            track_id=submitted.track_id,
            question_count=len(snapshots),
            answered_count=len(snapshots) - len(missing),
        )
        repositories.outbox.append_facts(assessment_id, {EventId(ids.new()): fact}, at=now)
        completed = None
        if is_read_by_people:
            _queue_essays(submitted, snapshots, responses, repositories, ids)
            completed = complete_if_read(
                submitted, repositories, summarizer=summarizer, ids=ids, now=now
            )
    if completed:
        count_completed(completed, metrics)
    if not is_read_by_people:
        _start(submitted.id, jobs, store, pipeline, clock)
    return SubmittedAssessment(assessment=submitted, rule_scores=scores, is_replay=False)


def _queue_essays(
    submitted: Assessment,
    snapshots: Sequence[Snapshot],
    responses: Mapping[QuestionId, Response],
    repositories: Repositories,
    ids: Ids,
) -> None:
    """Let each essay wait for a person; one that is blank has no points, by rule."""
    at = submitted.submitted_at or submitted.started_at
    for snapshot in snapshots:
        if snapshot.question.type is not QuestionType.ESSAY:
            continue
        task = task_of(snapshot.question.id, snapshots, responses)
        score_id = EssayScoreId(ids.new())
        if task.answer.strip():
            score = unread_score(task, id=score_id, assessment_id=submitted.id, at=at)
        else:
            score = score_of(
                blank_marks(task.rubric),
                task,
                id=score_id,
                assessment_id=submitted.id,
                attempt=1,
                at=at,
            )
        repositories.assessments.add_essay_score(score)


def _start(
    assessment_id: AssessmentId, jobs: Sequence[Job], store: Store, pipeline: Pipeline, clock: Clock
) -> None:
    """Start the pipeline; when it is away the submission stands, and `reconcile` starts it."""
    try:
        pipeline.start(assessment_id, jobs, run=FIRST_RUN)
    except PipelineUnavailableError:
        return
    with store.begin() as repositories:
        repositories.assessments.mark_pipeline_started(assessment_id, run=FIRST_RUN, at=clock.now())
