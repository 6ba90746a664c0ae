"""What the edges of the two erasures add to their use case."""

import json
from dataclasses import replace
from typing import Any

import jwt
import pytest

from shared.domain.user import Role
from tests.builders import a_user, an_id
from tests.fakes.sample_world import ADMIN, ASSESSMENT, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of


def with_password(password: object) -> dict[str, Any]:
    return {"body": json.dumps({"password": password})}


def world_with_an_admin() -> FakeWiring:
    world = world_at(Stage.COMPLETED)
    with world.store.begin() as repositories:
        repositories.users.add(a_user(id=ADMIN, role=Role.ADMIN))
    return world


@pytest.mark.parametrize("function", ["erase_me", "erase_user"])
def test_the_answer_is_a_receipt(serve: Serve, function: str) -> None:
    world = world_with_an_admin()

    body = body_of(serve(function, world))

    claims = jwt.decode(body["receipt"], options={"verify_signature": False})
    assert body["userId"] == claims["sub"] == STUDENT
    assert body["erased"] == claims["erased"]
    assert body["erased"]["assessment_responses"] == 10
    assert body["keptWithoutIdentity"] == claims["keptWithoutIdentity"] == {"assessments": 1}
    assert body["erasedAt"] == "2026-01-01T12:00:00.000Z"


def test_a_wrong_password_is_said_and_nothing_is_erased(serve: Serve) -> None:
    world = world_at(Stage.COMPLETED)

    reply = serve("erase_me", world, **with_password("wrong"))

    assert (reply["statusCode"], body_of(reply)["code"]) == (401, "invalid_credentials")
    assert STUDENT in world.store.state.users


@pytest.mark.parametrize("body", [None, "{}", '{"password": null}', '{"password": ""}'])
def test_without_a_password_nothing_is_erased(serve: Serve, body: str | None) -> None:
    world = world_at(Stage.COMPLETED)

    reply = serve("erase_me", world, body=body)

    assert (reply["statusCode"], body_of(reply)["code"]) == (422, "invalid_request")
    assert STUDENT in world.store.state.users


def test_a_token_does_not_let_one_guess_the_password(serve: Serve) -> None:
    world = world_at(Stage.COMPLETED)

    statuses = [serve("erase_me", world, **with_password("wrong"))["statusCode"] for _ in range(11)]

    assert statuses == [401] * 10 + [429]
    assert serve("erase_me", world)["statusCode"] == 429
    assert len(world.hasher.verified) == 10


def test_a_resume_token_does_not_erase(serve: Serve) -> None:
    world = world_at(Stage.COMPLETED)
    context = as_caller("erase_me", STUDENT)
    context["authorizer"]["lambda"]["assessmentId"] = ASSESSMENT

    assert serve("erase_me", world, requestContext=context)["statusCode"] == 403
    assert STUDENT in world.store.state.users


@pytest.mark.parametrize("role", ["student", "advisor"])
def test_only_admins_erase_others(serve: Serve, role: str) -> None:
    world = world_at(Stage.COMPLETED)
    context = as_caller("erase_user", an_id(), role=role)

    assert serve("erase_user", world, requestContext=context)["statusCode"] == 403
    assert STUDENT in world.store.state.users


@pytest.mark.parametrize("user_id", [an_id(), "nonsense"])
def test_an_unknown_user_is_not_found(serve: Serve, user_id: str) -> None:
    world = world_with_an_admin()

    reply = serve(
        "erase_user",
        world,
        pathParameters={"userId": user_id},
        rawPath=f"/api/v1/admin/users/{user_id}",
    )

    assert (reply["statusCode"], body_of(reply)["code"]) == (404, "not_found")


def test_the_admin_is_named_in_the_audit_log(serve: Serve) -> None:
    world = world_with_an_admin()
    context = as_caller("erase_user", ADMIN, role="admin")

    serve("erase_user", world, requestContext=context)

    [entry] = world.store.state.audit
    assert (entry.actor, entry.subject) == (ADMIN, STUDENT)


@pytest.mark.parametrize("function", ["erase_me", "erase_user"])
def test_the_last_admin_is_not_erased(serve: Serve, function: str) -> None:
    world = world_with_an_admin()
    world.store.state.users[ADMIN] = replace(
        world.store.state.users[STUDENT], id=ADMIN, role=Role.ADMIN
    )
    context = as_caller(function, ADMIN, role="admin")
    path = "/api/v1/me" if function == "erase_me" else f"/api/v1/admin/users/{ADMIN}"

    reply = serve(function, world, requestContext=context, rawPath=path)

    assert (reply["statusCode"], body_of(reply)["code"]) == (409, "last_admin")
    assert ADMIN in world.store.state.users
