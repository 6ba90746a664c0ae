from datetime import timedelta

import pytest

from shared.domain.assessment import AssessmentId, AssessmentStatus
from shared.domain.consent import AiScoring, Consent
from shared.domain.errors import (
    AlreadySubmittedError,
    AssessmentExpiredError,
    InvalidInputError,
    NotFoundError,
)
from shared.domain.user import Caller
from shared.usecases.decide_ai_scoring import decide_ai_scoring
from tests.builders import a_consent, later
from tests.fakes.sample_world import ASSESSMENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import ADVISOR, OWNER, SOMEBODY_ELSE, UNKNOWN

CONSENTED, DECLINED = AiScoring.CONSENTED, AiScoring.DECLINED


@pytest.fixture
def world() -> FakeWiring:
    """All is answered, and nobody has asked about AI scoring."""
    return world_at(Stage.ANSWERED)


def decide(
    world: FakeWiring,
    decision: AiScoring = DECLINED,
    *,
    text_version: int | None = 1,
    assessment_id: AssessmentId = ASSESSMENT,
    caller: Caller = OWNER,
) -> Consent:
    return decide_ai_scoring(
        assessment_id, decision, text_version, caller, store=world.store, clock=world.clock
    )


def test_each_change_of_mind_is_kept_and_the_last_is_in_force(world: FakeWiring) -> None:
    for decision in (CONSENTED, DECLINED, CONSENTED):
        assert decide(world, decision).decision is decision
        assert world.store.state.assessments[ASSESSMENT].consent.decision is decision
        world.clock.advance(timedelta(seconds=1))

    assert world.store.state.consents[ASSESSMENT] == (
        a_consent(CONSENTED),
        a_consent(DECLINED, at=later(1)),
        a_consent(CONSENTED, at=later(2)),
    )


def test_the_same_again_is_no_change_of_mind(world: FakeWiring) -> None:
    first = decide(world)
    world.clock.advance(timedelta(minutes=1))

    assert decide(world) == first
    assert world.store.state.consents[ASSESSMENT] == (first,)


@pytest.mark.parametrize("decision", [CONSENTED, DECLINED])
def test_what_was_submitted_stands(decision: AiScoring) -> None:
    world = world_at(Stage.SUBMITTED)

    with pytest.raises(AlreadySubmittedError):
        decide(world, decision)

    assert world.store.state.consents == {}


def test_saying_the_same_after_submission_is_too_late_as_well(world: FakeWiring) -> None:
    decide(world)
    with world.store.begin() as repositories:
        submitted = repositories.assessments.get(ASSESSMENT).submit(world.clock.now())
        repositories.assessments.save(submitted)
    assert submitted.status is AssessmentStatus.IN_REVIEW

    with pytest.raises(AlreadySubmittedError):
        decide(world)


def test_an_expired_assessment_takes_no_decision(world: FakeWiring) -> None:
    world.clock.advance(timedelta(days=7))

    with pytest.raises(AssessmentExpiredError):
        decide(world)


def test_another_text_than_the_current_one_was_shown(world: FakeWiring) -> None:
    with pytest.raises(InvalidInputError, match="read it at GET /tracks") as refusal:
        decide(world, CONSENTED, text_version=2)

    assert refusal.value.pointer == "/textVersion"
    assert world.store.state.consents == {}


@pytest.mark.parametrize(
    ("assessment_id", "caller"),
    [(UNKNOWN, OWNER), (ASSESSMENT, SOMEBODY_ELSE), (ASSESSMENT, ADVISOR)],
)
def test_nobody_decides_for_another(
    world: FakeWiring, assessment_id: AssessmentId, caller: Caller
) -> None:
    with pytest.raises(NotFoundError):
        decide(world, assessment_id=assessment_id, caller=caller)

    assert world.store.state.consents == {}
