"""When a job last got further: one that beats on and gets nowhere is seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0030"
down_revision = "r0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that code before it leaves as it is: what such code works on is not named."""
    op.add_column("mailhelper_jobs", sa.Column("moved_at", sa.BigInteger(), nullable=True))
