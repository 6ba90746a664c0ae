from datetime import UTC, datetime

import pytest

from shared.adapters.model_budget import StoredModelBudget, UnlimitedModelBudget
from shared.domain.assessment import Assessment
from shared.domain.budget import MOST_PROMPTS, Budget
from shared.domain.errors import EngineRefusedError
from shared.domain.essay import NO_USAGE, Usage
from shared.domain.metrics import Metric
from shared.ports.model_budget import ModelBudget
from tests.builders import NOON, TRACK, an_assessment
from tests.fakes.metrics import Measured
from tests.fakes.store.state import State, UsageEntry
from tests.fakes.wiring import FakeWiring

USAGE = Usage(prompt_tokens=900, completion_tokens=100)
FIRST, SECOND = an_assessment(), an_assessment()


@pytest.fixture
def world() -> FakeWiring:
    return FakeWiring()


def budget(world: FakeWiring, *, monthly_tokens: int = 0) -> ModelBudget:
    return StoredModelBudget(
        Budget(monthly_tokens=monthly_tokens),
        model="gpt-5.4-mini",
        store=world.store,
        clock=world.clock,
        metrics=world.metrics,
    )


def charge(
    world: FakeWiring, assessment: Assessment, *, times: int = 1, usage: Usage = USAGE
) -> None:
    for _ in range(times):
        budget(world).charge(assessment, purpose="score_essay", usage=usage)


def refusal(world: FakeWiring, assessment: Assessment, *, monthly_tokens: int = 0) -> str | None:
    """Return why one more prompt would be too many, or None."""
    try:
        budget(world, monthly_tokens=monthly_tokens).ensure_left(assessment)
    except EngineRefusedError as error:
        return error.reason
    return None


def test_a_prompt_is_recorded_with_its_purpose_model_and_tokens(world: FakeWiring) -> None:
    charge(world, FIRST)

    assert world.store.state.usage == [
        UsageEntry(
            assessment_id=FIRST.id,
            purpose="score_essay",
            model="gpt-5.4-mini",
            usage=USAGE,
            at=NOON,
        )
    ]


def test_its_tokens_are_measured_by_purpose_and_track(world: FakeWiring) -> None:
    charge(world, FIRST)

    assert world.metrics.measured == [
        Measured(Metric.TOKENS_USED, 1000, {"purpose": "score_essay", "track": TRACK})
    ]


def test_a_prompt_that_failed_counts_without_tokens(world: FakeWiring) -> None:
    charge(world, FIRST, usage=NO_USAGE)

    assert len(world.store.state.usage) == 1
    assert world.metrics.measured == []


def test_an_assessment_has_five_prompts_whatever_became_of_them(world: FakeWiring) -> None:
    charge(world, FIRST, times=MOST_PROMPTS - 1, usage=NO_USAGE)
    assert refusal(world, FIRST) is None

    charge(world, FIRST, usage=NO_USAGE)
    assert refusal(world, FIRST) == "prompt_limit"


def test_prompts_of_other_assessments_do_not_count(world: FakeWiring) -> None:
    charge(world, FIRST, times=MOST_PROMPTS)

    assert refusal(world, SECOND) is None


def test_all_assessments_share_the_tokens_of_the_month(world: FakeWiring) -> None:
    charge(world, FIRST, times=2)

    assert refusal(world, SECOND, monthly_tokens=2001) is None
    assert refusal(world, SECOND, monthly_tokens=2000) == "over_budget"


def test_a_month_begins_with_all_its_tokens(world: FakeWiring) -> None:
    world.clock.at = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
    charge(world, FIRST)
    assert refusal(world, SECOND, monthly_tokens=1000) == "over_budget"

    world.clock.at = datetime(2026, 2, 1, tzinfo=UTC)
    assert refusal(world, SECOND, monthly_tokens=1000) is None


def test_asking_costs_nothing(world: FakeWiring) -> None:
    for _ in range(2 * MOST_PROMPTS):
        assert refusal(world, FIRST) is None

    assert world.store.state == State()


def test_engines_without_a_model_have_no_budget_to_keep() -> None:
    unlimited: ModelBudget = UnlimitedModelBudget()

    for _ in range(2 * MOST_PROMPTS):
        unlimited.ensure_left(FIRST)
        unlimited.charge(FIRST, purpose="score_essay", usage=USAGE)
