"""List users, newest first."""

from shared.domain.user import Role, UserId, fold_email
from shared.ports.store import Store, UserPage


def list_users(
    *, role: Role | None, email: str | None, limit: int, after: UserId | None, store: Store
) -> UserPage:
    """Return users of a role, and with exactly this e-mail address; None for any."""
    folded = None if email is None else fold_email(email)
    with store.begin() as repositories:
        return repositories.users.page_of(role=role, email=folded, limit=limit, after=after)
