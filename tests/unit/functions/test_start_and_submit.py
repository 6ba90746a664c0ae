"""What the two handlers add to their use cases: replays are the first answer again."""

from datetime import timedelta

import pytest

from shared.domain.event import EventType
from tests.builders import NOON
from tests.fakes.sample_world import ASSESSMENT, SESSION, STUDENT, Stage, world_at
from tests.unit.functions.serving import Serve, body_of, sample

KEYED = {"content-type": "application/json", "idempotency-key": "key 1"}


@pytest.mark.parametrize(
    ("function", "stage"),
    [("start_assessment", Stage.LOGGED_IN), ("submit_assessment", Stage.ANSWERED)],
)
class TestIdempotency:
    def test_the_same_request_again_gets_the_first_answer_again(
        self, serve: Serve, function: str, stage: Stage
    ) -> None:
        world = world_at(stage)
        first = serve(function, world, headers=KEYED)
        world.clock.advance(timedelta(minutes=1))

        again = serve(function, world, headers=KEYED)

        assert (again["statusCode"], again["body"]) == (first["statusCode"], first["body"])
        assert again["headers"]["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first["headers"]

    def test_the_same_key_with_another_body_conflicts(
        self, serve: Serve, function: str, stage: Stage
    ) -> None:
        world = world_at(stage)
        serve(function, world, headers=KEYED)

        reply = serve(function, world, headers=KEYED, body=f"{sample(function)['body']} ")

        assert (reply["statusCode"], body_of(reply)["code"]) == (409, "idempotency_conflict")


def test_the_answer_to_a_start_is_the_same_even_after_the_submission(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)
    first = serve("start_assessment", world, headers=KEYED)
    with world.store.begin() as repositories:
        [assessment] = world.store.state.assessments.values()
        repositories.assessments.save(assessment.submit(NOON))

    assert serve("start_assessment", world, headers=KEYED)["body"] == first["body"]


@pytest.mark.parametrize("key", [{}, {"idempotency-key": "key 2"}], ids=["none", "another"])
def test_a_second_submission_conflicts(serve: Serve, key: dict[str, str]) -> None:
    world = world_at(Stage.ANSWERED)
    serve("submit_assessment", world, headers=KEYED)

    reply = serve("submit_assessment", world, headers={"content-type": "application/json"} | key)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "already_submitted")
    assert list(world.pipeline.started) == [(ASSESSMENT, 1)]


def test_the_resume_token_opens_the_new_assessment_until_it_expires(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)

    body = body_of(serve("start_assessment", world))

    world.clock.advance(timedelta(days=7) - timedelta(seconds=1))
    caller = world.tokens.read_bearer(body["resumeToken"], now=world.clock.now())
    assert (caller.user_id, caller.session_id) == (STUDENT, SESSION)
    assert caller.assessment_id == body["assessmentId"]
    assert body["nextQuestion"] == body["questions"][0]


def test_a_submission_is_told_at_once_and_when_the_bus_is_away_later(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    world.bus.is_available = False

    reply = serve("submit_assessment", world)

    assert reply["statusCode"] == 202
    assert body_of(reply)["statusUrl"].endswith(f"/assessments/{ASSESSMENT}/status")
    [event] = world.store.state.outbox.values()
    assert (event.type, world.store.state.sent) == (EventType.ASSESSMENT_SUBMITTED, {})
