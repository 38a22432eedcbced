"""Run by Alembic: migrates on the connection that `store/migrate.py` hands over."""

from __future__ import annotations

from alembic import context

from mailhelper_core.store.migrate import VERSION_TABLE, include_object
from mailhelper_core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=context.config.attributes["schema"],
    include_object=include_object,
    render_as_batch=True,
    transactional_ddl=True,  # one transaction on both databases: killed half-way means nothing happened
)
context.run_migrations()
