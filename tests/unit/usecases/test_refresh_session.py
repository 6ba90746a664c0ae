from datetime import timedelta

import pytest

from shared.domain.errors import TokenReusedError, UnauthenticatedError
from shared.domain.session import REFRESH_LIFETIME, Session
from shared.domain.user import Role
from shared.usecases.refresh_session import refresh_session
from tests.builders import NOON, a_session, a_user, later
from tests.fakes.wiring import FakeWiring


@pytest.fixture
def session(world: FakeWiring) -> Session:
    user = a_user()
    session = a_session(user_id=user.id, generation=1)
    with world.store.begin() as repositories:
        repositories.users.add(user)
        repositories.sessions.add(session)
    return session


def refresh(world: FakeWiring, token: str) -> Session:
    _, rotated = refresh_session(token, store=world.store, tokens=world.tokens, clock=world.clock)
    return rotated


def test_a_refresh_token_is_traded_for_the_next_one(world: FakeWiring, session: Session) -> None:
    user, rotated = refresh_session(
        world.tokens.refresh(session), store=world.store, tokens=world.tokens, clock=world.clock
    )

    assert user.id == session.user_id
    assert (rotated.id, rotated.generation) == (session.id, 2)
    assert world.store.state.sessions == {session.id: rotated}


def test_the_next_one_works_in_its_turn(world: FakeWiring, session: Session) -> None:
    second = refresh(world, world.tokens.refresh(session))

    assert refresh(world, world.tokens.refresh(second)).generation == 3


def test_refreshing_does_not_make_a_session_live_longer(
    world: FakeWiring, session: Session
) -> None:
    world.clock.advance(timedelta(days=20))

    assert refresh(world, world.tokens.refresh(session)).expires_at == session.expires_at


def test_a_token_that_was_traded_before_ends_the_session(
    world: FakeWiring, session: Session
) -> None:
    stolen = world.tokens.refresh(session)
    rotated = refresh(world, stolen)
    world.clock.advance(timedelta(minutes=1))

    with pytest.raises(TokenReusedError):
        refresh(world, stolen)

    assert world.store.state.sessions[session.id].revoked_at == later(60)
    with pytest.raises(UnauthenticatedError):
        refresh(world, world.tokens.refresh(rotated))


def test_other_sessions_of_the_user_survive_a_reuse(world: FakeWiring, session: Session) -> None:
    other = a_session(user_id=session.user_id, generation=1)
    with world.store.begin() as repositories:
        repositories.sessions.add(other)
    stolen = world.tokens.refresh(session)
    refresh(world, stolen)
    with pytest.raises(TokenReusedError):
        refresh(world, stolen)

    assert refresh(world, world.tokens.refresh(other)).generation == 2


def test_a_session_that_is_over_cannot_be_refreshed(world: FakeWiring, session: Session) -> None:
    world.clock.advance(REFRESH_LIFETIME)

    with pytest.raises(UnauthenticatedError):
        refresh(world, world.tokens.refresh(session))

    assert world.store.state.sessions[session.id] == session


def test_a_revoked_session_stays_as_it_is(world: FakeWiring, session: Session) -> None:
    revoked = session.revoke(NOON)
    with world.store.begin() as repositories:
        repositories.sessions.save(revoked)
    world.clock.advance(timedelta(minutes=1))

    with pytest.raises(UnauthenticatedError):
        refresh(world, world.tokens.refresh(session))

    assert world.store.state.sessions[session.id] == revoked


def test_a_token_of_no_session_is_refused(world: FakeWiring) -> None:
    with pytest.raises(UnauthenticatedError, match="unknown"):
        refresh(world, world.tokens.refresh(a_session()))


def test_an_access_token_is_no_refresh_token(world: FakeWiring, session: Session) -> None:
    token, _ = world.tokens.access(session, Role.STUDENT, now=NOON)

    with pytest.raises(UnauthenticatedError):
        refresh(world, token)

    assert world.store.state.sessions[session.id] == session
