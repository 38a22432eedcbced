"""Indexes by which due accounts and bells are found, however many there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0026"
down_revision = "r0025"
branch_labels = None
depends_on = None

IN_USE = sa.text("state NOT IN ('paused', 'needs_auth')")
QUEUED = sa.text("state = 'queued'")
AWAY = sa.text("not_before IS NOT NULL")


def upgrade() -> None:
    """Add indexes, of which one stands for one that nothing used; code before them works as it did."""
    accounts = "mailhelper_accounts"
    columns = ["next_poll_at", "id"]
    op.create_index("ix_mailhelper_accounts_due", accounts, columns, sqlite_where=IN_USE, postgresql_where=IN_USE)
    op.create_index("ix_mailhelper_accounts_last_success_at", accounts, ["last_success_at"])
    op.create_index("ix_mailhelper_accounts_away", accounts, ["not_before"], sqlite_where=AWAY, postgresql_where=AWAY)
    jobs, columns = "mailhelper_jobs", ["rung_at", "id"]
    op.create_index("ix_mailhelper_jobs_unheard", jobs, columns, sqlite_where=QUEUED, postgresql_where=QUEUED)
    op.drop_index("ix_mailhelper_jobs_due", jobs)
