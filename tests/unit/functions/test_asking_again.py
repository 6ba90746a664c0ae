"""While an assessment is being scored, every answer says when to ask again."""

import pytest

from shared.api.asking_again import MOST_SECONDS, ask_again_after
from tests.fakes.sample_world import Stage, world_at
from tests.unit.functions.serving import Serve, body_of


def test_a_submission_says_so(serve: Serve) -> None:
    reply = serve("submit_assessment", world_at(Stage.ANSWERED))

    assert reply["headers"]["Retry-After"] == "1"


def test_so_does_a_status_while_it_is_scored(serve: Serve) -> None:
    reply = serve("get_status", world_at(Stage.SUBMITTED))

    assert body_of(reply)["status"] == "scoring"
    assert 1 <= int(reply["headers"]["Retry-After"]) <= MOST_SECONDS


@pytest.mark.parametrize("stage", [Stage.ANSWERED, Stage.COMPLETED])
def test_there_is_nothing_to_wait_for_before_or_after(serve: Serve, stage: Stage) -> None:
    assert "Retry-After" not in serve("get_status", world_at(stage))["headers"]


def test_so_does_one_that_waited_in_vain(serve: Serve) -> None:
    world = world_at(Stage.SUBMITTED)

    reply = serve("complete_assessment", world, queryStringParameters={"wait": "0"})

    assert reply["statusCode"] == 202
    assert 1 <= int(reply["headers"]["Retry-After"]) <= MOST_SECONDS


@pytest.mark.parametrize(
    ("estimated", "said"), [(None, "1"), (0, "1"), (3, "3"), (600, str(MOST_SECONDS))]
)
def test_it_is_never_long(estimated: int | None, said: str) -> None:
    assert ask_again_after(estimated) == {"Retry-After": said}
