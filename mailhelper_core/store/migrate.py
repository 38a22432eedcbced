"""Create or upgrade the schema, in one transaction; the only module that imports Alembic."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, delete, insert, text

from mailhelper_core.errors import SchemaError
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import WRITE_OPTION
from mailhelper_core.store.faults import translated
from mailhelper_core.store.revision import (
    CODE_REVISION,
    MIN_CODE_REVISION,
    VERSION_TABLE,
    database_revision,
)

# Any number will do; it must only differ from the host's own advisory locks ("mailhelp" in ASCII).
_ADVISORY_LOCK = 0x6D61696C68656C70


def migrate(engine: Engine, schema: str | None = None, *, revision: str = "head") -> str:
    """Bring the schema to the newest revision, or up to an earlier one, and answer it; two at once wait in turn."""
    with translated(), engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        if engine.dialect.name == "sqlite":
            _without_foreign_keys(connection, schema, revision)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                _upgrade(connection, schema, revision)
        found = database_revision(connection, schema)
        connection.rollback()
    return found or ""


def include_object(obj: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:  # noqa: FBT001
    """Say to Alembic's autogenerate which objects are mailhelper's own Core tables."""
    if type_ == "table":
        return name in {table.name for table in t.metadata.tables.values()}
    return True


def _without_foreign_keys(connection: Connection, schema: str | None, revision: str) -> None:
    # Alembic's batch mode drops and renames tables: with foreign keys on, SQLite deletes the children.
    # The switch has no effect inside a transaction, so it stands before BEGIN.
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise SchemaError("The connection was lost before the migration.")
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            _upgrade(connection, schema, revision)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise SchemaError("The migration would leave rows without their parent; nothing was changed.")
    finally:
        if not connection.invalidated:  # a connection that was given up is never used again
            raw.execute("PRAGMA foreign_keys=ON")


def _upgrade(connection: Connection, schema: str | None, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "mailhelper_core.store:migrations")
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    command.upgrade(config, revision)
    connection.execute(delete(t.meta).where(t.meta.c.name == MIN_CODE_REVISION))
    connection.execute(insert(t.meta).values(name=MIN_CODE_REVISION, value=str(CODE_REVISION)))


__all__ = ["VERSION_TABLE", "include_object", "migrate"]
