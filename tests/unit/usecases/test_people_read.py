"""An assessment whose student declined AI scoring, from submission to the result."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import pytest

from shared.domain.assessment import Answer, AssessmentStatus
from shared.domain.consent import AiScoring
from shared.domain.errors import (
    AiScoringDeclinedError,
    InvalidInputError,
    MarksMissingError,
    ResultNotReadyError,
    ReviewLeasedError,
)
from shared.domain.event import EventType
from shared.domain.job import JobKind
from shared.domain.metrics import Metric
from shared.domain.progress import Reading, StageName, StageState
from shared.domain.question import CriterionName, QuestionId
from shared.domain.review import OverriddenMark, Review, Urgency
from shared.domain.user import Caller
from shared.usecases.apply_fallback import Fallback, apply_fallback
from shared.usecases.await_completion import await_completion
from shared.usecases.confirm_score import confirm_score
from shared.usecases.export_me import export_me
from shared.usecases.get_result import Result, get_result
from shared.usecases.get_status import AssessmentProgress, get_status
from shared.usecases.lease_review import lease_review
from shared.usecases.list_reviews import list_reviews
from shared.usecases.override_score import override_score
from shared.usecases.reconcile import reconcile
from shared.usecases.score_essay import score_essay
from shared.usecases.submit_assessment import SubmittedAssessment, submit_assessment
from tests.builders import NOON, a_consent, a_job
from tests.fakes.sample_world import ASSESSMENT, ESSAYS, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADVISOR, OWNER, a_caller, a_key, put_answer

MARKS: Final = {CriterionName.CLARITY: 6.0, CriterionName.ACCURACY: 8.0, CriterionName.COHERENCE: 7}
DAYS: Final = timedelta(days=30)


@pytest.fixture
def answered() -> FakeWiring:
    """All is answered, and AI scoring declined."""
    world = world_at(Stage.ANSWERED)
    with world.store.begin() as repositories:
        repositories.assessments.save_consent(ASSESSMENT, a_consent())
    return world


@pytest.fixture
def world(answered: FakeWiring) -> FakeWiring:
    """It is submitted as well."""
    submit(answered)
    return answered


def submit(
    world: FakeWiring, *, allow_incomplete: bool = False, key: str | None = None
) -> SubmittedAssessment:
    return submit_assessment(
        ASSESSMENT,
        OWNER,
        allow_incomplete=allow_incomplete,
        idempotency=a_key(key) if key else None,
        store=world.store,
        pipeline=world.pipeline,
        ids=world.ids,
        clock=world.clock,
        metrics=world.metrics,
        summarizer=world.offline_summarizer,
    )


def mark(
    world: FakeWiring,
    question_id: QuestionId,
    marks: Mapping[CriterionName, float] = MARKS,
    *,
    caller: Caller = ADVISOR,
    key: str | None = None,
) -> None:
    override_score(
        ASSESSMENT,
        question_id,
        [OverriddenMark(name=n, score=score, reason="Because.") for n, score in marks.items()],
        caller,
        idempotency=a_key(key, scope=caller.user_id) if key else None,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
        metrics=world.metrics,
        summarizer=world.offline_summarizer,
    )


def queue(world: FakeWiring) -> tuple[Review, ...]:
    return list_reviews(limit=100, after=None, store=world.store, clock=world.clock).items


def progress(world: FakeWiring) -> AssessmentProgress:
    return get_status(ASSESSMENT, OWNER, store=world.store, clock=world.clock)


def result(world: FakeWiring) -> Result:
    return get_result(ASSESSMENT, OWNER, store=world.store)


def told(world: FakeWiring) -> list[EventType]:
    return [event.type for event in world.store.state.outbox.values()]


def completions(world: FakeWiring) -> list[str]:
    return [m.dimensions["track"] for m in world.metrics.of(Metric.ASSESSMENTS_COMPLETED)]


class TestSubmission:
    def test_rules_score_and_nothing_reads_the_essays(self, answered: FakeWiring) -> None:
        submitted = submit(answered)

        assert submitted.assessment.status is AssessmentStatus.IN_REVIEW
        assert len(submitted.rule_scores) == 3
        state = answered.store.state
        assert (state.jobs, state.usage, answered.pipeline.started, state.runs) == ({}, [], {}, {})
        assert {s.provenance.engine for s in state.essay_scores.values()} == {"unread"}
        assert (answered.scorer.tasks, answered.offline_scorer.tasks) == ([], [])
        assert told(answered) == [EventType.ASSESSMENT_SUBMITTED]
        assert (state.profiles, state.recommendations) == ({}, {})
        assert not submitted.assessment.degradations

    def test_each_essay_waits_for_a_person_before_all_others(self, world: FakeWiring) -> None:
        reviews = queue(world)

        assert {r.score.question_id for r in reviews} == set(ESSAYS)
        for review in reviews:
            assert (review.urgency, review.overall_score) == (Urgency.UNREAD, None)
            assert review.answer == "A transaction is atomic."
            assert review.score.created_at == NOON

    def test_the_same_key_again_gets_the_first_answer_again(self, answered: FakeWiring) -> None:
        first = submit(answered, key="key 1")
        for essay in ESSAYS:
            mark(answered, essay)

        again = submit(answered, key="key 1")

        assert (again.is_replay, again.rule_scores) == (True, first.rule_scores)
        assert again.assessment.is_read_by_people
        assert len(answered.store.state.essay_scores) == 6

    def test_a_blank_essay_has_no_points_and_waits_for_nobody(self, answered: FakeWiring) -> None:
        put_answer(answered, ESSAYS[1], Answer(text=" "))

        submit(answered, allow_incomplete=True)

        assert {r.score.question_id for r in queue(answered)} == {ESSAYS[0], ESSAYS[2]}
        blank = answered.store.state.essay_scores[ASSESSMENT, ESSAYS[1], 1]
        assert (blank.score, blank.provenance.engine) == (0, "rule")
        mark(answered, ESSAYS[0])
        mark(answered, ESSAYS[2])
        assert result(answered).assessment.status is AssessmentStatus.COMPLETED
        assert told(answered)[1:] == [
            EventType.ASSESSMENT_COMPLETED,
            EventType.ASSESSMENT_DEGRADED,
        ]

    def test_without_any_essay_the_result_is_there_at_once(self, answered: FakeWiring) -> None:
        for essay in ESSAYS:
            put_answer(answered, essay, Answer(text=""))

        submit(answered, allow_incomplete=True)

        assert result(answered).assessment.status is AssessmentStatus.COMPLETED
        assert queue(answered) == ()
        assert len(completions(answered)) == 1

    @pytest.mark.parametrize("decision", [AiScoring.CONSENTED, None])
    def test_all_others_go_to_the_pipeline(self, decision: AiScoring | None) -> None:
        world = world_at(Stage.ANSWERED)
        if decision:
            with world.store.begin() as repositories:
                repositories.assessments.save_consent(ASSESSMENT, a_consent(decision))

        submitted = submit(world)

        assert submitted.assessment.status is AssessmentStatus.SCORING
        assert (ASSESSMENT, 1) in world.pipeline.started
        assert world.store.state.essay_scores == {}


class TestWaiting:
    def test_the_student_sees_that_people_read_and_how_far_they_are(
        self, world: FakeWiring
    ) -> None:
        mark(world, ESSAYS[0])

        found = progress(world)

        assert found.status is AssessmentStatus.IN_REVIEW
        assert found.reading == Reading(essays=3, marked=1)
        assert found.progress.percent == 30
        assert found.progress.estimated_seconds_remaining is None
        assert {s.name: s.state for s in found.progress.stages} == {
            StageName.RULE_SCORING: StageState.COMPLETED,
            StageName.ESSAY_SCORING: StageState.RUNNING,
            StageName.RECOMMENDATIONS: StageState.PENDING,
        }
        with pytest.raises(ResultNotReadyError, match="in_review"):
            result(world)

    def test_nothing_calls_it_stuck_or_over_however_long_it_takes(self, world: FakeWiring) -> None:
        world.clock.advance(DAYS)

        done = reconcile(store=world.store, pipeline=world.pipeline, clock=world.clock)

        assert (done.started, world.pipeline.started) == (0, {})
        assert progress(world).status is AssessmentStatus.IN_REVIEW
        for essay in ESSAYS:
            mark(world, essay)
        assert result(world).assessment.completed_at == NOON + DAYS

    def test_waiting_for_the_result_ends_at_once(self, world: FakeWiring) -> None:
        def never(_: float) -> None:
            raise AssertionError("it waits for people")

        assert not await_completion(
            ASSESSMENT,
            OWNER,
            at_most=timedelta(seconds=25),
            store=world.store,
            clock=world.clock,
            sleep=never,
        )

    def test_it_is_counted_apart(self, world: FakeWiring) -> None:
        world.clock.advance(timedelta(hours=30))
        with world.store.begin() as repositories:
            found = repositories.operations.work(now=world.clock.now(), since=NOON)

        assert found.statuses == {AssessmentStatus.IN_REVIEW: 1}
        assert (found.in_review.waiting, found.in_review.oldest_at) == (1, NOON)


class TestReading:
    def test_a_lease_holds_others_off(self, world: FakeWiring) -> None:
        review = queue(world)[0]

        lease_review(review.score.id, ADVISOR, store=world.store, clock=world.clock)

        colleague = a_caller(role=ADVISOR.role)
        with pytest.raises(ReviewLeasedError):
            mark(world, review.score.question_id, caller=colleague)
        mark(world, review.score.question_id)
        assert world.store.state.leases == {}

    def test_there_are_no_marks_to_confirm(self, world: FakeWiring) -> None:
        review = queue(world)[0]

        with pytest.raises(MarksMissingError):
            confirm_score(
                review.score.id,
                ADVISOR,
                idempotency=None,
                store=world.store,
                ids=world.ids,
                clock=world.clock,
            )

        assert review in queue(world)

    def test_every_criterion_wants_a_mark(self, world: FakeWiring) -> None:
        with pytest.raises(InvalidInputError, match="coherence"):
            mark(world, ESSAYS[0], {k: v for k, v in MARKS.items() if k != "coherence"})

        assert len(queue(world)) == 3

    def test_before_the_last_mark_there_is_no_result_and_no_news(self, world: FakeWiring) -> None:
        mark(world, ESSAYS[0])
        mark(world, ESSAYS[0], {CriterionName.ACCURACY: 2})  # second thoughts
        mark(world, ESSAYS[1])

        assert told(world) == [EventType.ASSESSMENT_SUBMITTED]
        assert (world.store.state.profiles, completions(world)) == ({}, [])
        assert [r.score.question_id for r in queue(world)] == [ESSAYS[2]]
        entries = world.store.state.audit
        assert [e.action for e in entries] == ["essay.marked", "essay.overridden", "essay.marked"]
        assert entries[0].details["before"] == {}
        assert entries[1].details["before"]["criteria"]["accuracy"] == 8
        assert set(entries[0].details["after"]) == {"score", "criteria"}

    def test_the_last_mark_makes_the_result(self, world: FakeWiring) -> None:
        for essay in ESSAYS:
            mark(world, essay)

        found = result(world)

        assert found.assessment.status is AssessmentStatus.COMPLETED
        assert found.assessment.consent == a_consent()
        assert {e.provenance.engine for e in found.essay_scores} == {"person"}
        assert found.previous == {}
        assert found.profile.confidence == 1
        assert not found.assessment.degradations
        assert [i.credential.title for i in found.recommendation.items]
        assert found.recommendation.provenance.engine == "template"
        assert found.recommendation.trace.embedding_model is None
        assert told(world) == [EventType.ASSESSMENT_SUBMITTED, EventType.ASSESSMENT_COMPLETED]
        assert len(completions(world)) == 1
        assert queue(world) == ()
        state = world.store.state
        assert (state.usage, state.jobs, world.budget.charged) == ([], {}, [])
        assert (world.scorer.tasks, world.offline_scorer.tasks) == ([], [])
        assert progress(world).reading == Reading(essays=3, marked=3)
        assert progress(world).progress.percent == 100

    def test_a_mark_after_that_corrects_the_result_as_any_other(self, world: FakeWiring) -> None:
        for essay in ESSAYS:
            mark(world, essay)
        before = result(world).profile

        mark(world, ESSAYS[0], dict.fromkeys(MARKS, 0.0))

        assert result(world).profile.overall_score < before.overall_score
        assert told(world)[-1] is EventType.RESULT_CORRECTED
        assert [len(p) for p in result(world).previous.values()] == [1]

    def test_a_request_that_comes_twice_marks_once(self, world: FakeWiring) -> None:
        for essay in ESSAYS[:2]:
            mark(world, essay)
        for _ in range(2):
            mark(world, ESSAYS[2], key="the last")

        assert told(world).count(EventType.ASSESSMENT_COMPLETED) == 1
        assert len(completions(world)) == 1

    def test_who_is_erased_is_read_by_nobody_any_more(self, world: FakeWiring) -> None:
        with world.store.begin() as repositories:
            assessment = repositories.assessments.get(ASSESSMENT)
            repositories.assessments.save(assessment.close())

        with pytest.raises(ResultNotReadyError):
            mark(world, ESSAYS[0])
        assert queue(world) == ()


class TestEngines:
    """No job exists that would let them; should one ever, they read nothing."""

    def test_a_worker_refuses(self, world: FakeWiring) -> None:
        job = a_job(assessment_id=ASSESSMENT, kind=JobKind.SCORE_ESSAY, question_id=ESSAYS[0])

        with pytest.raises(AiScoringDeclinedError):
            score_essay(
                job,
                store=world.store,
                scorer=world.scorer,
                second_reader=None,
                budget=world.budget,
                ids=world.ids,
                clock=world.clock,
            )

        assert world.scorer.tasks == []

    def test_so_does_the_fallback(self, world: FakeWiring) -> None:
        job = a_job(assessment_id=ASSESSMENT, kind=JobKind.SCORE_ESSAY, question_id=ESSAYS[0])
        with world.store.begin() as repositories:
            repositories.jobs.add([job])

        with pytest.raises(AiScoringDeclinedError):
            apply_fallback(
                job.id,
                "timeout",
                fallback=Fallback(scorer=world.offline_scorer, summarizer=world.offline_summarizer),
                store=world.store,
                ids=world.ids,
                clock=world.clock,
                metrics=world.metrics,
            )

        assert world.offline_scorer.tasks == []


def test_the_export_has_every_decision_and_what_waits_is_no_mark(world: FakeWiring) -> None:
    [held] = export_me(OWNER, limit=10, after=None, store=world.store).assessments

    assert (held.assessment.student_id, held.consents) == (STUDENT, (a_consent(),))
