"""What an owner's calls have taken this month, up to a row of the ledger: nobody sums a month before each call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0031"
down_revision = "r0030"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a sum that reaches up to no row; code before it sums the month, and writes its rows behind the sum."""
    kinds = {"summed_through": BIG, "summed_month": sa.BigInteger(), "summed_tokens": BIG, "summed_cost": BIG}
    for name, kind in kinds.items():
        op.add_column("mailhelper_egress_owners", sa.Column(name, kind, server_default="0", nullable=False))
    op.create_index("ix_mailhelper_egress_log_owner_id_id", "mailhelper_egress_log", ["owner_id", "id"])
