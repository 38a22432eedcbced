"""Owners with jobs stand in a row, and a claim finds whose turn it is however many jobs wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0028"
down_revision = "r0027"
branch_labels = None
depends_on = None

BIG_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW = sa.text("state = 'queued' AND lined_up_at IS NULL")
QUEUED = sa.text("state = 'queued'")
RUNNING = sa.text("state = 'running'")
IN_ROW = sa.text("woken_by IS NOT NULL")


def upgrade() -> None:
    """Add columns that code before them leaves empty, and indexes, of which one stands for another.

    What waits now, and what such code asks for later, is put into the row by the next claim.
    """
    jobs, turns = "mailhelper_jobs", "mailhelper_job_turns"
    op.add_column(jobs, sa.Column("lined_up_at", sa.BigInteger(), nullable=True))
    op.add_column(turns, sa.Column("woken_by", BIG_INT, nullable=True))
    op.create_index("ix_mailhelper_jobs_new", jobs, ["lined_up_at", "id"], sqlite_where=NEW, postgresql_where=NEW)
    columns = ["owner_id", "not_before", "id"]
    op.create_index("ix_mailhelper_jobs_waiting", jobs, columns, sqlite_where=QUEUED, postgresql_where=QUEUED)
    columns = ["owner_id", "id"]
    op.create_index("ix_mailhelper_jobs_at_work", jobs, columns, sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.drop_index("ix_mailhelper_jobs_running", jobs)
    columns = ["served_at", "woken_by"]
    op.create_index("ix_mailhelper_job_turns_row", turns, columns, sqlite_where=IN_ROW, postgresql_where=IN_ROW)
