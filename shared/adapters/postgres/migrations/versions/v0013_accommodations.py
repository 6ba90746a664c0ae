"""Accommodations of students, append-only, and what of them each assessment has."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE accommodations (
            student_id uuid CONSTRAINT fk_accommodations_student_id REFERENCES users,
            version integer,
            time_multiplier double precision CONSTRAINT ck_accommodations_time_multiplier
                CHECK (time_multiplier BETWEEN 1 AND 3),
            extra_days integer CONSTRAINT ck_accommodations_extra_days
                CHECK (extra_days BETWEEN 0 AND 60),
            reason text,
            set_by uuid NOT NULL CONSTRAINT fk_accommodations_set_by REFERENCES users,
            set_at timestamptz NOT NULL,
            CONSTRAINT pk_accommodations PRIMARY KEY (student_id, version),
            CONSTRAINT ck_accommodations_both_or_neither
                CHECK ((time_multiplier IS NULL) = (extra_days IS NULL))
        )
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accommodations
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change('reason')
    """)
    op.execute("""
        ALTER TABLE assessments
            ADD COLUMN time_multiplier double precision NOT NULL DEFAULT 1,
            ADD COLUMN extra_days integer NOT NULL DEFAULT 0,
            ADD COLUMN accommodations_version integer,
            ADD CONSTRAINT fk_assessments_student_id_accommodations_version
                FOREIGN KEY (student_id, accommodations_version) REFERENCES accommodations
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE assessments
            DROP COLUMN time_multiplier,
            DROP COLUMN extra_days,
            DROP COLUMN accommodations_version
    """)
    op.execute("DROP TABLE accommodations")
