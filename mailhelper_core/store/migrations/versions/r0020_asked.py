"""When a server was asked what the names of its mailboxes begin with: one that does not say is left alone for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0020"
down_revision = "r0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; the next sync of an account without an answer asks."""
    op.add_column("mailhelper_accounts", sa.Column("prefix_asked_at", sa.BigInteger()))
