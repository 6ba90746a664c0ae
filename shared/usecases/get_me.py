"""Read one's own account."""

from shared.domain.user import Caller, User
from shared.ports.store import Store


def get_me(caller: Caller, *, store: Store) -> User:
    with store.begin() as repositories:
        return repositories.users.get(caller.user_id)
