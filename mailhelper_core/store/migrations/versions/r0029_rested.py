"""Until when a model service wants to be left alone: one process hears it, and all others keep to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0029"
down_revision = "r0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; code before it leaves services alone by itself alone, as it did."""
    op.add_column("mailhelper_egress_log", sa.Column("not_before", sa.BigInteger()))
