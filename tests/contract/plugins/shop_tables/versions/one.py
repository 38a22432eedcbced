"""The first revision of the shop's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "one"
down_revision = None


def upgrade() -> None:
    """Make the table of orders."""
    op.create_table("mailhelper_x_shop_orders", sa.Column("number", sa.Integer(), primary_key=True))
