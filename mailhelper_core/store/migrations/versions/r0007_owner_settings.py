"""Owners: where their days begin, and their language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add two columns with defaults; code before them reads and writes as it did."""
    op.add_column("mailhelper_owners", sa.Column("time_zone", KEY, server_default="UTC", nullable=False))
    op.add_column("mailhelper_owners", sa.Column("language", KEY, server_default="", nullable=False))
