"""Users, their sessions, and the accommodations of students."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.accommodations import AccommodationsVersion
from shared.domain.session import Session
from shared.domain.user import Role, SessionId, User, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage:
    """One page of users, newest first; `next_cursor` is None on the last."""

    items: tuple[User, ...]
    next_cursor: UserId | None


class UserRepository(Protocol):
    def add(self, user: User) -> None:
        """Insert the user, or raise `EmailTakenError`."""
        ...

    def get(self, user_id: UserId) -> User:
        """Return the user, or raise `NotFoundError`."""
        ...

    def lock(self, user_id: UserId) -> User:
        """Return the user, or raise `NotFoundError`.

        Until the transaction ends nothing new can refer to them: no session, no assessment.
        """
        ...

    def lock_admins(self) -> tuple[User, ...]:
        """Return every admin, by id, locked until the transaction ends.

        One who becomes an admin meanwhile may be missing; one who ceases to be is not there.
        """
        ...

    def save(self, user: User) -> None:
        """Replace e-mail, name and password of the user, or raise `EmailTakenError`."""
        ...

    def save_role(self, user: User) -> None:
        """Replace the role of the user with this id."""
        ...

    def find_by_email(self, email: str) -> User | None:
        """Return the user with this folded e-mail address."""
        ...

    def page_of(
        self, *, role: Role | None, email: str | None, limit: int, after: UserId | None
    ) -> UserPage:
        """Return users of the role, and with the folded address; None for any."""
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

    def revoke_others(self, user_id: UserId, *, kept: SessionId, at: datetime) -> int:
        """Revoke all open sessions of the user but one; return how many that were."""
        ...

    def revoke_all(self, user_id: UserId, *, at: datetime) -> int:
        """Revoke what the user has open; return how many sessions that were."""
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
