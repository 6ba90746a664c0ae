from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.domain.analytics import Submitted
from shared.domain.assessment import LIFETIME, Answer, Assessment, AssessmentId, AssessmentStatus
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.errors import (
    AlreadySubmittedError,
    AssessmentExpiredError,
    IdempotencyConflictError,
    IncompleteAssessmentError,
    NotFoundError,
)
from shared.domain.event import EventId, EventType
from shared.domain.idempotency import IdempotencyKey
from shared.domain.job import Job, JobKind, JobStatus
from shared.domain.question import Question
from shared.domain.scoring import RuleScore
from shared.domain.user import Caller
from shared.usecases.submit_assessment import SubmittedAssessment, submit_assessment
from tests.builders import (
    NOON,
    TRACK,
    a_profile_question,
    a_response,
    a_theoretical_question,
    an_analytics_event,
    an_assessment,
    an_essay_question,
    later,
)
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADVISOR,
    MICROSECOND,
    OWNER,
    SOMEBODY_ELSE,
    UNKNOWN,
    a_key,
    bound,
    ensure_no_transaction,
    open_assessment,
)

RIGHT, WRONG, SKIPPED = (a_theoretical_question(weight=weight) for weight in (1.0, 2.0, 3.0))
ESSAYS = [an_essay_question() for _ in range(3)]
INTEREST = a_profile_question()
A = Answer(selected=("a",))
B = Answer(selected=("b",))


@pytest.fixture
def assessment(world: FakeWiring) -> Assessment:
    """All is answered."""
    text = Answer(text="It is atomic.")
    return open_assessment(
        world,
        [RIGHT, WRONG, *ESSAYS, INTEREST],
        {RIGHT.id: A, WRONG.id: B, INTEREST.id: A, **{essay.id: text for essay in ESSAYS}},
    )


def submit(
    world: FakeWiring,
    assessment: Assessment,
    *,
    caller: Caller = OWNER,
    allow_incomplete: bool = False,
    idempotency: IdempotencyKey | None = None,
    accept_submitted: bool = False,
) -> SubmittedAssessment:
    return submit_assessment(
        assessment.id,
        caller,
        allow_incomplete=allow_incomplete,
        idempotency=idempotency,
        accept_submitted=accept_submitted,
        store=world.store,
        pipeline=world.pipeline,
        ids=world.ids,
        clock=world.clock,
        metrics=world.metrics,
        summarizer=world.offline_summarizer,
    )


def jobs_of(world: FakeWiring) -> list[Job]:
    return list(world.store.state.jobs.values())


def ensure_untouched(world: FakeWiring, assessment: Assessment) -> None:
    state = world.store.state
    assert state.assessments[assessment.id] == assessment
    assert (state.jobs, state.rule_scores, state.outbox, state.runs) == ({}, {}, {}, {})
    assert world.pipeline.started == {}


def test_submitting_locks_the_responses(world: FakeWiring, assessment: Assessment) -> None:
    submitted = submit(world, assessment).assessment

    assert submitted.status is AssessmentStatus.SCORING
    assert submitted.submitted_at == NOON
    assert world.store.state.assessments[assessment.id] == submitted
    with pytest.raises(AlreadySubmittedError):
        submitted.ensure_open(NOON)


def test_what_rules_can_score_is_scored_at_once(world: FakeWiring, assessment: Assessment) -> None:
    scores = submit(world, assessment).rule_scores

    domain = "backend.databases"
    assert scores == (
        RuleScore(question_id=RIGHT.id, domain=domain, score=1.0, max_score=1.0),
        RuleScore(question_id=WRONG.id, domain=domain, score=0.0, max_score=2.0),
    )
    with world.store.begin() as repositories:
        assert repositories.assessments.rule_scores(assessment.id) == scores


def test_there_is_a_job_for_each_essay_one_to_retrieve_and_one_to_fuse(
    world: FakeWiring, assessment: Assessment
) -> None:
    submit(world, assessment)

    assert Counter((job.kind, job.question_id) for job in jobs_of(world)) == Counter(
        [
            *((JobKind.SCORE_ESSAY, essay.id) for essay in ESSAYS),
            (JobKind.RETRIEVE_CREDENTIALS, None),
            (JobKind.FUSE_RESULTS, None),
        ]
    )
    for job in jobs_of(world):
        assert (job.assessment_id, job.status, job.attempt) == (assessment.id, JobStatus.QUEUED, 0)
        assert (job.lease_until, job.started_at, job.finished_at, job.output) == (None,) * 4


def test_the_pipeline_starts_as_the_first_run_with_all_jobs(
    world: FakeWiring, assessment: Assessment
) -> None:
    submit(world, assessment)

    assert world.pipeline.started == {
        (assessment.id, 1): tuple(job.id for job in jobs_of(world)),
    }
    run = world.store.state.runs[assessment.id]
    assert (run.run, run.started_at) == (1, NOON)


def test_the_pipeline_starts_only_after_the_commit(
    world: FakeWiring, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = world.pipeline.start

    def start_late(assessment_id: AssessmentId, jobs: Sequence[Job], *, run: int) -> None:
        ensure_no_transaction(world.store)
        assert jobs_of(world) == jobs
        start(assessment_id, jobs, run=run)

    monkeypatch.setattr(world.pipeline, "start", start_late)

    submit(world, assessment)

    assert (assessment.id, 1) in world.pipeline.started


def test_the_submission_is_told_in_the_students_own_sequence(
    world: FakeWiring, assessment: Assessment
) -> None:
    with world.store.begin() as repositories:
        for student in (OWNER.user_id, SOMEBODY_ELSE.user_id):
            repositories.outbox.append(
                EventType.ASSESSMENT_FAILED,
                student,
                {},
                event_id=EventId(world.ids.new()),
                at=NOON,
            )

    submit(world, assessment)

    event = list(world.store.state.outbox.values())[-1]
    assert event.id
    assert event.type is EventType.ASSESSMENT_SUBMITTED
    assert (event.student_id, event.sequence, event.occurred_at) == (OWNER.user_id, 2, NOON)
    assert event.data == {"assessmentId": assessment.id, "trackId": TRACK}


def test_when_the_pipeline_is_away_the_submission_stands(
    world: FakeWiring, assessment: Assessment
) -> None:
    world.pipeline.is_available = False

    submitted = submit(world, assessment)

    assert submitted.assessment.status is AssessmentStatus.SCORING
    assert world.store.state.assessments[assessment.id] == submitted.assessment
    assert len(jobs_of(world)) == 5
    assert world.store.state.runs == {}


def test_missing_answers_are_named_and_nothing_is_submitted(world: FakeWiring) -> None:
    assessment = open_assessment(
        world, [RIGHT, SKIPPED, *ESSAYS], {RIGHT.id: A, ESSAYS[1].id: Answer(text=" ")}
    )

    with pytest.raises(IncompleteAssessmentError) as caught:
        submit(world, assessment)

    assert caught.value.missing == (SKIPPED.id, *(essay.id for essay in ESSAYS))
    ensure_untouched(world, assessment)


def test_who_submits_without_all_answers_is_told_what_is_missing_on_the_result(
    world: FakeWiring,
) -> None:
    assessment = open_assessment(world, [RIGHT, SKIPPED, *ESSAYS[:1]], {RIGHT.id: A})

    submitted = submit(world, assessment, allow_incomplete=True)

    assert submitted.assessment.degradations == tuple(
        Degradation(
            reason=DegradedReason.INCOMPLETE_DATA,
            at=NOON,
            cause="unanswered",
            question_id=question.id,
        )
        for question in (SKIPPED, ESSAYS[0])
    )
    assert world.store.state.assessments[assessment.id] == submitted.assessment
    assert [(s.question_id, s.score) for s in submitted.rule_scores] == [
        (RIGHT.id, 1.0),
        (SKIPPED.id, 0.0),
    ]
    assert Counter(job.kind for job in jobs_of(world))[JobKind.SCORE_ESSAY] == 1


def test_a_complete_submission_is_not_degraded_by_allowing_less(
    world: FakeWiring, assessment: Assessment
) -> None:
    assert submit(world, assessment, allow_incomplete=True).assessment.degradations == ()


def test_the_same_request_again_gets_the_first_answer_again(
    world: FakeWiring, assessment: Assessment
) -> None:
    first = submit(world, assessment, idempotency=a_key())
    before = world.store.state.copy()
    world.clock.advance(timedelta(seconds=5))

    again = submit(world, assessment, idempotency=a_key())

    assert not first.is_replay
    assert again == SubmittedAssessment(
        assessment=first.assessment, rule_scores=first.rule_scores, is_replay=True
    )
    assert world.store.state == before
    assert list(world.pipeline.started) == [(assessment.id, 1)]


def test_the_key_is_bound_from_now_on(world: FakeWiring, assessment: Assessment) -> None:
    submit(world, assessment, idempotency=a_key())

    [(place, binding)] = world.store.state.bindings.items()
    assert place == bound(a_key())
    assert (binding.request_hash, binding.at) == ("request 1", NOON)


@pytest.mark.parametrize("key", [None, a_key("key 2")], ids=["no-key", "another-key"])
def test_a_second_submission_conflicts(
    world: FakeWiring, assessment: Assessment, key: IdempotencyKey | None
) -> None:
    submit(world, assessment, idempotency=a_key())
    before = world.store.state.copy()

    with pytest.raises(AlreadySubmittedError):
        submit(world, assessment, idempotency=key)

    assert world.store.state == before
    assert list(world.pipeline.started) == [(assessment.id, 1)]


def test_the_same_key_with_another_request_conflicts(
    world: FakeWiring, assessment: Assessment
) -> None:
    submit(world, assessment, idempotency=a_key())

    with pytest.raises(IdempotencyConflictError):
        submit(world, assessment, idempotency=a_key(request="request 2"))


def test_a_submission_that_was_refused_leaves_its_key_free(world: FakeWiring) -> None:
    assessment = open_assessment(world, [RIGHT])
    with pytest.raises(IncompleteAssessmentError):
        submit(world, assessment, idempotency=a_key())
    answer(world, assessment, RIGHT)

    submitted = submit(world, assessment, idempotency=a_key(request="all of it"))

    assert not submitted.is_replay


def test_who_accepts_what_was_submitted_leaves_it_alone(
    world: FakeWiring, assessment: Assessment
) -> None:
    first = submit(world, assessment)
    before = world.store.state.copy()

    again = submit(world, assessment, accept_submitted=True)

    assert again.is_replay
    assert (again.assessment, again.rule_scores) == (first.assessment, first.rule_scores)
    assert world.store.state == before


def test_who_accepts_what_was_submitted_submits_what_was_not(
    world: FakeWiring, assessment: Assessment
) -> None:
    submitted = submit(world, assessment, accept_submitted=True)

    assert not submitted.is_replay
    assert (assessment.id, 1) in world.pipeline.started


def test_it_can_be_submitted_until_the_last_instant(
    world: FakeWiring, assessment: Assessment
) -> None:
    world.clock.advance(LIFETIME - MICROSECOND)

    assert submit(world, assessment).assessment.submitted_at == world.clock.now()


@pytest.mark.parametrize("accept_submitted", [False, True])
def test_an_expired_assessment_cannot_be_submitted(
    world: FakeWiring, assessment: Assessment, *, accept_submitted: bool
) -> None:
    world.clock.advance(LIFETIME)

    with pytest.raises(AssessmentExpiredError):
        submit(world, assessment, accept_submitted=accept_submitted)

    ensure_untouched(world, assessment)


@pytest.mark.parametrize("caller", [SOMEBODY_ELSE, ADVISOR], ids=["student", "advisor"])
def test_nobody_submits_for_another(
    world: FakeWiring, assessment: Assessment, caller: Caller
) -> None:
    with pytest.raises(NotFoundError):
        submit(world, assessment, caller=caller, idempotency=a_key(scope=caller.user_id))

    ensure_untouched(world, assessment)


def test_nobody_accepts_what_another_submitted(world: FakeWiring, assessment: Assessment) -> None:
    submit(world, assessment)

    with pytest.raises(NotFoundError):
        submit(world, assessment, caller=SOMEBODY_ELSE, accept_submitted=True)


def test_an_unknown_assessment_is_not_found(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        submit(world, an_assessment(id=UNKNOWN))


def answer(world: FakeWiring, assessment: Assessment, question: Question) -> None:
    with world.store.begin() as repositories:
        repositories.assessments.save_responses(
            assessment.id, [a_response(question, saved_at=later(1))]
        )


def test_a_warehouse_is_told_how_many_questions_were_answered(world: FakeWiring) -> None:
    some = open_assessment(world, [RIGHT, WRONG, *ESSAYS, INTEREST], {RIGHT.id: A, INTEREST.id: A})

    submit(world, some, allow_incomplete=True)

    [event] = world.store.state.facts.values()
    assert event == an_analytics_event(
        id=event.id,
        assessment_id=some.id,
        fact=Submitted(track_id=TRACK, question_count=6, answered_count=2),
    )
