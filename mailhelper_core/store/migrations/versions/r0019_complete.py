"""When the last sync of an account began that saw everything: what it did not find is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0019"
down_revision = "r0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; until the next complete sync nothing is taken for gone."""
    op.add_column("mailhelper_accounts", sa.Column("complete_at", sa.BigInteger()))
