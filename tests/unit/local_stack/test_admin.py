import json
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typing_extensions import override

from local_stack.admin import Credentials, OwnAdmin
from local_stack.api import Api
from local_stack.errors import LocalStackError
from tests.unit.local_stack.fake_aws import FakeFunctions, a_deployment

PERSON = {"email": "assay-command-1@example.com", "password": "a password"}


class FakeApi(httpx.MockTransport):
    """Knows some people and the tokens that it gave them, and answers `/things` to these."""

    def __init__(self, *people: str) -> None:
        super().__init__(self._answer)
        self.people = set(people)
        self.tokens: set[str] = set()
        self.things: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(
            200, json={"items": []}
        )
        self.log_ins = 0

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/base/api/v1")
        if path == "/auth/login":
            self.log_ins += 1
            if json.loads(request.content)["email"] not in self.people:
                return httpx.Response(401, json={"code": "bad_credentials"})
            token = f"t{self.log_ins}"
            self.tokens.add(token)
            return httpx.Response(200, json={"accessToken": token})
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return httpx.Response(401, json={"code": "unauthenticated"})
        return self.things(request)


@pytest.fixture
def functions() -> FakeFunctions:
    return FakeFunctions({"create_user": {"userId": "u1", "role": "admin"}})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "admin.json"


def an_admin(api: FakeApi, functions: FakeFunctions, file: Path) -> Api:
    who = OwnAdmin(deployment=a_deployment(functions), file=file)
    return Api("http://localhost/base", who, transport=api)


def whoever_is_created_may_log_in(api: FakeApi, functions: FakeFunctions) -> None:
    class Everybody(set[str]):
        @override
        def __contains__(self, email: object) -> bool:
            return any(isinstance(e, dict) and e["email"] == email for e in functions.events)

    api.people = Everybody()


def test_the_first_command_makes_an_admin_and_keeps_them_to_oneself(
    functions: FakeFunctions, file: Path
) -> None:
    api = FakeApi()
    whoever_is_created_may_log_in(api, functions)

    assert an_admin(api, functions, file).get("/things") == {"items": []}

    [created] = functions.events
    assert isinstance(created, dict)
    assert created["role"] == "admin"
    kept = Credentials.read(file)
    assert kept
    assert (kept.email, kept.password) == (created["email"], created["password"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_later_ones_use_the_same_token(functions: FakeFunctions, file: Path) -> None:
    api = FakeApi()
    whoever_is_created_may_log_in(api, functions)
    an_admin(api, functions, file).get("/things")

    an_admin(api, functions, file).get("/things")

    assert (api.log_ins, len(functions.events)) == (1, 1)


def test_a_token_that_is_over_is_replaced(functions: FakeFunctions, file: Path) -> None:
    Credentials(**PERSON, token="old").write(file)
    api = FakeApi(PERSON["email"])

    an_admin(api, functions, file).get("/things")

    assert functions.events == []
    assert Credentials.read(file) == Credentials(**PERSON, token="t1")


def test_another_database_gets_another_admin(functions: FakeFunctions, file: Path) -> None:
    Credentials(**PERSON, token="old").write(file)
    api = FakeApi()
    whoever_is_created_may_log_in(api, functions)

    an_admin(api, functions, file).get("/things")

    assert len(functions.events) == 1
    kept = Credentials.read(file)
    assert kept
    assert kept.email != PERSON["email"]


def test_a_file_that_is_broken_is_none(functions: FakeFunctions, file: Path) -> None:
    file.write_text("{")
    api = FakeApi()
    whoever_is_created_may_log_in(api, functions)

    an_admin(api, functions, file).get("/things")

    assert Credentials.read(file)


def test_what_the_api_refuses_is_said_in_its_own_words(
    functions: FakeFunctions, file: Path
) -> None:
    Credentials(**PERSON, token="t").write(file)
    api = FakeApi()
    api.tokens.add("t")
    problem = {"title": "No", "detail": "use an https:// URL.", "code": "invalid_input"}
    api.things = lambda _: httpx.Response(422, json=problem)

    with pytest.raises(LocalStackError) as refused:
        an_admin(api, functions, file).post("/things", {})

    assert refused.value.problem == ("The API refused: use an https:// URL (422, invalid_input).")


def test_an_api_that_is_away_is_said_to_be(functions: FakeFunctions, file: Path) -> None:
    Credentials(**PERSON, token="t").write(file)
    api = FakeApi()
    api.tokens.add("t")

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    api.things = refuse

    with pytest.raises(LocalStackError, match="does not answer"):
        an_admin(api, functions, file).delete("/things/1")


def test_a_post_that_is_repeated_on_the_way_is_one(functions: FakeFunctions, file: Path) -> None:
    Credentials(**PERSON, token="old").write(file)
    api = FakeApi(PERSON["email"])
    keys: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(204)

    api.things = note

    assert an_admin(api, functions, file).post("/things") is None
    assert len(keys[0]) == 36
