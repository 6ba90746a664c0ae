import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_storable, must_be_id
from shared.adapters.postgres.tables import users
from shared.domain.errors import EmailTakenError, NotFoundError
from shared.domain.user import Role, User, UserId


class PostgresUserRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        statement = (
            insert(users)
            .values(
                id=user.id,
                email=user.email,
                name=user.name,
                role=user.role,
                password_hash=user.password_hash,
                created_at=user.created_at,
            )
            .on_conflict_do_nothing(index_elements=[users.c.email])
        )
        if self._connection.execute(statement).rowcount == 0:
            raise EmailTakenError("there is an account with this e-mail address")

    def get(self, user_id: UserId) -> User:
        must_be_id(user_id, "user")
        row = self._connection.execute(sa.select(users).where(users.c.id == user_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"no user {user_id}")
        return _to_user(row)

    def find_by_email(self, email: str) -> User | None:
        if not is_storable(email):
            return None
        row = self._connection.execute(sa.select(users).where(users.c.email == email)).one_or_none()
        return _to_user(row) if row else None


def _to_user(row: sa.Row[tuple[object, ...]]) -> User:
    return User(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        created_at=row.created_at,
    )
