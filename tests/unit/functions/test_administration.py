import json
from typing import Any

import pytest

from shared.domain.user import Role
from tests.builders import NOON, a_user, later
from tests.fakes.sample_world import ADMIN, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve, as_caller, body_of


@pytest.fixture
def world() -> FakeWiring:
    """A student, and the admin of the samples."""
    world = world_at(Stage.LOGGED_IN)
    with world.store.begin() as repositories:
        repositories.users.add(a_user(id=ADMIN, role=Role.ADMIN))
    return world


def pages(serve: Serve, function: str, world: FakeWiring, **query: str) -> list[dict[str, Any]]:
    """Follow the cursors, one item a page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        asked = {"limit": "1", **query, **({"cursor": cursor} if cursor else {})}
        page = body_of(serve(function, world, queryStringParameters=asked))
        found += page["items"]
        if (cursor := page["nextCursor"]) is None:
            return found


class TestUsers:
    def test_the_cursor_leads_through_everybody(self, serve: Serve, world: FakeWiring) -> None:
        found = pages(serve, "list_users", world)

        assert [user["id"] for user in found] == [ADMIN, STUDENT]

    def test_they_are_shown_without_their_password(self, serve: Serve, world: FakeWiring) -> None:
        (user,) = pages(serve, "list_users", world, email="STUDENT@example.com")

        assert user == {
            "id": STUDENT,
            "email": "student@example.com",
            "name": "Sample Student",
            "role": "student",
            "createdAt": "2026-01-01T12:00:00.000Z",
        }

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ({"role": "emperor"}, "query/role"),
            ({"email": "x" * 255}, "query/email"),
            ({"email": "\0"}, "query/email"),
            ({"cursor": "made up"}, "query/cursor"),
            ({"limit": "101"}, "query/limit"),
        ],
    )
    def test_what_cannot_be_asked_for_is_named(
        self, serve: Serve, world: FakeWiring, query: dict[str, str], pointer: str
    ) -> None:
        reply = serve("list_users", world, queryStringParameters=query)

        assert reply["statusCode"] == 422
        assert body_of(reply)["errors"][0]["pointer"] == pointer


class TestRoles:
    def test_the_last_admin_gets_a_conflict(self, serve: Serve, world: FakeWiring) -> None:
        reply = serve(
            "set_user_role",
            world,
            rawPath=f"/api/v1/admin/users/{ADMIN}",
            pathParameters={"userId": ADMIN},
        )

        assert (reply["statusCode"], body_of(reply)["code"]) == (409, "last_admin")

    def test_a_role_that_there_is_not_is_refused(self, serve: Serve, world: FakeWiring) -> None:
        reply = serve("set_user_role", world, body=json.dumps({"role": "emperor"}))

        assert reply["statusCode"] == 422
        assert body_of(reply)["errors"][0]["pointer"] == "/role"

    @pytest.mark.parametrize("role", ["student", "advisor"])
    def test_nobody_else_may(self, serve: Serve, world: FakeWiring, role: str) -> None:
        caller = as_caller("set_user_role", STUDENT, role=role)

        reply = serve("set_user_role", world, requestContext=caller)

        assert (reply["statusCode"], body_of(reply)["code"]) == (403, "forbidden")
        assert world.store.state.users[STUDENT].role is Role.STUDENT

    def test_a_token_of_one_who_was_an_admin_is_refused(
        self, serve: Serve, world: FakeWiring
    ) -> None:
        caller = as_caller("set_user_role", STUDENT, role="admin")

        assert serve("set_user_role", world, requestContext=caller)["statusCode"] == 403


class TestAuditLog:
    @pytest.fixture
    def world(self, world: FakeWiring) -> FakeWiring:
        with world.store.begin() as repositories:
            for number in range(3):
                repositories.audit.append(
                    actor=ADMIN,
                    action="a" if number else "b",
                    subject=STUDENT,
                    details={"before": {"n": number}},
                    at=later(number),
                )
        return world

    def test_the_cursor_leads_through_all_of_it_newest_first(
        self, serve: Serve, world: FakeWiring
    ) -> None:
        found = pages(serve, "list_audit_logs", world)

        assert [entry["number"] for entry in found] == [3, 2, 1]
        assert found[0] == {
            "number": 3,
            "actor": ADMIN,
            "action": "a",
            "subject": STUDENT,
            "details": {"before": {"n": 2}},
            "at": "2026-01-01T12:00:02.000Z",
        }

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ({"action": "b"}, [1]),
            ({"actor": "operator"}, []),
            ({"subject": STUDENT, "action": "a"}, [3, 2]),
            ({"since": "2026-01-01T12:00:01Z"}, [3, 2]),
            ({"until": "2026-01-01T12:00:01Z"}, [1]),
            ({"since": "2026-01-01", "until": "2026-01-02"}, [3, 2, 1]),
        ],
    )
    def test_it_is_narrowed_down(
        self, serve: Serve, world: FakeWiring, query: dict[str, str], numbers: list[int]
    ) -> None:
        assert [e["number"] for e in pages(serve, "list_audit_logs", world, **query)] == numbers

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ({"since": "yesterday"}, "query/since"),
            ({"since": "2026-01-02", "until": "2026-01-01"}, "query/until"),
            ({"action": "\0"}, "query/action"),
            ({"cursor": "eA"}, "query/cursor"),
        ],
    )
    def test_what_cannot_be_asked_for_is_named(
        self, serve: Serve, world: FakeWiring, query: dict[str, str], pointer: str
    ) -> None:
        reply = serve("list_audit_logs", world, queryStringParameters=query)

        assert reply["statusCode"] == 422
        assert body_of(reply)["errors"][0]["pointer"] == pointer

    def test_a_log_that_was_rewritten_says_where(self, serve: Serve, world: FakeWiring) -> None:
        assert body_of(serve("verify_audit_logs", world)) == {"valid": True, "rows": 3}

        del world.store.state.audit[0]

        assert body_of(serve("verify_audit_logs", world)) == {"valid": False, "firstBroken": 2}
        assert world.clock.now() == NOON
