"""How PostgreSQL stores long values: raw mail as it is, for it is compressed already, and text with lz4."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say it for rows to come: half of the server's time for an insert; rows that are there are read as before."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    _alter(connection, "mailhelper_blobs", "data", "STORAGE EXTERNAL")
    has_lz4 = sa.text("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
    if connection.scalar(has_lz4):
        _alter(connection, "mailhelper_message_texts", "text", "COMPRESSION lz4")


def _alter(connection: sa.Connection, name: str, column: str, how: str) -> None:
    prepare = connection.dialect.identifier_preparer
    schema = connection.schema_for_object(sa.Table(name, sa.MetaData()))
    table = f"{prepare.quote_schema(schema)}.{name}" if schema else name
    connection.exec_driver_sql(f'ALTER TABLE {table} ALTER COLUMN "{column}" SET {how}')
