"""The search index survives every migration: what was indexed by the first schema is found by the newest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Registry
from mailhelper_core.search.service import SearchService
from mailhelper_core.store import migrate as migrations
from mailhelper_core.store.revision import HEAD
from mailhelper_core.store.search import search_index, segments
from mailhelper_core.store.unit_of_work import Store

FIRST = "r0001"
ROWS = (
    "INSERT INTO mailhelper_owners (id, key, created_at) VALUES (1, 'ada', 0)",
    "INSERT INTO mailhelper_accounts (id, owner_id, name, url, username, secret_id, created_at)"
    " VALUES (1, 1, 'home', 'imaps://imap.example.org', 'ada', 's', 0)",
    "INSERT INTO mailhelper_messages (id, owner_id, account_id, thread_id, match_key, message_id, subject, from_name,"
    " from_addr, from_domain, addresses, facts, received_at, sort_at, size, snippet, parse_status, has_attachments,"
    " created_at) VALUES (1, 1, 1, 1, :key, 'a@b', 'Die Größe', 'Bob', 'bob@bank.example', 'bank.example', '{}', '{}',"
    " 1, 1, 10, '', 'ok', :no, 1)",
    "INSERT INTO mailhelper_message_texts (message_id, text) VALUES (1, 'a second reminder')",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A database on the first schema."""
    url = f"sqlite:///{tmp_path}/mail.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    upgrade: Callable[[object, str], None] = migrations.command.upgrade
    store = Store.open(url)
    with monkeypatch.context() as patch:
        patch.setattr(migrations.command, "upgrade", lambda config, _: upgrade(config, FIRST))
        assert migrations.migrate(store.engine) == FIRST
    yield store
    store.close()


def test_what_was_indexed_is_found_after_every_migration(old_store: Store) -> None:
    with old_store.engine.begin() as connection:
        for row in ROWS:
            values = {"key": b"k", "no": False}
            connection.execute(text(row), {name: value for name, value in values.items() if f":{name}" in row})
    with old_store.for_owner("ada").begin() as uow:
        search_index.add_batch(uow, search_index.rows(uow, [1]))

    assert migrations.migrate(old_store.engine) == HEAD

    search = SearchService(old_store.for_owner("ada"), Registry(), Dispatcher())
    assert search.verify() == 0
    for query in ("grosse", '"second reminder"', "from:bank", "remin*"):
        assert [one.id for one in search.search(query)] == [1]


def test_an_index_that_merged_by_itself_does_so_when_told_after_the_migration(old_store: Store) -> None:
    if old_store.engine.dialect.name == "sqlite":
        with old_store.engine.begin() as connection:  # as the first schema was made
            connection.exec_driver_sql("INSERT INTO mailhelper_search(mailhelper_search, rank) VALUES ('automerge', 8)")

    assert migrations.migrate(old_store.engine) == HEAD

    with old_store.begin() as connection:
        assert not segments.merge(connection, 1), "there is nothing to merge"
        if connection.dialect.name == "sqlite":
            chosen = text("SELECT v FROM mailhelper_search_config WHERE k = 'automerge'")
            assert connection.scalar(chosen) == 0
