from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions import complete_assessment as function
from shared.domain.assessment import LIFETIME, AssessmentStatus
from shared.domain.event import EventType
from tests.builders import a_profile, a_recommendation
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of
from tests.unit.usecases.scenes import SOMEBODY_ELSE, put_status

Complete = Callable[..., dict[str, Any]]
Pauses = list[Callable[[], None]]


@pytest.fixture
def pauses() -> Pauses:
    """What happens in each pause, last first; nothing once the list is empty."""
    return []


@pytest.fixture
def complete(serve: Serve, pauses: Pauses, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """Serve the sample in a world where sleeping moves the clock."""

    def _complete(world: FakeWiring, **changes: object) -> dict[str, Any]:
        def sleep(seconds: float) -> None:
            world.clock.advance(timedelta(seconds=seconds))
            if pauses:
                pauses.pop()()

        monkeypatch.setattr(function, "time", SimpleNamespace(sleep=sleep))
        return serve("complete_assessment", world, **changes)

    return _complete


def score(world: FakeWiring) -> None:
    """Let the pipeline have come to its end."""
    with world.store.begin() as repositories:
        assessment = repositories.assessments.get(ASSESSMENT)
        repositories.assessments.save_profile(ASSESSMENT, a_profile())
        repositories.recommendations.add(a_recommendation(assessment_id=ASSESSMENT))
        repositories.assessments.save(assessment.complete(world.clock.now()))


def test_it_submits_waits_and_answers_with_the_result(complete: Complete, pauses: Pauses) -> None:
    world = world_at(Stage.ANSWERED)
    pauses.append(lambda: score(world))

    reply = complete(world)

    assert reply["statusCode"] == 200
    body = body_of(reply)
    assert (body["assessmentId"], body["status"]) == (ASSESSMENT, "completed")
    assert (body["overallScore"], len(body["ruleScores"])) == (72, 3)
    assert body["processingMs"] == 250
    assert list(world.pipeline.started) == [(ASSESSMENT, 1)]
    assert [e.type for e in world.bus.published] == [EventType.ASSESSMENT_SUBMITTED]


def test_when_time_is_up_it_answers_with_the_status(complete: Complete) -> None:
    world = world_at(Stage.ANSWERED)
    began = world.clock.now()

    reply = complete(world)

    assert reply["statusCode"] == 202
    body = body_of(reply)
    assert (body["status"], body["percent"]) == ("scoring", 10)
    assert world.clock.now() - began == timedelta(seconds=25)


@pytest.mark.parametrize("query", [{"wait": "2"}, {"wait": "0"}])
def test_the_client_says_how_long(complete: Complete, query: dict[str, str]) -> None:
    world = world_at(Stage.SUBMITTED)
    began = world.clock.now()

    reply = complete(world, queryStringParameters=query)

    assert reply["statusCode"] == 202
    assert world.clock.now() - began == timedelta(seconds=int(query["wait"]))


@pytest.mark.parametrize("wait", ["26", "-1", "soon"])
def test_a_wait_that_no_gateway_would_bear_is_refused(complete: Complete, wait: str) -> None:
    world = world_at(Stage.ANSWERED)

    reply = complete(world, queryStringParameters={"wait": wait})

    assert reply["statusCode"] == 422
    assert body_of(reply)["errors"][0]["pointer"] == "query/wait"
    assert world.pipeline.started == {}


def test_without_a_wait_it_is_the_longest(complete: Complete) -> None:
    world = world_at(Stage.SUBMITTED)
    began = world.clock.now()

    complete(world, queryStringParameters=None)

    assert world.clock.now() - began == timedelta(seconds=25)


def test_what_is_completed_is_answered_at_once_and_left_alone(complete: Complete) -> None:
    world = world_at(Stage.COMPLETED)
    before = world.store.state.copy()

    reply = complete(world)

    assert (reply["statusCode"], body_of(reply)["status"]) == (200, "completed")
    assert world.store.state == before
    assert world.pipeline.started == {}


def test_what_has_failed_is_not_waited_for(complete: Complete) -> None:
    world = world_at(Stage.SCORED)
    put_status(world, AssessmentStatus.FAILED)
    began = world.clock.now()

    reply = complete(world)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "result_not_ready")
    assert "/retry" in body_of(reply)["detail"]
    assert world.clock.now() == began


def test_what_fails_meanwhile_is_told_at_once(complete: Complete, pauses: Pauses) -> None:
    world = world_at(Stage.ANSWERED)
    pauses.append(lambda: put_status(world, AssessmentStatus.FAILED))
    began = world.clock.now()

    reply = complete(world)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "result_not_ready")
    assert world.clock.now() - began == timedelta(milliseconds=250)


@pytest.mark.parametrize("body", [None, "", "{}"], ids=["none", "empty", "defaults"])
def test_the_body_may_be_left_out_but_not_the_answers(complete: Complete, body: str | None) -> None:
    world = world_at(Stage.ANSWERED)
    world.store.state.responses.popitem()

    reply = complete(world, body=body)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "incomplete_assessment")
    assert len(body_of(reply)["errors"]) == 1
    assert world.pipeline.started == {}


def test_unless_the_student_says_so(complete: Complete) -> None:
    world = world_at(Stage.ANSWERED)
    world.store.state.responses.popitem()

    reply = complete(world, body='{"allowIncomplete":true}')

    assert reply["statusCode"] == 202
    assert world.store.state.assessments[ASSESSMENT].degradations


def test_when_the_pipeline_is_away_the_submission_stands(complete: Complete) -> None:
    world = world_at(Stage.ANSWERED)
    world.pipeline.is_available = False

    reply = complete(world, queryStringParameters={"wait": "0"})

    assert (reply["statusCode"], body_of(reply)["status"]) == (202, "scoring")


def test_an_expired_assessment_is_gone(complete: Complete) -> None:
    world = world_at(Stage.ANSWERED)
    world.clock.advance(LIFETIME)

    reply = complete(world)

    assert (reply["statusCode"], body_of(reply)["code"]) == (410, "assessment_expired")


@pytest.mark.parametrize("stage", [Stage.ANSWERED, Stage.SUBMITTED, Stage.COMPLETED])
def test_anothers_assessment_looks_unknown(complete: Complete, stage: Stage) -> None:
    world = world_at(stage)

    reply = complete(world, requestContext=as_caller("complete_assessment", SOMEBODY_ELSE.user_id))

    assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")
    assert world.store.state.assessments[ASSESSMENT].student_id == STUDENT
