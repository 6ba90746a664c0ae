"""Register a student."""

from shared.domain.idempotency import IdempotencyKey
from shared.domain.user import Role, User, UserId, check_password, fold_email
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.password_hasher import PasswordHasher
from shared.ports.store import Store


def register_user(
    email: str,
    password: str,
    name: str,
    *,
    idempotency: IdempotencyKey | None,
    store: Store,
    hasher: PasswordHasher,
    ids: Ids,
    clock: Clock,
) -> tuple[User, bool]:
    """Return the user, and whether this was a replay of an earlier request."""
    check_password(password)
    user = User(
        id=UserId(ids.new()),
        email=fold_email(email),
        name=name.strip(),
        role=Role.STUDENT,
        password_hash=hasher.hash(password),  # slow: before the transaction, not inside it
        created_at=clock.now(),
    )
    with store.begin() as repositories:
        if idempotency:
            first = repositories.idempotency.claim(
                idempotency, resource_id=user.id, now=user.created_at
            )
            if first != user.id:
                return repositories.users.get(UserId(first)), True
        repositories.users.add(user)
    return user, False
