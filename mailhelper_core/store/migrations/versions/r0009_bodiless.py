"""An index of the messages whose body was not fetched: every sync asks whether one may be fetched now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None

BODILESS = sa.text("digest IS NULL")


def upgrade() -> None:
    """Add a small partial index; code before it works as it did."""
    op.create_index(
        "ix_mailhelper_messages_bodiless",
        "mailhelper_messages",
        ["account_id", "size"],
        sqlite_where=BODILESS,
        postgresql_where=BODILESS,
    )
