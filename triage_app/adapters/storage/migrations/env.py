"""Alembic's entry: runs the migrations on the connection that it is given, inside the caller's transaction."""

from alembic import context

from triage_app.adapters.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
