from dataclasses import replace

from shared.domain.accommodations import AccommodationsVersion
from shared.domain.errors import EmailTakenError, NotFoundError
from shared.domain.session import Session
from shared.domain.user import SessionId, User, UserId
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

    def find_by_email(self, email: str) -> User | None:
        return next((u for u in self._users.values() if u.email == email), None)


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
