"""Which plugins each process on this database has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0024"
down_revision = "r0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table; code before it writes `plugin_sets`, which stays for it."""
    op.create_table(
        "mailhelper_plugin_workers",
        sa.Column("worker", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(255), nullable=False),
        sa.Column("plugins", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_mailhelper_plugin_workers")),
    )
