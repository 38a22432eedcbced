"""Rules that act by the clock: their schedule, when they act next, and what is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0016"
down_revision = "r0015"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
SCHEDULED = sa.text("next_run_at IS NOT NULL")


def upgrade() -> None:
    """Add columns with defaults; code before it leaves such rules to act on new mail."""
    op.add_column("mailhelper_rules", sa.Column("schedule", KEY, server_default="", nullable=False))
    op.add_column("mailhelper_rules", sa.Column("next_run_at", sa.BigInteger()))
    op.add_column("mailhelper_rules", sa.Column("due_at", sa.BigInteger()))
    op.create_index(
        "ix_mailhelper_rules_next_run",
        "mailhelper_rules",
        ["next_run_at"],
        sqlite_where=SCHEDULED,
        postgresql_where=SCHEDULED,
    )
