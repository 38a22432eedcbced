"""Tables of plugins move with the database, and what they keep of an owner goes with the owner."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from mailhelper_core import ConfigError, MailHelper, PluginTables, hookimpl
from tests.contract.transfer.house import KEY

METADATA = MetaData()
NOTES = Table(
    "mailhelper_x_shop_notes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("words", Text, nullable=False),
)
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "s1"
down_revision = None


def upgrade():
    op.create_table(
        "mailhelper_x_shop_notes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
"""


@pytest.fixture
def shop(tmp_path: Path) -> SimpleNamespace:
    """A plugin with a table of its own."""
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "s1.py").write_text(REVISION)
    tables = [PluginTables("shop", METADATA, str(versions))]
    return SimpleNamespace(__name__="shop", register_tables=hookimpl(lambda: tables))


def test_a_plugins_rows_are_copied_and_an_owners_are_erased(
    house: MailHelper, database_url: str, other_url: str, shop: SimpleNamespace
) -> None:
    with MailHelper(database_url, key=KEY, plugins=[shop]) as helper:
        helper.migrate()
        store = helper._wiring.store
        with store.begin() as connection:
            connection.execute(insert(NOTES), [{"owner": "bob", "words": "bob's"}, {"owner": "eve", "words": "eve's"}])

        report = helper.copy_to(other_url)
        helper.for_owner("bob").erase()

        with store.read() as connection:
            assert list(connection.scalars(select(NOTES.c.words))) == ["eve's"]
    assert {one.table: one.rows for one in report.tables}["x_shop_notes"] == 2
    with MailHelper(other_url, key=KEY, plugins=[shop]) as copy:
        with copy._wiring.store.begin() as connection:
            connection.execute(insert(NOTES).values(owner="new", words="new"))
        with copy._wiring.store.read() as connection:
            assert list(connection.scalars(select(NOTES.c.id).order_by(NOTES.c.id))) == [1, 2, 3]


def test_a_plugins_table_without_a_key_is_refused_before_anything_is_written(
    house: MailHelper, database_url: str, other_url: str, tmp_path: Path
) -> None:
    metadata = MetaData()
    Table("mailhelper_x_heap_rows", metadata, Column("words", Text))
    tables = [PluginTables("heap", metadata, str(tmp_path))]
    heap = SimpleNamespace(__name__="heap", register_tables=hookimpl(lambda: tables))

    with MailHelper(database_url, key=KEY, plugins=[heap]) as helper, pytest.raises(ConfigError, match="primary key"):
        helper.copy_to(other_url, dry_run=True)
