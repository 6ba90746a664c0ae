"""Log in: a password becomes a session."""

from shared.domain.errors import InvalidCredentialsError
from shared.domain.session import REFRESH_LIFETIME, Session
from shared.domain.user import SessionId, User, fold_email
from shared.ports.clock import Clock
from shared.ports.ids import Ids
from shared.ports.password_hasher import PasswordHasher
from shared.ports.store import Store


def log_in(
    email: str,
    password: str,
    *,
    store: Store,
    hasher: PasswordHasher,
    ids: Ids,
    clock: Clock,
) -> tuple[User, Session]:
    with store.begin() as repositories:
        user = repositories.users.find_by_email(fold_email(email))
    # Verified even for an unknown address, so that the time taken does not tell which ones exist.
    is_right = hasher.verify(password, user.password_hash if user else None)
    if user is None or not is_right:
        raise InvalidCredentialsError("the e-mail address or the password is wrong")
    now = clock.now()
    session = Session(
        id=SessionId(ids.new()),
        user_id=user.id,
        generation=1,
        created_at=now,
        expires_at=now + REFRESH_LIFETIME,
    )
    with store.begin() as repositories:
        # Locked: a change of role since the password was read is in the token, and one that comes
        # after it finds this session to revoke.
        user = repositories.users.lock(user.id)
        repositories.sessions.add(session)
    return user, session
