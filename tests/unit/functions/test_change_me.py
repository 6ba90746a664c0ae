import json
from typing import Any

import pytest

from tests.builders import a_user
from tests.fakes.sample_world import PASSWORD, STUDENT, Stage, world_at
from tests.unit.functions.serving import Serve, body_of

NEW = "another horse battery"


def wanting(**fields: object) -> dict[str, Any]:
    return {"body": json.dumps(fields)}


def test_the_answer_is_the_account_as_it_is_now(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)

    reply = serve("change_me", world, **wanting(name="Ada", email="ada@Example.org"))

    body = body_of(reply)
    assert (body["id"], body["name"], body["email"]) == (STUDENT, "Ada", "ada@example.org")
    assert not {"password", "passwordHash"} & set(body)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "nothing to change"),
        ({"name": None}, "nothing to change"),
        ({"currentPassword": PASSWORD}, "nothing to change"),
        ({"password": NEW}, "needs currentPassword"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 201}, "at most 200"),
        ({"email": "nobody"}, "/email"),
        ({"password": "short", "currentPassword": PASSWORD}, "at least 10 characters"),
        ({"role": "admin"}, "/role: there is no such field"),
        ({"name": "a\0b"}, "NUL"),
    ],
)
def test_what_cannot_be_accepted_is_said_in_words(
    serve: Serve, fields: dict[str, object], said: str
) -> None:
    world = world_at(Stage.LOGGED_IN)

    reply = serve("change_me", world, **wanting(**fields))

    assert reply["statusCode"] == 422
    assert said in body_of(reply)["detail"]
    assert world.store.state.audit == []


def test_a_wrong_password_and_a_taken_address_have_codes_of_their_own(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)
    with world.store.begin() as repositories:
        repositories.users.add(a_user(email="taken@example.org"))

    wrong = serve("change_me", world, **wanting(password=NEW, currentPassword="wrong"))
    taken = serve("change_me", world, **wanting(email="taken@example.org"))

    assert (wrong["statusCode"], body_of(wrong)["code"]) == (401, "invalid_credentials")
    assert (taken["statusCode"], body_of(taken)["code"]) == (409, "email_taken")


def test_neither_passwords_nor_addresses_can_be_tried_one_after_the_other(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)

    statuses = [
        serve("change_me", world, **wanting(password=NEW, currentPassword="wrong"))["statusCode"]
        for _ in range(11)
    ]

    assert statuses == [401] * 10 + [429]
