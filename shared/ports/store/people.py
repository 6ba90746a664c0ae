"""Users and their sessions."""

from typing import Protocol

from shared.domain.session import Session
from shared.domain.user import SessionId, User, UserId


class UserRepository(Protocol):
    def add(self, user: User) -> None:
        """Insert the user, or raise `EmailTakenError`."""
        ...

    def get(self, user_id: UserId) -> User:
        """Return the user, or raise `NotFoundError`."""
        ...

    def find_by_email(self, email: str) -> User | None:
        """Return the user with this folded e-mail address."""
        ...


class SessionRepository(Protocol):
    def add(self, session: Session) -> None: ...

    def get(self, session_id: SessionId) -> Session:
        """Return the session, or raise `NotFoundError`."""
        ...

    def lock(self, session_id: SessionId) -> Session:
        """Return the session, locked until the transaction ends, or raise `NotFoundError`."""
        ...

    def save(self, session: Session) -> None:
        """Replace generation and revocation of the session with this id."""
        ...
