"""To whom the owner's mails went, and an index of messages by their sender."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailhelper_core.store.mail import written

revision = "r0023"
down_revision = "r0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROM_SOMEBODY = sa.text("from_addr <> ''")


def upgrade() -> None:
    """Add a table, fill it from the mail that is there, and add an index; code before them works as it did."""
    op.create_table(
        "mailhelper_written_to",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("address", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.Boolean(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_written_to_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_written_to_message_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "address", "message_id", name=op.f("pk_mailhelper_written_to")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mailhelper_written_to_message_id", "mailhelper_written_to", ["message_id"])
    op.create_index(
        "ix_mailhelper_messages_sender",
        "mailhelper_messages",
        ["owner_id", "from_addr", "received_at"],
        sqlite_where=FROM_SOMEBODY,
        postgresql_where=FROM_SOMEBODY,
        postgresql_include=["id"],
    )
    written.collect(op.get_bind())
