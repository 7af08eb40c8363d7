"""How alembic reaches the database: over the connection that `assistant.records.schema` hands it."""

from alembic import context

from assistant.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, too: a step that fails leaves the database as it was
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
