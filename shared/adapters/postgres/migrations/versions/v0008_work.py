"""Jobs, outbox, idempotency keys, model usage."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE async_jobs (
            id uuid CONSTRAINT pk_async_jobs PRIMARY KEY,
            assessment_id uuid NOT NULL
                CONSTRAINT fk_async_jobs_assessment_id REFERENCES assessments,
            kind text NOT NULL CONSTRAINT ck_async_jobs_kind
                CHECK (kind IN ('score_essay', 'retrieve_credentials', 'fuse_results')),
            question_id uuid,
            status text NOT NULL CONSTRAINT ck_async_jobs_status
                CHECK (status IN ('queued', 'running', 'succeeded', 'fell_back')),
            attempt integer NOT NULL,
            lease_until timestamptz,
            started_at timestamptz,
            finished_at timestamptz,
            output jsonb,
            CONSTRAINT uq_async_jobs_assessment_id_kind_question_id
                UNIQUE NULLS NOT DISTINCT (assessment_id, kind, question_id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_async_jobs_finished ON async_jobs (kind, finished_at)
        WHERE finished_at IS NOT NULL
    """)
    op.execute("""
        CREATE TABLE outbox_events (
            id uuid CONSTRAINT pk_outbox_events PRIMARY KEY,
            position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            type text NOT NULL,
            student_id uuid NOT NULL,
            sequence bigint NOT NULL,
            occurred_at timestamptz NOT NULL,
            data jsonb NOT NULL,
            sent_at timestamptz,
            CONSTRAINT uq_outbox_events_student_id_sequence UNIQUE (student_id, sequence)
        )
    """)
    op.execute("""
        CREATE INDEX ix_outbox_events_unsent ON outbox_events (position) WHERE sent_at IS NULL
    """)
    op.execute("""
        CREATE TABLE student_event_counters (
            student_id uuid CONSTRAINT pk_student_event_counters PRIMARY KEY,
            last bigint NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE idempotency_keys (
            scope text,
            operation text,
            key text,
            request_hash text NOT NULL,
            resource_id text NOT NULL,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_idempotency_keys PRIMARY KEY (scope, operation, key)
        )
    """)
    op.execute("CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at)")
    op.execute("""
        CREATE TABLE model_usage (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_model_usage PRIMARY KEY,
            assessment_id uuid NOT NULL,
            purpose text NOT NULL,
            model text NOT NULL,
            prompt_tokens integer NOT NULL,
            completion_tokens integer NOT NULL,
            at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_model_usage_assessment_id ON model_usage (assessment_id)")
    op.execute("""
        CREATE INDEX ix_model_usage_at ON model_usage (at)
        INCLUDE (prompt_tokens, completion_tokens)
    """)


def downgrade() -> None:
    op.execute("DROP TABLE model_usage, idempotency_keys, student_event_counters")
    op.execute("DROP TABLE outbox_events, async_jobs")
