from datetime import timedelta

import pytest

from shared.domain.errors import NotFoundError
from shared.usecases.log_out import log_out
from tests.builders import NOON, a_session
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import a_caller


def test_logging_out_ends_this_session_and_no_other(world: FakeWiring) -> None:
    mine, other = a_session(), a_session()
    with world.store.begin() as repositories:
        repositories.sessions.add(mine)
        repositories.sessions.add(other)

    log_out(a_caller(session_id=mine.id), store=world.store, clock=world.clock)

    assert world.store.state.sessions[mine.id].revoked_at == NOON
    assert world.store.state.sessions[other.id].revoked_at is None


def test_logging_out_again_changes_nothing(world: FakeWiring) -> None:
    session = a_session()
    with world.store.begin() as repositories:
        repositories.sessions.add(session)
    log_out(a_caller(session_id=session.id), store=world.store, clock=world.clock)
    world.clock.advance(timedelta(hours=1))

    log_out(a_caller(session_id=session.id), store=world.store, clock=world.clock)

    assert world.store.state.sessions[session.id].revoked_at == NOON


def test_an_unknown_session_cannot_be_ended(world: FakeWiring) -> None:
    with pytest.raises(NotFoundError):
        log_out(a_caller(), store=world.store, clock=world.clock)
