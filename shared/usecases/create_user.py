"""Create a user of any role, on an operator's word."""

from shared.domain.audit import OPERATOR
from shared.domain.user import Role, User, UserId, check_password, fold_email
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.password_hasher import PasswordHasher
from shared.ports.store import Store


def create_user(
    email: str,
    password: str,
    name: str,
    role: Role,
    *,
    store: Store,
    hasher: PasswordHasher,
    ids: Ids,
    clock: Clock,
) -> User:
    check_password(password)
    user = User(
        id=UserId(ids.new()),
        email=fold_email(email),
        name=name.strip(),
        role=role,
        password_hash=hasher.hash(password),
        created_at=clock.now(),
    )
    with store.begin() as repositories:
        repositories.users.add(user)
        repositories.audit.append(
            actor=OPERATOR,
            action="user.created",
            subject=user.id,
            details={"role": role.value},
            at=user.created_at,
        )
    return user
