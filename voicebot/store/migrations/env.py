"""Runs the migrations on the connection that `voicebot.store.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from voicebot.store.model import Model

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
