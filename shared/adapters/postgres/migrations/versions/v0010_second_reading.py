"""What another engine made of an essay, beside the score that counts."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE essay_scores ADD COLUMN second_reading jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE essay_scores DROP COLUMN second_reading")
