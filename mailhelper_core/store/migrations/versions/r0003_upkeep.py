"""Upkeep: corrections that outlive their messages, and how often a mailbox was renumbered in a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add a table and a column with a default; code before it reads and writes as it did."""
    op.add_column("mailhelper_mailboxes", sa.Column("renumberings", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "mailhelper_kept_corrections",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_kept_corrections_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_kept_corrections_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_kept_corrections")),
        sqlite_autoincrement=True,
    )
    kept = "mailhelper_kept_corrections"
    op.create_index(op.f("ix_mailhelper_kept_corrections_owner_id_kind_id"), kept, ["owner_id", "kind", "id"])
    op.create_index(op.f("ix_mailhelper_kept_corrections_account_id"), kept, ["account_id"])
