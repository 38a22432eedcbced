"""A database that tests use one after another is as good as new for each of them, or it is not used again."""

from __future__ import annotations

import psycopg
import pytest

from mailhelper_core.store import tables as t
from tests.servers.kept import KeptDatabase, KeptDatabases

OWNER = f"INSERT INTO {t.owners.name} (key, created_at) VALUES ('ada', 0) RETURNING id"


def used(kept: KeptDatabases, *statements: str) -> KeptDatabase:
    """Take a database, let a client do this in it, and give it back."""
    one = kept.take()
    with psycopg.connect(kept.postgres.url(one.name).replace("+psycopg", ""), autocommit=True) as client:
        for statement in statements:
            client.execute(statement)
    kept.give_back(one)
    return one


def rows(one: KeptDatabase) -> dict[str, bytes]:
    return {table: one.content(table) for table in one.tables_with_rows()}


def test_rows_ids_and_what_stood_there_at_first_are_as_they_were(kept_databases: KeptDatabases) -> None:
    one = used(kept_databases, OWNER, f"UPDATE {t.meta.name} SET value = '7'", f"DELETE FROM {t.meta.name}")

    assert one in kept_databases.free
    assert rows(one) == one.filled != {}
    assert one.connection.execute(OWNER).fetchone() == (1,)
    assert one.empty()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE another ()",
        f"ALTER TABLE {t.owners.name} ADD COLUMN another int",
        f"ANALYZE {t.meta.name}",
        f"CREATE INDEX another ON {t.owners.name} (language)",
    ],
)
def test_one_that_was_changed_beside_its_rows_is_not_used_again(kept_databases: KeptDatabases, change: str) -> None:
    assert used(kept_databases, change) not in kept_databases.free


def test_one_that_somebody_still_uses_is_not_used_again(kept_databases: KeptDatabases) -> None:
    one = kept_databases.take()

    with psycopg.connect(kept_databases.postgres.url(one.name).replace("+psycopg", "")):
        kept_databases.give_back(one)

    assert one not in kept_databases.free


def test_one_whose_connections_a_test_has_ended_is_not_used_again(kept_databases: KeptDatabases) -> None:
    end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
    assert used(kept_databases, f"{end}current_database()") not in kept_databases.free
