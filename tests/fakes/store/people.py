from dataclasses import replace
from datetime import datetime

from shared.adapters.postgres.ids import is_id
from shared.domain.accommodations import AccommodationsVersion
from shared.domain.errors import EmailTakenError, InvalidInputError, NotFoundError
from shared.domain.session import Session
from shared.domain.user import Role, SessionId, User, UserId
from shared.ports.store import UserPage
from tests.fakes.store.state import State


class FakeUserRepository:
    def __init__(self, state: State) -> None:
        self._users = state.users

    def add(self, user: User) -> None:
        if self.find_by_email(user.email):
            raise EmailTakenError("there is an account with this e-mail address")
        self._users[user.id] = user

    def get(self, user_id: UserId) -> User:
        if user_id not in self._users:
            raise NotFoundError(f"no user {user_id}")
        return self._users[user_id]

    def lock(self, user_id: UserId) -> User:
        return self.get(user_id)

    def save(self, user: User) -> None:
        holder = self.find_by_email(user.email)
        if holder and holder.id != user.id:
            raise EmailTakenError("there is an account with this e-mail address")
        if stored := self._users.get(user.id):
            self._users[user.id] = replace(
                stored, email=user.email, name=user.name, password_hash=user.password_hash
            )

    def lock_admins(self) -> tuple[User, ...]:
        admins = [u for u in self._users.values() if u.role is Role.ADMIN]
        return tuple(sorted(admins, key=lambda u: u.id))

    def save_role(self, user: User) -> None:
        if stored := self._users.get(user.id):
            self._users[user.id] = replace(stored, role=user.role)

    def find_by_email(self, email: str) -> User | None:
        return next((u for u in self._users.values() if u.email == email), None)

    def page_of(
        self, *, role: Role | None, email: str | None, limit: int, after: UserId | None
    ) -> UserPage:
        if after is not None and not is_id(after):
            raise InvalidInputError("the cursor is not one that this list gave")
        fitting = [
            user
            for user in self._users.values()
            if (role is None or user.role is role)
            and (email is None or user.email == email)
            and (after is None or user.id < after)
        ]
        items = tuple(sorted(fitting, key=lambda u: u.id, reverse=True)[:limit])
        has_more = len(fitting) > limit
        return UserPage(items=items, next_cursor=items[-1].id if has_more else None)


class FakeSessionRepository:
    def __init__(self, state: State) -> None:
        self._sessions = state.sessions

    def add(self, session: Session) -> None:
        self._sessions[session.id] = session

    def get(self, session_id: SessionId) -> Session:
        if session_id not in self._sessions:
            raise NotFoundError(f"no session {session_id}")
        return self._sessions[session_id]

    def lock(self, session_id: SessionId) -> Session:
        return self.get(session_id)

    def save(self, session: Session) -> None:
        if stored := self._sessions.get(session.id):
            self._sessions[session.id] = replace(
                stored, generation=session.generation, revoked_at=session.revoked_at
            )

    def revoke_others(self, user_id: UserId, *, kept: SessionId, at: datetime) -> int:
        others = [
            s
            for s in self._sessions.values()
            if s.user_id == user_id and s.id != kept and s.revoked_at is None
        ]
        for session in others:
            self._sessions[session.id] = session.revoke(at)
        return len(others)

    def revoke_all(self, user_id: UserId, *, at: datetime) -> int:
        found = [
            session
            for session in self._sessions.values()
            if session.user_id == user_id and session.revoked_at is None
        ]
        self._sessions |= {session.id: session.revoke(at) for session in found}
        return len(found)


class FakeAccommodationsRepository:
    def __init__(self, state: State) -> None:
        self._versions = state.accommodations

    def newest(self, student_id: UserId) -> AccommodationsVersion | None:
        versions = [v for v in self._versions.values() if v.student_id == student_id]
        return max(versions, key=lambda v: v.version, default=None)

    def hold(self, student_id: UserId) -> AccommodationsVersion | None:
        return self.newest(student_id)

    def lock(self, student_id: UserId) -> AccommodationsVersion | None:
        return self.newest(student_id)

    def get_version(self, student_id: UserId, version: int) -> AccommodationsVersion:
        if (student_id, version) not in self._versions:
            raise NotFoundError(f"no version {version} of accommodations of user {student_id}")
        return self._versions[student_id, version]

    def append(self, version: AccommodationsVersion) -> None:
        if (version.student_id, version.version) in self._versions:
            raise ValueError(f"user {version.student_id} has a version {version.version}")
        self._versions[version.student_id, version.version] = version
