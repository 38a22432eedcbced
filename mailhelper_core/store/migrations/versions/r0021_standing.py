"""Indexes of jobs by account: of the few that are open or quarantined, and of all by kind and time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0021"
down_revision = "r0020"
branch_labels = None
depends_on = None

STANDING = sa.text("state IN ('queued', 'running', 'quarantined')")


def upgrade() -> None:
    """Add two indexes, of which one stands for the one that is dropped; code before them works as it did."""
    op.create_index(
        "ix_mailhelper_jobs_standing",
        "mailhelper_jobs",
        ["account_id", "kind"],
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    columns = ["account_id", "kind", "created_at"]
    op.create_index("ix_mailhelper_jobs_account_id_kind_created_at", "mailhelper_jobs", columns)
    op.drop_index("ix_mailhelper_jobs_account_id", "mailhelper_jobs")
