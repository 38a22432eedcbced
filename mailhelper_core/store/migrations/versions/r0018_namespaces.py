"""What the names of an account's mailboxes begin with, as its server says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0018"
down_revision = "r0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; the next sync of an account asks."""
    op.add_column("mailhelper_accounts", sa.Column("personal_prefix", sa.Text()))
