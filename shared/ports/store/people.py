"""Users, their sessions, and the accommodations of students."""

from typing import Protocol

from shared.domain.accommodations import AccommodationsVersion
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


class AccommodationsRepository(Protocol):
    """Append-only versions; the newest is in force."""

    def newest(self, student_id: UserId) -> AccommodationsVersion | None:
        """Return the newest version, or None where there never was one."""
        ...

    def hold(self, student_id: UserId) -> AccommodationsVersion | None:
        """Return the newest version, and let none follow it until the transaction ends.

        Any number of transactions may hold it at once; `lock` waits for them, and they for it.
        """
        ...

    def lock(self, student_id: UserId) -> AccommodationsVersion | None:
        """Return the newest version, with the user locked until the transaction ends."""
        ...

    def get_version(self, student_id: UserId, version: int) -> AccommodationsVersion:
        """Return one version, or raise `NotFoundError`."""
        ...

    def append(self, version: AccommodationsVersion) -> None:
        """Add a version, or raise `ValueError` where there is one of this number."""
        ...
