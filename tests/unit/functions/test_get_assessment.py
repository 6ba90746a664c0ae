from datetime import timedelta

import pytest

from shared.domain.assessment import LIFETIME
from tests.fakes.sample_world import Stage, world_at
from tests.unit.functions.serving import Serve, as_caller, body_of
from tests.unit.usecases.scenes import ADVISOR, SOMEBODY_ELSE


def test_one_goes_on_where_an_answer_is_missing(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    (_, question_id), _ = world.store.state.responses.popitem()

    body = body_of(serve("get_assessment", world))

    assert body["nextQuestion"]["id"] == question_id
    assert len(body["questions"]) == 10
    assert len(body["responses"]) == 9


@pytest.mark.parametrize(
    ("stage", "later", "status"),
    [
        (Stage.ANSWERED, LIFETIME, "expired"),
        (Stage.SUBMITTED, timedelta(0), "scoring"),
        (Stage.COMPLETED, timedelta(0), "completed"),
    ],
)
def test_what_takes_no_answers_asks_no_question(
    serve: Serve, stage: Stage, later: timedelta, status: str
) -> None:
    world = world_at(stage)
    world.store.state.responses.popitem()
    world.clock.advance(later)

    body = body_of(serve("get_assessment", world))

    assert (body["status"], body["nextQuestion"]) == (status, None)


def test_keys_and_rubrics_never_leave(serve: Serve) -> None:
    text = serve("get_assessment", world_at(Stage.ANSWERED))["body"]

    for secret in ("correct", "rubric", "referenceAnswer", "explanation", "weight", "c0ffee"):
        assert secret not in text


def test_staff_read_it_and_other_students_do_not(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    advisor = as_caller("get_assessment", ADVISOR.user_id, role="advisor")
    student = as_caller("get_assessment", SOMEBODY_ELSE.user_id)

    assert serve("get_assessment", world, requestContext=advisor)["statusCode"] == 200
    assert serve("get_assessment", world, requestContext=student)["statusCode"] == 404
