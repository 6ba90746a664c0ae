"""The three functions of admins, and what students see of what they set."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from shared.domain.assessment import LIFETIME
from shared.domain.user import Role
from tests.builders import NOON, a_user, later
from tests.fakes.sample_world import ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of, sample
from tests.unit.usecases.scenes import ADMIN

REASON: Final = "Certificate of 3 March"
FUNCTIONS: Final = ("get_accommodations", "set_accommodations", "remove_accommodations")
SET: Final = {"timeMultiplier": 1.5, "extraDays": 7, "reason": REASON}
KEYED: Final = {"content-type": "application/json", "idempotency-key": "key 1"}


def as_admin(function: str) -> dict[str, Any]:
    return as_caller(function, ADMIN.user_id, role="admin")


def put(serve: Serve, world: FakeWiring, **changes: object) -> dict[str, Any]:
    """Set the sample's accommodations, with these fields instead."""
    return serve(
        "set_accommodations",
        world,
        body=json.dumps(SET | changes),
        requestContext=as_admin("set_accommodations"),
    )


def text(days: float) -> str:
    return (NOON + timedelta(days=days)).isoformat(timespec="milliseconds")[:-6] + "Z"


def test_setting_answers_with_the_profile_and_what_became_of_each_assessment(
    serve: Serve,
) -> None:
    world = world_at(Stage.ANSWERED)
    world.clock.advance(timedelta(minutes=1))

    reply = put(serve, world)

    assert (reply["statusCode"], body_of(reply)) == (
        200,
        SET
        | {
            "userId": STUDENT,
            "version": 1,
            "setBy": ADMIN.user_id,
            "setAt": "2026-01-01T12:01:00.000Z",
            "changed": [
                {
                    "assessmentId": ASSESSMENT,
                    "previousExpiresAt": "2026-01-08T11:50:00.000Z",
                    "expiresAt": "2026-01-15T11:50:00.000Z",
                    "timeMultiplier": 1.5,
                }
            ],
            "unchanged": [],
        },
    )


@pytest.mark.parametrize(
    ("now", "extra_days", "reason", "multiplier"),
    [
        pytest.param(NOON + LIFETIME, 60, "expired", 1.0, id="expired"),
        pytest.param(NOON, 0, "same_days", 1.5, id="same-days"),
    ],
)
def test_what_was_not_changed_says_why(
    serve: Serve, now: datetime, extra_days: int, reason: str, multiplier: float
) -> None:
    world = world_at(Stage.ANSWERED)
    world.clock.at = now

    body = body_of(put(serve, world, extraDays=extra_days))

    assert body["changed"] == []
    assert body["unchanged"] == [
        {
            "assessmentId": ASSESSMENT,
            "expiresAt": "2026-01-08T11:50:00.000Z",
            "timeMultiplier": multiplier,
            "reason": reason,
        }
    ]


def test_taking_away_says_what_keeps_its_days(serve: Serve) -> None:
    world = world_at(Stage.ANSWERED)
    put(serve, world)
    world.clock.advance(LIFETIME)

    reply = serve("remove_accommodations", world)

    assert (reply["statusCode"], body_of(reply)) == (
        200,
        {
            "userId": STUDENT,
            "changed": [],
            "unchanged": [
                {
                    "assessmentId": ASSESSMENT,
                    "expiresAt": "2026-01-15T11:50:00.000Z",
                    "timeMultiplier": 1.0,
                    "reason": "would_expire",
                }
            ],
        },
    )


def test_an_admin_reads_what_was_set_and_nothing_after_it_was_taken_away(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)
    put(serve, world)

    body = body_of(serve("get_accommodations", world))
    assert body == SET | {
        "userId": STUDENT,
        "version": 1,
        "setBy": ADMIN.user_id,
        "setAt": "2026-01-01T12:00:00.000Z",
    }

    serve("remove_accommodations", world)
    for function in ("get_accommodations", "remove_accommodations"):
        reply = serve(function, world)
        assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")


@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_a_reason_may_be_left_out(serve: Serve, blank: str | None) -> None:
    world = world_at(Stage.LOGGED_IN)

    assert body_of(put(serve, world, reason=blank))["reason"] is None


def test_a_reason_has_at_most_500_characters(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)

    assert put(serve, world, reason="é" * 500)["statusCode"] == 200

    reply = put(serve, world, reason="é" * 501)
    assert body_of(reply)["errors"] == [
        {
            "pointer": "/reason",
            "detail": "the text has 501 characters; at most 500 are allowed",
        }
    ]


@pytest.mark.parametrize(
    ("field", "good"), [("timeMultiplier", (1, 1.0, 3)), ("extraDays", (0, 60))]
)
def test_the_bounds_themselves_are_allowed(
    serve: Serve, field: str, good: tuple[float, ...]
) -> None:
    world = world_at(Stage.LOGGED_IN)

    for value in good:
        reply = put(serve, world, **{field: value})
        assert (reply["statusCode"], body_of(reply)[field]) == (200, value)


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("timeMultiplier", 0.99, "greater than or equal to 1"),
        ("timeMultiplier", 3.01, "less than or equal to 3"),
        ("timeMultiplier", "1.5", "valid number"),
        ("timeMultiplier", True, "valid number"),
        ("timeMultiplier", None, "valid number"),
        ("extraDays", -1, "greater than or equal to 0"),
        ("extraDays", 61, "less than or equal to 60"),
        ("extraDays", 1.5, "valid integer"),
        ("extraDays", True, "valid integer"),
        ("extraDays", "7", "valid integer"),
        ("reason", 5, "valid string"),
        ("reason", "a\0b", "NUL"),
        ("studentId", "x", "no such field"),
    ],
)
def test_bad_input_is_pointed_at_and_changes_nothing(
    serve: Serve, field: str, value: object, detail: str
) -> None:
    world = world_at(Stage.ANSWERED)
    before = world.store.state.copy()

    reply = put(serve, world, **{field: value})

    assert reply["statusCode"] == 422
    [error] = body_of(reply)["errors"]
    assert error["pointer"] == f"/{field}"
    assert detail in error["detail"]
    assert world.store.state == before


@pytest.mark.parametrize("body", ["{}", '{"timeMultiplier":1.5}', '{"extraDays":1}'])
def test_both_numbers_are_said(serve: Serve, body: str) -> None:
    reply = serve("set_accommodations", world_at(Stage.LOGGED_IN), body=body)

    assert reply["statusCode"] == 422
    assert {e["detail"] for e in body_of(reply)["errors"]} == {"this field is required"}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("role", [Role.STUDENT, Role.ADVISOR])
def test_they_are_for_admins_alone(serve: Serve, function: str, role: Role) -> None:
    world = world_at(Stage.ANSWERED)
    put(serve, world)
    before = world.store.state.copy()

    reply = serve(function, world, requestContext=as_caller(function, STUDENT, role=role))

    assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
    assert REASON not in reply["body"]
    assert world.store.state == before


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("user_id", ["nobody", "019b7a01-0000-7000-8000-00000000dead"])
def test_an_unknown_user_is_not_found(serve: Serve, function: str, user_id: str) -> None:
    reply = serve(function, world_at(Stage.LOGGED_IN), **of_user(function, user_id))

    assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")
    assert body_of(reply)["detail"] == f"no user {user_id}"


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("role", [Role.ADVISOR, Role.ADMIN])
def test_staff_can_have_none(serve: Serve, function: str, role: Role) -> None:
    world, person = world_at(Stage.LOGGED_IN), a_user(role=role)
    with world.store.begin() as repositories:
        repositories.users.add(person)

    reply = serve(function, world, **of_user(function, person.id))

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "not_a_student")
    assert "only students" in body_of(reply)["detail"]


def of_user(function: str, user_id: str) -> dict[str, Any]:
    """What differs in the function's sample when it is about this user."""
    return {
        "pathParameters": {"userId": user_id},
        "rawPath": sample(function)["rawPath"].replace(STUDENT, user_id),
    }


class TestWhatStudentsSee:
    def test_their_account_tells_the_numbers_and_no_reason(self, serve: Serve) -> None:
        world = world_at(Stage.LOGGED_IN)
        assert body_of(serve("get_me", world))["accommodations"] is None
        put(serve, world)

        reply = serve("get_me", world)

        assert body_of(reply)["accommodations"] == {"timeMultiplier": 1.5, "extraDays": 7}
        assert REASON not in reply["body"]

    def test_a_new_assessment_has_both(self, serve: Serve) -> None:
        world = world_at(Stage.LOGGED_IN)
        put(serve, world)

        body = body_of(serve("start_assessment", world))

        assert body["accommodated"] is True
        assert body["expiresAt"] == text(14)
        assert [q["timeLimitSeconds"] for q in body["questions"]] == LONGER
        assert body["nextQuestion"] == body["questions"][0]
        caller = world.tokens.read_bearer(body["resumeToken"], now=later(14 * 86_400 - 1))
        assert caller.assessment_id == body["assessmentId"]

    def test_without_accommodations_nothing_is_longer(self, serve: Serve) -> None:
        body = body_of(serve("start_assessment", world_at(Stage.LOGGED_IN)))

        assert (body["accommodated"], body["expiresAt"]) == (False, text(7))
        assert [q["timeLimitSeconds"] for q in body["questions"]] == USUAL

    def test_what_is_running_shows_both_at_once(self, serve: Serve) -> None:
        world = world_at(Stage.ANSWERED)
        world.store.state.responses.clear()
        before = body_of(serve("get_assessment", world))
        put(serve, world)

        after = body_of(serve("get_assessment", world))

        assert (before["accommodated"], after["accommodated"]) == (False, True)
        assert [q["timeLimitSeconds"] for q in before["questions"]] == USUAL
        assert [q["timeLimitSeconds"] for q in after["questions"]] == LONGER
        assert after["nextQuestion"]["timeLimitSeconds"] == 135
        following = body_of(serve("get_next_question", world))
        assert following["question"]["timeLimitSeconds"] == 135
        [listed] = body_of(serve("list_assessments", world))["items"]
        assert (listed["accommodated"], listed["expiresAt"]) == (True, after["expiresAt"])

    def test_a_replayed_start_is_the_first_answer(self, serve: Serve) -> None:
        world = world_at(Stage.LOGGED_IN)
        first = serve("start_assessment", world, headers=KEYED)
        put(serve, world)

        again = serve("start_assessment", world, headers=KEYED)

        assert again["headers"]["Idempotency-Replayed"] == "true"
        assert again["body"] == first["body"]
        opened = opened_by(serve, world, body_of(first)["assessmentId"])
        assert opened["expiresAt"] == text(14)


USUAL: Final = [90] * 3 + [300] * 3 + [None] * 4
LONGER: Final = [135] * 3 + [450] * 3 + [None] * 4


def opened_by(serve: Serve, world: FakeWiring, assessment_id: str) -> Mapping[str, Any]:
    path = sample("get_assessment")["rawPath"].replace(ASSESSMENT, assessment_id)
    parameters = {"assessmentId": assessment_id}
    return body_of(serve("get_assessment", world, rawPath=path, pathParameters=parameters))


def test_the_reason_is_in_no_audit_row_no_event_and_no_log(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    world = world_at(Stage.ANSWERED)
    put(serve, world)
    put(serve, world, extraDays=61)
    serve("get_accommodations", world)
    serve("remove_accommodations", world)

    assert "answered" in caplog.messages
    assert REASON not in str([vars(record) for record in caplog.records])
    assert REASON not in str(world.store.state.audit)
    assert len(world.store.state.audit) == 2
    assert world.store.state.outbox == {}
