"""Vectors: how often those of a profile have changed, so that a copy in memory knows whether it is good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add one column; nothing that is there changes."""
    op.add_column("mailhelper_embedding_profiles", sa.Column("revision", ID, server_default="0", nullable=False))
