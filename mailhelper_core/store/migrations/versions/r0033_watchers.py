"""Which hosts have somebody that listens to the mail servers, and when that was last seen alive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0033"
down_revision = "r0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table; code before it watches without a sign, and nobody misses one."""
    op.create_table(
        "mailhelper_watchers",
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_mailhelper_watchers")),
    )
