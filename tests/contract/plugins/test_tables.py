"""Tables of plugins lie beside ours, have a version table of their own, and survive that the plugin goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import copytree, ignore_patterns
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, inspect, select

from mailhelper_core import Classifier, Context, MailHelper, PluginError, PluginTables
from mailhelper_core.testing import Environment
from tests.contract.plugins.conftest import Start, fill, plugin

METADATA = MetaData()
ORDERS = Table("mailhelper_x_shop_orders", METADATA, Column("number", Integer, primary_key=True))
VERSIONS = str(Path(__file__).parent / "shop_tables" / "versions")

TWO = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "two", "one"


def upgrade():
    op.add_column("mailhelper_x_shop_orders", sa.Column("paid", sa.Boolean()))
"""


@pytest.fixture
def postgres_database(postgres_url: str) -> str:
    """A database of its own: what plugins leave behind is looked at."""
    return postgres_url


def shop(classify: Any = None) -> ModuleType:
    tables = [PluginTables("shop", METADATA, VERSIONS)]
    classifiers = [Classifier("orders", classify)] if classify else []
    return plugin("shop", register_tables=lambda: tables, register_classifiers=lambda: classifiers)


def note_orders(messages: Sequence[Any], context: Context) -> list[None]:
    assert context.begin is not None
    with context.begin() as connection:
        for message in messages:
            connection.execute(insert(ORDERS).values(number=message.id))
    return [None] * len(messages)


def orders(env: Environment) -> list[int]:
    with env.helper._wiring.store.read() as connection:
        return list(connection.scalars(select(ORDERS.c.number).order_by(ORDERS.c.number)))


def test_migrate_makes_the_tables_and_a_provider_writes_into_them(start: Start) -> None:
    env = start(shop(note_orders))
    fill(env, 3)

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert orders(env) == sorted(message.id for message in env.ada.search(""))
    with env.helper._wiring.store.read() as connection:
        assert inspect(connection).has_table("mailhelper_x_shop_alembic_version")


def test_the_tables_survive_that_the_plugin_goes_and_comes_back(start: Start) -> None:
    env = start(shop(note_orders))
    fill(env, 2)
    env.ada.run(env.account.id)
    before = orders(env)

    without = start()
    without.helper.migrate()
    again = start(shop())

    assert orders(without) == orders(again) == before != []


def test_a_transaction_that_is_left_open_is_rolled_back_and_named(start: Start) -> None:
    kept: list[Any] = []

    def leave_open(messages: Sequence[Any], context: Context) -> list[None]:
        assert context.begin is not None
        kept.append(context.begin())
        kept[-1].__enter__().execute(insert(ORDERS).values(number=1))
        return [None] * len(messages)

    env = start(shop(leave_open))
    fill(env, 1)

    report = env.ada.run(env.account.id)

    assert {note.code for note in report.errors} == {"left_open"}
    assert orders(env) == []
    assert env.ada.count("") == 1


def test_a_table_of_another_name_is_refused(start: Start) -> None:
    metadata = MetaData()
    Table("mailhelper_messages", metadata, Column("id", Integer))
    tables = [PluginTables("shop", metadata, VERSIONS)]

    env = start(plugin("shop", register_tables=lambda: tables))

    found = next(one for one in env.helper.plugins if one.name == "shop")
    assert found.problems == ("its table 'mailhelper_messages' must begin with mailhelper_x_shop_",)


def test_migrations_that_fail_cost_only_their_plugin(start: Start, tmp_path: Path) -> None:
    broken = tmp_path / "versions"
    broken.mkdir()
    script = "revision, down_revision = 'one', None\ndef upgrade(): 1 / 0\n"
    (broken / "one.py").write_text(script, encoding="utf-8")
    bad = plugin("bad", register_tables=lambda: [PluginTables("bad", MetaData(), str(broken))])
    env = start()

    with pytest.raises(PluginError, match="tables of bad"):
        start(bad, shop())

    assert orders(env) == []


def test_an_older_version_of_a_plugin_goes_on_with_what_a_newer_one_has_migrated(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    newer = tmp_path / "versions"
    copytree(VERSIONS, newer, ignore=ignore_patterns("__pycache__"))
    (newer / "two.py").write_text(TWO, encoding="utf-8")
    new = plugin("shop", register_tables=lambda: [PluginTables("shop", METADATA, str(newer))])
    old = start(shop(note_orders))
    fill(old, 2)
    assert tables_of(old.helper) is None

    with MailHelper(old.helper.settings, plugins=[new]) as helper:
        assert tables_of(helper) == (False, "behind")
        helper.migrate()
        assert tables_of(helper) is None

    old.helper.migrate()
    report = old.ada.run(old.account.id)

    assert (report.errors, len(orders(old))) == ((), 2)
    assert tables_of(old.helper) == (True, "newer")
    assert "plugin tables shop" in caplog.text


def tables_of(helper: MailHelper) -> tuple[bool, str] | None:
    """Answer what `check` says of the shop's tables."""
    return next(((one.ok, one.found) for one in helper.check().items if one.name == "tables shop"), None)
