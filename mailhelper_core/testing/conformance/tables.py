"""Do the tables of a plugin keep their contract? They are made, compared with what the code says, and copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from mailhelper_core.errors import ConfigError, PluginError
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.testing.conformance.patience import patiently
from mailhelper_core.testing.environment import Environment


def check_tables(tables: PluginTables, *, database: str = "") -> None:
    """Check tables that a plugin brings along, on a SQLite file or the database of a URL.

    Their names begin as they must; each has a primary key, so that it can be copied; the revisions make them, and
    make exactly what the MetaData says; a second `migrate()` changes nothing.
    """
    strangers = tables.strangers()
    assert not strangers, f"the table {strangers[0]} must begin with {tables.prefix}"

    def start(folder: str) -> Environment:
        made = partial(Environment.start, Path(folder), plugins=(_Plugin(tables),), database=database)
        return patiently(f"one of the revisions of {tables.name}", made)

    try:
        with TemporaryDirectory() as folder, start(folder) as env:
            check_made(env, tables)
    except PluginError as exc:
        raise AssertionError(f"the revisions of {tables.name} cannot be carried out; the log says why") from exc


def check_made(env: Environment, tables: PluginTables) -> None:
    """Check the tables in an environment that has migrated them."""
    env.helper.migrate()
    # Loaded on demand, as all that needs SQLAlchemy: the kit imports without it.
    differences: Callable[..., list[str]] = import_module("mailhelper_core.store.migrate").differences
    with env.helper._wiring.store.read() as connection:
        found = differences(connection, tables)
    assert not found, f"the revisions make something else than the MetaData says: {found[0]}"
    with TemporaryDirectory() as folder:
        try:
            env.helper.copy_to(f"sqlite:///{Path(folder) / 'copy.db'}", dry_run=True)
        except ConfigError as exc:
            raise AssertionError(str(exc)) from exc


class _Plugin:
    """A plugin with these tables."""

    def __init__(self, tables: PluginTables) -> None:
        self._tables = tables

    @hookimpl
    def register_tables(self) -> Sequence[PluginTables]:
        """Answer the tables."""
        return [self._tables]
