"""Alembic's entry: run the migrations on the connection that the caller opened."""

from alembic import context

from shared.adapters.postgres.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
