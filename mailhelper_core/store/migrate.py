"""Create or upgrade the schema, in one transaction; the only module that imports Alembic."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, MetaData, delete, insert, text

from mailhelper_core.errors import PluginError, SchemaError
from mailhelper_core.model.plugin_tables import PluginTables, Standing
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import WRITE_OPTION, require_utf8
from mailhelper_core.store.faults import translated
from mailhelper_core.store.plugins.tables import revision as plugin_revision
from mailhelper_core.store.revision import (
    CODE_REVISION,
    HEAD,
    MIN_CODE_REVISION,
    VERSION_TABLE,
    database_revision,
    is_newer,
    require_code,
    unknown_revision,
)
from mailhelper_core.store.search import pgvector

logger = logging.getLogger("mailhelper.plugins")
schema_logger = logging.getLogger("mailhelper.schema")

# Any number will do; it must only differ from the host's own advisory locks ("mailhelp" in ASCII).
_ADVISORY_LOCK = 0x6D61696C68656C70


def migrate(
    engine: Engine, schema: str | None = None, plugins: Sequence[PluginTables] = (), *, revision: str = "head"
) -> str:
    """Bring the schema to the newest revision, or up to an earlier one, and answer it; two at once wait in turn.

    Where PostgreSQL has the extension pgvector, vectors get a column of its type too.
    One that a later release has made stays as it is where this program can use it; else SchemaError "code_too_old".

    The tables of each plugin follow in a transaction of their own: one that fails costs the others nothing, and is
    raised as PluginError at the end.
    """
    with translated(), engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        before = _run(connection, lambda: _upgrade(connection, schema, revision))
        failed = [one for one in plugins if not _is_upgraded(connection, one, schema)]
        found = database_revision(connection, schema)
        connection.rollback()
    if found != before:
        schema_logger.info("the schema was brought from %s to %s", before or "nothing", found)
    if failed:
        names = ", ".join(one.name for one in failed)
        raise PluginError(f"The tables of {names} could not be migrated.", plugin=failed[0].name, code="plugin_tables")
    return found or ""


def include_object(obj: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:  # noqa: FBT001
    """Say to Alembic's autogenerate which objects are mailhelper's own Core tables."""
    if type_ == "table":
        return name in {table.name for table in t.metadata.tables.values()}
    return True


def differences(connection: Connection, one: PluginTables) -> list[str]:
    """Answer where the tables that a plugin's revisions have made are not those of its MetaData."""

    def include_name(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name in one.metadata.tables

    context = MigrationContext.configure(connection, opts={"include_name": include_name, "compare_type": True})
    # Changes of a column come as a list of their own, behind the others.
    found = [change[0] if isinstance(change, list) else change for change in compare_metadata(context, one.metadata)]
    return [f"{change[0]} {getattr(change[1], 'name', None) or change[2]}" for change in found]


def _run(connection: Connection, upgrade: Callable[[], str | None]) -> str | None:
    """Answer at which revision it was before."""
    if connection.dialect.name == "sqlite":
        return _without_foreign_keys(connection, upgrade)
    with connection.begin():
        require_utf8(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        return upgrade()


def _is_upgraded(connection: Connection, one: PluginTables, schema: str | None) -> bool:
    try:
        before = _run(connection, lambda: _upgrade_plugin(connection, one, schema))
        found = plugin_revision(connection, one, schema)
        connection.rollback()
    except Exception as exc:  # noqa: BLE001 - a plugin's own code; the other plugins' tables do not wait for it
        logger.error("plugin tables %s: %s", one.name, type(exc).__name__)
        return False
    if found != before:
        logger.info("plugin tables %s: brought from %s to %s", one.name, before or "nothing", found)
    return True


def _without_foreign_keys(connection: Connection, upgrade: Callable[[], str | None]) -> str | None:
    # Alembic's batch mode drops and renames tables: with foreign keys on, SQLite deletes the children.
    # The switch has no effect inside a transaction, so it stands before BEGIN.
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise SchemaError("The connection was lost before the migration.", code="migration")
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            before = upgrade()
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                problem = "The migration would leave rows without their parent; nothing was changed."
                raise SchemaError(problem, code="migration")
        return before
    finally:
        if not connection.invalidated:  # a connection that was given up is never used again
            raw.execute("PRAGMA foreign_keys=ON")


def _upgrade(connection: Connection, schema: str | None, revision: str) -> str | None:
    _look_into(connection, schema)
    found = database_revision(connection, schema)
    if found is not None and _is_newer(connection, found):
        return found
    if not (found == HEAD and revision == "head"):  # hosts ask at each start, and Alembic reads all revisions first
        config = _config(connection, schema, t.metadata, VERSION_TABLE)
        try:
            command.upgrade(config, revision)
        except CommandError as exc:
            raise unknown_revision() from exc
    connection.execute(delete(t.meta).where(t.meta.c.name == MIN_CODE_REVISION))
    connection.execute(insert(t.meta).values(name=MIN_CODE_REVISION, value=str(CODE_REVISION)))
    pgvector.prepare(connection)
    return found


def _is_newer(connection: Connection, found: str) -> bool:
    # A program of the release before starts on what a later one has made, and leaves it as it is.
    is_ahead = is_newer(found)
    require_code(connection)
    if is_ahead:
        schema_logger.info("the schema is at %s, newer than %s of this program; nothing to migrate", found, HEAD)
    return is_ahead


def standing(connection: Connection, one: PluginTables, schema: str | None) -> Standing:
    """Say how a plugin's tables stand to the revisions that it has."""
    found = plugin_revision(connection, one, schema)
    if found is None:
        return "missing"
    script = ScriptDirectory.from_config(_plugin_config(connection, one, schema))
    if found in script.get_heads():
        return "current"
    return "behind" if found in {each.revision for each in script.walk_revisions()} else "newer"


def _upgrade_plugin(connection: Connection, one: PluginTables, schema: str | None) -> str | None:
    _look_into(connection, schema)
    before = plugin_revision(connection, one, schema)
    if standing(connection, one, schema) == "newer":  # as with ours: an older program leaves it as it is
        logger.warning("plugin tables %s: at a revision that this version of it does not know; left alone", one.name)
    else:
        command.upgrade(_plugin_config(connection, one, schema), "head")
    return before


def _plugin_config(connection: Connection, one: PluginTables, schema: str | None) -> Config:
    config = _config(connection, schema, one.metadata, one.version_table)
    config.set_main_option("version_locations", one.migrations)
    config.set_main_option("path_separator", "newline")
    return config


def _look_into(connection: Connection, schema: str | None) -> None:
    """Let bare names mean those in our schema until the transaction ends: Alembic's ALTER heeds no translation."""
    if schema and connection.dialect.name == "postgresql":
        path = f"{connection.dialect.identifier_preparer.quote(schema)}, public"
        connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})


def _config(connection: Connection, schema: str | None, metadata: MetaData, version_table: str) -> Config:
    config = Config()
    config.set_main_option("script_location", "mailhelper_core.store:migrations")
    config.attributes |= {
        "connection": connection, "schema": schema, "metadata": metadata, "version_table": version_table,
    }  # fmt: skip
    return config


__all__ = ["VERSION_TABLE", "differences", "include_object", "migrate", "standing"]
