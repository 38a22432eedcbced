"""Plugins: what owners set for them, and which sets of plugins ran here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two tables; code before them does not know them."""
    settings, sets = "mailhelper_plugin_settings", "mailhelper_plugin_sets"
    op.create_table(
        settings,
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("plugin", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("secret_id", KEY, nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=f"fk_{settings}_owner_id"),
        sa.PrimaryKeyConstraint("owner_id", "plugin", "name", name=f"pk_{settings}"),
    )
    op.create_table(
        sets,
        sa.Column("fingerprint", KEY, nullable=False),
        sa.Column("plugins", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=f"pk_{sets}"),
    )
