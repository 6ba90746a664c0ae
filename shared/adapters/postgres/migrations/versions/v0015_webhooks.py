"""Webhooks, the messages for them, and the log of every attempt."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE webhook_endpoints (
            id uuid CONSTRAINT pk_webhook_endpoints PRIMARY KEY,
            url text NOT NULL,
            description text NOT NULL,
            event_types text[] NOT NULL,
            secret text NOT NULL,
            previous_secret text,
            previous_until timestamptz,
            disabled text CONSTRAINT ck_webhook_endpoints_disabled
                CHECK (disabled IN ('by_admin', 'gone', 'failing')),
            failing_since timestamptz,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE webhook_events (
            id uuid CONSTRAINT pk_webhook_events PRIMARY KEY,
            type text NOT NULL,
            student_id uuid,
            sequence bigint NOT NULL,
            occurred_at timestamptz NOT NULL,
            body text NOT NULL,
            CONSTRAINT uq_webhook_events_student_id_sequence UNIQUE (student_id, sequence)
        )
    """)
    op.execute("CREATE INDEX ix_webhook_events_occurred_at ON webhook_events (occurred_at)")
    op.execute("""
        CREATE TABLE webhook_deliveries (
            id uuid CONSTRAINT pk_webhook_deliveries PRIMARY KEY,
            endpoint_id uuid NOT NULL CONSTRAINT fk_webhook_deliveries_endpoint_id
                REFERENCES webhook_endpoints ON DELETE CASCADE,
            event_id uuid NOT NULL
                CONSTRAINT fk_webhook_deliveries_event_id REFERENCES webhook_events,
            lane uuid NOT NULL,
            sequence bigint NOT NULL,
            status text NOT NULL CONSTRAINT ck_webhook_deliveries_status
                CHECK (status IN ('pending', 'delivered', 'failed', 'discarded')),
            attempts integer NOT NULL,
            logged integer NOT NULL,
            run integer NOT NULL,
            created_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            lease_until timestamptz,
            finished_at timestamptz,
            CONSTRAINT uq_webhook_deliveries_endpoint_id_event_id UNIQUE (endpoint_id, event_id)
        )
    """)
    op.execute("CREATE INDEX ix_webhook_deliveries_event_id ON webhook_deliveries (event_id)")
    op.execute("""
        CREATE INDEX ix_webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id)
    """)
    op.execute("""
        CREATE INDEX ix_webhook_deliveries_lane
        ON webhook_deliveries (endpoint_id, lane, sequence) WHERE status = 'pending'
    """)
    op.execute("""
        CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (due_at)
        WHERE status = 'pending'
    """)
    op.execute("""
        CREATE TABLE webhook_attempts (
            delivery_id uuid CONSTRAINT fk_webhook_attempts_delivery_id
                REFERENCES webhook_deliveries ON DELETE CASCADE,
            number integer,
            at timestamptz NOT NULL,
            response_status integer,
            latency_ms integer NOT NULL,
            response_body text NOT NULL,
            error text,
            CONSTRAINT pk_webhook_attempts PRIMARY KEY (delivery_id, number)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE webhook_attempts, webhook_deliveries, webhook_events, webhook_endpoints")
