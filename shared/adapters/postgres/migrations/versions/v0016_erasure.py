"""Erasure: a user becomes a pseudonym, what hangs on them follows, and their text may be emptied.

Erasing a user gives their row another id and takes e-mail, name, password and time away. Foreign
keys follow by ON UPDATE CASCADE, so the old id is nowhere and nothing new can be hung on it. Of
append-only tables a reference may follow, and text may be emptied, for an erased user only. The
audit log may lose its beginning once that is 36 months old and an anchor keeps its last hash.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

REFERENCES = (
    ("sessions", "user_id"),
    ("accommodations", "student_id"),
    ("accommodations", "set_by"),
    ("assessments", "student_id"),
    ("recommendation_feedback", "author_id"),
)


def upgrade() -> None:
    op.execute("""
        ALTER TABLE users
            ADD COLUMN erased boolean NOT NULL DEFAULT false,
            ALTER COLUMN email DROP NOT NULL,
            ALTER COLUMN name DROP NOT NULL,
            ALTER COLUMN password_hash DROP NOT NULL,
            ALTER COLUMN created_at DROP NOT NULL,
            ADD CONSTRAINT ck_users_erased CHECK (
                CASE WHEN erased THEN num_nonnulls(email, name, password_hash, created_at) = 0
                ELSE num_nulls(email, name, password_hash, created_at) = 0 END
            )
    """)
    for table, column in REFERENCES:
        _refer(table, column, "ON UPDATE CASCADE")
    _refer_to_accommodations("ON UPDATE CASCADE")
    op.execute("""
        CREATE OR REPLACE FUNCTION assay_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            old_row jsonb;
            new_row jsonb;
            erasable text;
            reference text;
            is_erased boolean := false;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                old_row := to_jsonb(OLD);
                new_row := to_jsonb(NEW);
                FOR reference IN
                    SELECT a.attname FROM pg_constraint c
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                    WHERE c.conrelid = TG_RELID AND c.confrelid = 'users'::regclass
                LOOP
                    IF EXISTS (
                        SELECT FROM users WHERE id = (new_row ->> reference)::uuid AND erased
                    ) THEN
                        is_erased := true;
                        -- A user whom a row refers to is there, but while they are being erased.
                        IF NOT EXISTS (
                            SELECT FROM users WHERE id = (old_row ->> reference)::uuid
                        ) THEN
                            old_row := old_row - reference;
                            new_row := new_row - reference;
                        END IF;
                    END IF;
                END LOOP;
                is_erased := is_erased OR EXISTS (
                    SELECT FROM assessments a JOIN users u ON u.id = a.student_id
                    WHERE u.erased AND a.id = coalesce(
                        (old_row ->> 'assessment_id')::uuid,
                        (SELECT r.assessment_id FROM recommendations r
                         WHERE r.id = (old_row ->> 'recommendation_id')::uuid)
                    )
                );
                FOREACH erasable IN ARRAY coalesce(TG_ARGV, '{}') LOOP
                    IF is_erased AND new_row -> erasable = 'null' THEN
                        old_row := old_row - erasable;
                        new_row := new_row - erasable;
                    END IF;
                END LOOP;
                IF old_row = new_row THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER keep_erased BEFORE UPDATE ON users FOR EACH ROW
        WHEN (OLD.erased OR (OLD.id <> NEW.id AND NOT NEW.erased))
        EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        CREATE FUNCTION assay_keep_student() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM users WHERE id = NEW.student_id AND erased) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'an assessment keeps its student' USING ERRCODE = 'restrict_violation';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER keep_student BEFORE UPDATE OF student_id ON assessments FOR EACH ROW
        WHEN (OLD.student_id <> NEW.student_id) EXECUTE FUNCTION assay_keep_student()
    """)
    _keep_beginning_of_audit_log()


def _keep_beginning_of_audit_log() -> None:
    op.execute("""
        CREATE TABLE audit_anchors (
            number bigint CONSTRAINT pk_audit_anchors PRIMARY KEY,
            hash text NOT NULL
        )
    """)
    op.execute("""
        CREATE FUNCTION assay_check_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM audit_logs WHERE number = NEW.number AND hash = NEW.hash
            ) AND NOT EXISTS (
                SELECT FROM audit_logs
                WHERE number <= NEW.number AND at >= now() - interval '36 months'
            ) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'no old part of the audit log ends so'
                USING ERRCODE = 'restrict_violation';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER check_anchor BEFORE INSERT ON audit_anchors
        FOR EACH ROW EXECUTE FUNCTION assay_check_anchor()
    """)
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_anchors
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("""
        CREATE FUNCTION assay_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.at < now() - interval '36 months'
                AND EXISTS (SELECT FROM audit_anchors WHERE number >= OLD.number)
            THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
        $$
    """)
    op.execute("DROP TRIGGER append_only ON audit_logs")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_logs
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_audit_change()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON audit_logs")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_logs
        FOR EACH ROW EXECUTE FUNCTION assay_refuse_change()
    """)
    op.execute("DROP TABLE audit_anchors")
    op.execute("DROP FUNCTION assay_refuse_audit_change(), assay_check_anchor()")
    op.execute("DROP TRIGGER keep_student ON assessments")
    op.execute("DROP FUNCTION assay_keep_student()")
    op.execute("DROP TRIGGER keep_erased ON users")
    op.execute("""
        CREATE OR REPLACE FUNCTION assay_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            old_row jsonb;
            new_row jsonb;
            erasable text;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                old_row := to_jsonb(OLD);
                new_row := to_jsonb(NEW);
                FOREACH erasable IN ARRAY coalesce(TG_ARGV, '{}') LOOP
                    IF new_row -> erasable = 'null' THEN
                        old_row := old_row - erasable;
                        new_row := new_row - erasable;
                    END IF;
                END LOOP;
                IF old_row = new_row THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END
        $$
    """)
    for table, column in REFERENCES:
        _refer(table, column, "")
    _refer_to_accommodations("")
    # A pseudonym becomes an account that nobody can log in to.
    op.execute("ALTER TABLE users DROP CONSTRAINT ck_users_erased")
    op.execute("""
        UPDATE users SET email = id::text, name = '', password_hash = '', created_at = now()
        WHERE erased
    """)
    op.execute("""
        ALTER TABLE users
            DROP COLUMN erased,
            ALTER COLUMN email SET NOT NULL,
            ALTER COLUMN name SET NOT NULL,
            ALTER COLUMN password_hash SET NOT NULL,
            ALTER COLUMN created_at SET NOT NULL
    """)


def _refer(table: str, column: str, on_update: str) -> None:
    op.execute(f"""
        ALTER TABLE {table}
            DROP CONSTRAINT fk_{table}_{column},
            ADD CONSTRAINT fk_{table}_{column}
                FOREIGN KEY ({column}) REFERENCES users {on_update}
    """)


def _refer_to_accommodations(on_update: str) -> None:
    op.execute(f"""
        ALTER TABLE assessments
            DROP CONSTRAINT fk_assessments_student_id_accommodations_version,
            ADD CONSTRAINT fk_assessments_student_id_accommodations_version
                FOREIGN KEY (student_id, accommodations_version)
                REFERENCES accommodations {on_update}
    """)
