"""Change one's own account; a new password ends all other sessions."""

from dataclasses import dataclass, replace

from shared.domain.errors import InvalidCredentialsError
from shared.domain.user import Caller, User, check_password, fold_email
from shared.ports.clock import Clock
from shared.ports.password_hasher import PasswordHasher
from shared.ports.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What is to be otherwise; None stays as it is."""

    name: str | None = None
    email: str | None = None
    password: str | None = None
    current_password: str | None = None
    """Must be given with a new password, and must be right wherever it is given."""


def change_me(
    caller: Caller, change: AccountChange, *, store: Store, hasher: PasswordHasher, clock: Clock
) -> User:
    """Return the account as it is now.

    Raises `InvalidCredentialsError` for a wrong current password, `EmailTakenError`.
    """
    if change.password is not None:
        check_password(change.password)
    verified = _verify(caller, change, store, hasher)
    # Slow: before the transaction, not inside it.
    password_hash = None if change.password is None else hasher.hash(change.password)
    now = clock.now()
    with store.begin() as repositories:
        user = repositories.users.lock(caller.user_id)
        if verified is not None and user.password_hash != verified:
            raise InvalidCredentialsError("the password was changed meanwhile; give the new one")
        changed = replace(
            user,
            name=user.name if change.name is None else change.name.strip(),
            email=user.email if change.email is None else fold_email(change.email),
            password_hash=password_hash or user.password_hash,
        )
        fields = [
            field
            for field, is_changed in (
                ("email", changed.email != user.email),
                ("name", changed.name != user.name),
                ("password", password_hash is not None),
            )
            if is_changed
        ]
        if not fields:
            return user
        repositories.users.save(changed)
        revoked = 0
        if password_hash is not None:
            revoked = repositories.sessions.revoke_others(user.id, kept=caller.session_id, at=now)
        repositories.audit.append(
            actor=user.id,
            action="account.changed",
            subject=user.id,
            details={"fields": fields, "sessionsRevoked": revoked},
            at=now,
        )
    return changed


def _verify(
    caller: Caller, change: AccountChange, store: Store, hasher: PasswordHasher
) -> str | None:
    """Return the hash that the current password fits; None if it need not be given and was not."""
    if change.password is None and change.current_password is None:
        return None
    with store.begin() as repositories:
        password_hash = repositories.users.get(caller.user_id).password_hash
    if not hasher.verify(change.current_password or "", password_hash):
        raise InvalidCredentialsError("the current password is wrong; nothing was changed")
    return password_hash
