import pytest

from shared.domain.errors import EngineError, EngineRefusedError, EngineUnavailableError
from shared.domain.essay import NO_USAGE, Usage
from shared.domain.job_output import read_summary
from shared.domain.recommendation import Summary, SummaryFacts
from shared.ports.job_work import JobResult
from shared.usecases.fuse_results import fuse_results
from tests.builders import TRACK
from tests.fakes.sample_world import ASSESSMENT, FUSION_JOB, RETRIEVAL_JOB, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    claimed,
    ensure_no_transaction,
    put_output,
    stored,
)


@pytest.fixture
def world() -> FakeWiring:
    """One credential was retrieved."""
    return world_at(Stage.RETRIEVED)


def fuse(world: FakeWiring) -> JobResult:
    return fuse_results(
        claimed(world, FUSION_JOB),
        store=world.store,
        summarizer=world.summarizer,
        budget=world.budget,
    )


def test_the_summary_gives_a_reason_for_each_credential(world: FakeWiring) -> None:
    summary = read_summary(fuse(world).output)

    [entry] = world.store.state.credentials.values()
    assert summary.text == "You reached 37 of 100 in Backend Engineer."
    assert summary.why == {entry.credential.id: "Databases for Developers fits."}
    assert summary.provenance.engine == "fake"


def test_the_summarizer_learns_scores_and_credentials(world: FakeWiring) -> None:
    fuse(world)

    [facts] = world.summarizer.facts
    assert (facts.overall_score, facts.band) == (37, "foundation")
    assert facts.domains == (("Databases", 37),)
    assert facts.improvements == ("Databases: Practise schema design on a real database.",)
    [item] = facts.items
    assert (item.title, item.closes) == ("Databases for Developers", ("transactions",))
    assert item.snippet == "Design a schema."


def test_when_nothing_was_found_there_is_still_a_summary(world: FakeWiring) -> None:
    output = dict(world.store.state.jobs[RETRIEVAL_JOB].output or {})
    put_output(world, RETRIEVAL_JOB, output | {"items": []})

    summary = read_summary(fuse(world).output)

    assert summary.text == "You reached 37 of 100 in Backend Engineer."
    assert summary.why == {}


def test_the_output_is_handed_on_and_nothing_else_is_stored(world: FakeWiring) -> None:
    result = fuse(world)
    before = world.store.state.copy()

    stored(result, world.store)

    assert world.store.state == before
    assert result.track_id == TRACK


def test_without_a_retrieval_there_is_nothing_to_fuse(world: FakeWiring) -> None:
    put_output(world, RETRIEVAL_JOB, None)

    with pytest.raises(LookupError, match="retrieve_credentials"):
        fuse(world)

    assert (world.summarizer.facts, world.budget.charged) == ([], [])


def test_a_spent_budget_is_noticed_before_the_engine_is_asked(world: FakeWiring) -> None:
    world.budget.is_spent = True

    with pytest.raises(EngineRefusedError) as caught:
        fuse(world)

    assert caught.value.reason == "over_budget"
    assert (world.summarizer.facts, world.budget.charged) == ([], [])


def test_a_prompt_is_charged_with_its_tokens(world: FakeWiring) -> None:
    fuse(world)

    assert world.budget.charged == [
        (ASSESSMENT, "summarize", Usage(prompt_tokens=400, completion_tokens=100))
    ]


@pytest.mark.parametrize(
    "error",
    [
        EngineUnavailableError("slow", reason="timeout"),
        EngineRefusedError("it invents", reason="invented_facts"),
    ],
    ids=lambda error: error.reason,
)
def test_a_prompt_that_failed_is_charged_too(world: FakeWiring, error: EngineError) -> None:
    world.summarizer.error = error

    with pytest.raises(EngineError) as caught:
        fuse(world)

    assert caught.value is error
    assert world.budget.charged == [(ASSESSMENT, "summarize", NO_USAGE)]


def test_a_prompt_that_an_open_circuit_kept_back_is_not(world: FakeWiring) -> None:
    world.summarizer.error = EngineRefusedError("the circuit is open", reason="circuit_open")

    with pytest.raises(EngineRefusedError):
        fuse(world)

    assert world.budget.charged == []


def test_the_engine_is_asked_outside_any_transaction(
    world: FakeWiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = world.summarizer.summarize

    def ask_slowly(facts: SummaryFacts) -> Summary:
        ensure_no_transaction(world.store)
        return ask(facts)

    monkeypatch.setattr(world.summarizer, "summarize", ask_slowly)

    assert fuse(world).output["text"]
