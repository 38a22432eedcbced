"""Run by Alembic: migrates on the connection that `store/migrate.py` hands over."""

from __future__ import annotations

from alembic import context

given = context.config.attributes

context.configure(
    connection=given["connection"],
    target_metadata=given["metadata"],
    version_table=given["version_table"],
    version_table_schema=given["schema"],
    render_as_batch=True,
    transactional_ddl=True,  # one transaction on both databases: killed half-way means nothing happened
)
context.run_migrations()
