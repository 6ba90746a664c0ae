from datetime import datetime, timedelta

import pytest

from shared.domain.errors import StoreUnavailableError, UnauthenticatedError
from shared.domain.session import Session
from shared.domain.user import Caller, Role, SessionId
from shared.usecases.authorize_request import MOST_REMEMBERED, authorize_request
from tests.builders import NOON, a_session, an_id, later
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import MICROSECOND, a_caller

Remembered = dict[SessionId, datetime]


@pytest.fixture
def session(world: FakeWiring) -> Session:
    session = a_session(generation=1)
    with world.store.begin() as repositories:
        repositories.sessions.add(session)
    return session


def access(world: FakeWiring, session: Session, role: Role = Role.STUDENT) -> str:
    return world.tokens.access(session, role, now=NOON)[0]


def authorize(world: FakeWiring, token: str, remembered: Remembered | None = None) -> Caller:
    return authorize_request(
        token,
        remembered={} if remembered is None else remembered,
        store=world.store,
        tokens=world.tokens,
        clock=world.clock,
    )


def revoke(world: FakeWiring, session: Session) -> None:
    with world.store.begin() as repositories:
        repositories.sessions.save(session.revoke(world.clock.now()))


@pytest.mark.parametrize("role", Role)
def test_an_access_token_tells_who_calls(world: FakeWiring, session: Session, role: Role) -> None:
    assert authorize(world, access(world, session, role)) == Caller(
        user_id=session.user_id, session_id=session.id, role=role
    )


def test_a_resume_token_opens_its_assessment(world: FakeWiring, session: Session) -> None:
    owner = a_caller(user_id=session.user_id, session_id=session.id)
    token = world.tokens.resume(owner, an_id(), now=NOON, until=later(60))

    caller = authorize(world, token)

    assert (caller.user_id, caller.session_id) == (session.user_id, session.id)
    assert caller.assessment_id is not None


def test_a_resume_token_ends_with_the_session_that_made_it(
    world: FakeWiring, session: Session
) -> None:
    owner = a_caller(user_id=session.user_id, session_id=session.id)
    token = world.tokens.resume(owner, an_id(), now=NOON, until=later(60))
    revoke(world, session)

    with pytest.raises(UnauthenticatedError, match="revoked"):
        authorize(world, token)


def test_a_refresh_token_opens_nothing(world: FakeWiring, session: Session) -> None:
    with pytest.raises(UnauthenticatedError):
        authorize(world, world.tokens.refresh(session))


def test_a_revoked_session_is_refused(world: FakeWiring, session: Session) -> None:
    revoke(world, session)
    remembered: Remembered = {}

    with pytest.raises(UnauthenticatedError, match="revoked"):
        authorize(world, access(world, session), remembered)

    assert remembered == {}


def test_an_unknown_session_is_refused(world: FakeWiring) -> None:
    remembered: Remembered = {}

    with pytest.raises(UnauthenticatedError, match="unknown"):
        authorize(world, access(world, a_session()), remembered)

    assert remembered == {}


def test_a_session_is_looked_up_once_in_sixty_seconds(world: FakeWiring, session: Session) -> None:
    remembered: Remembered = {}
    authorize(world, access(world, session), remembered)
    world.store.is_available = False

    world.clock.advance(timedelta(seconds=60) - MICROSECOND)
    authorize(world, access(world, session), remembered)

    world.clock.advance(MICROSECOND)
    with pytest.raises(StoreUnavailableError):
        authorize(world, access(world, session), remembered)


def test_a_revocation_is_noticed_after_sixty_seconds_and_for_good(
    world: FakeWiring, session: Session
) -> None:
    remembered: Remembered = {}
    authorize(world, access(world, session), remembered)
    revoke(world, session)
    world.clock.advance(timedelta(seconds=59))
    authorize(world, access(world, session), remembered)

    world.clock.advance(timedelta(seconds=1))
    with pytest.raises(UnauthenticatedError, match="revoked"):
        authorize(world, access(world, session), remembered)

    assert remembered == {}


def test_what_is_remembered_is_one_session_not_everybody(
    world: FakeWiring, session: Session
) -> None:
    remembered: Remembered = {}
    authorize(world, access(world, session), remembered)

    with pytest.raises(UnauthenticatedError):
        authorize(world, access(world, a_session()), remembered)


def test_a_remembered_session_does_not_save_an_expired_token(
    world: FakeWiring, session: Session
) -> None:
    token = access(world, session)
    world.clock.advance(timedelta(days=1) - MICROSECOND)
    remembered: Remembered = {}
    authorize(world, token, remembered)

    world.clock.advance(MICROSECOND)
    with pytest.raises(UnauthenticatedError, match="expired"):
        authorize(world, token, remembered)


def test_the_memory_starts_anew_when_it_is_full(world: FakeWiring, session: Session) -> None:
    remembered = {SessionId(str(n)): later(30) for n in range(MOST_REMEMBERED - 1)}
    second = a_session()
    with world.store.begin() as repositories:
        repositories.sessions.add(second)

    authorize(world, access(world, session), remembered)
    assert len(remembered) == MOST_REMEMBERED

    authorize(world, access(world, second), remembered)
    assert remembered == {second.id: later(60)}


def test_without_the_database_nobody_is_let_in_or_remembered(
    world: FakeWiring, session: Session
) -> None:
    world.store.is_available = False
    remembered: Remembered = {}

    with pytest.raises(StoreUnavailableError):
        authorize(world, access(world, session), remembered)

    assert remembered == {}
