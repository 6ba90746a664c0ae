from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from shared.adapters.postgres.engine import sqlstate
from shared.adapters.postgres.ids import is_id, is_storable, must_be_id
from shared.adapters.postgres.tables import users
from shared.domain.errors import EmailTakenError, InvalidInputError, NotFoundError
from shared.domain.user import Role, User, UserId
from shared.ports.store import UserPage

_u = users.c

TAKEN: Final = "23505"
"""`unique_violation`; of users only the address is unique besides the key."""


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
            .on_conflict_do_nothing(index_elements=[_u.email])
        )
        if self._connection.execute(statement).rowcount == 0:
            raise EmailTakenError("there is an account with this e-mail address")

    def get(self, user_id: UserId) -> User:
        return self._one(user_id, sa.select(users))

    def lock(self, user_id: UserId) -> User:
        return self._one(user_id, sa.select(users).with_for_update())

    def lock_admins(self) -> tuple[User, ...]:
        """By id, so that two that lock them all meet at the first and not crosswise."""
        query = sa.select(users).where(_u.role == Role.ADMIN, _u.erased.is_(False)).order_by(_u.id)
        rows = self._connection.execute(query.with_for_update(key_share=True))
        return tuple(map(_to_user, rows))

    def save(self, user: User) -> None:
        values = {"email": user.email, "name": user.name, "password_hash": user.password_hash}
        try:
            self._connection.execute(sa.update(users).where(_u.id == user.id).values(values))
        except IntegrityError as error:
            if sqlstate(error.orig) != TAKEN:
                raise
            raise EmailTakenError("there is an account with this e-mail address") from error

    def save_role(self, user: User) -> None:
        self._connection.execute(sa.update(users).where(_u.id == user.id).values(role=user.role))

    def find_by_email(self, email: str) -> User | None:
        if not is_storable(email):
            return None
        row = self._connection.execute(sa.select(users).where(_u.email == email)).one_or_none()
        return _to_user(row) if row else None

    def page_of(
        self, *, role: Role | None, email: str | None, limit: int, after: UserId | None
    ) -> UserPage:
        query = sa.select(users).where(_u.erased.is_(False))
        if role is not None:
            query = query.where(_u.role == role)
        if email is not None:
            if not is_storable(email):
                return UserPage(items=(), next_cursor=None)
            query = query.where(_u.email == email)
        if after is not None:
            if not is_id(after):
                raise InvalidInputError("the cursor is not one that this list gave")
            query = query.where(_u.id < after)
        query = query.order_by(_u.id.desc()).limit(limit + 1)
        found = tuple(map(_to_user, self._connection.execute(query)))
        items = found[:limit]
        return UserPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)

    def _one(self, user_id: UserId, query: sa.Select[Any]) -> User:
        must_be_id(user_id, "user")
        query = query.where(_u.id == user_id, _u.erased.is_(False))
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(f"no user {user_id}")
        return _to_user(row)


def _to_user(row: sa.Row[tuple[object, ...]]) -> User:
    return User(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        created_at=row.created_at,
    )
