"""Read one's own account."""

from dataclasses import dataclass

from shared.domain.accommodations import Accommodations
from shared.domain.user import Caller, User
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    user: User
    accommodations: Accommodations | None


def get_me(caller: Caller, *, store: Store) -> Account:
    with store.begin() as repositories:
        user = repositories.users.get(caller.user_id)
        newest = repositories.accommodations.newest(user.id)
    return Account(user=user, accommodations=newest.granted if newest else None)
