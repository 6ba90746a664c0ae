from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from shared.adapters.postgres.ids import is_id
from shared.adapters.postgres.tables import accommodations, users
from shared.domain.accommodations import Accommodations, AccommodationsVersion
from shared.domain.errors import NotFoundError
from shared.domain.user import UserId

_a = accommodations.c


class PostgresAccommodationsRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def newest(self, student_id: UserId) -> AccommodationsVersion | None:
        query = sa.select(accommodations).order_by(_a.version.desc()).limit(1)
        return self._one(student_id, query)

    def hold(self, student_id: UserId) -> AccommodationsVersion | None:
        return self._newest_under(sa.select(users.c.id).with_for_update(read=True), student_id)

    def lock(self, student_id: UserId) -> AccommodationsVersion | None:
        return self._newest_under(sa.select(users.c.id).with_for_update(key_share=True), student_id)

    def get_version(self, student_id: UserId, version: int) -> AccommodationsVersion:
        found = self._one(student_id, sa.select(accommodations).where(_a.version == version))
        if found is None:
            raise NotFoundError(f"no version {version} of accommodations of user {student_id}")
        return found

    def append(self, version: AccommodationsVersion) -> None:
        granted = version.granted
        statement = insert(accommodations).values(
            student_id=version.student_id,
            version=version.version,
            time_multiplier=granted.time_multiplier if granted else None,
            extra_days=granted.extra_days if granted else None,
            reason=version.reason,
            set_by=version.set_by,
            set_at=version.set_at,
        )
        statement = statement.on_conflict_do_nothing(index_elements=[_a.student_id, _a.version])
        if self._connection.execute(statement).rowcount == 0:
            raise ValueError(f"user {version.student_id} has a version {version.version}")

    def _newest_under(
        self, lock: sa.Select[tuple[str]], student_id: UserId
    ) -> AccommodationsVersion | None:
        """Read in a statement of its own: it must see what the lock's last holder committed."""
        if is_id(student_id):
            self._connection.execute(lock.where(users.c.id == student_id))
        return self.newest(student_id)

    def _one(self, student_id: UserId, query: sa.Select[Any]) -> AccommodationsVersion | None:
        if not is_id(student_id):
            return None
        rows = self._connection.execute(query.where(_a.student_id == student_id))
        row = rows.one_or_none()
        return to_version(row) if row else None


def to_version(row: Any) -> AccommodationsVersion:
    granted = None
    if row.time_multiplier is not None:
        granted = Accommodations(time_multiplier=row.time_multiplier, extra_days=row.extra_days)
    return AccommodationsVersion(
        student_id=UserId(row.student_id),
        version=row.version,
        granted=granted,
        reason=row.reason,
        set_by=UserId(row.set_by),
        set_at=row.set_at,
    )
