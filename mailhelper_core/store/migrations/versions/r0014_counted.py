"""Indexes that answer counts alone: of messages by what is thought of them, and of places by mailbox and state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0013"
branch_labels = None
depends_on = None

COUNTED = sa.text("account_id <> 0")


def upgrade() -> None:
    """Add three indexes, of which one stands for the one that is dropped; code before them works as it did."""
    op.create_index(
        "ix_mailhelper_messages_counted",
        "mailhelper_messages",
        [
            "owner_id",
            "orphaned_at",
            "urgency",
            "importance",
            "category",
            "spam",
            "account_id",
            "received_at",
            "sent_at",
        ],
        sqlite_where=COUNTED,
        postgresql_where=COUNTED,
        postgresql_include=["id"],
    )
    columns = ["message_id", "mailbox_id", "hidden", "flags"]
    op.create_index("ix_mailhelper_placements_of_message", "mailhelper_placements", columns)
    op.create_index("ix_mailhelper_placements_of_mailbox", "mailhelper_placements", columns[1:])
    op.drop_index("ix_mailhelper_placements_message_id", "mailhelper_placements")
