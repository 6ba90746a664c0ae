"""What comes of a rescore: in earnest, for show, in an outage, and of what a fallback marked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from typing_extensions import override

from shared.domain.assessment import Answer
from shared.domain.audit import SYSTEM
from shared.domain.degraded import DegradedReason
from shared.domain.errors import (
    EngineError,
    EngineRefusedError,
    EngineUnavailableError,
    StoreUnavailableError,
)
from shared.domain.essay import NO_USAGE, EssayMarks, EssayTask, SecondReading
from shared.domain.event import EventType
from shared.domain.rescore import (
    WAITS,
    ItemStatus,
    Movement,
    Rescore,
    RescoredAssessment,
    RescoreItem,
    RescoreScope,
    Verdict,
)
from shared.domain.scoring import Profile
from shared.ports.essay_scorer import SecondReader
from shared.ports.rescored_assessment import Engines
from shared.ports.scored_assessment import read_scored
from shared.usecases.confirm_score import confirm_score
from shared.usecases.get_result import get_result
from shared.usecases.lease_review import lease_review
from shared.usecases.queue_degraded import queue_degraded
from shared.usecases.run_rescores import LEASE, RescoreRound, run_rescores
from tests.builders import NOON, TRACK, a_degradation, a_rescore
from tests.fakes.essay_scorer import FakeEssayScorer
from tests.fakes.sample_world import ASSESSMENT, ESSAY_SCORES, ESSAYS, STUDENT, Stage, world_at
from tests.fakes.store.records import FakeAuditRepository
from tests.fakes.store.work import FakeOutboxRepository
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADVISOR,
    OWNER,
    ensure_no_transaction,
    put_answer,
    put_doubt,
    put_fallback,
)

OPEN_CIRCUIT = EngineRefusedError("left alone", reason="circuit_open")
REFUSAL = EngineRefusedError("will not", reason="refused")


@pytest.fixture
def world() -> FakeWiring:
    """A completed assessment with essays of 7.3, which the model would give 9 now."""
    world = world_at(Stage.COMPLETED)
    world.scorer.score_given = 9.0
    with world.store.begin() as repositories:
        scored = read_scored(repositories, repositories.assessments.get(ASSESSMENT))
        repositories.assessments.save_profile(ASSESSMENT, scored.profile)
    return world


def ask(
    world: FakeWiring,
    *,
    scope: RescoreScope = RescoreScope.ASSESSMENT,
    subject: str = ASSESSMENT,
    is_dry_run: bool = False,
    may_lower: bool = False,
) -> Rescore:
    rescore = a_rescore(
        scope=scope,
        subject=subject,
        is_dry_run=is_dry_run,
        may_lower=may_lower,
        requested_at=world.clock.now(),
    )
    with world.store.begin() as repositories:
        assert repositories.rescores.add(rescore)
    return rescore


def run(world: FakeWiring, *, until: datetime | None = None) -> RescoreRound:
    return run_rescores(
        until=until or world.clock.now() + timedelta(seconds=45),
        at_once=1,
        engines=Engines(
            scorer=world.scorer,
            second_reader=world.second_reader,
            budget=world.rescore_budget,
        ),
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


def heal(world: FakeWiring, *, may_lower: bool = False) -> RescoreRound:
    queue_degraded(may_lower=may_lower, store=world.store, ids=world.ids, clock=world.clock)
    return run(world)


def item_of(world: FakeWiring) -> RescoreItem:
    (item,) = world.store.state.rescore_items.values()
    return item


def outcome_of(world: FakeWiring) -> RescoredAssessment:
    outcome = item_of(world).outcome
    assert outcome is not None
    return outcome


def verdicts(world: FakeWiring) -> list[Verdict]:
    return [essay.verdict for essay in outcome_of(world).essays]


def attempts(world: FakeWiring) -> list[int]:
    """Of the scores that count."""
    with world.store.begin() as repositories:
        return [s.attempt for s in repositories.assessments.essay_scores(ASSESSMENT)]


def told(world: FakeWiring) -> list[EventType]:
    return [event.type for event in world.store.state.outbox.values()]


def actions(world: FakeWiring) -> list[str]:
    return [row.action for row in world.store.state.audit]


class FailingOnce:
    """A scorer that fails with these errors, one a call, and then does as the other."""

    def __init__(self, scorer: FakeEssayScorer, errors: Sequence[EngineError | None]) -> None:
        self._scorer = scorer
        self._errors = list(errors)

    def score(self, task: EssayTask) -> EssayMarks:
        if self._errors and (error := self._errors.pop(0)):
            raise error
        return self._scorer.score(task)


def test_new_marks_are_appended_and_the_old_are_kept(world: FakeWiring) -> None:
    ask(world)

    assert run(world) == RescoreRound(done=1, finished=1)

    result = get_result(ASSESSMENT, OWNER, store=world.store)
    assert [(s.score, s.attempt) for s in result.essay_scores] == [(9, 2)] * 3
    assert [s.provenance.engine for s in result.essay_scores] == ["fake"] * 3
    assert {q: [s.id for s in p] for q, p in result.previous.items()} == {
        question: [score] for question, score in zip(ESSAYS, ESSAY_SCORES, strict=True)
    }
    # Three wrong answers, and essays of 9 of ten.
    assert (result.profile.overall_score, result.profile.band.value) == (45, "developing")


def test_it_marks_the_answers_by_the_rubric_as_they_were(world: FakeWiring) -> None:
    asked = [s.question for s in world.store.state.snapshots[ASSESSMENT]]
    ask(world)

    run(world)

    assert [task.question for task in world.scorer.tasks] == [q for q in asked if q.rubric]
    assert {task.answer for task in world.scorer.tasks} == {"A transaction is atomic."}


def test_each_mark_that_changes_is_told_and_audited(world: FakeWiring) -> None:
    rescore = ask(world)
    before = world.store.state.profiles[ASSESSMENT]

    run(world)

    events = list(world.store.state.outbox.values())
    assert told(world) == [EventType.RESULT_CORRECTED] * 3
    assert {event.student_id for event in events} == {STUDENT}
    assert [e.data["questionId"] for e in events] == list(ESSAYS)
    assert events[0].data["before"] == {
        "score": 7.3,
        "overallScore": before.overall_score,
        "band": before.band.value,
        "confidence": before.confidence,
    }
    assert events[-1].data["after"]["overallScore"] == 45
    assert [e.data["after"]["overallScore"] for e in events[:-1]] == [
        e.data["before"]["overallScore"] for e in events[1:]
    ]
    rows = world.store.state.audit
    assert actions(world) == ["essay.rescored"] * 3 + ["rescore.finished"]
    assert {(row.actor, row.details.get("rescoreId")) for row in rows[:-1]} == {
        ("operator", rescore.id)
    }
    assert [row.details["questionId"] for row in rows[:-1]] == list(ESSAYS)
    assert rows[-1].subject == rescore.id
    assert rows[-1].details == {
        "dryRun": False,
        "done": 1,
        "failed": 0,
        "raised": 1,
        "lowered": 0,
        "crossedBand": 1,
        "withheld": 0,
    }


def test_a_dry_run_changes_nothing_and_tells_the_same(world: FakeWiring) -> None:
    put_fallback(world, 0, 1, 2)
    before = world.store.state
    ask(world, is_dry_run=True)

    run(world)

    state = world.store.state
    assert (state.essay_scores, state.profiles) == (before.essay_scores, before.profiles)
    assert (state.assessments, state.outbox) == (before.assessments, {})
    assert actions(world) == ["rescore.finished"]
    foreseen = outcome_of(world)
    assert (foreseen.movement, foreseen.crosses_band) == (Movement.RAISED, True)
    assert (foreseen.before.overall_score, foreseen.after.overall_score) == (25, 45)
    state.rescore_items.clear()
    ask(world)
    run(world)
    assert outcome_of(world) == foreseen


def profile(world: FakeWiring) -> Profile:
    return world.store.state.profiles[ASSESSMENT]


def test_a_lower_mark_is_withheld_unless_told_otherwise(world: FakeWiring) -> None:
    world.scorer.score_given = 4.0
    before = profile(world)
    ask(world)

    run(world)

    assert verdicts(world) == [Verdict.WITHHELD] * 3
    assert [(e.before, e.after, e.counts) for e in outcome_of(world).essays] == [
        (7.3, 4.0, False)
    ] * 3
    assert (attempts(world), told(world), profile(world)) == ([1, 1, 1], [], before)
    assert outcome_of(world).movement is Movement.UNCHANGED

    world.store.state.rescore_items.clear()
    ask(world, may_lower=True)
    run(world)

    assert verdicts(world) == [Verdict.LOWERED] * 3
    assert (attempts(world), profile(world).overall_score) == ([2, 2, 2], 20)
    assert outcome_of(world).movement is Movement.LOWERED


def test_the_same_marks_are_no_correction(world: FakeWiring) -> None:
    ask(world)
    run(world)
    world.store.state.rescore_items.clear()
    ask(world)

    run(world)

    assert verdicts(world) == [Verdict.UNCHANGED] * 3
    assert (attempts(world), len(told(world))) == ([2, 2, 2], 3)


def test_what_a_person_marked_or_confirmed_is_left_alone(world: FakeWiring) -> None:
    doubtful = put_doubt(world)
    confirm_score(
        doubtful.id, ADVISOR, idempotency=None, store=world.store, ids=world.ids, clock=world.clock
    )
    ask(world, may_lower=True)

    run(world)

    assert verdicts(world) == [Verdict.BY_PERSON, Verdict.RAISED, Verdict.RAISED]
    assert len(world.scorer.tasks) == 2
    with world.store.begin() as repositories:
        first, *_ = repositories.assessments.essay_scores(ASSESSMENT)
    assert (first.is_by_person, first.attempt) == (True, 2)


def test_an_answer_without_text_is_left_alone(world: FakeWiring) -> None:
    """It was never written, or it was erased: the mark that stands knew what was there."""
    put_answer(world, ESSAYS[0], Answer(text=" "))
    ask(world, may_lower=True)

    run(world)

    assert verdicts(world)[0] is Verdict.BLANK
    assert attempts(world) == [1, 2, 2]
    assert len(world.scorer.tasks) == 2


def test_one_question_is_marked_alone(world: FakeWiring) -> None:
    ask(world, scope=RescoreScope.QUESTION, subject=ESSAYS[1])

    run(world)

    assert attempts(world) == [1, 2, 1]
    assert [essay.question_id for essay in outcome_of(world).essays] == [ESSAYS[1]]


def test_a_second_engine_reads_along(world: FakeWiring) -> None:
    world.second_reader = SecondReader(scorer=FakeEssayScorer(engine="rubric", score=2), bound=3.0)
    ask(world)

    run(world)

    score = world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 2]
    assert isinstance(score.second_reading, SecondReading)
    assert score.flags == ("engines_disagree",)


def test_prompts_are_charged_to_rescores(world: FakeWiring) -> None:
    ask(world)

    run(world)

    assert [(a, p) for a, p, _ in world.rescore_budget.charged] == [
        (ASSESSMENT, "rescore_essay")
    ] * 3
    assert world.budget.charged == []


def test_no_transaction_is_open_while_the_model_thinks(world: FakeWiring) -> None:
    ask(world)
    seen: list[EssayTask] = []

    class Watching(FakeEssayScorer):
        @override
        def score(self, task: EssayTask) -> EssayMarks:
            ensure_no_transaction(world.store)
            seen.append(task)
            return super().score(task)

    world.scorer = Watching(score=9.0)
    run(world)

    assert len(seen) == 3


def test_what_a_fallback_marked_heals_by_itself(world: FakeWiring) -> None:
    put_fallback(world, 0, 1)
    world.scorer.score_given = 7.0

    assert heal(world) == RescoreRound(done=1, finished=1)

    result = get_result(ASSESSMENT, OWNER, store=world.store)
    assert result.assessment.degradations == ()
    assert [s.provenance.engine for s in result.essay_scores] == ["fake", "fake", "openai"]
    assert [s.score for s in result.essay_scores] == [7.0, 7.0, 7.3]
    assert len(world.scorer.tasks) == 2, "what the model has marked is left alone"
    assert told(world) == [EventType.RESULT_CORRECTED] * 2
    assert {row.actor for row in world.store.state.audit} == {SYSTEM}
    outcome = outcome_of(world)
    assert outcome.after.confidence > outcome.before.confidence
    assert heal(world) == RescoreRound()


def test_the_same_mark_by_the_model_heals_too_and_is_told(world: FakeWiring) -> None:
    put_fallback(world, score=5.0)
    world.scorer.score_given = 5.0

    heal(world)

    assert verdicts(world) == [Verdict.UNCHANGED]
    assert world.store.state.assessments[ASSESSMENT].degradations == ()
    assert told(world) == [EventType.RESULT_CORRECTED]


def test_healing_lowers_nothing_unless_the_policy_says_so(world: FakeWiring) -> None:
    put_fallback(world, score=5.0)
    world.scorer.score_given = 3.0
    before = world.store.state.assessments[ASSESSMENT]

    heal(world)

    assert verdicts(world) == [Verdict.WITHHELD]
    assert world.store.state.assessments[ASSESSMENT] == before, "a fallback's mark still counts"
    assert told(world) == []
    assert heal(world) == RescoreRound(), "it was tried"


def test_where_the_policy_says_so_healing_lowers(world: FakeWiring) -> None:
    put_fallback(world, score=5.0)
    world.scorer.score_given = 3.0

    heal(world, may_lower=True)

    assert verdicts(world) == [Verdict.LOWERED]
    assert world.store.state.assessments[ASSESSMENT].degradations == ()


def test_other_degradations_stay(world: FakeWiring) -> None:
    put_fallback(world)
    summary = a_degradation(DegradedReason.SUMMARY_FALLBACK)
    state = world.store.state
    state.assessments[ASSESSMENT] = state.assessments[ASSESSMENT].degrade(summary)

    heal(world)

    assert world.store.state.assessments[ASSESSMENT].degradations == (summary,)


def test_the_same_engine_heals_nothing(world: FakeWiring) -> None:
    put_fallback(world, score=5.0)
    world.scorer = FakeEssayScorer(engine="rubric", score=5.0)

    heal(world)

    assert len(world.store.state.assessments[ASSESSMENT].degradations) == 1
    assert told(world) == []


def test_while_the_model_is_away_one_essay_a_round_finds_out(world: FakeWiring) -> None:
    put_fallback(world, 0, 1, 2)
    world.scorer.error = OPEN_CIRCUIT

    for _ in range(100):
        assert heal(world) == RescoreRound(put_off=1, outage="circuit_open")
        world.clock.advance(timedelta(minutes=1))

    assert len(world.scorer.tasks) == 100
    item = item_of(world)
    assert (item.status, item.failures, item.error) == (ItemStatus.PENDING, 0, "circuit_open")
    assert world.rescore_budget.charged == []
    world.scorer.error = None
    assert heal(world) == RescoreRound(done=1, finished=1)


def test_an_outage_ends_the_round_and_others_are_not_asked_for(world: FakeWiring) -> None:
    for scope in (RescoreScope.ASSESSMENT, RescoreScope.QUESTION):
        ask(
            world,
            scope=scope,
            subject=ASSESSMENT if scope is RescoreScope.ASSESSMENT else ESSAYS[0],
        )
    world.rescore_budget.is_spent = True

    assert run(world).outage == "over_budget"

    assert sorted(i.attempt for i in world.store.state.rescore_items.values()) == [0, 1]


@pytest.mark.parametrize(
    "error", [REFUSAL, EngineUnavailableError("slow", reason="timeout")], ids=["refused", "timeout"]
)
def test_an_essay_that_cannot_be_marked_is_tried_six_times(
    world: FakeWiring, error: EngineError
) -> None:
    put_fallback(world)
    world.scorer.error = error

    assert heal(world) == RescoreRound(put_off=1)
    for wait in WAITS:
        assert item_of(world).not_before == world.clock.now() + wait
        assert heal(world) == RescoreRound(), "not before its time"
        world.clock.advance(wait)
        heal(world)

    item = item_of(world)
    assert (item.status, item.attempt, item.error) == (ItemStatus.FAILED, 6, error.reason)
    assert actions(world) == ["rescore.finished"]
    assert {usage for _, _, usage in world.rescore_budget.charged} == {NO_USAGE}
    world.clock.advance(timedelta(days=30))
    assert heal(world) == RescoreRound()


def test_on_the_last_try_it_is_done_without_the_essay_that_cannot_be_marked(
    world: FakeWiring,
) -> None:
    ask(world)
    key, item = next(iter(world.store.state.rescore_items.items()))
    world.store.state.rescore_items[key] = replace(item, failures=len(WAITS))

    scorer = FailingOnce(world.scorer, [None, REFUSAL])
    run_rescores(
        until=NOON + timedelta(minutes=1),
        at_once=1,
        engines=Engines(scorer=scorer, second_reader=None, budget=world.rescore_budget),
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )

    assert verdicts(world) == [Verdict.RAISED, Verdict.FAILED, Verdict.RAISED]
    assert [essay.reason for essay in outcome_of(world).essays] == [None, "refused", None]
    assert attempts(world) == [2, 1, 2]


def test_an_essay_that_somebody_is_reviewing_waits_for_them(world: FakeWiring) -> None:
    doubtful = put_doubt(world)
    lease = lease_review(doubtful.id, ADVISOR, store=world.store, clock=world.clock)
    ask(world)

    assert run(world) == RescoreRound(put_off=1)

    item = item_of(world)
    assert (item.error, item.not_before, item.failures) == ("in_review", lease.until, 0)
    assert (attempts(world), told(world)) == ([1, 1, 1], [])
    world.clock.advance(timedelta(minutes=15))
    assert run(world).done == 1
    assert attempts(world) == [2, 2, 2]


def test_a_dry_run_waits_for_nobody(world: FakeWiring) -> None:
    doubtful = put_doubt(world)
    lease_review(doubtful.id, ADVISOR, store=world.store, clock=world.clock)
    ask(world, is_dry_run=True)

    assert run(world).done == 1


def test_an_essay_that_was_marked_meanwhile_is_looked_at_again(world: FakeWiring) -> None:
    ask(world)

    class Meanwhile(FakeEssayScorer):
        @override
        def score(self, task: EssayTask) -> EssayMarks:
            if not self.tasks:
                put_next(world)
            return super().score(task)

    world.scorer = Meanwhile(score=9.0)
    assert run(world) == RescoreRound(put_off=1)
    assert (item_of(world).error, told(world)) == ("busy", [])

    world.clock.advance(timedelta(minutes=1))
    assert run(world).done == 1
    assert attempts(world) == [3, 2, 2]


def put_next(world: FakeWiring) -> None:
    """Let the first essay have a second score, by an engine."""
    before = world.store.state.essay_scores[ASSESSMENT, ESSAYS[0], 1]
    again = replace(before, id=type(before.id)(world.ids.new()), attempt=2)
    with world.store.begin() as repositories:
        repositories.assessments.add_essay_score(again)


def test_who_lost_the_item_writes_nothing(world: FakeWiring) -> None:
    ask(world)

    class Slow(FakeEssayScorer):
        @override
        def score(self, task: EssayTask) -> EssayMarks:
            if not self.tasks:
                world.clock.advance(LEASE)
                with world.store.begin() as repositories:
                    assert repositories.rescores.claim(now=world.clock.now(), lease=LEASE)
            return super().score(task)

    world.scorer = Slow(score=9.0)

    assert run(world, until=NOON + timedelta(seconds=1)) == RescoreRound(put_off=1)
    assert (attempts(world), told(world)) == ([1, 1, 1], [])
    assert item_of(world).attempt == 2


@pytest.mark.parametrize("repository", [FakeOutboxRepository, FakeAuditRepository])
def test_all_of_it_happens_or_nothing_and_the_failure_is_counted(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch, repository: type
) -> None:
    put_fallback(world)
    ask(world)
    before = world.store.state

    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the database is away")

    monkeypatch.setattr(repository, "append", fail)

    with pytest.raises(StoreUnavailableError):
        run(world)

    state = world.store.state
    assert (state.essay_scores, state.profiles) == (before.essay_scores, before.profiles)
    assert (state.assessments, state.outbox, state.audit) == (before.assessments, {}, [])
    item = item_of(world)
    assert (item.status, item.failures, item.error) == (ItemStatus.PENDING, 1, "internal_error")


def test_when_the_time_is_up_nothing_more_is_begun(world: FakeWiring) -> None:
    ask(world)

    assert run(world, until=world.clock.now()) == RescoreRound()
    assert item_of(world).attempt == 0


def test_a_track_is_worked_off_one_after_the_other(world: FakeWiring) -> None:
    state = world.store.state
    other = replace(state.assessments[ASSESSMENT], id=type(ASSESSMENT)(world.ids.new()))
    state.assessments[other.id] = other
    state.snapshots[other.id] = state.snapshots[ASSESSMENT]
    state.profiles[other.id] = state.profiles[ASSESSMENT]
    ask(world, scope=RescoreScope.TRACK, subject=TRACK)

    assert run(world) == RescoreRound(done=2, finished=1)


def test_several_are_taken_at_once_when_the_first_has_shown_that_the_model_is_there(
    world: FakeWiring,
) -> None:
    for _ in range(5):
        ask(world)
    together = Barrier(2, timeout=5)

    class Slow(FakeEssayScorer):
        @override
        def score(self, task: EssayTask) -> EssayMarks:
            if len(self.tasks) >= 3:
                together.wait()  # returns once two are here
            return super().score(task)

    world.scorer = Slow(score=7.0)

    done = run_rescores(
        until=NOON + timedelta(seconds=45),
        at_once=2,
        engines=Engines(scorer=world.scorer, second_reader=None, budget=world.rescore_budget),
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )

    assert (done.done, done.finished) == (5, 5)
