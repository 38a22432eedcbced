"""Whether a process can work depends on database and key alone; what owners save never makes it ill."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_core import Condition, MailHelper, Rule
from mailhelper_core.store.sealed import Sealer
from mailhelper_core.testing import Environment
from tests.contract.plugins.conftest import Start, plugin

VACATION = 'require "vacation"; vacation "away";'


def _found(env: Environment) -> list[tuple[str, bool]]:
    return [(item.name, item.ok) for item in env.helper.ready().items]


def test_no_rule_of_an_owner_makes_a_process_unready(start: Start) -> None:
    there = start(plugin("shop", register_conditions=lambda: [Condition("cheap", lambda *_: True)]))
    there.ada.rules.save(Rule("bargains", when="cheap:yes", then=["keep"]))
    there.ada.rules.import_sieve(VACATION)

    env = start()

    (rules,) = (item for item in env.helper.check().items if item.name == "rules")
    assert rules.ok
    # A part that is kept for export is not broken; `rules.list()` and `rules.analyze()` say what it is.
    assert rules.found == "2 in all, 1 cannot act"
    assert rules.advice.startswith("ada/bargains: ")
    assert _found(env) == [("database", True), ("key", True)]


def test_ready_opens_one_secret_however_many_there_are(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    env = start()
    for number in range(3):
        env.ada.accounts.add(env.server.url, username=f"other{number}", password="secret")
    opened: list[str] = []
    original = Sealer.open

    def counted(sealer: Sealer, sealed: bytes, secret_id: str) -> str:
        opened.append(secret_id)
        return original(sealer, sealed, secret_id)

    monkeypatch.setattr(Sealer, "open", counted)

    assert env.helper.ready().ok
    assert len(opened) == 1
    assert env.helper.check().ok
    assert len(opened) == 1 + 4


def test_with_another_key_a_process_is_not_ready(start: Start, database_url: str) -> None:
    start()

    with MailHelper(database_url, key=b"another key for tests, 32 octets") as helper:
        database, key = helper.ready().items

    assert database.ok
    assert (key.ok, key.found) == (False, "key")


def test_without_a_database_nothing_else_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"

    with MailHelper(f"sqlite:///{path}") as helper:
        (database,) = helper.ready().items

    assert (database.ok, database.found) == (False, "database_missing")
    assert not path.exists()
