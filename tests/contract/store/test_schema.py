"""Schema: created once, checked at first use, no drift between tables and migrations, children survive."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, update

from mailhelper_core.errors import SchemaError
from mailhelper_core.store import setup
from mailhelper_core.store import tables as t
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.migrate import VERSION_TABLE, include_object, migrate
from mailhelper_core.store.revision import CODE_REVISION, HEAD, MIN_CODE_REVISION, require_current
from mailhelper_core.store.unit_of_work import Store


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores that are closed behind the test, also behind one that fails."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(closing(Store.open(url)))


def test_the_newest_migration_is_the_one_that_the_code_needs() -> None:
    scripts = ScriptDirectory(str(Path(setup.__file__).parent / "migrations"))

    assert scripts.get_current_head() == HEAD


def test_migrating_twice_changes_nothing(url: str, opened: Callable[[str], Store]) -> None:
    store = opened(url)

    assert migrate(store.engine) == migrate(store.engine) == HEAD
    with store.read() as connection:
        require_current(connection)


def test_a_start_on_the_newest_schema_reads_no_revisions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda *_: pytest.fail("they were read"))

    assert migrate(store.engine) == HEAD


def test_migrations_and_tables_say_the_same(store: Store) -> None:
    options = {"include_object": include_object, "version_table": VERSION_TABLE, "compare_type": True}

    with store.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, t.metadata) == []


def test_several_processes_may_migrate_at_once(url: str, opened: Callable[[str], Store]) -> None:
    stores = [opened(url) for _ in range(4)]
    failures: list[BaseException] = []

    def run(store: Store) -> None:
        try:
            migrate(store.engine)
        except BaseException as exc:  # noqa: BLE001 - told by the test's own thread
            failures.append(exc)

    threads = [threading.Thread(target=run, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with stores[0].read() as connection:
        require_current(connection)


def test_a_database_without_tables_says_migrate(url: str, opened: Callable[[str], Store]) -> None:
    store = opened(url)

    with pytest.raises(SchemaError, match="migrate") as missing, store.read() as connection:
        require_current(connection)

    assert missing.value.code == "schema_missing"


def test_a_database_that_needs_newer_code_refuses_this_one(store: Store) -> None:
    newer = update(t.meta).where(t.meta.c.name == MIN_CODE_REVISION).values(value=str(CODE_REVISION + 1))
    with store.begin() as connection:
        connection.execute(newer)

    with pytest.raises(SchemaError, match="upgrade this program"), store.read() as connection:
        require_current(connection)


def test_a_newer_schema_that_this_code_can_read_is_fine(store: Store) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = 'r9999'")

    with store.read() as connection:
        require_current(connection)


def _at(store: Store, revision: str) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'")


def _needs(store: Store, code: int) -> None:
    with store.begin() as connection:
        connection.execute(update(t.meta).where(t.meta.c.name == MIN_CODE_REVISION).values(value=str(code)))


def test_a_program_that_migrates_at_its_start_leaves_a_newer_schema_that_it_can_use(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "mailhelper")
    _at(store, "r9999")
    _needs(store, CODE_REVISION - 1)

    assert migrate(store.engine) == "r9999"

    assert "r9999" in caplog.text
    with store.read() as connection:
        assert connection.scalar(select(t.meta.c.value).where(t.meta.c.name == MIN_CODE_REVISION)) == "0"


@pytest.mark.parametrize("revision", [HEAD, "r9999"])
def test_migrate_refuses_a_schema_that_needs_newer_code_and_changes_nothing(revision: str, store: Store) -> None:
    _at(store, revision)
    _needs(store, CODE_REVISION + 1)

    with pytest.raises(SchemaError, match="upgrade this program") as caught:
        migrate(store.engine)

    assert caught.value.code == "code_too_old"
    with store.read() as connection, pytest.raises(SchemaError, match="upgrade this program"):
        require_current(connection)


@pytest.mark.parametrize("revision", ["", "zzz", "r0000", "1975ea83b712", "r00181"])
def test_a_revision_that_no_release_has_made_is_said_to_be_damage(revision: str, store: Store) -> None:
    _at(store, revision)

    with pytest.raises(SchemaError, match="no revision of mailhelper") as caught:
        migrate(store.engine)

    assert caught.value.code == "schema_damaged"
    assert not caught.value.needs_migration
    with store.read() as connection, pytest.raises(SchemaError):
        require_current(connection)


def test_an_older_schema_asks_for_migrate(store: Store) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = 'r0000'")

    with pytest.raises(SchemaError, match="r0000"), store.read() as connection:
        require_current(connection)


def test_a_new_sqlite_file_is_made_with_its_key(tmp_path: Path, opened: Callable[[str], Store]) -> None:
    """On SQLite alone: PostgreSQL's databases are made by others."""
    store = opened(f"sqlite:///{tmp_path / 'new.db'}")
    keyring = Keyring(None, setup.key_path(store, None))
    store.prepare = lambda joined: setup.prepare(store, keyring, None, joined=joined)

    with store.begin() as connection:
        connection.execute(insert(t.meta).values(name="first", value="use"))

    assert sorted(path.name for path in tmp_path.iterdir() if "-" not in path.name) == ["new.db", "new.db.key"]


def test_a_file_of_the_host_is_not_migrated_behind_its_back(tmp_path: Path, opened: Callable[[str], Store]) -> None:
    """On SQLite alone: only its files are migrated without being asked."""
    store = opened(f"sqlite:///{tmp_path / 'host.db'}")
    with store.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    keyring = Keyring(None, setup.key_path(store, None))
    guarded = opened(f"sqlite:///{tmp_path / 'host.db'}")
    guarded.prepare = lambda joined: setup.prepare(guarded, keyring, None, joined=joined)

    with pytest.raises(SchemaError), guarded.read():
        pass

    with store.read() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    assert list(tables) == ["theirs"]


def test_the_hosts_own_tables_and_autogenerate_stay_apart(store: Store) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")

    with store.read() as connection:
        options = {"include_object": include_object, "version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, t.metadata) == []
        assert connection.execute(select(t.owners.c.id)).all() == []
