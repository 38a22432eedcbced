"""Suspects: the message at whose body a connection broke, and how often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two columns with defaults; code before them reads and writes as it did."""
    mailboxes = "mailhelper_mailboxes"
    op.add_column(mailboxes, sa.Column("suspect_uid", ID, server_default="0", nullable=False))
    op.add_column(mailboxes, sa.Column("suspect_strikes", sa.Integer(), server_default="0", nullable=False))
