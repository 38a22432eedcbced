"""Before the first transaction: a new SQLite file is made current with its key, any other schema is checked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, inspect

from mailhelper_core.errors import ConfigError, SchemaError
from mailhelper_core.model.plugin_tables import PluginTables, Standing
from mailhelper_core.store.engine import sqlite_path
from mailhelper_core.store.faults import translated
from mailhelper_core.store.forked import connected
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.revision import database_revision, require_current
from mailhelper_core.store.unheard import unheard
from mailhelper_core.store.unit_of_work import Store


def key_path(store: Store, given: str | Path | None) -> Path | None:
    """Answer the key file: the one given, or the one beside a SQLite file of ours."""
    path = sqlite_path(store.engine) if store.is_own else None
    return Path(given) if given else path and path.with_name(path.name + ".key")


def prepare(
    store: Store,
    keyring: Keyring,
    schema: str | None,
    plugins: Sequence[PluginTables] = (),
    *,
    joined: Connection | None = None,
) -> None:
    """Create a new SQLite file's schema and key; raise SchemaError when another database is not current.

    A connection that joins us to a host's transaction is looked through, and nothing is created beside it.
    """
    if joined is not None:
        require_current(joined, schema)
        return
    path = sqlite_path(store.engine)
    require_folder(store)
    _make_private(store)
    with connected(store.engine) as connection:
        is_new = database_revision(connection, schema) is None
        is_empty = is_new and not inspect(connection).get_table_names()
        if not (store.is_own and path is not None and is_empty):
            require_current(connection, schema)
            return
    keyring.create()
    migrate(store, schema, plugins)


def look(store: Store, schema: str | None) -> str | None:
    """Answer the revision of a database that can be used, else raise why not; a SQLite file is not made."""
    path = sqlite_path(store.engine)
    require_folder(store)
    if path is not None and not (path.exists() and path.stat().st_size):
        problem = f"There is no database at {path} yet; `helper.migrate()` or the first use makes it."
        raise SchemaError(problem, code="database_missing")
    with translated(), connected(store.engine) as connection:
        require_current(connection, schema)
        return database_revision(connection, schema)


def is_made(store: Store, schema: str | None) -> bool:
    """Say whether a database has our tables, of whatever revision; a SQLite file is not made."""
    path = sqlite_path(store.engine)
    if path is not None and not path.exists():
        return False
    with translated(), connected(store.engine) as connection:
        return database_revision(connection, schema) is not None


def require_folder(store: Store) -> None:
    """Raise ConfigError when the folder of a SQLite file does not exist."""
    path = sqlite_path(store.engine)
    if path is not None and not path.parent.is_dir():
        raise ConfigError(f"The folder {path.parent} does not exist; create it first.", code="database_file")


def migrate(store: Store, schema: str | None, plugins: Sequence[PluginTables] = ()) -> str:
    """Bring the schema to the newest revision and answer it; then the tables of plugins."""
    _make_private(store)
    with unheard():
        # Alembic costs 20 MB and a third of a second: only who migrates pays.
        from mailhelper_core.store.migrate import migrate as run  # noqa: PLC0415

        return run(store.engine, schema, plugins)


def plugin_tables(store: Store, schema: str | None, plugins: Sequence[PluginTables]) -> dict[str, Standing]:
    """Answer by name how the tables of plugins stand to their revisions."""
    with unheard():
        from mailhelper_core.store.migrate import standing  # noqa: PLC0415 - Alembic, as above

        with store.read() as connection:
            return {one.name: standing(connection, one, schema) for one in plugins}


def _make_private(store: Store) -> None:
    """Make a new SQLite file its owner's alone: it holds mail; SQLite gives the files beside it the same mode."""
    path = sqlite_path(store.engine)
    if path is None or not store.is_own or str(store.engine.url.database).startswith((":memory:", "file:")):
        return
    with suppress(OSError):  # where nothing can be made, SQLite says why
        path.touch(mode=0o600)
