"""Rescores and the assessments that each is about."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import (
    flag,
    integer,
    metadata,
    moment,
    one_of,
    payload,
    text,
    uuid,
    uuid_key,
)
from shared.domain.rescore import ItemStatus, Movement, RescoreScope

rescores = sa.Table(
    "rescores",
    metadata,
    uuid_key(),
    text("scope"),
    text("subject"),
    moment("since", nullable=True),
    flag("is_dry_run"),
    flag("may_lower"),
    text("requested_by"),
    moment("requested_at"),
    moment("finished_at", nullable=True),
    one_of("scope", RescoreScope),
)
sa.Index("ix_rescores_unfinished", rescores.c.id, postgresql_where="finished_at IS NULL")
# Of one assessment the system asks once, whoever runs at the same time.
sa.Index(
    "uq_rescores_degraded", rescores.c.subject, unique=True, postgresql_where="scope = 'degraded'"
)

# `position` counts the items of a rescore: one assessment, which is a first, waits for no track.
# `not_before` is both lease and patience: while it is ahead nobody takes the item.
rescore_items = sa.Table(
    "rescore_items",
    metadata,
    uuid("rescore_id", sa.ForeignKey("rescores.id")),
    uuid("assessment_id", sa.ForeignKey("assessments.id")),
    integer("position"),
    text("status"),
    integer("attempt"),
    integer("failures"),
    moment("not_before"),
    text("movement", nullable=True),
    flag("crosses_band", nullable=True),
    integer("withheld", nullable=True),
    payload("outcome", nullable=True),
    text("error", nullable=True),
    moment("finished_at", nullable=True),
    sa.PrimaryKeyConstraint("rescore_id", "assessment_id"),
    one_of("status", ItemStatus),
    one_of("movement", Movement),
)
sa.Index(
    "ix_rescore_items_pending",
    rescore_items.c.position,
    rescore_items.c.not_before,
    rescore_items.c.rescore_id,
    postgresql_where="status = 'pending'",
)
sa.Index("ix_rescore_items_open", rescore_items.c.rescore_id, postgresql_where="status = 'pending'")
