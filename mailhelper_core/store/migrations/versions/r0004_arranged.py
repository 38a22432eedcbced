"""Saved searches, rules that wait or ask, tags that are suggested or mirrored, threads put right by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text()
MICROS = sa.BigInteger()


def upgrade() -> None:
    """Add tables and columns with defaults; code before it reads and writes as it did."""
    op.add_column("mailhelper_rules", sa.Column("delay", KEY, server_default="", nullable=False))
    op.add_column("mailhelper_rules", sa.Column("propose", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("mailhelper_message_tags", sa.Column("mirrored", sa.Boolean(), server_default="0", nullable=False))
    _views()
    _suggestions()
    _threads()


def _views() -> None:
    op.create_table(
        "mailhelper_saved_searches",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        _ref("saved_searches", "owner_id", "owners"),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("folded", KEY, nullable=False),
        sa.Column("query", TEXT, nullable=False),
        sa.Column("sort", KEY, nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("updated_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_saved_searches")),
        sa.UniqueConstraint("owner_id", "folded", name=op.f("uq_mailhelper_saved_searches_owner_id_folded")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_rule_waits",
        _ref("rule_waits", "account_id", "accounts"),
        _ref("rule_waits", "message_id", "messages"),
        sa.Column("not_before", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "message_id", name=op.f("pk_mailhelper_rule_waits")),
        sqlite_with_rowid=False,
    )
    _index("rule_waits", "account_id", "not_before")
    _index("rule_waits", "message_id")


def _suggestions() -> None:
    op.create_table(
        "mailhelper_tag_examples",
        _ref("tag_examples", "tag_id", "tags"),
        _ref("tag_examples", "message_id", "messages"),
        sa.Column("is_positive", sa.Boolean(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("tag_id", "message_id", name=op.f("pk_mailhelper_tag_examples")),
        sqlite_with_rowid=False,
    )
    _index("tag_examples", "message_id")
    op.create_table(
        "mailhelper_tag_suggestions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        _ref("tag_suggestions", "owner_id", "owners"),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("folded", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("merged_into", ID, nullable=True),
        sa.Column("created_at", MICROS, nullable=False),
        sa.Column("updated_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_tag_suggestions")),
        sa.UniqueConstraint("owner_id", "folded", name=op.f("uq_mailhelper_tag_suggestions_owner_id_folded")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_suggested_tags",
        _ref("suggested_tags", "suggestion_id", "tag_suggestions"),
        _ref("suggested_tags", "message_id", "messages"),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("said_by", KEY, nullable=False),
        sa.Column("created_at", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("suggestion_id", "message_id", name=op.f("pk_mailhelper_suggested_tags")),
        sqlite_with_rowid=False,
    )
    _index("suggested_tags", "message_id")


def _threads() -> None:
    op.create_table(
        "mailhelper_thread_replies",
        _ref("thread_replies", "account_id", "accounts"),
        sa.Column("hash", ID, nullable=False),
        _ref("thread_replies", "message_id", "messages"),
        sa.PrimaryKeyConstraint("account_id", "hash", "message_id", name=op.f("pk_mailhelper_thread_replies")),
        sqlite_with_rowid=False,
    )
    _index("thread_replies", "message_id")
    op.create_table(
        "mailhelper_thread_groups",
        _ref("thread_groups", "account_id", "accounts"),
        _ref("thread_groups", "message_id", "messages"),
        sa.Column("group_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_mailhelper_thread_groups")),
    )
    _index("thread_groups", "account_id", "group_id")


def _ref(table: str, column: str, target: str) -> sa.Column[int]:
    name = op.f(f"fk_mailhelper_{table}_{column}")
    return sa.Column(column, ID, sa.ForeignKey(f"mailhelper_{target}.id", name=name), nullable=False)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_mailhelper_{table}_{'_'.join(columns)}"), f"mailhelper_{table}", list(columns))
