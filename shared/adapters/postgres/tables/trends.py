"""Figures of days and months."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    flag,
    integer,
    metadata,
    moment,
    number,
    one_of,
    text,
)
from shared.domain.trends import Granularity

# Numbers alone, and no reference to anybody: erasing a person leaves them as they are. `track_id`
# is null for all tracks together.
metric_snapshots = sa.Table(
    "metric_snapshots",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    text("granularity"),
    sa.Column("start", sa.Date, nullable=False),
    text("track_id", nullable=True),
    integer("started"),
    integer("submitted"),
    integer("completed"),
    integer("degraded"),
    integer("failed"),
    number("median_minutes", nullable=True),
    number("p50_seconds", nullable=True),
    number("p95_seconds", nullable=True),
    integer("prompts"),
    sa.Column("prompt_tokens", sa.BigInteger, nullable=False),
    sa.Column("completion_tokens", sa.BigInteger, nullable=False),
    number("cost", nullable=True),
    integer("reviews_waiting", nullable=True),
    moment("taken_at"),
    flag("is_final"),
    sa.UniqueConstraint("granularity", "start", "track_id", postgresql_nulls_not_distinct=True),
    one_of("granularity", Granularity),
)
