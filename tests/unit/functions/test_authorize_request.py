from datetime import datetime, timedelta
from typing import Any

import pytest

from functions import authorize_request as function
from shared.domain.user import Role, SessionId, UserId
from tests.builders import NOON, a_session, later
from tests.fakes.sample_world import ASSESSMENT, SESSION, STUDENT, Stage, world_at
from tests.fakes.wiring import FakeWiring
from tests.unit.functions.serving import Serve
from tests.unit.usecases.scenes import OWNER

KNOWN = {"userId": STUDENT, "sessionId": SESSION, "role": "student", "assessmentId": ""}


@pytest.fixture
def world() -> FakeWiring:
    """The student has logged in."""
    return world_at(Stage.LOGGED_IN)


@pytest.fixture(autouse=True)
def fresh_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of earlier requests."""
    remembered: dict[SessionId, datetime] = {}
    monkeypatch.setattr(function, "remembered", remembered)


def token(world: FakeWiring, role: Role = Role.STUDENT) -> str:
    return world.tokens.access(a_session(id=SESSION, user_id=STUDENT), role, now=NOON)[0]


def context_of(reply: dict[str, Any]) -> dict[str, str]:
    """What the authorizer says of the caller; it never denies."""
    assert reply["isAuthorized"] is True
    return reply["context"]


def ask(serve: Serve, world: FakeWiring, authorization: str | None) -> dict[str, str]:
    headers = {"host": "api.example.com", "authorization": authorization}
    sent = {name: value for name, value in headers.items() if value is not None}
    return context_of(serve("authorize_request", world, headers=sent))


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER {}", "Bearer  {} "])
def test_a_bearer_token_tells_who_calls(serve: Serve, world: FakeWiring, form: str) -> None:
    assert ask(serve, world, form.format(token(world))) == KNOWN


@pytest.mark.parametrize("role", Role)
def test_the_role_is_passed_on(serve: Serve, world: FakeWiring, role: Role) -> None:
    assert ask(serve, world, f"Bearer {token(world, role)}")["role"] == role.value


def test_a_resume_token_names_its_assessment(serve: Serve, world: FakeWiring) -> None:
    resume = world.tokens.resume(OWNER, ASSESSMENT, now=NOON, until=later(60))

    assert ask(serve, world, f"Bearer {resume}") == KNOWN | {"assessmentId": ASSESSMENT}


@pytest.mark.parametrize(
    ("authorization", "refusal"),
    [
        pytest.param(None, "send an access token as Bearer", id="no-header"),
        pytest.param("", "send an access token as Bearer", id="an-empty-header"),
        pytest.param(
            "Basic YWRhOnB3", "the Authorization header is not a Bearer token", id="basic"
        ),
        pytest.param("Bearer", "the Authorization header is not a Bearer token", id="no-token"),
        pytest.param("Bearer ", "the token is not valid; log in again", id="an-empty-token"),
        pytest.param("Bearer a.b.c", "the token is not valid; log in again", id="not-a-token"),
        pytest.param("Bearer ä\ud800", "the token is not valid; log in again", id="not-ascii"),
    ],
)
def test_without_a_good_token_the_request_goes_on_without_a_caller(
    serve: Serve, world: FakeWiring, authorization: str | None, refusal: str
) -> None:
    assert ask(serve, world, authorization) == {"refusal": refusal}


def test_a_tampered_token_is_refused(serve: Serve, world: FakeWiring) -> None:
    header, _, signature = token(world).split(".")
    _, claims, _ = token(world, Role.ADMIN).split(".")

    assert ask(serve, world, f"Bearer {header}.{claims}.{signature}") == {
        "refusal": "the token is not valid; log in again"
    }


def test_an_expired_token_is_refused(serve: Serve, world: FakeWiring) -> None:
    authorization = f"Bearer {token(world)}"
    world.clock.advance(timedelta(days=1))

    assert ask(serve, world, authorization) == {
        "refusal": "the token has expired; refresh it or log in again"
    }


def test_a_revocation_is_noticed_within_sixty_seconds(serve: Serve, world: FakeWiring) -> None:
    authorization = f"Bearer {token(world)}"
    assert ask(serve, world, authorization) == KNOWN
    with world.store.begin() as repositories:
        session = repositories.sessions.get(SessionId(SESSION))
        repositories.sessions.save(session.revoke(NOON))

    world.clock.advance(timedelta(seconds=59))
    assert ask(serve, world, authorization) == KNOWN

    world.clock.advance(timedelta(seconds=1))
    assert ask(serve, world, authorization) == {"refusal": "the session was revoked; log in again"}


def test_a_session_of_nobody_is_refused(serve: Serve, world: FakeWiring) -> None:
    unknown = a_session(user_id=UserId(STUDENT))
    access, _ = world.tokens.access(unknown, Role.STUDENT, now=NOON)

    assert ask(serve, world, f"Bearer {access}") == {
        "refusal": "the session is unknown; log in again"
    }


def test_while_the_database_is_away_nobody_is_called_unknown(
    serve: Serve, world: FakeWiring
) -> None:
    """A client that is told 401 would throw its tokens away."""
    world.store.is_available = False

    assert ask(serve, world, f"Bearer {token(world)}").keys() == {"outage"}


def test_who_was_looked_up_a_moment_ago_needs_no_database(serve: Serve, world: FakeWiring) -> None:
    authorization = f"Bearer {token(world)}"
    ask(serve, world, authorization)
    world.store.is_available = False

    assert ask(serve, world, authorization) == KNOWN
