"""Learning: what owners who consent share, and how many errors tags that are set without asking may have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add two columns with defaults and one table; code before them reads and writes as it did."""
    op.add_column("mailhelper_owners", sa.Column("tag_errors", sa.Float(), server_default="0", nullable=False))
    op.add_column("mailhelper_owners", sa.Column("shares_learning", sa.Boolean(), server_default="0", nullable=False))
    op.create_table(
        "mailhelper_shared_deltas",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("task", KEY, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["mailhelper_owners.id"],
            name=op.f("fk_mailhelper_shared_deltas_owner_id"),
        ),
        sa.PrimaryKeyConstraint("owner_id", "task", name=op.f("pk_mailhelper_shared_deltas")),
    )
