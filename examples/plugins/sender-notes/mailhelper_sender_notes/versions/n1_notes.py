"""Make the table of notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "n1"
down_revision = None


def upgrade() -> None:
    """Make it as `NOTES` has it; a revision that was published is never changed, the next one follows it."""
    op.create_table(
        "mailhelper_x_sender_notes_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.UniqueConstraint("owner", "address", "message_id", "note", name="uq_mailhelper_x_sender_notes_notes"),
    )
