"""Log out: revoke the caller's session with all its tokens."""

from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.store import Store


def log_out(caller: Caller, *, store: Store, clock: Clock) -> None:
    with store.begin() as repositories:
        session = repositories.sessions.lock(caller.session_id)
        repositories.sessions.save(session.revoke(clock.now()))
