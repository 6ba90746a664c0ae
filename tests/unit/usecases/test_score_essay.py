from dataclasses import replace

import pytest

from shared.domain.assessment import Answer
from shared.domain.errors import EngineError, EngineRefusedError, EngineUnavailableError
from shared.domain.essay import (
    NO_USAGE,
    CriterionMark,
    EssayMarks,
    EssayScore,
    EssayTask,
    Evidence,
    Usage,
)
from shared.domain.question import CriterionName
from shared.ports.essay_scorer import SecondReader
from shared.ports.job_work import JobResult
from shared.usecases.score_essay import score_essay
from tests.builders import NOON, TRACK, a_provenance
from tests.fakes.essay_scorer import FakeEssayScorer
from tests.fakes.sample_world import ASSESSMENT, ESSAY_JOBS, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import claimed, ensure_no_transaction, put_answer, stored

JOB = ESSAY_JOBS[1]
ANSWER = "A transaction is atomic."


@pytest.fixture
def world() -> FakeWiring:
    """The student has submitted."""
    return world_at(Stage.SUBMITTED)


def essay_id(world: FakeWiring) -> str:
    question_id = world.store.state.jobs[JOB].question_id
    assert question_id is not None
    return question_id


def score(world: FakeWiring, second_reader: SecondReader | None = None) -> JobResult:
    return score_essay(
        claimed(world, JOB),
        store=world.store,
        scorer=world.scorer,
        budget=world.budget,
        ids=world.ids,
        clock=world.clock,
        second_reader=second_reader,
    )


def scored(world: FakeWiring, second_reader: SecondReader | None = None) -> EssayScore:
    """Score the essay and return what is stored of it."""
    stored(score(world, second_reader), world.store)
    [found] = world.store.state.essay_scores.values()
    return found


def mark_with(world: FakeWiring, monkeypatch: pytest.MonkeyPatch, *marks: CriterionMark) -> None:
    def give(task: EssayTask) -> EssayMarks:
        del task
        return EssayMarks(
            criteria=marks,
            feedback="Sound.",
            flags=("addresses_grader",),
            provenance=a_provenance(),
        )

    monkeypatch.setattr(world.scorer, "score", give)


def a_mark(name: CriterionName, score: float, *quotes: str) -> CriterionMark:
    return CriterionMark(name=name, score=score, feedback="", next_level="", quotes=quotes)


def test_the_engine_reads_the_question_as_it_was_asked_and_the_answer(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        [question] = [q for q in repositories.questions.pool(TRACK) if q.id == essay_id(world)]
        repositories.questions.put(replace(question, prompt="Edited."), content_hash="edited")

    score(world)

    assert world.scorer.tasks == [EssayTask(question=question, answer=ANSWER)]


def test_a_score_says_what_produced_it(world: FakeWiring) -> None:
    found = scored(world)

    assert found.id
    assert (found.assessment_id, found.question_id) == (ASSESSMENT, essay_id(world))
    assert (found.provenance.engine, found.rubric_hash) == ("fake", "c0ffee")
    assert (found.question_version, found.attempt, found.created_at) == (1, 1, NOON)


def test_a_second_attempt_is_a_score_of_its_own(world: FakeWiring) -> None:
    claimed(world, JOB)
    world.clock.advance(world.lease)

    assert scored(world).attempt == 2


def test_quotations_that_stand_in_the_answer_are_evidence(world: FakeWiring) -> None:
    found = scored(world)

    assert found.feedback == "A sound answer."
    for criterion in found.criteria:
        assert criterion.evidence == (Evidence(quote=ANSWER, start=0, end=24),)
        assert not criterion.unsure


def test_a_quotation_that_does_not_is_dropped_and_the_criterion_unsure(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_with(
        world,
        monkeypatch,
        a_mark(CriterionName.ACCURACY, 9, "is atomic"),
        a_mark(CriterionName.CLARITY, 8, "is durable"),
        a_mark(CriterionName.COHERENCE, 7),
    )

    accuracy, clarity, coherence = scored(world).criteria

    assert (accuracy.unsure, clarity.unsure, coherence.unsure) == (False, True, True)
    assert accuracy.evidence == (Evidence(quote="is atomic", start=14, end=23),)
    assert clarity.evidence == ()
    assert (clarity.score, coherence.score) == (8, 7)


def test_the_total_is_computed_from_the_marks_and_flags_do_not_touch_it(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_with(
        world,
        monkeypatch,
        a_mark(CriterionName.ACCURACY, 9, "is atomic"),
        a_mark(CriterionName.CLARITY, 8, "is atomic"),
        a_mark(CriterionName.COHERENCE, 7, "is atomic"),
    )

    found = scored(world)

    assert found.score == 8.3  # (2 * 9 + 8 + 7) / 4
    assert found.flags == ("addresses_grader",)
    assert found.needs_review


def test_nothing_is_stored_before_the_job_ends_and_then_its_id_and_number_are_handed_on(
    world: FakeWiring,
) -> None:
    result = score(world)
    assert world.store.state.essay_scores == {}

    stored(result, world.store)

    [found] = world.store.state.essay_scores.values()
    assert result.output == {"essayScoreId": found.id, "score": 7.0}
    assert result.track_id == TRACK


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_blank_essay_needs_neither_engine_nor_budget(world: FakeWiring, text: str) -> None:
    put_answer(world, essay_id(world), Answer(text=text))
    world.budget.is_spent = True

    found = scored(world)

    assert (found.score, found.provenance.engine) == (0.0, "rule")
    assert not found.needs_review
    assert [c.name for c in found.criteria] == [
        CriterionName.ACCURACY,
        CriterionName.CLARITY,
        CriterionName.COHERENCE,
    ]
    assert (world.scorer.tasks, world.budget.charged) == ([], [])


def test_an_essay_without_a_response_is_blank(world: FakeWiring) -> None:
    world.store.state.responses.clear()

    assert scored(world).provenance.engine == "rule"
    assert world.scorer.tasks == []


def test_a_spent_budget_is_noticed_before_the_engine_is_asked(world: FakeWiring) -> None:
    world.budget.is_spent = True

    with pytest.raises(EngineRefusedError) as caught:
        score(world)

    assert caught.value.reason == "over_budget"
    assert (world.scorer.tasks, world.budget.charged) == ([], [])


def test_a_prompt_is_charged_with_its_tokens(world: FakeWiring) -> None:
    score(world)

    assert world.budget.charged == [
        (ASSESSMENT, "score_essay", Usage(prompt_tokens=900, completion_tokens=300))
    ]


@pytest.mark.parametrize(
    "error",
    [
        EngineUnavailableError("slow", reason="timeout"),
        EngineRefusedError("no", reason="refused"),
    ],
    ids=lambda error: error.reason,
)
def test_a_prompt_that_failed_is_charged_too(world: FakeWiring, error: EngineError) -> None:
    world.scorer.error = error

    with pytest.raises(EngineError) as caught:
        score(world)

    assert caught.value is error
    assert world.budget.charged == [(ASSESSMENT, "score_essay", NO_USAGE)]


def test_a_prompt_that_an_open_circuit_kept_back_is_not(world: FakeWiring) -> None:
    world.scorer.error = EngineRefusedError("the circuit is open", reason="circuit_open")

    with pytest.raises(EngineRefusedError):
        score(world)

    assert world.budget.charged == []


def test_the_engine_is_asked_outside_any_transaction(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = world.scorer.score

    def ask_slowly(task: EssayTask) -> EssayMarks:
        ensure_no_transaction(world.store)
        return ask(task)

    monkeypatch.setattr(world.scorer, "score", ask_slowly)

    score(world)


def test_a_second_engine_reads_the_same_answer_and_its_doubt_is_kept(world: FakeWiring) -> None:
    rubric = FakeEssayScorer(engine="rubric", score=2.0)

    found = scored(world, SecondReader(scorer=rubric, bound=3.0))

    assert rubric.tasks == world.scorer.tasks
    assert (found.score, found.flags) == (7.0, ("engines_disagree",))
    assert found.second_reading is not None
    assert (found.second_reading.score, found.second_reading.bound) == (2.0, 3.0)
    assert found.second_reading.provenance.engine == "rubric"


def test_a_second_engine_that_agrees_raises_no_flag(world: FakeWiring) -> None:
    found = scored(world, SecondReader(scorer=FakeEssayScorer(score=6.0), bound=3.0))

    assert found.flags == ()
    assert not found.needs_review


def test_a_second_engine_that_fails_is_done_without(world: FakeWiring) -> None:
    rubric = FakeEssayScorer()
    rubric.error = EngineRefusedError("no", reason="refused")

    assert scored(world, SecondReader(scorer=rubric, bound=3.0)).second_reading is None
