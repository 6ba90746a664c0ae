"""Ways of sending statements that several repositories share."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert


def insert_many(
    connection: sa.Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Insert all rows in one round trip; return how many were.

    RETURNING is what makes SQLAlchemy send one statement with many VALUES, compiled once; without
    it pg8000 would send a statement for each row.
    """
    if not rows:
        return 0
    key = next(iter(statement.table.primary_key))
    return len(connection.execute(statement.returning(key), list(rows)).all())
