"""Who is reviewing which essay, for as long as a lease lasts."""

import sqlalchemy as sa

from shared.adapters.postgres.tables.metadata import metadata, moment
from shared.adapters.postgres.tables.people import user

review_leases = sa.Table(
    "review_leases",
    metadata,
    sa.Column(
        "essay_score_id", sa.Uuid(as_uuid=False), sa.ForeignKey("essay_scores.id"), primary_key=True
    ),
    user("holder_id"),
    moment("until"),
)
