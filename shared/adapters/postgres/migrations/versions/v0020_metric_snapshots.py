"""Figures of days and months, and the index that they are counted by."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE metric_snapshots (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_metric_snapshots PRIMARY KEY,
            granularity text NOT NULL CONSTRAINT ck_metric_snapshots_granularity
                CHECK (granularity IN ('day', 'month')),
            start date NOT NULL,
            track_id text,
            started integer NOT NULL,
            submitted integer NOT NULL,
            completed integer NOT NULL,
            degraded integer NOT NULL,
            failed integer NOT NULL,
            median_minutes double precision,
            p50_seconds double precision,
            p95_seconds double precision,
            prompts integer NOT NULL,
            prompt_tokens bigint NOT NULL,
            completion_tokens bigint NOT NULL,
            cost double precision,
            reviews_waiting integer,
            taken_at timestamptz NOT NULL,
            is_final boolean NOT NULL,
            CONSTRAINT uq_metric_snapshots_granularity_start_track_id
                UNIQUE NULLS NOT DISTINCT (granularity, start, track_id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_assessments_submitted ON assessments (submitted_at)
        WHERE submitted_at IS NOT NULL
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_assessments_submitted")
    op.execute("DROP TABLE metric_snapshots")
