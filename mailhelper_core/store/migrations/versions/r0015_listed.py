"""An index of the mail of lists: by the list, in the order of arrival."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0015"
down_revision = "r0014"
branch_labels = None
depends_on = None

LISTED = sa.text("list_id <> ''")


def upgrade() -> None:
    """Add a partial index; the column is as old as the first schema, so no row has to be filled."""
    op.create_index(
        "ix_mailhelper_messages_listed",
        "mailhelper_messages",
        ["owner_id", "list_id", "sort_at", "id"],
        sqlite_where=LISTED,
        postgresql_where=LISTED,
    )
