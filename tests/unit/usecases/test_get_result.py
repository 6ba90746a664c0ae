import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.errors import NotFoundError, ResultNotReadyError
from shared.domain.user import Caller
from shared.usecases.get_result import Result, get_result
from tests.builders import a_profile, a_recommendation, an_assessment
from tests.fakes.sample_world import ASSESSMENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import (
    ADMIN,
    ADVISOR,
    OWNER,
    SOMEBODY_ELSE,
    UNKNOWN,
    put_status,
)


def read(world: FakeWiring, caller: Caller = OWNER) -> Result:
    return get_result(ASSESSMENT, caller, store=world.store)


@pytest.mark.parametrize("caller", [OWNER, ADVISOR, ADMIN], ids=["owner", "advisor", "admin"])
def test_the_owner_and_staff_read_a_result(caller: Caller) -> None:
    world = world_at(Stage.COMPLETED)

    result = read(world, caller)

    state = world.store.state
    assert result.assessment == state.assessments[ASSESSMENT]
    assert result.profile == a_profile()
    assert set(result.rule_scores) == set(state.rule_scores.values())
    assert len(result.rule_scores) == 3
    assert list(result.essay_scores) == list(state.essay_scores.values())
    assert result.recommendation == state.recommendations[ASSESSMENT]


@pytest.mark.parametrize("stage", [Stage.ANSWERED, Stage.SUBMITTED, Stage.FUSED])
def test_before_it_is_completed_there_is_no_result_to_read(stage: Stage) -> None:
    world = world_at(stage)
    status = world.store.state.assessments[ASSESSMENT].status

    with pytest.raises(ResultNotReadyError, match=f"is {status}"):
        read(world)


@pytest.mark.parametrize("missing", ["profile", "recommendation"])
def test_half_a_result_is_none(missing: str) -> None:
    world = world_at(Stage.FUSED)
    with world.store.begin() as repositories:
        if missing == "profile":
            repositories.recommendations.add(a_recommendation(assessment_id=ASSESSMENT))
        else:
            repositories.assessments.save_profile(ASSESSMENT, a_profile())

    with pytest.raises(ResultNotReadyError):
        read(world)


def test_a_failed_assessment_has_no_result() -> None:
    world = world_at(Stage.FUSED)
    put_status(world, AssessmentStatus.FAILED)

    with pytest.raises(ResultNotReadyError, match="scoring failed"):
        read(world)


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.COMPLETED])
def test_another_students_result_looks_unknown_ready_or_not(stage: Stage) -> None:
    with pytest.raises(NotFoundError):
        read(world_at(stage), SOMEBODY_ELSE)


def test_an_unknown_assessment_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        get_result(UNKNOWN, ADMIN, store=world_at(Stage.COMPLETED).store)


def test_results_of_two_assessments_do_not_mix() -> None:
    world = world_at(Stage.COMPLETED)
    other = an_assessment(student_id=OWNER.user_id, status=AssessmentStatus.COMPLETED)
    recommendation = a_recommendation(assessment_id=other.id, items=())
    with world.store.begin() as repositories:
        repositories.assessments.add(other, ())
        repositories.assessments.save_profile(other.id, a_profile(overall_score=5))
        repositories.recommendations.add(recommendation)

    result = get_result(other.id, OWNER, store=world.store)

    assert (result.profile.overall_score, result.recommendation) == (5, recommendation)
    assert (result.rule_scores, result.essay_scores) == ((), ())
